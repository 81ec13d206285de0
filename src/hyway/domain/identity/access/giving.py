"""Access as it is given: roles of a member, a team or a program's key on the organization or on a thing.

What a member is to the organization itself is their membership's role, which all APIs share: here it is one more
access. Whoever changes access waits for whoever does so already, because one administrator has to stay.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from hyway.domain.identity import members, things
from hyway.domain.identity.access import deciding, roles
from hyway.domain.identity.access.entering import of_membership
from hyway.domain.identity.profiling import profile
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import given as store
from hyway.domain.identity.store import members as member_store
from hyway.domain.identity.store import people
from hyway.domain.identity.store.given import Wanted
from hyway.domain.identity.things import Thing
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Refused, Taken

_HOLDERS = {"member": "Member", "team": "Team", "api_key": "ApiKey"}
_ABSENT = "Access not found"


@dataclass(frozen=True, slots=True)
class Holder:
    """A member, a team or an API key, by the kind and the id that the wire shows; `seq` is ours."""

    kind: str
    id: str
    name: str
    seq: int


@dataclass(frozen=True, slots=True)
class Access:
    """`entity` is what the roles are on; `is_own` says that it is a member's on the organization."""

    id: str
    entity: Thing
    holder: Holder
    roles: tuple[str, ...]
    created_at: Instant
    is_own: bool


