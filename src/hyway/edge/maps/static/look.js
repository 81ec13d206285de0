// Colours of what is drawn on canvas, and whether the page is light or dark now.

export const LIGHT = {
  sea: [222, 231, 236],
  land: [249, 247, 243],
  paper: [246, 245, 242],
  coast: "rgba(106, 129, 142, .55)",
  border: "rgba(146, 132, 122, .55)",
  grid: "rgba(90, 100, 110, .10)",
  gridStrong: "rgba(90, 100, 110, .20)",
  country: "rgba(92, 85, 78, .78)",
  place: "rgba(52, 49, 45, .88)",
  placeDot: "rgba(80, 76, 70, .8)",
  gridText: "rgba(80, 88, 96, .65)",
  halo: "rgba(250, 249, 246, .85)",
};

export const DARK = {
  sea: [17, 24, 30],
  land: [33, 36, 39],
  paper: [28, 31, 34],
  coast: "rgba(120, 146, 160, .40)",
  border: "rgba(190, 178, 166, .26)",
  grid: "rgba(200, 215, 225, .055)",
  gridStrong: "rgba(200, 215, 225, .12)",
  country: "rgba(198, 192, 184, .62)",
  place: "rgba(226, 224, 219, .85)",
  placeDot: "rgba(200, 198, 192, .7)",
  gridText: "rgba(190, 200, 208, .55)",
  halo: "rgba(22, 25, 28, .85)",
};

export const rgb = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
export const between = (from, to, part) => from.map((each, i) => each + (to[i] - each) * part);

const night = matchMedia("(prefers-color-scheme: dark)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Whether movement is welcome at all. */
export const isLively = () => !still.matches;

/** Whether movement is welcome and somebody looks. */
export const moves = () => isLively() && !document.hidden;

/** `dark` or `light`: what the page asks for by `data-theme` on its root, else what the system says. */
export function theme() {
  const asked = document.documentElement.dataset.theme;
  return asked === "dark" || asked === "light" ? asked : night.matches ? "dark" : "light";
}

export const palette = () => (theme() === "dark" ? DARK : LIGHT);

/** Calls `then` whenever the theme changes; returns a function that stops that. */
export function onTheme(then) {
  let before = theme();
  const look = () => {
    if (theme() === before) return;
    before = theme();
    then(before);
  };
  const watch = new MutationObserver(look);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  night.addEventListener("change", look);
  return () => {
    watch.disconnect();
    night.removeEventListener("change", look);
  };
}
