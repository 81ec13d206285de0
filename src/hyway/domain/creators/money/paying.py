"""Payouts: what is payable to a person, paid at once, by hand or through a provider.

pending -> processing -> sent -> completed | failed (-> pending again) | canceled. A payout holds the earnings that it
pays until it is canceled, so none is ever paid by two.
"""

from collections.abc import Sequence
from itertools import groupby

from hyway.domain.creators.money import rules
from hyway.domain.creators.money.books import NewEntry, post
from hyway.domain.creators.money.earning import tell
from hyway.domain.creators.money.records import Earning, Payout, PayoutStatus, Sending, Stage
from hyway.domain.creators.store import money_earnings as earned
from hyway.domain.creators.store import money_payouts as store
from hyway.domain.creators.store.money_ledger import Account
from hyway.domain.identity import Caller, server, within
from hyway.kernel import clock, outbox, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing

SEND = "money.send"
_WHY = 500


def pay_out(w: Write, by: Caller, person: int | None = None) -> list[Payout]:
    """Makes payouts of all that is payable (to one person, if named): one for each person and currency."""
    rules.may_manage(by)
    found = sorted(earned.payable(w, by.organization, person), key=_whom)
    people = {each.person for each in found}
    ready = store.methods(w, people, ready=True) if "stripe" in w.services and people else []
    by_stripe = {each.person for each in ready if each.provider == "stripe"}
    return [
        _make(w, by, list(group), "stripe" if who in by_stripe else "manual")
        for (who, _), group in groupby(found, key=_whom)
    ]


def _whom(of: Earning) -> tuple[int, str]:
    return of.person, of.currency


def _make(w: Write, by: Caller, earnings: Sequence[Earning], provider: str) -> Payout:
    now = clock.now()
    row = {
        "organization": by.organization,
        "person": earnings[0].person,
        "currency": earnings[0].currency,
        "amount": sum(each.amount for each in earnings),
        "status": "pending",
        "provider": provider,
        "failure": "",
        "note": "",
        "created_by": by.person,
        "created_at": now,
        "updated_at": now,
    }
    made = store.add(w, row)
    _move(w, by, earnings, "payable", "paying", made.seq)
    _tell(w, by, "created", made)
    _send_later(w, made)
    return made


def mark_paid(w: Write, by: Caller, seq: int, note: str = "") -> Payout:
    """The money has left by hand. Not for one that a provider has in hand: it may be paid already."""
    rules.may_manage(by)
    old = _mine(w, by, seq)
    if len(note) > _WHY:
        raise Invalid("note", "is too long (maximum is {count} characters)", count=_WHY)
    now = clock.now()
    done = store.change(
        w, seq, ("pending", "failed"), status="completed", provider="manual", provider_ref=None, note=note,
        failure="", sent_at=now, completed_at=now, attempt=old.attempt + 1,
    )  # fmt: skip
    return _complete(w, by, _changed(done, old, "marked as paid"))


def mark_failed(w: Write, by: Caller, seq: int, why: str = "") -> Payout:
    """It did not arrive; it may be tried again or canceled. Not for one that a provider has in hand."""
    rules.may_manage(by)
    old = _mine(w, by, seq)
    done = store.change(w, seq, ("pending",), status="failed", failure=why[:_WHY])
    return _fail(w, by, _changed(done, old, "marked as failed"))


def cancel(w: Write, by: Caller, seq: int) -> Payout:
    """Takes a payout back that has not left: what it held is payable again."""
    rules.may_manage(by)
    old = _mine(w, by, seq)
    done = _changed(store.change(w, seq, ("pending", "failed"), status="canceled"), old, "canceled")
    _move(w, by, earned.of_payout(w, seq), "paying", "payable", None)
    _tell(w, by, "canceled", done)
    return done


def retry(w: Write, by: Caller, seq: int) -> Payout:
    """Tries a failed payout again."""
    rules.may_manage(by)
    old = _mine(w, by, seq)
    done = _changed(store.change(w, seq, ("failed",), status="pending", failure=""), old, "tried again")
    _tell(w, by, "retried", done)
    _send_later(w, done)
    return done


def begin(w: Write, seq: int) -> Sending | None:
    """For who sends it: the try to make, or to repeat under its key; None where there is none to make."""
    old = store.find(w, seq, lock=True)
    if old is None or old.provider == "manual" or old.status not in ("pending", "processing"):
        return None
    to = store.method(w, old.person, old.provider)
    is_new = old.status == "pending" and old.attempt == 0
    if old.status == "pending":
        if to is None or not to.ready:
            refused(w, seq, "the person has no account to be paid on")
            return None
        old = store.change(w, seq, ("pending",), status="processing", attempt=old.attempt + 1) or old
    reference = to.reference if to else ""
    return Sending(old, reference, f"hyway-payout-{old.organization}-{old.seq}-{old.attempt}", is_new)


