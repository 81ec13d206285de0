"""Whatever the two sides of a collab try in whatever order: only the arrows lead on, and the sums are right."""

import contextlib
import itertools
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from hyway.domain import creators, tracking
from hyway.domain.creators import money
from hyway.domain.creators.collabs import Shipment, making, shipping, steps, work
from hyway.domain.creators.jobs import collabs as jobs
from hyway.domain.creators.store.money_tables import EARNINGS
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.faults import Invalid, Missing, Refused
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make.collabs import ADDRESS, post_url, stage_at
from tests.make.money import audit
from tests.make.world import World

WHO = st.integers(0, 2)
STEPS = 40
URL = "https://drive.example/1"
_URLS = [post_url() for _ in range(3)]
OURS: dict[str, Any] = {
    "accept": (work.accept, ()),
    "decline": (work.decline, ()),
    "cancel": (work.cancel, ()),
    "ship": (shipping.ship, (Shipment("DHL", "1"),)),
    "send_own": (shipping.send_own, ()),
    "deliver": (making.deliver, ()),
    "request_revision": (making.request_revision, ("Shorter",)),
    "approve_content": (making.approve_content, ()),
    "complete": (making.complete, ()),
}
THEIRS: dict[str, Any] = {
    "withdraw": (work.withdraw, ()),
    "cancel": (work.cancel, ()),
    "receive": (making.receive, ()),
    "submit_content": (making.submit_content, (URL,)),
    "give_spark_code": (making.give_spark_code, ("code", 7)),
    "extend_usage": (making.extend_usage, (3,)),
}


