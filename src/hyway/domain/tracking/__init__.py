"""Who is where: users, their positions, trips and stops, actions, places, groups, geofences, events.

The verbs are found by their noun: `tracking.groups.create(w, by, fields)`.
"""

from hyway.domain.tracking import (
    accounts,
    actions,
    events,
    groups,
    ingest,
    kinds,
    leaving,
    live,
    overview,
    payloads,
    phones,
    places,
    polyline,
    receiving,
    routing,
    services,
    subscribing,
    users,
)
from hyway.domain.tracking.geocoding import Found, NoGeocoder
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.receiving import Batch, Item, Reading, Refusal, Report, Verdict
from hyway.domain.tracking.records import (
    Account,
    Action,
    Group,
    Location,
    Page,
    Picture,
    Place,
    Spot,
    User,
    UserChange,
    UserQuery,
)
from hyway.domain.tracking.services import Services
from hyway.domain.tracking.wishes import ActionWish

__all__ = [
    "Account",
    "Action",
    "ActionWish",
    "Batch",
    "Found",
    "Group",
    "Item",
    "Location",
    "NoGeocoder",
    "Page",
    "Picture",
    "Place",
    "Reading",
    "Refusal",
    "Report",
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
    "groups",
    "ingest",
    "kinds",
    "leaving",
    "live",
    "overview",
    "payloads",
    "phones",
    "places",
    "polyline",
    "receiving",
    "routing",
    "services",
    "subscribing",
    "users",
]
