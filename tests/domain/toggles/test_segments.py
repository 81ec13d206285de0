"""Segments: what must hold among them, who uses them, and that nobody loses one that they use."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyway.domain import toggles
from hyway.domain.toggles import SegmentChange, ToggleChange, logic, uses
from hyway.kernel.faults import Invalid, Missing, Taken
from tests.domain.toggles.stage import VIP, Stage, names


def change(stage: Stage, id: str, logic: str) -> toggles.Segment:
    return stage.db.write_now(toggles.segments.change, stage.by, "shop", id, SegmentChange(logic=logic))


def find(stage: Stage, id: str) -> toggles.Segment:
    return stage.db.read_now(toggles.segments.find, stage.by, "shop", id)


def test_a_segment_tells_which_toggles_use_it_through_others_too(stage: Stage):
    inner = stage.segment("inner")
    stage.segment("outer", names("inner"))
    stage.toggle("direct", names(inner.id))
    stage.toggle("through", names("outer"), '{"var": "segments.outer"}')
    stage.toggle("neither", VIP)
    assert [each.key for each in find(stage, "inner").toggles] == ["direct", "through"]
    assert [each.key for each in find(stage, "outer").toggles] == ["through"]
    stage.db.write_now(toggles.change, stage.by, "shop", "through", ToggleChange(targets=()))
    assert [each.key for each in find(stage, "inner").toggles] == ["direct"]
    stage.db.write_now(toggles.drop, stage.by, "shop", "direct")
    assert find(stage, "inner").toggles == ()


@pytest.mark.parametrize("named", ["nobody", "segm_000000000000000000000000", "Inner"])
def test_an_unknown_segment_is_refused(stage: Stage, named: str):
    stage.segment("inner")
    with pytest.raises(Invalid) as refused:
        stage.toggle("beta", VIP, names("inner", named))
    assert (refused.value.field, refused.value.message) == (
        "targets/1/logic", f'names the segment "{named}", which the project does not have',
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        stage.segment("outer", names(named))
    assert refused.value.field == "logic"
    assert stage.db.read_now(toggles.page, stage.by, None)[1] == 0


def test_a_cycle_of_three_is_refused_and_changes_nothing(stage: Stage):
    a = stage.segment("a")
    stage.segment("b", names("a"))
    stage.segment("c", names("b"))
    with pytest.raises(Invalid) as refused:
        change(stage, "a", names("c"))
    assert refused.value.message == "must not lead back to the segment itself: a -> c -> b -> a"
    with pytest.raises(Invalid):
        change(stage, "a", names(a.id))
    assert find(stage, "a") == a
    assert [each.verb for each in stage.db.read_now(toggles.segments.history, stage.by, "shop", "a")] == [
        "created"
    ]


def test_a_row_of_segments_ends_somewhere_wherever_it_grows(stage: Stage):
    stage.segment("s1")
    for n in range(2, 11):
        stage.segment(f"s{n}", names(f"s{n - 1}"))
    with pytest.raises(Invalid, match="more than"):
        stage.segment("s11", names("s10"))
    stage.segment("s0")
    with pytest.raises(Invalid, match="more than"):
        change(stage, "s1", names("s0"))
    change(stage, "s2", names("s0"))


def test_what_is_in_use_stays(stage: Stage):
    stage.segment("inner")
    stage.segment("outer", names("inner"))
    stage.toggle("beta", names("outer"))
    for id, users in (("inner", "segment outer"), ("outer", "toggle beta")):
        with pytest.raises(Taken) as refused:
            stage.db.write_now(toggles.segments.drop, stage.by, "shop", id)
        assert refused.value.message == f"The segment is in use and cannot be deleted: {users}"
    stage.db.write_now(toggles.drop, stage.by, "shop", "beta")
    old = find(stage, "outer")
    for id in ("outer", "inner"):
        stage.db.write_now(toggles.segments.drop, stage.by, "shop", id)
    with pytest.raises(Missing):
        find(stage, "outer")
    assert find(stage, old.id).meta.deleted_at is not None
    assert stage.segment("outer").id != old.id


def test_lists_leave_out_what_would_lead_back(stage: Stage):
    for name, needs in (("a", ()), ("b", ("a",)), ("c", ("b",)), ("d", ())):
        stage.segment(name, names(*needs))

    def available(of: str) -> list[str]:
        found, total = stage.db.read_now(toggles.segments.page, stage.by, "shop", "", of)
        assert total == len(found)
        return [each.alternate_id for each in found]

    assert available("a") == available(find(stage, "a").id) == ["d"]
    assert available("b") == ["a", "d"]
    assert available("d") == ["a", "b", "c"]
    with pytest.raises(Missing):
        available("nobody")


def test_versions_can_be_brought_back(stage: Stage):
    stage.segment("vips")
    change(stage, "vips", "true")
    back = stage.db.write_now(toggles.segments.revert, stage.by, "shop", "vips", 1)
    assert (back.logic, back.version) == (VIP, 3)
    past = stage.db.read_now(toggles.segments.history, stage.by, "shop", "vips")
    assert [(each.version, each.verb, each.of["logic"]) for each in past] == [
        (3, "reverted", VIP), (2, "changed", "true"), (1, "created", VIP),
    ]  # fmt: skip


def test_two_at_once_make_no_cycle(stage: Stage):
    """Each sees the other's change, or comes after it: a -> b and b -> a never both stand."""
    for n in range(5):
        a, b = f"a{n}", f"b{n}"
        stage.segment(a)
        stage.segment(b)
        both = threading.Barrier(2)

        def lead(one: str, other: str, both: threading.Barrier = both) -> bool:
            both.wait()
            try:
                change(stage, one, names(other))
            except Invalid:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            made = list(threads.map(lead, (a, b), (b, a)))
        assert sorted(made) == [False, True]


