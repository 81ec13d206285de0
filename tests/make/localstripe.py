"""localstripe, a server of Stripe's wire, on the loopback, and what it lacks of Stripe's reference: idempotency keys,
confirmation tokens, and invoices that no subscription makes."""

import asyncio
import functools
import re
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
from aiohttp import web
from localstripe import resources, server, webhooks
from localstripe.errors import UserError
from localstripe.resources import (
    Customer,
    Event,
    Invoice,
    InvoiceItem,
    InvoiceLineItem,
    PaymentMethod,
    SetupIntent,
    StripeObject,
)

from hyway.kernel import clock
from tests.make import checkout

KEY = "sk_test_51H"
VISA, DECLINED, FAILS_LATER = "4242424242424242", "4000000000000002", "4000000000000341"

resources.store.dump_to_disk = lambda: None  # in memory alone
resources.time = SimpleNamespace(time=lambda: clock.now() / clock.SECOND)  # ours, which tests put on


@dataclass
class Local:
    """`trouble` are answers given instead of what was asked: `lost` carries the request out and breaks the connection,
    `busy` is 503, `limited` 429, `nonsense` 200 and no JSON, `odd` 200 and JSON of something else."""

    port: int = 0
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    done: dict[str, tuple[tuple[str, bytes], int, bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"http://{KEY}@127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, form: dict[str, Any] | None = None) -> Any:
        """As somebody else does, or the page of Stripe that people see."""
        answer = httpx.request(
            method, self.url + path, data=form, headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )
        return answer.json()

    def token(self, number: str = VISA, month: int = 12, year: int = 2031) -> str:
        """A confirmation token, as Stripe's own page makes them."""
        card = {"number": number, "exp_month": month, "exp_year": year, "cvc": "123"}
        form = {f"payment_method_data[card][{name}]": value for name, value in card.items()}
        made = self.ask("POST", _TOKENS, {"payment_method_data[type]": "card", **form})
        return str(made["id"])

    def enter(self, url: str, number: str = VISA, proved: bool = False) -> None:
        """As somebody enters a card on Stripe's page at that address."""
        checkout.enter(url.rpartition("/")[2], number, _happens, proved=proved)

    def everything(self, kind: str) -> list[dict[str, Any]]:
        found = [each for key, each in list(resources.store.items()) if key.startswith(f"{kind}:")]
        return [each._export() for each in found]

    def paths(self, method: str = "POST") -> list[str]:
        return [path for how, path, _ in self.asked if how == method]

    def forget(self) -> None:
        """Everything, but who listens."""
        resources.store.clear()
        webhooks._webhooks.clear()
        for each in (self.asked, self.headers, self.trouble, self.done):
            each.clear()

    def tell(self, url: str, secret: str) -> None:
        """Sends its events there from now on, a second after they happened."""
        webhooks.register_webhook("hyway", url, secret, None)


class ConfirmationToken(StripeObject):  # type: ignore[misc]
    object = "confirmation_token"
    _id_prefix = "ctoken_"

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__()
        self._data = data
        self.setup_intent = None
        self.payment_intent = None
        self.expires_at = self.created + 12 * 3_600


_TOKENS = "/v1/test_helpers/confirmation_tokens"


def _make_token(data: dict[str, Any], _: str) -> StripeObject:
    return ConfirmationToken(data["payment_method_data"])


def _find_token(data: dict[str, Any], id: str) -> StripeObject:
    return ConfirmationToken._api_retrieve(id)


def _make_intent(data: dict[str, Any], _: str) -> StripeObject:
    _only(data, "confirm", "confirmation_token", "customer", "usage", "automatic_payment_methods")
    token = ConfirmationToken._api_retrieve(data["confirmation_token"])
    if token.setup_intent or token.payment_intent:
        raise UserError(400, "This ConfirmationToken has already been used.")
    Customer._api_retrieve(data["customer"])
    made = SetupIntent(customer=data["customer"], usage=data["usage"])
    method = PaymentMethod(**token._data)
    token.setup_intent = made.id
    made._attach_pm(method)
    if made.status == "succeeded":
        method.customer = data["customer"]
    return made


def _customers(data: dict[str, Any], _: str) -> StripeObject:
    _only(data, "email", "limit")
    found = Customer._api_list_all("/v1/customers", limit=data.get("limit"))
    found._list = [each for each in found._list if each.email == data["email"]]
    return found


def _invoices(data: dict[str, Any], _: str) -> StripeObject:
    _only(data, "customer", "created", "limit")
    found = Invoice._api_list_all("/v1/invoices", customer=data["customer"], limit=data["limit"])
    found._list = [each for each in found._list if each.created >= int(data["created"]["gte"])]
    return found


def _make_invoice(data: dict[str, Any], _: str) -> StripeObject:
    of_card = (
        ("default_payment_method",) if data["collection_method"] == "charge_automatically" else ("due_date",)
    )
    wanted = ("customer", "currency", "collection_method", "pending_invoice_items_behavior", "auto_advance")
    _only(data, *wanted, "number", "metadata", *of_card)
    method = data.get("default_payment_method")
    if method and PaymentMethod._api_retrieve(method).customer != data["customer"]:
        raise UserError(400, "The customer does not have a payment method with that ID.")
    if any(each["number"] == data["number"] for each in LOCAL.everything("invoice")):
        raise UserError(400, "This invoice number is taken.")
    made = Invoice(customer=data["customer"], metadata=data["metadata"])
    made.currency, made.number = data["currency"], data["number"]
    made.collection_method, made.default_payment_method = data["collection_method"], method
    made.due_date = int(data["due_date"]) if "due_date" in data else None
    made.hosted_invoice_url = made.invoice_pdf = None
    return made


def _add_lines(data: dict[str, Any], id: str) -> StripeObject:
    found = _in(id, "draft")
    for each in data["lines"]:
        period = {f"period_{name}": at for name, at in each["period"].items()}
        item = InvoiceItem(
            amount=each["amount"],
            currency=found.currency,
            customer=found.customer,
            invoice=id,
            description=each["description"],
            **period,
        )
        found.lines._list.append(InvoiceLineItem(item))
    return found


def _finalize(data: dict[str, Any], id: str) -> StripeObject:
    found = _in(id, "draft")
    found._finalize()
    found.hosted_invoice_url = f"https://invoice.stripe.com/i/{id}"
    found.invoice_pdf = f"https://pay.stripe.com/invoice/{id}/pdf"
    _happens("invoice.finalized", found)
    return found


def _pay(data: dict[str, Any], id: str) -> StripeObject | None:
    if data.get("paid_out_of_band") != "true":
        return None
    found = _in(id, "open", "uncollectible")
    found._settled = True
    _happens("invoice.paid", found)
    return found


def _void(data: dict[str, Any], id: str) -> StripeObject:
    found = _in(id, "open", "uncollectible")
    found._voided, found._lost = True, False
    _happens("invoice.voided", found)
    return found


def _give_up(data: dict[str, Any], id: str) -> StripeObject:
    found = _in(id, "open")
    found._lost = True
    _happens("invoice.marked_uncollectible", found)
    return found


def _detach(data: dict[str, Any], id: str) -> StripeObject:
    found = PaymentMethod._api_retrieve(id)
    if found.customer is None:
        raise UserError(400, "The payment method you provided is not attached to a customer.")
    found.customer = None
    _happens("payment_method.detached", found)
    return found


def _in(id: str, *statuses: str) -> Any:
    found = Invoice._api_retrieve(id)
    if found.status not in statuses:
        raise UserError(400, f"This invoice is {found.status}.")
    return found


def _happens(kind: str, about: StripeObject) -> None:
    """Told by the server's own loop, whichever thread it is that makes it happen."""
    _loop().call_soon_threadsafe(webhooks.schedule_webhook, Event(kind, about))


def _session(data: dict[str, Any], _: str) -> StripeObject:
    return checkout.make(LOCAL.url, _only, data)


def _only(data: dict[str, Any], *names: str) -> None:
    """As strict as Stripe, which refuses what it does not know."""
    if unknown := data.keys() - set(names):
        raise UserError(400, f"Received unknown parameters: {', '.join(sorted(unknown))}")


_status = Invoice.status.fget


def _standing(invoice: Any) -> str:
    if getattr(invoice, "_settled", False):
        return "paid"
    return "uncollectible" if getattr(invoice, "_lost", False) else str(_status(invoice))


Invoice.status = property(_standing)
_OWN: list[tuple[str, str, Callable[[dict[str, Any], str], StripeObject | None]]] = [
    ("POST", _TOKENS, _make_token),
    ("GET", "/v1/confirmation_tokens/([^/]+)", _find_token),
    ("POST", "/v1/setup_intents", _make_intent),
    ("POST", "/v1/checkout/sessions", _session),
    ("GET", "/v1/checkout/sessions/([^/]+)", checkout.show),
    ("GET", "/v1/customers", _customers),
    ("GET", "/v1/invoices", _invoices),
    ("POST", "/v1/invoices", _make_invoice),
    ("POST", "/v1/invoices/([^/]+)/add_lines", _add_lines),
    ("POST", "/v1/invoices/([^/]+)/finalize", _finalize),
    ("POST", "/v1/invoices/([^/]+)/pay", _pay),
    ("POST", "/v1/invoices/([^/]+)/void", _void),
    ("POST", "/v1/invoices/([^/]+)/mark_uncollectible", _give_up),
    ("POST", "/v1/payment_methods/([^/]+)/detach", _detach),
]
_TROUBLES = {
    "busy": (503, b'{"error": {"type": "api_error", "message": "Later."}}'),
    "limited": (429, b'{"error": {"type": "invalid_request_error", "message": "Too many requests."}}'),
    "nonsense": (200, b"<html>"),
    "odd": (200, b'{"object": "weather", "data": 7}'),
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _stage(request: web.Request, handler: Handler) -> web.StreamResponse:
    body = await request.read()
    if request.path.startswith("/c/pay/"):
        return await _page(request)
    LOCAL.asked.append((request.method, request.path, await _sent(request)))
    LOCAL.headers.append(dict(request.headers))
    trouble = LOCAL.trouble.pop(0) if LOCAL.trouble else ""
    if trouble in _TROUBLES:
        status, text = _TROUBLES[trouble]
        return web.Response(status=status, body=text)
    if request.headers.get("Authorization") != f"Bearer {KEY}":
        told = "Invalid API Key provided: sk_****"
        return web.json_response({"error": {"type": "invalid_request_error", "message": told}}, status=401)
    key, what = request.headers.get("Idempotency-Key"), (request.path, body)
    known = LOCAL.done.get(key or "")
    if known is not None and known[0] != what:
        told = "Keys for idempotent requests can only be used with the same parameters"
        return web.json_response({"error": {"type": "idempotency_error", "message": told}}, status=400)
    status, text = known[1:] if known else await _answer(request, handler)
    if key and (status == 200 or status == 402):
        LOCAL.done[key] = (what, status, text)
    if trouble == "lost" and request.transport is not None:
        request.transport.close()
    return web.Response(status=status, body=text, content_type="application/json")


async def _page(request: web.Request) -> web.Response:
    """What people see of Stripe."""
    sent = dict(await request.post()) if request.method == "POST" else None
    status, text, to = checkout.page(request.path.rpartition("/")[2], sent, _happens)
    return web.Response(
        status=status, text=text, content_type="text/html", headers={"Location": to} if to else {}
    )


async def _answer(request: web.Request, handler: Handler) -> tuple[int, bytes]:
    data = await _sent(request)
    for method, path, make in _OWN:
        match = re.fullmatch(path, request.path)
        if match and method == request.method:
            try:
                made = make(data, match.group(1) if match.groups() else "")
            except UserError as refused:
                answer = refused.to_response()
                return answer.status, answer.body
            if made is not None:
                return 200, server.json_response(made._export()).body
    theirs: Any = await handler(request)
    return theirs.status, theirs.body


async def _sent(request: web.Request) -> dict[str, Any]:
    if request.method == "POST":
        return dict(await server.get_post_data(request) or {})
    return dict(server.unflatten_data(request.query))


LOCAL = Local()
server.app.middlewares.insert(0, _stage)


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@functools.cache
def serving() -> Local:
    """The one of this process, until it ends: its store is one, and its application runs once."""
    loop, runner = _loop(), web.AppRunner(server.app)
    started = threading.Event()

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        LOCAL.port = runner.addresses[0][1]
        started.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()

    threading.Thread(target=run, name="localstripe", daemon=True).start()
    assert started.wait(30)
    return LOCAL
