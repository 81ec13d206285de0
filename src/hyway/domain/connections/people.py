"""Keeps who is in a list, a channel, a team or a repository in step with who is to be there.

Only those are taken away whom this organization put there: whoever else is in a list stays in it.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hyway.domain import identity
from hyway.domain.connections import integrations, rules, working
from hyway.domain.connections.providing import Declined, Unclear
from hyway.domain.connections.records import Connection
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import connections as shown
from hyway.domain.connections.store import people as store
from hyway.domain.connections.store import working as claims
from hyway.domain.connections.store.people import Row
from hyway.domain.connections.vendor import Vendor
from hyway.domain.identity import Caller, Member
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Fault, Missing

_ALL = 2**31 - 1
_MOST_DOUBTS = 3
"""After so many questions in a row that were unclear, the vendor is left alone for a time."""
_NOBODY = "Nobody is known there by this member's address"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to be in: a member or a team, by id; `assignment` is their own connection to the vendor."""

    id: str
    email: str = ""
    accounts: tuple[tuple[str, str], ...] = ()
    assignment: Connection | None = None


Known = Mapping[str, tuple[Holder, str]]
"""By the holder's id: what the vendor knows them by."""


@dataclass(frozen=True, slots=True)
class Round:
    """One look: who is to be in, who was let in before, and since when it is due."""

    of: Connection
    vendor: Vendor
    holders: tuple[Holder, ...]
    rows: tuple[Row, ...]
    since: Instant
    doubts: list[str] = field(default_factory=list)
    """Of the last questions in a row, what was unclear."""


class _Lost(Exception):
    """It is for nobody here to go on: the connection is gone, or to go, or somebody else's by now."""


def carry_on(db: Database, registry: Registry, seq: int) -> None:
    """Puts right who is in what a connection stands for."""
    look = db.write_now(begin, registry, seq)
    if look is None:
        return
    try:
        known = _known(look)
        inside = look.vendor.members(look.of.type, look.of.remote)
        stuck, unclear = _let_go(db, look, known, inside)
        unclear |= _let_in(db, look, {id: each for id, each in known.items() if id not in stuck}, inside)
    except Declined as why:
        db.write_now(_over, look, False, (str(why),))
    except Unclear as why:
        db.write_now(_over, look, True, (str(why),), why.after)
    except _Lost:
        return
    else:
        db.write_now(_over, look, unclear, ())


def begin(w: Write, registry: Registry, seq: int) -> Round | None:
    """Claims it; None where there is nothing to do."""
    now = clock.now()
    since = claims.begin_people(w, seq, working.BOOT, now, now + working.LEASE)
    of = shown.numbered(w, seq) if since is not None else None
    if of is None or since is None:
        return None
    try:
        vendor = working.vendor_of(w, registry, of)
    except integrations.Bare:  # one that is there to be looked at: who is in it stays as it stood
        claims.people_done(w, seq, since, None)
        return None
    except Fault as why:
        claims.people_done(w, seq, since, None, (why.message,))
        return None
    return Round(of, vendor, tuple(wanted(w, of)), tuple(store.of(w, seq)), since)


def _over(w: Write, look: Round, unclear: bool, errors: Sequence[str], after: float = 0.0) -> None:
    """A look that told nothing is repeated, later each time."""
    tries = claims.people_tries(w, look.of.seq)
    wait = rules.backoff(tries, random.random(), after) if unclear else None  # noqa: S311  # only spreads the tries
    claims.people_done(w, look.of.seq, look.since, clock.now() + wait if wait else None, errors)


def wanted(r: Read, of: Connection) -> list[Holder]:
    """Who is to be in what an entity is connected to: everybody who is in it, or has access to it; in a repository
    those alone who have an account connected, and teams that have a team connected."""
    by = identity.server(of.organization)
    own = {each.entity.id: each for each in shown.ready_of(r, of.integration, "User")}
    members, teams = _who(r, by, of)
    people = [_holder(each, own.get(each.id)) for each in members]
    if of.type in rules.IN_STEP:
        return people
    theirs = {each.entity.id: each for each in shown.ready_of(r, of.integration, "GitTeam")}
    groups = [Holder(id, assignment=theirs[id]) for id in teams if id in theirs]
    return [*groups, *(each for each in people if each.assignment is not None)]


def _holder(of: Member, own: Connection | None) -> Holder:
    accounts = tuple((each.type, each.identifier) for each in of.accounts)
    return Holder(of.id, (of.email or "").casefold(), accounts, own)


