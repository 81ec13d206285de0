"""People's own credentials: one works in every organization that its person belongs to."""

import dataclasses
import secrets

from hyway.domain.identity.records import NOBODYS, AccessToken, Caller, Permission
from hyway.domain.identity.rules import PERSONAL_PLAN
from hyway.domain.identity.store import people
from hyway.domain.identity.store import tokens as store
from hyway.kernel import clock, seal, sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 24
_LONGEST = 255


def create(
    w: Write, by: Caller, description: str, permission: Permission = "read"
) -> tuple[AccessToken, str]:
    """A new token of the caller's own and its secret, which exists in clear only here.

    24 characters of base 58, 140 bits, as the vendor's are.
    """
    clean = description.strip()
    if not clean:
        raise Invalid("description", "can't be blank")
    if len(clean) > _LONGEST:
        raise Invalid("description", "is too long (maximum is {most} characters)", most=_LONGEST)
    secret = "".join(secrets.choice(_BASE58) for _ in range(_LENGTH))
    made = store.add(w, person_of(by), clean, permission, seal.digest(secret), clock.now())
    w.announce(
        by, "access_token.created", "access_token", sqid.text(made.seq),
        {"description": clean, "permission": permission},
    )  # fmt: skip
    return made, secret


def page(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[AccessToken], int]:
    """The caller's own, newest first, and how many there are."""
    return store.page(r, person_of(by), offset, limit), store.count(r, person_of(by))


def drop(w: Write, by: Caller, seq: int) -> None:
    """Refused from the next request on, in every process; Missing for one that is not the caller's."""
    token_hash = store.drop(w, person_of(by), seq)
    if token_hash is None:
        raise Missing("there is no such token")
    w.announce(by, "access_token.deleted", "access_token", sqid.text(seq))
    w.changed("key", token_hash)


def caller(r: Read, token_hash: str) -> Caller | None:
    """Who a token speaks for, in no organization yet: `at_organization` leads into one."""
    found = store.by_hash(r, token_hash)
    if found is None:
        return None
    token, person = found
    return Caller(
        organization=NOBODYS,
        plan=PERSONAL_PLAN,
        actor_kind="person",
        actor_id=person.id,
        actor_name=person.name,
        via="hypemarket",
        permission=token.permission,
        person=person.seq,
        credential=f"token:{token.seq}",
    )


def at_organization(r: Read, by: Caller, organization: int) -> Caller:
    """The same person as a member of the organization; Missing where they are none, whether or not it exists."""
    found = people.memberships(r, organization_seq=organization, person_seq=person_of(by))
    if not found:
        raise Missing("Not authorized")
    there = found[0].organization
    return dataclasses.replace(by, organization=there.seq, plan=there.plan, role=found[0].role)


def person_of(by: Caller) -> int:
    """The person who asks; Refused where none does."""
    if by.person is None:
        raise Refused("only a person can do this")
    return by.person
