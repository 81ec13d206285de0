"""Verbs of links. Bulk, all or nothing, answers in the order given."""

from collections.abc import Sequence, Set
from dataclasses import replace
from operator import itemgetter
from typing import Any

from hyway.domain.billing import plan
from hyway.domain.identity import Caller
from hyway.domain.links import codes, domains, hosting, rules
from hyway.domain.links.records import Link, LinkChange, LinkQuery, Target
from hyway.domain.links.shelves import bounds
from hyway.domain.links.store import links as store
from hyway.domain.links.store import qrs, shelves
from hyway.kernel import clock, ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Fault, Invalid, Refused, Taken
from hyway.kernel.patch import UNSET, Unset

TOPIC = "link"
"""What a lane that remembers links listens to: the keys are those of `lane_key`."""

_BLANK: dict[str, Any] = dict.fromkeys(Link._fields) | {
    "cloaked": False,
    "domain": 0,
    "forward_query": "visitor",
    "tag_ids": [],
}

_IN_ORDER = itemgetter(*Link._fields)


def page(r: Read, by: Caller, query: LinkQuery) -> list[Link]:
    """One page of the organization's live links."""
    return store.page(r, by.organization, query)


def count(r: Read, by: Caller, query: LinkQuery) -> int:
    return store.count(r, by.organization, query)


def find(r: Read, by: Caller, id: str) -> Link | None:
    return store.by_ids(r, by.organization, [id]).get(id)


def seq_of(r: Read, by: Caller, id: str) -> int | None:
    """The inner number of the organization's link, deleted or not."""
    return store.seqs(r, [id], by.organization).get(id)


def seqs_of(r: Read, by: Caller, ids: Sequence[str]) -> dict[str, int]:
    """The inner numbers of the organization's links, deleted or not, by id."""
    return store.seqs(r, ids, by.organization)


def by_seqs(r: Read, by: Caller, seqs: Sequence[int]) -> dict[int, Link]:
    """Links by their inner number, deleted ones too: history keeps its names."""
    return store.by_seqs(r, by.organization, seqs)


def target(r: Read, short_id: str, domain: int = 0) -> Target | None:
    """What the redirect needs to know of a live link."""
    return store.target(r, short_id, domain)


def lane_key(short_id: str, domain: int = 0) -> str:
    """What a link is called where it is remembered: no short id has a slash."""
    return f"{domain}/{short_id}" if domain else short_id


def put(w: Write, by: Caller, wishes: Sequence[LinkChange]) -> list[Link]:
    """Makes what has no id and changes what has one; the whole call fails on the first fault, which says where.

    Rules: Hoko's "Create links" and "Update/Upsert links". UTM merges by key.
    """
    bounds(by, len(wishes))
    there = store.by_ids(w, by.organization, [wish.id for wish in wishes if wish.id], lock=True)
    rows = _rows(by, _placed(w, by, wishes), there, w)
    _check_references(w, by, wishes)
    _check_external_ids(w, by, rows, there)
    new = [row for row in rows if row["id"] not in there]
    _check_room(w, by, len(new))
    _name(w, rows, new)
    latest = {row["id"]: row for row in rows}
    try:
        with w.attempt():
            store.release_external_ids(w, [there[id].seq for id in there if _gives_up(there[id], latest[id])])
            store.add(w, new)
            store.change(w, [(there[id].seq, row) for id, row in latest.items() if id in there])
    except Conflict as clash:
        field = "shortId" if "short_id" in str(clash) else "externalId"
        raise Taken(field, "was taken by another request just now; try again") from None
    return _finish(w, by, rows, latest, there)


def _placed(w: Write, by: Caller, wishes: Sequence[LinkChange]) -> Sequence[LinkChange]:
    """The wishes, each for a domain with the domain's name: it must be the organization's, and ready."""
    asked = {wish.domain for wish in wishes if isinstance(wish.domain, int) and wish.domain}
    if not asked:
        return wishes
    names = domains.usable(w, by, asked)
    placed = list(wishes)
    for at, wish in enumerate(wishes):
        if isinstance(wish.domain, int) and wish.domain:
            if wish.domain not in names:
                raise Invalid(
                    "domain", "names no {noun} of your workspace", noun="domain that is ready", at=at
                )
            placed[at] = replace(wish, host=names[wish.domain])
    return placed


