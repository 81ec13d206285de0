// The base map's data: land, borders and countries (Natural Earth), places (GeoNames). Fetched once a page.
// Positions become fractions of the world's square in Web Mercator: x and y from 0 to 1, y downwards.

import { decodeSteps } from "./polyline.js";

const LIMIT = 85.0511287798;

export const unitX = (lon) => lon / 360 + 0.5;
export const unitY = (lat) => {
  const sine = Math.sin((Math.max(-LIMIT, Math.min(LIMIT, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
};

const read = async (name) => {
  const answer = await fetch(new URL(name, import.meta.url), { credentials: "omit" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
};

/** A line as x, y, x, y, …, with the box around it. */
const line = (text, { scale, translate }) => {
  const steps = decodeSteps(text);
  const xy = new Float64Array(steps.length * 2);
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  steps.forEach(([a, b], i) => {
    const x = unitX(a * scale[0] + translate[0]);
    const y = unitY(b * scale[1] + translate[1]);
    xy[2 * i] = x;
    xy[2 * i + 1] = y;
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  });
  return { xy, box };
};

async function world() {
  const found = await read("world.json");
  return {
    land: found.land.map((rings) => {
      const lines = rings.map((ring) => line(ring, found));
      return { rings: lines, box: lines[0].box };
    }),
    borders: found.borders.map((each) => line(each, found)),
    countries: found.countries.map(([name, lon, lat, size]) => ({ name, x: unitX(lon), y: unitY(lat), size })),
  };
}

async function places() {
  const found = await read("places.json");
  const points = decodeSteps(found.points);
  const classes = found.classes;
  let rank = 0;
  return found.names.split("\n").map((name, i) => {
    while (i >= classes[rank][1]) rank += 1;
    const [lon, lat] = [points[i][0] * found.step, points[i][1] * found.step];
    return { name, x: unitX(lon), y: unitY(lat), people: classes[rank][0] };
  });
}

let asked;

/** The whole of it, as one promise; a part that could not be fetched is empty. */
export function atlas() {
  asked ??= Promise.allSettled([world(), places()]).then(([land, names]) => {
    for (const each of [land, names]) if (each.status === "rejected") console.warn("base map:", each.reason.message);
    return {
      ...(land.value ?? { land: [], borders: [], countries: [] }),
      places: names.value ?? [],
    };
  });
  return asked;
}
