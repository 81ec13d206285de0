"""Who is nearest: the same as by measuring everybody, anywhere on earth; who counts; what is refused."""

import dataclasses
import math
import random
from typing import Any

import pytest
from h3.api import basic_int as h3  # type: ignore[import-untyped]
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts, nearby
from hyway.domain.tracking.earth import cells
from hyway.domain.tracking.earth.geodesy import along, earth, geodesic, metres
from hyway.domain.tracking.earth.whereabouts import RESOLUTION, cell, vector
from hyway.domain.tracking.nearby import NearbyQuery
from hyway.domain.tracking.people import groups, users
from hyway.domain.tracking.records import Group, Spot, User
from hyway.domain.tracking.store.tables import ACTIONS, PLACES, TRACKS, USERS
from hyway.kernel import clock, ids
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid
from tests.make.world import World

SPOTS = st.builds(
    lambda z, lon: Spot(math.degrees(math.asin(z)), lon), st.floats(-1, 1), st.floats(-180, 180)
) | st.sampled_from(
    [
        Spot(90, 0),
        Spot(-90, 12),
        Spot(0, 180),
        Spot(0, -180),
        Spot(89.9999, 77),
        Spot(0, 0),
        Spot(-17.8, 179.9999),
    ]
)


def settle(world: World, spots: list[Spot], group: int | None = None, **live: Any) -> list[str]:
    """Users at these places, tracked; their ids."""

    def write(w: Write) -> list[str]:
        account, now = accounts.opened(w, world.by), clock.now()
        blank = dict.fromkeys(("phone", "photo", "lookup_id", "device_name", "timezone"))
        made = []
        for lat, lon in spots:
            id, at = ids.uuid4(), Spot(round(lat, 7), round(lon, 7))  # as positions are stored
            profile = {
                **blank,
                "id": id,
                "account": account.seq,
                "name": "",
                "group": group,
                "metadata": "{}",
            }
            row = {**profile, "vehicle_type": "car", "created_at": now, "modified_at": now}
            seq = w.run(USERS.insert().returning(USERS.c.seq), row).scalar_one()
            w.run(TRACKS.insert(), {**track(account.seq, seq, at), **live})
            made.append(id)
        return made

    return world.db.write_now(write)


def track(account: int, seq: int, at: Spot) -> dict[str, Any]:
    """The live state of who is there, tracked."""
    x, y, z = vector(*at)
    return {
        "user": seq, "account": account, "frame": 1, "is_tracking": 1, "is_away": 0, "pending": 0,
        "location_status": "location_available", "at": clock.now(), "lat": at.lat, "lon": at.lon, "activity": 0,
        "provider": 0, "cell": cell(*at), "x": x, "y": y, "z": z,
    }  # fmt: skip


def find(
    world: World, spot: Spot | None, by: Caller | None = None, **asked: Any
) -> tuple[list[tuple[str, float]], int]:
    found = world.db.read_now(nearby.nearest, by or world.by, NearbyQuery(location=spot, **asked))
    return [(user.id, away) for user, away in found.rows], found.total


