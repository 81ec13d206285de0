// The base map that needs no network: land and borders as canvas tiles; names and a grid on a canvas above them.
// The coast is drawn for maps of 1:50,000,000: as one comes closer it fades, and a metric grid takes its place.

import { atlas } from "./atlas.js";
import { L } from "./leaflet-module.js";
import { Names } from "./names.js";
import { between, onTheme, palette, rgb } from "./look.js";

const SIZE = 512;
const [FADES_AT, GONE_AT] = [8, 14];
export const SOURCES =
  '<a href="https://www.naturalearthdata.com/" target="_blank" rel="noopener noreferrer">Natural Earth</a> · ' +
  '<a href="https://www.geonames.org/" target="_blank" rel="noopener noreferrer">GeoNames</a> (CC BY 4.0)';

const faded = (zoom) => Math.max(0, Math.min(1, (zoom - FADES_AT) / (GONE_AT - FADES_AT)));
const meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

/** One side of Sutherland and Hodgman: keeps what of a ring is on the inner side of a line. */
const cut = (ring, axis, limit, sign) => {
  const kept = [];
  const inside = (i) => sign * (ring[i + axis] - limit) >= 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    if (inside(i) !== inside(j)) {
      const part = (limit - ring[j + axis]) / (ring[i + axis] - ring[j + axis]);
      const other = ring[j + 1 - axis] + part * (ring[i + 1 - axis] - ring[j + 1 - axis]);
      axis ? kept.push(other, limit) : kept.push(limit, other);
    }
    if (inside(i)) kept.push(ring[i], ring[i + 1]);
  }
  return kept;
};

const clipped = (ring, [x0, y0, x1, y1]) =>
  [[0, x0, 1], [0, x1, -1], [1, y0, 1], [1, y1, -1]].reduce((left, [axis, limit, sign]) => cut(left, axis, limit, sign), ring);

/** Moves and lines through the points, leaving out those that would fall on the last pixel drawn. */
const trace = (pen, xy, scale, [ox, oy]) => {
  let [lastX, lastY] = [Infinity, Infinity];
  for (let i = 0; i < xy.length; i += 2) {
    const x = xy[i] * scale - ox;
    const y = xy[i + 1] * scale - oy;
    if (i && i < xy.length - 2 && Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8) continue;
    i ? pen.lineTo(x, y) : pen.moveTo(x, y);
    [lastX, lastY] = [x, y];
  }
};

/** Strokes the parts of a line that are near the tile and not the seam of the world at 180° or the pole. */
const strokeNear = (pen, xy, scale, origin, near) => {
  let isDown = false;
  let [lastX, lastY] = [Infinity, Infinity];
  for (let i = 2; i < xy.length; i += 2) {
    const [ax, ay, bx, by] = [xy[i - 2], xy[i - 1], xy[i], xy[i + 1]];
    const isSeam = (ax < 1e-6 && bx < 1e-6) || (ax > 1 - 1e-6 && bx > 1 - 1e-6) || (ay > 1 - 1e-5 && by > 1 - 1e-5);
    const box = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
    if (isSeam || !meets(box, near)) {
      isDown = false;
      continue;
    }
    if (!isDown) {
      [lastX, lastY] = [ax * scale - origin[0], ay * scale - origin[1]];
      pen.moveTo(lastX, lastY);
      isDown = true;
    }
    const [x, y] = [bx * scale - origin[0], by * scale - origin[1]];
    if (i < xy.length - 2 && Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8) continue;
    pen.lineTo(x, y);
    [lastX, lastY] = [x, y];
  }
};

function paint(pen, coords, { land, borders }) {
  const colours = palette();
  const part = faded(coords.z);
  pen.fillStyle = rgb(between(colours.sea, colours.paper, part));
  pen.fillRect(0, 0, SIZE, SIZE);
  if (part >= 1) return;
  const scale = 256 * 2 ** coords.z;
  const origin = [coords.x * SIZE, coords.y * SIZE];
  const edge = 8 / scale;
  const near = [
    origin[0] / scale - edge, origin[1] / scale - edge,
    (origin[0] + SIZE) / scale + edge, (origin[1] + SIZE) / scale + edge,
  ];
  const shapes = land.filter(({ box }) => meets(box, near));
  pen.fillStyle = rgb(between(colours.land, colours.paper, part));
  pen.beginPath();
  for (const { rings } of shapes) {
    for (const { xy } of rings) {
      trace(pen, coords.z > 3 ? clipped(xy, near) : xy, scale, origin);
      pen.closePath();
    }
  }
  pen.fill("evenodd");
  pen.globalAlpha = (1 - part) ** 2;
  pen.lineJoin = "round";
  pen.lineWidth = 1;
  pen.strokeStyle = colours.coast;
  pen.beginPath();
  for (const { rings } of shapes) for (const { xy } of rings) strokeNear(pen, xy, scale, origin, near);
  pen.stroke();
  pen.strokeStyle = colours.border;
  if (coords.z > 3) pen.setLineDash([5, 3]);
  pen.beginPath();
  for (const { xy, box } of borders) if (meets(box, near)) strokeNear(pen, xy, scale, origin, near);
  pen.stroke();
}

const Land = L.GridLayer.extend({
  createTile(coords, done) {
    const tile = document.createElement("canvas");
    const sharp = Math.min(window.devicePixelRatio || 1, 2);
    tile.width = SIZE * sharp;
    tile.height = SIZE * sharp;
    atlas().then((data) => {
      const pen = tile.getContext("2d");
      pen.scale(sharp, sharp);
      paint(pen, coords, data);
      done(null, tile);
    });
    return tile;
  },
});

/** Puts the base map under everything else; returns a function that takes it away. `names: false` leaves those out. */
export function addGround(map, { names = true } = {}) {
  if (!map.getPane("hy-ground")) {
    map.createPane("hy-ground").style.zIndex = 150;
    map.createPane("hy-names").style.zIndex = 250;
    map.getPane("hy-names").style.pointerEvents = "none";
  }
  const land = new Land({ pane: "hy-ground", tileSize: SIZE, attribution: SOURCES, keepBuffer: 1 });
  land.addTo(map);
  const above = names ? new Names({ pane: "hy-names" }).addTo(map) : null;
  const stop = onTheme(() => {
    land.redraw();
    above?.draw();
  });
  return () => {
    stop();
    land.remove();
    above?.remove();
  };
}
