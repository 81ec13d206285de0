"""What happens to campaigns and posts by the clock. Each step is one transaction, and done twice does nothing more."""

import logging
from collections.abc import Callable

from hyway.domain import identity
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import campaigns, posts, submissions, telling, viewing
from hyway.domain.creators.campaigns.records import Campaign
from hyway.domain.creators.store import campaigns as campaign_store
from hyway.domain.creators.store import submissions as store
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Fault

log = logging.getLogger(__name__)
_BATCH = 200
_GRACE = clock.HOUR
"""How long after the end of its window a post waits for its last look."""


def run(db: Database) -> None:
    """All that is due, in small transactions."""
    for find, step in _CHORES:
        while seqs := db.read_now(find, clock.now(), _BATCH):
            done = [_tried(db, step, seq) for seq in seqs]
            # What a step leaves undone stays for the next run.
            if not any(done) or len(seqs) < _BATCH:
                break


def _tried(db: Database, step: "Step", seq: int) -> bool:
    try:
        return db.write_now(step, seq, clock.now())
    except Fault:
        # One that cannot be taken must not keep the others waiting; it is tried again at the next run.
        log.exception("a step of a campaign or a post failed")
        return False


def review(w: Write, seq: int, now: Instant) -> bool:
    """A post that nobody decided on: approved if it was looked at and nothing was odd, else flagged."""
    found = posts.held(w, seq)
    if found is None or found[1].status != "submitted" or (found[1].review_due_at or now + 1) > now:
        return False
    campaign, old = found
    if old.views_at is None:
        viewing.flag_it(w, old, "unseen")
        return True
    approved = posts.approve(w, campaign, old, "auto", None)
    posts.announce(w, identity.server(old.organization), approved, "approved", decision="auto")
    telling.submission(w, approved, "SubmissionApproved", creator=True)
    return True


def close_window(w: Write, seq: int, now: Instant) -> bool:
    """The views of a post are frozen, with or without a last look."""
    found = posts.held(w, seq)
    if found is None or found[1].status not in ("approved", "tracking"):
        return False
    campaign, old = found
    if not posts.is_over(old, now - _GRACE):
        return False
    posts.lock(w, campaign, old)
    return True


def hold(w: Write, seq: int, now: Instant) -> bool:
    """What a locked post earned begins to wait."""
    found = posts.held(w, seq)
    if found is None or found[1].status != "locked" or found[1].hold_until is not None:
        return False
    waits = posts.hold(w, found[1])
    if waits.status == "held":
        telling.submission(w, waits, "SubmissionHeld", creator=True)
    return True


def end_by_time(w: Write, seq: int, now: Instant) -> bool:
    return _end(w, seq, "time", lambda of: of.ends_at is not None and of.ends_at <= now)


def end_by_budget(w: Write, seq: int, now: Instant) -> bool:
    return _end(w, seq, "budget", lambda of: of.unused_amount == 0)


def _end(w: Write, seq: int, why: str, is_due: Callable[[Campaign], bool]) -> bool:
    of = campaign_store.locked(w, seq)
    if of is None or of.status not in ("active", "paused") or not is_due(of):
        return False
    campaigns.end(w, identity.server(of.organization), of, why)
    return True


def settle(w: Write, seq: int, now: Instant) -> bool:
    """72 hours after the end: what nobody decided on is turned down, the rest of the budget goes back.

    A post that was approved once keeps what it earned, even if it was flagged since. Takes some posts at a time.
    """
    of = campaign_store.locked(w, seq)
    if of is None or of.settled_at is not None or (of.finished_at or now) > now - campaigns.SETTLE:
        return False
    by = identity.server(of.organization)
    left = store.in_campaign(w, seq, ("submitted", "flagged", "approved", "tracking"), _BATCH)
    for each in left:
        _settle_post(w, of, each)
    if len(left) == _BATCH:
        return True
    money.close(w, by, "campaign", seq)
    campaign_store.change(w, seq, {"settled_at": now, "updated_at": now})
    w.announce(by, "campaign.settled", "campaign", sqid.text(seq), {"name": of.name})
    return True


def _settle_post(w: Write, of: Campaign, seq: int) -> None:
    post = store.locked(w, seq)
    if post is None:
        return
    if post.window_ends_at is None:
        why = "The campaign was settled before anybody decided."
        submissions.turn_down(w, identity.server(of.organization), post, "other", why)
    else:
        posts.lock(w, of, post)


Step = Callable[[Write, int, Instant], bool]
_CHORES: tuple[tuple[Callable[[Read, Instant, int], list[int]], Step], ...] = (
    (store.reviewable, review),
    (lambda r, now, most: store.ended(r, now - _GRACE, most), close_window),
    (lambda r, now, most: store.unheld(r, most), hold),
    (campaign_store.ending, end_by_time),
    (lambda r, now, most: campaign_store.exhausted(r, most), end_by_budget),
    (lambda r, now, most: campaign_store.settling(r, now - campaigns.SETTLE, most), settle),
)
