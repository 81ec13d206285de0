// Encoded polylines, plain (latitude, longitude) and time-aware (latitude, longitude, whole seconds since 1970).
// Arithmetic, not bit operations: those are 32 bits wide in JavaScript, and the first time needs 33.

/** The numbers that stand in an encoded text, one after another; breaks off where the text does. */
export function numbers(text) {
  const found = [];
  let value = 0;
  let weight = 1;
  for (let i = 0; i < text.length; i += 1) {
    const five = text.charCodeAt(i) - 63;
    value += (five % 32) * weight;
    if (five >= 32) {
      weight *= 32;
    } else {
      found.push(value % 2 ? -(value + 1) / 2 : value / 2);
      value = 0;
      weight = 1;
    }
  }
  return found;
}

const sums = (text, width) => {
  const deltas = numbers(text);
  const sum = new Array(width).fill(0);
  const points = [];
  for (let i = 0; i + width <= deltas.length; i += width) {
    for (let j = 0; j < width; j += 1) sum[j] += deltas[i + j];
    points.push([...sum]);
  }
  return points;
};

/** `[[lat, lon], …]` of a plain polyline, in degrees. */
export const decode = (text) => sums(text || "", 2).map(([lat, lon]) => [lat / 1e5, lon / 1e5]);

/** `[[lat, lon, seconds], …]` of a time-aware polyline. */
export const decodeTimed = (text) => sums(text || "", 3).map(([lat, lon, at]) => [lat / 1e5, lon / 1e5, at]);

const encodeNumber = (delta) => {
  let value = delta < 0 ? -2 * delta - 1 : 2 * delta;
  let text = "";
  while (value >= 32) {
    text += String.fromCharCode(32 + (value % 32) + 63);
    value = Math.floor(value / 32);
  }
  return text + String.fromCharCode(value + 63);
};

/** The text of `[[lat, lon, seconds], …]`; `last` is the point before them, when they continue a line. */
export function encodeTimed(points, last = [0, 0, 0]) {
  const whole = ([lat, lon, at]) => [Math.round(lat * 1e5), Math.round(lon * 1e5), Math.floor(at)];
  let before = whole(last);
  let text = "";
  for (const point of points) {
    const now = whole(point);
    text += now.map((each, i) => encodeNumber(each - before[i])).join("");
    before = now;
  }
  return text;
}

/** `[x, y]` pairs of the base map's own files: whole steps of a grid, x first. */
export const decodeSteps = (text) => sums(text, 2);
