"""How each duty is done. All of them may be done twice, and by two at once: what is told is told again until it is what
is so here, and what is asked is asked again until two answers are the same."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from hyway.domain.billing import accounts, cards, duties, paying
from hyway.domain.billing.paying import Desk
from hyway.domain.billing.payments import CustomerGone, Declined, Payments, Unclear
from hyway.domain.billing.records import Account, Method, NewMethod
from hyway.domain.billing.store import duties as store
from hyway.domain.billing.waiting import Duty
from hyway.kernel import clock
from hyway.kernel.db import Database, Read, Write

_TURNS = 5
_T = TypeVar("_T")
log = logging.getLogger(__name__)


def do(db: Database, desk: Desk, of: Duty) -> bool:
    """Does it, or puts it off; False where the provider did not answer."""
    try:
        is_done = _DO[of.kind](db, desk.of(db, of.provider), desk, of)
    except CustomerGone as why:
        _lose(db, of, why)
        is_done = True
    except Declined as why:
        log.warning("%s of %s was refused by %s: %s", of.kind, of.subject or of.account, of.provider, why)
        is_done = True
    except Unclear as why:
        log.warning("%s of %s will be tried again: %s", of.kind, of.subject or of.account, why)
        db.write_now(store.put_off, of, duties.next_try(of, clock.now()))
        return False
    if is_done:
        db.write_now(store.done, of)
    else:
        db.write_now(store.put_off, of, duties.next_try(of, clock.now()))
    return True


def _lose(db: Database, of: Duty, why: CustomerGone) -> None:
    account = db.read_now(accounts.by_seq, of.account)
    log.warning("%s of account %d: %s", of.kind, of.account, why)
    if account is not None and account.provider_id is not None:
        db.write_now(accounts.lost, of.account, account.provider_id)


def _remove(db: Database, there: Payments, desk: Desk, of: Duty) -> bool:
    there.remove(of.subject)
    return True


def _prefer(db: Database, there: Payments, desk: Desk, of: Duty) -> bool:
    """The one that is the default now, whatever it was when this came to be owed."""

    def tell(now: tuple[Account | None, Method | None]) -> None:
        account, way = now
        if account is None or account.provider_id is None or way is None:
            return
        try:
            there.prefer(account.provider_id, way.provider_id)
        except CustomerGone:
            raise
        except Declined:
            db.write_now(_look_later, account.seq, way.provider_id)
            raise

    return _until_same(lambda: db.read_now(_preferred, of.account), tell)


def _describe(db: Database, there: Payments, desk: Desk, of: Duty) -> bool:
    def tell(account: Account | None) -> None:
        if account is not None:
            there.describe(account)

    return _until_same(lambda: db.read_now(accounts.by_seq, of.account), tell)


def _look(db: Database, there: Payments, desk: Desk, of: Duty) -> bool:
    """Of two that ask, the one that writes last has asked after the other has written."""
    account = db.read_now(accounts.by_seq, of.account)
    if account is None or account.provider_id is None:
        return True
    customer = account.provider_id

    def ask() -> NewMethod | None:
        return there.shown(customer, of.subject)

    return _until_same(ask, lambda shown: db.write_now(_shown, of.subject, shown))


def _page(db: Database, there: Payments, desk: Desk, of: Duty) -> bool:
    page = db.read_now(cards.find, of.subject)
    return page is None or cards.take(db, desk, page)


def _until_same(look: Callable[[], _T], act: Callable[[_T], None]) -> bool:
    """Acts on what is seen until nothing else is seen; False where it never came to rest."""
    seen = look()
    for _ in range(_TURNS):
        act(seen)
        now = look()
        if now == seen:
            return True
        seen = now
    return False


def _shown(w: Write, method: str, new: NewMethod | None) -> None:
    if new is None:
        paying.told_gone(w, "Stripe", method)
    else:
        paying.told(w, "Stripe", new)


def _look_later(w: Write, account: int, method: str) -> None:
    duties.owe(w, "look", account, method)


def _preferred(r: Read, seq: int) -> tuple[Account | None, Method | None]:
    account = accounts.by_seq(r, seq)
    return account, paying.default(r, account) if account else None


_DO: Mapping[str, Callable[[Database, Payments, Desk, Duty], bool]] = {
    "remove": _remove,
    "prefer": _prefer,
    "describe": _describe,
    "look": _look,
    "page": _page,
}
