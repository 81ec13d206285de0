"""Positions that come late, twice and in any order lead to what one ordered pass leads to."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyway.domain.tracking.meter import Fix
from hyway.domain.tracking.timeline import plausible_times
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
    assert one.live() == other.live()
    assert one.state == other.state


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


@settings(max_examples=60, deadline=None)
@given(WAYS, st.integers(0, 1_000_000))
def test_jumps_coarse_fixes_and_equal_times_change_nothing_of_it(fixes: list[Fix], seed: int):
    rng = Random(seed)
    rough = []
    for fix in thinned(fixes, 800):
        dice = rng.random()
        lat = min(90.0, fix.lat + rng.gauss(0, 0.003))
        if dice < 0.03:
            rough.append(fix._replace(lat=lat))  # a jump
        elif dice < 0.06:
            rough.append(fix._replace(lat=lat, accuracy=rng.choice([40.0, 200.0, 900.0])))
        elif dice < 0.09:
            rough += [fix, fix._replace(lat=lat)]  # two places at one time
        else:
            rough.append(fix)
    rough = sorted(set(rough))
    sent = chunks(rough, rng, 60)
    rng.shuffle(sent)
    shelf = Shelf()
    for chunk in sent:
        shelf.receive(chunk)
    same(shelf, shelved(rough))


@settings(max_examples=60, deadline=None)
@given(WAYS)
def test_stretches_cover_the_time_without_holes(fixes: list[Fix]):
    fixes = thinned(fixes)
    every = shelved(fixes).all()
    assert every[0].began == fixes[0]
    assert every[-1].last == fixes[-1]
    assert every[-1].ended is None
    for one, after in zip(every, every[1:], strict=False):
        assert one.ended == after.began
        assert one.began.at < after.began.at
        assert one.decided_at <= after.decided_at
        assert not (one.kind == after.kind == "trip")


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
