"""Looking at posts: which are due, and what follows from what was seen."""

from typing import Any, Final

from hyway.domain import identity
from hyway.domain.creators.campaigns import posts, telling
from hyway.domain.creators.campaigns.records import Campaign, Due, Flag, Seen, Snapshot, Submission
from hyway.domain.creators.social import accounts, owning
from hyway.domain.creators.social.records import Account
from hyway.domain.creators.store import submissions as store
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_STEPS: Final = ((clock.DAY, clock.HOUR), (3 * clock.DAY, 3 * clock.HOUR))
"""Up to which age of a post it is looked at again after how long; older ones every six hours."""
_LAST_STEP: Final = 6 * clock.HOUR
_LOOKED_AT: Final = ("submitted", "approved", "tracking")
_GONE_AFTER: Final = 3
"""So many looks in a row without a post mean that it is gone."""
_SILENT_FROM: Final = 10_000
"""So many views without a like or a comment are no people's."""


def due(r: Read, now: Instant, most: int) -> list[Due]:
    """Posts that should be looked at now, the longest due first, at most so many."""
    return store.due(r, now, most)


def seen(w: Write, submission: int, slot: int, what: Seen | None) -> bool:
    """What a look at a post showed, None where there is no such post; False if that look was noted before.

    Views only grow: fewer of them flag the post, and what it earned stays until somebody decides.
    """
    found = posts.held(w, submission)
    if found is None or found[1].next_sync_at != slot or found[1].status not in _LOOKED_AT:
        return False
    campaign, old = found
    now = clock.now()
    if what is None:
        _missed(w, old, max(now, slot + 1))
        return True
    if not store.keep_snapshot(w, old.seq, slot, Snapshot(now, what.views, what.likes, what.comments)):
        return False
    flags = [flag for flag in odd(w, campaign, old, what) if flag not in old.flags]
    new = posts.move(w, old, **_noted(w, old, what, now))
    if flags:
        flag_it(w, new, *flags)
    elif new.status != "submitted":
        _counted(w, campaign, new, now)
    return True


def _noted(w: Write, old: Submission, what: Seen, now: Instant) -> dict[str, Any]:
    values: dict[str, Any] = {
        "views": max(old.views, what.views),
        "likes": what.likes,
        "comments": what.comments,
        "views_at": now,
        "sync_failures": 0,
        "next_sync_at": next_look(old, now),
        "posted_at": old.posted_at if what.posted_at is None else what.posted_at,
    }
    if what.author_uid is not None:
        found = owning.maker(_accounts(w, old), what.author_uid)
        values["account"] = found.seq if found else old.account
    return values


def _accounts(r: Read, of: Submission) -> list[Account]:
    """Those that may have made the post, in the order in which they are asked."""
    return owning.order(accounts.verified(r, of.person, [of.platform_id]), of.platform_id, of.url)


def unasked(w: Write, submission: int, slot: int, until: Instant) -> None:
    """Nobody could be asked about a post with its account: another of its creator's is tried, or it waits."""
    found = posts.held(w, submission)
    if found is None or found[1].next_sync_at != slot:
        return
    if not _tried_elsewhere(w, found[1], max(clock.now(), slot + 1)):
        store.change(w, submission, {**_from_the_first(w, found[1]), "next_sync_at": until})


def _tried_elsewhere(w: Write, old: Submission, now: Instant) -> bool:
    """Whether a post that was never seen is looked for by another account of its creator's, at once."""
    another = owning.following(_accounts(w, old), old.account) if old.views_at is None else None
    if another is not None:
        store.change(w, old.seq, {"account": another.seq, "next_sync_at": now})
    return another is not None


def _from_the_first(r: Read, old: Submission) -> dict[str, Any]:
    """A post that none of the accounts has shown is looked for by each of them again."""
    mine = _accounts(r, old) if old.views_at is None else []
    return {"account": mine[0].seq} if mine else {}


def _missed(w: Write, old: Submission, now: Instant) -> None:
    if _tried_elsewhere(w, old, now):
        return
    failures = old.sync_failures + 1
    new = posts.move(
        w, old, sync_failures=failures, next_sync_at=next_look(old, now), **_from_the_first(w, old)
    )
    if failures >= _GONE_AFTER and "post_gone" not in old.flags:
        flag_it(w, new, "post_gone")


def next_look(of: Submission, now: Instant) -> Instant:
    """Growing steps with the age of the post, and one look when its window ends."""
    age = now - of.created_at
    step = next((step for until, step in _STEPS if age < until), _LAST_STEP)
    if of.window_ends_at is not None and of.window_ends_at > now:
        return min(now + step, of.window_ends_at)
    return now + step


def odd(r: Read, campaign: Campaign, of: Submission, what: Seen) -> list[Flag]:
    """What makes somebody look closer."""
    flags: list[Flag] = []
    if owning.is_anothers(_accounts(r, of), what.author_uid):
        flags.append("author")
    if what.posted_at is not None and what.posted_at < (campaign.published_at or 0):
        flags.append("too_early")
    if what.views < of.views:
        flags.append("views_dropped")
    if what.likes > what.views or (what.views >= _SILENT_FROM and what.likes + what.comments == 0):
        flags.append("views_odd")
    return flags


def flag_it(w: Write, of: Submission, *flags: Flag) -> Submission:
    """Somebody has to decide about the post; until then it is not looked at and earns no more."""
    flagged = posts.move(w, of, "flagged", flags=(*of.flags, *flags), next_sync_at=None)
    posts.announce(w, identity.server(of.organization), flagged, "flagged", flags=list(flags))
    telling.submission(w, flagged, "SubmissionFlagged", creator=False, flags=", ".join(flags))
    return flagged


def _counted(w: Write, campaign: Campaign, of: Submission, now: Instant) -> None:
    tracked = posts.move(w, of, "tracking") if of.status == "approved" else of
    capped = 0 < campaign.max_payout_amount <= posts.owed(campaign, tracked)
    if capped or posts.is_over(tracked, now):
        posts.lock(w, campaign, tracked)
    else:
        posts.earn(w, campaign, tracked)
