"""Verbs of domains: names of their own under which an organization's links answer.

A domain is its organization's once a record of the Domain Name System shows it, and then no other's on this server.
It answers under its own codes from then on; it is ready when it can be reached by https, too, where the server is.
"""

import asyncio
import re
import secrets
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.links import domain_rules as rules
from hyway.domain.links import inquiry
from hyway.domain.links.domain_rules import bare, filled
from hyway.domain.links.records import Domain, DomainChange, Finding, NewDomain, Place, Record
from hyway.domain.links.store import domains as store
from hyway.domain.links.store import turns
from hyway.kernel import clock, ids, patch
from hyway.kernel.clock import MINUTE, SECOND, Instant
from hyway.kernel.db import Conflict, Database, Fact, Read, Ref, Write
from hyway.kernel.faults import Missing, Refused, Spent, Taken
from hyway.kernel.outgoing import Outgoing

Row = Any
TOPIC = "domain"
"""What remembers verified domains listens to; the keys are their names."""
_ID = re.compile(r"dmn_[0-9a-f]{24}")
_OURS = "is verified by another organization of this server"
_WHOSE = (
    "Another organization of this server has or had the name, so that the TXT record has to say whose it is."
)
_PAUSE = 3 * SECOND
_QUEUE, _WAIT = 16, 5
# Apart from the threads that everything else is done on: name servers that hang hold up nobody else.
_hands = ThreadPoolExecutor(4, "hyway-domains")
_waiting = 0


def page(r: Read, by: Caller, offset: int = 0, limit: int = 100) -> tuple[list[Domain], int]:
    """The organization's domains, oldest first, and how many they are."""
    identity.access.require(by, "read", "Domain")
    rows, total = store.page(r, by.organization, offset, limit)
    return [_domain(r, row) for row in rows], total


def find(r: Read, by: Caller, id: str) -> Domain:
    """The organization's domain of that id."""
    identity.access.require(by, "read", "Domain")
    return _domain(r, _row(r, by, id))


def by_name(r: Read, by: Caller, host: str) -> Domain | None:
    """The organization's domain of that name, if links can be made under it: it must be ready."""
    row = store.named(r, by.organization, rules.bare(host)) if host.isprintable() else None
    found = _domain(r, row) if row is not None else None
    return found if found is not None and found.status == "ready" else None


def create(w: Write, by: Caller, new: NewDomain) -> Domain:
    """A domain that is still to be verified; Taken where the organization has it, or another has verified it."""
    identity.access.require(by, "create", "Domain")
    name = rules.name("domain", new.domain, w.hosts)
    sent = _sent(w, name, new.not_found_redirect_url, new.fallback_url_template)
    turns.take(w, by.organization)
    if store.count(w, by.organization) >= rules.MOST:
        raise Refused("Your organization may have {most} domains", most=rules.MOST)
    if store.verified(w, name) is not None and store.named(w, by.organization, name) is None:
        raise Taken("domain", _OURS)
    now = clock.now()
    row = {
        "id": ids.prefixed("dmn"),
        "organization": by.organization,
        "domain": name,
        "dns_status": "pending",
        "ssl_status": "notReady",
        "challenge": f"hyway-{secrets.token_hex(20)}",
        "created_at": now,
        "updated_at": now,
        "asks": 0,
        "next_at": now + MINUTE,
        **sent,
    }
    try:
        with w.attempt():
            made = _domain(w, store.add(w, row))
    except Conflict:
        raise Taken("domain", "is a domain of your organization already") from None
    _tell(w, by, "created", made)
    return made


def change(w: Write, by: Caller, id: str, wish: DomainChange) -> Domain:
    """What is mentioned changes, null takes it away; the name never does."""
    identity.access.require(by, "update", "Domain")
    old = _domain(w, _row(w, by, id, lock=True))
    wished = patch.changes(
        not_found_redirect_url=wish.not_found_redirect_url, fallback_url_template=wish.fallback_url_template
    )
    checked = _sent(w, old.domain, wished.get("not_found_redirect_url"), wished.get("fallback_url_template"))
    changed = {name: checked[name] for name in wished if checked[name] != getattr(old, name)}
    if not changed:
        return old
    new = _domain(w, store.change(w, old.seq, updated_at=clock.now(), **changed))
    w.changed(TOPIC, new.domain)
    _tell(w, by, "updated", new)
    return new


