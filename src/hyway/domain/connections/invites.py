"""Invitations: a vendor's page on which somebody lets us in, instead of a configuration that they type."""

import re
import secrets
from dataclasses import dataclass

from hyway.domain import identity
from hyway.domain.connections import integrations
from hyway.domain.connections.providing import Declined
from hyway.domain.connections.registry import Registry
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import HOUR, SECOND
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_PURPOSE = "integration invite"
_LASTS = HOUR


@dataclass(frozen=True, slots=True)
class Invite:
    """`url` is the vendor's page; `state` comes back from it with the code."""

    type: str
    url: str
    state: str


def start(r: Read, by: Caller, registry: Registry, type: str, challenge: str = "") -> Invite:
    """`challenge` is the S256 code challenge (RFC 7636): who redeems the code then shows what it was made of."""
    identity.access.require(by, "create", "Integration")
    inviting = registry.inviting(type)
    if inviting is None:
        raise Invalid("type", "must be equal to one of the allowed values")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise Invalid("codeChallenge", 'must match pattern "^[A-Za-z0-9._~-]{43,128}$"')
    ends = (clock.now() + _LASTS) // SECOND
    # What tells it from another one of the same second: whoever asked knows their own again.
    nonce = secrets.token_hex(8)
    state = r.seal.sign(f"{by.organization}-{ends}-{nonce}", _PURPOSE)
    try:
        url = inviting.invite(registry.reach(type, {}), integrations.redirect(r.home), state, challenge)
    except Declined as why:
        raise Invalid("type", "cannot be invited: {why}", why=why) from why
    return Invite(type, url, state)


def is_ours(r: Read, by: Caller, state: str) -> bool:
    """Whether a state that came back was given to the caller's organization, not long ago."""
    value = r.seal.signed(state, _PURPOSE) if state.isascii() else None
    if value is None:
        return False
    organization, ends, _ = value.split("-")
    return organization == str(by.organization) and int(ends) * SECOND > clock.now()
