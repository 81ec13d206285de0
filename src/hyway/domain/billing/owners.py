"""The people who may do everything with an account."""

from hyway.domain import identity
from hyway.domain.billing import accounts
from hyway.domain.billing.records import Account, Owner
from hyway.domain.billing.store import accounts as store
from hyway.domain.billing.store import subscriptions
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken


def of(r: Read, account: Account) -> list[Owner]:
    """Those who have owned it longest first."""
    return of_each(r, [account.seq])[account.seq]


def of_each(r: Read, seqs: list[int]) -> dict[int, list[Owner]]:
    """The same of each account."""
    found = store.owners_of_each(r, seqs)
    people = identity.named(r, {person for each in found.values() for person in each})
    return {
        account: [
            Owner(person, people[person].wire_id, people[person].name, people[person].email)
            for person in each
        ]
        for account, each in found.items()
    }


def add(w: Write, by: Caller, id: str, email: str) -> Owner:
    """Whoever signs in with the address comes to own the account; an owner gives that, or where there is none whoever
    manages it. Missing for an address that nobody has."""
    account = _given_by(w, by, id)
    try:
        person = identity.person_by_email(w, email)
    except Invalid:
        raise Invalid("email", 'must match format "email"') from None
    if person is None:
        raise Missing("nobody has the address {email}", email=email, id=email)
    try:
        with w.attempt():
            store.own(w, account.seq, person.seq, clock.now())
    except Conflict:
        raise Taken("", "This person is an owner of the billing account already") from None
    accounts.tell(w, by, account, "billing_account.owner_added", {"owner": person.wire_id})
    return Owner(person.seq, person.wire_id, person.name, person.email)


def drop(w: Write, by: Caller, id: str, owner: str) -> None:
    """The person (`user_…`) does not own it any more; Taken for the last owner."""
    account = accounts.owned(w, by, id)
    subscriptions.lock(w, account.seq)  # of two last ones one stays
    accounts.owned(w, by, id)  # whom somebody has just removed removes nobody
    there = of(w, account)
    gone = next((each for each in there if each.id == owner), None)
    if gone is None:
        raise Missing("they are no owner of the account", id=owner)
    if len(there) == 1:
        raise Taken("", "The last owner of a billing account cannot be removed")
    store.disown(w, account.seq, gone.person)
    accounts.tell(w, by, account, "billing_account.owner_removed", {"owner": gone.id})


def _given_by(w: Write, by: Caller, id: str) -> Account:
    account = accounts.find(w, by, id, "manage")
    return accounts.owned(w, by, id) if accounts.owners(w, account) else account
