"""Accounts that pay: every organization has one, and people own them."""

import re
from collections.abc import Iterable, Sequence

from hyway.domain import identity
from hyway.domain.billing.records import Account, NewAccount
from hyway.domain.billing.store import accounts as store
from hyway.domain.identity import Caller
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
        raise Missing("Billing account not found")
    return found


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
    """From now on the account pays for the caller's organization."""
    identity.choices.choose_billing_account(w, by.organization, account.seq)


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
    name = identity.organization_name(w, by.organization)
    person = identity.named(w, [by.person])[by.person] if by.person is not None else None
    account = _open(w, by, name, person.email if person else "", by.person)
    pays_for(w, by, account)


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


def _open(w: Write, by: Caller, name: str, email: str, owner: int | None) -> Account:
    now = clock.now()
    account = store.add(w, ids.prefixed("bill"), name, email, now)
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


def _name(text: str) -> str:
    clean = text.strip()
    if not clean:
        raise Invalid("billingAccount/name", "must NOT have fewer than 1 characters")
    if len(clean) > _LONGEST_NAME:
        raise Invalid("billingAccount/name", "must NOT have more than {most} characters", most=_LONGEST_NAME)
    if not clean.isprintable():
        raise Invalid("billingAccount/name", "must NOT have control characters")
    return clean


def _email(text: str) -> str:
    try:
        return identity.check_email("billingAccount/email", text)
    except Invalid:
        raise Invalid("billingAccount/email", 'must match format "email"') from None
