"""A user's positions, for whoever asks for them as they were sent."""

from hyway.domain.identity import Caller
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Location, Page
from hyway.domain.tracking.store import positions as store
from hyway.kernel.db import Read

_ALWAYS = 1 << 62


def page(r: Read, by: Caller, user_id: str, wanted: Wanted) -> Page[Location]:
    """Between `min_recorded_at` and `max_recorded_at`, both included; newest first unless by `recorded_at`."""
    user = users.find(r, by, user_id)
    first = wanted.filters.get("min_recorded_at", -_ALWAYS)
    last = wanted.filters.get("max_recorded_at", _ALWAYS)
    oldest_first = wanted.order[:1] == ("recorded_at",)
    start = (wanted.page - 1) * wanted.size
    rows = store.page(r, user.seq, first, last, oldest_first, start, wanted.size)
    return Page(rows, store.count(r, user.seq, first, last))
