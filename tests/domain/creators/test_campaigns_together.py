"""Two servers at the same posts at the same time: nothing is counted, earned or decided twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from hyway.domain import creators
from hyway.domain.creators.campaigns import closing, posts
from hyway.domain.creators.campaigns.records import Due, Seen
from hyway.kernel import clock
from hyway.kernel.faults import Fault, Invalid
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import Stage
from tests.make.money import audit

NAMES = ("Kim", "Lou")


def at_once(*work: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(work)) as crew:
        return [each.result() for each in [crew.submit(one) for one in work]]


def look(stage: Stage, due: list[Due], views: int) -> int:
    """How many of the looks this server was the first to note."""
    seen = Seen(None, None, views, 5, 1)
    return sum(
        stage.db.write_now(creators.submissions.seen, each.submission, each.slot, seen) for each in due
    )


def test_looks_and_the_clock(stage: Stage, later: Callable[[int], None]) -> None:
    seqs = [stage.active(budget, cpm_amount=1_000).seq for budget in (3_000, 100_000)]
    made = []
    for seq in seqs:
        for name in NAMES:
            stage.join(seq, name)
            made += [stage.submit(seq, name, f"{seq}{name}{each:07}").seq for each in range(2)]
    views = 0
    for ahead in (0, posts.REVIEW, clock.DAY, clock.DAY, posts.WINDOW):
        later(ahead)
        views += 1_500
        due = stage.db.read_now(creators.submissions.due, clock.now(), 100)
        firsts = at_once(
            partial(look, stage, due, views),
            partial(look, stage, due[::-1], views),
            lambda: closing.run(stage.db),
            lambda: closing.run(stage.db),
        )
        assert firsts[0] + firsts[1] <= len(due)
        for seq in seqs:
            assert stage.wrong(seq) == []
            assert stage.db.read_now(audit, "campaign", seq) == []
    later(2 * clock.HOUR)
    at_once(*(lambda: closing.run(stage.db) for _ in range(3)))
    ends = {stage.submission(seq).status for seq in made}
    assert ends <= {"locked", "held"}
    assert stage.campaign(seqs[0]).status == "finished"
    approvals = [each for each in stage.happened() if each == "submission.approved"]
    assert len(approvals) == len(made)


def test_one_address_of_two_hands(stage: Stage) -> None:
    seq = stage.active().seq
    for name in NAMES:
        stage.join(seq, name)

    def hand_in(name: str) -> bool:
        try:
            stage.submit(seq, name)
        except Invalid:
            return False
        return True

    assert sorted(at_once(*(lambda name=name: hand_in(name) for name in NAMES))) == [False, True]
    assert stage.campaign(seq).submissions_count == 1


def test_one_partner_of_two_acceptances(stage: Stage) -> None:
    kim = stage.creator("Kim")
    asked = [
        stage.db.write_now(creators.applications.apply, kim, stage.active(name=name).seq)
        for name in ("A", "B")
    ]
    accept = creators.applications.accept
    first, second = at_once(
        *(lambda each=each: stage.db.write_now(accept, stage.by, each.seq) for each in asked)
    )
    assert first.partner_id == second.partner_id
    assert first.link_id != second.link_id


def test_one_decision_of_two_admins(stage: Stage) -> None:
    seq = stage.active().seq
    stage.join(seq, "Kim")
    post = stage.submit(seq, "Kim")

    def decide(verb: Any, *why: str) -> bool:
        try:
            stage.db.write_now(verb, stage.by, post.seq, *why)
        except Fault:
            return False
        return True

    both = at_once(
        lambda: decide(creators.submissions.approve), lambda: decide(creators.submissions.reject, "other")
    )
    assert sorted(both) == [False, True]
    assert stage.wrong(seq) == []


@pytest.mark.parametrize("verb", ["publish", "finish"])
def test_one_step_of_two_admins(stage: Stage, verb: str) -> None:
    of = stage.draft()
    stage.fund(of.seq, 10_000)
    if verb == "finish":
        stage.db.write_now(creators.campaigns.publish, stage.by, of.seq)

    def move() -> bool:
        try:
            stage.db.write_now(getattr(creators.campaigns, verb), stage.by, of.seq)
        except Fault:
            return False
        return True

    assert sorted(at_once(move, move)) == [False, True]
    assert stage.happened().count(f"campaign.{verb}ed") == 1
