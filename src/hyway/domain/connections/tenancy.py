"""What somebody may choose from while an integration is being set up: tenants and subscriptions of a cloud."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hyway.domain import identity
from hyway.domain.connections.providing import Declined, Reach, Unclear
from hyway.domain.connections.records import Resource
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.vendor import LONGEST_TEXT, shown
from hyway.domain.identity import Caller
from hyway.kernel.faults import Invalid, Missing

LONGEST_TOKEN = 20_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Those that a person belongs to, and may use."""

    tenants: tuple[Resource, ...]
    subscriptions: tuple[Resource, ...]


@runtime_checkable
class Surveying(Protocol):
    """What a provider has besides whose vendor shows a person theirs, by that person's own token."""

    def survey(self, reach: Reach, token: str) -> Tenancy:
        """All there are; Declined where the token is not taken."""


async def survey(registry: Registry, by: Caller, type: str, token: str) -> Tenancy:
    """What the token's person has at a vendor; Invalid with the vendor's words. The token is not kept."""
    identity.access.require(by, "create", "Integration")
    provider: object = registry.find(type)
    if not isinstance(provider, Surveying):
        raise Missing("There is no provider for this integration", id=type)
    if (
        not token
        or len(token) > LONGEST_TOKEN
        or not (token.isascii() and token.isprintable())
        or " " in token
    ):
        raise Invalid("token", "must be an access token")
    try:
        return await registry.ask(_surveyed, provider, registry.reach(type, {}), token)
    except (Declined, Unclear) as why:
        raise Invalid("token", "{why}", why=shown(str(why).replace(token, "***"))[:LONGEST_TEXT]) from why


def _surveyed(provider: Surveying, reach: Reach, token: str) -> Tenancy:
    try:
        found = provider.survey(reach, token)
        return Tenancy(_clean(found.tenants), _clean(found.subscriptions))
    except (Declined, Unclear):
        raise
    except Exception as error:  # a client of a vendor may raise anything
        log.warning("nobody could be surveyed: %s", type(error).__name__)
        raise Unclear("The vendor gave an answer that makes no sense") from None


def _clean(found: Sequence[Resource]) -> tuple[Resource, ...]:
    return tuple(Resource(shown(each.id), shown(each.name)) for each in found)
