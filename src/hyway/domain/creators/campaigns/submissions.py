"""Verbs of submissions: a creator hands in a post, the organization looks at it."""

from collections.abc import Sequence

from hyway.domain import identity
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import posts, telling
from hyway.domain.creators.campaigns.campaigns import may_manage
from hyway.domain.creators.campaigns.records import REASONS, Application, Campaign, Snapshot, Submission
from hyway.domain.creators.campaigns.viewing import due, seen, unasked
from hyway.domain.creators.social import accounts, owning, platforms
from hyway.domain.creators.store import applications as application_store
from hyway.domain.creators.store import campaigns as campaign_store
from hyway.domain.creators.store import collab_work as work_store
from hyway.domain.creators.store import submissions as store
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken

_LONGEST_URL, _LONGEST_NOTE = 2_000, 2_000


def submit(w: Write, by: Caller, campaign: int, url: str) -> Submission:
    """Hands in a post of one of the caller's verified accounts for a campaign that accepted them."""
    person = identity.person_of(by)
    of, application = _taking(w, campaign, person)
    said = (url or "").strip()
    if not said:
        raise Invalid("url", "can't be blank")
    platform, key = _post(of, said)
    if work_store.is_posted(w, key):
        raise Taken("url", "has already been taken")
    mine = owning.order(accounts.verified(w, person, [platform]), platform, said)
    if not mine:
        raise Invalid("url", "must be a post of one of your verified accounts")
    now = clock.now()
    row = {
        "organization": of.organization,
        "campaign": campaign,
        "application": application.seq,
        "person": person,
        "account": mine[0].seq,
        "platform_id": platform,
        "url": said,
        "url_key": key,
        "status": "submitted",
        "flags": (),
        "note": "",
        "created_at": now,
        "updated_at": now,
        "review_due_at": now + posts.REVIEW,
        "next_sync_at": now,
    }
    try:
        with w.attempt():
            seq = store.add(w, row)
    except Conflict:
        raise Taken("url", "has already been taken") from None
    campaign_store.tally(w, campaign, 1, 0)
    made = mine_of(w, by, seq)
    posts.announce(w, by, made, "created", url=said)
    telling.submission(w, made, "SubmissionReceived", creator=False)
    return made


def _taking(w: Write, campaign: int, person: int) -> tuple[Campaign, Application]:
    """The campaign, held, and the caller's place in it; Missing for who never applied."""
    application = application_store.in_campaign(w, campaign, person, lock=True)
    of = campaign_store.locked(w, campaign) if application else None
    if of is None or application is None:
        raise Missing("")
    if application.status != "accepted":
        raise Invalid("base", "Application has not been accepted.")
    if of.status != "active":
        raise Invalid("base", "Campaign is not active.")
    if of.unused_amount <= 0:
        raise Invalid("base", "Campaign has no budget left.")
    return of, application


def _post(of: Campaign, url: str) -> tuple[str, str]:
    """The platform and the key of a post's address."""
    if len(url) <= _LONGEST_URL:
        for platform in of.platform_ids:
            key = platforms.post_key(platform, url)
            if key is not None:
                return platform, key
    raise Invalid("url", "is not a post on a platform of this campaign")


def approve(w: Write, by: Caller, seq: int) -> Submission:
    """The post counts: handed in, or one that was flagged and is fine. Of a held one the hold ends at once."""
    campaign, old = _held(w, by, seq)
    if old.status == "held":
        return _let_go(w, by, old)
    if old.status not in ("submitted", "flagged"):
        raise Invalid("base", "Submission has already been decided.")
    approved = posts.approve(w, campaign, old, "manual", by.person)
    posts.announce(w, by, approved, "approved", decision="manual")
    telling.submission(w, approved, "SubmissionApproved", creator=True)
    return approved


def _let_go(w: Write, by: Caller, old: Submission) -> Submission:
    """What a held post earned is owed to its creator from now on."""
    money.end_hold(w, by, posts.work(old))
    now = clock.now()
    owed = posts.move(w, old, "payable", hold_until=now, decided_at=now, decided_by=by.person)
    posts.announce(w, by, owed, "released", amount=owed.committed_amount)
    telling.submission(w, owed, "SubmissionPayable", creator=True)
    return owed


def reject(w: Write, by: Caller, seq: int, reason: str | None, note: str | None = "") -> Submission:
    """The post does not count. One that earned already is taken back by `reverse`."""
    _, old = _held(w, by, seq)
    if old.status not in ("submitted", "flagged") or old.window_ends_at is not None:
        raise Invalid("base", "Submission has already been decided.")
    return turn_down(w, by, old, *_why(reason, note))


def turn_down(w: Write, by: Caller, old: Submission, reason: str, note: str) -> Submission:
    """Rejects a held post."""
    times = {"decided_at": clock.now(), "decided_by": by.person, "next_sync_at": None}
    rejected = posts.move(w, old, "rejected", reason=reason, note=note, decision="manual", **times)
    posts.announce(w, by, rejected, "rejected", reason=reason)
    telling.submission(w, rejected, "SubmissionRejected", creator=True, reason=reason)
    return rejected


