// Names of countries and places, and the grid: drawn for the whole view at once, so that no name is cut by a tile.

import { atlas } from "./atlas.js";
import { L } from "./leaflet-module.js";
import { palette } from "./look.js";

const FONT = 'Inter, "SF Pro Text", -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const EARTH = 40_075_016.686;
const METRIC_FROM = 11;
// From which zoom on a place of at least so many people may be named.
const NAMED = [[5_000_000, 3], [1_000_000, 5], [500_000, 6], [200_000, 7], [100_000, 8], [50_000, 9], [0, 10]];
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
const DEGREES = [30, 15, 10, 5, 2, 1, 0.5, 0.25];
const SOME = 400;

const inDegrees = (zoom) => DEGREES.findLast((step) => (step / 360) * 256 * 2 ** zoom >= 100) ?? 30;

export const Names = L.Renderer.extend({
  options: { padding: 0.3 },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._pen = this._container.getContext("2d");
    atlas().then((data) => {
      this._data = data;
      if (this._map) this.draw();
    });
  },

  _destroyContainer() {
    this._note?.remove();
    this._note = null;
    this._container.remove();
  },

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const sharp = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = size.x * sharp;
    this._container.height = size.y * sharp;
    this._container.style.width = `${size.x}px`;
    this._container.style.height = `${size.y}px`;
    this._pen.scale(sharp, sharp);
    this._pen.translate(-this._bounds.min.x, -this._bounds.min.y);
    this.draw();
  },

  /** Draws everything anew. */
  draw() {
    const { min, max } = this._bounds;
    const zoom = this._map.getZoom();
    const origin = this._map.getPixelOrigin();
    this._view = {
      zoom, min, max,
      scale: 256 * 2 ** zoom,
      x0: min.x + origin.x, y0: min.y + origin.y,
      x1: max.x + origin.x, y1: max.y + origin.y,
      origin,
    };
    this._taken = [];
    this._pen.clearRect(min.x, min.y, max.x - min.x, max.y - min.y);
    const step = zoom < METRIC_FROM ? this._degrees() : this._metres();
    if (this._data) {
      if (zoom < 5) this._countries();
      this._places();
      if (zoom >= 5) this._countries();
    }
    this._say(step);
  },

  _lines(values, isStrong) {
    const { min, max } = this._view;
    const colours = palette();
    for (const strong of [false, true]) {
      this._pen.beginPath();
      for (const { x, y, index } of values) {
        if (isStrong(index) !== strong) continue;
        const at = Math.round(x ?? y) + 0.5;
        x === undefined ? this._pen.moveTo(min.x, at) : this._pen.moveTo(at, min.y);
        x === undefined ? this._pen.lineTo(max.x, at) : this._pen.lineTo(at, max.y);
      }
      this._pen.lineWidth = 1;
      this._pen.strokeStyle = strong ? colours.gridStrong : colours.grid;
      this._pen.stroke();
    }
  },

  /** Meridians and parallels at round degrees; those through 0° are stronger. */
  _degrees() {
    const { scale, x0, x1, y0, y1, origin, zoom } = this._view;
    const step = inDegrees(zoom);
    const values = [];
    for (let i = Math.ceil((x0 / scale - 0.5) * (360 / step)); (i * step) / 360 + 0.5 <= x1 / scale; i += 1) {
      values.push({ x: ((i * step) / 360 + 0.5) * scale - origin.x, index: ((i * step) % 360) / step });
    }
    const crs = this._map.options.crs;
    for (let lat = -Math.floor(84 / step) * step; lat <= 84; lat += step) {
      const y = crs.latLngToPoint(L.latLng(lat, 0), zoom).y;
      if (y >= y0 && y <= y1) values.push({ y: y - origin.y, index: lat / step });
    }
    this._lines(values, (index) => index === 0);
    return null;
  },

  /** Squares of a round number of metres. Web Mercator stretches by latitude: one per quarter degree sets the size. */
  _metres() {
    const { scale, x0, x1, y0, y1, origin } = this._view;
    const lat = Math.round(this._map.getCenter().lat * 4) / 4;
    const pixels = scale / (EARTH * Math.cos((lat * Math.PI) / 180));
    const step = STEPS.find((each) => each * pixels >= 72) ?? STEPS.at(-1);
    const side = step * pixels;
    const values = [];
    for (let i = Math.ceil(x0 / side); i * side <= x1; i += 1) values.push({ x: i * side - origin.x, index: i });
    for (let i = Math.ceil(y0 / side); i * side <= y1; i += 1) values.push({ y: i * side - origin.y, index: i });
    this._lines(values, (index) => index % 5 === 0);
    return step;
  },

  /** Where something shows up in the view, in each copy of the world. */
  _shown({ x, y }, each) {
    const { scale, x0, x1, y0, y1, origin } = this._view;
    const py = y * scale;
    if (py < y0 || py > y1) return;
    for (let copy = Math.floor(x0 / scale - x); copy <= Math.floor(x1 / scale - x) + 1; copy += 1) {
      const px = (x + copy) * scale;
      if (px >= x0 && px <= x1) each(px - origin.x, py - origin.y);
    }
  },

  _write(text, x, y, colour) {
    this._pen.lineWidth = 3;
    this._pen.lineJoin = "round";
    this._pen.strokeStyle = palette().halo;
    this._pen.strokeText(text, x, y);
    this._pen.fillStyle = colour;
    this._pen.fillText(text, x, y);
  },

  /** Reserves a box; false when another name is there already. */
  _takes(x, y, w, h) {
    if (this._taken.length > SOME) return false;
    const box = [x, y, x + w, y + h];
    if (this._taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1])) return false;
    this._taken.push(box);
    return true;
  },

  _countries() {
    const { zoom, scale } = this._view;
    if (zoom < 2 || zoom > 7) return;
    const pen = this._pen;
    pen.font = `600 ${zoom < 4 ? 10 : 11.5}px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    if ("letterSpacing" in pen) pen.letterSpacing = "1.5px";
    for (const country of this._data.countries) {
      const name = country.name.toUpperCase();
      const room = (Math.sqrt(country.size) / 360) * scale * 1.6;
      const width = pen.measureText(name).width;
      if (room < width) continue;
      this._shown(country, (x, y) => {
        if (this._takes(x - width / 2 - 6, y - 10, width + 12, 20)) this._write(name, x, y, palette().country);
      });
    }
    if ("letterSpacing" in pen) pen.letterSpacing = "0px";
  },

  _places() {
    const { zoom } = this._view;
    const pen = this._pen;
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    for (const place of this._data.places) {
      const from = NAMED.find(([people]) => place.people >= people)[1];
      if (zoom < from || this._taken.length > SOME) break;
      const bigger = Math.min(3, Math.max(0, zoom - from));
      pen.font = `500 ${10.5 + bigger}px ${FONT}`;
      this._shown(place, (x, y) => this._place(place, x, y, 10.5 + bigger));
    }
  },

  _place(place, x, y, height) {
    const colours = palette();
    const width = this._pen.measureText(place.name).width;
    if (!this._takes(x - 5, y - height, width + 16, height * 2)) return;
    this._pen.beginPath();
    this._pen.arc(x, y, 2.2, 0, 2 * Math.PI);
    this._pen.fillStyle = colours.placeDot;
    this._pen.fill();
    this._write(place.name, x + 6, y, colours.place);
  },

  /** A line beside the scale bar: how large a square is and what place is nearest, where nothing else says so. */
  _say(step) {
    const foot = this._map.getContainer().querySelector(".leaflet-bottom.leaflet-left");
    if (!this._note) {
      this._note = document.createElement("div");
      this._note.className = "leaflet-control hy-note";
      foot.prepend(this._note);
    }
    const near = step && this._nearest();
    const side = step >= 1000 ? `${step / 1000} km` : `${step} m`;
    this._note.hidden = !step;
    this._note.textContent = step ? [`Squares of ${side}`, near && `near ${near}`].filter(Boolean).join(" · ") : "";
  },

  _nearest() {
    const middle = this._map.getCenter().wrap();
    const point = this._map.options.crs.latLngToPoint(middle, 0).divideBy(256);
    const reach = 40_000 / (EARTH * Math.cos((middle.lat * Math.PI) / 180));
    let best = null;
    let least = reach;
    for (const place of this._data?.places ?? []) {
      const away = Math.hypot(place.x - point.x, place.y - point.y);
      if (away < least) [best, least] = [place.name, away];
    }
    return best;
  },
});
