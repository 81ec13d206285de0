// All geofences on the map; the list and the map light each other up.

const box = document.getElementById("map");
const kit = await import(box.dataset.kit);
const { fences } = kit.data();
const { map } = await kit.open(box, { fitButton: () => fit() });
const layers = new Map();

const rowOf = (id) => document.querySelector(`[data-fence="${id}"]`);
const light = (id, on) => {
  rowOf(id)?.classList.toggle("is-lit", on);
  layers.get(id)?.getElement()?.classList.toggle("fence-lit", on);
};
for (const { id, name, shape } of fences) {
  if (!shape) continue;
  const layer = map.fence(shape, { label: name || "No name", onClick: () => location.assign(`/console/tracking/fences/${id}`) });
  layer.on("mouseover", () => light(id, true)).on("mouseout", () => light(id, false));
  layers.set(id, layer);
  const row = rowOf(id);
  row?.addEventListener("pointerenter", () => light(id, true));
  row?.addEventListener("pointerleave", () => light(id, false));
  row?.addEventListener("focusin", () => {
    light(id, true);
    map.fit([layer.getBounds()], { maxZoom: 15 });
  });
  row?.addEventListener("focusout", () => light(id, false));
}

function fit() {
  map.fit([...layers.values()].map((each) => each.getBounds()), { animate: false, maxZoom: 15 });
}
fit();
