"""Settings of tracking: time zone, unit, how long positions are kept, types of one's own."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from litestar import get, post

from hyway.console import tracked
from hyway.console.form import errors
from hyway.console.tracked import PATH
from hyway.console.visit import Here, Page, Visit
from hyway.domain import tracking
from hyway.kernel.faults import Invalid

_FIELDS = ("timezone", "distance_unit", "retention_days", "custom_types")
_PLACES = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
_ZONES = [*sorted(_PLACES), "UTC"]


def _form(visit: Visit, typed: Mapping[str, Any], wrong: Mapping[str, str], status: int = 200) -> Page:
    return tracked.room(visit, "tracking_settings.html", status, typed=typed, errors=wrong, zones=_ZONES)


@get(PATH + "/settings")
async def show(visit: Here) -> Page:
    now = await visit.read(tracked.account)
    return _form(visit, {name: getattr(now, name) for name in _FIELDS}, {})


@post(PATH + "/settings")
async def save(visit: Here) -> Page:
    sent = visit.sent
    typed = {name: sent.text(name) for name in _FIELDS}
    try:
        days = typed["retention_days"]
        if days and not (days.isascii() and days.isdigit() and len(days) < 10):
            raise Invalid("retention_days", "must be a whole number of days, or empty")
        await visit.write(
            tracking.accounts.settle,
            timezone=typed["timezone"],
            distance_unit=typed["distance_unit"],
            retention_days=int(days) if days else None,
            custom_types=sent.ticked("custom_types"),
        )
    except Invalid as fault:
        return _form(visit, typed, errors(fault, _FIELDS), 422)
    return visit.go(PATH + "/settings", "Saved.")


ROUTES = [show, save]
