// A place by a click on the map; the fields and the pin follow each other.

const box = document.getElementById("map");
const kit = await import(box.dataset.kit);
const { near } = kit.data();
const { map } = await kit.open(box);
const form = box.closest("form");
const { lat, lon, radius, name } = form.elements;

const isPoint = () => lat.value.trim() !== "" && lon.value.trim() !== "" && Number.isFinite(Number(lat.value)) && Number.isFinite(Number(lon.value));
const show = () => map.place.put(isPoint() ? { lat: Number(lat.value), lon: Number(lon.value), radius: Number(radius.value) || 100, name: name.value } : null);
const put = ({ lat: y, lng: x }) => {
  lat.value = y.toFixed(6);
  lon.value = (((((x + 180) % 360) + 360) % 360) - 180).toFixed(6);
  show();
};

map.leaflet.on("click", (event) => put(event.latlng));
box.addEventListener("keydown", (event) => {
  if (event.target !== box || event.key !== "Enter") return;
  event.preventDefault();
  put(map.leaflet.getCenter());
});
form.addEventListener("input", show);
show();
if (isPoint()) map.leaflet.setView([Number(lat.value), Number(lon.value)], 15);
else if (near.length) map.fit(near.map((each) => [each.lat, each.lon]), { animate: false, maxZoom: 13 });
