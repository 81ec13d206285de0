// The queue by keys: j and k move, o opens what was handed in, a says yes, x asks for the reason of a no.
"use strict";
(() => {
  const items = Array.from(document.querySelectorAll(".item"));
  if (!items.length) return;
  let at = -1;
  const go = (to) => {
    at = Math.max(0, Math.min(items.length - 1, to));
    items[at].focus({ preventScroll: true });
    items[at].scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  document.addEventListener("focusin", (event) => {
    const found = items.indexOf(event.target.closest(".item"));
    if (found >= 0) at = found;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.nodeName)) return;
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      return go(at < 0 ? 0 : at + (event.key === "j" ? 1 : -1));
    }
    const found = at >= 0 && ["a", "x", "o"].includes(event.key) && items[at].querySelector(`[data-key-${event.key}]`);
    if (!found) return;
    event.preventDefault();
    found.click();
    if (event.key === "x") found.parentElement.querySelector("select")?.focus();
  });
})();
