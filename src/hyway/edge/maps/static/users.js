// People on the map: one marker each, moving smoothly between fixes; gathered by a grid where there are many.

import { el, heading, vehicle } from "./glyphs.js";
import { L } from "./leaflet-module.js";
import { moves } from "./look.js";

const GLIDE = 1000;
const CELL = 76;
const GATHER_ABOVE = 300;
const TOUCH = 50;
const AROUND = [[-1, -1], [0, -1], [1, -1], [-1, 0], [1, 0], [-1, 1], [0, 1], [1, 1]];
const ALONE_FROM = 17;
// Farther than this within one step is not a movement that was seen.
const LEAP = 3000;

/** The longitude that shows the same place on the side of the world where `beside` is. */
export const near = (lon, beside) => lon + 360 * Math.round((beside - lon) / 360);

/** Calls `then` when a marker is clicked, tapped, or chosen by Enter or Space. */
export function onPress(marker, then) {
  marker.on("click", then);
  marker.on("keypress", ({ originalEvent }) => {
    if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
    originalEvent.preventDefault();
    then();
  });
}

const moving = new Set();
let frame = 0;

const tick = (now) => {
  frame = 0;
  for (const each of moving) if (!each.step(now)) moving.delete(each);
  if (moving.size) frame = requestAnimationFrame(tick);
};

/** A way from one point to another along others: `at(part)` is the point after that part of its length. */
const way = (points) => {
  const sums = [0];
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    sums.push(sums[i - 1] + Math.hypot(b[0] - a[0], (b[1] - a[1]) * Math.cos((a[0] * Math.PI) / 180)));
  }
  const whole = sums.at(-1);
  return (part) => {
    const want = whole * part;
    let i = sums.findIndex((sum) => sum >= want);
    if (i <= 0) i = Math.min(1, points.length - 1);
    const share = sums[i] > sums[i - 1] ? (want - sums[i - 1]) / (sums[i] - sums[i - 1]) : 1;
    const [a, b] = [points[Math.max(0, i - 1)], points[i]];
    return { at: [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share], passed: i };
  };
};

/** One person. `state` is `online`, `active`, `offline` or `warning`; `onMove([lat, lon], passed)` hears each step. */
export class User {
  constructor(map, { onClick, onMove } = {}) {
    this.map = map;
    this.onMove = onMove;
    this.arrow = heading();
    this.disc = el("span", "hy-disc");
    this.label = el("span", "hy-label");
    this.box = el("div", "hy-user", this.arrow, this.disc, this.label);
    const icon = L.divIcon({ html: this.box, className: "hy-icon", iconSize: [44, 44] });
    this.marker = L.marker([0, 0], { icon, interactive: Boolean(onClick), keyboard: Boolean(onClick), zIndexOffset: 500 });
    if (onClick) onPress(this.marker, onClick);
    // Leaflet makes the element anew each time a marker is shown.
    this.marker.on("add", () => this.#name());
  }

  get isShown() {
    return this.map.hasLayer(this.marker);
  }

  /** Takes over what `fix` says; with `path` ([[lat, lon], …], the points since the last fix) it glides along that. */
  put(fix, path = []) {
    this.#dress(fix);
    const target = [fix.lat, this.at ? near(fix.lon, this.at[1]) : fix.lon];
    const from = this.at;
    this.goal = target;
    if (!from || !this.isShown || !moves() || this.map.distance(from, target) > LEAP) return this.#jump(target);
    const points = [from, ...path.map(([lat, lon]) => [lat, near(lon, from[1])])];
    const last = points.at(-1);
    if (last[0] !== target[0] || last[1] !== target[1]) points.push(target);
    this.way = way(points);
    this.began = performance.now();
    moving.add(this);
    frame ||= requestAnimationFrame(tick);
  }

  step(now) {
    // Leaflet moves markers by itself while it zooms.
    if (this.map._animatingZoom) return true;
    const part = Math.min(1, Math.max(0, (now - this.began) / GLIDE));
    const { at, passed } = this.way(part);
    this.#set(at, part < 1 ? passed - 1 : Infinity);
    return part < 1;
  }

  show() {
    if (this.at && !this.isShown) this.marker.addTo(this.map);
  }

  hide() {
    if (moving.delete(this)) this.#set(this.goal, Infinity);
    this.marker.remove();
  }

  #jump(target) {
    moving.delete(this);
    this.#set(target, Infinity);
  }

  #set(at, passed) {
    this.at = at;
    this.marker.setLatLng(at);
    this.onMove?.(at, passed);
  }

  #dress({ bearing, vehicle: type = "unknown", state = "online", label = "", speed }) {
    if (type !== this.type) this.disc.replaceChildren(vehicle(type));
    this.type = type;
    this.box.dataset.state = state;
    this.label.textContent = label;
    this.label.hidden = !label;
    const isTurned = typeof bearing === "number" && bearing >= 0 && (speed === undefined || speed === null || speed > 0.5);
    this.arrow.classList.toggle("hy-none", !isTurned);
    if (isTurned) this.#turn(bearing);
    this.said = [label || "Somebody", state].join(", ");
    this.#name();
  }

  /** The short way round, so that 350° to 10° is not a pirouette. */
  #turn(bearing) {
    const before = this.bearing ?? bearing;
    this.bearing = before + ((((bearing - before) % 360) + 540) % 360) - 180;
    this.arrow.style.transform = `rotate(${this.bearing}deg)`;
  }

  #name() {
    this.marker.getElement()?.setAttribute("aria-label", this.said ?? "");
  }
}

