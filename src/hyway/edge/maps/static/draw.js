// Drawing a geofence and changing it: by mouse, by touch, and by keyboard alone.
//
// Circle: a click sets the middle; the middle and the edge have handles. Polygon: each click adds a corner, a click on the
// first one (or Enter) closes it; corners and the middles of sides have handles. Keyboard: arrow keys move the map, Enter
// puts a point at the cross in its middle; Tab reaches the handles, arrow keys move the one in focus (Shift: finely),
// + and - change the radius, Delete takes a corner away, Escape gives up.

import { el } from "./glyphs.js";
import { L } from "./leaflet-module.js";
import { near, onPress } from "./users.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const [STEP, FINE] = [10, 1];
const [LEAST_RADIUS, MOST_RADIUS] = [10, 1_000_000];
const pair = ({ lat, lng }) => [Math.round(lat * 1e6) / 1e6, Math.round(near(lng, 0) * 1e6) / 1e6];

/** A point to take hold of. `on`: `move(latLng)` while it moves, `done()` after, `remove()`, `click()`, `grow(sign)`. */
function handle(map, at, name, kind, on) {
  const icon = L.divIcon({ html: el("span", `hy-handle hy-handle-${kind}`), className: "hy-icon", iconSize: [32, 32] });
  const marker = L.marker(at, { icon, draggable: true, autoPan: true, zIndexOffset: 900 });
  marker.on("drag", () => on.move(marker.getLatLng()));
  marker.on("dragend", () => on.done());
  onPress(marker, () => on.click?.());
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", name);
    element.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (arrow) {
        const by = event.shiftKey ? FINE : STEP;
        const point = map.latLngToLayerPoint(marker.getLatLng()).add([arrow[0] * by, arrow[1] * by]);
        marker.setLatLng(map.layerPointToLatLng(point));
        on.move(marker.getLatLng());
        on.done();
      } else if (event.key === "Delete" || event.key === "Backspace") {
        on.remove?.();
      } else if (["+", "=", "-"].includes(event.key) && on.grow) {
        on.grow(event.key === "-" ? -1 : 1);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  });
  return marker.addTo(map);
}

const radiusBetween = (map, a, b) => Math.round(Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, map.distance(a, b))));

/** The point on the circle's eastern edge. */
function edge(middle, radius) {
  const lonMetres = 111_320 * Math.max(0.01, Math.cos((middle.lat * Math.PI) / 180));
  return L.latLng(middle.lat, middle.lng + radius / lonMetres);
}

function circleEditor(map, shape, tell) {
  const layer = L.circle(shape.center, { radius: shape.radius, className: "hy-fence hy-fence-live", interactive: false }).addTo(map);
  const value = () => ({ type: "circle", center: pair(layer.getLatLng()), radius: Math.round(layer.getRadius()) });
  const put = () => rim.setLatLng(edge(layer.getLatLng(), layer.getRadius()));
  const grow = (sign) => {
    layer.setRadius(Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, Math.round(layer.getRadius() * (sign > 0 ? 1.1 : 1 / 1.1)))));
    put();
    tell(value());
  };
  const done = () => {
    put();
    tell(value());
  };
  const move = (at) => {
    layer.setLatLng(at);
    put();
  };
  const rim = handle(map, edge(L.latLng(shape.center), shape.radius), "Radius: arrow keys, plus and minus", "edge", {
    move: (at) => layer.setRadius(radiusBetween(map, layer.getLatLng(), at)), done, grow,
  });
  const middle = handle(map, shape.center, "Middle of the circle: arrow keys move it, plus and minus change its size", "middle", { move, done, grow });
  const set = (next) => {
    layer.setLatLng(next.center).setRadius(next.radius);
    middle.setLatLng(next.center);
    put();
  };
  return { value, set, bounds: () => layer.getBounds(), focus: () => middle.getElement()?.focus(), clear: () => [layer, rim, middle].forEach((each) => each.remove()) };
}

