"""/ip: what is known of an address, and where it is."""

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen.asking import SIGNED_IN, operation
from hyway.apis.hyphen.lists import Listed
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import netinfo
from hyway.domain.identity import NOBODYS
from hyway.kernel.faults import Invalid

MOST = 1_000
"""Addresses in one request."""
NO_ADDRESS = "Invalid IP address"
_encode = msgspec.json.Encoder().encode


def _entries(value: Any, place: str) -> list[str]:
    """Whatever stands in the list is told of: one that is no text is no address either."""
    if not isinstance(value, list):
        raise Invalid(place, "must be array")
    if len(value) > MOST:
        raise Invalid(place, "must NOT have more than {most} items", most=MOST)
    return [each if isinstance(each, str) else _encode(each).decode() for each in value]


if TYPE_CHECKING:
    Addresses = list[str]
else:
    Addresses = Annotated[list[str], Meta(max_length=MOST, extra={"read": _entries})]


class IpLocation(Struct, rename="camel"):
    """Every member is there: what the database does not know is empty, or 0.

    `geonameId` is GeoNames' number of the smallest thing that has one: the city, the region, else the country.
    """

    country: str
    region: str
    city: str
    lat: float
    lng: float
    postal_code: str
    timezone: str
    geoname_id: int


class IpInfo(Struct, rename="camel"):
    """`type` is `public`, with a `location`, `private`, or `error`, with an `errorMessage`."""

    ip: str
    type: str
    location: IpLocation | UnsetType = UNSET
    error_message: str | UnsetType = UNSET


@operation("GET", "/ip", needs=SIGNED_IN, gives=IpInfo)
async def own(ask: Ask) -> IpInfo:
    """Show where the request comes from."""
    await _count(ask)
    return about(tools(ask).places, ask.client)


@operation("GET", "/ip/{ip}", needs=SIGNED_IN, gives=IpInfo)
async def one(ask: Ask) -> IpInfo:
    """Show what is known of an address.

    What is no address is told of with the type `error`, and the status 200.
    """
    await _count(ask)
    return about(tools(ask).places, ask.path["ip"])


@operation("POST", "/ip", needs=SIGNED_IN, takes=Addresses, gives=Listed[IpInfo])
async def many(ask: Ask, sent: Addresses) -> Listed[IpInfo]:
    """Show what is known of several addresses.

    In the order of the list that is sent; what is no address is told of in its place. This counts as one request.
    """
    await _count(ask)
    places = tools(ask).places
    return Listed([about(places, each) for each in sent])


def about(places: netinfo.Places, ip: str) -> IpInfo:
    match netinfo.reach(ip):
        case None:
            return IpInfo(ip, "error", error_message=NO_ADDRESS)
        case "private":
            return IpInfo(ip, "private")
    return IpInfo(ip, "public", location(places.find(ip)))


def location(place: netinfo.Place) -> IpLocation:
    """One of the vendor's clients takes nothing but texts and numbers, whatever is known."""
    return IpLocation(
        country=place.country or "",
        region=place.region or "",
        city=place.city or "",
        lat=place.latitude or 0.0,
        lng=place.longitude or 0.0,
        postal_code=place.postal or "",
        timezone=place.timezone or "",
        geoname_id=place.geoname_id or 0,
    )


async def _count(ask: Ask) -> None:
    """One request of the key's organization; people ask in nobody's name."""
    if ask.by.organization != NOBODYS:
        await tools(ask).tally.count(ask.by.organization, "net_info.requests")


OPERATIONS = (own, one, many)
