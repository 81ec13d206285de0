"""What an account keeps no longer is gone, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from hyway.domain import tracking
from hyway.domain.tracking import accounts, retention
from hyway.domain.tracking.records import Happening
from hyway.domain.tracking.store import events, placelines, positions_read
from hyway.domain.tracking.store import retention as store
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, SECOND
from tests.make.days import Tracked, drive, stay, tracked


def old_and_new(of: Tracked) -> tuple[int, int]:
    """A drive, a stop and a drive eight days ago and one day ago; when each began."""
    now = clock.now() // SECOND * SECOND
    began = now - 8 * DAY, now - DAY
    for start, lat in zip(began, (45.0, 46.0), strict=True):
        fixes = drive(start, 600, lat)
        last = fixes[-1].lat
        of.send([*fixes, *stay(start + 610 * SECOND, 900, last), *drive(start + 1_520 * SECOND, 300, last)])

        def tell(w, start=start):
            told = Happening("tracking.started", of.user.seq, of.user.id, start)
            events.add(w, of.account.seq, 1, told, {}, start)

        of.world.db.write_now(tell)
    return began


def kept(of: Tracked) -> dict[str, Any]:
    """What there is of the user, by when it was."""
    db, now = of.world.db, clock.now()
    positions = db.read_now(positions_read.span, of.user.seq, 0, now)
    told = db.read_now(events.of_user, of.account.seq, of.user.seq, 0, now, 1_000)
    return {
        "positions": [each.at for each in positions],
        "segments": [(each.kind, each.began_at) for each in of.segments()],
        "events": [each.recorded_at for each in told],
    }


@pytest.fixture
def ana(world) -> Tracked:
    return tracked(world)


def keep_days(of: Tracked, days: int | None) -> None:
    of.world.db.write_now(accounts.settle, of.world.by, retention_days=days)


def test_without_a_choice_everything_stays(ana):
    old_and_new(ana)
    before = kept(ana)
    retention.forget(ana.world.db)
    assert kept(ana) == before


def test_what_is_older_is_gone_and_the_rest_stays(ana, monkeypatch):
    monkeypatch.setattr(retention, "_ROWS", 50)
    monkeypatch.setattr(retention, "_OF_THE_WIDE", 1)
    _, new = old_and_new(ana)
    keep_days(ana, 7)
    before = kept(ana)
    retention.forget(ana.world.db)
    after = kept(ana)
    assert after["positions"] == [at for at in before["positions"] if at >= new]
    assert after["events"] == [new]
    assert [kind for kind, _ in after["segments"]] == ["location_void", "trip", "stop", "trip"]
    retention.forget(ana.world.db)
    assert kept(ana) == after


def test_other_accounts_are_left_alone(ana, world):
    stranger = tracked(world.stranger())
    old_and_new(stranger)
    before = kept(stranger)
    keep_days(ana, 1)
    retention.forget(world.db)
    assert kept(stranger) == before


def test_what_belongs_to_an_unfinished_action_stays(ana, monkeypatch):
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() - 8 * DAY - HOUR)
    wish = tracking.ActionWish(type="visit", user_id=ana.user.id)
    action = ana.world.db.write_now(tracking.actions.create, ana.world.by, wish).action
    monkeypatch.setattr(clock, "now", real)
    old_and_new(ana)
    keep_days(ana, 7)
    before = kept(ana)
    retention.forget(ana.world.db)
    assert kept(ana) == before
    ana.world.db.write_now(tracking.actions.cancel, ana.world.by, action.id)
    retention.forget(ana.world.db)
    assert len(kept(ana)["positions"]) == len(before["positions"]) // 2


def test_the_way_of_an_old_action_goes_and_what_was_done_stays(ana, monkeypatch):
    real = clock.now
    wish = tracking.ActionWish(type="visit", user_id=ana.user.id)
    monkeypatch.setattr(clock, "now", lambda: real() - 8 * DAY - HOUR)
    action = ana.world.db.write_now(tracking.actions.create, ana.world.by, wish).action
    monkeypatch.setattr(clock, "now", real)
    old_and_new(ana)
    monkeypatch.setattr(clock, "now", lambda: real() - 8 * DAY + HOUR)
    ended = ana.world.db.write_now(tracking.actions.cancel, ana.world.by, action.id)
    monkeypatch.setattr(clock, "now", real)
    assert ended.path
    keep_days(ana, 7)
    retention.forget(ana.world.db)
    found = ana.read(tracking.actions.find, ana.world.by, action.id)
    assert found == replace(ended, path=None, frame=found.frame, user=found.user)


def test_a_late_position_beside_what_was_forgotten_is_no_trouble(ana):
    _, new = old_and_new(ana)
    keep_days(ana, 7)
    retention.forget(ana.world.db)
    late = drive(new + 300 * SECOND, 60, 46.0 + 3_000 / 111_132, step=7)
    ana.send(late)
    assert [each.kind for each in ana.segments()][-3:] == ["trip", "stop", "trip"]


def test_an_idle_look_writes_nothing(ana):
    keep_days(ana, 7)
    assert ana.world.db.read_now(store.users, ana.account.seq, clock.now(), 0, 10) == []
    assert (
        ana.world.db.read_now(placelines.actions_in, ana.account.seq, ana.user.seq, 0, clock.now(), 10) == []
    )
    retention.forget(ana.world.db)
