"""Ways to pay that are entered on a page of the provider's own, so that no card's number ever comes here.

A page is opened for one account; what was entered there is taken from the provider itself, once, whether the person
comes back, the provider tells of it, or neither happens. None of these verbs may be called in a transaction, but for
`told`.
"""

import logging
import re
from typing import NoReturn

from hyway.domain import identity
from hyway.domain.billing import accounts, duties, paying, payments
from hyway.domain.billing.paying import Desk
from hyway.domain.billing.payments import CustomerGone, Declined, Entered, Opened, Unclear
from hyway.domain.billing.records import Account, Method, NewMethod
from hyway.domain.billing.store import duties as store
from hyway.domain.billing.store import methods as method_store
from hyway.domain.billing.store import subscriptions as subscription_store
from hyway.domain.billing.waiting import Page
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock, ids
from hyway.kernel.clock import DAY, HOUR, MINUTE
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Missing, Taken

LOOKS_AFTER = 10 * MINUTE
"""How long it takes until a page is asked about of which nothing was heard."""
_MOST_AN_HOUR = 20
_LIFE = 2 * DAY
"""A provider's page lives a day."""
_KEPT = 90 * DAY
_NAME = re.compile(r"page_[0-9a-f]{24}", re.ASCII)
log = logging.getLogger(__name__)


def begin(db: Database, desk: Desk, by: Caller, id: str, back: str) -> str:
    """The address of a page on which a way to pay for the account is entered; from there it goes on to `back` and the
    page's name. Taken where the provider refuses or does not answer, and for too many pages within an hour."""
    account, page = db.write_now(_open, by, id, desk)
    there = desk.of(db, page.provider)
    try:
        customer, opened = _opened(db, there, account, page, back)
    except (Declined, Unclear) as why:
        _refuse(why, "The provider of payments did not answer; try again later")
    db.write_now(_named, page, customer, opened)
    return opened.url


def _open(w: Write, by: Caller, id: str, desk: Desk) -> tuple[Account, Page]:
    account = accounts.find(w, by, id, "manage")
    subscription_store.lock(w, account.seq)
    paying.room(w, account)
    if payments.of_new(account, desk.services) == "Offline":
        raise Taken("", "This server takes no cards itself")
    now = clock.now()
    if store.pages_since(w, account.seq, now - HOUR) >= _MOST_AN_HOUR:
        raise Taken("", "That was begun too often within an hour; try again later")
    page = Page(ids.prefixed("page"), account.seq, "Stripe", None, None, None, now, None)
    store.add_page(w, page)
    return account, page


def _opened(
    db: Database, there: payments.Payments, account: Account, page: Page, back: str
) -> tuple[str, Opened]:
    """Under a new customer where the one that we know is there no more."""
    customer = account.provider_id or there.customer(account)
    try:
        return customer, there.open(account, customer, page.id, back + page.id)
    except CustomerGone:
        account = db.write_now(accounts.lost, account.seq, customer)
        customer = account.provider_id or there.customer(account)
        return customer, there.open(account, customer, page.id, back + page.id)


def _named(w: Write, page: Page, customer: str, opened: Opened) -> None:
    store.opened(w, page.id, customer, opened.session)
    duties.owe(w, "page", page.account, page.id, at=clock.now() + LOOKS_AFTER)


def told(w: Write, session: str, name: str, customer: str) -> None:
    """The provider says that something has come of a page; it is asked what. Word may come before we know what the
    provider calls the page."""
    found = store.page_named(w, "Stripe", session) or store.page(w, name)
    if found is None or found.ended_at is not None:
        return
    if found.session is None:
        store.opened(w, found.id, customer, session)
    elif found.session != session:
        return
    duties.owe(w, "page", found.account, found.id)


def finish(db: Database, desk: Desk, by: Caller, name: str) -> Method | None:
    """What the person who comes back has entered; None for nothing yet, or never. Missing for a page that was opened
    for an account with which they may do nothing; Taken where the provider does not answer."""
    page = db.read_now(_of_caller, by, name)
    try:
        take(db, desk, page, by)
    except (Declined, Unclear) as why:
        _refuse(why, "The provider of payments did not answer; what was entered appears here by itself")
    return db.read_now(_came, page)


def take(db: Database, desk: Desk, page: Page, by: Caller | None = None) -> bool:
    """Asks the provider, and keeps what was entered, once; whether the page is over. Unclear, Declined."""
    if page.session is None:
        return clock.now() > page.created_at + _LIFE
    if page.ended_at is None:
        entered = desk.of(db, page.provider).entered(page.session)
        if (entered.page, entered.customer) != (page.id, page.customer):
            raise Declined(f"{page.session} is not the page that was opened as {page.id}")
        if not entered.is_over:
            return clock.now() > page.created_at + _LIFE
        db.write_now(_keep, page, entered, by)
    return True


def find(r: Read, name: str) -> Page | None:
    """For who acts on no person's behalf."""
    return store.page(r, name)


def forget(w: Write) -> None:
    store.forget_pages(w, clock.now() - _KEPT)


def _keep(w: Write, page: Page, entered: Entered, by: Caller | None) -> None:
    subscription_store.lock(w, page.account)
    account = accounts.by_seq(w, page.account)
    made = entered.method
    if account is None or not store.ended(w, page.id, clock.now(), made.provider_id if made else None):
        return
    if made is None or method_store.find(w, account.seq, made.provider_id) is not None:
        return
    if not _fits(w, account, page, made):
        duties.owe(w, "remove", account.seq, made.provider_id, provider=page.provider)
        return
    actor = by or identity.server(NOBODYS)
    paying.keep(w, actor, account, page.provider, page.customer or "", made)


def _fits(w: Write, account: Account, page: Page, made: NewMethod) -> bool:
    """Whether the account has room for it, and is still the customer that it was entered for."""
    if account.provider_id not in (None, page.customer):
        log.warning("%s was entered for a customer that %s is no more", made.provider_id, account.id)
        return False
    try:
        paying.room(w, account)
    except Taken:
        return False
    return True


def _of_caller(r: Read, by: Caller, name: str) -> Page:
    page = store.page(r, name) if _NAME.fullmatch(name) else None
    account = accounts.by_seq(r, page.account) if page else None
    if page is None or account is None:
        raise Missing("There is no such page")
    accounts.find(r, by, account.id, "manage")
    return page


def _came(r: Read, page: Page) -> Method | None:
    now = store.page(r, page.id)
    return method_store.find(r, page.account, now.method) if now and now.method else None


def _refuse(why: Declined | Unclear, silent: str) -> NoReturn:
    if isinstance(why, Declined):
        raise Taken("", "{why}", why=str(why)) from None
    log.warning("a page to pay by could not be opened or read: %s", why)
    raise Taken("", silent) from None
