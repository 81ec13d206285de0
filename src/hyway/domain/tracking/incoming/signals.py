"""What a device's reports do to its user's live state: always forward in the device's own time.

The types and their data are those of the vendor's 2017 Android and iOS clients.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from hyway.domain.tracking.incoming.receiving import Batch, Report
from hyway.domain.tracking.store.tracks import Track
from hyway.domain.tracking.telling.display import PASSIVE_BATCH
from hyway.kernel.clock import SECOND, Instant

SILENCE = 2 * PASSIVE_BATCH * SECOND
"""After so long without a word, the place of the device that is tracked is free for another one."""

_STATUS: Final = {
    "device.location.disabled": "location_disabled",
    "device.location.services.disabled": "location_disabled",
    "device.location_permission.disabled": "location_permission_disabled",
    "device.location.enabled": "location_available",
    "device.location.services.enabled": "location_available",
    "device.location_permission.enabled": "location_available",
}
_TOLD: Final = {
    "location_disabled": "device.location.disabled",
    "location_permission_disabled": "device.location_permission.disabled",
}
_LOW = frozenset({"low", "LOW", "low_accuracy", "low_power", "no_power", "passive"})
_LONGEST_NAME = 100


def is_secondary(track: Track, batch: Batch) -> bool:
    """Whether the batch comes from another device than the one that is tracked.

    The first one after tracking began owns the user, until tracking ends or nothing was heard of it for an hour.
    """
    owner, heard = track.device, track.heartbeat_at
    if owner is None or batch.device is None or batch.device == owner or not track.is_tracking:
        return False
    return heard is not None and batch.received_at - heard <= SILENCE


def hear(track: Track, batch: Batch, at: Instant | None) -> bool:
    """Notes that a device was heard; `at` is the time of its newest item. Whether its user was away before."""
    was_away = bool(track.is_away)
    track.is_away = 0
    track.heartbeat_at = max(track.heartbeat_at or 0, batch.received_at)
    if batch.battery is not None and at is not None:
        _charge(track, batch.battery, at)
    if batch.device is not None and track.is_tracking:
        track.device = batch.device
    return was_away


def zone(track: Track, batch: Batch) -> str | None:
    """The time zone that the device is in, if it is one and another than before."""
    told = batch.timezone
    return told if told and told != track.timezone and told in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def moves(track: Track, first: Instant, newest: Instant, plain: bool) -> bool:
    """Whether positions begin to be tracking: nobody said when it began, or positions are all that is ever sent."""
    if track.tracking_at is None:
        track.online_at = first if track.online_at is None else min(track.online_at, first)
    elif track.is_tracking or not plain or newest <= track.tracking_at:
        return False
    began = not track.is_tracking
    track.is_tracking = 1
    if began and track.tracking_at is not None:
        track.online_at = newest if track.online_at is None else max(track.online_at, newest)
    return began


def apply(track: Track, report: Report) -> str | None:
    """The report's effect; the type of an event that follows from it, beside the report itself."""
    match report.type:
        case "tracking.started" | "tracking.ended":
            _track(track, report.at, report.type == "tracking.started")
        case "device.power.changed":
            level = report.data.get("percentage")
            if isinstance(level, int | float) and 0 <= level <= 100:
                _charge(track, int(level), report.at)
        case "device.location_config.changed":
            return _locate(track, _configured(report.data), report.at)
        case "device.info.changed":
            _name(track, report.data)
        case type if type in _STATUS:
            _locate(track, _STATUS[type], report.at)
    return None


def _track(track: Track, at: Instant, begins: bool) -> None:
    if begins and (track.tracking_at is None or track.online_at is None or at > track.online_at):
        track.online_at = at
    if track.tracking_at is not None and at <= track.tracking_at:
        return
    track.tracking_at = at
    track.is_tracking = int(begins)
    if not begins:
        track.device = None


def _charge(track: Track, level: int, at: Instant) -> None:
    if track.battery_at is None or at >= track.battery_at:
        track.battery, track.battery_at = level, at


def _configured(data: Mapping[str, Any]) -> str:
    if data.get("enabled") is False:
        return "location_disabled"
    if data.get("permission") is False:
        return "location_permission_disabled"
    accuracy = data.get("accuracy")
    is_low = isinstance(accuracy, str) and accuracy in _LOW
    return "location_low_accuracy" if is_low else "location_available"


def _locate(track: Track, status: str, at: Instant) -> str | None:
    if track.location_status_at is not None and at <= track.location_status_at:
        return None
    before, track.location_status = track.location_status, status
    track.location_status_at = at
    if status == before:
        return None
    if status in _TOLD:
        return _TOLD[status]
    return _TOLD[before].replace("disabled", "enabled") if before in _TOLD else None


def _name(track: Track, data: Mapping[str, Any]) -> None:
    """What the device is called, while nobody has given it a name."""
    said = data.get("model") or data.get("device")
    if track.device_name is None and isinstance(said, str) and said.isprintable():
        track.device_name = said.strip()[:_LONGEST_NAME] or None
