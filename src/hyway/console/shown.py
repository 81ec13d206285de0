"""Numbers, money, times and names as people read them: the filters of the templates."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)

from hyway.domain.netinfo import COUNTRY_CODES, country_name
from hyway.kernel import clock
from hyway.kernel.clock import Instant

LOCALE = "en"
_ZONES = frozenset(available_timezones()) | {"UTC"}
_STEPS = ((clock.DAY, "d"), (clock.HOUR, "h"), (clock.MINUTE, "min"))


def known_zone(name: str) -> str:
    """An IANA zone that this machine knows, else UTC."""
    return name if name in _ZONES else "UTC"


def number(value: float) -> str:
    return format_decimal(value, locale=LOCALE)


def compact(value: int) -> str:
    """Four digits in full, more as 12.3K."""
    return (
        number(value)
        if abs(value) < 10_000
        else format_compact_decimal(value, locale=LOCALE, fraction_digits=1)
    )


def money(minor: int, currency: str) -> str:
    """Minor units of an ISO 4217 currency."""
    code = currency.upper()
    text = format_currency(minor / 10 ** get_currency_precision(code), code, locale=LOCALE)
    # A sign stands at the number, a code a space away from it.
    return text.replace(code, code + "\u00a0") if get_currency_symbol(code, LOCALE) == code else text


def amounts(revenue: Mapping[str, int]) -> list[str]:
    """Revenue by currency, the largest amount first."""
    ordered = sorted(revenue.items(), key=lambda each: -each[1])
    return [money(minor, currency) for currency, minor in ordered]


def takings(revenue: Mapping[str, int]) -> str:
    """The same on one line."""
    return " + ".join(amounts(revenue)[:2]) or "–"


def share(part: int, whole: int) -> str:
    if not whole:
        return "–"
    return format_percent(part / whole, format="#,##0.#%", locale=LOCALE)


def local(at: Instant, zone: str) -> datetime:
    return clock.moment(at).astimezone(ZoneInfo(zone))


def day(at: Instant, zone: str = "UTC") -> str:
    return format_date(local(at, zone).date(), "d MMM y", locale=LOCALE)


def moment(at: Instant, zone: str = "UTC") -> str:
    """`22 Nov 2026, 14:05` in the zone."""
    return format_datetime(local(at, zone).replace(tzinfo=None), "d MMM y, HH:mm", locale=LOCALE)


def exact(at: Instant, zone: str = "UTC") -> str:
    """To the second, with the zone's name."""
    return (
        format_datetime(local(at, zone).replace(tzinfo=None), "d MMM y, HH:mm:ss", locale=LOCALE) + f" {zone}"
    )


def step(at: Instant, interval: str, zone: str) -> str:
    """The name of a step of a chart's axis."""
    then = local(at, zone)
    if interval == "hour":
        return format_time(then.time(), "HH:mm", locale=LOCALE)
    return format_date(then.date(), "MMM y" if interval == "month" else "d MMM", locale=LOCALE)


def ago(at: Instant) -> str:
    """How long ago, roughly; a date after a month."""
    passed = clock.now() - at
    if passed > 30 * clock.DAY:
        return day(at)
    for size, unit in _STEPS:
        if passed >= size:
            return f"{passed // size} {unit} ago"
    return "just now" if passed < 10 * clock.SECOND else f"{passed // clock.SECOND} s ago"


def until(at: Instant) -> str:
    """`in 3 d`, the nearest, or how long ago."""
    left = at - clock.now()
    if left <= 0:
        return ago(at)
    for size, unit in _STEPS:
        if left >= size:
            return f"in {(left + size // 2) // size} {unit}"
    return "in a moment"


def bare(url: str) -> str:
    """A URL as people say it: without scheme and `www.`, without a lone slash."""
    parts = urlsplit(url)
    rest = url.removeprefix(f"{parts.scheme}://").removeprefix("www.")
    return rest.removesuffix("/")


def initials(name: str) -> str:
    words = [word for word in name.split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


def qr(url: str, form: str = "svg", size: int = 512) -> str:
    """The path of a short link's QR code; its scans are told from clicks by `qr=1`."""
    told = quote(f"{url}?qr=1", safe="")
    look = "errorCorrection=H&foreground=000000&background=FFFFFF&margin=1"
    return f"/qrcode?text={told}&size={size}&{look}&format={form}"


def pretty(value: Any) -> str:
    """JSON to read; text that is no JSON as it is."""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def countries() -> list[tuple[str, str]]:
    """Code and name of every country, by name."""
    return sorted(((code, country_name(code) or code) for code in COUNTRY_CODES), key=lambda each: each[1])


def sentence(action: str) -> str:
    """`link.created` as people say it."""
    return action.replace(".", " ").replace("_", " ").capitalize()


def told(data: Mapping[str, Any]) -> str:
    """The facts of an event on one line."""
    parts = (
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in data.items()
    )
    return " · ".join(part if len(part) <= 80 else part[:79] + "…" for part in parts)


FILTERS = {
    "number": number,
    "compact": compact,
    "money": lambda pair: money(*pair),
    "amounts": amounts,
    "takings": takings,
    "share": share,
    "day": day,
    "moment": moment,
    "exact": exact,
    "ago": ago,
    "until": until,
    "bare": bare,
    "initials": initials,
    "qr": qr,
    "pretty": pretty,
    "sentence": sentence,
    "told": told,
    "iso": clock.text,
}