function polygonEditor(map, shape, tell) {
  const layer = L.polygon(shape.points, { className: "hy-fence hy-fence-live", interactive: false }).addTo(map);
  let corners = shape.points.map((each) => L.latLng(each));
  let handles = [];
  const value = () => ({ type: "polygon", points: corners.map(pair) });
  const between = (i) => {
    const [a, b] = [corners[i], corners[(i + 1) % corners.length]];
    return L.latLng((a.lat + b.lat) / 2, (a.lng + b.lng) / 2);
  };
  const done = (focus) => {
    layer.setLatLngs(corners);
    lay(focus);
    tell(value());
  };
  const corner = (i) => handle(map, corners[i], `Corner ${i + 1} of ${corners.length}: arrow keys move it, Delete removes it`, "corner", {
    move: (at) => {
      corners[i] = at;
      layer.setLatLngs(corners);
    },
    done: () => done(i),
    remove: () => {
      if (corners.length <= 3) return;
      corners.splice(i, 1);
      done(Math.min(i, corners.length - 1));
    },
  });
  const side = (i) => {
    let isNew = true;
    const insert = (at) => {
      if (isNew) corners.splice(i + 1, 0, at);
      isNew = false;
      corners[i + 1] = at;
      layer.setLatLngs(corners);
    };
    const between_ = between(i);
    return handle(map, between_, `Side ${i + 1}: Enter or arrow keys add a corner here`, "side", {
      move: insert, done: () => done(i + 1),
      click: () => {
        insert(between_);
        done(i + 1);
      },
    });
  };
  const lay = (focus) => {
    const old = handles;
    handles = corners.flatMap((_, i) => [corner(i), side(i)]);
    old.forEach((each) => each.remove());
    if (focus !== undefined) handles[focus * 2]?.getElement()?.focus({ preventScroll: true });
  };
  lay();
  const set = (next) => {
    corners = next.points.map((each) => L.latLng(each));
    layer.setLatLngs(corners);
    lay();
  };
  return { value, set, bounds: () => layer.getBounds(), focus: () => handles[0]?.getElement()?.focus(), clear: () => [layer, ...handles].forEach((each) => each.remove()) };
}

/** Lets a shape be changed. `onChange(shape)` hears each change; returns `{value, set, bounds, focus, clear}`. */
export function editShape(map, shape, onChange = () => {}) {
  return (shape.type === "circle" ? circleEditor : polygonEditor)(map, shape, onChange);
}

/** Collects the points of a new shape; `take(latLng)` for each, `finish()` on Enter without one to add, `undo`, `cancel`. */
function collect(map, { take, undo, cancel }) {
  const box = map.getContainer();
  const cross = el("div", "hy-cross");
  cross.setAttribute("aria-hidden", "true");
  box.append(cross);
  box.classList.add("hy-drawing");
  map.doubleClickZoom.disable();
  const clicked = (event) => take(event.latlng, event.originalEvent?.detail > 1);
  const pressed = (event) => {
    if (event.target !== box) return;
    if (event.key === "Enter") take(map.getCenter(), false);
    else if (event.key === "Backspace" || event.key === "Delete") undo();
    else if (event.key === "Escape") cancel();
    else return;
    event.preventDefault();
  };
  map.on("click", clicked);
  box.addEventListener("keydown", pressed);
  return () => {
    map.off("click", clicked);
    box.removeEventListener("keydown", pressed);
    box.classList.remove("hy-drawing");
    cross.remove();
    map.doubleClickZoom.enable();
  };
}

/**
 * Draws a new `circle` or `polygon`, then lets it be changed. `onChange(shape)` hears it once it is whole and at each
 * change; `onCancel()` when it is given up. Returns `{value, clear}`; `value()` is null until it is whole.
 */
export function drawShape(map, type, { onChange = () => {}, onCancel = () => {} } = {}) {
  let editor = null;
  let points = [];
  const line = L.polyline([], { className: "hy-fence-draft", interactive: false }).addTo(map);
  const dots = L.layerGroup().addTo(map);
  const stop = collect(map, { take, undo, cancel });

  function begin(shape) {
    clean();
    editor = editShape(map, shape, onChange);
    onChange(editor.value());
    editor.focus();
  }
  function take(at, isSecondOfDouble) {
    if (type === "circle") {
      const beside = map.layerPointToLatLng(map.latLngToLayerPoint(at).add([80, 0]));
      return begin({ type, center: [at.lat, at.lng], radius: radiusBetween(map, at, beside) });
    }
    const closes = points.length > 2 && near_(at, points[0]);
    const repeats = points.length > 0 && near_(at, points.at(-1));
    if (points.length > 2 && (closes || repeats || isSecondOfDouble)) return begin({ type, points: points.map((p) => [p.lat, p.lng]) });
    if (!repeats) points.push(at);
    show();
  }
  function near_(a, b) {
    return map.latLngToLayerPoint(a).distanceTo(map.latLngToLayerPoint(b)) < 14;
  }
  function show() {
    line.setLatLngs(points);
    dots.clearLayers();
    points.forEach((at, i) => L.circleMarker(at, { radius: i ? 4 : 6, className: "hy-dot", interactive: false }).addTo(dots));
  }
  function undo() {
    points = points.slice(0, -1);
    show();
  }
  function clean() {
    stop();
    line.remove();
    dots.remove();
  }
  function cancel() {
    clear();
    onCancel();
  }
  function clear() {
    clean();
    editor?.clear();
    editor = null;
  }
  return { value: () => editor?.value() ?? null, clear, undo };
}
