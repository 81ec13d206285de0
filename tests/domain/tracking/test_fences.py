"""Geofences on a database: for whom they are, what positions and time make of them, what changes and deletions do."""

import json
import time
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from hyway.domain.tracking import accounts, places
from hyway.domain.tracking.borders import fences, guarding
from hyway.domain.tracking.earth.geodesy import along
from hyway.domain.tracking.incoming import ingest
from hyway.domain.tracking.incoming.receiving import Batch, Item, reading
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import groups, users
from hyway.domain.tracking.records import Fence, Group, Location, Spot, User, UserChange
from hyway.domain.tracking.store import users as user_store
from hyway.domain.tracking.store.events import location
from hyway.domain.tracking.store.tables import EVENTS, FENCES, VISITS
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND, Instant
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Missing
from tests.make.world import World

HOME = Spot(45.8, 15.97)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[15.96, 45.79], [15.98, 45.79], [15.98, 45.81], [15.96, 45.81], [15.96, 45.79]]],
}
BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


@dataclass
class Walker:
    """Somebody who sends positions, a minute apart."""

    world: World
    id: str
    at: Instant

    def goes(
        self, *metres: float, direction: float = 90.0, lat: float = HOME.lat, lon: float = HOME.lon
    ) -> None:
        """One batch: so many metres from home, one position each."""
        fixes = []
        for away in metres:
            self.at += MINUTE
            fixes.append(Location(self.at, *along(lat, lon, direction, away), accuracy=10.0))
        self.world.db.write_now(_send, self, fixes)

    def user(self) -> User:
        return self.world.db.read_now(users.find, self.world.by, self.id)


def _send(w: Write, walker: Walker, fixes: list[Location]) -> None:
    account = accounts.of(w, walker.world.by)
    user = users.find(w, walker.world.by, walker.id)
    user_store.set_live(
        w, user.seq, at=fixes[-1].at, lat=fixes[-1].lat, lon=fixes[-1].lon, activity=0, provider=0
    )
    if fences.any_for(w, account):
        fences.on_positions(w, account, user, fixes)


@pytest.fixture
def ana(world) -> Walker:
    return walker(world, name="Ana")


def walker(world: World, **wish: Any) -> Walker:
    user, _ = world.db.write_now(users.create, world.by, UserChange(**wish))
    return Walker(world, user.id, clock.now() - HOUR)


def fence(world: World, **fields: Any) -> Fence:
    if not fields.keys() & {"place", "place_id", "shape"}:
        fields["place"] = {"location": HOME}
    return world.db.write_now(fences.create, world.by, fields)


def change(world: World, of: Fence, **fields: Any) -> Fence:
    return world.db.write_now(fences.change, world.by, of.id, fields)


def group(world: World, name: str, parent: Group | None = None) -> Group:
    return world.db.write_now(
        groups.create, world.by, {"name": name, "parent_group_id": parent.id if parent else None}
    )


def told(world: World) -> list[tuple[str, Any]]:
    """Types and reasons of the events of fences, as they were written."""
    found = select(EVENTS).where(EVENTS.c.type.startswith("geofence.")).order_by(EVENTS.c.seq)
    rows = world.db.read_now(lambda r: list(r.run(found)))
    return [(row.type.removeprefix("geofence."), json.loads(row.data).get("reason")) for row in rows]


def rows(world: World, table: Any) -> int:
    return world.db.read_now(lambda r: r.run(select(func.count()).select_from(table)).scalar_one())


IN = [("entered", None), ("triggered", "entered")]
OUT = [("exited", None)]


def test_in_and_out_is_told_once_with_everything_about_it(world, ana):
    of = fence(world, user_id=ana.id, name="Home", metadata={"door": 3})
    ana.goes(900, 500)
    assert told(world) == []
    ana.goes(20)
    ana.goes(10, 5, 40)
    assert told(world) == IN
    ana.goes(130, 400, 600)
    assert told(world) == IN + OUT
    assert rows(world, VISITS) == 0, "who is gone leaves no row"
    first = world.db.read_now(
        lambda r: r.run(select(EVENTS).where(EVENTS.c.type == "geofence.entered")).one()
    )
    data = json.loads(first.data)
    assert data["object"]["id"] == ana.id
    assert (data["geofence"]["id"], data["geofence"]["name"], data["geofence"]["metadata"]) == (
        of.id, "Home", {"door": 3}
    )  # fmt: skip
    where = location(first.location)
    assert where
    assert where.at == first.recorded_at
    assert (where.lat, where.lon) == pytest.approx(along(*HOME, 90, 20))


