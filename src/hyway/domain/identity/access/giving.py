"""Access as it is given: roles of a member, a team or a program's key on the organization or on a thing."""

from collections.abc import Sequence

from hyway.domain.identity.access import deciding, roles
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import access as store
from hyway.kernel import clock
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Refused


def give_key(w: Write, by: Caller, organization_id: str, key: int, names: Sequence[str]) -> tuple[str, ...]:
    """A new key's roles on its organization, in the order of the table."""
    given = fitting(by, names, "Organization")
    store.add(w, by.organization, organization_id, "api_key", key, given, clock.now())
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
            raise Refused("You do not have permission to give the role {role}", role=name)
    return roles.in_order(frozenset(names))
