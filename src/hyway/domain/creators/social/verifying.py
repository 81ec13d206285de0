"""Proving an account: its code is looked for in the profile's description."""

from dataclasses import dataclass
from typing import Any

from hyway.domain.creators.social import asked, rules, telling
from hyway.domain.creators.social.accounts import announce, find
from hyway.domain.creators.social.platforms.asking import Gone, Trouble
from hyway.domain.creators.social.records import Account, Profile
from hyway.domain.creators.social.services import Services
from hyway.domain.creators.store import social as store
from hyway.domain.identity import Caller, person_of
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Database, Write
from hyway.kernel.faults import Invalid, Missing, Taken

NOT_THERE = "The code was not found in the profile's description."
NO_PROFILE = "The profile was not found."
UNANSWERED = "The platform did not answer. Try again later."
ANEW = "The former code had expired. Put the new one into the profile's description."


@dataclass(frozen=True, slots=True)
class Checked:
    """The account after a look; `why` it is not verified, empty if it is."""

    account: Account
    why: str = ""


def check(db: Database, services: Services, by: Caller, seq: int) -> Checked:
    """Looks at the profile now, on the calling thread and outside any transaction.

    Invalid after five looks in an hour at one platform; Missing for an account that is not the caller's.
    """
    account, is_new = db.write_now(begin, by, seq)
    if account.status == "verified":
        return Checked(account)
    if is_new:
        return Checked(account, ANEW)
    adapter = services.adapter(account.platform_id, granted=False)
    try:
        found: Profile | Trouble = adapter.profile(asked.whose(account))
    except Trouble as trouble:
        found = trouble
    return db.write_now(finish, by, account, found)


def begin(w: Write, by: Caller, seq: int) -> tuple[Account, bool]:
    """The account with the code that is to be looked for, and whether that code is new; the try is counted."""
    account, now = find(w, by, seq), clock.now()
    if account.status == "verified":
        return account, False
    if account.status == "failed" or account.code is None or (account.code_expires_at or 0) <= now:
        store.change(
            w, seq, {**rules.fresh_code(now), "connected_by": "code", "missed": 0, "updated_at": now}
        )
        return find(w, by, seq), True
    person = person_of(by)
    if store.tries(w, person, account.platform_id, now - rules.TRIES_WITHIN) >= rules.TRIES:
        raise Invalid("base", "Too many tries. At most {most} an hour are made.", most=rules.TRIES)
    store.add_try(w, person, account.platform_id, now)
    return account, False


def finish(w: Write, by: Caller, looked: Account, found: Profile | Trouble) -> Checked:
    """What the look leads to, unless the account has changed meanwhile."""
    account = store.locked(w, looked.seq, person_of(by))
    if account is None:
        raise Missing("")
    if account.code != looked.code or account.status != "pending":
        return Checked(account, "" if account.status == "verified" else NOT_THERE)
    if isinstance(found, Gone):
        return Checked(failed(w, by, account), NO_PROFILE)
    if isinstance(found, Trouble):
        return Checked(account, UNANSWERED)
    if not account.code or account.code not in found.bio:
        return Checked(account, NOT_THERE)
    return Checked(proved(w, by, account, found))


def proved(w: Write, by: Caller, account: Account, profile: Profile, **more: Any) -> Account:
    """The account as a verified one with its first figures; Taken if another verified one is the same profile."""
    now = clock.now()
    values = {"uid": profile.uid, "status": "verified", "code": None, "code_expires_at": None, "missed": 0}
    try:
        with w.attempt():
            store.change(w, account.seq, {**values, **more, "updated_at": now})
    except Conflict:
        raise Taken("account_url", "has already been taken") from None
    asked.keep(w, account, now, profile, now)
    verified = store.find(w, account.seq) or account
    announce(w, by, "verified", verified)
    if account.status != "verified":
        telling.verified(w, verified)
    return verified


def failed(w: Write, by: Caller, account: Account, reason: str = "") -> Account:
    """The account as one that is not proved, or not any more; it can be tried again.

    Its owner is told the reason, unless it is the answer to what they just did.
    """
    values = {"status": "failed", "code": None, "code_expires_at": None, "next_sync_at": None}
    store.change(w, account.seq, {**values, "updated_at": clock.now()})
    done = store.find(w, account.seq) or account
    announce(w, by, "failed", done)
    if reason:
        telling.failed(w, done, reason)
    return done
