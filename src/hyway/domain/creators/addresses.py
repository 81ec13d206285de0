"""Where a person has samples sent: one address each, or none."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from hyway.domain.creators import places
from hyway.domain.creators.records import Address
from hyway.domain.creators.store import addresses as store
from hyway.domain.identity import Caller, person_of
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Several

_REQUIRED = ("address_one", "city", "postal_code", "country_code")
_ORDER = ("address_one", "address_two", "city", "state", "postal_code", "country_code")
_LONGEST = 255


def find(r: Read, by: Caller) -> Address:
    """The caller's own; Missing where there is none."""
    found = store.find(r, person_of(by))
    if found is None:
        raise Missing("")
    return found


def of_person(r: Read, person: int) -> Address | None:
    """Where somebody has things sent: for those alone who send something to them."""
    return store.find(r, person)


def put(w: Write, by: Caller, fields: Mapping[str, Any]) -> Address:
    """Makes the caller's address, or changes what is mentioned of it; every rule that is broken is told at once."""
    person = person_of(by)
    old = store.find(w, person)
    values = {
        name: _clean(name, fields[name]) if name in fields else getattr(old, name, None) for name in _ORDER
    }
    wrong = [fault for name in _ORDER if (fault := _fault(name, values[name])) is not None]
    if wrong:
        raise Several(wrong)
    if old is not None and all(getattr(old, name) == value for name, value in values.items()):
        return old
    store.put(w, person, values, clock.now())
    made = find(w, by)
    # Where somebody lives is nobody's business: the log says that it changed, not to what.
    action = "address.changed" if old else "address.created"
    w.announce(by, action, "address", sqid.text(made.seq), {"country_code": made.country_code})
    return made


def drop(w: Write, by: Caller) -> None:
    """Forgets it; what is on its way keeps the address that it was sent to."""
    old = find(w, by)
    store.drop(w, person_of(by))
    w.announce(by, "address.deleted", "address", sqid.text(old.seq))


def _clean(name: str, value: Any) -> str | None:
    text = str(value if value is not None else "").strip()
    return (text.upper() if name == "country_code" else text) or None


def _fault(name: str, value: str | None) -> Invalid | None:
    if value is None:
        return Invalid(name, "can't be blank") if name in _REQUIRED else None
    if len(value) > _LONGEST:
        return Invalid(name, "is too long (maximum is {most} characters)", most=_LONGEST)
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        return Invalid(name, "is invalid")
    if name == "country_code" and not places.country(value):
        return Invalid(name, "is not included in the list")
    return None


__all__ = ["Address", "drop", "find", "of_person", "put"]
