"""What can be wished of actions, and what is answered beside an action itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from hyway.domain.tracking.records import Action, Location, Place, Spot, User
from hyway.kernel.clock import Instant
from hyway.kernel.patch import UNSET, Unset


@dataclass(frozen=True, slots=True)
class ActionWish:
    """What a new action is to be, or how one is to change. UNSET is not mentioned, None is null.

    `user_id` assigns it at once, null takes it away from who has it. `unique_id` finds the action that has it already.
    `expected_place` has the fields of a place, its `location` a Spot. `current_location` is where the user is.
    """

    user_id: str | Unset | None = UNSET
    type: str | Unset | None = UNSET
    expected_place: Mapping[str, Any] | Unset | None = UNSET
    expected_place_id: str | Unset | None = UNSET
    scheduled_at: Instant | Unset | None = UNSET
    lookup_id: str | Unset | None = UNSET
    collection_id: str | Unset | None = UNSET
    unique_id: str | Unset | None = UNSET
    lookup_id_as_short_code: bool = False
    current_location: Location | None = None
    metadata: dict[str, Any] | Unset | None = UNSET
    vehicle_type: str | Unset | None = UNSET


class Made(NamedTuple):
    """`is_new` is False for one that was there already."""

    action: Action
    is_new: bool


class Tracked(NamedTuple):
    """A user with the actions of theirs that were asked for."""

    user: User
    actions: list[Action]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the public page of an action is made of. `here` is where its user is.

    Once it has ended there is no position and no way in it any more.
    """

    action: Action
    here: Location | None
    destination: Place | None
    distance_unit: Literal["km", "mi"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of actions; `on_time` is the share of the completed ones that had a time to keep and kept it."""

    total: int
    by_status: dict[str, int]
    by_type: dict[str, int]
    by_flag: dict[str, int]
    on_time: float | None
    distance: float
    duration: float


class Turns(NamedTuple):
    """How many actions came to be so."""

    created: int
    assigned: int
    completed: int
    canceled: int
    suspended: int


class Day(NamedTuple):
    """`date` is YYYY-MM-DD in the account's time zone; metres and seconds of those completed then."""

    date: str
    turns: Turns
    distance: float
    duration: float


class Heat(NamedTuple):
    """How many actions were completed in a cell of h3's grid; `spot` is its middle."""

    cell: str
    spot: Spot
    actions: int
