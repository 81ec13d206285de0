// Hyway's maps: one module over Leaflet, without a build step and under a strict content policy.
//
//   import { createMap, followStream } from "…/hyway-map.js";
//   const map = createMap(element, { zoom: 3 });
//   map.users.put("id", { lat, lon, bearing, vehicle: "car", state: "online", label: "Ada" });
//
// `element` may carry `data-tiles` (an XYZ template or the address of a .pmtiles archive) and `data-attribution`.

import { drawShape, editShape } from "./draw.js";
import { el } from "./glyphs.js";
import { addGround } from "./ground.js";
import { L } from "./leaflet-module.js";
import { isLively, moves } from "./look.js";
import { Place, Route, fence } from "./shapes.js";
import { addTiles } from "./tiles.js";
import { User, Users } from "./users.js";

export { decode, decodeTimed, encodeTimed } from "./polyline.js";
export { followStream } from "./stream.js";
export { L };

/** Somebody with a route behind them: the marker glides along each piece of route, and the line grows with it. */
class Traveller {
  constructor(map) {
    this.route = new Route(map);
    this.user = new User(map, { onMove: (at, passed) => this.#grow(at, passed) });
    this.due = [];
    this.taken = 0;
  }

  get position() {
    return this.user.goal;
  }

  /** How many points of the route are known, those ahead of the marker included. */
  get count() {
    return this.route.points.length + this.due.length;
  }

  /** Shows somebody who was not shown before: the whole route at once, the marker where `fix` says. */
  start(fix, points) {
    this.due = [];
    this.route.set(points);
    this.user.put(fix);
    this.user.show();
  }

  /** The next fix, and the points of the route since the last one; points that are not newer are left out. */
  move(fix, points) {
    let seen = (this.due.at(-1) ?? this.route.points.at(-1))?.[2] ?? -Infinity;
    for (const point of points) {
      if (!(point[2] > seen)) continue;
      this.due.push(point);
      seen = point[2];
    }
    this.taken = 0;
    this.user.put(fix, this.due);
  }

  hide() {
    this.due = [];
    this.user.hide();
    this.route.clear();
  }

  /** The marker stands at `at` and has passed so many of the points that were due when it set out. */
  #grow(at, passed) {
    const count = Math.min(passed - this.taken, this.due.length);
    if (count > 0) {
      this.route.append(this.due.splice(0, count));
      this.taken += count;
    }
    this.route.lead(at);
  }
}

function toolbar(map, onFit) {
  const Bar = L.Control.extend({
    onAdd() {
      const box = el("div", "leaflet-bar hy-bar");
      const button = el("button", "hy-fit");
      button.type = "button";
      button.setAttribute("aria-label", "Show everything");
      button.title = "Show everything";
      button.addEventListener("click", onFit);
      box.append(button);
      L.DomEvent.disableClickPropagation(box);
      return box;
    },
  });
  return new Bar({ position: "topright" }).addTo(map);
}

/** Gives a map its ground: the operator's tiles, with the base map in place of them where they cannot be had. */
function lay(map, tiles) {
  let ground = null;
  const fallBack = () => {
    ground ??= addGround(map, { names: true });
  };
  if (!tiles?.url) return fallBack();
  return addTiles(map, tiles, fallBack);
}

/**
 * A map in `element`. Options: `center` [lat, lon], `zoom`, `tiles` {url, attribution} (else the element's data
 * attributes), `zoomControl`, `scrollWheelZoom`, `fitButton` (a function), `onSelect(id)`, `gatherAbove`.
 *
 * Returns `{leaflet, users, place, traveller, route, fence, draw, edit, fit, destroy}`: `users` is a `Users`, `place` a
 * `Place`, `traveller()` and `route()` make new ones, `fence(shape, options)` puts a geofence on the map, `draw(type,
 * handlers)` and `edit(shape, onChange)` are described in draw.js, `fit(…)` shows all of the points and boxes it is given.
 */
export function createMap(element, options = {}) {
  const map = L.map(element, {
    center: options.center ?? [20, 8],
    zoom: options.zoom ?? 2,
    minZoom: 2,
    maxZoom: 19,
    zoomSnap: 0.5,
    worldCopyJump: options.worldCopyJump ?? false,
    zoomControl: false,
    scrollWheelZoom: options.scrollWheelZoom ?? true,
    attributionControl: false,
    fadeAnimation: isLively(),
    zoomAnimation: isLively(),
    markerZoomAnimation: isLively(),
  });
  element.classList.add("hy-map");
  L.control.attribution({ prefix: false }).addTo(map);
  L.control.scale({ imperial: options.imperial ?? false, metric: !options.imperial, maxWidth: 110 }).addTo(map);
  if (options.fitButton) toolbar(map, options.fitButton);
  if (options.zoomControl ?? true) L.control.zoom({ position: "topright" }).addTo(map);
  lay(map, options.tiles ?? { url: element.dataset.tiles, attribution: element.dataset.attribution });
  const watch = new ResizeObserver(() => map.invalidateSize({ animate: false, pan: true }));
  watch.observe(element);

  const fit = (what, { animate = moves(), maxZoom = 16, padding = [56, 56], ...more } = {}) => {
    const bounds = L.latLngBounds([]);
    for (const each of what) if (each && (Array.isArray(each) || each.isValid?.() !== false)) bounds.extend(each);
    if (bounds.isValid()) map.fitBounds(bounds, { animate, maxZoom, padding, ...more });
  };
  return {
    leaflet: map,
    users: new Users(map, options),
    place: new Place(map),
    traveller: () => new Traveller(map),
    route: (more) => new Route(map, more),
    fence: (shape, more) => fence(shape, more).addTo(map),
    draw: (type, handlers) => drawShape(map, type, handlers),
    edit: (shape, onChange) => editShape(map, shape, onChange),
    fit,
    destroy: () => {
      watch.disconnect();
      map.remove();
    },
  };
}
