"""Stripe's wire, as its reference describes it: form bodies out, JSON in, signed events.

Amounts are in the currency's smallest unit as Stripe counts it, which is ISO 4217's but for a few.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from hyway.domain.creators.money.records import Funding, Payout
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.outgoing import Outgoing, Unreachable

VERSION = "2024-06-20"
"""The version of the wire that is spoken, whatever the account's own."""
SECONDS = 30.0
TOLERANCE = 300
"""Seconds that an event's signature may be old, as Stripe's own libraries have it."""
# Stripe counts these in hundredths, which they no longer have.
_HUNDREDTHS = frozenset({"isk", "ugx"})
_MOST = 1_000_000


class Declined(Exception):
    """Stripe refuses, and will refuse again; the text says why."""


class Unclear(Exception):
    """No answer, or one that says nothing of the outcome: to be asked again under the same key."""


@dataclass(frozen=True, slots=True)
class Stripe:
    """One account at Stripe, and the way to it. `home` is where this server is reached."""

    outgoing: Outgoing
    key: str
    base: str
    home: str

    @classmethod
    def at(cls, outgoing: Outgoing, address: str, home: str) -> "Stripe":
        """`https://KEY@api.stripe.com`."""
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        return cls(outgoing, unquote(parts.username or ""), f"{parts.scheme}://{host}", home)

    def transfer(self, of: Payout, destination: str, key: str) -> str:
        """Moves the payout to the person's account; the transfer's id."""
        fields = {
            "amount": units(of.amount, of.currency),
            "currency": of.currency,
            "destination": destination,
            "transfer_group": group(of),
            "metadata": {"payout": of.seq, "organization": of.organization},
        }
        return str(self._post("/v1/transfers", fields, key)["id"])

    def transfers(self, of: Payout) -> list[dict[str, Any]]:
        """Those that were made for the payout and not taken back, newest first."""
        found = self._get(f"/v1/transfers?{urlencode({'transfer_group': group(of), 'limit': 100})}")
        return [each for each in found["data"] if not each.get("reversed")]

    def transfer_named(self, id: str) -> dict[str, Any]:
        return self._get(f"/v1/transfers/{quote(id, safe='')}")

    def checkout(self, of: Funding, name: str, back: str) -> tuple[str, str]:
        """A page on which the funding is paid: its session's id and its address."""
        line = {
            "quantity": 1,
            "price_data": {
                "currency": of.currency,
                "unit_amount": units(of.amount, of.currency),
                "product_data": {"name": name},
            },
        }
        fields = {
            "mode": "payment",
            "success_url": self.home + back,
            "cancel_url": self.home + back,
            "client_reference_id": str(of.seq),
            "line_items": [line],
            "metadata": {"funding": of.seq, "organization": of.organization},
        }
        made = self._post("/v1/checkout/sessions", fields, f"hyway-funding-{of.organization}-{of.seq}")
        return str(made["id"]), str(made["url"])

    def session(self, id: str) -> dict[str, Any]:
        return self._get(f"/v1/checkout/sessions/{quote(id, safe='')}")

    def refund(self, of: Funding, amount: int, key: str) -> str:
        """Gives a part of the payment back; the refund's id."""
        fields = {
            "payment_intent": of.payment_ref,
            "amount": units(amount, of.currency),
            "metadata": {"funding": of.seq},
        }
        return str(self._post("/v1/refunds", fields, key)["id"])

    def account(self, person: int) -> str:
        """An account for a person who is to be paid; its id."""
        fields = {
            "type": "express",
            "capabilities": {"transfers": {"requested": "true"}},
            "metadata": {"person": person},
        }
        return str(self._post("/v1/accounts", fields, f"hyway-account-{person}")["id"])

    def account_link(self, account: str, back: str, key: str) -> tuple[str, Instant]:
        """Where the person introduces themselves, and until when."""
        fields = {
            "account": account,
            "type": "account_onboarding",
            "return_url": self.home + back,
            "refresh_url": self.home + back,
        }
        made = self._post("/v1/account_links", fields, key)
        return str(made["url"]), int(made["expires_at"]) * SECOND

    def is_ready(self, account: str) -> bool:
        return ready(self._get(f"/v1/accounts/{quote(account, safe='')}"))

    def _post(self, path: str, fields: Mapping[str, Any], key: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key}
        return self._ask("POST", path, headers, urlencode(list(flat(fields))).encode())

    def _get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, {}, b"")

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        own = {"Authorization": f"Bearer {self.key}", "Stripe-Version": VERSION, **headers}
        try:
            answer = self.outgoing.send(method, self.base + path, own, body, seconds=SECONDS, most=_MOST)
        except Unreachable as why:
            raise Unclear(str(why)) from why
        said = _object(answer.body)
        if answer.status == 200 and said is not None:
            return said
        told = _why(answer.status, said)
        if answer.status in (409, 429) or answer.status >= 500 or said is None or _is_of_the_key(said):
            raise Unclear(told)
        raise Declined(told)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _is_of_the_key(said: dict[str, Any]) -> bool:
    """Whether Stripe knows the key from another request: that one may have been carried out."""
    error = said.get("error")
    return isinstance(error, dict) and error.get("type") == "idempotency_error"


def _why(status: int, said: dict[str, Any] | None) -> str:
    error = (said or {}).get("error")
    text = error.get("message") if isinstance(error, dict) else None
    return f"Stripe: {text}" if text else f"Stripe answered with {status}"


def flat(fields: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, str]]:
    """Nested fields as a form: `a[b]=1`, `a[0][b]=1`."""
    for name, value in fields.items():
        key = f"{under}[{name}]" if under else name
        if isinstance(value, list):
            yield from flat({str(at): each for at, each in enumerate(value)}, key)
        elif isinstance(value, Mapping):
            yield from flat(value, key)
        elif value is not None:
            yield key, str(value)


def units(amount: int, currency: str) -> int:
    return amount * 100 if currency in _HUNDREDTHS else amount


def group(of: Payout) -> str:
    return f"hyway-payout-{of.organization}-{of.seq}"


def ready(account: Mapping[str, Any]) -> bool:
    """Whether an account can be paid."""
    able = account.get("capabilities")
    return isinstance(able, Mapping) and able.get("transfers") == "active"


def event(body: bytes, signature: str, secret: str, now: Instant) -> dict[str, Any] | None:
    """The event of a request; None unless it is signed with the secret, and was within five minutes.

    `secret` may be several with commas between them: Stripe signs with another one what concerns connected accounts.
    """
    parts = [part.partition("=") for part in signature.split(",")]
    stamps = [value for name, _, value in parts if name.strip() == "t"]
    marks = [value for name, _, value in parts if name.strip() == "v1"]
    if len(stamps) != 1 or not stamps[0].isdecimal() or not stamps[0].isascii() or len(stamps[0]) > 12:
        return None
    if abs(now // SECOND - int(stamps[0])) > TOLERANCE:
        return None
    signed = stamps[0].encode() + b"." + body
    keys = [key.strip().encode() for key in secret.split(",") if key.strip()]
    goods = [hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys]
    if not any(hmac.compare_digest(good, mark.encode()) for good in goods for mark in marks):
        return None
    return _object(body)
