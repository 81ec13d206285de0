"""A server on the loopback that speaks Stripe's wire as its reference describes it, as far as money here needs it."""

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.make import loopback
from tests.make.loopback import Request

KEY = "sk_test_51H"
SECRET = "whsec_test"


@dataclass
class Stripe:
    """`trouble` are answers given instead of what was asked: `lost` carries the request out and answers nothing,
    `busy` answers 503, `refuses` 400, and `limited` 429."""

    port: int = 0
    balance: int = 10**9
    transfers: list[dict[str, Any]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    _done: dict[str, tuple[dict[str, str], int, dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://{KEY}@127.0.0.1:{self.port}"

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, Any] | None:
        """Status and JSON; None for a connection that breaks."""
        with self._lock:
            parts, form = urlsplit(path), dict(parse_qsl(body))
            self.asked.append((method, parts.path, headers, form))
            trouble = self.trouble.pop(0) if self.trouble else ""
            if headers.get("authorization") != f"Bearer {KEY}":
                return 401, _error("invalid_request_error", "Invalid API Key provided: sk_****")
            if trouble in _TROUBLES:
                return _TROUBLES[trouble]
            key = headers.get("idempotency-key")
            known = self._done.get(key or "")
            if known is not None and known[0] != {"path": parts.path, **form}:
                told = "Keys for idempotent requests can only be used with the same parameters"
                return 400, _error("idempotency_error", told)
            if known is not None:
                status, made = known[1:]
            else:
                status, made = self._make(method, parts.path, form, dict(parse_qsl(parts.query)))
                if key and method == "POST":
                    self._done[key] = ({"path": parts.path, **form}, status, made)
            return None if trouble == "lost" else (status, made)

    def _make(
        self, method: str, path: str, form: dict[str, str], query: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        match method, path.strip("/").split("/")[1:]:
            case "POST", ["transfers"]:
                return self._transfer(form)
            case "GET", ["transfers"]:
                group = query.get("transfer_group")
                found = [each for each in reversed(self.transfers) if each["transfer_group"] == group]
                return 200, {"object": "list", "url": "/v1/transfers", "has_more": False, "data": found}
            case "GET", ["transfers", id]:
                return _found(self.transfers, id)
            case "POST", ["checkout", "sessions"]:
                return self._session(form)
            case "GET", ["checkout", "sessions", id]:
                return _found(self.sessions, id)
            case "POST", ["refunds"]:
                return self._refund(form)
            case "POST", ["accounts"]:
                return 200, self._account(form)
            case "GET", ["accounts", id]:
                return _found(self.accounts, id)
            case "POST", ["account_links"]:
                return self._link(form)
        return 404, _error("invalid_request_error", f"Unrecognized request URL ({method}: {path}).")

    def _transfer(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        amount = int(form["amount"])
        if not any(each["id"] == form["destination"] for each in self.accounts):
            return 400, _error("invalid_request_error", f"No such destination: '{form['destination']}'")
        if amount > self.balance:
            return 400, _error(
                "invalid_request_error",
                "You have insufficient funds in your Stripe account.",
                "balance_insufficient",
            )
        self.balance -= amount
        made = {
            "id": f"tr_{len(self.transfers) + 1}",
            "object": "transfer",
            "amount": amount,
            "amount_reversed": 0,
            "currency": form["currency"],
            "destination": form["destination"],
            "metadata": _under(form, "metadata"),
            "reversed": False,
            "transfer_group": form.get("transfer_group"),
        }
        self.transfers.append(made)
        return 200, made

    def _session(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        wanted = ("mode", "success_url", "line_items[0][quantity]", "line_items[0][price_data][unit_amount]")
        missing = [name for name in wanted if name not in form]
        if missing:
            return 400, _error("invalid_request_error", f"Missing required param: {missing[0]}.")
        id = f"cs_test_{len(self.sessions) + 1}"
        made = {
            "id": id,
            "object": "checkout.session",
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "client_reference_id": form.get("client_reference_id"),
            "currency": form["line_items[0][price_data][currency]"],
            "metadata": _under(form, "metadata"),
            "mode": form["mode"],
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "url": f"https://checkout.stripe.com/c/pay/{id}",
        }
        self.sessions.append(made)
        return 200, made

    def pay(self, session: dict[str, Any]) -> dict[str, Any]:
        """What a payer does on the page of a session."""
        session |= {"payment_intent": f"pi_{session['id']}", "payment_status": "paid", "status": "complete"}
        return session

    def _refund(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        paid = [each for each in self.sessions if each["payment_intent"] == form["payment_intent"]]
        if not paid:
            return 400, _error("invalid_request_error", f"No such payment_intent: '{form['payment_intent']}'")
        back = sum(
            each["amount"] for each in self.refunds if each["payment_intent"] == form["payment_intent"]
        )
        if back + int(form["amount"]) > paid[0]["amount_total"]:
            return 400, _error("invalid_request_error", "Refund amount is greater than unrefunded amount")
        made = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "amount": int(form["amount"]),
            "payment_intent": form["payment_intent"],
            "status": "succeeded",
        }
        self.refunds.append(made)
        return 200, made

    def _account(self, form: dict[str, str]) -> dict[str, Any]:
        made = {
            "id": f"acct_{1000 + len(self.accounts)}",
            "object": "account",
            "type": form["type"],
            "capabilities": {"transfers": "inactive"},
            "metadata": _under(form, "metadata"),
            "payouts_enabled": False,
        }
        self.accounts.append(made)
        return made

    def _link(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        missing = [n for n in ("account", "type", "return_url", "refresh_url") if n not in form]
        if missing:
            return 400, _error("invalid_request_error", f"Missing required param: {missing[0]}.")
        now = int(time.time())
        url = f"https://connect.stripe.com/setup/e/{form['account']}/{len(self.links) + 1}"
        made = {"object": "account_link", "created": now, "expires_at": now + 300, "url": url}
        self.links.append(made)
        return 200, made


def _found(among: list[dict[str, Any]], id: str) -> tuple[int, dict[str, Any]]:
    for each in among:
        if each["id"] == id:
            return 200, each
    return 404, _error("invalid_request_error", f"No such object: '{id}'", "resource_missing")


def _under(form: dict[str, str], name: str) -> dict[str, str]:
    return {key[len(name) + 1 : -1]: value for key, value in form.items() if key.startswith(f"{name}[")}


def _error(type: str, message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"type": type, "message": message, **({"code": code} if code else {})}}


_TROUBLES: dict[str, tuple[int, dict[str, Any]]] = {
    "busy": (503, _error("api_error", "Try again later.")),
    "limited": (429, _error("invalid_request_error", "Too many requests", "rate_limit")),
    "refuses": (400, _error("invalid_request_error", "Your account cannot currently make transfers.")),
}


def event(id: str, kind: str, about: dict[str, Any]) -> bytes:
    """An event's body."""
    said = {"id": id, "object": "event", "type": kind, "livemode": False, "data": {"object": about}}
    return json.dumps(said, indent=2).encode()


def signature(body: bytes, at: int | None = None, secret: str = SECRET) -> str:
    """The Stripe-Signature header of a body."""
    stamp = str(int(time.time()) if at is None else at)
    mark = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mark},v0={'0' * 64}"


@contextlib.contextmanager
def serving() -> Iterator[Stripe]:
    made = Stripe()

    def answer(asked: Request) -> loopback.Reply | None:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        said = made.answer(asked.method, asked.path, headers, asked.body.decode())
        if said is None:
            return None
        return said[0], {"Content-Type": "application/json"}, json.dumps(said[1]).encode()

    with loopback.serving(answer) as made.port:
        yield made
