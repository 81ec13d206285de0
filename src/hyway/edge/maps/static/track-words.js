// What the tracking page says: pure functions from the state and the time to words.

const NOUNS = { delivery: "Delivery", pickup: "Pickup", dropoff: "Drop-off", visit: "Visit", stopover: "Stopover", task: "Task", trip: "Trip", meetup: "Meet-up" };
const DONE = { delivery: "Delivered", pickup: "Picked up", dropoff: "Dropped off" };
const VEHICLES = { walking: "On foot", bicycle: "Bicycle", motorcycle: "Motorcycle", car: "Car", "3-wheeler": "Three-wheeler", "three-wheeler": "Three-wheeler", van: "Van" };
export const STALE = 5 * 60_000;

export const noun = (type) => NOUNS[type] ?? (type ? type[0].toUpperCase() + type.slice(1).replaceAll("_", " ") : "Delivery");
export const vehicleName = (type) => VEHICLES[type] ?? "";

/** `14:52`, with the day in front when it is neither today nor within six hours. */
export function hour(iso, now) {
  const at = new Date(iso);
  const time = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const today = new Date(now);
  if (at.toDateString() === today.toDateString() || Math.abs(at - today) < 6 * 3_600_000) return time;
  const isNear = Math.abs(at - today) < 6 * 86_400_000;
  const day = isNear ? { weekday: "short" } : { day: "numeric", month: "short" };
  return `${at.toLocaleDateString([], day)} ${time}`;
}

/** `14 min`, `1 h 20 min`; under a minute `under 1 min`. */
export function span(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return "under 1 min";
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, (rest || !hours) && `${rest} min`].filter(Boolean).join(" ");
}

/** `850 m`, `3.1 km`, `400 ft`, `1.9 mi`. */
export function length(metres, unit) {
  const isMiles = unit === "mi";
  const large = metres / (isMiles ? 1609.344 : 1000);
  const figure = (value) => value.toLocaleString([], { maximumFractionDigits: value < 10 ? 1 : 0 });
  if (isMiles) return large < 0.1 ? `${figure(Math.round((metres * 3.28084) / 50) * 50)} ft` : `${figure(large)} mi`;
  return large < 1 ? `${Math.round(metres / 10) * 10} m` : `${figure(large)} km`;
}

/** `just now`, `12 s ago`, `3 min ago`. */
export function ago(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 4) return "just now";
  return seconds < 60 ? `${seconds} s ago` : `${span(Math.floor(seconds / 60) * 60)} ago`;
}

/** The step that the action is at: -1 before the first, 5 when all are done. */
export function reached({ status, sub_status: sub }) {
  if (status === "completed") return 5;
  if (status === "started") return { arriving: 2, arrived: 3 }[sub] ?? 1;
  return status === "assigned" ? 0 : -1;
}

function ending({ type, status, summary }, now) {
  const what = noun(type).toLowerCase();
  if (status === "canceled") return ["Canceled", `This ${what} was canceled. The position is no longer shared.`];
  if (status === "suspended") return ["Not finished", `This ${what} was never finished. The position is no longer shared.`];
  const at = summary ? ` at ${hour(summary.ended_at, now)}` : "";
  return [(DONE[type] ?? "Completed") + at, "The position is no longer shared."];
}

const isOld = ({ location }, now) => Boolean(location) && now - Date.parse(location.recorded_at) >= STALE;

function running(state, now) {
  const name = state.user?.first_name;
  const { status, sub_status: sub, eta } = state;
  if (status === "created" || !state.user) return ["Getting ready", "Nobody is assigned yet. This page updates by itself."];
  if (sub === "arrived") return [`${name || "Your visitor"} has arrived`, state.sub_status_text];
  // Nobody knows how long the stop before it takes: an hour named now would not be kept.
  if (sub === "in_queue") return ["Assigned", `${name || "Somebody"} has another stop first.`];
  if (eta) {
    const left = (Date.parse(eta) - now) / 1000;
    if (left < 30 && isOld(state, now)) return ["On the way", "No recent position, so no time of arrival."];
    const lead = status === "assigned" ? `${name || "Somebody"} will set out soon.` : "";
    const words = sub === "arriving" ? "Almost there." : sub === "leaving_now" ? `${name || "Somebody"} is setting out.` : lead;
    if (left < 30) return ["Arriving now", words];
    return [`Arrives ${hour(eta, now)} · ${span(left)}`, words];
  }
  if (status === "assigned") return ["Assigned", `${name || "Somebody"} will set out soon.`];
  return [state.status_text || "On the way", state.sub_status_text];
}

/** `[headline, detail]` for the state at a moment (milliseconds since 1970). */
export function said(state, now) {
  if (state.ended) return ending(state, now);
  const [headline, detail] = running(state, now);
  if (!state.is_late || !state.expected_at) return [headline, detail];
  return [headline, [`Running late: it was expected at ${hour(state.expected_at, now)}.`, detail].filter(Boolean).join(" ")];
}

/** How old the position is: `[text, isStale]`. */
export function age(state, now) {
  if (state.ended || !state.user) return ["", false];
  if (state.sub_status === "in_queue") return ["On the map once this is the next stop", false];
  if (!state.location) return ["No position yet", false];
  const ms = now - Date.parse(state.location.recorded_at);
  if (ms >= STALE) return [`No position for ${span(Math.floor(ms / 60_000) * 60)}. This is the last one.`, true];
  return [`Updated ${ago(ms)}`, false];
}

/** Pairs of a name and a value, for the list at the end. `heard` is when the state came: clocks run on since. */
export function facts(state, now) {
  const { summary, distance_unit: unit, status, sub_status: sub } = state;
  const isDone = status === "completed";
  if (state.ended) {
    return [
      summary && ["Ended", hour(summary.ended_at, now)],
      isDone && summary?.duration > 0 && ["Took", span(summary.duration)],
      isDone && summary?.distance > 0 && ["Distance", length(summary.distance, unit)],
    ].filter(Boolean);
  }
  const elapsed = state.duration_elapsed + (now - (state.heard ?? now)) / 1000;
  return [
    state.expected_at && ["Expected", hour(state.expected_at, now)],
    state.distance_remaining > 0 && sub !== "in_queue" && sub !== "arrived" && ["Distance left", length(state.distance_remaining, unit)],
    elapsed >= 60 && status === "started" && sub !== "arrived" && ["On the way for", span(elapsed)],
  ].filter(Boolean);
}
