"""What is wished of an action, checked and as columns."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from hyway.domain.tracking import places
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Account, Place, User
from hyway.domain.tracking.store import places as stored_places
from hyway.domain.tracking.store import users as people
from hyway.domain.tracking.work.wishes import ActionWish
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Several
from hyway.kernel.patch import UNSET, Unset, changes, given

TYPES: Final = ("pickup", "delivery", "dropoff", "visit", "stopover", "task", "trip", "meetup", "sos")
_SPELLINGS: Final = {"stoppver": "stopover"}
"""The vendor's Ruby client has a slip of the pen."""
_OWN_TYPE = re.compile(r"[\w .:-]{1,60}")
_LONGEST: Final = 255


class Checked(NamedTuple):
    """The columns that were mentioned, the place and the user if these were."""

    columns: dict[str, Any]
    place: Place | Unset | None
    user: User | Unset | None


def checked(w: Write, account: Account, wish: ActionWish) -> Checked:
    """What was mentioned, as columns; the place is stored at once."""
    columns = changes(
        type=_type(account, wish.type) if given(wish.type) else UNSET,
        lookup_id=_name("lookup_id", wish.lookup_id),
        collection_id=_name("collection_id", wish.collection_id),
        unique_id=_name("unique_id", wish.unique_id),
        scheduled_at=wish.scheduled_at,
        vehicle_type=_vehicle(wish.vehicle_type),
        metadata=users.metadata(wish.metadata) if given(wish.metadata) else UNSET,
    )
    user = _user(w, account, wish.user_id)
    return Checked(columns, _place(w, account, wish), user)


def _type(account: Account, value: str | None) -> str:
    said = (value or "").strip() or "task"
    said = _SPELLINGS.get(said, said)
    if said in TYPES or (account.custom_types and _OWN_TYPE.fullmatch(said)):
        return said
    raise Invalid("type", '"{value}" is not a valid choice.', value=said[:60])


def _name(field: str, value: str | Unset | None) -> str | Unset | None:
    if not given(value) or value is None:
        return value
    if "\0" in value:
        raise Invalid(field, "Null characters are not allowed.")
    if len(value) > _LONGEST:
        raise Invalid(field, "Ensure this field has no more than {most} characters.", most=_LONGEST)
    return value.strip() or None


def _vehicle(value: str | Unset | None) -> str | Unset | None:
    return users.vehicle(value) if given(value) and value else (None if given(value) else UNSET)


def _user(r: Read, account: Account, id: str | Unset | None) -> User | Unset | None:
    if not given(id) or not id:
        return None if given(id) else UNSET
    found = people.find(r, account.seq, id.lower())
    if found is None:
        raise Invalid("user_id", 'Invalid pk "{id}" - object does not exist.', id=id[:60])
    return found


def _place(w: Write, account: Account, wish: ActionWish) -> Place | Unset | None:
    described, id = wish.expected_place, wish.expected_place_id
    if given(described) and given(id) and described is not None and id is not None:
        raise Invalid("", "Only one of expected_place or expected_place_id must be specified.")
    if given(id) and id is not None:
        found = stored_places.find(w, account.seq, id.lower())
        if found is None:
            raise Invalid("expected_place_id", 'Invalid pk "{id}" - object does not exist.', id=id[:60])
        return found
    if given(described) and described is not None:
        return _described(w, account, described)
    return None if given(described) or given(id) else UNSET


def _described(w: Write, account: Account, fields: Mapping[str, Any]) -> Place:
    try:
        spot, clean = places.check(fields)
    except Invalid as fault:
        faults = fault.faults if isinstance(fault, Several) else (fault,)
        raise Several([_inside("expected_place", each) for each in faults]) from None
    return places.keep(w, account, spot, clean)


def _inside(name: str, fault: Invalid) -> Invalid:
    field = f"{name}.{fault.field}" if fault.field else name
    return Invalid(field, fault.text, **fault.facts)
