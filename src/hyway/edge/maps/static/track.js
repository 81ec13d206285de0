// The public tracking page: shows the state that came with it, then follows the stream until the action is over.

import { vehicle } from "./glyphs.js";
import { createMap, decodeTimed, followStream } from "./hyway-map.js";
import { STALE, age, facts, noun, reached, said, vehicleName } from "./track-words.js";

const $ = (id) => document.getElementById(id);
const put = (node, text) => node.textContent === text || (node.textContent = text);

let state = JSON.parse($("state").textContent);
const skew = Date.parse(state.now) - Date.now();
const now = () => Date.now() + skew;
state.heard = now();

// The map

const map = createMap($("map"), { zoom: 2, imperial: state.distance_unit === "mi", fitButton: () => follow(true) });
let traveller = null;
let isFollowing = true;
let isMine = false;
let shownPlace = "";
let shownStart = NaN;

/** The view is ours until somebody moves the map; the button gives it back. */
function follow(isOn) {
  isFollowing = isOn;
  $("map").classList.toggle("following", isOn);
  if (isOn) fitAll();
}
map.leaflet.on("dragstart", () => follow(false));
map.leaflet.on("zoomstart", () => isMine || follow(false));
map.leaflet.on("moveend", () => { isMine = false; });
map.leaflet.on("resize", () => isFollowing && fitAll({ animate: false }));

function fitAll(options) {
  const what = [map.place.at, traveller?.position].filter(Boolean);
  // Somebody far behind on the route need not shrink the map; the way ahead matters.
  if (!what.length) return;
  // Until the map rests again: an animated zoom begins only with the next frame.
  isMine = true;
  if (what.length === 1) map.leaflet.setView(what[0], 15, options);
  else map.fit(what, { paddingTopLeft: [48, 76], paddingBottomRight: [60, 68], ...options });
}

/** Moves the map when the marker comes near its edge, or when the two points would fit far better. */
function keepInView() {
  if (!isFollowing || !traveller?.position) return;
  const inner = map.leaflet.getBounds().pad(-0.12);
  const points = [map.place.at, traveller.position].filter(Boolean);
  const isOut = points.some((point) => !inner.contains(point));
  const spread = points.length > 1 ? map.leaflet.latLngToContainerPoint(points[0]).distanceTo(map.leaflet.latLngToContainerPoint(points[1])) : Infinity;
  const isSmall = spread < Math.min(map.leaflet.getSize().x, map.leaflet.getSize().y) / 4 && map.leaflet.getZoom() < 16;
  if (isOut || isSmall) fitAll();
}

const isStale = () => state.location && now() - Date.parse(state.location.recorded_at) >= STALE;
const fixOf = ({ lat, lon, bearing, speed }) => ({
  lat, lon, bearing, speed,
  vehicle: state.user?.vehicle_type ?? "unknown",
  state: isStale() ? "warning" : "active",
  label: state.user?.first_name ?? "",
});

function showPlace() {
  const { place } = state;
  const key = JSON.stringify(place);
  if (key === shownPlace) return;
  shownPlace = key;
  const isPlaced = place && typeof place.lat === "number" && typeof place.lon === "number";
  map.place.put(isPlaced ? place : null);
}

/** Whole state: the position, and the route from its start. */
function showPosition() {
  if (state.ended || !state.location) {
    traveller?.hide();
    traveller = null;
    shownStart = NaN;
    return;
  }
  // A frame without a route leaves the one that is drawn.
  if (state.time_aware_polyline === null && traveller) {
    const { lat, lon, recorded_at: at } = state.location;
    traveller.move(fixOf(state.location), [[lat, lon, Math.floor(Date.parse(at) / 1000)]]);
    return;
  }
  const points = decodeTimed(state.time_aware_polyline ?? "");
  const isNew = !traveller;
  traveller ??= map.traveller();
  traveller.user.box.classList.add("hy-beats");
  // The same route, grown: glide on. Another one, or one with older points put in: draw it anew.
  const isGrown = !isNew && points[0]?.[2] === shownStart && points.length >= traveller.count;
  isGrown ? traveller.move(fixOf(state.location), points) : traveller.start(fixOf(state.location), points);
  shownStart = points[0]?.[2] ?? NaN;
}

// The words

let announced = "";

function showWords() {
  const at = now();
  const [headline, detail] = said(state, at);
  put($("headline"), headline);
  put($("detail"), detail ?? "");
  put($("organization"), state.organization);
  put($("noun"), noun(state.type));
  document.title = `${headline} – ${state.organization}`;
  $("late").hidden = !state.is_late || state.ended;
  const [old, isOld] = age(state, at);
  put($("age"), old);
  $("age").classList.toggle("stale", isOld);
  // Minutes tick by in silence; a reader hears of steps.
  const step = `${state.status}/${state.sub_status}/${state.is_late}`;
  if (announced && step !== announced) put($("live"), `${headline}. ${detail ?? ""}`);
  announced = step;
}

