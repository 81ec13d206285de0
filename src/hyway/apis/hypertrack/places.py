"""/api/v1/places/: where work is done."""

from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.fields import Point, Ref, Time, Words, given
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import LONGEST, ListQuery, PageOut, answer
from hyway.apis.hypertrack.outside import asked
from hyway.apis.hypertrack.shapes import Body, Place
from hyway.apis.hypertrack.style import APP, SECRET
from hyway.apis.hypertrack.values import spot
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking
from hyway.domain.tracking import NoGeocoder, Spot
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Invalid


class PlacesQuery(ListQuery, kw_only=True):
    id: Annotated[Words, Meta(description="Ids, separated by commas.")] | None = None
    name: Annotated[str, Meta(max_length=LONGEST, description="A part of the name.")] | None = None
    city: Annotated[str, Meta(max_length=LONGEST, description="A part of the city's name.")] | None = None
    lookup_id: Ref | None = None
    unique_id: Ref | None = None
    min_created_at: Time | None = None
    max_created_at: Time | None = None


class SearchQuery(Struct, kw_only=True):
    q: Annotated[str, Meta(max_length=LONGEST, description="Words of a name or an address.")] = ""
    lat: Annotated[float, Meta(description="Where the search begins.")] | None = None
    lon: float | None = None


class PlaceIn(Struct, kw_only=True):
    """A place needs a `location` or an `address`; a missing text is empty."""

    name: str | UnsetType | None = UNSET
    location: Point | UnsetType | None = UNSET
    address: str | UnsetType | None = UNSET
    landmark: str | UnsetType | None = UNSET
    locality: str | UnsetType | None = UNSET
    zip_code: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    state: str | UnsetType | None = UNSET
    country: str | UnsetType | None = UNSET
    lookup_id: Annotated[str, Meta(description="An id of yours.")] | UnsetType | None = UNSET
    unique_id: Annotated[str, Meta(description="The same.")] | UnsetType | None = UNSET
    radius: Annotated[float, Meta(description="Metres within which one is there.")] | UnsetType | None = UNSET


class FoundPlaces(Struct):
    results: list[Place]


def _shown(place: tracking.Place) -> Body:
    return tracking.payloads.place(place) or {}


@operation("GET", "/api/v1/places/", scope=SECRET, query=PlacesQuery, gives=PageOut[Place])
async def page(ask: Ask, query: PlacesQuery) -> PageOut[Body]:
    """List places.

    Those that were created here; one that came with an action is found by its id.
    """
    query.lookup_id = query.lookup_id or query.unique_id
    return await answer(ask, query, tracking.places.page, _shown)


@operation("POST", "/api/v1/places/", scope=APP, takes=PlaceIn, gives=Place, status=201)
async def create(ask: Ask, sent: PlaceIn) -> Body:
    """Create a place.

    With an address alone its location is null, until the geocoder has found it, where this server has one.
    """
    return _shown(await ask.db.write(tracking.places.create, ask.by, given(sent)))


@operation("GET", "/api/v1/places/search/", scope=APP, query=SearchQuery, gives=FoundPlaces)
async def search(ask: Ask, query: SearchQuery) -> dict[str, Any]:
    """Search places.

    Stored places come first, then what the geocoder knows, where this server has one. What is not stored has an id
    that nothing else knows: create it from its fields.
    """
    near = _near(query)
    stored = [_shown(each) for each in await ask.db.read(tracking.places.search, ask.by, query.q, near)]
    return {"results": [*stored, *await _elsewhere(ask, query.q, near)]}


def _near(query: SearchQuery) -> Spot | None:
    if query.lat is None and query.lon is None:
        return None
    near = spot(query.lat, query.lon)
    if near is None:
        raise Invalid("lat" if query.lon is not None else "lon", "Enter a point by lat and lon.")
    return near


async def _elsewhere(ask: Ask, q: str, near: Spot | None) -> list[Body]:
    geocoder = ask.tools.geocoder
    if geocoder is None or not q.strip():
        return []
    try:
        found = await asked(geocoder.search, q, near)
    except (NoGeocoder, TimeoutError):
        return []  # what is stored is an answer, too
    now = clock.now()
    return [_candidate(each, now) for each in found]


def _candidate(found: tracking.Found, now: Instant) -> Body:
    place = tracking.Place(
        0, str(uuid5(NAMESPACE_URL, f"{found.name}/{found.lat}/{found.lon}")), found.name,
        Spot(found.lat, found.lon), found.address, found.landmark, found.locality, found.zip_code, found.city,
        found.state, found.country, None, tracking.places.RADIUS, now, now,
    )  # fmt: skip
    return _shown(place)


@operation("GET", "/api/v1/places/{id}/", scope=SECRET, gives=Place)
async def find(ask: Ask) -> Body:
    """Retrieve a place."""
    return _shown(await ask.db.read(tracking.places.find, ask.by, ask.path["id"]))


@operation("PATCH", "/api/v1/places/{id}/", scope=SECRET, takes=PlaceIn, gives=Place)
async def change(ask: Ask, sent: PlaceIn) -> Body:
    """Change a place.

    What is sent changes, for the actions there too; null empties.
    """
    return _shown(await ask.db.write(tracking.places.change, ask.by, ask.path["id"], given(sent)))


@operation("PUT", "/api/v1/places/{id}/", scope=SECRET, takes=PlaceIn, gives=Place)
async def replace(ask: Ask, sent: PlaceIn) -> Body:
    """Change a place, as PATCH does: no single field of a place is required."""
    return _shown(await ask.db.write(tracking.places.change, ask.by, ask.path["id"], given(sent)))


@operation("DELETE", "/api/v1/places/{id}/", scope=SECRET, gives=None, status=204)
async def drop(ask: Ask) -> Reply:
    """Delete a place.

    What is there, an action or a geofence, keeps a copy of it.
    """
    await ask.db.write(tracking.places.drop, ask.by, ask.path["id"])
    return Reply(b"", 204)


OPERATIONS = (page, create, search, find, change, replace, drop)
