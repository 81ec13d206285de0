"""Organizations as the people in them found, change and close them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from hyway.domain.identity.records import Caller, Organization, Role
from hyway.domain.identity.service import DEFAULT_PLAN, join
from hyway.domain.identity.store import api_keys, people
from hyway.domain.identity.store import members as store
from hyway.domain.identity.tokens import at_organization, person_of
from hyway.kernel import clock, ids, sqid
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Refused, Several

PRIVACY = ("public", "private", "restricted")
_LONGEST_NAME, _LONGEST_WEBSITE = 100, 2_000


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Organization], int]:
    """Those that the caller belongs to, and how many they are."""
    person = person_of(by)
    return store.of_person(r, person, offset, limit), store.count_of_person(r, person)


def find(r: Read, by: Caller, seq: int) -> Organization:
    """Missing where the caller is no member, whether or not it exists."""
    return people.organization_of(r, at_organization(r, by, seq).organization)


def establish(w: Write, by: Caller, fields: Mapping[str, Any]) -> Organization:
    """A new organization with the caller as its owner.

    `fields` has `name`, and may have `privacy_setting` (private when absent), `website` and `logo` (a file's number).
    """
    person, now = people.person_of(w, person_of(by)), clock.now()
    values = _checked(w, {"name": None, "privacy_setting": "private", **fields}, None)
    try:
        with w.attempt():
            made = people.add_organization(w, ids.uuid7(), values["name"], DEFAULT_PLAN, now)
    except Conflict:
        raise Invalid("name", "has already been taken") from None
    people.change_organization(w, made.seq, now, **values)
    founder = replace(by, organization=made.seq, plan=made.plan, role="owner")
    told = {"name": made.name, "privacy_setting": values["privacy"]}
    w.announce(founder, "organization.created", "organization", made.id, told)
    role: Role = "owner"
    join(w, founder, person, role)
    return people.organization_of(w, made.seq)


def change(w: Write, by: Caller, fields: Mapping[str, Any]) -> Organization:
    """What is mentioned changes: `name`, `privacy_setting`, `website`, `logo` (a file's number, None for no logo)."""
    manages(by)
    old = people.organization_of(w, by.organization)
    values = _checked(w, fields, old)
    changed = {
        name: value for name, value in values.items() if name != "folded_name" and value != getattr(old, name)
    }
    if not changed:
        return old
    try:
        with w.attempt():
            people.change_organization(w, old.seq, clock.now(), **values)
    except Conflict:
        raise Invalid("name", "has already been taken") from None
    new = people.organization_of(w, old.seq)
    w.announce(by, "organization.changed", "organization", new.id, {**changed, "name": new.name})
    return new


def close(w: Write, by: Caller) -> None:
    """The organization is no more: nobody belongs to it, its keys open nothing, its name is free.

    Its row stays, because the event log speaks of it. Only its owner may; whether it may be closed at all (what it
    has published, whom it owes) is for those to ask who know, before.
    """
    if by.role != "owner":
        raise Refused("Not authorized")
    now = clock.now()
    store.lock(w, by.organization)
    closed = people.organization_of(w, by.organization)
    store.leave_sessions(w, closed.seq)
    others = [sqid.text(each) for each in store.remove_all(w, closed.seq) if each != by.person]
    w.announce(by, "organization.closed", "organization", closed.id, {"name": closed.name, "members": others})
    for token_hash in store.revoke_keys(w, closed.seq, now):
        w.changed("key", token_hash)
    for token_hash in api_keys.drop_secrets(w, closed.seq):
        w.changed("key", token_hash)
    # No name holds this character, so nobody can have taken the place.
    people.change_organization(w, closed.seq, now, folded_name=f"\x1f{closed.id}", closed_at=now)


def manages(by: Caller) -> None:
    """Owners and admins may change things, members may look."""
    if by.role not in ("owner", "admin"):
        raise Refused("Not authorized")


def number(organization: Organization) -> str:
    """The id under which people's addresses know it."""
    return sqid.text(organization.seq)


def _checked(r: Read, fields: Mapping[str, Any], old: Organization | None) -> dict[str, Any]:
    """The columns to write; every rule that is broken is told at once."""
    wrong: list[Invalid] = []
    values: dict[str, Any] = {}
    if "name" in fields:
        name = str(fields["name"] or "").strip()
        wrong += _name_faults(r, name, old)
        values |= {"name": name, "folded_name": name.casefold()}
    if "privacy_setting" in fields:
        values["privacy"] = fields["privacy_setting"]
        if values["privacy"] not in PRIVACY:
            wrong.append(Invalid("privacy_setting", "is not included in the list"))
    if "website" in fields:
        values["website"] = str(fields["website"] or "").strip() or None
        wrong += _website_faults(values["website"])
    if "logo" in fields:
        values["logo"] = fields["logo"]
    if wrong:
        raise Several(wrong)
    return values


def _name_faults(r: Read, name: str, old: Organization | None) -> list[Invalid]:
    if not name:
        return [Invalid("name", "can't be blank")]
    if len(name) > _LONGEST_NAME:
        return [Invalid("name", "is too long (maximum is {most} characters)", most=_LONGEST_NAME)]
    if not name.isprintable():
        return [Invalid("name", "is invalid")]
    other = people.organization_named(r, name.casefold())
    if other is not None and (old is None or other.seq != old.seq):
        return [Invalid("name", "has already been taken")]
    return []


def _website_faults(website: str | None) -> list[Invalid]:
    if website is None:
        return []
    if len(website) > _LONGEST_WEBSITE:
        return [Invalid("website", "is too long (maximum is {most} characters)", most=_LONGEST_WEBSITE)]
    try:
        parts = urlsplit(website)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not website.isprintable() or " " in website:
        return [Invalid("website", "is invalid")]
    return []
