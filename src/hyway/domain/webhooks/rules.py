"""Pure decisions of webhooks."""

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from hyway.kernel import clock
from hyway.kernel.clock import HOUR, MINUTE, SECOND, Instant
from hyway.kernel.faults import Invalid

LINK_EVENTS = ("link.created", "link.updated", "link.deleted")
EVENTS = ("link.clicked", "lead.created", "sale.created", *LINK_EVENTS)
TEST = "webhook.test"
MOST_ENDPOINTS = 20
MOST_ITEMS = 100
"""Of one delivery."""

BACKOFF = (10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
"""How long after each failed attempt the next one follows, give or take a tenth."""
PATIENCE = 24 * HOUR
"""A delivery is given up this long after it was queued, whatever attempts it has left."""
MOST_FAILURES = 20
"""So many deliveries given up in a row switch an endpoint off: hours of silence, not a bad minute."""

_CALM = 5
_LONGEST_REST = 5 * MINUTE
_LONGEST_URL = 2_048
_NOT_IN_URL = re.compile(r"[^\x21-\x7e]|[<>\"\\^`{|}]")


def url(value: str, ours: Collection[str]) -> str:
    """An absolute http or https URL in ASCII, without user, password and fragment, not this server's own."""
    if len(value) > _LONGEST_URL:
        raise Invalid("url", "must be at most {most} characters", most=_LONGEST_URL)
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid("url", "must be an http or https URL") from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or _NOT_IN_URL.search(value):
        raise Invalid("url", "must be an http or https URL")
    if len(host) > 253 or not all(1 <= len(label) <= 63 for label in host.removesuffix(".").split(".")):
        raise Invalid("url", "must be an http or https URL")
    if parts.username is not None or parts.password is not None or "#" in value:
        raise Invalid("url", "must not hold a user, a password or a fragment")
    default = ":443" if parts.scheme == "https" else ":80"
    if parts.netloc.lower().removesuffix(default) in ours:
        raise Invalid("url", "must not lead back to this server")
    return value


def body(id: str, event: str, at: Instant, items: Sequence[Mapping[str, Any]]) -> str:
    """The JSON that is sent: `data` is always an array."""
    content = {"id": id, "event": event, "createdAt": clock.text(at), "data": list(items)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def headers(secret: str, delivery: str, event: str, sent: bytes, seconds: int) -> dict[str, str]:
    """The request's headers. The signature is HMAC-SHA256 over `t.body`, keyed with the whole secret's text.

    A receiver recomputes it over the raw body, compares in constant time and refuses a `t` that is too old;
    `Hyway-Delivery` stays the same on every attempt, so that a body received twice can be told.
    """
    mark = hmac.new(secret.encode(), b"%d." % seconds + sent, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Hyway-Webhooks/1",
        "Hyway-Signature": f"t={seconds},v1={mark}",
        "Hyway-Event": event,
        "Hyway-Delivery": delivery,
    }


def rest(trouble: int, now: Instant) -> Instant | None:
    """Until when an endpoint is left alone after `trouble` failed attempts in a row: it must cost little."""
    if trouble < _CALM:
        return None
    return now + min(_LONGEST_REST, (10 * SECOND) << min(trouble - _CALM, 10))