/** Joins neighbouring cells whose middles are so close that their bubbles would overlap; the larger takes the smaller. */
function joined(cells) {
  const bySize = [...cells].filter(([, cell]) => !cell.isAlone).sort(([, a], [, b]) => b.users.length - a.users.length);
  const middle = ({ x, y, users }) => [x / users.length, y / users.length];
  for (const [key, cell] of bySize) {
    if (!cells.has(key)) continue;
    const [column, row] = key.split(":").map(Number);
    for (const [dx, dy] of AROUND) {
      const other = `${column + dx}:${row + dy}`;
      const found = cells.get(other);
      if (!found || found.users.length > cell.users.length) continue;
      const [[ax, ay], [bx, by]] = [middle(cell), middle(found)];
      if (Math.hypot(ax - bx, ay - by) >= TOUCH) continue;
      cell.users.push(...found.users);
      cell.x += found.x;
      cell.y += found.y;
      cells.delete(other);
    }
  }
}

/** Many people: `put`, `remove`, `clear`; above `gatherAbove` those who stand close become one bubble with a number. */
export class Users {
  constructor(map, { onSelect, gatherAbove = GATHER_ABOVE } = {}) {
    this.map = map;
    this.onSelect = onSelect;
    this.gatherAbove = gatherAbove;
    this.all = new Map();
    this.bubbles = new Map();
    this.chosen = null;
    map.on("zoomend moveend", () => this.arrange());
  }

  get size() {
    return this.all.size;
  }

  /** Shows or moves a user. `fix`: `{lat, lon, bearing, speed, vehicle, state, label}`; `path` as in `User.put`. */
  put(id, fix, path) {
    let user = this.all.get(id);
    if (!user) {
      user = new User(this.map, { onClick: () => this.onSelect?.(id) });
      this.all.set(id, user);
    }
    user.put(fix, path);
    this.#soon();
  }

  remove(id) {
    this.all.get(id)?.hide();
    this.all.delete(id);
    this.#soon();
  }

  clear() {
    for (const user of this.all.values()) user.hide();
    this.all.clear();
    this.arrange();
  }

  /** Shows only those for whom `keep(id)` is true; without it, everybody. */
  filter(keep) {
    this.keep = keep;
    this.arrange();
  }

  /** Marks one as chosen: it never disappears in a bubble. `null` chooses nobody. */
  choose(id) {
    this.all.get(this.chosen)?.box.classList.remove("hy-chosen");
    this.chosen = id;
    this.all.get(id)?.box.classList.add("hy-chosen");
    this.arrange();
  }

  position(id) {
    return this.all.get(id)?.goal;
  }

  /** The box around those who are shown, or null. */
  bounds() {
    const points = this.#kept().map(([, user]) => user.goal);
    return points.length ? L.latLngBounds(points) : null;
  }

  #kept() {
    return [...this.all].filter(([id, user]) => user.goal && (!this.keep || this.keep(id)));
  }

  #soon() {
    this.timer ||= setTimeout(() => this.arrange(), this.all.size > this.gatherAbove ? 400 : 0);
  }

  /** Decides who is shown alone and who in a bubble. */
  arrange() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (!this.map._loaded) return;
    const kept = this.#kept();
    const isMany = kept.length > this.gatherAbove;
    const zoom = this.map.getZoom();
    const view = this.map.getBounds().pad(0.25);
    const cells = new Map();
    for (const [id, user] of kept) {
      if (isMany && !view.contains(user.goal)) continue;
      const point = this.map.project(user.goal, zoom);
      const isAlone = !isMany || zoom >= ALONE_FROM || id === this.chosen;
      const key = isAlone ? id : `${Math.floor(point.x / CELL)}:${Math.floor(point.y / CELL)}`;
      const cell = cells.get(key) ?? { users: [], x: 0, y: 0, isAlone };
      cell.users.push(user);
      cell.x += point.x;
      cell.y += point.y;
      cells.set(key, cell);
    }
    joined(cells);
    const shown = new Set();
    const groups = new Map();
    for (const [key, { users }] of cells) users.length === 1 ? shown.add(users[0]) : groups.set(key, users);
    for (const user of this.all.values()) shown.has(user) ? user.show() : user.isShown && user.hide();
    this.#gather(groups);
  }

  #gather(groups) {
    for (const [key, bubble] of this.bubbles) {
      if (groups.has(key)) continue;
      bubble.remove();
      this.bubbles.delete(key);
    }
    for (const [key, users] of groups) {
      const middle = [0, 1].map((i) => users.reduce((sum, user) => sum + user.goal[i], 0) / users.length);
      const bubble = this.bubbles.get(key) ?? this.#bubble(key);
      bubble.users = users;
      bubble.setLatLng(middle);
      bubble.count.textContent = users.length > 999 ? `${Math.round(users.length / 100) / 10}k` : users.length;
      bubble.count.dataset.size = String(users.length).length;
      bubble.getElement()?.setAttribute("aria-label", `${users.length} people here, zoom in`);
    }
  }

  #bubble(key) {
    const count = el("span", "hy-bubble");
    const bubble = L.marker([0, 0], { icon: L.divIcon({ html: count, className: "hy-icon", iconSize: [48, 48] }) });
    bubble.count = count;
    onPress(bubble, () => {
      const bounds = L.latLngBounds(bubble.users.map((user) => user.goal));
      this.map.fitBounds(bounds, { padding: [60, 60], maxZoom: ALONE_FROM });
    });
    this.bubbles.set(key, bubble.addTo(this.map));
    return bubble;
  }
}