def test_an_area_over_the_antimeridian(world, ana):
    ring = [[179.9, -1], [-179.9, -1], [-179.9, 1], [179.9, 1], [179.9, -1]]
    fence(world, shape={"type": "Polygon", "coordinates": [ring]})
    for lon in (179.95, -179.95):
        ana.goes(0, 0, 0, lat=0.0, lon=lon)
    assert told(world) == IN
    ana.goes(0, 0, lat=0.0, lon=179.0)
    assert told(world) == IN + OUT


def test_noise_at_the_border_does_not_flap(world, ana):
    fence(world, user_id=ana.id, radius=100)
    ana.goes(60, 60)
    for away in (95, 108, 92, 115, 99, 118) * 5:
        ana.goes(away)
    assert told(world) == IN


@pytest.mark.parametrize("engine_size", [3, 40])
def test_whose_fence_it_is(world, engine_size):
    """By few fences and by many, which are searched otherwise."""
    north, south = group(world, "North"), group(world, "South")
    below = group(world, "Below", north)
    for at in range(engine_size):
        fence(world, place={"location": Spot(10 + at / 10, 20.0)})
    mine, hers = walker(world, group_id=below.id), walker(world, group_id=south.id)
    ours = fence(world, group_id=north.id)
    fence(world, user_id=hers.id)
    mine.goes(0, 0)
    assert told(world) == IN
    hers.goes(0, 0)
    assert told(world) == IN * 2
    world.db.write_now(groups.change, world.by, south.id, {"parent_group_id": north.id})
    hers.goes(1, 1)
    assert told(world) == IN * 3, "her group came to be below the fence's"
    world.db.write_now(users.change, world.by, mine.id, UserChange(group_id=None))
    mine.goes(500, 500)
    assert told(world) == IN * 3, "who left the group is followed no more"
    world.db.write_now(groups.drop, world.by, north.id)
    with pytest.raises(Missing):
        world.db.read_now(fences.find, world.by, ours.id)
    hers.goes(500, 500)
    assert told(world) == IN * 3 + OUT, "of the fence that is hers"


def test_a_stay_is_told_by_time_alone(world, ana):
    fence(world, user_id=ana.id, type="time", min_duration=600, max_duration=24 * 3600)
    ana.at = clock.now() - 3 * MINUTE
    ana.goes(0, 0)
    assert told(world) == IN[:1]
    assert not world.db.read_now(fences.any_due)
    later(world, 9 * MINUTE)
    assert world.db.read_now(fences.any_due)
    assert not world.db.write_now(fences.tick)
    assert told(world) == [*IN[:1], ("triggered", "min_duration")]
    assert not world.db.read_now(fences.any_due)
    later(world, 25 * HOUR)
    world.db.write_now(fences.tick)
    world.db.write_now(fences.tick)
    assert told(world)[2:] == [("triggered", "max_duration")]


def later(world: World, by: int) -> None:
    """As if what is stored had been stored so much earlier."""

    def move(w: Write) -> None:
        for row in list(w.run(select(VISITS))):
            state = {
                k: v - by if k in ("since", "seen", "doubt_at") else v
                for k, v in json.loads(row.state).items()
            }
            due = None if row.due_at is None else row.due_at - by
            w.run(update(VISITS).values(state=json.dumps(state), due_at=due))

    world.db.write_now(move)


def test_a_changed_stay_counts_for_who_is_inside(world, ana):
    of = fence(world, user_id=ana.id, min_duration=4 * 3600)
    ana.goes(0, 0)
    assert told(world) == IN[:1]
    change(world, of, min_duration=60)
    world.db.write_now(fences.tick)
    assert told(world) == [*IN[:1], ("triggered", "min_duration")]


def test_the_end_of_a_fence(world, ana):
    of = fence(world, user_id=ana.id, expire_at=clock.now() + HOUR)
    ana.at = clock.now() + 2 * HOUR
    ana.goes(0, 0)
    assert told(world) == []
    world.db.write_now(lambda w: w.run(update(FENCES).values(expire_at=clock.now() - 31 * DAY)))
    assert world.db.read_now(fences.find, world.by, of.id).id == of.id
    assert not world.db.write_now(fences.purge)
    assert rows(world, FENCES) == 0


