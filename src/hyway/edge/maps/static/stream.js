// Server-sent events over fetch. EventSource would do, but for three things: it hides the pings, so a line that died
// quietly looks alive; it gives up for good on a 502 while the server restarts; it cannot carry a key.

const SILENCE = 40_000; // The server pings every 15 s.
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
const FINAL = new Set([400, 401, 403, 404, 405, 410]);

/** Splits a stream's text into frames `{event, data, id}`; calls `onFrame` for each whole one. */
export function frames(onFrame) {
  let rest = "";
  let event = "";
  let data = [];
  let id;
  const take = (line) => {
    if (line === "") {
      if (data.length) onFrame({ event: event || "message", data: data.join("\n"), id });
      event = "";
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
    if (field === "id" && !value.includes("\0")) id = value;
  };
  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    lines.forEach(take);
  };
}

/**
 * Follows a stream until `close()` is called, the server says `event: end` or refuses for good.
 *
 * `handlers`: one function per event name, called with the parsed data (`location`, `action`, …), `end(data)`, and
 * `state(name)` with `live`, `lost` (trying again), `over` or `refused`. `options.headers` go with each request.
 * A dropped line resumes after the last id that was seen. Returns `{close, retry}`.
 */
export function followStream(url, handlers, options = {}) {
  let lastId = options.lastId;
  let wait = FIRST_WAIT;
  let isOver = false;
  let state = "";
  let line;
  let timer;
  let watch;

  const tell = (name) => {
    if (name === state) return;
    state = name;
    handlers.state?.(name);
  };
  const finish = (name) => {
    isOver = true;
    clearTimeout(timer);
    clearTimeout(watch);
    line?.abort();
    tell(name);
  };
  const hear = ({ event, data, id }) => {
    if (isOver) return;
    if (id !== undefined) lastId = id;
    let value = null;
    try {
      value = JSON.parse(data);
    } catch {
      // A frame that cannot be read is skipped; the next action frame tells the whole state.
      if (event !== "end") return;
    }
    handlers[event]?.(value);
    if (event === "end") finish("over");
  };
  const again = () => {
    if (isOver) return;
    tell("lost");
    clearTimeout(timer);
    // Spread out, so that a restarted server is not met by everybody at once.
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
  const listen = async (mine) => {
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => mine.abort(), SILENCE);
    };
    alive();
    const headers = { Accept: "text/event-stream", ...options.headers };
    if (lastId !== undefined) headers["Last-Event-ID"] = lastId;
    const answer = await fetch(url, { headers, cache: "no-store", credentials: "same-origin", signal: mine.signal });
    if (FINAL.has(answer.status)) return finish("refused");
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    tell("live");
    const take = frames(hear);
    const text = new TextDecoder();
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("the stream ended");
      alive();
      wait = FIRST_WAIT;
      take(text.decode(value, { stream: true }));
    }
  };
  const open = () => {
    line?.abort();
    const mine = new AbortController();
    line = mine;
    listen(mine).catch(() => {
      if (line !== mine) return;
      clearTimeout(watch);
      again();
    });
  };
  const retry = () => {
    if (isOver || state === "live") return;
    wait = FIRST_WAIT;
    clearTimeout(timer);
    open();
  };
  const seen = () => document.hidden || retry();

  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", seen);
  open();
  const close = () => {
    window.removeEventListener("online", retry);
    document.removeEventListener("visibilitychange", seen);
    finish("over");
  };
  return { close, retry };
}
