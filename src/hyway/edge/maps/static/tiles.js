// Tiles from an address that the operator chose: an XYZ template, or a PMTiles archive with pictures or vectors in it.

import { L } from "./leaflet-module.js";
import { onTheme, theme } from "./look.js";

const VECTOR = 1;

/** Loads a classic script that registers itself on `window`, once. */
const loaded = {};
const script = (name) => {
  loaded[name] ??= new Promise((resolve, reject) => {
    const made = document.createElement("script");
    made.src = new URL(name, import.meta.url);
    made.onload = resolve;
    made.onerror = () => reject(new Error(name));
    document.head.append(made);
  });
  return loaded[name];
};

/** The attribution as markup: the operator's words are text, but a licence that wants its link gets it. */
export function credit(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box.innerHTML.replace(
    "OpenStreetMap",
    '<a href="https://www.openstreetmap.org/copyright" target="_blank" rel="noopener noreferrer">OpenStreetMap</a>',
  );
}

const isArchive = (url) => new URL(url, location.href).pathname.toLowerCase().endsWith(".pmtiles");

function pictures(map, url, attribution, onTrouble) {
  // Public tile servers refuse who does not say where he comes from.
  const referrerPolicy = "strict-origin";
  const layer = L.tileLayer(url, { attribution, maxZoom: 20, maxNativeZoom: 19, className: "hy-tiles", referrerPolicy });
  layer.on("tileerror", onTrouble);
  layer.addTo(map);
  return () => layer.remove();
}

async function archive(map, url, attribution, onTrouble) {
  await script("pmtiles.min.js");
  const source = new window.pmtiles.PMTiles(new URL(url, location.href).href);
  const { tileType, maxZoom } = await source.getHeader();
  if (tileType !== VECTOR) {
    const layer = window.pmtiles.leafletRasterLayer(source, { attribution, maxNativeZoom: maxZoom, maxZoom: 20 });
    layer.on("tileerror", onTrouble);
    layer.addTo(map);
    return () => layer.remove();
  }
  await script("protomaps-leaflet.min.js");
  let layer;
  const put = () => {
    layer?.remove();
    layer = window.protomapsL.leafletLayer({ url: source, flavor: theme(), lang: "en", attribution, maxDataZoom: maxZoom });
    layer.addTo(map);
  };
  put();
  const stop = onTheme(put);
  return () => {
    stop();
    layer.remove();
  };
}

/** Puts the tiles on the map; `onTrouble` is called when some of them cannot be had. Returns what takes them away. */
export async function addTiles(map, { url, attribution = "" }, onTrouble) {
  const words = credit(attribution);
  try {
    return isArchive(url) ? await archive(map, url, words, onTrouble) : pictures(map, url, words, onTrouble);
  } catch (error) {
    console.warn("map tiles:", error.message);
    onTrouble();
    return () => {};
  }
}
