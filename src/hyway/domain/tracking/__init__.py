"""Who is where: users, their positions, trips and stops, actions, places, groups, geofences, events.

The verbs are found by their noun: `tracking.groups.create(w, by, fields)`.
"""

from hyway.domain.tracking import (
    accounts,
    groups,
    ingest,
    overview,
    payloads,
    phones,
    places,
    polyline,
    receiving,
    routing,
    services,
    users,
)
from hyway.domain.tracking.geocoding import Found, NoGeocoder
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.receiving import Batch, Item, Reading, Refusal, Report, Verdict
from hyway.domain.tracking.records import (
    Account,
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

__all__ = [
    "Account",
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
    "groups",
    "ingest",
    "overview",
    "payloads",
    "phones",
    "places",
    "polyline",
    "receiving",
    "routing",
    "services",
    "users",
]
