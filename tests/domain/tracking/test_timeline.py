"""Positions that come late, twice and in any order lead to what one ordered pass leads to."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyway.domain.tracking.days.meter import Fix, is_coarse
from hyway.domain.tracking.days.timeline import plausible_times
from hyway.kernel.clock import MINUTE, SECOND
from tests.domain.tracking.ways import NOON, Shelf, parked, recorded, shelved, way

CADENCES = st.sampled_from([1, 3, 10, 30, 60, 150])
LEGS = st.tuples(
    st.sampled_from([0.0, 0.0, 0.3, 1.3, 12.0]),
    st.sampled_from([20, 150, 400, 1200]),
    CADENCES,
    st.sampled_from([0.0, 3.0, 15.0, 40.0]),
)
SILENCES = st.tuples(st.sampled_from([0.0, 0.2, 5.0]), st.just(900), st.just(900), st.just(5.0))
STARTS = st.sampled_from(
    [Fix(NOON, 45.0, 14.0), Fix(NOON, -17.5, 179.9995, 12.0), Fix(NOON, 89.9997, 20.0), Fix(NOON, 0.0, 0.0)]
)
WAYS = st.builds(way, st.lists(LEGS | SILENCES, min_size=1, max_size=7), STARTS, st.integers(0, 1_000_000))


def thinned(fixes: list[Fix], most: int = 1_500) -> list[Fix]:
    return fixes[:: len(fixes) // most + 1]


def chunks(fixes: list[Fix], rng: Random, most: int) -> list[list[Fix]]:
    cut, rest = [], list(fixes)
    while rest:
        size = rng.randint(1, most)
        cut.append(rest[:size])
        rest = rest[size:]
    return cut


def same(one: Shelf, other: Shelf) -> None:
    assert one.stretches == other.stretches
    assert one.state == other.state  # the machine, and so its live view


@settings(max_examples=60, deadline=None)
@given(WAYS, st.integers(0, 1_000_000))
def test_shuffled_and_sent_three_times_is_as_one_ordered_pass(fixes: list[Fix], seed: int):
    fixes = thinned(fixes)
    rng = Random(seed)
    sent = chunks(fixes, rng, max(2, len(fixes) // 12)) * 3
    rng.shuffle(sent)
    shelf = Shelf()
    for chunk in sent:
        rng.shuffle(chunk)
        shelf.receive(chunk)
    same(shelf, shelved(fixes))


@settings(max_examples=40, deadline=None)
@given(WAYS, st.integers(0, 1_000_000))
def test_fix_by_fix_is_as_all_at_once(fixes: list[Fix], seed: int):
    fixes = thinned(fixes, 800)
    shelf = Shelf()
    for chunk in chunks(fixes, Random(seed), 3):
        shelf.receive(chunk)
    same(shelf, shelved(fixes))


def rough(fixes: list[Fix], rng: Random) -> list[Fix]:
    """With jumps, bad accuracy and two places at one time."""
    found = []
    for fix in fixes:
        dice = rng.random()
        lat = min(90.0, round(fix.lat + rng.gauss(0, 0.002), 7))
        if dice < 0.05:
            found.append(fix._replace(lat=lat))
        elif dice < 0.1:
            found.append(fix._replace(lat=lat, accuracy=rng.choice([40.0, 200.0, 900.0])))
        elif dice < 0.15:
            found += [fix, fix._replace(lat=lat)]
        else:
            found.append(fix)
    return sorted(set(found))


def some_way(rng: Random) -> list[Fix]:
    legs = []
    for _ in range(rng.randint(2, 10)):
        speed = rng.choice([0, 0, 0, 0.2, 0.4, 1.3, 5, 12])
        every = rng.choice([10, 30, 60, 60, 150])
        legs.append((speed, rng.choice([20, 100, 200, 400, 900]), every, rng.choice([0, 3, 15, 30, 40])))
        if rng.random() < 0.2:
            legs.append((rng.choice([0, 0.2, 5]), 900, 900, 5))
    lat, lon = rng.choice([(45.0, 14.0), (-17.5, 179.9995), (89.9997, 20.0)])
    start = Fix(NOON, lat, lon, rng.choice([None, 12.0]))
    fixes = way(legs, start, rng.randrange(1_000_000))[:400]
    return rough(fixes, rng) if rng.random() < 0.5 else fixes


def belated(fixes: list[Fix], rng: Random) -> list[Fix]:
    order = list(fixes)
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(order))
        order.insert(rng.randint(place, len(order) - 1), order.pop(place))
    if rng.random() < 0.2:
        rng.shuffle(order)
    return order


@pytest.mark.parametrize("hundred", range(8))
def test_after_every_part_it_is_as_one_ordered_pass_over_what_came(hundred: int):
    """Nothing is sent again here, so nothing but the late fix itself can mend what it broke."""
    for seed in range(hundred * 100, hundred * 100 + 100):
        rng = Random(seed)
        order, came, shelf = belated(some_way(rng), rng), [], Shelf()
        while order:
            size = rng.choice([1, 1, 2, 5, 30, 100])
            part, order = order[:size], order[size:]
            came += part
            shelf.receive(part)
            if rng.random() < 0.15 or not order:
                same(shelf, shelved(sorted(came)))


def test_a_late_fix_at_the_very_instant_that_decided_a_boundary():
    for seed in range(60):
        fixes = some_way(Random(seed))
        for each in shelved(fixes).all():
            decider = next(fix for fix in fixes if fix.at == each.decided_at)
            for aside in (-0.0001, -0.001, -0.01):
                late = decider._replace(lat=decider.lat + aside)
                shelf = shelved(fixes)
                shelf.receive([late])
                same(shelf, shelved(sorted([*fixes, late])))


def test_stretches_cover_the_time_without_holes():
    for seed in range(1_000):
        fixes = some_way(Random(seed))
        every = shelved(fixes).all()
        fine = [fix for fix in fixes if not is_coarse(fix)]
        assert every[0].began == fine[0]
        assert every[-1].last == fine[-1]
        assert every[-1].ended is None
        for one, after in pairwise(every):
            assert one.ended == after.began
            assert one.began.at < after.began.at
            assert one.decided_at <= after.decided_at  # what decided a boundary decided those before it


def test_a_late_fix_leaves_alone_what_lies_behind_it():
    drives = [(12.0, 600, 5, 3.0), (0.0, 900, 5, 3.0)] * 12
    fixes = way(drives, Fix(NOON, 45.0, 14.0), 5)
    late = len(fixes) // 6 + 7
    shelf = shelved(fixes[:late] + fixes[late + 1 :])
    before, shelf.read = list(shelf.stretches), 0
    shelf.receive([fixes[late]])
    assert shelf.read < len(fixes) / 4
    same(shelf, shelved(fixes))
    assert sum(one is not other for one, other in zip(before, shelf.stretches, strict=True)) < 6


def test_a_late_fix_before_the_first_becomes_the_first():
    fixes = way([(12.0, 600, 5, 3.0), (0.0, 900, 5, 3.0)], Fix(NOON, 45.0, 14.0), 5)
    shelf = shelved(fixes[1:])
    shelf.receive(fixes[:1])
    same(shelf, shelved(fixes))


def test_late_fixes_fill_a_silence():
    fixes = way([(12.0, 1800, 5, 3.0)], Fix(NOON, 45.0, 14.0), 5)
    shelf = shelved([*fixes[:60], *fixes[260:]])
    assert shelf.kinds() == ["trip", "void", "trip"]
    shelf.receive(fixes[60:260])
    assert shelf.kinds() == ["trip"]
    same(shelf, shelved(fixes))


def test_late_and_new_fixes_in_one_chunk():
    fixes = way([(12.0, 600, 5, 3.0), (0.0, 900, 5, 3.0)] * 4, Fix(NOON, 45.0, 14.0), 5)
    shelf = shelved([fix for fix in fixes[:900] if fix != fixes[40]])
    shelf.receive([fixes[40], *fixes[900:]])
    same(shelf, shelved(fixes))


def test_only_coarse_fixes_are_nothing():
    shelf = Shelf()
    shelf.receive([Fix(NOON, 45.0, 14.0, 3_000.0)])
    assert shelf.state is None
    assert shelf.stretches == []


@pytest.mark.parametrize("name", ["around-visnjan-with-car", "cerknicko-jezero"])
def test_recorded_tracks_shuffled_three_times(name: str):
    fixes, rng = recorded(name), Random(3)
    sent = chunks(fixes, rng, 20) * 3
    rng.shuffle(sent)
    shelf = Shelf()
    for chunk in sent:
        shelf.receive(chunk)
    same(shelf, shelved(fixes))


def test_times_of_a_broken_clock():
    assert plausible_times(recorded("around-visnjan-with-car"))
    assert plausible_times(recorded("cerknicko-jezero"))
    assert not plausible_times(recorded("Mojstrovka"))
    steady = parked(Fix(NOON, 45.0, 14.0), 100)
    assert plausible_times(steady)
    assert plausible_times(steady[:1])
    assert plausible_times([])
    assert not plausible_times([fix._replace(at=NOON) for fix in steady])
    assert not plausible_times([steady[0]._replace(at=0), *steady])
    assert not plausible_times([*steady, steady[-1]._replace(at=NOON + 200 * 366 * 24 * 60 * MINUTE)])
    assert plausible_times([fix._replace(at=fix.at // (5 * SECOND) * 5 * SECOND) for fix in steady])
