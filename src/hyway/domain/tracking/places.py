"""Verbs of places: where work is done, by point, by address, or by both."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.outside import geocoding
from hyway.domain.tracking.outside.services import GEOCODER
from hyway.domain.tracking.records import Account, Page, Place, Spot
from hyway.domain.tracking.store import accounts as account_store
from hyway.domain.tracking.store import places as store
from hyway.kernel import clock, ids, outbox
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Several

RADIUS = 100.0
"""Metres within which somebody counts as there, where a place has no radius of its own."""
LARGEST_RADIUS = 100_000.0
TOPIC = "tracking.locate"
_TEXTS = ("name", "address", "landmark", "locality", "zip_code", "city", "state", "country")
_LONGEST = {"name": 255, "address": 1000, "zip_code": 32, "country": 64}
_LONGEST_TEXT = 255
_CANDIDATES, _FOUND = 1_000, 20
_MOST_PARTS = 12


def check(fields: Mapping[str, Any]) -> tuple[Spot | None, dict[str, Any]]:
    """Where a described place is, and its other fields as they are stored; Several or Invalid, by their names.

    `location` is a Spot. `unique_id` is a later name of `lookup_id`. Unknown fields are passed over.
    """
    spot: Spot | None = fields.get("location")
    clean, wrong = _clean(fields)
    if spot is None and not clean.get("address"):
        wrong.append(Invalid("", "A place needs a location or an address."))
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong)
    return spot, clean


def _clean(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[Invalid]]:
    clean: dict[str, Any] = {}
    wrong: list[Invalid] = []
    for name in _TEXTS:
        if name in fields:
            clean[name] = fields[name] or ""
            if len(clean[name]) > (most := _LONGEST.get(name, _LONGEST_TEXT)):
                wrong.append(Invalid(name, "Ensure this field has no more than {n} characters.", n=most))
    for name in ("unique_id", "lookup_id"):
        if name in fields:
            clean["lookup_id"] = fields[name] or None
            if len(fields[name] or "") > _LONGEST_TEXT:
                wrong.append(
                    Invalid(name, "Ensure this field has no more than {n} characters.", n=_LONGEST_TEXT)
                )
    if "radius" in fields:
        clean["radius"] = RADIUS if fields["radius"] is None else fields["radius"]
        if not 0 < clean["radius"] <= LARGEST_RADIUS:
            most = int(LARGEST_RADIUS)
            wrong.append(Invalid("radius", "Ensure this value is above 0 and at most {n}.", n=most))
    return clean, wrong


def keep(
    w: Write, account: Account, spot: Spot | None, fields: Mapping[str, Any], listed: bool = False
) -> Place:
    """Stores a place; one that is not `listed` came with something else and is found by its id alone.

    What is not known of it, a point or an address, is asked of the geocoder later, where there is one.
    """
    clean, wrong = _clean(fields)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else Several(wrong)
    now = clock.now()
    row: dict[str, Any] = {
        **dict.fromkeys(_TEXTS, ""),
        "lookup_id": None,
        "radius": RADIUS,
        **clean,
        "id": ids.uuid4(),
        "account": account.seq,
        "lat": spot.lat if spot else None,
        "lon": spot.lon if spot else None,
        "is_listed": int(listed),
        "created_at": now,
        "modified_at": now,
    }
    place = store.add(w, row)
    _ask_about(w, account, place)
    return place


def _ask_about(w: Write, account: Account, place: Place) -> None:
    """Leaves an errand for the geocoder where there is one, and something to ask it."""
    if GEOCODER in w.services and (place.spot is None or not place.address):
        payload = {"place": place.id, "environment": account.environment}
        outbox.later(w, TOPIC, account.organization, payload)


def create(w: Write, by: Caller, fields: Mapping[str, Any]) -> Place:
    """A new place of its own."""
    account = accounts.opened(w, by)
    spot, clean = check(fields)
    made = keep(w, account, spot, clean, listed=True)
    w.announce(by, "place.created", "place", made.id, {"name": made.name})
    return made


def find(r: Read, by: Caller, id: str) -> Place:
    """The place; Missing if there is none."""
    return of(r, accounts.of(r, by).seq, id)


def of(r: Read, account: int, id: str) -> Place:
    """The account's place; Missing if there is none."""
    found = store.find(r, account, id.lower())
    if found is None:
        raise Missing("Not found.")
    return found


