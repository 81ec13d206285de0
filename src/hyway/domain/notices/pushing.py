"""Waking a browser (Web Push, RFC 8030): what is said is encrypted for it alone, and signed by this server.

The server's key pair (VAPID, RFC 8292) is drawn from its key file: the same in every process and after every start,
with nothing to store. Browsers subscribe to that key, so a new key file needs new subscriptions.
"""

import base64
import json
from typing import NamedTuple
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from hyway.domain.notices.records import Notification, Subscription
from hyway.domain.notices.store import inbox, subscriptions
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.seal import Seal

SEALED = "push"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has."""
_POINT = 65
"""Bytes of a point that is not compressed, the only form that browsers use."""
_DAY = 86_400
_TITLE = 200
_MOST = 3_500
"""Bytes: with what encryption adds still under 4,096, which is all that a push service must take."""
_MOST_FAILURES = 40
_GONE = (404, 410)
_BUSY = 429


class Parcel(NamedTuple):
    """One request to a push service."""

    url: str
    headers: dict[str, str]
    body: bytes


def push_key(r: Read) -> str:
    """What browsers call `applicationServerKey`, base64url."""
    return _text(_point(_key(r.seal).public_key()))


def _key(seal: Seal) -> ec.EllipticCurvePrivateKey:
    # Twice 256 bits, so that no number of the group is likelier than another.
    drawn = int.from_bytes(seal.mark(b"1", b"vapid") + seal.mark(b"2", b"vapid"))
    return ec.derive_private_key(drawn % (_ORDER - 1) + 1, ec.SECP256R1())


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_point(raw: bytes) -> bool:
    """Whether the bytes are a key that a browser can have."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == _POINT


def parcel(r: Read, notification: int, subscription: int) -> Parcel | None:
    """What to send; None when the browser was unsubscribed meanwhile, or push switched off."""
    told, to = inbox.find(r, notification), subscriptions.find(r, subscription)
    if told is None or to is None or told[1] != to.person or not inbox.wishes(r, to.person)[0]:
        return None
    body = http_ece.encrypt(
        _payload(told[0], r.home),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(to.public_key),
        auth_secret=_bytes(r.seal.open(to.secret, SEALED)),
        version="aes128gcm",
    )
    return Parcel(to.endpoint, _headers(r, to), body)


def _payload(told: Notification, home: str) -> bytes:
    """What the page's service worker shows, as JSON, as long as every push service takes it."""
    body = told.body
    while len(made := json.dumps(_shown(told, body, home), ensure_ascii=False).encode()) > _MOST and body:
        body = body[: len(body) * 3 // 4]
    return made


def _shown(told: Notification, body: str, home: str) -> dict[str, str]:
    return {
        "title": told.title[:_TITLE],
        "body": body,
        "url": home + (told.link or "/me/notifications"),
        "tag": f"{told.record_type}/{told.record}" if told.is_message else f"notification/{told.seq}",
    }


def _headers(r: Read, to: Subscription) -> dict[str, str]:
    parts = urlsplit(to.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "sub": r.home if r.home.startswith("https://") else f"mailto:hyway@{urlsplit(r.home).hostname}",
        "exp": clock.now() // clock.SECOND + _DAY // 2,
    }
    signed: dict[str, str] = Vapid02(_key(r.seal)).sign(claims)
    return {
        **signed,
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(_DAY),
        "Urgency": "normal",
    }


def finish(w: Write, subscription: int, status: int | None) -> bool:
    """Writes down how it went; whether it is worth another try.

    404 and 410 mean that the browser is gone, and so is its subscription; so is one that has failed 40 times in a row.
    """
    if status is not None and 200 <= status < 300:
        subscriptions.worked(w, subscription, clock.now())
        return False
    if status in _GONE or subscriptions.failed(w, subscription) >= _MOST_FAILURES:
        subscriptions.remove(w, subscription)
        return False
    return status is None or status == _BUSY or status >= 500


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