def drop(w: Write, by: Caller, id: str) -> None:
    """Soft deletion; Taken while live links answer under it."""
    identity.access.require(by, "delete", "Domain")
    gone = _domain(w, _row(w, by, id, lock=True))
    if store.has_links(w, gone.seq):
        raise Taken("", "The domain has links; delete them first")
    _gone(w, by, gone)


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Lets go of the names of an organization that is closed, whatever links it has: a hearer of the database."""
    for fact in facts:
        if fact.action == "organization.closed":
            for row in store.of_organization(w, fact.by.organization):
                _gone(w, fact.by, _domain(w, row))


def _gone(w: Write, by: Caller, of: Domain) -> None:
    store.change(w, of.seq, deleted_at=clock.now(), next_at=None)
    w.changed(TOPIC, of.domain)
    _tell(w, by, "deleted", of)


def places(r: Read) -> dict[str, Place]:
    """All verified domains by name as the redirect needs them, whoever's they are."""
    return {
        row.domain: Place(row.seq, row.domain, row.not_found_redirect_url, row.fallback_url_template)
        for row in store.all_verified(r)
    }


def own_names(hosts: Collection[str]) -> list[str]:
    """Those of the server's own names that others can reach it by."""
    return inquiry.aliases(hosts)


def usable(w: Write, by: Caller, seqs: Collection[int]) -> dict[int, str]:
    """Names of those of the organization's domains that are ready; they stay so until the commit."""
    rows = store.held(w, by.organization, seqs) if seqs else {}
    return {seq: row.domain for seq, row in rows.items() if _domain(w, row).status == "ready"}


def records(of: Domain, hosts: Collection[str]) -> list[Record]:
    """What its owner puts into the name system: the TXT record alone will do, or a CNAME, which leads visitors here."""
    aliases = [Record("CNAME", of.domain, name) for name in inquiry.aliases(hosts)]
    return [Record("TXT", f"{rules.LABEL}.{of.domain}", of.challenge), *aliases]


async def verified(
    db: Database, outgoing: Outgoing, services: inquiry.Services, by: Caller, id: str
) -> tuple[Domain, bool]:
    """What `verify` says, off the event loop: it takes up to half a minute. Spent while too many wait."""
    global _waiting  # of this process, as its hands are
    if _waiting >= _QUEUE:
        raise Spent("Too many domains are being looked at", retry_after=_WAIT)
    _waiting += 1
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_hands, verify, db, outgoing, services, by, id)
    finally:
        _waiting -= 1


def verify(
    db: Database, outgoing: Outgoing, services: inquiry.Services, by: Caller, id: str
) -> tuple[Domain, bool]:
    """Looks at once: the domain as it is then, and whether it is verified. On the calling thread, outside of any
    transaction; one that was looked at three seconds ago is not looked at again."""
    found = db.read_now(_asked, by, id)
    if found.asked_at is None or found.asked_at + _PAUSE < clock.now():
        seen = inquiry.look(outgoing, services, found, db.house.hosts, db.house.home)
        settled = db.write_now(settle, by, found.seq, seen, anew=True)
        if settled is None:  # deleted meanwhile
            raise Missing("Domain not found", id=id)
        found = settled
    return found, found.dns_status == "verified"


def _asked(r: Read, by: Caller, id: str) -> Domain:
    identity.access.require(by, "update", "Domain")
    return _domain(r, _row(r, by, id))


def due(r: Read, most: int) -> list[Domain]:
    """Those whose time to be looked at has come."""
    return [_domain(r, row) for row in store.due(r, clock.now(), most)]


