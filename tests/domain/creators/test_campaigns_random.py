"""Whatever comes in whatever order: counters are sums, amounts are commitments, and a way leads only where it may."""

import contextlib
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import creators
from hyway.domain.creators.campaigns import posts
from hyway.domain.creators.campaigns.records import Seen
from hyway.kernel import clock
from hyway.kernel.faults import Fault
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import Stage

NAMES = ("Kim", "Lou")
WAYS = {
    None: {"submitted"},
    "submitted": {"approved", "rejected", "flagged"},
    "flagged": {"approved", "tracking", "rejected", "reversed", "locked"},
    "rejected": {"submitted"},
    "approved": {"tracking", "flagged", "locked", "reversed"},
    "tracking": {"flagged", "locked", "reversed"},
    "locked": {"held", "reversed"},
    "held": {"payable", "reversed"},
    "payable": {"paid"},
    "paid": set(),
    "reversed": set(),
}
"""From each status to those that one event may lead to."""
ATONCE = {"look": 2, "tick": 4}
"""How many steps of its way a post may take by one event."""
STEPS = st.one_of(
    st.tuples(st.just("submit"), st.sampled_from(NAMES), st.integers(0, 3)),
    st.tuples(st.just("look"), st.integers(0, 5), st.integers(0, 40_000)),
    st.tuples(st.just("gone"), st.integers(0, 5)),
    st.tuples(st.sampled_from(["approve", "reject", "reverse", "reopen"]), st.integers(0, 5)),
    st.tuples(st.sampled_from(["pause", "resume", "finish"])),
    st.tuples(st.just("fund"), st.integers(1, 5_000)),
    st.tuples(st.just("wait"), st.sampled_from([clock.HOUR, 2 * clock.DAY, posts.WINDOW])),
    st.tuples(st.just("tick")),
)


def step(stage: Stage, campaign: int, later: Callable[[int], None], what: Any) -> None:
    name, *args = what
    every, _ = stage.db.read_now(creators.submissions.page, stage.by, campaign, limit=100)
    if name == "submit":
        stage.submit(campaign, args[0], f"{campaign:04}{args[1]:07}")
    elif name == "fund":
        stage.fund(campaign, args[0])
    elif name == "wait":
        later(args[0])
    elif name == "tick":
        stage.tick()
    elif name in ("pause", "resume", "finish"):
        stage.db.write_now(getattr(creators.campaigns, name), stage.by, campaign)
    elif args[0] < len(every):
        act(stage, every[args[0]], name, args[1:])


def act(stage: Stage, of: creators.campaigns.Submission, name: str, args: list[Any]) -> None:
    if name in ("look", "gone"):
        seen = Seen(None, None, args[0], min(args[0], 3), 1) if name == "look" else None
        stage.db.write_now(creators.submissions.seen, of.seq, of.next_sync_at or 0, seen)
    else:
        why = ["other"] if name in ("reject", "reverse") else []
        stage.db.write_now(getattr(creators.submissions, name), stage.by, of.seq, *why)


def statuses(stage: Stage, campaign: int) -> dict[int, str]:
    every, _ = stage.db.read_now(creators.submissions.page, stage.by, campaign, limit=100)
    return {each.seq: each.status for each in every}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=30), budget=st.sampled_from([400, 3_000, 1_000_000]))
def test_counters_amounts_and_ways(
    stage: Stage, later: Callable[[int], None], steps: list[Any], budget: int
) -> None:
    campaign = stage.active(budget).seq
    for name in NAMES:
        stage.join(campaign, name)
    before: dict[int, str] = {}
    for each in steps:
        with contextlib.suppress(Fault):
            step(stage, campaign, later, each)
        assert stage.wrong(campaign) == [], each
        after = statuses(stage, campaign)
        for seq, status in after.items():
            was = before.get(seq)
            assert status == was or status in reachable(was, ATONCE.get(each[0], 1)), (each, was, status)
        before = after


def reachable(status: str | None, steps: int) -> set[str]:
    found: set[str] = set()
    last: set[str | None] = {status}
    for _ in range(steps):
        last = {to for was in last for to in WAYS[was]}
        found |= {to for to in last if to}
    return found