def reverse(w: Write, by: Caller, seq: int, reason: str | None, note: str | None = "") -> Submission:
    """Takes back what a post earned, as long as it is not owed to the creator; the budget has it again."""
    _, old = _held(w, by, seq)
    running = old.status in ("approved", "tracking", "locked", "held")
    if not running and (old.status != "flagged" or old.window_ends_at is None):
        raise Invalid("base", "Submission cannot be reversed because it is {status}.", status=old.status)
    why, said = _why(reason, note)
    money.release(w, by, posts.work(old))
    gone = {"gross_amount": 0, "committed_amount": 0, "share_amount": 0, "next_sync_at": None}
    times = {"decided_at": clock.now(), "decided_by": by.person, "hold_until": None}
    reversed_ = posts.move(w, old, "reversed", reason=why, note=said, **gone, **times)
    posts.announce(w, by, reversed_, "reversed", reason=why)
    telling.submission(w, reversed_, "SubmissionReversed", creator=True, reason=why)
    return reversed_


def _why(reason: str | None, note: str | None) -> tuple[str, str]:
    said = (note or "").replace("\0", "").strip()
    if reason not in REASONS:
        raise Invalid("reason", "is not included in the list")
    if len(said) > _LONGEST_NOTE:
        raise Invalid("note", "is too long (maximum is {most} characters)", most=_LONGEST_NOTE)
    return str(reason), said


def reopen(w: Write, by: Caller, seq: int) -> Submission:
    """A rejected post is looked at once more: the organization thinks again."""
    _, old = _held(w, by, seq)
    again = _reopen(w, by, old)
    telling.submission(w, again, "SubmissionReopened", creator=True)
    return again


def appeal(w: Write, by: Caller, seq: int) -> Submission:
    """A rejected post is looked at once more: its creator asks for it."""
    found = posts.held(w, seq, person=identity.person_of(by))
    if found is None:
        raise Missing("")
    again = _reopen(w, by, found[1])
    telling.submission(w, again, "SubmissionReopened", creator=False)
    return again


def _reopen(w: Write, by: Caller, old: Submission) -> Submission:
    if old.status != "rejected":
        raise Invalid("base", "Submission is not rejected.")
    if old.reopened:
        raise Invalid("base", "Submission has been reopened before.")
    if work_store.is_posted(w, old.url_key):
        raise Taken("url", "has already been taken")
    now: Instant = clock.now()
    try:
        with w.attempt():
            again = posts.move(
                w, old, "submitted", reopened=True, review_due_at=now + posts.REVIEW, next_sync_at=now,
                decision=None, reason=None, note="", decided_at=None, decided_by=None,
            )  # fmt: skip
    except Conflict:
        raise Taken("url", "has already been taken") from None
    posts.announce(w, by, again, "reopened")
    return again


def _held(w: Write, by: Caller, seq: int) -> tuple[Campaign, Submission]:
    may_manage(by)
    found = posts.held(w, seq, organization=by.organization)
    if found is None:
        raise Missing("Not authorized")
    return found


def page(
    r: Read,
    by: Caller,
    campaign: int | None = None,
    statuses: Sequence[str] = (),
    *,
    offset: int = 0,
    limit: int = 20,
) -> tuple[list[Submission], int]:
    """The organization's, of one campaign or in some statuses where named, and how many there are."""
    return store.page(
        r, organization=by.organization, campaign=campaign, statuses=statuses, offset=offset, limit=limit
    )


def find(r: Read, by: Caller, seq: int) -> Submission:
    """One of the organization's."""
    found = store.find(r, seq, organization=by.organization)
    if found is None:
        raise Missing("Not authorized")
    return found


def page_of_mine(
    r: Read, by: Caller, campaign: int | None = None, *, offset: int = 0, limit: int = 20
) -> tuple[list[Submission], int]:
    """The caller's own, and how many there are."""
    return store.page(r, person=identity.person_of(by), campaign=campaign, offset=offset, limit=limit)


def mine_of(r: Read, by: Caller, seq: int) -> Submission:
    """One of the caller's own."""
    found = store.find(r, seq, person=identity.person_of(by))
    if found is None:
        raise Missing("")
    return found


def history(r: Read, of: Submission) -> list[Snapshot]:
    """How a post that the caller was shown stood over time, oldest first."""
    return store.snapshots(r, of.seq)


def history_of_campaign(
    r: Read, by: Caller, campaign: int, since: Instant = 0
) -> list[tuple[int, Instant, int]]:
    """(submission, at, views) of each look at the posts that count, oldest first."""
    if campaign_store.find(r, by.organization, campaign) is None:
        raise Missing("Not authorized")
    return store.snapshots_of_campaign(r, campaign, since)


__all__ = [
    "appeal",
    "approve",
    "due",
    "find",
    "history",
    "history_of_campaign",
    "mine_of",
    "page",
    "page_of_mine",
    "reject",
    "reopen",
    "reverse",
    "seen",
    "submit",
    "turn_down",
    "unasked",
]
