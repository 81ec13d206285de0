// One geofence: drawn and changed on the map; the fields below it follow, and it follows them.

const box = document.getElementById("map");
if (box) {
  const kit = await import(box.dataset.kit);
  const { shape: first, near } = kit.data();
  const { map } = await kit.open(box, { fitButton: () => fit() });
  const form = box.closest("form");
  const { shape, lat, lon, radius } = form.elements;
  const hint = document.getElementById("draw-hint");
  const buttons = [...form.querySelectorAll("[data-draw]")];
  const HOW = {
    circle: "Click the middle. By keyboard: move the map by arrow keys, Enter sets it; Tab reaches the handles.",
    polygon: "Click each corner, then the first one again. By keyboard: arrow keys move the map, Enter sets a corner, Backspace takes one back; Enter twice closes it.",
    done: "Drag a handle to change it; or reach it by Tab, move it by arrow keys, Delete takes a corner away.",
  };
  let tool = null;

  const pressed = (type) => buttons.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.draw === type)));
  const heard = (value) => {
    shape.value = JSON.stringify(value);
    const isCircle = value.type === "circle";
    lat.value = isCircle ? value.center[0] : "";
    lon.value = isCircle ? value.center[1] : "";
    radius.value = isCircle ? value.radius : "";
    pressed(value.type);
    hint.textContent = HOW.done;
  };
  const edit = (value) => {
    tool?.clear();
    tool = map.edit(value, heard);
  };
  const draw = (type) => {
    tool?.clear();
    shape.value = lat.value = lon.value = radius.value = "";
    pressed(type);
    hint.textContent = HOW[type];
    tool = map.draw(type, {
      onChange: heard,
      onCancel: () => {
        tool = null;
        pressed("");
        hint.textContent = "";
      },
    });
    box.focus({ preventScroll: true });
  };
  for (const each of buttons) {
    each.addEventListener("click", () => draw(each.dataset.draw));
    each.disabled = false;
  }

  // A circle by numbers takes the place of what was drawn.
  const typed = () => {
    const [y, x, r] = [lat, lon, radius].map((field) => (field.value.trim() === "" ? NaN : Number(field.value)));
    if (![y, x, r].every(Number.isFinite) || Math.abs(y) > 90 || Math.abs(x) > 180 || r < 10) return;
    const value = { type: "circle", center: [y, x], radius: r };
    edit(value);
    shape.value = JSON.stringify(value);
    pressed("circle");
    fit();
  };
  for (const field of [lat, lon, radius]) field.addEventListener("change", typed);

  const fit = () => {
    const bounds = tool?.bounds?.();
    if (bounds) map.fit([bounds], { animate: false, maxZoom: 16 });
  };
  if (first) {
    edit(first);
    pressed(first.type);
    hint.textContent = HOW.done;
    fit();
  } else if (near.length) map.fit(near.map((each) => [each.lat, each.lon]), { animate: false, maxZoom: 14 });
  if (!first && !near.length) map.leaflet.setView([20, 8], 2);
}
