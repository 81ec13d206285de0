// Small pictures, built as elements: a strict content policy lets no markup with styles in.

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes and children. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** An HTML element with a class and children. */
export function el(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const VEHICLES = {
  walking: { circles: [[13, 4.4, 1.9]], path: "m9.5 21 2.4-6.3-2.2-2.5L11 7.4l3 2.6 3 1M11 7.4 7.8 9.2 7 12.4M11.9 14.7l2.7 2.3 1 4" },
  bicycle: { circles: [[5.6, 16, 3.7], [18.4, 16, 3.7]], path: "m5.6 16 3.9-7h5.7l3.2 7M8.4 6.5H11M9.5 9l3.3 7H5.6m7.2 0 2.9-6.5L14.2 6h2.6" },
  motorcycle: { circles: [[5.2, 16.4, 3.2], [18.8, 16.4, 3.2]], path: "M8.4 16.4h5.2l2.6-5.2 2.6 5.2M5.2 13.2l2.5-2.4h8.3M13.2 7h2l2 3.8M7 10.8H4" },
  car: { circles: [], path: "m5.2 11.5 1.5-4.2A2 2 0 0 1 8.6 6h6.8a2 2 0 0 1 1.9 1.3l1.5 4.2m-13.6 0h13.6a1.7 1.7 0 0 1 1.7 1.7V17h-17v-3.8a1.7 1.7 0 0 1 1.7-1.7ZM5.8 17v1.8M18.2 17v1.8M7 14.3h1M16 14.3h1" },
  "3-wheeler": { circles: [[7, 17, 2.1], [18.2, 17, 2.1]], path: "M4.9 17H3.6V9.4a3 3 0 0 1 3-3h7.2c1.8 0 3 1.2 3.6 2.8l1 2.8h.9a1.2 1.2 0 0 1 1.2 1.2V17M9.1 17h7M3.6 12h14.6M11.5 6.4V12" },
  van: { circles: [[7.2, 17, 2.1], [17, 17, 2.1]], path: "M5.1 17H3V7.2A1.2 1.2 0 0 1 4.2 6h9.3v11M9.3 17h5.6m4.2 0H21v-3.6L18 9h-4.5" },
  unknown: { circles: [[12, 12, 3.2]], path: "" },
};
VEHICLES["three-wheeler"] = VEHICLES["3-wheeler"];

/** The picture of a vehicle type; a plain dot for one that is not known. */
export function vehicle(type) {
  const { circles, path } = VEHICLES[type] ?? VEHICLES.unknown;
  const parts = circles.map(([cx, cy, r]) => svg("circle", { cx, cy, r }));
  if (path) parts.push(svg("path", { d: path }));
  return svg("svg", { viewBox: "0 0 24 24", class: "hy-glyph", "aria-hidden": "true" }, ...parts);
}

/** The small arrow outside a marker's ring; it points north until it is turned. */
export const heading = () =>
  svg("svg", { viewBox: "0 0 64 64", class: "hy-heading", "aria-hidden": "true" }, svg("path", { d: "M32 .5 38 12.5Q32 9.5 26 12.5Z" }));

/** A pin whose tip is at the middle of its lower edge. */
export const pin = () =>
  svg(
    "svg",
    { viewBox: "0 0 32 40", class: "hy-pin", "aria-hidden": "true" },
    svg("path", { class: "hy-pin-body", d: "M16 38.5C8.6 29.6 3.5 23 3.5 15.6a12.5 12.5 0 0 1 25 0c0 7.4-5.1 14-12.5 22.9Z" }),
    svg("circle", { class: "hy-pin-eye", cx: 16, cy: 15.6, r: 4.8 }),
  );
