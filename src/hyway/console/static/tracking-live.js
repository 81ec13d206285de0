// The live map: everybody on it, a list beside it, one who is chosen.

const box = document.getElementById("map");
const kit = await import(box.dataset.kit);
const { ago, el, fixOf, stateOf } = kit;
const { users: first, groups, fences } = kit.data();
const list = document.getElementById("people");
const find = document.getElementById("find");
const panel = document.getElementById("chosen");
const more = document.getElementById("more");
const picks = [...document.querySelectorAll("#filters [name=status]")];
const MOST = 250;
const ORDER = ["active", "online", "offline"];
const WORDS = { active: "At work", online: "Online", offline: "Offline" };

const people = new Map();
const work = new Map();
const rows = new Map();
let chosen = null;
let isFitted = false;
let due = 0;

const { map, maps } = await kit.open(box, { onSelect: (id) => choose(id, true), fitButton: () => fit() });
for (const { name, shape } of fences) if (shape) map.fence(shape, { label: name });

const status = () => picks.find((each) => each.checked)?.value ?? "";
const words = () => find.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
const matches = (user, wanted) => {
  const text = `${user.name} ${user.phone ?? ""} ${user.lookup_id ?? ""}`.toLowerCase();
  return wanted.every((word) => text.includes(word));
};
const isOf = (user, state) => !state || user.availability_status === state;
const kept = () => {
  const [state, wanted] = [status(), words()];
  return [...people.values()].filter((user) => isOf(user, state) && matches(user, wanted));
};
const rank = (user) => ORDER.indexOf(user.availability_status);
const compare = (a, b) => rank(a) - rank(b) || (a.name || "").localeCompare(b.name || "") || (a.id < b.id ? -1 : 1);

function fit() {
  const bounds = map.users.bounds();
  if (bounds) map.fit([bounds], { maxZoom: 15 });
}

function take(user) {
  people.set(user.id, user);
  const fix = fixOf(user);
  if (fix) map.users.put(user.id, fix);
  soon();
}

function soon() {
  due ||= setTimeout(() => {
    due = 0;
    show();
  }, 200);
}

/** Brings counts, list and panel up to date; rows stay where they are, so that the focus does too. */
function show() {
  const found = kept().sort(compare);
  const counts = { "": people.size };
  for (const user of people.values()) counts[user.availability_status] = (counts[user.availability_status] ?? 0) + 1;
  for (const each of document.querySelectorAll("[data-count]")) each.textContent = String(counts[each.dataset.count] ?? 0);
  const shown = found.slice(0, MOST);
  let before = null;
  for (const user of shown) {
    const row = rowOf(user);
    const next = before ? before.nextElementSibling : list.firstElementChild;
    if (next !== row) before ? before.after(row) : list.prepend(row);
    before = row;
  }
  while (before ? before.nextElementSibling : list.firstElementChild) (before ? before.nextElementSibling : list.firstElementChild).remove();
  if (!shown.length) list.append(el("li", "nothing", people.size ? "Nobody matches." : "Nobody is here yet."));
  more.textContent = found.length > MOST ? `${found.length - MOST} more: search for a name.` : "";
  describe();
  if (!isFitted && map.users.size) {
    isFitted = true;
    fit();
  }
}

function rowOf(user) {
  let row = rows.get(user.id);
  if (!row) {
    const button = el("button", "person", el("span", "dot-state"), el("span", "person-main", el("b"), el("small")), el("small", "battery"));
    button.type = "button";
    button.dataset.id = user.id;
    row = el("li", "", button);
    rows.set(user.id, row);
  }
  const button = row.firstElementChild;
  const [dot, main, battery] = button.children;
  dot.className = `dot-state is-${stateOf(user)}`;
  main.children[0].textContent = user.name || "No name";
  main.children[1].textContent = [user.display.status_text, user.last_heartbeat_at ? ago(user.last_heartbeat_at) : ""].filter(Boolean).join(" · ");
  battery.textContent = user.last_battery === null ? "" : `${user.last_battery} %`;
  battery.classList.toggle("low", user.last_battery !== null && user.last_battery < 20);
  button.setAttribute("aria-pressed", String(user.id === chosen));
  return row;
}

function choose(id, isFromMap = false) {
  chosen = id === chosen && !isFromMap ? null : id;
  map.users.choose(chosen);
  const at = chosen && map.users.position(chosen);
  if (at && !isFromMap) map.leaflet.flyTo(at, Math.max(map.leaflet.getZoom(), 14), { duration: 0.6 });
  show();
  if (isFromMap) rows.get(chosen)?.scrollIntoView({ block: "nearest" });
  panel.scrollIntoView({ block: "nearest" });
}

