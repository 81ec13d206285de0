"""Verbs of groups: who belongs together, and the tokens that show a group to a widget."""

import dataclasses
import secrets
from collections.abc import Mapping
from typing import Any

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Group, Page
from hyway.domain.tracking.store import groups as store
from hyway.kernel import clock, ids, seal
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing

TOKEN = "gk_"  # what a group's token begins with
VIA = "hypertrack-group"
_LONGEST = 255


def caller_of_token(r: Read, token_hash: str) -> Caller | None:
    """Whom a group's token speaks for: its `actor_id` is the group's id, its one scope `group`.

    It may be remembered until word of a change to `("key", token_hash)` comes.
    """
    found = store.by_token(r, token_hash)
    if found is None:
        return None
    group, organization, environment = found
    caller = Caller(
        organization, "", "key", group.id, group.name, VIA, frozenset({"group"}), None, "read", None, "",
        environment,
    )  # fmt: skip
    return dataclasses.replace(caller, plan=identity.organization(r, caller).plan)


def below(r: Read, account: int, seq: int) -> set[int]:
    """The group and all those under it, by their numbers."""
    return store.below(r, account, seq)


def seen_by(r: Read, by: Caller) -> set[int] | None:
    """The groups that a group's token shows, by their numbers; None for a key, which sees everything."""
    if by.via != VIA:
        return None
    account = accounts.of(r, by)
    found = store.find(r, account.seq, by.actor_id)
    return store.below(r, account.seq, found.seq) if found else set()


def page(r: Read, by: Caller, wanted: Wanted) -> Page[Group]:
    rows, total = store.page(r, accounts.of(r, by).seq, wanted, seen_by(r, by))
    return Page(rows, total)


def find(r: Read, by: Caller, id: str) -> Group:
    """The group; Missing if there is none, or none that the caller may see."""
    found = store.find(r, accounts.of(r, by).seq, id.lower())
    seen = seen_by(r, by)
    if found is None or (seen is not None and found.seq not in seen):
        raise Missing("Not found.")
    return found


def create(w: Write, by: Caller, fields: Mapping[str, Any]) -> Group:
    """A new group of `name`, `lookup_id`, `parent_group_id`; its token is made here and stays readable."""
    account, now = accounts.opened(w, by), clock.now()
    parent = _parent(w, account.seq, fields.get("parent_group_id"))
    token = TOKEN + secrets.token_hex(20)
    id = ids.uuid4()
    row = {
        "id": id,
        "account": account.seq,
        "lookup_id": _lookup_id(fields.get("lookup_id")),
        "name": _name(fields.get("name")),
        "parent": parent.seq if parent else None,
        "token": w.seal.close(token, store.SEALED),
        "token_hash": seal.digest(token),
        "created_at": now,
        "modified_at": now,
    }
    try:
        with w.attempt():
            store.add(w, row)
    except Conflict:
        raise Invalid("lookup_id", "This field must be unique.") from None
    made = _stored(w, account.seq, id)
    w.announce(by, "group.created", "group", made.id, {"name": made.name})
    return made


def change(w: Write, by: Caller, id: str, fields: Mapping[str, Any]) -> Group:
    """What is mentioned changes; a group cannot come under itself."""
    old, account = find(w, by, id), accounts.of(w, by).seq
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = _name(fields["name"])
    if "lookup_id" in fields:
        values["lookup_id"] = _lookup_id(fields["lookup_id"])
    if "parent_group_id" in fields:
        values["parent"] = _new_parent(w, account, old, fields["parent_group_id"])
    if not values:
        return old
    try:
        with w.attempt():
            store.change(w, account, old.seq, {**values, "modified_at": clock.now()})
    except Conflict:
        raise Invalid("lookup_id", "This field must be unique.") from None
    if "parent" in values:
        accounts.fenced(w, account)
    w.announce(by, "group.changed", "group", id, {"changed": sorted(values)})
    return _stored(w, account, old.id)


def drop(w: Write, by: Caller, id: str) -> None:
    """Those under it and its users come to be without a group, its geofences end, its token is refused at once."""
    old, account = find(w, by, id), accounts.of(w, by)
    users = store.users_in(w, account.seq, old.seq)
    token_hash = store.drop(w, account.seq, old.seq)
    if users:
        store.set_frames(w, account.seq, users, accounts.frame(w, account))
    accounts.fenced(w, account.seq)
    w.changed("key", token_hash)
    w.announce(by, "group.deleted", "group", id, {"name": old.name})


def _stored(r: Read, account: int, id: str) -> Group:
    found = store.find(r, account, id)
    if found is None:
        raise Missing("Not found.")
    return found


def _parent(r: Read, account: int, id: str | None) -> Group | None:
    if id is None:
        return None
    found = store.find(r, account, id.lower())
    if found is None:
        raise Invalid("parent_group_id", 'Invalid pk "{id}" - object does not exist.', id=id)
    return found


def _new_parent(w: Write, account: int, of: Group, id: str | None) -> int | None:
    parent = _parent(w, account, id)
    if parent is None:
        return None
    # Two moves at once could make a ring that neither of them sees alone.
    store.lock(w, account)
    if parent.seq in store.below(w, account, of.seq):
        raise Invalid("parent_group_id", "A group cannot be placed under itself.")
    return parent.seq


def _name(value: Any) -> str:
    if not value:
        raise Invalid("name", "This field may not be blank.")
    return _short("name", value)


def _lookup_id(value: Any) -> str | None:
    return _short("lookup_id", value) if value else None


def _short(field: str, value: str) -> str:
    if len(value) > _LONGEST:
        raise Invalid(field, "Ensure this field has no more than {n} characters.", n=_LONGEST)
    return value
