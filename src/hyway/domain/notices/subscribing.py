"""Browsers that a person lets us wake."""

import base64
import binascii
from urllib.parse import urlsplit

from hyway.domain.identity import Caller, person_of
from hyway.domain.notices.pushing import SEALED, is_point
from hyway.domain.notices.store import subscriptions as store
from hyway.kernel import clock, seal
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid

_MOST = 20
"""Browsers of one person; the oldest ones are forgotten."""
_LONGEST, _SECRET = 2_000, 16


def subscribe(w: Write, by: Caller, endpoint: str, p256dh: str, auth: str, user_agent: str = "") -> None:
    """Lets the browser behind `endpoint` be woken; the three texts are what it says of its subscription.

    A browser has one owner: who signs in there and subscribes takes it over. Push goes to the public web by HTTPS.
    """
    host = _host(endpoint)
    if not is_point(_raw("p256dh", p256dh)):
        raise Invalid("p256dh", "is invalid")
    if len(_raw("auth", auth)) != _SECRET:
        raise Invalid("auth", "is invalid")
    person, now = person_of(by), clock.now()
    row = {
        "person": person,
        "endpoint": endpoint,
        "endpoint_hash": seal.digest(endpoint),
        "public_key": p256dh.rstrip("="),
        "secret": w.seal.close(auth.rstrip("="), SEALED),
        "user_agent": user_agent[:300],
        "failures": 0,
        "created_at": now,
    }
    store.put(w, row)
    store.drop_oldest(w, person, _MOST)
    w.announce(by, "push_subscription.created", "person", by.actor_id, {"host": host})


def unsubscribe(w: Write, by: Caller, endpoint: str) -> None:
    """Nothing happens where it is not the caller's: it wakes nobody any more, either way."""
    if store.drop(w, person_of(by), seal.digest(endpoint)):
        w.announce(by, "push_subscription.deleted", "person", by.actor_id)


def _host(endpoint: str) -> str:
    """A name or an IPv4 address: push services have one, and what we sign for them is addressed to it."""
    try:
        parts = urlsplit(endpoint)
        good = parts.scheme in ("https", "http") and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        good = False
    if not good or not parts.hostname or ":" in parts.hostname:
        raise Invalid("endpoint", "is invalid")
    if len(endpoint) > _LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise Invalid("endpoint", "is invalid")
    return parts.hostname


def _raw(field: str, text: str) -> bytes:
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise Invalid(field, "is invalid") from None
