"""Accounts that pay: every organization has one, and people own them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from hyway.domain import identity
from hyway.domain.billing import cycles, duties, plans, promos, rules
from hyway.domain.billing.pricing import POINTS
from hyway.domain.billing.records import Account, NewAccount, Subscription
from hyway.domain.billing.store import accounts as store
from hyway.domain.billing.store import methods, subscriptions
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock, ids
from hyway.kernel.db import Fact, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Refused

_LONGEST_NAME = 100
_ID = re.compile(r"bill_[0-9a-f]{24}")


def of(r: Read, organization: int) -> Account:
    """The account that pays for the organization."""
    return of_each(r, [organization])[organization]


def of_each(r: Read, organizations: Iterable[int]) -> dict[int, Account]:
    """Accounts by the number of the organization, in two statements."""
    chosen = identity.choices.billing_accounts(r, organizations)
    found = store.by_seqs(r, chosen.values())
    return {organization: found[account] for organization, account in chosen.items()}


def owned(r: Read, by: Caller, id: str) -> Account:
    """The caller's account of that id; Missing where it is another's."""
    found = store.owned(r, by.person, id) if by.person is not None and _ID.fullmatch(id) else None
    if found is None:
        raise Missing("Billing account not found", id=id)
    return found


def find(r: Read, by: Caller, id: str, action: Literal["read", "manage"] = "read") -> Account:
    """The account of that id: one of which the caller is an owner, or the one that pays for the organization that it is
    in, where it may do that with it; Missing where it may not so much as read it."""
    try:
        return owned(r, by, id)
    except Missing:
        paying = identity.choices.billing_accounts(r, [by.organization]).get(by.organization)
        found = store.by_seqs(r, [paying]).get(paying) if paying is not None else None
        if found is None or found.id != id or not identity.access.may(by, "read", "BillingAccount"):
            raise
    identity.access.require(by, action, "BillingAccount")
    return found


def page(r: Read, by: Caller, offset: int = 0, limit: int = 100) -> tuple[list[Account], int]:
    """Those that the caller owns, the oldest first, and how many they are."""
    return store.page(r, by.person, offset, limit) if by.person is not None else ([], 0)


def owners(r: Read, account: Account) -> list[int]:
    """The people who own it, those who have done so longest first."""
    return store.owners(r, account.seq)


def create(w: Write, by: Caller, new: NewAccount) -> Account:
    """A new account, owned by the person who asks."""
    if by.person is None:
        raise Refused("Only a person can own a billing account")
    name, email = _name(new.name), _email(new.email)
    return _open(w, by, name, email, by.person)


def pays_for(w: Write, by: Caller, account: Account) -> None:
    """From now on the account pays for the caller's organization, which has the plan that the account has."""
    # Whoever changes the plan comes before, or sees this organization.
    plan = rules.in_force(subscriptions.lock(w, account.seq))
    identity.choices.choose_billing_account(w, by.organization, account.seq)
    if identity.organization(w, by).plan != plan:
        identity.change_plan(w, by.organization, plan, by)


def change(w: Write, by: Caller, id: str, fields: Mapping[str, Any]) -> Account:
    """What is mentioned changes: `name`, `email`, `phone`, `address` (its parts by their inner names; None for none),
    `promo_codes`. None of another field takes it away, which a name and an e-mail address do not allow."""
    account = find(w, by, id, "manage")
    subscriptions.lock(w, account.seq)
    values = _checked(fields)
    if "promo_codes" in fields:
        promos.enter(w, account, fields["promo_codes"] or [])
    changed = sorted(name for name, value in values.items() if value != getattr(account, name))
    if changed:
        account = store.change(w, account.seq, values)
        if account.provider_id is not None:
            duties.owe(w, "describe", account.seq)
    if changed or "promo_codes" in fields:
        tell(w, by, account, "billing_account.changed", {"changed": changed})
    return account


def tell(w: Write, by: Caller, account: Account, action: str, more: Mapping[str, Any] | None = None) -> None:
    """Announces it where those who work with the account look: in the oldest organization that it pays for."""
    paid = identity.choices.paid_from(w, account.seq, clock.now())
    if by.organization not in {each.seq for each in paid}:
        by = identity.within(by, paid[0].seq if paid else NOBODYS)
    told = {"id": account.id, "name": account.name}
    ref = Ref("BillingAccount", account.id, told)
    w.announce(by, action, "billing_account", account.id, {**told, **(more or {})}, [ref])


def by_seq(r: Read, seq: int) -> Account | None:
    """For who acts on no person's behalf."""
    return store.by_seqs(r, [seq]).get(seq)