def sent(w: Write, seq: int, ref: str) -> Payout | None:
    """The provider has taken it; nothing where it is not being sent."""
    done = store.change(w, seq, ("processing",), status="sent", provider_ref=ref, sent_at=clock.now())
    if done is not None:
        _tell(w, _server(done), "sent", done)
    return done


def refused(w: Write, seq: int, why: str) -> Payout | None:
    """The provider will not take it; nothing where it is not being sent."""
    done = store.change(w, seq, ("pending", "processing"), status="failed", failure=why[:_WHY])
    return _fail(w, _server(done), done) if done else None


def arrived(w: Write, seq: int) -> Payout | None:
    """The provider says that it has been paid; nothing where it was not sent."""
    done = store.change(w, seq, ("sent",), status="completed", completed_at=clock.now())
    return _complete(w, _server(done), done) if done else None


def returned(w: Write, seq: int, why: str) -> Payout | None:
    """The provider took it back, before or after it was complete: it may be tried again."""
    old = store.find(w, seq, lock=True)
    if old is None or old.status not in ("sent", "completed"):
        return None
    done = store.change(
        w, seq, (old.status,), status="failed", failure=why[:_WHY], provider_ref=None, completed_at=None
    )
    if done is None:  # it was locked above, with this status
        return None
    if old.status == "completed":
        _post(w, old, "return", -1)
        _move(w, _server(old), earned.of_payout(w, seq), "paid", "paying", seq)
    return _fail(w, _server(done), done)


def _complete(w: Write, by: Caller, done: Payout) -> Payout:
    _post(w, done, "pay", 1)
    _move(w, by, earned.of_payout(w, done.seq), "paying", "paid", done.seq)
    _tell(w, by, "completed", done)
    return done


def _fail(w: Write, by: Caller, done: Payout) -> Payout:
    _tell(w, by, "failed", done, why=done.failure)
    return done


def _post(w: Write, of: Payout, kind: str, sign: int) -> None:
    once = f"{kind}:{of.seq}:{of.attempt}"
    entry = NewEntry(of.organization, of.currency, kind, once, "", 0, memo=f"payout {sqid.text(of.seq)}")
    post(
        w,
        entry,
        ((Account("owed", person=of.person), sign * of.amount), (Account("cash"), -sign * of.amount)),
    )


def _move(
    w: Write, by: Caller, earnings: Sequence[Earning], was: Stage, to: Stage, payout: int | None
) -> None:
    """All of them, or a refusal: whoever moves them holds their locks."""
    seqs = [each.seq for each in earnings]
    if earned.change(w, seqs, (was,), stage=to, payout=payout) != len(seqs):
        raise Invalid("base", "Somebody else has moved this money at the same moment.")
    for each in earnings:
        tell(w, by, each, to)


def _mine(w: Write, by: Caller, seq: int) -> Payout:
    found = store.find(w, seq, by.organization, lock=True)
    if found is None:
        raise Missing("Not authorized")
    return found


def _changed(done: Payout | None, old: Payout, what: str) -> Payout:
    if done is None:
        raise Invalid("base", "Payout cannot be {what} because it is {status}.", what=what, status=old.status)
    return done


def _send_later(w: Write, of: Payout) -> None:
    if of.provider != "manual":
        outbox.later(w, SEND, of.organization, {"payout": of.seq})


def _server(of: Payout) -> Caller:
    return server(of.organization)


def _tell(w: Write, by: Caller, what: str, of: Payout, **more: object) -> None:
    data = {
        "person": of.person,
        "provider": of.provider,
        "currency": of.currency,
        "amount": of.amount,
        "status": of.status,
        **more,
    }
    w.announce(within(by, of.organization), f"payout.{what}", "payout", sqid.text(of.seq), data)


def unfinished(r: Read, before: Instant, most: int = 100) -> list[Payout]:
    """Those that a provider is to pay or has in hand, untouched since `before`."""
    return store.unfinished(r, "stripe", before, most)


def named(r: Read, ref: str | None, seq: int | None) -> Payout | None:
    """The payout that a provider speaks of, by its name for it or by ours."""
    found = store.by_ref(r, "stripe", ref) if ref else None
    if found is None and seq is not None:
        known = store.find(r, seq)
        found = known if known and known.provider == "stripe" and known.provider_ref is None else None
    return found


def find(r: Read, by: Caller, seq: int) -> Payout:
    """One of the organization's."""
    rules.may_manage(by)
    found = store.find(r, seq, by.organization)
    if found is None:
        raise Missing("Not authorized")
    return found


def payouts(
    r: Read, by: Caller, offset: int = 0, limit: int = 20, statuses: Sequence[PayoutStatus] = ()
) -> tuple[list[Payout], int]:
    """The organization's, newest first, and how many there are."""
    rules.may_manage(by)
    return store.page(r, offset, limit, organization=by.organization, statuses=statuses)
