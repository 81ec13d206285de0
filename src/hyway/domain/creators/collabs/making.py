"""Verbs of submissions once the creator is at work: content, its review, the post, the Spark code, completion."""

from typing import Final, Literal

from hyway.domain.creators import money
from hyway.domain.creators.collabs import steps, telling
from hyway.domain.creators.collabs.records import Collab, Submission
from hyway.domain.creators.collabs.work import SOURCE, money_of, my_own, of_either, ours, step
from hyway.domain.creators.social import accounts, owning, platforms
from hyway.domain.creators.store import collab_work as store
from hyway.domain.creators.store import collabs as collab_store
from hyway.domain.identity import Caller, server
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Taken

_SPARK: Final = "spark code"
_NOTE: Final = 5_000
_CODE: Final = 500
_MOST_DAYS: Final = 3_650
_FURTHEST: Final = 36_500
"""Days from now to the end of what rights can be given for: calendars end, too."""
Decision = Literal["manual", "auto"]


def receive(w: Write, by: Caller, seq: int) -> Submission:
    """The creator has the product and begins: what was on its way is delivered by that, too."""
    of, collab = my_own(w, by, seq)
    if of.status == "shipped":
        of = delivered(w, by, of, collab)
    return step(w, by, of, "in_production")


def deliver(w: Write, by: Caller, seq: int) -> Submission:
    """The product has arrived, says the organization or the creator; nobody needs the address any more."""
    of, collab = of_either(w, by, seq)
    return delivered(w, by, of, collab)


def delivered(w: Write, by: Caller, of: Submission, collab: Collab) -> Submission:
    """The same of a locked submission."""
    now = clock.now()
    there = step(w, by, of, "delivered", address=None, delivered_at=now, content_due_at=now + steps.MAKE)
    telling.both(w, there, collab, "SubmissionDelivered")
    return there


def submit_content(w: Write, by: Caller, seq: int, url: str, note: str = "") -> Submission:
    """The creator shows what was made, where the organization can see it; three business days to look at it."""
    of, collab = my_own(w, by, seq)
    if of.status == "delivered":
        of = step(w, by, of, "in_production")
    steps.check(of.status, "content_submitted")
    shown = step(
        w, by, of, "content_submitted",
        content_url=steps.web_address("url", url),
        content_note=steps.words("note", note, _NOTE, blank=True),
        review_due_at=steps.review_due(clock.now()),
    )  # fmt: skip
    telling.admins(w, shown, collab, "ContentSubmitted")
    return shown


def request_revision(w: Write, by: Caller, seq: int, note: str) -> Submission:
    """The organization asks for changes, at most twice; 48 hours to make them."""
    of, collab = ours(w, by, seq)
    steps.check(of.status, "revision_requested")
    if of.revisions >= steps.REVISIONS:
        raise Invalid("base", "Revisions can be requested {most} times at most", most=steps.REVISIONS)
    back = step(
        w, by, of, "revision_requested",
        revisions=of.revisions + 1,
        revision_note=steps.words("note", note, _NOTE),
        content_due_at=clock.now() + steps.MEND,
        review_due_at=None,
    )  # fmt: skip
    telling.creator(w, back, collab, "RevisionRequested", note=back.revision_note)
    return back


def approve_content(w: Write, by: Caller, seq: int) -> Submission:
    """The organization takes what was made, and may use it from now on, for the collab's term."""
    of, collab = ours(w, by, seq)
    return _approve(w, by, of, collab, "manual")


def _approve(w: Write, by: Caller, of: Submission, collab: Collab, decision: Decision) -> Submission:
    now = clock.now()
    good = step(
        w, by, of, "content_approved",
        decision=decision,
        approved_at=now,
        review_due_at=None,
        usage_status="granted",
        usage_until=now + collab.usage_days * DAY,
    )  # fmt: skip
    telling.announce(w, by, good, "usage_granted", days=collab.usage_days)
    if decision == "auto":
        telling.admins(w, good, collab, "ContentApprovedAutomatically")
    telling.creator(w, good, collab, "ContentApproved")
    return good


def post(w: Write, by: Caller, seq: int, url: str) -> Submission:
    """The creator has posted it, from one of their verified accounts; a post counts once."""
    of, collab = my_own(w, by, seq)
    steps.check(of.status, "posted")
    where = steps.web_address("url", url)
    account, platform_id, key = _account(w, of, collab, where)
    if store.is_posted(w, key, of.seq):
        raise Taken("url", "has already been taken")
    now = clock.now()
    try:
        with w.attempt():
            out = step(
                w, by, of, "posted",
                account=account, platform_id=platform_id, post_url=where, url_key=key,
                posted_at=now, next_sync_at=now,
            )  # fmt: skip
    except Conflict:
        raise Taken("url", "has already been taken") from None
    telling.admins(w, out, collab, "ContentPosted")
    return out


def _account(r: Read, of: Submission, collab: Collab, url: str) -> tuple[int, str, str]:
    """The account, its platform and the post's key; Invalid where no verified account of the creator's can have it."""
    named = ("tiktok",) if collab.require_spark_ads else platforms.IDS
    mine = accounts.verified(r, of.person, named)
    for platform in named:
        key, there = platforms.post_key(platform, url), owning.order(mine, platform, url)
        if key is not None and there:
            return there[0].seq, platform, key
    if collab.require_spark_ads:
        raise Invalid("url", "must be a post of your verified TikTok account")
    raise Invalid("url", "must be a post of one of your verified accounts")