def test_a_month_is_the_same_day_of_the_next(world):
    of = fence(world)
    began, ends = clock.moment(of.created_at), clock.moment(of.expire_at)
    assert (ends.month - began.month) % 12 == 1
    assert ends.day == began.day or ends.day >= 28
    for said, ends_at in (
        ("2024-01-31T10:00:00Z", "2024-02-29T10:00:00Z"),
        ("2023-12-15T00:00:00Z", "2024-01-15T00:00:00Z"),
    ):
        assert clock.text(fences._a_month_after(clock.parse("", said))) == ends_at


def test_a_fence_that_moves_begins_anew(world, ana):
    of = fence(world, user_id=ana.id)
    ana.goes(0, 0)
    moved = change(world, of, place={"location": Spot(50.0, 15.0)}, radius=300)
    assert (moved.place and moved.place.spot, moved.radius) == (Spot(50.0, 15.0), 300)
    assert rows(world, VISITS) == 0
    ana.goes(0, 0)
    assert told(world) == IN
    drawn = change(world, of, shape=SQUARE)
    assert (drawn.shape, drawn.radius) == (SQUARE, None)
    assert drawn.place == moved.place, "the place is still what it is called by"
    ana.goes(0, 0)
    assert told(world) == IN * 2
    assert change(world, of, name="Centre").shape == SQUARE
    round_again = change(world, of, shape=None)
    assert (round_again.shape, round_again.radius) == (None, places.RADIUS)


def test_a_place_that_moves_takes_its_fences_along(world, ana):
    place = world.db.write_now(places.create, world.by, {"location": Spot(1.0, 1.0), "radius": 50})
    of = fence(world, place_id=place.id)
    assert of.radius == 50
    ana.goes(0, 0)
    assert told(world) == []
    world.db.write_now(places.change, world.by, place.id, {"location": HOME})
    ana.goes(0, 0)
    assert told(world) == IN
    world.db.write_now(places.drop, world.by, place.id)
    kept = world.db.read_now(fences.find, world.by, of.id)
    assert kept.place
    assert kept.place.spot == HOME, "a copy of the place stays with the fence"
    ana.goes(500, 500)
    assert told(world) == IN + OUT


def test_removed(world, ana):
    of = fence(world)
    ana.goes(0, 0)
    world.db.write_now(fences.remove, world.by, of.id)
    ana.goes(500, 500)
    assert (told(world), rows(world, VISITS)) == (IN, 0)
    for verb in (fences.remove, fences.find):
        with pytest.raises(Missing):
            world.db.write_now(verb, world.by, of.id)


def test_another_account_has_its_own(world, ana):
    stranger = world.stranger()
    of = fence(world)
    for verb in (fences.find, fences.remove):
        with pytest.raises(Missing):
            world.db.write_now(verb, stranger.by, of.id)
    with pytest.raises(Missing):
        world.db.write_now(fences.change, stranger.by, of.id, {"name": "Mine"})
    fence(stranger)
    walker(stranger).goes(0, 0)
    ana.goes(0, 0)
    assert told(world) == IN * 2
    with pytest.raises(Invalid, match="does not exist"):
        fence(stranger, user_id=ana.id)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"place": None}, ""),
        ({"place": {"address": "270 Linden Street"}}, "place"),
        ({"place": {}}, "place"),
        ({"place": {"location": HOME}, "place_id": "x"}, ""),
        ({"place_id": "8166f3ba-1239-48cb-b4c3-4494e6a2f69c"}, "place_id"),
        ({"user_id": "8166f3ba-1239-48cb-b4c3-4494e6a2f69c"}, "user_id"),
        ({"group_id": "8166f3ba-1239-48cb-b4c3-4494e6a2f69c"}, "group_id"),
        ({"user_id": "a", "group_id": "b"}, ""),
        ({"shape": BOW}, "shape"),
        ({"shape": {"type": "Point", "coordinates": [1, 2]}}, "shape"),
        ({"shape": SQUARE, "radius": 10}, "radius"),
        ({"radius": 0}, "radius"),
        ({"radius": float("nan")}, "radius"),
        ({"radius": 1e9}, "radius"),
        ({"type": "round"}, "type"),
        ({"type": "time"}, "min_duration"),
        ({"min_duration": 0}, "min_duration"),
        ({"max_duration": -1}, "max_duration"),
        ({"min_duration": 20, "max_duration": 10}, "max_duration"),
        ({"min_duration": 10**12}, "min_duration"),
        ({"expire_at": 5}, "expire_at"),
        ({"expire_at": 2**60}, "expire_at"),
        ({"name": "x" * 256}, "name"),
        ({"metadata": {"x": "y" * 20_000}}, "metadata"),
    ],
)
def test_what_is_refused_changes_nothing(world, fields, field):
    with pytest.raises(Invalid) as refused:
        fence(world, **fields)
    assert refused.value.field == field
    assert rows(world, FENCES) == 0


