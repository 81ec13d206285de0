"""Promo codes: the operator makes them, accounts enter them, cycles are billed for less."""

from collections.abc import Sequence

from hyway.domain.billing import plans, rules
from hyway.domain.billing.pricing import POINTS, Discount
from hyway.domain.billing.records import Account, Promo
from hyway.domain.billing.store import promos as store
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken

_MOST = 10
_MOST_CYCLES = 1_200
_MOST_AMOUNT = 10**12


def create(
    w: Write,
    code: str,
    *,
    points: int = 0,
    amount: int = 0,
    cycles: int | None = None,
    expires_at: Instant | None = None,
) -> Promo:
    """A new code: `points` of 10,000 off, or an `amount` in minor units of the currency of prices."""
    clean = rules.code("code", code)
    if (points > 0) == (amount > 0) or not 0 <= points <= POINTS or not 0 <= amount <= _MOST_AMOUNT:
        raise Invalid("discount", "must be a percentage up to 100, or an amount")
    if cycles is not None and not 1 <= cycles <= _MOST_CYCLES:
        raise Invalid("cycles", "must be from 1 to {most}", most=_MOST_CYCLES)
    currency = plans.currency(w.terms) if amount else ""
    made = Promo(clean, points, amount, currency, cycles, expires_at, clock.now(), None)
    try:
        with w.attempt():
            store.add(w, made)
    except Conflict:
        raise Taken("code", "is there already") from None
    return made


def withdraw(w: Write, code: str) -> None:
    """Nobody can enter it any more; accounts that have keep it."""
    found = store.find(w, rules.code("code", code))
    if found is None:
        raise Missing("there is no promo code {code}", code=code)
    store.withdraw(w, found.code, clock.now())


def every(r: Read) -> list[Promo]:
    """The newest first."""
    return store.every(r)


def enter(w: Write, account: Account, codes: Sequence[str]) -> None:
    """These are the account's from now on, in that order; those that it has it keeps, whatever has become of them."""
    has = set(of(w, account))
    if len(codes) > _MOST:
        raise Invalid("promoCodes", "must NOT have more than {most} items", most=_MOST)
    wanted: list[str] = []
    for at, each in enumerate(codes):
        clean = rules.code(f"promoCodes/{at}", each)
        if clean not in has and not _may_enter(w, clean):
            raise Invalid(f"promoCodes/{at}", "must be a promo code that is valid")
        if clean not in wanted:
            wanted.append(clean)
    store.enter(w, account.seq, wanted)


def of(r: Read, account: Account) -> tuple[str, ...]:
    """The codes that the account has entered, in order."""
    return tuple(promo.code for promo, _ in store.of_each(r, [account.seq])[account.seq])


def discounts(r: Read, account: Account, currency: str) -> tuple[Discount, ...]:
    """What the account's codes take off a cycle that is billed in that currency, in order."""
    return tuple(
        Discount(promo.code, promo.points, promo.amount)
        for promo, used in store.of_each(r, [account.seq])[account.seq]
        if (promo.cycles is None or used < promo.cycles) and promo.currency in ("", currency)
    )


def _may_enter(r: Read, code: str) -> bool:
    found = store.find(r, code)
    if found is None or found.withdrawn_at is not None:
        return False
    return found.expires_at is None or found.expires_at > clock.now()
