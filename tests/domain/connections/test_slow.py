"""Vendors that are slower than the limit, or down for long; and work that is interrupted each time."""

import time
from collections.abc import Callable

import pytest

from hyway.domain import identity
from hyway.domain.connections import Registry, owned, rules, working
from hyway.domain.connections.imports import IMPORTERS
from hyway.kernel.clock import HOUR, MINUTE, SECOND
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid
from tests.domain.connections.stage import Stage
from tests.make.vendor import TYPE, Workshop
from tests.make.vendor import Provider as Workshops

Later = Callable[[int], None]


@pytest.fixture
def hurried(db: Database, vendor: Workshop) -> Stage:
    """Where a vendor has a second, and somebody who waits a tenth of it more."""
    made = Stage(db, vendor)
    made.known = Registry([Workshops()], {TYPE: vendor.address}, seconds=1.0, patience=1.1)
    return made


def test_an_answer_that_comes_too_late_makes_nothing_twice(
    hurried: Stage, vendor: Workshop, later: Later
) -> None:
    of = hurried.integrate()
    vendor.seconds, vendor.trouble = 2.0, ["", "slow"]
    made = hurried.connected(of, "ContainerRegistry", hurried.app.id, "images")
    assert (made.status, made.is_retryable, len(vendor.made)) == ("Pending", True, 1)
    assert made.errors[0].startswith("Workshop did not answer")
    later(7 * SECOND)
    hurried.work()
    assert (hurried.again(made).status, vendor.made) == ("Ready", [made.id])


def test_who_waits_for_a_slow_vendor_hears_so(hurried: Stage, vendor: Workshop) -> None:
    """And nothing is kept, though the vendor says yes in the end."""
    vendor.seconds, vendor.trouble = 3.0, ["slow"]
    hurried.known = Registry([Workshops()], {TYPE: vendor.address}, seconds=10.0, patience=0.5)
    began = time.monotonic()
    with pytest.raises(Invalid) as found:
        hurried.integrate()
    assert found.value.message == "The vendor takes too long to answer"
    assert time.monotonic() - began < 3.0
    vendor.trouble = []
    assert hurried.integrate().type == TYPE


def test_work_waits_out_a_vendor_that_is_down_for_an_hour(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = stage.integrate()
    ann = stage.member("ann")
    core = stage.connected(of, "DistributionList", stage.team.id)
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    taken_in = stage.bring(of, "User", vendor.put("User", "Bob", "bob@example.com").id)
    stage.staff(ann)
    for _ in range(12):
        vendor.trouble = ["busy"] * 20
        later(5 * MINUTE)
        stage.work()
    assert (stage.again(made).status, stage.import_again(of, taken_in).status) == ("Pending", "running")
    identity_of_ann = stage.db.read_now(identity.teams.members, stage.by, stage.team.id)
    assert [each.id for each in identity_of_ann] == [ann.id]
    vendor.trouble = []
    later(2 * HOUR)
    stage.work()
    assert (stage.again(made).status, stage.import_again(of, taken_in).status) == ("Ready", "done")
    assert vendor.things[core.remote].members == ["ann@example.com"]
    assert vendor.made.count(made.id) == 1


def test_what_is_interrupted_each_time_ends(
    stage: Stage, vendor: Workshop, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours is no reason to ask a vendor for ever."""
    of = stage.integrate()

    def breaks(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(owned, "keep", breaks)
    monkeypatch.setitem(IMPORTERS, "User", breaks)
    vendor.put("User", "Bob", "bob@example.com")
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    taken_in = stage.bring(of, "User", "th1")
    for _ in range(rules.MOST_TRIES + 1):
        stage.work()
        later(working.LEASE + SECOND)
    asked = len(vendor.asked)
    stage.work()
    failed, lost = stage.again(made), stage.import_again(of, taken_in)
    assert (failed.status, failed.is_retryable, failed.errors) == ("Failed", True, (rules.STUCK,))
    assert (lost.status, lost.errors, len(vendor.asked)) == ("failed", (rules.STUCK,), asked)
    assert vendor.made == [made.id]
