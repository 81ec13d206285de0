"""Teams: chosen by hand, or all for whom criteria hold."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.identity import access, criteria, profiling, settling, things
from hyway.domain.identity.member_records import Member, Named, Team, TeamType
from hyway.domain.identity.records import Caller
from hyway.domain.identity.settling import fill, settle
from hyway.domain.identity.store import members as member_store
from hyway.domain.identity.store import profiles as profile_store
from hyway.domain.identity.store import teams as store
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Taken
from hyway.kernel.patch import UNSET, Unset, given

__all__ = [
    "add",
    "change",
    "create",
    "drop",
    "fill",
    "find",
    "members",
    "of_members",
    "page",
    "remove",
    "replace_members",
    "settle",
]

LONGEST_NAME, MOST_CHANNELS, LONGEST_CHANNEL = 100, 20, 255
MOST_AT_ONCE = 20_000
"""Members of a team that are named in one call."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DYNAMIC = "The members of a dynamic team follow from its criteria"


def page(r: Read, by: Caller, name: str = "") -> list[Team]:
    """Those that the caller may read, by name; `name` is what the name begins with, without regard to case."""
    if "\x00" in name or len(name) > LONGEST_NAME:
        return []
    return store.page(r, by.organization, name.casefold(), access.visible(by, "Team"))


def find(r: Read, by: Caller, id: str) -> Team:
    access.require(by, "read", "Team", id)
    return _found(r, by, id)


def _found(r: Read, by: Caller, id: str) -> Team:
    found = store.find(r, by.organization, id) if profiling.is_id(id, "team") else None
    if found is None:
        raise Missing("There is no such team", id=id)
    return found


def create(
    w: Write,
    by: Caller,
    name: str,
    type: str | None = None,
    criteria_: Sequence[Any] = (),
    channels: Sequence[Any] = (),
) -> Team:
    """A new team. Without a type it is dynamic if it has criteria; a static one keeps none.

    Taken for a name that another team has, without regard to case.
    """
    access.require(by, "create", "Team")
    kind = _type(type) if type is not None else ("dynamic" if criteria_ else "static")
    now = clock.now()
    row = {
        **_name(name),
        "type": kind,
        "criteria": criteria.stored(_criteria(kind, criteria_)),
        "channels": json.dumps(_channels(channels), ensure_ascii=False),
    }
    try:
        with w.attempt():
            id = store.add(w, {**row, "organization": by.organization, "created_at": now, "updated_at": now})
    except Conflict:
        raise _taken() from None
    made = _found(w, by, id)
    things.put(w, by, made.id, "Team", made.name)
    if kind == "dynamic":
        settling.fill(w, by.organization, made)
    w.announce(by, "team.created", "team", made.id, _told(made), [_ref(made)])
    return _found(w, by, id)


def change(
    w: Write,
    by: Caller,
    id: str,
    *,
    name: str | Unset = UNSET,
    type: str | Unset = UNSET,
    criteria_: Sequence[Any] | Unset = UNSET,
    channels: Sequence[Any] | Unset = UNSET,
) -> Team:
    """What is mentioned changes. A team that becomes static keeps the members that it had."""
    access.require(by, "update", "Team", id)
    member_store.lock(w, by.organization)
    old = _found(w, by, id)
    kind = _type(type) if given(type) else old.type
    if given(criteria_) and criteria_ and not given(type) and old.type == "static":
        raise Invalid("criteria", "must be given with type dynamic for a static team")
    wanted = _criteria(kind, criteria_ if given(criteria_) else old.criteria)
    if kind == "dynamic" and (kind, wanted) != (old.type, old.criteria):
        access.lends(w, by, old.id)
    values: dict[str, Any] = {"type": kind, "criteria": criteria.stored(wanted)}
    if given(name):
        values |= _name(name)
    if given(channels):
        values["channels"] = json.dumps(_channels(channels), ensure_ascii=False)
    try:
        with w.attempt():
            store.change(w, by.organization, old.seq, updated_at=clock.now(), **values)
    except Conflict:
        raise _taken() from None
    return _changed(w, by, old)


def _changed(w: Write, by: Caller, old: Team) -> Team:
    new = _found(w, by, old.id)
    if new.name != old.name:
        things.put(w, by, new.id, "Team", new.name)
    if new.type == "dynamic" and (new.type, new.criteria) != (old.type, old.criteria):
        settling.fill(w, by.organization, new)
    if _told(new) != _told(old):
        w.announce(by, "team.updated", "team", new.id, _told(new), [_ref(new)])
    return _found(w, by, old.id)


def drop(w: Write, by: Caller, id: str) -> None:
    """The team is no more, nor what access it gave its members, nor what access others had to it."""
    access.require(by, "delete", "Team", id)
    member_store.lock(w, by.organization)
    gone = _found(w, by, id)
    things.drop(w, by, gone.id)
    store.drop(w, by.organization, gone.seq)
    w.announce(by, "team.deleted", "team", gone.id, {"id": gone.id, "name": gone.name}, [_ref(gone)])


def members(r: Read, by: Caller, id: str) -> list[Member]:
    """Who is in a team, by age."""
    team = find(r, by, id)
    return profile_store.of_team(r, by.organization, store.in_team(team.seq))


