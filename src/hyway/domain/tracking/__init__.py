"""Who is where: users, their positions, trips and stops, actions, places, groups, geofences, events.

The verbs are found by their noun: `tracking.groups.create(w, by, fields)`.
"""

from hyway.domain.tracking import accounts, groups, payloads
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Account, Group, Location, Page, Place, Spot, User

__all__ = [
    "Account",
    "Group",
    "Location",
    "Page",
    "Place",
    "Spot",
    "User",
    "Wanted",
    "accounts",
    "groups",
    "payloads",
]
