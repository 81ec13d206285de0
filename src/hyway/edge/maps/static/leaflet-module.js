// Leaflet as published registers itself on `window`; this is its one door for our modules.
import "./leaflet.js";

export const L = window.L;
