// The form of toggles and segments: its buttons and its verdict without leaving the page. It works without this, too.
"use strict";
document.querySelectorAll("[data-editor]").forEach((form) => {
  const parts = form.querySelector("[data-parts]");
  const tried = form.querySelector("[data-tried]");
  let asked = 0;
  let waiting = 0;

  const send = async (what) => {
    const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    fields.set("do", what);
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Part": "1" } }).catch(() => null);
    if (answer && answer.status === 401) location.assign(answer.headers.get("x-go") || "/console/sign-in");
    return answer && answer.ok ? answer.text() : null;
  };

  const look = async () => {
    const mine = ++asked;
    const text = await send("look");
    if (mine === asked && text !== null) tried.innerHTML = text;
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(look, 300); };

  const press = async (button, what) => {
    parts.classList.add("is-busy");
    const text = await send(what);
    parts.classList.remove("is-busy");
    // Without an answer the form goes as it would without a script, and its page tells what is wrong.
    if (text === null) return button && form.requestSubmit(button);
    parts.innerHTML = text;
    const next = parts.querySelector("[autofocus]") || parts.querySelector(".wrong")?.parentElement.querySelector("input:not([type=hidden]), select, textarea");
    (next || same(what) || parts.querySelector("button[value=add]"))?.focus();
    soon();
  };

  // The button that was pressed; of a target that moved, where it is now.
  const same = (what) => {
    const [verb, at] = what.split(":");
    const moves = { up: -1, down: 1 };
    const values = verb in moves ? [verb, verb === "up" ? "down" : "up"].map((way) => `${way}:${Number(at) + moves[verb]}`) : [what];
    return values.map((value) => parts.querySelector(`button[value="${CSS.escape(value)}"]:not(:disabled)`)).find(Boolean);
  };

  let isPassing = false;
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=do]");
    if (event.target.closest("[data-drop-row], [data-add-row]")) soon();
    if (!button || isPassing) return;
    event.preventDefault();
    press(button, button.value);
  });
  form.addEventListener("submit", (event) => { isPassing = Boolean(event.submitter && event.submitter.name === "do"); });
  form.addEventListener("input", soon);
  form.addEventListener("change", (event) => {
    if ("redo" in event.target.dataset) again();
    if (event.target.classList.contains("c-subject")) suggest(event.target);
    soon();
  });

  // Environments are known; other values are not.
  const suggest = (subject) => {
    const value = subject.closest("[data-row]").querySelector(".c-value");
    if (subject.value === "environment") value.setAttribute("list", "known-environments");
    else value.removeAttribute("list");
  };

  // Another type has other fields for its values: the page is drawn anew with all that was typed.
  const again = () => {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "do", value: "type" });
    form.append(field);
    form.submit();
  };
});