def of_members(r: Read, by: Caller, ids: Sequence[str]) -> dict[str, list[Named]]:
    """The teams of each of these members that the caller may read, by name, in one statement."""
    among = access.visible(by, "Team")
    found: dict[str, list[Named]] = {}
    for member, team in store.of_members(r, by.organization, ids):
        if among is None or team.id in among:
            found.setdefault(member, []).append(team)
    return found


def replace_members(w: Write, by: Caller, id: str, ids: Sequence[str], place: str = "members") -> Team:
    """Just these are in a static team from now on; Invalid, with nothing changed, if one is no person of the
    organization. `place` is where the ids stand in what the caller sent."""
    team = _by_hand(w, by, id)
    wanted = list(dict.fromkeys(ids))
    known = store.memberships(w, by.organization, [each for each in wanted if profiling.is_id(each, "memb")])
    for at, each in enumerate(ids):
        if each not in known:
            raise Invalid(f"{place}/{at}", "must be the id of a person who is a member of the organization")
    new, old = {known[each] for each in wanted}, store.members(w, team.seq)
    out, into = sorted(old - new), sorted(new - old)
    if into:
        access.lends(w, by, team.id)
    store.move(w, by.organization, [(team.seq, s) for s in out], [(team.seq, s) for s in into], clock.now())
    if out or into:
        told = {"id": team.id, "name": team.name, "added": len(into), "removed": len(out)}
        w.announce(by, "team.members_replaced", "team", team.id, told, [_ref(team)])
    return _found(w, by, id)


def add(w: Write, by: Caller, id: str, member: str) -> Team:
    """One member more in a static team; nothing changes for who is in it already."""
    team = _by_hand(w, by, id)
    inside = [each.id for each in profile_store.of_team(w, by.organization, store.in_team(team.seq))]
    return replace_members(w, by, id, [*inside, member])


def remove(w: Write, by: Caller, id: str, member: str) -> None:
    """One member less in a static team; Missing for who is not in it."""
    team = _by_hand(w, by, id)
    known = store.memberships(w, by.organization, [member]) if profiling.is_id(member, "memb") else {}
    seq = known.get(member)
    if seq is None or seq not in store.members(w, team.seq):
        raise Missing("There is no such member in the team", id=member)
    store.move(w, by.organization, [(team.seq, seq)], [], clock.now())
    told = {"id": team.id, "name": team.name, "member": member}
    w.announce(by, "team.member_removed", "team", team.id, told, [_ref(team), Ref("Member", member)])


def _by_hand(w: Write, by: Caller, id: str) -> Team:
    access.require(by, "update", "Team", id)
    member_store.lock(w, by.organization)
    team = _found(w, by, id)
    if team.type == "dynamic":
        raise Taken("", _DYNAMIC)
    return team


def _name(value: str) -> dict[str, str]:
    clean = value.strip()
    if not clean:
        raise Invalid("name", "must NOT have fewer than 1 characters")
    if len(clean) > LONGEST_NAME:
        raise Invalid("name", "must NOT have more than {most} characters", most=LONGEST_NAME)
    if _CONTROL.search(clean):
        raise Invalid("name", "must NOT contain control characters")
    return {"name": clean, "folded_name": clean.casefold()}


def _type(value: str) -> TeamType:
    if value == "dynamic":
        return "dynamic"
    if value == "static":
        return "static"
    raise Invalid("type", "must be equal to one of the allowed values")


def _criteria(kind: TeamType, given_: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """Those of a static team are looked at and not kept: the vendor's own example sends some."""
    checked = criteria.checked(given_)
    if kind == "static":
        return ()
    if not checked:
        raise Invalid("criteria", "must NOT have fewer than 1 items")
    return checked


def _channels(given_: Sequence[Any]) -> list[dict[str, str]]:
    if len(given_) > MOST_CHANNELS:
        raise Invalid("channels", "must NOT have more than {most} items", most=MOST_CHANNELS)
    checked = [_channel(f"channels/{at}", each) for at, each in enumerate(given_)]
    if len({each["id"] for each in checked}) < len(checked):
        raise Invalid("channels", "must NOT have duplicate items")
    return checked


def _channel(at: str, one: Any) -> dict[str, str]:
    if not isinstance(one, Mapping):
        raise Invalid(at, "must be object")
    for name in ("id", "type"):
        if name not in one:
            raise Invalid(at, "must have required property '{name}'", name=name)
    if one["type"] != "slack":
        raise Invalid(f"{at}/type", "must be equal to one of the allowed values")
    id = one["id"]
    if not isinstance(id, str):
        raise Invalid(f"{at}/id", "must be string")
    if not id.strip():
        raise Invalid(f"{at}/id", "must NOT have fewer than 1 characters")
    if len(id) > LONGEST_CHANNEL or _CONTROL.search(id):
        raise Invalid(f"{at}/id", "must NOT have more than {most} characters", most=LONGEST_CHANNEL)
    return {"id": id, "type": "slack"}


def _taken() -> Taken:
    return Taken("", "A team with this name exists already")


def _ref(team: Team) -> Ref:
    return Ref("Team", team.id, {"id": team.id, "name": team.name})


def _told(team: Team) -> dict[str, Any]:
    return {
        "id": team.id,
        "name": team.name,
        "type": team.type,
        "criteria": [dict(each) for each in team.criteria],
        "channels": [dict(each) for each in team.channels],
    }
