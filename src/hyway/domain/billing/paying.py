"""Ways to pay: kept by a provider, known here by what may be shown of them."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from hyway.domain.billing import accounts, collecting, duties, payments, plans, rules, tokens
from hyway.domain.billing.payments import CustomerGone, Declined, NoSuchToken, Payments, Unclear
from hyway.domain.billing.plans import PLANS
from hyway.domain.billing.records import Account, Method, NewMethod, ProviderName
from hyway.domain.billing.store import methods as store
from hyway.domain.billing.store import subscriptions as subscription_store
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Database, Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken
from hyway.kernel.outgoing import Outgoing

_MOST = 20
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """How providers are reached: the services that the operator named, and the way out."""

    services: Mapping[str, str]
    outgoing: Outgoing

    def of(self, db: Database, name: ProviderName) -> Payments:
        return collecting.named(name, self.services, self.outgoing, db.seal)


def of(r: Read, account: Account) -> list[Method]:
    """The oldest first."""
    return store.of_each(r, [account.seq])[account.seq]


def default(r: Read, account: Account) -> Method | None:
    """The one that invoices are paid by."""
    return next((each for each in of(r, account) if each.is_default), None)


def add(db: Database, desk: Desk, by: Caller, id: str, token: str) -> Method:
    """Keeps the way to pay that a confirmation token stands for; the first one is the default. It asks the provider, so
    call it where no transaction is open. Missing for a token that is nobody's or another account's, Taken for one whose
    way to pay is there already or that the provider refuses."""
    account = db.read_now(_roomy, by, id)
    try:
        there = desk.of(db, payments.of_new(account, desk.services))
        customer, made = _made(db, there, account, token)
    except (Declined, Unclear) as why:
        _refuse(why, token)
    return db.write_now(_add, by, id, there.name, customer, made)


def _made(db: Database, there: Payments, account: Account, token: str) -> tuple[str, NewMethod]:
    """The customer and its way to pay; another customer where the one that we know is there no more."""
    customer = account.provider_id or there.customer(account)
    try:
        return customer, there.method(account, customer, token)
    except CustomerGone:
        account = db.write_now(accounts.lost, account.seq, customer)
        customer = account.provider_id or there.customer(account)
        return customer, there.method(account, customer, token)


def prefer(w: Write, by: Caller, id: str, provider_id: str, is_default: bool = True) -> Method:
    """It is the default from now on; Taken where the default shall be none."""
    account = accounts.find(w, by, id, "manage")
    subscription_store.lock(w, account.seq)
    found = _found(w, account, provider_id)
    if found.is_default == is_default:
        return found
    if not is_default:
        raise Taken("", "The default payment method stays it until another one is made the default")
    store.prefer(w, account.seq, provider_id)
    _tell_provider(w, account, found)
    accounts.tell(w, by, account, "payment_method.changed", {"method": provider_id})
    return replace(found, is_default=True)


def drop(w: Write, by: Caller, id: str, provider_id: str) -> None:
    """Forgets it, here and at its provider. Taken for the default one as long as there are others, and for the only one
    of a subscription that is active and costs something."""
    account = accounts.find(w, by, id, "manage")
    subscription = subscription_store.lock(w, account.seq)
    found = _found(w, account, provider_id)
    is_only = len(of(w, account)) == 1
    if found.is_default and not is_only:
        raise Taken("", "The default payment method cannot be removed: make another one the default first")
    price = plans.price(w.terms, PLANS[subscription.plan])
    if is_only and subscription.status in ("Active", "PastDue") and rules.is_paid(price):
        raise Taken("", "The only payment method of an active subscription cannot be removed")
    store.drop(w, found)
    if found.provider != "Offline":
        duties.owe(w, "remove", account.seq, found.provider_id, provider=found.provider)
    accounts.tell(w, by, account, "payment_method.removed", {"method": provider_id})


def token(r: Read, by: Caller, id: str, card_type: str, last4: str, expiration: str) -> str:
    """A confirmation token for a card that the operator charges by other means: its last four digits and `2030-12`."""
    account = accounts.find(r, by, id, "manage")
    if card_type not in tokens.BRANDS:
        raise Invalid("card_type", "must be one of {brands}", brands=", ".join(tokens.BRANDS))
    if not tokens.LAST4.fullmatch(last4):
        raise Invalid("last4", "must be the last four digits of the card's number")
    if not tokens.EXPIRATION.fullmatch(expiration):
        raise Invalid("expiration", "must be a month such as 2030-12")
    return tokens.card(r.seal, account.id, card_type, last4, expiration)


def told(w: Write, provider: ProviderName, new: NewMethod) -> None:
    """The provider says what a way to pay is like now."""
    for each in store.known(w, provider, new.provider_id):
        store.change(w, each, new)


def told_gone(w: Write, provider: ProviderName, provider_id: str) -> None:
    """The provider has it no more; the oldest one that is left becomes the default."""
    for each in store.known(w, provider, provider_id):
        subscription_store.lock(w, each.account)
        store.drop(w, each)
        left = store.of_each(w, [each.account])[each.account]
        if each.is_default and left:
            store.prefer(w, each.account, left[0].provider_id)
            if provider != "Offline":
                duties.owe(w, "prefer", each.account, provider=provider)


def room(r: Read, account: Account) -> None:
    """Taken where the account has as many ways to pay as it may."""
    if len(of(r, account)) >= _MOST:
        raise Taken("", "A billing account has at most {most} payment methods", most=_MOST)


def _roomy(r: Read, by: Caller, id: str) -> Account:
    account = accounts.find(r, by, id, "manage")
    room(r, account)
    return account


def _add(w: Write, by: Caller, id: str, provider: ProviderName, customer: str, made: NewMethod) -> Method:
    account = accounts.find(w, by, id, "manage")
    subscription_store.lock(w, account.seq)
    account = accounts.by_seq(w, account.seq) or account
    if store.find(w, account.seq, made.provider_id) is not None:
        raise Taken("", "The billing account has this payment method already")
    room(w, account)
    return keep(w, by, account, provider, customer, made)


def keep(
    w: Write, by: Caller, account: Account, provider: ProviderName, customer: str, made: NewMethod
) -> Method:
    """One that the account does not have yet, and has room for; who calls holds the account's lock. Taken where it was
    made for a customer that the account is no more."""
    if provider == "Stripe" and account.provider == "Stripe" and account.provider_id != customer:
        raise Taken("", "The billing account has changed meanwhile; try again")
    if provider == "Stripe" and account.provider != "Stripe":
        accounts.became(w, account, customer)
        for each in of(w, account):  # nobody would be paid by what was only noted down
            store.drop(w, each)
    try:
        with w.attempt():
            store.add(w, account.seq, provider, made, clock.now())
    except Conflict:
        raise Taken("", "The billing account has this payment method already") from None
    if default(w, account) is None:
        store.prefer(w, account.seq, made.provider_id)
    kept = _found(w, account, made.provider_id)
    if kept.is_default:
        _tell_provider(w, account, kept)
    accounts.tell(w, by, account, "payment_method.added", {"method": kept.provider_id, "type": kept.type})
    return kept


def _found(r: Read, account: Account, provider_id: str) -> Method:
    found = store.find(r, account.seq, provider_id)
    if found is None:
        raise Missing("Payment method not found")
    return found


def _tell_provider(w: Write, account: Account, of: Method) -> None:
    if of.provider != "Offline":
        duties.owe(w, "prefer", account.seq, provider=of.provider)


def _refuse(why: Declined | Unclear, token: str) -> NoReturn:
    if isinstance(why, NoSuchToken):
        raise Missing("there is no such confirmation token", id=token[:100]) from None
    if isinstance(why, Declined):
        raise Taken("", "{why}", why=str(why)) from None
    log.warning("a payment method could not be kept: %s", why)
    raise Taken("", "The provider of payments did not answer; try again later") from None
