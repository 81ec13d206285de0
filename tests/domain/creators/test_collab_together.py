"""Several at once: two workers with the same chores, two admins with one budget, many who apply."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from hyway.domain.creators.collabs import making, work
from hyway.domain.creators.jobs import collabs as jobs
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS
from hyway.domain.notices.store.tables import NOTIFICATIONS
from hyway.kernel.clock import DAY
from hyway.kernel.faults import Invalid
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make.collabs import Stage, stage_at
from tests.make.money import audit
from tests.make.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return stage_at(world.db)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """All at once; what each gave, or the Invalid that it met."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return act()
        except Invalid as why:
            return why

    with ThreadPoolExecutor(len(acts)) as crew:
        return list(crew.map(run, acts))


def refusals(found: Sequence[Any]) -> int:
    return sum(isinstance(each, Invalid) for each in found)


def test_two_workers_approve_each_once(stage: Stage, later: Callable[[int], None]):
    made = stage.collab()
    ways = [stage.brought_to("content_submitted", made) for _ in range(6)]
    later(6 * DAY)
    means = Means(stage.db, Outgoing(lambda _: False))
    together(*(lambda: jobs.look_at_collabs(means) for _ in range(2)))
    n = NOTIFICATIONS.c
    for who, of in ways:
        assert (stage.find(of).status, stage.find(of).decision) == ("content_approved", "auto")
        told = select(func.count()).where(n.person == who.person, n.type == "Collab::ContentApprovedNotifier")
        assert stage.db.read_now(lambda r, told=told: r.run(told).scalar_one()) == 1  # type: ignore[misc]
    actions = [action for action, _ in stage.facts]
    assert actions.count("collab_submission.content_approved") == len(ways)


def test_one_budget_is_set_aside_once(stage: Stage):
    made = stage.collab(reward_amount=600)
    stage.fund(made, 1_000)
    seqs = [stage.applied(made)[1].seq for _ in range(3)]
    found = together(*(lambda seq=seq: stage.write(work.accept, stage.by, seq) for seq in seqs))
    assert refusals(found) == 2
    assert stage.again(made).unused_amount == 400
    assert stage.db.read_now(audit, "collab", made.seq) == []


def test_nobody_is_accepted_or_completed_twice(stage: Stage):
    made = stage.collab(reward_amount=100)
    stage.fund(made, 1_000)
    _, of = stage.applied(made)
    assert refusals(together(*(lambda: stage.write(work.accept, stage.by, of.seq) for _ in range(3)))) == 2
    _, other = stage.brought_to("posted", made)
    assert (
        refusals(together(*(lambda: stage.write(making.complete, stage.by, other.seq) for _ in range(3))))
        == 2
    )
    now = stage.again(made)
    assert (now.unused_amount, now.completed_count) == (800, 1)


def test_many_apply_and_some_withdraw(stage: Stage):
    made = stage.collab()
    early = [stage.applied(made) for _ in range(3)]
    fresh = [stage.creator() for _ in range(3)]
    found = together(
        *(lambda who=who: stage.write(work.apply, who, made.seq) for who in [*fresh, fresh[0]]),
        *(lambda who=who, of=of: stage.write(work.withdraw, who, of.seq) for who, of in early),
    )
    assert refusals(found) == 1, "one applied twice at once"
    c = COLLAB_SUBMISSIONS.c
    query = select(func.count()).where(c.collab == made.seq, c.status != "withdrawn")
    assert stage.again(made).submissions_count == stage.db.read_now(lambda r: r.run(query).scalar_one()) == 3
