"""Connectors: what OwnTracks, OsmAnd and Traccar's app send, and GPX files."""

import base64
import json
import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hyway.domain.tracking import User
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from tests.make.phones import Site, site
from tests.make.world import World

TRACKS = Path(__file__).parents[1] / "data" / "tracks"
THEN = clock.now() // SECOND - 600


@pytest.fixture
async def phones(world: World) -> AsyncIterator[Site]:
    async with site(world) as made:
        yield made


@pytest.fixture
def ana(phones: Site) -> User:
    return phones.user("ana")


def positions(phones: Site) -> list[tuple]:
    query = text(
        "SELECT at, lat, lon, accuracy, round(CAST(speed AS NUMERIC), 3) FROM tracking_positions ORDER BY at"
    )
    rows = [tuple(row) for row in phones.world.db.read_now(lambda r: r.run(query).all())]
    return [(row[0], row[1], row[2], row[3], None if row[4] is None else float(row[4])) for row in rows]


FIX = {
    "_type": "location",
    "lat": 48.85833,
    "lon": 2.29513,
    "tst": THEN,
    "acc": 5,
    "vel": 54,
    "batt": 41,
    "tid": "na",
}


@pytest.mark.parametrize("way", ["key in the address, topic", "password", "header", "query"])
async def test_owntracks_finds_its_user(phones, ana, way):
    key, body, headers, path = phones.key(), dict(FIX), dict[str, str](), ""
    if way == "password":
        headers["authorization"] = "Basic " + base64.b64encode(f"ana:{key}".encode()).decode()
    else:
        path = f"/{key}"
    if way == "header":
        headers["x-limit-u"] = "ana"
    if way == "query":
        path += "?u=ana"
    if way.startswith("key"):
        body["topic"] = "owntracks/ana/phone"
    async with phones.client() as app:
        answer = await app.post(f"/connect/owntracks{path}", json=body, headers=headers)
    assert (answer.status_code, answer.json()) == (200, [])
    assert positions(phones) == [(THEN * SECOND, 488583300, 22951300, 5.0, 15.0)]


async def test_owntracks_other_messages_are_tolerated(phones, ana):
    async with phones.client() as app:
        path = f"/connect/owntracks/{phones.key()}?u=ana"
        for body in (
            {"_type": "lwt", "tst": THEN},
            {"_type": "waypoint", "desc": "x", "lat": 1, "lon": 2, "tst": 3},
        ):
            answer = await app.post(path, json=body)
            assert (answer.status_code, answer.json()) == (200, [])
        assert (await app.post(path, content=b"")).json() == []
        assert positions(phones) == []
        left = {
            "_type": "transition",
            "event": "leave",
            "lat": 1,
            "lon": 2,
            "tst": THEN,
            "acc": 9.0,
            "wtst": 1,
        }
        assert (await app.post(path, json=left)).json() == []
    assert len(positions(phones)) == 1


async def test_owntracks_says_what_is_wrong(phones, ana):
    async with phones.client() as app:
        nobody = await app.post(f"/connect/owntracks/{phones.key()}", json={**FIX, "tid": "zz"})
        assert (nobody.status_code, nobody.json()) == (
            404,
            {"detail": "No user has one of these lookup ids: zz."},
        )
        assert (await app.post("/connect/owntracks/pk_wrong", json=FIX)).status_code == 401
        assert (await app.post("/connect/owntracks", json=FIX)).status_code == 401
        assert (await app.get(f"/connect/owntracks/{phones.key()}")).status_code == 405
        path = f"/connect/owntracks/{phones.key()}?u=ana"
        assert (await app.post(path, json={**FIX, "lat": 91})).status_code == 400
        assert (await app.post(path, json={**FIX, "tst": THEN + 7_200})).status_code == 400
        assert (await app.post(path, content=b"{")).status_code == 400
        assert (await app.get("/connect/elsewhere")).status_code == 404
    assert positions(phones) == []


FORM = {
    "lat": "48.85833",
    "lon": "2.29513",
    "speed": "10",
    "bearing": "90",
    "altitude": "35",
    "accuracy": "5",
    "batt": "81",
}