function showSteps() {
  const at = reached(state);
  [...$("steps").children].forEach((item, i) => {
    item.className = i < at ? "done" : i === at ? "now" : "";
    i === at ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current");
  });
  $("steps").hidden = state.ended && state.status !== "completed";
  document.body.dataset.status = state.status;
  document.body.toggleAttribute("data-ended", state.ended);
  document.body.toggleAttribute("data-late", state.is_late && !state.ended);
}

function showPhoto(url) {
  const photo = $("photo");
  if (photo.getAttribute("src") === url) return;
  photo.hidden = !url;
  url ? photo.setAttribute("src", url) : photo.removeAttribute("src");
}
$("photo").addEventListener("error", () => { $("photo").hidden = true; });

function showPeople() {
  const { user, place } = state;
  $("person").hidden = !user || state.ended;
  if (user) {
    put($("name"), user.first_name || "On the way");
    put($("initial"), (user.first_name || "?").slice(0, 1).toUpperCase());
    showPhoto(/^https?:\/\//.test(user.photo_url ?? "") ? user.photo_url : null);
    const name = vehicleName(user.vehicle_type);
    $("vehicle").replaceChildren(...(name ? [vehicle(user.vehicle_type), name] : []));
  }
  $("place").hidden = !place;
  if (place) {
    put($("place-name"), place.name || place.address || "Destination");
    put($("address"), place.name ? place.address : "");
  }
}

function showFacts() {
  const rows = facts(state, now());
  const key = JSON.stringify(rows);
  if ($("facts").dataset.key === key) return;
  $("facts").dataset.key = key;
  $("facts").replaceChildren(...rows.map(([name, value]) => {
    const row = document.createElement("div");
    const [term, data] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = name;
    data.textContent = value;
    row.append(term, data);
    return row;
  }));
}

function showAll() {
  showPlace();
  showPosition();
  showSteps();
  showPeople();
  showFacts();
  showWords();
}

// The stream

function located({ location, time_aware_polyline: line }) {
  if (state.ended || !location?.geojson) return;
  const [lon, lat] = location.geojson.coordinates;
  const at = Date.parse(location.recorded_at);
  const points = line ? decodeTimed(line) : [[lat, lon, Math.floor(at / 1000)]];
  if (state.location && at <= Date.parse(state.location.recorded_at)) return;
  state = { ...state, location: { ...location, lat, lon } };
  if (!traveller) {
    showPosition();
    follow(isFollowing);
  } else {
    traveller.move(fixOf(state.location), points);
    keepInView();
  }
  showWords();
}

/** What of the state at hand a next one without a route does not replace. */
function kept(next) {
  if (next.time_aware_polyline !== null || !traveller || !next.location) return {};
  if (state.status === "started" && next.status === "assigned") {
    // Given to somebody else: the way so far is not theirs.
    traveller.hide();
    traveller = null;
    return { time_aware_polyline: "" };
  }
  // It may be ahead of the positions that are still to come, each with its piece of the route.
  return { location: state.location };
}

function changed(next) {
  const wasPlaced = shownPlace;
  state = { ...next, ...kept(next), heard: now() };
  showAll();
  if (state.ended) return over();
  if (shownPlace !== wasPlaced) follow(isFollowing);
  else keepInView();
}

function over() {
  state = { ...state, ended: true, location: null, eta: null, time_aware_polyline: "" };
  stream?.close();
  clearInterval(clock);
  $("lost").hidden = true;
  showAll();
  if (map.place.at) map.leaflet.setView(map.place.at, Math.max(13, Math.min(15, map.leaflet.getZoom())));
}

let stream = null;
const clock = setInterval(() => {
  if (traveller && isStale()) traveller.user.box.dataset.state = "warning";
  showWords();
  showFacts();
}, 1000);

function listen() {
  stream = followStream(state.stream_url, {
    location: located,
    action: changed,
    end: over,
    state: (name) => {
      $("lost").hidden = name !== "lost";
      document.body.dataset.line = name;
    },
  });
}

// The sheet

function fold(isOpen) {
  $("handle").setAttribute("aria-expanded", String(isOpen));
  $("sheet").classList.toggle("folded", !isOpen);
}

function dragging(handle) {
  let from = null;
  handle.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    const by = event.clientY - from;
    const isOpen = handle.getAttribute("aria-expanded") === "true";
    if (Math.abs(by) > 12) fold(by < 0);
    else fold(!isOpen);
  });
  // A keyboard presses without a pointer.
  handle.addEventListener("click", (event) => event.detail || fold(handle.getAttribute("aria-expanded") !== "true"));
}

document.documentElement.classList.add("js");
dragging($("handle"));
showAll();
follow(true);
if (state.ended) clearInterval(clock);
else listen();