def _rows(by: Caller, wishes: Sequence[LinkChange], there: dict[str, Link], r: Read) -> list[dict[str, Any]]:
    """The whole row each wish leads to; a link wished for twice is changed twice, in order."""
    allowed, now = plan(by.plan), clock.now()
    latest: dict[str, dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    for at, wish in enumerate(wishes):
        try:
            old = None
            if wish.id is not None:
                old = latest.get(wish.id) or (_as_row(there[wish.id]) if wish.id in there else None)
                if old is None:
                    raise Invalid("id", "names no {noun} of your workspace", noun="link")
                if wish.short_id:
                    raise Invalid("shortId", "cannot be changed")
                if wish.domain is not UNSET or wish.host is not UNSET:
                    raise Invalid("domain", "cannot be changed")
            row = {
                **(old or _fresh(by, now, wish)),
                **rules.apply(wish, old, allowed, _around(r, old["host"] if old else wish.host)),
                "updated_at": now,
            }
        except Fault as fault:
            raise fault.of(at) from None
        row["tagged"] = int(bool(row["tag_ids"]))
        latest[row["id"]] = row
        rows.append(row)
    return rows


def _around(r: Read, host: str | Unset | None) -> frozenset[str]:
    """Names that the link may not lead back to: the server's, and its own, with the server's port, too."""
    return r.hosts | {host, hosting.at_home(host, r.home)} if isinstance(host, str) else r.hosts


def _fresh(by: Caller, now: Instant, wish: LinkChange) -> dict[str, Any]:
    place = {name: value for name in ("domain", "host") if (value := getattr(wish, name)) is not UNSET}
    return {**_BLANK, "id": ids.uuid7(), "organization": by.organization, "created_at": now, **place}


def _as_row(link: Link) -> dict[str, Any]:
    return {**link._asdict(), "tag_ids": list(link.tag_ids)}


def _check_references(r: Read, by: Caller, wishes: Sequence[LinkChange]) -> None:
    """Collections, partners and tags that are named must be live and the organization's."""
    collections = {wish.collection_id for wish in wishes if isinstance(wish.collection_id, str)}
    partners = {wish.partner_id for wish in wishes if isinstance(wish.partner_id, str)}
    tagged = [wish.tag_ids if isinstance(wish.tag_ids, list) else [] for wish in wishes]
    tags = {tag for ids_ in tagged for tag in ids_}
    known = store.known(r, shelves.COLLECTIONS, by.organization, collections) if collections else set()
    known |= store.known(r, shelves.PARTNERS, by.organization, partners) if partners else set()
    known |= store.known(r, shelves.TAGS, by.organization, tags) if tags else set()
    for at, wish in enumerate(wishes):
        if wish.collection_id and wish.collection_id not in known:
            raise Invalid("collectionId", "names no {noun} of your workspace", noun="collection", at=at)
        if wish.partner_id and wish.partner_id not in known:
            raise Invalid("partnerId", "names no {noun} of your workspace", noun="partner", at=at)
        if not known.issuperset(tagged[at]):
            raise Invalid("tagIds", "names no {noun} of your workspace", noun="tag", at=at)


def _check_external_ids(r: Read, by: Caller, rows: Sequence[dict[str, Any]], there: dict[str, Link]) -> None:
    """An external id belongs to one live link: within the call, and against the store."""
    final: dict[str, dict[str, Any]] = {row["id"]: row for row in rows}
    holder: dict[str, str] = {}
    # Whoever keeps the external id it had is not to blame.
    kept = {link.external_id: id for id, link in there.items() if not _gives_up(link, final[id])}
    for at, row in enumerate(rows):
        external = final[row["id"]].get("external_id")
        if external and kept.get(external, row["id"]) != row["id"]:
            raise Taken("externalId", "{value} is taken by another link", value=external[:100], at=at)
        if external and holder.setdefault(external, row["id"]) != row["id"]:
            raise Taken("externalId", "{value} stands twice in this request", value=external[:100], at=at)
    stored = store.taken_external_ids(r, by.organization, list(holder))
    for at, row in enumerate(rows):
        owner = stored.get(row.get("external_id") or "")
        # A link of this call that gives its external id up in the same call does not hold it any more.
        if owner and owner != row["id"] and final.get(owner, row).get("external_id") == row["external_id"]:
            raise Taken(
                "externalId", "{value} is taken by another link", value=row["external_id"][:100], at=at
            )


def _gives_up(old: Link, row: dict[str, Any]) -> bool:
    """Does the link let go of its external id, which another one of the call may then have?"""
    return old.external_id is not None and old.external_id != row["external_id"]


def _check_room(r: Read, by: Caller, more: int) -> None:
    most = plan(by.plan).links
    if most is not None and more and store.count(r, by.organization) + more > most:
        raise Refused("your plan allows {most} links", most=most)


def _name(r: Read, rows: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]]) -> None:
    """Short ids for new links; one that was asked for must be free, the others are drawn until they are."""
    fresh = {row["id"] for row in new}
    asked: dict[int, dict[str, int]] = {row["domain"]: {} for row in new}
    for at, row in enumerate(rows):
        if row["id"] in fresh and row.get("short_id"):
            first = asked[row["domain"]].setdefault(row["short_id"], at)
            if first != at:
                raise Taken("shortId", "stands twice in this request", at=at)
    clashes = [
        places[short_id]
        for domain, places in asked.items()
        for short_id in store.taken_short_ids(r, list(places), domain)
    ]
    if clashes:
        raise Taken("shortId", "is taken by another link", at=min(clashes))
    for domain, places in asked.items():
        nameless = [row for row in new if row["domain"] == domain and not row.get("short_id")]
        _draw(r, domain, nameless, places.keys())