def _who(r: Read, by: Caller, of: Connection) -> tuple[list[Member], list[str]]:
    """Members and teams of the entity."""
    if of.entity.kind == "Team":
        try:
            return identity.teams.members(r, by, of.entity.id), []
        except Missing:
            return [], []
    if of.entity.kind == "Organization":
        return identity.profiles.page(r, by, limit=_ALL)[0], []
    if of.entity.kind == "Member":
        return _members(r, by, {of.entity.id}), []
    on = {of.entity.id} | ({of.project} if of.project else set())
    given, _ = identity.access.page(r, by, entities=on)
    teams = [each.holder.id for each in given if each.holder.kind == "Team"]
    found = _members(r, by, {each.holder.id for each in given if each.holder.kind == "Member"})
    for team in teams:
        found += identity.teams.members(r, by, team)
    return list({each.id: each for each in found}.values()), teams


def _members(r: Read, by: Caller, ids: set[str]) -> list[Member]:
    return [each for each in identity.profiles.page(r, by, limit=_ALL)[0] if each.id in ids] if ids else []


def _known(look: Round) -> Known:
    """What the vendor knows each by who is to be in; empty where it knows nobody such."""
    before = {row.holder: row for row in look.rows}
    found = {}
    for each in look.holders:
        row = before.get(each.id)
        own = each.assignment.remote if each.assignment else ""
        if not look.vendor.knows_ids and look.of.type in rules.IN_STEP:
            who = each.email
        elif own:
            who = own
        elif row is not None and row.who:
            who = row.who
        else:
            who = look.vendor.whom(each.email, dict(each.accounts))
        found[each.id] = (each, who)
    return found


def _let_go(db: Database, look: Round, known: Known, inside: frozenset[str]) -> tuple[set[str], bool]:
    """Those who are not to be in any more, or are known otherwise now.

    Gives the holders whose going went wrong, and whether it is unclear of any.
    """
    stay = {who for _, who in known.values()}
    stuck: set[str] = set()
    unclear = False
    for row in look.rows:
        now = known.get(row.holder)
        if now is not None and now[1] == row.who:
            continue
        if row.who and row.who in inside and row.who not in stay:
            done, is_unclear = _asked(db, row.seq, look.vendor.dismiss, look, row.who)
            unclear |= is_unclear
            if not done:
                stuck.add(row.holder)
                continue
        if now is None:
            db.write_now(store.drop, row.seq)
    return stuck, unclear


def _let_in(db: Database, look: Round, known: Known, inside: frozenset[str]) -> bool:
    """The same for those who are to be in; each is written down before the vendor is asked."""
    db.write_now(_noted, look, known)
    rows = {row.holder: row for row in db.read_now(store.of, look.of.seq)}
    unclear = False
    for id, (_, who) in known.items():
        row = rows.get(id)
        if row is None:
            continue
        if not who:
            db.write_now(store.settle, row.seq, "Failed", (_NOBODY,), clock.now())
        elif who not in inside:
            unclear |= _asked(db, row.seq, look.vendor.admit, look, who)[1]
        elif row.status != "Ready":
            db.write_now(store.settle, row.seq, "Ready", (), clock.now())
    return unclear


def _noted(w: Write, look: Round, known: Known) -> None:
    if not store.hold(w, look.of.seq):
        return
    now, before = clock.now(), {row.holder: row for row in store.of(w, look.of.seq)}
    there = store.there(w, [each.assignment.seq for each, _ in known.values() if each.assignment])
    new = []
    for id, (holder, who) in known.items():
        own = holder.assignment.seq if holder.assignment and holder.assignment.seq in there else None
        row = before.get(id)
        if row is None:
            new.append((id, own, who))
        elif (row.assignment, row.who) != (own, who):
            store.known(w, row.seq, own, who, now)
    store.add(w, look.of.organization, look.of.seq, new, now)


def _asked(db: Database, seq: int, ask: Callable[..., None], look: Round, who: str) -> tuple[bool, bool]:
    """Whether it was done, and whether that is unclear; Unclear where the vendor is to be left alone."""
    if not db.write_now(claims.renew, look.of.seq, working.BOOT, clock.now() + working.LEASE):
        raise _Lost
    try:
        ask(look.of.type, look.of.remote, who)
    except Declined as why:
        db.write_now(store.settle, seq, "Failed", (str(why),), clock.now())
    except Unclear as why:
        db.write_now(store.settle, seq, "Failed", (str(why),), clock.now())
        look.doubts.append(str(why))
        if why.after or len(look.doubts) >= _MOST_DOUBTS:
            raise
        return False, True
    else:
        db.write_now(store.settle, seq, "Ready", (), clock.now())
        look.doubts.clear()
        return True, False
    look.doubts.clear()
    return False, False