def empty(world: World) -> None:
    def write(w: Write) -> None:
        w.run(TRACKS.delete())
        w.run(USERS.delete())

    world.db.write_now(write)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to make a world smaller takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(SPOTS, max_size=12),
    SPOTS,
    st.integers(0, 150),
    st.floats(1, 7),
    st.integers(1, 80),
    st.integers(0, 10**6),
)
def test_it_is_as_by_measuring_everybody(
    world: World, few: list[Spot], here: Spot, crowd: int, scale: float, size: int, seed: int
):
    """A few anywhere, and a crowd around the asker or around one of the few, metres or thousands of kilometres wide."""
    chance = random.Random(seed)
    centre = chance.choice([here, *few])
    spots = few + [
        Spot(*along(*centre, chance.uniform(0, 360), 10 ** chance.uniform(0, scale))) for _ in range(crowd)
    ]
    empty(world)
    ids = settle(world, spots)
    truly = sorted((geodesic(*here, *at), id) for at, id in zip(spots, ids, strict=True))
    radius = 10 ** chance.uniform(1, 7.3)
    for asked in (nearby.FARTHEST, radius):
        rows, total = find(world, here, radius=asked, size=size)
        inside = [away for away, _ in truly if away <= asked]
        doubtful = sum(1 for away, _ in truly if math.isclose(away, asked, rel_tol=2e-4, abs_tol=0.01))
        assert abs(total - len(inside)) <= doubtful
        assert len(rows) == min(size, total)
        for (_, away), (true, _) in zip(rows, truly, strict=False):
            assert away == pytest.approx(true, rel=2e-4, abs=0.02)
        of = {id: away for away, id in truly}
        for id, away in rows:
            assert away == pytest.approx(of[id], rel=1e-5, abs=0.02)
    pages = [
        id for page in range(1, 4) for id, _ in find(world, here, radius=radius, size=size, page=page)[0]
    ]
    assert len(pages) == len(set(pages)) == min(3 * size, find(world, here, radius=radius)[1])


@given(SPOTS, st.integers(0, RESOLUTION))
def test_a_cell_reaches_as_far_as_is_said(at: Spot, resolution: int):
    within = h3.cell_to_parent(cell(*at), resolution)
    assert math.dist(earth(*at), cells.middle(within)) < cells.reach(resolution)
    low, high = cells.span(within, resolution)
    assert low <= cell(*at) <= high
    assert h3.is_valid_cell(low)
    assert h3.is_valid_cell(high)
    assert h3.cell_to_parent(low, resolution) == h3.cell_to_parent(high, resolution) == within


def test_cells_that_follow_each_other_are_one_range():
    root = h3.latlng_to_cell(45, 16, 0)
    below = sorted(h3.cell_to_children(root, 2))
    spans = [cells.span(each, 2) for each in below]
    assert nearby._joined(spans) == [cells.span(root, 0)]
    assert nearby._joined([spans[0], spans[2]]) == [spans[0], spans[2]]


def test_many_in_one_place_and_deep_pages(world, monkeypatch):
    here = Spot(-17.8, 179.9999)
    ids = settle(world, [here] * 200 + [Spot(*along(*here, 90, 50))] * 100)
    rows, total = find(world, here, size=100)
    assert (total, {away for _, away in rows}) == (300, {0.0})
    seen = [id for page in range(1, 7) for id, _ in find(world, here, size=50, page=page)[0]]
    assert sorted(seen) == sorted(ids)
    monkeypatch.setattr(nearby, "_DEEP", 10)
    assert [id for page in range(1, 7) for id, _ in find(world, here, size=50, page=page)[0]] == seen
    assert find(world, here, size=50, page=7) == ([], 300)


@pytest.mark.parametrize("off", [0.0003, 0.0007])
def test_ties_are_parted_alike_on_every_page(world, off):
    """On both sides of the asker as far away, and on each more than are read of a cell at once."""
    here = Spot(12.3, 0.0)
    for side in (off, -off) * 2:
        settle(world, [Spot(here.lat, side)] * 40)
    seen = [id for page in range(1, 161) for id, _ in find(world, here, size=1, page=page)[0]]
    assert len(seen) == len(set(seen)) == 160


def test_who_is_about(world):
    here = Spot(45.0, 15.0)
    ids = {
        "tracked": settle(world, [here]),
        "given work since": settle(world, [here], is_tracking=0, pending=1, tracking_at=5, assigned_at=6),
        "never tracked, given work": settle(world, [here], is_tracking=0, pending=1, assigned_at=6),
        "stopped since": settle(world, [here], is_tracking=0, pending=1, tracking_at=7, assigned_at=6),
        "offline": settle(world, [here], is_tracking=0),
        "nowhere": settle(world, [here], cell=None, at=None, lat=None, lon=None),
    }
    rows, total = find(world, here)
    wanted = ids["tracked"] + ids["given work since"] + ids["never tracked, given work"]
    assert (sorted(id for id, _ in rows), total) == (sorted(wanted), 3)
    assert find(world.stranger(), here) == ([], 0)