def test_lists(world, ana):
    made = [fence(world, name=f"Fence {at}", user_id=ana.id if at else None) for at in range(3)]

    def page(**asked: Any) -> list[str]:
        return [each.name for each in world.db.read_now(fences.page, world.by, Wanted(**asked)).rows]

    assert page() == ["Fence 2", "Fence 1", "Fence 0"]
    assert page(filters={"user_id": ana.id}, order=("name",)) == ["Fence 1", "Fence 2"]
    assert page(filters={"id": (made[0].id,)}) == page(search="fence 0") == ["Fence 0"]
    assert world.db.read_now(fences.page, world.by, Wanted(size=2)).total == 3


def test_far_from_ten_thousand_fences_costs_next_to_nothing(world, ana):
    """No statement but one, which finds that nothing is visited."""
    of = fence(world)
    account = world.db.read_now(accounts.of, world.by)
    row = world.db.read_now(lambda r: dict(r.run(select(FENCES).where(FENCES.c.id == of.id)).one()._mapping))
    del row["seq"]
    many = [
        {
            **row,
            "id": f"{at:036}",
            "box": f"[{at % 80}.0,{at % 170}.0,{at % 80}.01,{at % 170}.01]",
            "place": None,
        }
        for at in range(10_000)
    ]

    def seed(w: Write) -> None:
        w.run(FENCES.insert(), many)
        accounts.fenced(w, account.seq)

    world.db.write_now(seed)
    user = ana.user()
    fixes = [Location(clock.now() + at, -45.8 + at * 1e-5, -16.0, accuracy=5.0) for at in range(50)]

    def timed(w: Write) -> float:
        account = accounts.of(w, world.by)
        fences.on_positions(w, account, user, fixes)
        best = 1.0
        for _ in range(20):
            began = time.perf_counter()
            fences.on_positions(w, account, user, fixes)
            best = min(best, time.perf_counter() - began)
        return best

    assert world.db.write_now(timed) < 0.002


def test_memory_is_bounded(world, monkeypatch):
    monkeypatch.setattr(guarding, "MOST_REMEMBERED", 3)
    monkeypatch.setattr(guarding, "_guards", type(guarding._guards)())
    for at in range(4):
        other = world.stranger(f"Other {at}")
        for _ in range(2):
            fence(other)
        assert other.db.read_now(lambda r, o=other: fences.any_for(r, accounts.of(r, o.by)))
    assert len(guarding._guards) == 1


def test_an_account_without_fences_asks_nothing(world, ana):
    account = world.db.read_now(accounts.of, world.by)
    assert account.fences == 0
    assert not world.db.read_now(fences.any_for, account)
    assert not world.db.read_now(fences.any_for, replace(account, seq=0))


def test_what_devices_send_is_watched_and_what_comes_late_is_not(world, ana):
    fence(world, user_id=ana.id)
    start = clock.now() - HOUR

    def send(*fixes: tuple[int, float]) -> None:
        items: list[Item] = []
        for at, away in fixes:
            lat, lon = along(*HOME, 90, away)
            made = reading(start + at * SECOND, lat, lon, accuracy=8.0)
            items.append(Item(len(items), ana.id, made, None))
        batch = Batch(world.by, clock.now(), items)
        assert world.db.write_now(ingest.take, [batch])[0].refused == []

    send((0, 900), (60, 800), (300, 20), (310, 22))
    assert told(world) == IN
    send((300, 20), (305, 21), (307, 700), (308, 750))
    assert told(world) == IN, "late positions make nobody leave"
    send((400, 700), (410, 800), (0, 900))
    assert told(world) == IN + OUT
