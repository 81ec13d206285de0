"""Who sees what: bounded rows, nothing lost that was taken, nothing of who is gone, and only for those who may look."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain import projects
from hyway.domain.billing import Count
from hyway.domain.projects import NewProject, Project
from hyway.domain.toggles import counting
from hyway.domain.toggles.counting import LONGEST, MOST, MOST_OF_PROJECT, OTHER, Tally
from hyway.domain.toggles.deciding import Decision
from hyway.domain.toggles.records import Sight
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.faults import Missing
from tests.apis.hyphen.conftest import Acme, make_acme
from tests.edge.evaluate_stage import opened

AT = 500_000 * HOUR + 5


@pytest.fixture
def acme(database_url: str) -> Iterator[Acme]:
    with opened(database_url) as db:
        yield make_acme(db)


def project(acme: Acme, alternate_id: str = "shop") -> Project:
    return acme.db.write_now(projects.create, acme.by, NewProject(alternate_id, "Shop"))


def sight(of: int, toggle: str = "a", hour: int = AT // HOUR, seen: str = "true") -> Sight:
    return Sight(of, toggle, hour, "evaluate", seen, "no target matched")


def seen(acme: Acme, of: Project, key: str = "a", since: int = 0) -> list[tuple[int, str, int]]:
    found = acme.db.read_now(counting.seen, acme.by, of.id, key, since)
    return [(each.hour, each.value, each.count) for each in found]


def test_counts_add_up_by_the_hour(acme: Acme) -> None:
    of = project(acme)
    later = sight(of.seq, hour=AT // HOUR + 1)
    for counts in ({sight(of.seq): 2, later: 1}, {sight(of.seq): 3, sight(of.seq, seen="false"): 1}):
        acme.db.write_now(counting.add, counts, [])
    first = AT // HOUR * HOUR
    assert seen(acme, of) == [(first, "true", 5), (first, "false", 1), (first + HOUR, "true", 1)]
    assert seen(acme, of, since=first + HOUR + 7) == [(first + HOUR, "true", 1)]
    assert seen(acme, of, "b") == []


def test_what_belongs_to_a_project_that_is_gone_is_let_be(acme: Acme) -> None:
    gone, stays = project(acme, "gone"), project(acme, "stays")
    acme.db.write_now(counting.add, {sight(gone.seq): 1}, [])
    acme.db.write_now(projects.drop, acme.by, gone.id)
    counts = {sight(gone.seq): 1, sight(stays.seq): 1, sight(2**40): 1}
    acme.db.write_now(counting.add, counts, [(acme.organization.seq, "toggle.evaluations", 20_000, 3)])
    assert [count for _, _, count in seen(acme, stays)] == [1]


def test_two_who_write_the_same_rows_at_once_lose_nothing(acme: Acme) -> None:
    of = project(acme)
    counts = {sight(of.seq, f"t{at}"): 1 for at in range(30)}
    metered: list[Count] = [(acme.organization.seq, "toggle.evaluations", 20_000, 1)]

    def write(_: int) -> None:
        acme.db.write_now(counting.add, counts, metered)

    with ThreadPoolExecutor(4) as crew:
        list(crew.map(write, range(20)))
    assert [seen(acme, of, f"t{at}")[0][2] for at in range(30)] == [20] * 30


def test_old_counts_are_forgotten(acme: Acme) -> None:
    of = project(acme)
    old = sight(of.seq, hour=AT // HOUR - 91 * 24)
    acme.db.write_now(counting.add, {old: 1, sight(of.seq): 1}, [])
    acme.db.write_now(counting.forget, AT)
    assert len(seen(acme, of)) == 1
    acme.db.write_now(counting.forget, AT + 91 * DAY)
    assert seen(acme, of) == []


def test_strangers_and_who_may_not_read_toggles(acme: Acme) -> None:
    of = project(acme)
    for by in (acme.elsewhere.by, acme.inside(acme.member)):
        with pytest.raises(Missing):
            acme.db.read_now(counting.seen, by, of.id, "a", 0)


def test_whatever_programs_tell_rows_stay_few() -> None:
    tally = Tally()
    for at in range(10 * MOST):
        tally.told(1, "a", f"value {at}", f"reason {at}", AT)
    counts = tally.take()
    assert len(counts) == MOST + 1
    assert counts[Sight(1, "a", AT // HOUR, "telemetry", OTHER, OTHER)] == 9 * MOST
    tally.told(1, "a", "value 0", "reason 0", AT)
    tally.told(1, "a", "value 900", "reason 900", AT)
    assert len(tally.take()) == 2  # what was told apart before still is
    tally.told(1, "a", "value 900", "reason 900", AT + HOUR)
    (only,) = tally.take()
    assert only.seen == "value 900"  # another hour, another fifty


def test_what_one_projects_programs_tell_hides_nothing_of_others() -> None:
    tally = Tally()
    for toggle in range(1_000):
        for value in range(MOST):
            tally.told(1, f"t{toggle}", value, "r", AT)
    assert len(tally.take()) == MOST_OF_PROJECT + 1_000 - MOST_OF_PROJECT // MOST
    tally.told(2, "a", "mine", "r", AT)
    tally.decided(Decision("a", "string", "mine", "no target matched", None, 1, 0), 1, AT)
    assert {(each.project, each.seen) for each in tally.take()} == {(1, "mine"), (2, "mine")}


def test_what_could_not_be_written_comes_back() -> None:
    tally = Tally()
    tally.told(1, "a", True, "r", AT)
    taken = tally.take()
    tally.told(1, "a", True, "r", AT)
    tally.back(taken)
    assert list(tally.take().values()) == [2]
    assert tally.take() == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (1.0, "1"),
        (1.5, "1.5"),
        ("text", "text"),
        ({"a": [1, "ü"]}, '{"a":[1,"ü"]}'),
        (float("inf"), "Infinity"),
    ],
)
def test_values_as_texts(value: object, text: str) -> None:
    assert counting.as_text(value) == text


@given(st.text() | st.floats() | st.integers() | st.lists(st.text()), st.text())
def test_what_is_kept_of_a_value_is_short_and_can_be_stored(value: object, reason: str) -> None:
    tally = Tally()
    tally.told(1, "a", value, reason, AT)
    (only,) = tally.take()
    for kept in (only.seen, only.reason):
        assert len(kept) <= LONGEST
        assert "\0" not in kept
        kept.encode()
