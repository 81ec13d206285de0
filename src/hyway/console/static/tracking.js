// What the maps of the tracking rooms share. The map's own module is found where its element says.

/** What the server wrote into the page. */
export const data = () => JSON.parse(document.getElementById("data").textContent);

/** A map in the element, and the module that made it. */
export async function open(box, options = {}) {
  const maps = await import(box.dataset.maps);
  const map = maps.createMap(box, { imperial: box.dataset.unit === "mi", ...options });
  return { map, maps };
}

export const stateOf = (user) => (user.display?.is_warning ? "warning" : user.availability_status);

const spot = (location) => {
  const [lon, lat] = location?.geojson?.coordinates ?? [];
  return typeof lat === "number" ? { lat, lon, bearing: location.bearing, speed: location.speed } : null;
};

/** A user of the stream as the map takes it; null for somebody of whom no position is known. */
export const fixOf = (user) => {
  const at = spot(user.last_location);
  return at && { ...at, vehicle: user.vehicle_type, state: stateOf(user), label: user.name || "No name" };
};

/** The user with the position that a `location` frame brought. */
export const moved = (user, frame) => ({ ...user, last_location: frame.location });

const STEPS = [[86400, "d"], [3600, "h"], [60, "min"]];

/** How long ago a time is, as the rest of the console says it. */
export const ago = (iso) => {
  if (!iso) return "never heard of";
  const passed = Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
  const step = STEPS.find(([size]) => passed >= size);
  return step ? `${Math.floor(passed / step[0])} ${step[1]} ago` : "just now";
};

/** An element with a class and children; text becomes text. */
export const el = (name, className, ...children) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
};

/** Says in words whether the stream is alive. */
export const stateWords = (place) => (name) => {
  if (!place) return;
  const words = { live: "Live", lost: "Connection lost, trying again…", over: "Signed out: load the page again", refused: "Signed out: load the page again" };
  place.textContent = words[name] ?? "";
  place.dataset.state = name;
};

/** Headers by which the console answers a script, not with a page. */
export const HEADERS = { "X-Part": "1" };
