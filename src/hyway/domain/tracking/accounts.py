"""Verbs of accounts: whose tracking data is meant, and what its owner has chosen."""

import dataclasses
from typing import Any
from zoneinfo import available_timezones

from hyway.domain.identity import Caller, may_manage
from hyway.domain.tracking.records import Account
from hyway.domain.tracking.store import accounts as store
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid
from hyway.kernel.patch import UNSET, Unset, changes, given

CHANGED = "tracking"
"""The topic under which a commit tells streams that an account's frames went on; the key is the account's number."""
GONE = "tracking.gone"
"""The topic under which a commit tells streams what is there no more; the key is of `gone`."""
_MOST_DAYS = 36_500


def of(r: Read, by: Caller) -> Account:
    """The caller's account; one with number 0, to which nothing belongs, while nothing was written yet."""
    return store.of(r, by.organization, by.environment) or _nothing(by)


def _nothing(by: Caller) -> Account:
    return Account(0, "", by.organization, by.environment, "UTC", "km", None, False, 0)


def opened(w: Write, by: Caller) -> Account:
    """The caller's account, made where there is none yet."""
    found = store.of(w, by.organization, by.environment)
    if found is None:
        store.add(w, by.organization, by.environment)
        found = store.of(w, by.organization, by.environment)
    if found is None:
        raise RuntimeError("an account that was just written is gone")
    return found


def frame(w: Write, account: Account, many: int = 1) -> int:
    """The last of `many` new numbers of the account's count of changes; streams are woken after the commit."""
    w.changed(CHANGED, str(account.seq))
    return store.next_frames(w, account.seq, many)


def fenced(w: Write, account: int, *, first: bool = False) -> None:
    """Whoever remembers the account's geofences looks again: one of them is new (`first`), or one changed, or a group
    or a place did that one may be of."""
    store.fenced(w, account, first=first)


def settle(
    w: Write,
    by: Caller,
    *,
    timezone: str | Unset = UNSET,
    distance_unit: str | Unset = UNSET,
    retention_days: int | Unset | None = UNSET,
    custom_types: bool | Unset = UNSET,
) -> Account:
    """What is mentioned changes; an owner's or an admin's choice."""
    may_manage(by)
    old = opened(w, by)
    if given(timezone) and timezone not in available_timezones():
        raise Invalid("timezone", "knows no time zone {zone}", zone=timezone[:50])
    if given(distance_unit) and distance_unit not in ("km", "mi"):
        raise Invalid("distance_unit", "must be km or mi")
    if given(retention_days) and retention_days is not None and not 1 <= retention_days <= _MOST_DAYS:
        raise Invalid("retention_days", "must be from 1 to {most}", most=_MOST_DAYS)
    wanted: dict[str, Any] = changes(
        timezone=timezone,
        distance_unit=distance_unit,
        retention_days=retention_days,
        custom_types=custom_types,
    )
    new = dataclasses.replace(old, **wanted)
    if new != old:
        store.change(w, old.seq, **{**wanted, "custom_types": int(new.custom_types)})
        w.announce(by, "tracking.settings_changed", "tracking_account", old.id, wanted)
    return new


def gone(w: Write, account: Account, kind: str, id: str, *also: str) -> None:
    """Tells streams that a user or an action is there no more; `also` are further topics that held it.

    No frame can say it: there is no row left to carry one.
    """
    w.changed(GONE, "|".join([str(account.seq), kind, id, *also]))