class Sides(RuleBasedStateMachine):
    """Two collabs, one with everything that can be asked, and three creators; money for some of them."""

    host: World

    def __init__(self) -> None:
        super().__init__()
        self.host.db.hearers[:] = self.host.db.hearers[:1]
        self.at = clock.now()
        self.real = clock.now
        clock.now = lambda: self.at
        self.stage = stage_at(self.host.db)
        wish: dict[str, Any] = {
            "reward_amount": 600,
            "require_spark_ads": True,
            "requires_product_shipment": True,
        }
        self.collabs = [self.stage.collab(usage_days=5, **wish), self.stage.collab(reward_amount=400)]
        for each in self.collabs:
            self.stage.fund(each, 1_000)
        self.creators = [self.stage.creator(address=number > 0) for number in range(3)]
        self.made: dict[tuple[int, int], int] = {}

    def teardown(self) -> None:
        clock.now = self.real

    def _try(self, verb: Any, by: Caller, *args: Any) -> Any:
        self.at += 7_000_000
        # That nothing came of what is refused is seen by the invariants.
        with contextlib.suppress(Invalid, Missing, Refused):
            return self.stage.write(verb, by, *args)

    @rule(who=WHO, which=st.integers(0, 1))
    def apply(self, who: int, which: int) -> None:
        made = self._try(work.apply, self.creators[who], self.collabs[which].seq, "Me!")
        if made is not None:
            self.made[who, which] = made.seq

    @rule(who=WHO, which=st.integers(0, 1), name=st.sampled_from(sorted(OURS)))
    def ours(self, who: int, which: int, name: str) -> None:
        verb, args = OURS[name]
        if (seq := self.made.get((who, which))) is not None:
            self._try(verb, self.stage.by, seq, *args)

    @rule(who=WHO, which=st.integers(0, 1), name=st.sampled_from(sorted(THEIRS)), other=WHO)
    def theirs(self, who: int, which: int, name: str, other: int) -> None:
        verb, args = THEIRS[name]
        if (seq := self.made.get((who, which))) is not None:
            self._try(verb, self.creators[other if name == "cancel" else who], seq, *args)

    @rule(who=WHO, which=st.integers(0, 1), url=st.sampled_from(_URLS))
    def post(self, who: int, which: int, url: str) -> None:
        if (seq := self.made.get((who, which))) is not None:
            self._try(making.post, self.creators[who], seq, url)

    @rule(who=WHO, which=st.integers(0, 1), far=st.integers(1, 11))
    def go_on(self, who: int, which: int, far: int) -> None:
        """Some of the usual steps in a row, so that ends are reached."""
        of, by = self.collabs[which], self.creators[who]
        if (seq := self.made.get((who, which))) is not None:
            now = self.stage.db.read_now(work.find, self.stage.by, seq)
            for verb, args in self.stage.way(of, by, now)[:far]:
                self._try(verb, *args)

    @rule(who=WHO)
    def move(self, who: int) -> None:
        self._try(creators.addresses.put, self.creators[who], ADDRESS)

    @rule(which=st.integers(0, 5))
    def bring(self, which: int) -> None:
        c = COLLAB_SUBMISSIONS.c
        query = select(c.action_id).where(c.action_id.is_not(None)).order_by(c.seq)
        ids = self.stage.db.read_now(lambda r: [row.action_id for row in r.run(query)])
        if ids:
            self._try(tracking.actions.complete, self.stage.by, ids[which % len(ids)])

    @rule(hours=st.sampled_from([1, 49, 6 * 24, 31 * 24]))
    def wait(self, hours: int) -> None:
        self.at += hours * HOUR
        jobs.look_at_collabs(Means(self.stage.db, Outgoing(lambda _: False)))

    @rule()
    def pay(self) -> None:
        self.at += 4 * DAY
        self.stage.db.write_now(money.mature, self.at)
        for payout in self._try(money.pay_out, self.stage.by, None) or ():
            self._try(money.mark_paid, self.stage.by, payout.seq)

    @invariant()
    def only_the_arrows_lead_on(self) -> None:
        for way in self._ways():
            assert way[0] == "applied"
            for was, to in itertools.pairwise(way):
                assert to in steps.ARROWS[was], way  # type: ignore[index]

    @invariant()
    def what_was_announced_is_what_is_stored(self) -> None:
        said = Counter(way[-1] for way in self._ways())
        assert said == Counter(row.status for row in self._rows())

    @invariant()
    def the_counts_are_exact(self) -> None:
        rows = self._rows()
        for each in self.collabs:
            statuses = [row.status for row in rows if row.collab == each.seq]
            now = self.stage.again(each)
            assert now.submissions_count == sum(status != "withdrawn" for status in statuses)
            assert now.completed_count == sum(status in steps.DONE for status in statuses)

    @invariant()
    def nothing_is_paid_that_was_not_completed(self) -> None:
        rows = {row.seq: row for row in self._rows()}
        query = select(EARNINGS).where(EARNINGS.c.organization == self.stage.by.organization)
        for each in self.stage.db.read_now(lambda r: r.run(query).all()):
            status = rows[each.submission].status
            if each.stage in ("held", "payable", "paying", "paid"):
                assert status in steps.DONE
            if each.stage == "reversed":
                assert status == "canceled"
        for made in self.collabs:
            assert self.stage.db.read_now(audit, "collab", made.seq) == []

    @invariant()
    def addresses_are_kept_only_while_they_are_needed(self) -> None:
        for row in self._rows():
            assert (row.address is not None) == (row.status in steps.ADDRESSED)

    @invariant()
    def no_more_than_two_revisions(self) -> None:
        for way in self.stage.statuses().values():
            assert way.count("revision_requested") <= steps.REVISIONS

    def _ways(self) -> list[list[str]]:
        """What became of each submission of this play: time goes on for those of the plays before it, too."""
        ours = {sqid.text(row.seq) for row in self._rows()}
        return [way for id, way in self.stage.statuses().items() if id in ours]

    def _rows(self) -> list[Any]:
        c = COLLAB_SUBMISSIONS.c
        query = select(COLLAB_SUBMISSIONS).where(c.organization == self.stage.by.organization)
        return self.stage.db.read_now(lambda r: list(r.run(query)))


def test_any_order_of_steps(world: World):
    Sides.host = world
    run_state_machine_as_test(
        Sides,
        settings=settings(
            max_examples=30,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
