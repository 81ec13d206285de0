"""The accounts that members have with others: on GitHub, npm, New Relic and incident.io."""

from hyway.domain.identity import access, accounting, settling
from hyway.domain.identity.member_records import Account, Member
from hyway.domain.identity.profiles import find, person_in, ref
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import members as member_store
from hyway.domain.identity.store import profiles as store
from hyway.kernel.db import Conflict, Write
from hyway.kernel.faults import Missing, Taken


def connect(w: Write, by: Caller, member: str, account: Account) -> Member:
    """One account more; Taken where the member has it already, or as many as anybody may have."""
    access.require(by, "update", "Member")
    checked = accounting.one("connectedAccounts/0", account)
    member_store.lock(w, by.organization)
    seq, of = person_in(w, by, member)
    if len(of.accounts) >= accounting.MOST:
        raise Taken("", "A member has at most {most} connected accounts", most=accounting.MOST)
    try:
        with w.attempt():
            store.connect(w, seq, [checked])
    except Conflict:
        raise Taken("", "This account is connected already") from None
    settling.settle(w, by.organization, seq)
    told = {"type": checked.type, "identifier": checked.identifier}
    w.announce(by, "member.account_connected", "member", of.id, told, [ref(of)])
    return find(w, by, member)


def disconnect(w: Write, by: Caller, member: str, type: str, identifier: str) -> Member:
    """One account less; Missing where the member has none such."""
    access.require(by, "update", "Member")
    member_store.lock(w, by.organization)
    seq, of = person_in(w, by, member)
    if "\x00" in type + identifier or not store.disconnect(w, seq, type, identifier):
        raise Missing("There is no such connected account")
    settling.settle(w, by.organization, seq)
    told = {"type": type, "identifier": identifier}
    w.announce(by, "member.account_disconnected", "member", of.id, told, [ref(of)])
    return find(w, by, member)
