// One action on the map: where it is to be done, the way so far, and who is on it.

const box = document.getElementById("map");
const room = document.getElementById("room");
const kit = await import(box.dataset.kit);
const { place, path, user } = kit.data();
const { map, maps } = await kit.open(box, { fitButton: () => fit() });

const traveller = map.traveller();
const here = user ? kit.fixOf(user) : null;
const points = maps.decodeTimed(path || "");
map.place.put(place);
if (here) traveller.start(here, points);
else if (points.length) map.route().set(points);

function fit() {
  const line = points.map(([lat, lon]) => [lat, lon]);
  map.fit([...line, place && [place.lat, place.lon], traveller.position], { animate: false, maxZoom: 15 });
}
fit();

if (room.dataset.stream) {
  let now = user;
  let isShown = Boolean(here);
  maps.followStream(room.dataset.stream, {
    user: (fresh) => {
      now = fresh;
    },
    location: (frame) => {
      const fix = now && kit.fixOf(kit.moved(now, frame));
      if (!fix) return;
      const more = maps.decodeTimed(frame.time_aware_polyline || "");
      if (isShown) traveller.move(fix, more);
      else traveller.start(fix, more);
      isShown = true;
    },
    action: (action) => {
      now = action.user ?? now;
      const at = now && kit.fixOf(now);
      if (at && !isShown) {
        traveller.start(at, maps.decodeTimed(action.time_aware_polyline || ""));
        isShown = true;
      }
      if (action.ended_at) location.reload();
    },
  }, { headers: kit.HEADERS });
}