def page(
    r: Read,
    by: Caller,
    entities: Collection[str] | None = None,
    holders: Collection[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> tuple[list[Access], int]:
    """The access that the caller may see, oldest first, and how much there is: of these things and to these holders
    where any are named, by id."""
    deciding.require_somewhere(by, "read", "Access")
    wanted = Wanted(entities, holders, deciding.visible(by, "Access"))
    found = [_access(row) for row in store.page(r, by.organization, wanted, offset, limit)]
    return found, store.count(r, by.organization, wanted)


def find(r: Read, by: Caller, id: str, action: str = "read") -> Access:
    """Missing for what the caller may not see, Refused for what it may but not do this to."""
    found = _one(r, by, id)
    if not deciding.may(by, "read", "Access", *found.entity.within):
        raise Missing(_ABSENT, id=id)
    deciding.require(by, action, "Access", *found.entity.within)
    return found


def _one(r: Read, by: Caller, id: str) -> Access:
    rows = [] if "\x00" in id else store.page(r, by.organization, Wanted(id=id), 0, 1)
    if not rows:
        raise Missing(_ABSENT, id=id)
    return _access(rows[0])


def create(w: Write, by: Caller, entity_id: str, holder_id: str, names: Sequence[str]) -> Access:
    """Gives roles on a thing, or on the organization, to a member, a team or an API key, by their ids.

    One access for a pair of them: Taken for a second. Refused for roles that allow more than the caller may there.
    """
    member_store.lock(w, by.organization)
    entity = _entity(w, by, entity_id)
    deciding.require(by, "create", "Access", *entity.within)
    found = None if "\x00" in holder_id else store.holder(w, by.organization, holder_id)
    if found is None:
        raise Missing("Assignment not found", id=holder_id)
    kind, seq, has_own = found
    given = fitting(by, names, entity.kind, *entity.within)
    if entity.kind == "Organization" and kind == "member":
        if has_own:
            raise _twice()
        id = _set_own(w, by, seq, given)
    else:
        id = _add(w, by, entity, kind, seq, given)
    made = find(w, by, id)
    _announce(w, by, "access.created", made)
    return made


def _add(w: Write, by: Caller, entity: Thing, kind: str, seq: int, given: Sequence[str]) -> str:
    try:
        with w.attempt():
            return store.add(w, by.organization, entity.id, kind, seq, given, clock.now())
    except Conflict:
        raise _twice() from None


def change(w: Write, by: Caller, id: str, names: Sequence[str]) -> Access:
    """Replaces the roles; Taken where the organization's owner, or its last administrator, would be one no more."""
    member_store.lock(w, by.organization)
    old = find(w, by, id, "update")
    given = fitting(by, names, old.entity.kind, *old.entity.within)
    if given == old.roles:
        return old
    if old.is_own:
        _set_own(w, by, old.holder.seq, given)
    else:
        store.change(w, by.organization, id, given, clock.now())
    new = find(w, by, id)
    _announce(w, by, "access.updated", new, was=list(old.roles))
    return new


def drop(w: Write, by: Caller, id: str) -> None:
    """The roles are gone; Taken where they are those of the organization's owner or of its last administrator."""
    member_store.lock(w, by.organization)
    old = find(w, by, id, "delete")
    if old.is_own:
        _set_own(w, by, old.holder.seq, ())
    else:
        store.drop(w, by.organization, id)
    _announce(w, by, "access.deleted", old)


def own(w: Write, by: Caller, thing_id: str, role: str) -> None:
    """Gives the role on a thing to its maker, unless the roles that they have cover it: no one else gives it to them.

    The thing is known to `things` by now. The server's own command, which is no member, needs no role; nor does who
    has left this moment.
    """
    member_store.lock(w, by.organization)
    found = store.holder(w, by.organization, by.member) if by.member else None
    if found is None or deciding.covers(by, role, thing_id):
        return
    kind, seq, _ = found
    id = store.add(w, by.organization, thing_id, kind, seq, (role,), clock.now())
    _announce(w, by, "access.created", _one(w, by, id))


def forget_key(w: Write, by: Caller, seq: int) -> None:
    """A key is about to be no more: so is all that it had access to."""
    member_store.lock(w, by.organization)
    store.drop_of(w, by.organization, "api_key", seq)


def give_key(w: Write, by: Caller, key: int, names: Sequence[str]) -> tuple[str, ...]:
    """A new key's roles on its organization, in the order of the table."""
    entity = people.organization_of(w, by.organization).wire_id
    given = fitting(by, names, "Organization")
    store.add(w, by.organization, entity, "api_key", key, given, clock.now())
    return given


def fitting(by: Caller, names: Sequence[str], kind: str, *within: str) -> tuple[str, ...]:
    """The roles in the order of the table, each once; Invalid where one is none for things of this kind.

    Refused where one allows what the caller itself may not do there.
    """
    allowed = roles.of_kind(kind)
    if not names:
        raise Invalid("roles", "must NOT have fewer than 1 items")
    for at, name in enumerate(names):
        if name not in allowed:
            raise Invalid(f"roles/{at}", "must be equal to one of the allowed values")
    for name in names:
        if not deciding.covers(by, name, *within):
            raise _more_than_own(name)
    return roles.in_order(frozenset(names))


def lends(r: Read, by: Caller, team: str) -> None:
    """Refused where the team with this id has a role that allows more than the caller may do there: whoever is taken
    into it gets that role, and nobody gives more than they have."""
    for row in store.page(r, by.organization, Wanted(holders=[team]), 0, None):
        found = _access(row)
        for name in found.roles:
            if not deciding.covers(by, name, *found.entity.within):
                raise _more_than_own(name)


def _more_than_own(role: str) -> Refused:
    return Refused("You do not have permission to give the role {role}", role=role)


def _set_own(w: Write, by: Caller, seq: int, given: Sequence[str]) -> str:
    """What a member is to the organization from now on; without any role they belong to it, and may do nothing."""
    of = members.find(w, by, seq)
    role = "admin" if roles.ADMIN in given else "member"
    if role != "admin":
        members.keep_an_admin(w, of)
    elif of.role == "owner":
        role = "owner"
    is_billing, has_access = roles.BILLING in given, bool(given)
    id = member_store.change_access(
        w, by.organization, seq, role, is_billing=is_billing, has_access=has_access, at=clock.now()
    )
    if role != of.role:
        members.tell_role(w, by, of, role)
    return id or ""


def _entity(r: Read, by: Caller, id: str) -> Thing:
    """What roles are to be given on."""
    home = people.organization_of(r, by.organization)
    if id == home.wire_id:
        return Thing(id, "Organization", home.name, None)
    found = None if "\x00" in id else things.find(r, by, id)
    if found is None:
        raise Missing("Entity not found", id=id)
    return found


def _access(row: Any) -> Access:
    entity = Thing(row.entity, row.entity_kind, row.entity_name, row.part_of)
    holder = Holder(_HOLDERS[row.holder_kind], row.holder_id, row.holder_name or _called(row), row.holder)
    if row.is_own:
        names = of_membership(row.roles, is_billing=bool(row.is_billing), has_access=True)
    else:
        names = frozenset(row.roles.split())
    return Access(row.id, entity, holder, roles.in_order(names), row.created_at, bool(row.is_own))


def _called(row: Any) -> str:
    """A member's full name, as the organization knows it."""
    of = profile(row.own_name, row.own_email, row.first_name, row.last_name, row.nickname, None)
    return " ".join(part for part in (of.first_name, of.last_name) if part) or of.nickname


def _announce(w: Write, by: Caller, action: str, of: Access, **more: Any) -> None:
    sides = {
        "entity": Ref(of.entity.kind, of.entity.id, {"name": of.entity.name}),
        "assignment": Ref(of.holder.kind, of.holder.id, {"name": of.holder.name}),
    }
    shown = {side: {"type": ref.kind, "id": ref.id, **ref.view} for side, ref in sides.items()}
    refs = [*sides.values()]
    if of.entity.part_of is not None:
        refs.append(Ref("Project", of.entity.part_of))
    w.announce(by, action, "access", of.id, {**shown, "roles": list(of.roles), **more}, refs)


def _twice() -> Taken:
    return Taken("", "Access for this entity and assignment exists already")
