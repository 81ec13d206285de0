"""What becomes of a post: one step of its way at a time, with the campaign's counters and the money that hangs on it.

Whoever takes a step holds the campaign first, then the post: so everybody comes in one order.
"""

from typing import Any

from hyway.domain import identity
from hyway.domain.creators import money
from hyway.domain.creators.campaigns.records import Campaign, Submission, SubmissionStatus
from hyway.domain.creators.store import campaigns as campaign_store
from hyway.domain.creators.store import submissions as store
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

WINDOW = 7 * clock.DAY
"""How long after its approval the views of a post are counted."""
REVIEW = 48 * clock.HOUR
"""How long an organization has to look at a post before that is done by the rules alone."""


def held(
    w: Write, seq: int, *, organization: int | None = None, person: int | None = None
) -> tuple[Campaign, Submission] | None:
    """A post and its campaign, which nobody else changes before the commit."""
    found = store.find(w, seq, organization=organization, person=person)
    campaign = campaign_store.locked(w, found.campaign) if found else None
    of = store.locked(w, seq) if campaign else None
    return (campaign, of) if campaign and of else None


def work(of: Submission) -> money.Work:
    """What money knows the post by."""
    return money.Work(of.organization, "campaign", of.campaign, "campaign", of.seq, of.person, of.currency)


def move(w: Write, old: Submission, to: SubmissionStatus | None = None, **values: Any) -> Submission:
    """Changes a held post, and what its campaign counts of it."""
    status = {} if to is None else {"status": to}
    store.change(w, old.seq, {**status, **values, "updated_at": clock.now()})
    new = reread(w, old)
    submissions = int(new.counts) - int(old.counts)
    views = (new.views if new.counts else 0) - (old.views if old.counts else 0)
    if submissions or views:
        campaign_store.tally(w, old.campaign, submissions, views)
    return new


def reread(r: Read, of: Submission) -> Submission:
    found = store.find(r, of.seq)
    if found is None:  # submissions are never deleted
        raise LookupError(of.seq)
    return found


def earn(w: Write, campaign: Campaign, of: Submission) -> Submission:
    """Commits what the views have earned so far, as far as the budget bears it; never less than before."""
    gross = owed(campaign, of)
    committed = money.earn(w, identity.server(of.organization), work(of), "work", gross)
    if (gross, committed) == (of.gross_amount, of.committed_amount):
        return of
    return move(w, of, gross_amount=gross, committed_amount=committed)


def owed(campaign: Campaign, of: Submission) -> int:
    return money.gross(
        of.views,
        cpm=campaign.cpm_amount,
        min_payout=campaign.min_payout_amount,
        max_payout=campaign.max_payout_amount,
        base_reward=campaign.base_reward_amount,
    )


def approve(
    w: Write, campaign: Campaign, old: Submission, decision: str, decided_by: int | None
) -> Submission:
    """From now on the post earns: at once its reward, and by its views until the window ends."""
    now = clock.now()
    first = old.window_ends_at is None
    ends = now if campaign.status == "finished" else now + WINDOW if first else old.window_ends_at
    approved = move(
        w,
        old,
        "approved" if first else "tracking",
        decision=decision,
        decided_at=now,
        decided_by=decided_by,
        window_ends_at=ends,
        next_sync_at=now,
        sync_failures=0,
        reason=None,
    )
    return earn(w, campaign, approved)


def lock(w: Write, campaign: Campaign, old: Submission) -> Submission:
    """The views are frozen; what they earned is all there will be of it."""
    locked = move(w, earn(w, campaign, old), "locked", locked_at=clock.now(), next_sync_at=None)
    announce(w, identity.server(old.organization), locked, "locked", views=locked.views)
    return locked


def hold(w: Write, old: Submission) -> Submission:
    """What a locked post earned waits for three days, in which it may be taken back; nothing earned, nothing held."""
    until = clock.now() + money.HOLD
    server = identity.server(old.organization)
    if not money.hold(w, server, work(old), until):
        return move(w, old, hold_until=clock.now())
    waits = move(w, old, "held", hold_until=until)
    announce(w, server, waits, "held", amount=waits.committed_amount)
    return waits


def announce(w: Write, by: Caller, of: Submission, what: str, **data: object) -> None:
    """In the organization's log, whoever it was."""
    teller = by if by.organization == of.organization else identity.within(by, of.organization)
    about = {"campaign": sqid.text(of.campaign), **data}
    w.announce(teller, f"submission.{what}", "submission", sqid.text(of.seq), about)


def is_over(of: Submission, now: Instant) -> bool:
    """Whether the window of a tracked post has ended."""
    return of.window_ends_at is not None and of.window_ends_at <= now