def give_spark_code(w: Write, by: Caller, seq: int, code: str, days: int) -> Submission:
    """The creator lets the organization advertise with the post, by TikTok's code for it, for 7, 30, 60 or 365 days."""
    of, collab = my_own(w, by, seq)
    steps.check(of.status, "spark_code_submitted")
    if not collab.require_spark_ads:
        raise Invalid("base", "The collab asks for no Spark code")
    clean = steps.words("code", code, _CODE)
    if days not in steps.SPARK_DAYS:
        raise Invalid("days", "is not included in the list")
    given = step(
        w, by, of, "spark_code_submitted",
        spark_code=w.seal.close(clean, _SPARK),
        spark_expires_at=clock.now() + days * DAY,
    )  # fmt: skip
    telling.admins(w, given, collab, "SparkCodeSubmitted")
    return given


def spark_code(r: Read, of: Submission) -> str | None:
    """In clear; None where there is none that works still."""
    return r.seal.open(of.spark_code, _SPARK) if of.spark_code is not None else None


def complete(w: Write, by: Caller, seq: int) -> Submission:
    """The organization has all that was agreed; the reward is held for three days and owed then."""
    of, collab = ours(w, by, seq)
    if of.status == "posted" and collab.require_spark_ads:
        raise Invalid("base", "The creator has still to give a Spark code")
    now = clock.now()
    until = now + steps.HOLD
    done = step(w, by, of, "completed", completed_at=now, hold_until=until, next_sync_at=None)
    collab_store.count(w, of.collab, 0, 1)
    money.hold(w, by, money_of(of, collab), until)
    telling.creator(w, done, collab, "SubmissionCompleted")
    return done


def paid(w: Write, by: Caller, seq: int, source: str = SOURCE) -> Submission | None:
    """The creator has the money from that source; None, and nothing done, where the work is not paid by that.

    Work that has no reward of its own is paid by the first share of a sale.
    """
    of = store.locked(w, seq)
    collab = collab_store.anyones(w, of.collab) if of else None
    if of is None or collab is None or of.status != "completed" or (source != SOURCE and of.committed_amount):
        return None
    over = step(w, by, of, "paid", paid_at=clock.now())
    telling.creator(w, over, collab, "SubmissionPaid")
    return over


def shared(w: Write, seq: int, amount: int) -> None:
    """What sales through the creator's link have earned so far, in all."""
    store.shared(w, seq, amount)


def extend_usage(w: Write, by: Caller, seq: int, days: int) -> Submission:
    """The creator, whose rights they are, lets the content be used for so many days more."""
    of, collab = my_own(w, by, seq)
    if not 1 <= days <= _MOST_DAYS:
        raise Invalid("days", "must be in 1..{most}", most=_MOST_DAYS)
    if of.usage_status not in ("granted", "extended") or of.usage_until is None:
        raise Invalid("base", "Usage rights are {status}", status=of.usage_status)
    if of.usage_until + days * DAY > clock.now() + _FURTHEST * DAY:
        raise Invalid("days", "must not reach further than {most} days from now", most=_FURTHEST)
    values = {"usage_status": "extended", "usage_until": of.usage_until + days * DAY}
    more = store.change(w, seq, clock.now(), values)
    telling.announce(w, by, more, "usage_extended", days=days)
    telling.admins(w, more, collab, "UsageRightsExtended", days=str(days))
    return more


def to_approve(r: Read, most: int) -> list[int]:
    """Submissions whose content nobody has looked at in time."""
    return store.to_approve(r, clock.now(), most)


def approve_unseen(w: Write, seq: int) -> None:
    """Approves one of them, if it still is one."""
    of, collab = _locked(w, seq)
    if of.status == "content_submitted" and of.review_due_at is not None and of.review_due_at < clock.now():
        _approve(w, server(of.organization), of, collab, "auto")


def late(r: Read, most: int) -> list[int]:
    """Submissions with a deadline that has passed, of which nobody was told."""
    return store.late(r, clock.now(), most)


def tell_late(w: Write, seq: int) -> None:
    """Tells both sides of one of them, once for each step."""
    of, collab = _locked(w, seq)
    what = of.overdue(clock.now())
    if what is not None and store.told_late(w, seq, clock.now()):
        telling.announce(w, server(of.organization), of, "overdue", late=what)
        telling.both(w, of, collab, "ShipmentOverdue" if what == "shipment" else "ContentOverdue")


def spark_over(r: Read, most: int) -> list[int]:
    """Submissions whose Spark code works no more."""
    return store.spark_over(r, clock.now(), most)


def end_spark_code(w: Write, seq: int) -> None:
    """Forgets the code of one of them: TikTok takes no code twice."""
    of, collab = _locked(w, seq)
    if of.spark_code is not None and of.spark_expires_at is not None and of.spark_expires_at < clock.now():
        store.change(w, seq, clock.now(), {"spark_code": None})
        telling.announce(w, server(of.organization), of, "spark_code_expired")
        telling.both(w, of, collab, "SparkCodeExpired")


def usage_over(r: Read, most: int) -> list[int]:
    """Submissions whose content may be used no more."""
    return store.usage_over(r, clock.now(), most)


def end_usage(w: Write, seq: int) -> None:
    """Ends the rights of one of them."""
    of, collab = _locked(w, seq)
    if (
        of.usage_status in ("granted", "extended")
        and of.usage_until is not None
        and of.usage_until < clock.now()
    ):
        over = store.change(w, seq, clock.now(), {"usage_status": "expired"})
        telling.announce(w, server(of.organization), over, "usage_expired")
        telling.both(w, over, collab, "UsageRightsExpired")


def _locked(w: Write, seq: int) -> tuple[Submission, Collab]:
    of = store.locked(w, seq)
    collab = collab_store.anyones(w, of.collab) if of else None
    if of is None or collab is None:
        raise RuntimeError("a submission is gone, or its collab is")
    return of, collab