const line = (name, ...value) => el("div", "", el("dt", "", name), el("dd", "", ...value));
const link = (to, text, className = "") => {
  const made = el("a", className, text);
  made.href = to;
  return made;
};

/** Who is chosen: where they are, how they are, what they have to do. */
function describe() {
  const user = people.get(chosen);
  panel.hidden = !user;
  if (!user) return panel.replaceChildren();
  const close = el("button", "plain small", "Close");
  close.type = "button";
  close.addEventListener("click", () => choose(user.id));
  const facts = el("dl", "facts");
  facts.append(line("Now", user.display.status_text || WORDS[user.availability_status]));
  facts.append(line("Last update", ago(user.last_heartbeat_at)));
  const at = fixOf(user);
  facts.append(line("Where", at ? `${at.lat.toFixed(5)}, ${at.lon.toFixed(5)}` : "No position yet"));
  if (at?.speed > 0.5) facts.append(line("Speed", box.dataset.unit === "mi" ? `${Math.round(at.speed * 2.237)} mph` : `${Math.round(at.speed * 3.6)} km/h`));
  if (user.last_battery !== null) facts.append(line("Battery", `${user.last_battery} %`));
  if (user.group_id && groups[user.group_id]) facts.append(line("Group", groups[user.group_id]));
  if (user.phone) facts.append(line("Phone", link(`tel:${user.phone}`, user.phone)));
  if (user.pending_actions.length) {
    const todo = user.pending_actions.slice(0, 6).map((id) => el("li", "", link(`/console/tracking/actions/${id}`, titleOf(id)), " ", el("small", "", etaOf(id))));
    if (user.pending_actions.length > 6) todo.push(el("li", "", `and ${user.pending_actions.length - 6} more`));
    facts.append(line("To do", el("ul", "", ...todo)));
  }
  const links = el("div", "row", link(`/console/tracking/users/${user.id}`, "Their day", "button primary small"), link(`/console/tracking/actions/new?user=${user.id}`, "New action", "button ghost small"));
  const key = JSON.stringify([user.id, facts.textContent]);
  if (panel.dataset.said === key) return;
  panel.dataset.said = key;
  panel.replaceChildren(el("div", "row between", el("h2", "", user.name || "No name"), close), facts, links);
}

const titleOf = (id) => {
  const action = work.get(id);
  if (!action) return "An action";
  const kind = action.type.charAt(0).toUpperCase() + action.type.slice(1);
  const where = action.expected_place?.name || action.expected_place?.address;
  const way = ["delivery", "dropoff", "trip"].includes(action.type) ? "to" : "at";
  return where ? `${kind} ${way} ${where}` : `${kind} ${action.lookup_id ?? action.short_code}`;
};
const etaOf = (id) => {
  const action = work.get(id);
  return action ? action.display.sub_status_text || action.display.status_text : "";
};

function filter() {
  const [state, wanted] = [status(), words()];
  map.users.filter((id) => id === chosen || (isOf(people.get(id), state) && matches(people.get(id), wanted)));
  show();
}
for (const each of picks) each.addEventListener("change", () => {
  const url = new URL(location.href);
  each.value ? url.searchParams.set("status", each.value) : url.searchParams.delete("status");
  history.replaceState(null, "", url);
  filter();
});
find.addEventListener("input", filter);

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-id]");
  if (button) choose(button.dataset.id);
});
document.querySelector(".live-side").addEventListener("keydown", (event) => {
  const buttons = [...list.querySelectorAll(".person")];
  const at = buttons.indexOf(document.activeElement);
  if (event.key === "Escape" && chosen) choose(chosen);
  else if (event.key === "ArrowDown" && (at >= 0 || event.target === find)) buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
  else if (event.key === "ArrowUp" && at >= 0) (buttons[at - 1] ?? find).focus();
  else if (event.key === "Enter" && event.target === find) buttons[0] && choose(buttons[0].dataset.id);
  else return;
  event.preventDefault();
});

list.replaceChildren();
first.forEach(take);
if (status()) filter();
show();
setInterval(soon, 20_000);

maps.followStream(list.dataset.stream, {
  user: take,
  location: (frame) => {
    const user = people.get(frame.user_id);
    if (!user) return;
    const now = kit.moved(user, frame);
    people.set(user.id, now);
    const fix = fixOf(now);
    if (fix) map.users.put(user.id, fix, maps.decodeTimed(frame.time_aware_polyline || ""));
    soon();
  },
  action: (action) => {
    work.set(action.id, action);
    soon();
  },
  state: kit.stateWords(document.getElementById("live")),
}, { headers: kit.HEADERS });
