"""The outside services that the operator chose: who knows the roads, and who knows addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hyway.domain.tracking.outside.geocoding import Geocoder, geocoder_from
from hyway.domain.tracking.outside.routing import Router, router_from
from hyway.kernel.faults import Invalid
from hyway.kernel.outgoing import Outgoing

GEOCODER, ROUTER = "geocoder", "router"
"""Their names among the services of a server."""


@dataclass(frozen=True, slots=True)
class Services:
    """None is nobody."""

    router: Router | None = None
    geocoder: Geocoder | None = None


def chosen(named: Mapping[str, str]) -> Services:
    """Those of these addresses; Invalid names the setting that is none. One process asks each through one client."""
    return _made(named.get(ROUTER, ""), named.get(GEOCODER, ""))


@cache
def _made(router: str, geocoder: str) -> Services:
    way = Outgoing(lambda _: True)  # the operator may well choose a neighbour
    try:
        roads = router_from(router, way)
    except ValueError as error:
        raise Invalid("HYWAY_ROUTER", "{why}", why=str(error)) from None
    try:
        return Services(roads, geocoder_from(geocoder, way))
    except ValueError as error:
        raise Invalid("HYWAY_GEOCODER", "{why}", why=str(error)) from None
