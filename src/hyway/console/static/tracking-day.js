// A day on the map: its trips, stops and gaps, each lit up together with its line in the list.

const box = document.getElementById("map");
const room = document.getElementById("room");
const kit = await import(box.dataset.kit);
const { parts, user } = kit.data();
const { map, maps } = await kit.open(box, { fitButton: () => fit() });
const { L } = maps;
const drawn = new Map();
let lit = null;
let light = null;

const all = () => [...drawn.values()].map((each) => each.bounds).filter(Boolean);
const here = kit.fixOf(user);
const isNow = Boolean(room.dataset.stream && here);
const fit = () => map.fit([...all(), isNow && [here.lat, here.lon]], { animate: false });

const trip = (part) => {
  const points = maps.decodeTimed(part.path || "");
  if (!points.length) return null;
  const route = map.route();
  route.set(points);
  const line = points.map(([lat, lon]) => [lat, lon]);
  // A wide line that nobody sees takes the pointer.
  const feel = L.polyline(line, { className: "day-feel", weight: 18, opacity: 0 }).addTo(map.leaflet);
  return { bounds: route.bounds(), feel, light: () => L.polyline(line, { className: "day-lit", interactive: false }) };
};
const stop = (part, number) => {
  const icon = L.divIcon({ html: kit.el("span", "day-stop", String(number)), className: "hy-icon", iconSize: [26, 26] });
  const feel = L.marker(part.at, { icon, title: part.label, alt: part.label, keyboard: false }).addTo(map.leaflet);
  return { bounds: L.latLngBounds([part.at]), feel, light: () => L.circleMarker(part.at, { radius: 19, className: "day-ring", interactive: false }) };
};
const gap = (part) => {
  const feel = L.polyline(part.gap, { className: "day-gap" }).addTo(map.leaflet);
  return { bounds: L.latLngBounds(part.gap), feel, light: () => L.polyline(part.gap, { className: "day-lit", interactive: false }) };
};

let stops = 0;
for (const part of parts) {
  const made = part.path ? trip(part) : part.at ? stop(part, (stops += 1)) : part.gap ? gap(part) : null;
  if (!made) continue;
  drawn.set(part.id, made);
  made.feel.on("mouseover", () => put(part.id)).on("mouseout", () => put(null)).on("click", () => {
    const link = document.querySelector(`#day [data-part="${part.id}"] a`);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "center", behavior: "smooth" });
  });
  const mark = document.querySelector(`#day [data-part="${part.id}"]`);
  if (part.at && mark) mark.dataset.number = String(stops);
}

/** Lights one part up, everywhere; null lights none. */
function put(id) {
  if (id === lit) return;
  lit = id;
  light?.remove();
  light = id && drawn.has(id) ? drawn.get(id).light().addTo(map.leaflet) : null;
  for (const each of document.querySelectorAll("[data-part]")) each.classList.toggle("is-lit", each.dataset.part === id);
}
for (const each of document.querySelectorAll("[data-part]")) {
  each.addEventListener("pointerenter", () => put(each.dataset.part));
  each.addEventListener("pointerleave", () => put(null));
  each.addEventListener("focusin", () => put(each.dataset.part));
  each.addEventListener("focusout", () => put(null));
  each.addEventListener("click", (event) => {
    const found = drawn.get(each.dataset.part);
    if (!found) return;
    event.preventDefault();
    map.fit([found.bounds], { maxZoom: 17 });
  });
}

fit();
if (isNow) {
  map.users.put(user.id, here);
  const ahead = map.route();
  maps.followStream(room.dataset.stream, {
    location: (frame) => {
      const points = maps.decodeTimed(frame.time_aware_polyline || "");
      const fix = kit.fixOf(kit.moved(user, frame));
      if (fix) map.users.put(user.id, fix, points);
      ahead.append(points);
    },
  }, { headers: kit.HEADERS });
}