def known(r: Read, account: Account, id: str) -> Place | None:
    return store.find(r, account.seq, id.lower())


def page(r: Read, by: Caller, wanted: Wanted) -> Page[Place]:
    return Page(*store.page(r, accounts.of(r, by).seq, wanted))


def change(w: Write, by: Caller, id: str, fields: Mapping[str, Any]) -> Place:
    """What is mentioned changes; without a new location, a new address is looked up where there is a geocoder."""
    account = accounts.of(w, by)
    old = of(w, account.seq, id)
    moves = "location" in fields
    spot: Spot | None = fields["location"] if moves else old.spot
    if not moves and (fields.get("address") or old.address) != old.address and GEOCODER in w.services:
        spot, moves = None, True
    check({"address": old.address, **fields, "location": spot})
    clean, _ = _clean(fields)
    if moves:
        clean |= {"lat": spot.lat if spot else None, "lon": spot.lon if spot else None}
    if clean:
        _set(w, account, old, clean)
        w.announce(by, "place.changed", "place", id, {"changed": sorted(clean)})
    new = of(w, account.seq, id)
    if clean:
        _ask_about(w, account, new)
    return new


def _set(w: Write, account: Account, place: Place, values: dict[str, Any]) -> None:
    """Writes it, and lets streams show the actions there anew, and geofences lie there anew."""
    store.change(w, account.seq, place.seq, clock.now(), values)
    if values.keys() & {"lat", "lon", "radius"}:
        accounts.fenced(w, account.seq)
    working = store.actions_at(w, account.seq, place.seq)
    if working:
        store.set_frames(w, account.seq, working, accounts.frame(w, account))


def drop(w: Write, by: Caller, id: str) -> None:
    """The place is gone; actions, stops and geofences that are there keep a copy of it under another id."""
    account = accounts.of(w, by)
    old = of(w, account.seq, id)
    if store.is_used(w, old.seq):
        _set(w, account, old, {"id": ids.uuid4(), "lookup_id": None, "is_listed": 0})
    else:
        store.drop(w, account.seq, old.seq)
    w.announce(by, "place.deleted", "place", id, {"name": old.name})


def search(r: Read, by: Caller, q: str, near: Spot | None) -> list[Place]:
    """Stored places that the text is like, the most alike first and among equals the nearest; at most 20."""
    account = accounts.of(r, by)
    if not q.strip() and near is None:
        return []
    candidates = store.like(r, account.seq, _parts(q), near, _CANDIDATES)
    return geocoding.rank(q, candidates, near)[:_FOUND]


def _parts(q: str) -> Sequence[str]:
    """Three letters in a row of the text, some of them: what is alike at all has one of them."""
    whole = sorted(part.strip() for part in geocoding.trigrams(q) if len(part.strip()) == 3)
    step = max(1, len(whole) // _MOST_PARTS)
    return whole[::step][:_MOST_PARTS] or [word.lower() for word in q.split()[:_MOST_PARTS]]


def unknown(r: Read, organization: int, environment: str, id: str) -> Place | None:
    """The place of an errand, while there is something to ask about it."""
    account = account_store.of(r, organization, "test" if environment == "test" else "live")
    place = store.find(r, account.seq, id) if account else None
    return place if place is not None and (place.spot is None or not place.address) else None


def learn(w: Write, organization: int, environment: str, asked: Place, found: geocoding.Found) -> None:
    """Fills in what was not known of a place, if it still is as when it was asked about."""
    account = account_store.of(w, organization, "test" if environment == "test" else "live")
    now = unknown(w, organization, environment, asked.id)
    if account is None or now is None or (now.spot, now.address) != (asked.spot, asked.address):
        return
    values: dict[str, Any] = {
        name: getattr(found, name)[: _LONGEST.get(name, _LONGEST_TEXT)]
        for name in _TEXTS
        if name != "name" and not getattr(now, name) and getattr(found, name)
    }
    if now.spot is None:
        values |= {"lat": found.lat, "lon": found.lon}
    if values:
        _set(w, account, now, values)