def test_one_that_is_named_at_that_moment_does_not_go(stage: Stage):
    for n in range(5):
        name = f"s{n}"
        stage.segment(name)
        both = threading.Barrier(2)

        def use(name: str = name, both: threading.Barrier = both) -> bool:
            both.wait()
            try:
                stage.toggle(f"t-{name}", names(name))
            except Invalid:
                return False
            return True

        def drop(name: str = name, both: threading.Barrier = both) -> bool:
            both.wait()
            try:
                stage.db.write_now(toggles.segments.drop, stage.by, "shop", name)
            except Taken:
                return False
            return True

        with ThreadPoolExecutor(2) as threads:
            used, dropped = threads.submit(use), threads.submit(drop)
            assert used.result() != dropped.result()
    found = stage.db.read_now(toggles.ruleset, stage.project.seq)
    assert found is not None
    for rule in found.rules:
        for tree, _ in rule.targets:
            assert logic.segments(tree) <= found.names.keys()


def test_of_those_who_take_a_key_at_once_one_has_it(stage: Stage):
    both = threading.Barrier(4)

    def make(_: int) -> bool:
        both.wait()
        try:
            stage.toggle("beta")
        except Taken:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(make, range(4))) == [False, False, False, True]


def test_changes_at_once_all_count(stage: Stage):
    stage.toggle("limit", type="number", default_value=0)
    both = threading.Barrier(4)

    def set_to(n: int) -> None:
        both.wait()
        stage.db.write_now(toggles.change, stage.by, "shop", "limit", ToggleChange(default_value=n))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(set_to, range(1, 5)))
    past = stage.db.read_now(toggles.history, stage.by, "shop", "limit")
    assert [each.version for each in past] == [5, 4, 3, 2, 1]
    assert past[0].of["defaultValue"] == stage.find("limit").default_value


IDS = [f"s{n}" for n in range(6)]
EDGES = st.dictionaries(
    st.sampled_from(IDS), st.frozensets(st.sampled_from(IDS), max_size=3), max_size=6
).map(lambda found: {id: frozenset(n for n in needs if n < id) for id, needs in found.items()})


@given(EDGES, st.sampled_from(IDS))
@settings(deadline=None)
def test_above_and_below_make_the_longest_row_through_a_segment(edges: dict[str, frozenset[str]], id: str):
    """Against every row there is, walked one by one."""

    def rows(start: str) -> Iterator[tuple[str, ...]]:
        yield (start,)
        for need in edges.get(start, ()):
            for rest in rows(need):
                yield (start, *rest)

    longest = max(len(row) for start in IDS for row in rows(start) if id in row)
    assert uses.above(edges, IDS, id) + logic.height(edges, id) + 1 == longest