def _draw(r: Read, domain: int, nameless: list[dict[str, Any]], asked: Set[str]) -> None:
    while nameless:
        drawn = list(dict.fromkeys(codes.generate_many(len(nameless))))
        taken = store.taken_short_ids(r, drawn, domain) | asked
        for short_id in drawn:
            if short_id not in taken:
                nameless.pop()["short_id"] = short_id


def _finish(
    w: Write,
    by: Caller,
    rows: Sequence[dict[str, Any]],
    latest: dict[str, dict[str, Any]],
    there: dict[str, Link],
) -> list[Link]:
    seqs = store.seqs(w, list(latest), by.organization)
    retagged = {
        seqs[id]: row["tag_ids"]
        for id, row in latest.items()
        if (list(there[id].tag_ids) if id in there else []) != row["tag_ids"]
    }
    try:
        with w.attempt():
            store.retag(w, retagged)
    except Conflict:
        raise Invalid("tagIds", "names no {noun} of your workspace", noun="tag") from None
    for id, row in latest.items():
        w.changed(TOPIC, lane_key(row["short_id"], row["domain"]))
        verb = "updated" if id in there else "created"
        w.announce(by, f"link.{verb}", "link", id, {"shortId": row["short_id"], "url": row["url"]})
    for id, row in latest.items():
        row["seq"], row["tag_ids"] = seqs[id], tuple(row["tag_ids"])
    return [Link._make(_IN_ORDER(latest[row["id"]])) for row in rows]


def drop(w: Write, by: Caller, wanted: Sequence[str]) -> list[str]:
    """Soft deletion: analytics stay, the short id stays taken. Unknown or deleted ids fail the whole call.

    QR codes that were kept go: what is printed of them leads nowhere any more.
    """
    bounds(by, len(wanted))
    once = list(dict.fromkeys(wanted))
    there = store.by_ids(w, by.organization, once, lock=True)
    for at, id in enumerate(wanted):
        if id not in there:
            raise Invalid("", "names no {noun} of your workspace", noun="link", at=at)
    for domain, short_id in store.drop(w, by.organization, once, clock.now()):
        w.changed(TOPIC, lane_key(short_id, domain))
    qrs.drop_of(w, by.organization, [each.seq for each in there.values()])
    for id in once:
        w.announce(by, "link.deleted", "link", id, {"shortId": there[id].short_id})
    return once
