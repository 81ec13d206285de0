"""Verbs of short codes: links one by one, with their tags by name, as the wire of projects has them."""

from collections.abc import Sequence
from typing import NoReturn

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.links import domain_rules, domains, hosting, service, shelves, tagging
from hyway.domain.links.codes import LONGEST
from hyway.domain.links.records import (
    Link,
    LinkChange,
    NewShortCode,
    ShortCode,
    ShortCodeChange,
    ShortCodeQuery,
)
from hyway.domain.links.store import links, turns
from hyway.domain.links.store import short_codes as store
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing
from hyway.kernel.patch import UNSET

COLLECTION = "Short codes"
"""Where links are kept that are made without a collection."""
_PREFIX, _TIME, _HEX = "code_", 12, 24
_FIELDS = {"url": "long_url", "shortId": "code", "tagIds": "tags"}


def wire_id(link: Link) -> str:
    """`code_` with the time out of the link's UUID and its number, 12 hex digits each."""
    return f"{_PREFIX}{link.id.replace('-', '')[:_TIME]}{link.seq:012x}"


def number(text: str) -> int | None:
    """The number in a short code's id, None where it is no such id."""
    digits = text.removeprefix(_PREFIX)
    if len(text) != len(_PREFIX) + _HEX or len(digits) != _HEX or set(digits) - set("0123456789abcdef"):
        return None
    return int(digits[_TIME:], 16)


def page(r: Read, by: Caller, query: ShortCodeQuery) -> tuple[list[ShortCode], int]:
    """All live links of the organization, whoever made them by which API, newest first; and how many they are."""
    identity.access.require(by, "read", "Link")
    found, total = store.page(r, by.organization, query)
    return _shown(r, by, found), total


def find(r: Read, by: Caller, id: str) -> ShortCode:
    """The link with that id, or the only one of the organization with that short id; else Missing."""
    identity.access.require(by, "read", "Link")
    return _shown(r, by, [_live(r, by, id)])[0]


def tags(r: Read, by: Caller) -> list[str]:
    """The names of all tags of the organization."""
    identity.access.require(by, "read", "Link")
    return tagging.names(r, by)


def create(w: Write, by: Caller, new: NewShortCode) -> ShortCode:
    """A new link on a name of the server, or on a domain of the organization that is ready."""
    identity.access.require(by, "create", "Link")
    domain, host = _place(w, by, new.domain)
    wish = LinkChange(
        url=new.long_url,
        short_id=new.code or UNSET,
        title=new.title,
        collection_id=_collection(w, by),
        tag_ids=tagging.ids_for(w, by, new.tags),
        domain=domain,
        host=host,
    )
    return _put(w, by, wish)


def change(w: Write, by: Caller, id: str, wish: ShortCodeChange) -> ShortCode:
    """What is mentioned changes; the code and its domain never do."""
    identity.access.require(by, "update", "Link")
    old = _live(w, by, id)
    tag_ids = UNSET if wish.tags is UNSET else tagging.ids_for(w, by, wish.tags)
    return _put(w, by, LinkChange(id=old.id, url=wish.long_url, title=wish.title, tag_ids=tag_ids))


def drop(w: Write, by: Caller, id: str) -> None:
    """Its clicks stay, its short id stays taken."""
    identity.access.require(by, "delete", "Link")
    old = _live(w, by, id)
    try:
        service.drop(w, by, [old.id])
    except Invalid:  # another request was first
        _missing(id)


def held(w: Write, by: Caller, id: str) -> Link:
    """The link, which nobody else changes before the commit."""
    found = _live(w, by, id)
    return links.by_ids(w, by.organization, [found.id], lock=True).get(found.id) or _missing(id)


def _live(r: Read, by: Caller, id: str) -> Link:
    seq = number(id)
    known = None if seq is None else store.id_of(r, by.organization, seq)
    found = None if known is None else links.by_ids(r, by.organization, [known]).get(known)
    if found is not None and wire_id(found) == id:
        return found
    called = store.ids_called(r, by.organization, id) if len(id) <= LONGEST else []
    if len(called) != 1:
        _missing(id)
    return links.by_ids(r, by.organization, called).get(called[0]) or _missing(id)


def _missing(id: str) -> NoReturn:
    raise Missing("Link not found", id=id)


def _shown(r: Read, by: Caller, found: Sequence[Link]) -> list[ShortCode]:
    named, home = tagging.names_of(r, by, found), hosting.home(r.home)
    organization = identity.organizations_named(r, [by.organization])[by.organization]
    return [
        ShortCode(
            link=each,
            id=wire_id(each),
            domain=each.host or home,
            tags=tuple(dict.fromkeys(named[tag] for tag in each.tag_ids if tag in named)),
            organization=organization,
            address=hosting.address(each, r.home),
        )
        for each in found
    ]


def _put(w: Write, by: Caller, wish: LinkChange) -> ShortCode:
    try:
        made = service.put(w, by, [wish])
    except Invalid as fault:
        if fault.field == "id":  # another request has deleted it
            _missing(wish.id or "")
        raise type(fault)(_FIELDS.get(fault.field, fault.field), fault.text, **fault.facts) from None
    return _shown(w, by, made)[0]


def _place(r: Read, by: Caller, said: str) -> tuple[int, str | None]:
    """The number of the domain (0 for the server's own names) and the name, None for the server's home."""
    host, home = said.strip().lower().removesuffix("."), hosting.home(r.home)
    if host == home or hosting.is_ours(host, r.hosts):
        return 0, None if host == home else host
    try:
        found = domains.by_name(r, by, domain_rules.name("domain", domain_rules.bare(host), ()))
    except Invalid:  # no name of the Domain Name System
        found = None
    if found is None:
        raise Invalid("domain", "must be a name of this server or a domain of the organization that is ready")
    return found.seq, found.domain


def _collection(w: Write, by: Caller) -> str:
    known = store.collection(w, by.organization, COLLECTION)
    if known is None:  # another request may be making it
        turns.take(w, by.organization)
        known = store.collection(w, by.organization, COLLECTION)
    return known or shelves.put(w, by, shelves.COLLECTIONS, [{"name": COLLECTION}])[0].id
