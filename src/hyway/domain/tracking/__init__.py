"""Who is where: users, their positions, trips and stops, actions, places, groups, geofences, events.

The verbs are found by their noun: `tracking.groups.create(w, by, fields)`.
"""

from hyway.domain.tracking import accounts, nearby, places
from hyway.domain.tracking.borders import fences
from hyway.domain.tracking.days import exports, placeline
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.incoming import ingest, positions, receiving
from hyway.domain.tracking.incoming.receiving import Batch, Item, Reading, Refusal, Report, Verdict
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.nearby import NearbyQuery
from hyway.domain.tracking.outside import routing, services
from hyway.domain.tracking.outside.geocoding import Found, NoGeocoder
from hyway.domain.tracking.outside.services import Services
from hyway.domain.tracking.people import groups, leaving, overview, phones, users
from hyway.domain.tracking.records import (
    Account,
    Action,
    Event,
    Fence,
    Group,
    Location,
    Page,
    Picture,
    Place,
    Segment,
    Spot,
    User,
    UserChange,
    UserQuery,
)
from hyway.domain.tracking.telling import events, kinds, live, payloads, subscribing
from hyway.domain.tracking.work import actions, reports
from hyway.domain.tracking.work.wishes import ActionWish

__all__ = [
    "Account",
    "Action",
    "ActionWish",
    "Batch",
    "Event",
    "Fence",
    "Found",
    "Group",
    "Item",
    "Location",
    "NearbyQuery",
    "NoGeocoder",
    "Page",
    "Picture",
    "Place",
    "Reading",
    "Refusal",
    "Report",
    "Segment",
    "Services",
    "Spot",
    "User",
    "UserChange",
    "UserQuery",
    "Verdict",
    "Wanted",
    "accounts",
    "actions",
    "events",
    "exports",
    "fences",
    "groups",
    "ingest",
    "kinds",
    "leaving",
    "live",
    "nearby",
    "overview",
    "payloads",
    "phones",
    "placeline",
    "places",
    "polyline",
    "positions",
    "receiving",
    "reports",
    "routing",
    "services",
    "subscribing",
    "users",
]
