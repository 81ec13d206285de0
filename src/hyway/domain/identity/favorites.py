"""What members like to find again at once: projects, apps and teams, in an order of their own."""

from collections.abc import Sequence

from hyway.domain.identity import access, things
from hyway.domain.identity.access.roles import ADMIN
from hyway.domain.identity.member_records import Favorite
from hyway.domain.identity.profiles import person_in, shown_favorites
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import favorites as store
from hyway.domain.identity.store import members as member_store
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused, Taken

_LONGEST_ID = 100


def add(w: Write, by: Caller, member: str, thing: str) -> list[Favorite]:
    """A project, an app or a team more, at the end; all of them then. Missing where the caller may not read it."""
    seq = _locked(w, by, member)
    found = things.find(w, by, thing) if _may_be_id(thing) else None
    if found is None or not access.may(by, "read", found.kind, *found.within):
        raise Missing("There is no such project, app or team", id=thing)
    old = store.of_member(w, seq)
    try:
        with w.attempt():
            own = store.add(w, seq, found.id, len(old))
    except Conflict:
        raise Taken("", "This is a favorite already") from None
    _order(w, [*(each.own for each in old), own])
    w.announce(by, "favorite.created", "favorite", own, {"id": own, "member": member, "entity": found.id})
    return shown_favorites(w, by, seq)


def move(w: Write, by: Caller, member: str, favorite: str, index: int) -> list[Favorite]:
    """To the place `index`, from 0; the others keep their order. `favorite` is its own id or that of the thing."""
    seq = _locked(w, by, member)
    old = store.of_member(w, seq)
    moved = _among(old, favorite)
    if index < 0:
        raise Invalid("index", "must be >= 0")
    if index >= len(old):
        raise Invalid("index", "must be <= {most}", most=len(old) - 1)
    order = [each.own for each in old if each.own != moved.own]
    _order(w, [*order[:index], moved.own, *order[index:]])
    told = {"id": moved.own, "member": member, "entity": moved.id, "index": index}
    w.announce(by, "favorite.updated", "favorite", moved.own, told)
    return shown_favorites(w, by, seq)


def drop(w: Write, by: Caller, member: str, favorite: str) -> None:
    """It is none any longer; the others close up."""
    seq = _locked(w, by, member)
    gone = _among(store.of_member(w, seq), favorite)
    store.drop(w, seq, gone.own)
    told = {"id": gone.own, "member": member, "entity": gone.id}
    w.announce(by, "favorite.deleted", "favorite", gone.own, told)


def _own(r: Read, by: Caller, member: str) -> int:
    """The membership whose favorites they are: the member's themself, and an admin's to change."""
    if by.member != member:
        access.require(by, "read", "Member")
    seq, _ = person_in(r, by, member)
    if by.member != member and ADMIN not in access.granted(by).organization:
        raise Refused("You do not have permission to change the favorites of others")
    return seq


def _locked(w: Write, by: Caller, member: str) -> int:
    member_store.lock(w, by.organization)
    return _own(w, by, member)


def _among(favorites: Sequence[Favorite], id: str) -> Favorite:
    for each in favorites:
        if id in (each.own, each.id):
            return each
    raise Missing("There is no such favorite", id=id)


def _order(w: Write, owns: Sequence[str]) -> None:
    for position, own in enumerate(owns):
        store.place(w, own, position)


def _may_be_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and "\x00" not in text