def hasten(w: Write, organization: int, id: str) -> None:
    """Its records have just been written: it is looked at in a moment, and the waiting begins from its start."""
    row = store.find(w, organization, id, lock=True) if _ID.fullmatch(id) else None
    if row is not None and row.dns_status != "verified":
        store.change(w, row.seq, next_at=clock.now() + _PAUSE, asks=min(row.asks, 1))


def settle(w: Write, by: Caller, seq: int, found: Finding, *, anew: bool = False) -> Domain | None:
    """What a finding makes of a domain; None where it is gone. `anew`: the waiting begins from its start."""
    row = store.at(w, seq)
    if row is None:
        return None
    old, now = _domain(w, row), clock.now()
    if found.by_alias and store.wanted_by_others(w, row.organization, row.domain):
        found = Finding(False, None, f"{found.said} {_WHOSE}")
    stood = rules.Standing(row.dns_status, row.ssl_status, row.asks, row.missed_since)
    stands = rules.after(stood, found, now, secure=_is_secure(w), anew=anew)
    try:
        with w.attempt():
            new = _settled(w, seq, stands, found.said, now)
    except Conflict:
        new = _settled(w, seq, rules.beaten(stands), f"{found.said} But the name {_OURS}.", now)
    if (new.dns_status == "verified") != (old.dns_status == "verified"):
        w.changed(TOPIC, new.domain)
    if new.status != old.status and new.status in ("ready", "failed"):
        _tell(w, by, "verified" if new.status == "ready" else "failed", new)
    return new


def _settled(w: Write, seq: int, stands: rules.Standing, said: str, now: Instant) -> Domain:
    wait = rules.wait(stands.asks)
    row = store.change(
        w,
        seq,
        dns_status=stands.dns,
        ssl_status=stands.ssl,
        asks=stands.asks,
        missed_since=stands.missed_since,
        next_at=None if wait is None else now + wait,
        asked_at=now,
        found=said[:2_000],
    )
    return _domain(w, row)


def _sent(
    r: Read, name: str, not_found_redirect_url: str | None, fallback_url_template: str | None
) -> dict[str, str | None]:
    """Both addresses as they are kept; an empty one is none."""
    field = "notFoundRedirectUrl"
    gone = rules.not_found(field, not_found_redirect_url, name, r.hosts) if not_found_redirect_url else None
    field, template = "fallbackUrlTemplate", fallback_url_template
    back = rules.fallback(field, template, name, r.hosts) if template else None
    return {"not_found_redirect_url": gone, "fallback_url_template": back}


def _row(r: Read, by: Caller, id: str, *, lock: bool = False) -> Row:
    known = id if _ID.fullmatch(id) else None
    row = store.find(r, by.organization, known, lock=lock) if known else None
    if row is None:
        raise Missing("Domain not found", id=id)
    return row


def _is_secure(r: Read) -> bool:
    return r.home.startswith("https://")


def _domain(r: Read, row: Row) -> Domain:
    return Domain(
        seq=row.seq,
        id=row.id,
        organization=row.organization,
        domain=row.domain,
        status=rules.status(row.dns_status, row.ssl_status, row.asks, secure=_is_secure(r)),
        dns_status=row.dns_status,
        ssl_status=row.ssl_status,
        not_found_redirect_url=row.not_found_redirect_url,
        fallback_url_template=row.fallback_url_template,
        challenge=row.challenge,
        found=row.found,
        created_at=row.created_at,
        updated_at=row.updated_at,
        asked_at=row.asked_at,
    )


def _tell(w: Write, by: Caller, verb: str, of: Domain) -> None:
    told = {"id": of.id, "domain": of.domain, "status": of.status}
    w.announce(by, f"domain.{verb}", "domain", of.id, told, [Ref("Domain", of.id, told)])


__all__ = [
    "TOPIC",
    "bare",
    "by_name",
    "change",
    "create",
    "drop",
    "due",
    "filled",
    "find",
    "hasten",
    "hear",
    "own_names",
    "page",
    "places",
    "records",
    "settle",
    "usable",
    "verified",
    "verify",
]
