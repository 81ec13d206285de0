"""Who is where: users, their positions, trips and stops, actions, places, groups, geofences, events.

The verbs are found by their noun: `tracking.groups.create(w, by, fields)`.
"""

from hyway.domain.tracking import accounts, groups, ingest, overview, payloads, phones, receiving, users
from hyway.domain.tracking.listing import Wanted
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

__all__ = [
    "Account",
    "Group",
    "Location",
    "Page",
    "Picture",
    "Place",
    "Spot",
    "User",
    "UserChange",
    "UserQuery",
    "Wanted",
    "accounts",
    "groups",
    "ingest",
    "overview",
    "payloads",
    "phones",
    "receiving",
    "users",
]
