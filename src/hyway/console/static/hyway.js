// The console's own script: live parts, copying, dialogs, questions, keys. Pages work without it.
"use strict";
(() => {
  const root = document.documentElement;
  const all = (where, what) => Array.from(where.querySelectorAll(what));
  root.classList.add("js");

  // The server shows times and days in the zone that this cookie names.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes("hyway_zone=" + zone)) {
    document.cookie = `hyway_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  // Live parts: fetched every few seconds while somebody looks; what is new lights up.
  const watch = (part) => {
    let last = "";
    let failures = 0;
    const look = async () => {
      const isBusy = document.hidden || part.querySelector("svg:hover") || part.contains(document.activeElement);
      if (!isBusy) await fetchPart();
      const wait = Number(part.dataset.every) * 1000;
      setTimeout(look, Math.min(wait * 2 ** failures, 60000));
    };
    const fetchPart = async () => {
      try {
        const answer = await fetch(part.dataset.live, { headers: { "X-Part": "1" }, signal: AbortSignal.timeout(10000) });
        if (answer.status === 401) return location.assign(answer.headers.get("x-go") || "/console/sign-in");
        if (!answer.ok) throw new Error(String(answer.status));
        const text = await answer.text();
        failures = 0;
        part.removeAttribute("data-lost");
        if (text !== last) put(text);
        last = text;
      } catch {
        failures = Math.min(failures + 1, 5);
        part.setAttribute("data-lost", "");
      }
    };
    const put = (text) => {
      const seen = new Set(all(part, "[data-key]").map((each) => each.dataset.key));
      part.innerHTML = text;
      all(part, "[data-key]").forEach((each) => seen.has(each.dataset.key) || each.classList.add("new"));
    };
    setTimeout(look, Number(part.dataset.every) * 1000);
  };
  all(document, "[data-live]").forEach(watch);

  const copy = async (button) => {
    const label = button.querySelector("span");
    const before = label.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      // Without https there is no clipboard: an old way still works.
      const field = document.createElement("textarea");
      field.value = button.dataset.copy;
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    label.textContent = "Copied";
    button.classList.add("done");
    setTimeout(() => { label.textContent = before; button.classList.remove("done"); }, 1600);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (event.target.nodeName === "DIALOG") event.target.close();
    if (!button) return;
    if (button.dataset.copy) copy(button);
    if (button.dataset.open) document.getElementById(button.dataset.open).showModal();
    if ("close" in button.dataset) button.closest("dialog").close();
    if ("addRow" in button.dataset) addRow(button);
    if ("dropRow" in button.dataset) dropRow(button);
  });

  const addRow = (button) => {
    const rows = button.closest(":has([data-rows])").querySelector("[data-rows]");
    const fresh = rows.lastElementChild.cloneNode(true);
    all(fresh, "input, select").forEach((field) => { field.value = ""; field.removeAttribute("aria-invalid"); });
    all(fresh, ".wrong").forEach((each) => each.remove());
    all(fresh, "select").forEach((field) => { field.selectedIndex = 0; });
    rows.append(fresh);
    fresh.querySelector("select, input").focus();
  };

  // The last row stays, empty: there is nothing to copy a new one from else.
  const dropRow = (button) => {
    const row = button.closest("[data-row]");
    const rows = row.parentElement;
    const next = (row.nextElementSibling || row.previousElementSibling)?.querySelector("select, input");
    if (rows.children.length > 1) row.remove();
    else all(row, "input").forEach((field) => { field.value = ""; });
    (next || row.querySelector("select, input")).focus();
  };

  // What cannot be undone is asked for first; without this script the server asks.
  const dialog = document.getElementById("confirm");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ("themeForm" in form.dataset) return changeTheme(event);
    if (!form.dataset.confirm || !dialog || form.elements.confirmed) return;
    event.preventDefault();
    document.getElementById("confirm-text").textContent = form.dataset.confirm;
    const yes = document.getElementById("confirm-yes");
    yes.textContent = form.dataset.confirmLabel;
    yes.onclick = () => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "confirmed", value: "yes" });
      form.append(field);
      form.submit();
    };
    dialog.showModal();
  });

  const changeTheme = (event) => {
    event.preventDefault();
    root.dataset.theme = event.submitter.value;
    document.cookie = `hyway_theme=${event.submitter.value}; path=/; max-age=31536000; samesite=lax`;
    event.target.querySelectorAll("button").forEach((each) => each.offsetParent && each.focus());
  };

  document.addEventListener("change", (event) => {
    if ("submit" in event.target.dataset) event.target.form.requestSubmit();
  });

  // The destination with its campaign, as visitors will see it.
  const names = { referral: "ref" };
  all(document, "[data-utm-form]").forEach((form) => {
    const preview = form.querySelector("[data-preview]");
    const show = () => {
      try {
        const url = new URL(form.elements.url.value.trim());
        all(form, "[name^='utm.']").forEach((field) => {
          const key = field.name.slice(4);
          if (field.value.trim()) url.searchParams.set(names[key] || `utm_${key}`, field.value.trim());
        });
        preview.textContent = url.href;
      } catch {
        preview.textContent = "–";
      }
    };
    form.addEventListener("input", show);
    show();
  });

  // A group of rooms stays as it was left, on the next page too: the server writes it by this cookie.
  all(document, "[data-rooms-group] > summary").forEach((each) => each.addEventListener("click", () => setTimeout(() => {
    const open = all(document, "[data-rooms-group][open]").map((group) => group.dataset.roomsGroup);
    document.cookie = `hyway_rooms=${open.join(".")}; path=/; max-age=31536000; samesite=lax`;
  })));

  // An alternate id follows the name until somebody writes their own.
  all(document, "[data-slug]").forEach((pair) => {
    const [name, id] = pair.dataset.slug.split(" ").map((each) => document.getElementById(each));
    if (!name || !id) return;
    let isOwn = Boolean(id.value);
    id.addEventListener("input", () => { isOwn = Boolean(id.value); });
    name.addEventListener("input", () => {
      if (!isOwn) id.value = name.value.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9_]+/g, "-").slice(0, 25).replace(/^-|-$/g, "");
    });
  });

  // What a form would come to, asked while it is filled in: the answer is a part of a page.
  all(document, "[data-try]").forEach((form) => {
    const place = form.querySelector("[data-tried]");
    let last = "";
    let asked = 0;
    const ask = async () => {
      const fields = new URLSearchParams([...new FormData(form)].filter(([name, value]) => name !== "csrf" && typeof value === "string"));
      if (String(fields) === last) return;
      last = String(fields);
      const mine = ++asked;
      const answer = await fetch(`${form.dataset.try}?${fields}`, { headers: { "X-Part": "1" } }).catch(() => null);
      if (mine !== asked || !answer) return;
      if (answer.status === 401) return location.assign(answer.headers.get("x-go") || "/console/sign-in");
      if (answer.ok) place.innerHTML = await answer.text();
    };
    let waiting = 0;
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, 250); };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    form.addEventListener("click", (event) => event.target.closest("[data-drop-row], [data-add-row]") && soon());
    ask();
  });

  // Where tabs run out of a narrow screen, the present one is in sight.
  document.querySelector(".rooms [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

  // Keys: / searches, c creates, e edits, g and a letter goes to a room.
  const rooms = { h: "", l: "/links", p: "/partners", c: "/customers", k: "/keys", w: "/webhooks", t: "/tracking", e: "/log", o: "/organization" };
  let isGoing = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.isContentEditable) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.nodeName) && event.target.type !== "radio") return;
    const room = isGoing && document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (room) return location.assign(room.href);
    if (isGoing && event.key in rooms) return location.assign("/console" + rooms[event.key]);
    isGoing = event.key === "g";
    if (isGoing) setTimeout(() => { isGoing = false; }, 1200);
    const target = { "/": "[data-search]", c: "[data-key-c]", e: "[data-key-e]" }[event.key];
    const found = target && document.querySelector(target);
    if (!found) return;
    event.preventDefault();
    if (event.key === "/") found.select(), found.focus();
    else found.click();
  });
})();
