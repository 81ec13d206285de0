"""What a stretch of the timeline becomes in the tables: a row with its way, its place and its reason."""

from dataclasses import replace

from hyway.domain.tracking import places
from hyway.domain.tracking.days import meter
from hyway.domain.tracking.days.meter import Fix
from hyway.domain.tracking.days.segmenting import Machine, Stretch
from hyway.domain.tracking.earth import geodesy, polyline
from hyway.domain.tracking.records import Account, Location, Place, Segment, SegmentKind, Spot
from hyway.domain.tracking.store import positions_read as positions
from hyway.domain.tracking.store import segments as store
from hyway.domain.tracking.store import stops
from hyway.domain.tracking.store.segments import Row
from hyway.kernel.clock import MINUTE, SECOND, Instant
from hyway.kernel.db import Read, Write

KINDS: dict[str, SegmentKind] = {"trip": "trip", "stop": "stop", "void": "location_void"}
_EARLIER = 5 * MINUTE
"""A device may find a stop of its own so long before we do."""
_BESIDE = 30 * SECOND
"""How long before its last position a device may have told why there would be no more."""
_REASONS = (
    ("device.location.disabled", "disabled"),
    ("device.location.services.disabled", "disabled"),
    ("device.location_permission.disabled", "no_permission"),
)
Key = tuple[Instant, float, float]


class Boundaries:
    """All that was said of a position: from the batch that is at hand, else from the table."""

    def __init__(self, r: Read, user_seq: int, known: dict[Key, Location]) -> None:
        self._r, self._user, self._known = r, user_seq, known

    def location(self, fix: Fix) -> Location:
        key = fix[:3]
        if key not in self._known:
            self._known[key] = positions.one(self._r, self._user, fix) or _as_location(fix)
        return self._known[key]


def _as_location(fix: Fix) -> Location:
    return Location(fix.at, fix.lat, fix.lon, fix.accuracy, fix.speed, activity=fix.activity)


def row(
    account: Account, user_seq: int, stretch: Stretch, id: str, at: Instant, boundaries: Boundaries
) -> Row:
    """The stretch as a row, still without path, place, reason and lookup id; one that lasts ends with its last fix."""
    ended = stretch.ended or stretch.last
    return Row(
        id=id,
        account=account.seq,
        user=user_seq,
        kind=KINDS[stretch.kind],
        began_at=stretch.began.at,
        ended_at=ended.at,
        decided_at=stretch.decided_at,
        began=store.as_text(boundaries.location(stretch.began)),
        ended=store.as_text(boundaries.location(ended)),
        lat=stretch.lat,
        lon=stretch.lon,
        distance=stretch.distance,
        fixes=stretch.fixes,
        activities=store.as_text(stretch.activities),
        path="",
        place=None,
        reason=None,
        lookup_id=None,
        created_at=at,
        modified_at=at,
    )


def path(r: Read, user_seq: int, began: Fix, ended: Fix) -> str:
    """The time-aware polyline of a trip: every position that counts in its distance."""
    first, last = began[:3], ended[:3]
    fixes = positions.span(r, user_seq, began.at, ended.at)
    return polyline.encode_timed(meter.path(fix for fix in fixes if first <= fix[:3] <= last))


def centre(stretch: Stretch) -> Spot:
    """The middle of a stop."""
    if stretch.lat is None or stretch.lon is None:
        return Spot(stretch.began.lat, stretch.began.lon)
    return Spot(stretch.lat, stretch.lon)


def place(w: Write, account: Account, spot: Spot, hint: int | None) -> int:
    """The number of the place of a stop: the one found before, one that is stored there, else a new one."""
    found = known_place(w, account, spot, hint) or stops.nearest(w, account.seq, spot)
    return found.seq if found else places.keep(w, account, spot, {}).seq


def known_place(r: Read, account: Account, spot: Spot, hint: int | None) -> Place | None:
    """The place of this number, if it is still there and the spot in it."""
    found = stops.by_seq(r, account.seq, hint) if hint is not None else None
    if found is None or found.spot is None or geodesy.metres(*spot, *found.spot) > found.radius:
        return None
    return found


def reason(r: Read, user_seq: int, began_at: Instant, ended_at: Instant) -> str:
    """Why there were no positions, as far as the device told."""
    for type, why in _REASONS:
        if store.told(r, user_seq, type, began_at - _BESIDE, ended_at):
            return why
    return "unknown"


def lookup_id(r: Read, user_seq: int, began_at: Instant, ended_at: Instant) -> str | None:
    """The device's own id of a stop: of the one that it told of nearest to when ours began."""
    told = store.told(r, user_seq, "stop.started", began_at - _EARLIER, ended_at)
    named = [(abs(at - began_at), str(data["stop_id"])) for at, data in told if data.get("stop_id")]
    return min(named)[1] if named else None


def live(r: Read, account: Account, user_seq: int, machine: Machine, id: str, hint: int | None) -> Segment:
    """The open segment as it is known now, without a path."""
    stretch = machine.live()
    at = machine.last.at
    known = row(account, user_seq, stretch, id, at, Boundaries(r, user_seq, {}))
    place = None
    if stretch.kind == "stop":
        known = known._replace(lookup_id=lookup_id(r, user_seq, known.began_at, at))
        place = known_place(r, account, centre(stretch), hint)
    return replace(shown(r, known, place), ended_at=None, ended=None)


def closed(r: Read, row: Row) -> Segment:
    """The record of a row that was just made."""
    return shown(r, row, stops.by_seq(r, row.account, row.place) if row.place is not None else None)


def shown(r: Read, row: Row, place: Place | None) -> Segment:
    return store.shown(row, store.owner(r, row.account, row.user), place)
