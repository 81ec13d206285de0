"""Money put into a programme, and what of it goes back."""

from hyway.domain.creators.money import rules
from hyway.domain.creators.money.books import NewEntry, post
from hyway.domain.creators.money.records import Funding, Programme, ProgrammeKind
from hyway.domain.creators.store import money as store
from hyway.domain.creators.store.money_ledger import Account
from hyway.domain.identity import Caller, server, within
from hyway.kernel import clock, outbox, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused

CHECKOUT, GIVE_BACK = "money.checkout", "money.give_back"
FEE = "platform_fee"
"""The name, among the operator's terms, of what the platform keeps of a funding, in hundredths of a percent."""
_NOTE = 2_000


def fund(
    w: Write,
    by: Caller,
    programme_kind: ProgrammeKind,
    programme: int,
    currency: str,
    amount: int,
    provider: str = "manual",
    note: str = "",
) -> Funding:
    """Money for a programme: received already (`manual`), or asked for at a provider, which leaves it pending.

    Of `amount` the platform keeps its fee; the rest is the budget's once the funding has succeeded.
    """
    rules.may_manage(by)
    of = _locked(w, by, programme_kind, programme)
    if of.is_over:
        raise Refused("Not authorized")
    _check(w, of, currency, amount, provider, note)
    kept, now = rules.fee(amount, w.terms.get(FEE, 0)), clock.now()
    row = {
        "organization": of.organization,
        "programme_kind": of.kind,
        "programme": of.seq,
        "provider": provider,
        "status": "pending",
        "currency": currency,
        "amount": amount,
        "fee_amount": kept,
        "net_amount": amount - kept,
        "note": note.strip(),
        "created_by": by.person,
        "created_at": now,
        "updated_at": now,
    }
    made = store.add_funding(w, row)
    _tell(w, by, "created", made)
    if provider == "manual":
        return succeeded(w, by, made)
    outbox.later(w, CHECKOUT, of.organization, {"funding": made.seq})
    return made


def _check(w: Write, of: Programme, currency: str, amount: int, provider: str, note: str) -> None:
    rules.amount(amount)
    if currency != of.currency:
        raise Invalid("currency", "doesn't match the currency of the programme")
    if provider != "manual" and provider not in w.services:
        raise Invalid("provider", "is not included in the list")
    if len(note.strip()) > _NOTE:
        raise Invalid("note", "is too long (maximum is {count} characters)", count=_NOTE)


def succeeded(w: Write, by: Caller, of: Funding, payment_ref: str | None = None) -> Funding:
    """The money is there: budget and ledger grow by it, once. One that is no longer pending stays as it is."""
    into = _locked(w, by, of.programme_kind, of.programme)
    done = store.change_funding(
        w, of.seq, ("pending",), status="succeeded", succeeded_at=clock.now(), payment_ref=payment_ref,
        checkout_url=None,
    )  # fmt: skip
    if done is None:
        return funding(w, by, of.seq)
    store.move_budget(w, into, total=done.net_amount, unused=done.net_amount)
    post(
        w,
        _entry(done, "fund", f"fund:{done.seq}"),
        (
            (Account("cash"), done.amount),
            (Account("fees"), -done.fee_amount),
            (_budget(done), -done.net_amount),
        ),
    )
    _tell(w, by, "succeeded", done)
    return done


def failed(w: Write, by: Caller, of: Funding, why: str = "") -> Funding:
    """The money did not come. One that is no longer pending stays as it is."""
    done = store.change_funding(w, of.seq, ("pending",), status="failed", checkout_url=None)
    if done is None:
        return funding(w, by, of.seq)
    _tell(w, by, "failed", done, why=why)
    return done


def refund(w: Write, by: Caller, seq: int, amount: int | None = None) -> Funding:
    """Gives back what the programme has not used: so much, or all of this funding that is unused. The fee is kept."""
    rules.may_manage(by)
    known = funding(w, by, seq)
    of = _locked(w, by, known.programme_kind, known.programme)
    now = store.funding(w, by.organization, seq, lock=True) or known
    if now.status not in ("succeeded", "partially_refunded"):
        raise Invalid("base", "Funding cannot be refunded because it is {status}.", status=now.status)
    most = min(now.net_amount - now.refunded_amount, of.unused)
    wanted = most if amount is None else rules.amount(amount)
    if wanted > most or not wanted:
        raise Invalid("amount", "must be less than or equal to {count}", count=most)
    return _give_back(w, by, of, now, wanted)


def close(w: Write, by: Caller, programme_kind: ProgrammeKind, programme: int) -> int:
    """At the end of a programme, and again whenever something came back: all that is unused is refunded; how much.

    The newest fundings are given back first.
    """
    of = _locked(w, by, programme_kind, programme)
    left = of.unused
    for each in store.refundable(w, of.kind, of.seq):
        if left:
            part = min(left, each.net_amount - each.refunded_amount)
            _give_back(w, by, of, each, part)
            left -= part
    return of.unused - left


