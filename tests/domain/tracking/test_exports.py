"""Files of a day, read back by those who read such files."""

import csv
import io
import json
from datetime import date

import gpxpy
import pytest

from hyway.domain.tracking import places
from hyway.domain.tracking.days import exports
from hyway.domain.tracking.records import Spot
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from hyway.kernel.faults import Missing
from tests.make.days import Tracked, drive, recorded, stay, tracked

NOON = 1_700_000_000 * SECOND
DAY = date(2023, 11, 14)


@pytest.fixture
def ana(world) -> Tracked:
    made = tracked(world)
    fixes = drive(NOON, 600)
    lat = fixes[-1].lat
    made.world.db.write_now(places.keep, made.account, Spot(lat, 14.0), {"name": "Depot <A> & \x07 B"})
    fixes += stay(NOON + 610 * SECOND, 900, lat)
    made.send([*fixes, *drive(NOON + 1_520 * SECOND, 300, lat)])
    return made


def written(of: Tracked, form: exports.Format, on: date | None = DAY) -> str:
    span = of.read(exports.of_day, of.world.by, of.user.id, on)
    return "".join(of.world.db.read_now(lambda r: list(exports.text(r, span, form))))


def test_gpx_is_read_back_by_gpxpy(ana):
    text = written(ana, "gpx")
    found = gpxpy.parse(text)
    assert found.version == "1.1"
    assert 'xmlns="http://www.topografix.com/GPX/1/1"' in text
    (stop,) = found.waypoints
    assert (stop.name, stop.type) == ("Depot <A> &  B", "stop")
    trips = [each for each in ana.segments() if each.kind == "trip"]
    assert [len(track.segments[0].points) for track in found.tracks] == [120, 60]
    first = found.tracks[0].segments[0].points[0]
    assert (first.latitude, first.longitude) == (45.0, 14.0)
    assert first.time
    assert clock.instant(first.time) == NOON
    assert found.length_2d() == pytest.approx(sum(each.distance for each in trips), rel=0.01)


def test_a_real_track_comes_back_as_it_went_in(world):
    of, fixes = tracked(world), recorded("around-visnjan-with-car")
    of.send(fixes)
    found = gpxpy.parse(written(of, "gpx", date(2020, 12, 18)))
    times = {
        clock.instant(point.time)
        for track in found.tracks
        for point in track.segments[0].points
        if point.time
    }
    inside = [each for each in of.segments() if each.kind == "trip"]
    until = [each.ended_at or fixes[-1].at for each in inside]
    expected = {
        fix.at
        for fix in fixes
        if any(one.began_at <= fix.at <= end for one, end in zip(inside, until, strict=True))
    }
    assert times == expected


def test_geojson_has_trips_as_lines_and_stops_as_points(ana):
    found = json.loads(written(ana, "geojson"))
    assert found["type"] == "FeatureCollection"
    kinds = [(each["properties"]["type"], each["geometry"]["type"]) for each in found["features"]]
    assert kinds == [("trip", "LineString"), ("stop", "Point"), ("trip", "LineString")]
    trip = found["features"][0]
    assert trip["geometry"]["coordinates"][0] == [14.0, 45.0]
    assert len(trip["geometry"]["coordinates"]) == len(trip["properties"]["times"])
    assert trip["properties"]["distance"] == pytest.approx(ana.segments()[0].distance, abs=0.01)
    assert trip["properties"]["activity"] == "Drive"


def test_csv_has_every_position_of_the_day(ana, monkeypatch):
    monkeypatch.setattr(exports, "PIECE", 50)
    rows = list(csv.DictReader(io.StringIO(written(ana, "csv"), newline="")))
    assert tuple(rows[0]) == exports.COLUMNS
    assert len(rows) == 120 + 90 + 60
    assert rows[0] == {
        "recorded_at": "2023-11-14T22:13:20Z", "latitude": "45.0000000", "longitude": "14.0000000",
        "accuracy": "5.0", "speed": "10.0", "bearing": "", "altitude": "", "activity": "automotive",
        "activity_confidence": "", "provider": "gps",
    }  # fmt: skip
    assert [row["recorded_at"] for row in rows] == sorted(row["recorded_at"] for row in rows)


def test_only_what_lies_in_the_span_is_written(ana):
    span = ana.read(exports.of_day, ana.world.by, ana.user.id, DAY)
    short = exports.Span(span.account, span.user, "part", NOON + 60 * SECOND, NOON + 120 * SECOND)

    def text(form):
        return ana.world.db.read_now(lambda r: "".join(exports.text(r, short, form)))

    assert len(gpxpy.parse(text("gpx")).tracks[0].segments[0].points) == 12
    assert len(text("csv").splitlines()) == 13
    (trip,) = json.loads(text("geojson"))["features"]
    assert trip["properties"]["distance"] == pytest.approx(600, rel=0.02)
    assert trip["properties"]["duration"] == 60


@pytest.mark.parametrize("form", exports.FORMATS)
def test_an_empty_day_is_a_whole_file(ana, form):
    text = written(ana, form, date(2001, 1, 1))
    if form == "gpx":
        assert not gpxpy.parse(text).tracks
    elif form == "geojson":
        assert json.loads(text)["features"] == []
    else:
        assert text.splitlines() == [",".join(exports.COLUMNS)]


def test_nothing_of_others(ana, world):
    with pytest.raises(Missing):
        ana.read(exports.of_day, world.stranger().by, ana.user.id)
    with pytest.raises(Missing):
        ana.read(exports.of_action, ana.world.by, ana.user.id)
