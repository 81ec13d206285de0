"""Who belongs to an organization, in which role, and how they leave."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.identity.organizations import manages
from hyway.domain.identity.records import Caller, Membership, Person, Role
from hyway.domain.identity.store import members as store
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Several, Taken

_ROLES: dict[str, Role] = {"admin": "admin", "member": "member"}
_ONLY_ADMIN = "Role cannot be changed because this is the only admin."
_OWNER_DEMOTED = "Organization owner cannot be demoted from admin role."
_OWNER_REMOVED = "Organization owner cannot be removed."
_SOLE_MEMBER = "The only member of an organization cannot leave it."
_LAST_ADMIN = "The only admin of an organization cannot be removed."


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Membership], int]:
    """Admins first (an owner is one), then by number; and how many they are."""
    return store.page(r, by.organization, offset, limit), store.count(r, by.organization)


def find(r: Read, by: Caller, seq: int) -> Membership:
    found = store.find(r, by.organization, seq)
    if found is None:
        raise Missing("Not authorized")
    return found


def admins(r: Read, organization: int) -> list[Person]:
    """Owners and admins, those who have been so longest first."""
    return store.admins(r, organization)


def change_role(w: Write, by: Caller, seq: int, role: str | None) -> Membership:
    """Makes a member an admin or an admin a member; an owner stays what they are."""
    manages(by)
    store.lock(w, by.organization)
    of = find(w, by, seq)
    if role not in _ROLES:
        raise Invalid("role", "is not included in the list" if role else "can't be blank")
    if role == of.role or (role == "admin" and of.role == "owner"):
        return of
    if role == "member":
        _check_demotion(w, by, of)
    store.change_role(w, by.organization, seq, role, clock.now())
    tell_role(w, by, of, role)
    return find(w, by, seq)


def tell_role(w: Write, by: Caller, of: Membership, role: str) -> None:
    """Announces what a member is from now on to the organization that all APIs share."""
    told = {**_told(of), "role": role, "was": of.role}
    w.announce(by, "member.role_changed", "person", of.person.id, told)


def keep_an_admin(r: Read, of: Membership) -> None:
    """Taken where an organization would lose its owner or the last of its admins; who asks holds its lock."""
    if of.role == "owner":
        raise Taken("", "The owner of an organization stays an OrganizationAdmin")
    if of.role == "admin" and store.count_admins(r, of.organization.seq) < 2:
        raise Taken("", "The last OrganizationAdmin of an organization cannot go")


def _check_demotion(r: Read, by: Caller, of: Membership) -> None:
    """Both rules are told where both are broken, in the vendor's order."""
    wrong = []
    if store.count_admins(r, by.organization) < 2:
        wrong.append(Invalid("base", _ONLY_ADMIN))
    if of.role == "owner":
        wrong.append(Invalid("base", _OWNER_DEMOTED))
    if wrong:
        raise Several(wrong)


def remove(w: Write, by: Caller, seq: int) -> None:
    """Ends a membership: an admin removes anybody, everybody may leave.

    Never the owner, the only member or the only admin. The person's sessions there go on elsewhere; their tokens
    reach into the organization no more.
    """
    store.lock(w, by.organization)
    of = find(w, by, seq)
    leaves = of.person.seq == by.person
    if not leaves:
        manages(by)
    _end(w, by, of)
    action = "member.left" if leaves else "member.removed"
    w.announce(by, action, "person", of.person.id, {**_told(of), "role": of.role})


def end(w: Write, by: Caller, seq: int, more: Mapping[str, Any], refs: Sequence[Ref]) -> None:
    """The same for callers who have been asked for their permission already, and under a lock.

    `more` and `refs` are what the fact says besides.
    """
    of = find(w, by, seq)
    _end(w, by, of)
    told = {**_told(of), "role": of.role, **more}
    w.announce(by, "member.removed", "person", of.person.id, told, refs)


def _end(w: Write, by: Caller, of: Membership) -> None:
    if of.role == "owner":
        raise Invalid("base", _OWNER_REMOVED)
    if store.count(w, by.organization) < 2:
        raise Invalid("base", _SOLE_MEMBER)
    if of.role == "admin" and store.count_admins(w, by.organization) < 2:
        raise Invalid("base", _LAST_ADMIN)
    store.remove(w, by.organization, of.seq)
    store.leave_sessions(w, by.organization, of.person.seq)


def _told(of: Membership) -> dict[str, str]:
    """What the facts of a membership say: the person's number and the organization's name spare a look."""
    return {
        "membership": sqid.text(of.seq),
        "user": sqid.text(of.person.seq),
        "user_name": of.person.name,
        "organization_name": of.organization.name,
    }