def close_left_over(w: Write, most: int = 100) -> int:
    """Closes settled campaigns into whose budget something came back; how many."""
    found = store.left_over(w, most)
    for organization, seq in found:
        close(w, server(organization), "campaign", seq)
    return len(found)


def any_left_over(r: Read) -> bool:
    return bool(store.left_over(r, 1))


def funding(r: Read, by: Caller, seq: int) -> Funding:
    found = store.funding(r, by.organization, seq)
    if found is None:
        raise Missing("Not authorized")
    return found


def fundings(
    r: Read, by: Caller, programme_kind: ProgrammeKind, programme: int, offset: int = 0, limit: int = 20
) -> tuple[list[Funding], int]:
    """Those of a programme of the organization, in their order, and how many there are."""
    return store.fundings(r, by.organization, programme_kind, programme, offset, limit)


def any_fundings(r: Read, programme_kind: ProgrammeKind, programme: int) -> bool:
    """Any but failed ones."""
    return store.any_fundings(r, programme_kind, programme)


def asked(r: Read, seq: int) -> Funding | None:
    """One that is to be asked for at a provider, and is not paid yet."""
    found = store.funding_of(r, seq)
    return found if found and found.provider == "stripe" and found.status == "pending" else None


def paid_through(r: Read, seq: int) -> Funding | None:
    """One that came through a provider, for who gives it back there."""
    found = store.funding_of(r, seq)
    return found if found and found.payment_ref else None


def waiting(r: Read, before: Instant, most: int = 100) -> list[Funding]:
    """Those that a provider was asked for, untouched since `before`."""
    return store.waiting_fundings(r, "stripe", before, most)


def placed(w: Write, seq: int, ref: str, url: str) -> None:
    """Where it can be paid."""
    store.change_funding(w, seq, ("pending",), provider_ref=ref, checkout_url=url)


def unasked(w: Write, of: Funding, why: str) -> None:
    """The provider will not even ask for it."""
    failed(w, server(of.organization), of, why)


def stuck(w: Write, of: Funding, amount: int, why: str) -> None:
    """The provider will not give back what the ledger has given back: somebody has to do it by hand."""
    _tell(w, server(of.organization), "refund_refused", of, refunded=amount, why=why)


def looked_at(w: Write, seq: int) -> None:
    """It was asked about now."""
    store.change_funding(w, seq, ("pending",))


def named(r: Read, ref: str, seq: int | None) -> Funding | None:
    """The funding that a provider speaks of, by its name for it or by ours."""
    found = store.funding_by_ref(r, "stripe", ref)
    if found is None and seq is not None:
        known = store.funding_of(r, seq)
        found = known if known and known.provider == "stripe" and known.provider_ref is None else None
    return found


def programme(r: Read, by: Caller, kind: ProgrammeKind, seq: int) -> Programme:
    """What money knows of a campaign or collab of the organization."""
    found = store.programme(r, by.organization, kind, seq)
    if found is None:
        raise Missing("Not authorized")
    return found


def _give_back(w: Write, by: Caller, of: Programme, old: Funding, amount: int) -> Funding:
    total = old.refunded_amount + amount
    if not store.move_budget(w, of, total=-amount, unused=-amount):
        raise Invalid("base", "The budget was spent by somebody else at the same moment.")
    done = store.change_funding(
        w,
        old.seq,
        ("succeeded", "partially_refunded"),
        status="refunded" if total == old.net_amount else "partially_refunded",
        refunded_amount=total,
    )
    if done is None:  # it was locked above, in one of these stages
        raise Invalid("base", "Funding cannot be refunded because it is {status}.", status=old.status)
    once = f"refund:{done.seq}:{total}"
    post(w, _entry(done, "refund", once), ((_budget(done), amount), (Account("cash"), -amount)))
    if done.provider != "manual":
        left = {"funding": done.seq, "amount": amount, "once": once}
        outbox.later(w, GIVE_BACK, done.organization, left)
    _tell(w, by, "refunded", done, refunded=amount)
    return done


def _locked(w: Write, by: Caller, kind: ProgrammeKind, seq: int) -> Programme:
    found = store.programme(w, by.organization, kind, seq, lock=True)
    if found is None:
        raise Missing("Not authorized")
    return found


def _budget(of: Funding) -> Account:
    return Account("budget", of.programme_kind, of.programme)


def _entry(of: Funding, kind: str, once: str) -> NewEntry:
    return NewEntry(
        of.organization, of.currency, kind, once, of.programme_kind, of.programme, memo=of.note or of.provider
    )


def _tell(w: Write, by: Caller, what: str, of: Funding, **more: object) -> None:
    data = {
        "programme_kind": of.programme_kind,
        "programme": of.programme,
        "provider": of.provider,
        "currency": of.currency,
        "amount": of.amount,
        "fee": of.fee_amount,
        "net": of.net_amount,
        **more,
    }
    w.announce(within(by, of.organization), f"funding.{what}", "funding", sqid.text(of.seq), data)
