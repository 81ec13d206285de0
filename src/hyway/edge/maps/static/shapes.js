// What lies on the map besides people: a destination, a route, geofences.

import { el, pin } from "./glyphs.js";
import { L } from "./leaflet-module.js";
import { decodeTimed } from "./polyline.js";
import { near } from "./users.js";

// Two points are joined by a dotted line, not a solid one, when nobody knows what was between them.
const GAP_METRES = 500;
const GAP_SECONDS = 120;

/** A destination: a pin, its name, and the circle that counts as being there. `put(null)` takes it away. */
export class Place {
  constructor(map) {
    this.map = map;
    this.layer = L.layerGroup().addTo(map);
  }

  /** `place`: `{lat, lon, radius?, name?}`. */
  put(place) {
    this.layer.clearLayers();
    this.at = place ? [place.lat, place.lon] : null;
    if (!place) return;
    if (place.radius) L.circle(this.at, { radius: place.radius, className: "hy-zone", interactive: false }).addTo(this.layer);
    const label = el("span", "hy-label", place.name || "");
    label.hidden = !place.name;
    const box = el("div", "hy-place", pin(), label);
    const icon = L.divIcon({ html: box, className: "hy-icon", iconSize: [32, 40], iconAnchor: [16, 39] });
    L.marker(this.at, { icon, interactive: false, keyboard: false }).addTo(this.layer);
  }
}

/** A route: a line that grows. Points are `[lat, lon, seconds?]`; `set` and `append` also take a time-aware polyline. */
export class Route {
  constructor(map, { className = "hy-route" } = {}) {
    this.map = map;
    const line = (name, parts = []) => L.polyline(parts, { className: name, interactive: false, smoothFactor: 1.2 }).addTo(map);
    this.casing = line(`${className}-casing`);
    this.headCasing = line(`${className}-casing`);
    this.gaps = line(`${className}-gap`);
    this.solid = line(className);
    this.head = line(className);
    this.clear();
  }

  /** `[[lat, lon, seconds], …]` so far. */
  get points() {
    return this.all;
  }

  set(points) {
    this.clear();
    this.append(points);
  }

  clear() {
    this.all = [];
    this.parts = [[]];
    this.jumps = [];
    this.lead(null);
    this.#draw();
  }

  append(points) {
    for (const point of typeof points === "string" ? decodeTimed(points) : points) this.#add(point);
    this.#draw();
  }

  #add([lat, lon, at]) {
    const last = this.all.at(-1);
    const point = [lat, last ? near(lon, last[1]) : lon, at];
    const isGap = last && at - last[2] > GAP_SECONDS && this.map.distance(last, point) > GAP_METRES;
    if (isGap) {
      this.jumps.push([last, point]);
      this.parts.push([]);
    }
    this.parts.at(-1).push(point);
    this.all.push(point);
  }

  /** Leads the line on from its last point to where the marker is just now; null takes that piece away. */
  lead(at) {
    const last = this.all.at(-1);
    const piece = at && last ? [[last[0], last[1]], [at[0], near(at[1], last[1])]] : [];
    this.headCasing.setLatLngs(piece);
    this.head.setLatLngs(piece);
  }

  #draw() {
    const pairs = (all) => all.map((part) => part.map(([lat, lon]) => [lat, lon]));
    this.casing.setLatLngs(pairs(this.parts));
    this.solid.setLatLngs(pairs(this.parts));
    this.gaps.setLatLngs(pairs(this.jumps));
  }

  bounds() {
    return this.all.length ? L.latLngBounds(this.all.map(([lat, lon]) => [lat, lon])) : null;
  }

  remove() {
    for (const each of [this.casing, this.headCasing, this.gaps, this.solid, this.head]) each.remove();
  }
}

/**
 * A geofence as a layer. `shape`: `{type: "circle", center: [lat, lon], radius}` in metres, or
 * `{type: "polygon", points: [[lat, lon], …]}`.
 */
export function fence(shape, { label, className = "hy-fence", onClick } = {}) {
  const options = { className, interactive: Boolean(onClick) };
  const layer = shape.type === "circle" ? L.circle(shape.center, { ...options, radius: shape.radius }) : L.polygon(shape.points, options);
  if (label) layer.bindTooltip(el("span", "", label), { className: "hy-tip", sticky: true });
  if (onClick) layer.on("click", onClick);
  return layer;
}