def by_name(r: Read, name: str) -> Account:
    """The same, by its id or by the name of an organization that it pays for."""
    found = store.by_id(r, name)
    if found is None:
        found = of(r, identity.organization_named(r, name).seq)
    return found


def every(r: Read) -> list[Account]:
    """The oldest first."""
    return store.every(r)


def tax(w: Write, by: Caller, account: Account, points: int) -> None:
    """What is added to what the account owes from now on, in hundredths of a percent."""
    if not 0 <= points <= POINTS:
        raise Invalid("tax", "must be a percentage from 0 to 100")
    store.change(w, account.seq, {"tax_points": points})
    tell(w, by, account, "billing_account.changed", {"changed": ["tax_points"]})


def bills_in(w: Write, account: Account, currency: str) -> None:
    """The operator's prices are in that currency now."""
    if account.currency != currency:
        store.change(w, account.seq, {"currency": currency})


def became(w: Write, account: Account, customer: str) -> None:
    """The account is a customer of Stripe's."""
    store.change(w, account.seq, {"provider": "Stripe", "provider_id": customer})


def lost(w: Write, seq: int, customer: str) -> Account:
    """Stripe has no such customer any more, and with it went its ways to pay. As the account is now: one that became
    another customer meanwhile stays it."""
    subscriptions.lock(w, seq)
    account = store.by_seqs(w, [seq])[seq]
    if account.provider != "Stripe" or account.provider_id != customer:
        return account
    for each in methods.of_each(w, [seq])[seq]:
        if each.provider == "Stripe":
            methods.drop(w, each)
    return store.change(w, seq, {"provider": "Offline", "provider_id": None})


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = _name(fields["name"] or "", "name")
    if "email" in fields:
        values["email"] = _email(fields["email"] or "", "email")
    if "phone" in fields:
        values["phone"] = rules.phone(fields["phone"] or "")
    if "address" in fields:
        values["address"] = rules.address(fields["address"])
    return values


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """A new organization that nobody pays for gets an account of its own; its first owner comes to own that."""
    for fact in facts:
        if fact.action == "organization.created":
            provide(w, fact.by)
        elif fact.action == "member.joined" and fact.data.get("role") == "owner":
            _hand_over(w, fact.by, fact.id)


def provide(w: Write, by: Caller) -> None:
    """An account of its own for the caller's organization, unless something pays for it already."""
    if by.organization in identity.choices.billing_accounts(w, [by.organization]):
        return
    organization = identity.organization(w, by)
    person = identity.named(w, [by.person])[by.person] if by.person is not None else None
    email = person.email if person else ""
    pays_for(w, by, _open(w, by, organization.name, email, by.person, organization.plan))


def _hand_over(w: Write, by: Caller, person_id: str) -> None:
    """An organization that a command made has nobody to own its account until it has an owner itself."""
    account = of_each(w, [by.organization]).get(by.organization)
    if account is None or store.owners(w, account.seq):
        return
    owner = next((each for each in identity.members_of(w, by) if each.person.id == person_id), None)
    if owner is None:  # who joined has left in the same breath
        return
    store.own(w, account.seq, owner.person.seq, clock.now())
    told = {"id": account.id, "name": account.name}
    w.announce(by, "billing_account.owner_added", "billing_account", account.id, told)


def _open(
    w: Write, by: Caller, name: str, email: str, owner: int | None, plan: str = identity.DEFAULT_PLAN
) -> Account:
    now = clock.now()
    tax_points = w.terms.get("tax_points", 0)
    account = store.add(w, ids.prefixed("bill"), name, email, now, plans.currency(w.terms), tax_points)
    first = cycles.running(now, now)
    begun = Subscription(account.seq, ids.prefixed("sub"), plan, "Active", now, first.number, first.ends_at)
    subscriptions.add(w, begun, first.starts_at)
    if owner is not None:
        store.own(w, account.seq, owner, now)
    told = {"id": account.id, "name": account.name}
    w.announce(
        by,
        "billing_account.created",
        "billing_account",
        account.id,
        told,
        [Ref("BillingAccount", account.id, told)],
    )
    return account


def _name(text: str, place: str = "billingAccount/name") -> str:
    clean = text.strip()
    if not clean:
        raise Invalid(place, "must NOT have fewer than 1 characters")
    if len(clean) > _LONGEST_NAME:
        raise Invalid(place, "must NOT have more than {most} characters", most=_LONGEST_NAME)
    if not clean.isprintable():
        raise Invalid(place, "must NOT have control characters")
    return clean


def _email(text: str, place: str = "billingAccount/email") -> str:
    try:
        return identity.check_email(place, text)
    except Invalid:
        raise Invalid(place, 'must match format "email"') from None