def test_groups_and_their_tokens(world):
    here = Spot(45.0, 15.0)
    north = world.db.write_now(groups.create, world.by, {"name": "North"})
    below = world.db.write_now(groups.create, world.by, {"name": "Below", "parent_group_id": north.id})
    south = world.db.write_now(groups.create, world.by, {"name": "South"})
    mine = settle(world, [here], group=north.seq) + settle(world, [Spot(45.0, 15.01)], group=below.seq)
    hers = settle(world, [Spot(45.0, 15.001)], group=south.seq)
    settle(world, [here])
    assert [id for id, _ in find(world, here, group_id=north.id)[0]] == mine
    assert find(world, here, group_id=north.id, size=1, page=2)[0][0][0] == mine[1]
    assert find(world, here, group_id=ids.uuid4()) == ([], 0)
    assert find(world, here, token(world, south))[0][0][0] == hers[0]
    assert find(world, here, token(world, south), group_id=north.id) == ([], 0)


def token(world: World, group: Group) -> Caller:
    return dataclasses.replace(
        world.by, actor_kind="key", actor_id=group.id, via=groups.VIA, scopes=frozenset({"group"})
    )


def test_near_an_action(world):
    here, there = Spot(45.0, 15.0), Spot(46.0, 16.0)
    ids = settle(world, [here, there])
    action = act(world, there)
    rows, total = find(world, None, action_id=action.upper())
    assert ([id for id, _ in rows], total) == (ids[::-1], 2)
    assert rows[1][1] == pytest.approx(metres(*here, *there))
    assert find(world, None, action_id=action, radius=1000)[1] == 1
    with pytest.raises(Invalid, match="no expected place"):
        find(world, None, action_id=act(world, None))


def act(world: World, spot: Spot | None) -> str:
    def write(w: Write) -> str:
        account, id = accounts.opened(w, world.by).seq, ids.uuid4()
        place = dict.fromkeys(
            ("name", "address", "landmark", "locality", "zip_code", "city", "state", "country"), ""
        )
        row = {**place, "id": ids.uuid4(), "account": account, "radius": 100, "is_listed": 0}
        where = {"lat": spot.lat if spot else None, "lon": spot.lon if spot else None}
        seq = w.run(
            PLACES.insert().returning(PLACES.c.seq), {**row, **where, "created_at": 1, "modified_at": 1}
        ).scalar_one()
        rest = {"progress": "{}", "flags": "[]", "metadata": "{}", "created_at": 1, "modified_at": 1}
        named = {"id": id, "account": account, "frame": 1, "rank": 0, "type": "task", "short_code": id}
        state = {"status": "created", "sub_status": "not_started", "expected_place": seq}
        w.run(ACTIONS.insert(), {**named, **state, **rest})
        return id

    return world.db.write_now(write)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, ""),
        ({"location": Spot(0, 0), "action_id": "x"}, ""),
        ({"action_id": "8166f3ba-1239-48cb-b4c3-4494e6a2f69c"}, "action_id"),
        ({"location": Spot(0, 0), "radius": 0}, "radius"),
        ({"location": Spot(0, 0), "radius": -1}, "radius"),
        ({"location": Spot(0, 0), "radius": float("nan")}, "radius"),
        ({"location": Spot(0, 0), "radius": 1e12}, "radius"),
    ],
)
def test_what_is_refused(world, asked, field):
    with pytest.raises(Invalid) as refused:
        world.db.read_now(nearby.nearest, world.by, NearbyQuery(**asked))
    assert refused.value.field == field


def test_a_user_as_he_is_shown(world):
    here = Spot(45.0, 15.0)
    settle(world, [Spot(*along(*here, 10, 1234))])
    found = world.db.read_now(nearby.nearest, world.by, NearbyQuery(location=here))
    user, away = found.rows[0]
    assert isinstance(user, User)
    assert away == pytest.approx(1234, abs=0.01)
    assert world.db.read_now(users.find, world.by, user.id) == user