@pytest.mark.parametrize(
    "time",
    # Named, because a name that holds the clock differs between the workers that collect it.
    [
        pytest.param(str(THEN), id="seconds"),
        pytest.param(str(THEN * 1_000), id="milliseconds"),
        pytest.param(clock.text(THEN * SECOND), id="iso"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_osmand_form(phones, ana, method, time):
    fields = {**FORM, "id": "ana", "timestamp": time, "key": phones.key()}
    async with phones.client() as app:
        if method == "GET":
            answer = await app.get("/connect/osmand/", params=fields)
        else:
            answer = await app.post("/connect/osmand", content=urllib.parse.urlencode(fields))
    assert answer.status_code == 200
    assert positions(phones) == [(THEN * SECOND, 488583300, 22951300, 5.0, 5.144)]


async def test_osmand_by_our_own_id_with_the_key_in_the_path(phones, ana):
    async with phones.client() as app:
        fields = {"deviceid": ana.id, "location": "1.5,2.5", "timestamp": str(THEN)}
        assert (await app.get(f"/connect/osmand/{phones.key()}", params=fields)).status_code == 200
        for wrong in (
            {"lat": "x"},
            {"lat": "91"},
            {"lat": "nan"},
            {"timestamp": "soon"},
            {"id": "nobody"},
            {"id": ""},
        ):
            asked = {**FORM, "id": "ana", "key": phones.key(), **wrong}
            assert (await app.get("/connect/osmand/", params=asked)).status_code in (400, 404)
    assert [each[1:3] for each in positions(phones)] == [(15_000_000, 25_000_000)]


async def test_traccars_own_app(phones, ana):
    coords = {"latitude": 1.0, "longitude": 2.0, "accuracy": 4, "speed": 3.5, "heading": 10, "altitude": 7}
    where = {"timestamp": clock.text(THEN * SECOND), "coords": coords, "battery": {"level": 0.5}}
    body = {"location": {**where, "activity": {"type": "in_vehicle"}}, "device_id": "ana"}
    async with phones.client() as app, phones.client(phones.key("hypertrack")) as server:
        assert (
            await app.post(f"/connect/osmand/{phones.key()}", content=json.dumps(body))
        ).status_code == 200
        shown = (await server.get(f"/api/v1/users/{ana.id}/")).json()
    assert shown["last_battery"] == 50
    assert shown["last_location"]["activity"] == "automotive"


async def test_a_key_in_an_address_is_not_told_to_the_log(phones, ana, caplog):
    caplog.set_level("DEBUG")
    key = phones.key()
    for host in ("go.example", "elsewhere.example"):
        async with phones.client(host=host) as app:
            assert (await app.post(f"/connect/owntracks/{key}", json=FIX)).status_code == 404
    ours = [str(vars(each)) for each in caplog.records if each.name.startswith("hyway")]
    assert any("'path': '/connect/'" in each for each in ours)
    assert not any(key in each for each in ours)


async def upload(phones: Site, ana: User, content: bytes, query: str = "", **headers: str):
    async with phones.client(phones.key(), **headers) as app:
        return await app.post(f"/api/v1/users/{ana.id}/gpx/{query}", content=content)


async def test_a_recorded_track_is_positions(phones, ana):
    raw = (TRACKS / "around-visnjan-with-car.gpx").read_bytes()
    first = await upload(phones, ana, raw)
    assert first.status_code == 200
    many = first.json()["accepted"]
    assert (many, len(positions(phones))) == (104, 104)
    form = (
        b"--xyz\r\ncontent-disposition: form-data; name=file; filename=a.gpx\r\n\r\n"
        + raw
        + b"\r\n--xyz--\r\n"
    )
    again = await upload(phones, ana, form, **{"content-type": "multipart/form-data; boundary=xyz"})
    assert again.json() == {"accepted": 0, "duplicates": 104, "rejected": []}


async def test_a_track_with_impossible_times_is_refused_or_a_route(phones, ana):
    raw = (TRACKS / "Mojstrovka.gpx").read_bytes()
    refused = await upload(phones, ana, raw)
    assert refused.status_code == 400
    (said,) = refused.json()["file"]
    assert "All points have the same time (1901-12-13T20:45:52" in said
    assert "?as=route" in said
    route = await upload(phones, ana, raw, "?as=route")
    assert route.status_code == 200
    assert route.json()["points"] == 184
    assert route.json()["encoded_polyline"]
    assert positions(phones) == []


GPX = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>%s</trkseg></trk></gpx>'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    + GPX % "<trkpt lat='1' lon='2'><name>&b;</name></trkpt>"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "no xml",
        "<gpx",
        GPX % "",
        GPX % "<trkpt lat='91' lon='2'><time>2024-01-01T00:00:00Z</time></trkpt>",
        GPX % "<trkpt lat='nan' lon='2'><time>2024-01-01T00:00:00Z</time></trkpt>",
        GPX % "<trkpt lat='x' lon='2'><time>2024-01-01T00:00:00Z</time></trkpt>",
        GPX % "<trkpt lat='1' lon='2'></trkpt>",
        GPX % "<trkpt lat='1' lon='2'><time>2124-01-01T00:00:00Z</time></trkpt>",
        GPX % "<trkpt lat='1' lon='2'><time>never</time></trkpt>",
    ],
)
async def test_what_is_no_track_is_refused(phones, ana, text):
    for encoding in ("utf-8", "utf-16"):
        answer = await upload(phones, ana, text.encode(encoding))
        assert answer.status_code == 400, text
        assert answer.json()["file"]
    assert positions(phones) == []
