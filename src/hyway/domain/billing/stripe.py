"""Payments by Stripe, through its own client, whose requests go out by our guarded way.

Before something is made there it is looked for, and made under a key of ours: asked twice, Stripe does it once.
An invoice there has the lines of ours and its tax as one line more, so that both come to the same sum to the cent; one
that does not is never sent.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar
from urllib.parse import unquote, urlsplit

import stripe

from hyway.domain.billing import stripe_forms as forms
from hyway.domain.billing.payments import (
    CustomerGone,
    Declined,
    Entered,
    Issued,
    NoSuchToken,
    Opened,
    Standing,
    Unclear,
)
from hyway.domain.billing.records import Account, Invoice, NewMethod, ProviderName
from hyway.kernel import clock
from hyway.kernel.clock import DAY, SECOND
from hyway.kernel.outgoing import Outgoing, Unreachable

SECONDS = 30.0
_MOST = 4_000_000
_LOST_CUSTOMERS = 5
_TOKEN = re.compile(r"ctoken_[A-Za-z0-9_]{1,200}", re.ASCII)
_TOLD = ("Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version")
_P = ParamSpec("_P")
_T = TypeVar("_T")

stripe.enable_telemetry = False  # the client would tell how fast it was answered, and on which machine


def _asks(method: Callable[_P, _T]) -> Callable[_P, _T]:
    """Stripe's refusals and silences in the words of `payments`."""

    @functools.wraps(method)
    def asked(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return method(*args, **kwargs)
        except (stripe.CardError, stripe.InvalidRequestError) as why:
            raise Declined(f"Stripe: {why.user_message or 'refused'}") from why
        except RecursionError as why:
            raise Unclear("Stripe answered what nobody can read") from why
        except stripe.StripeError as why:  # no answer, too many questions, a key that is not ours any more
            raise Unclear(f"Stripe: {why.user_message}") from why
        except (AttributeError, KeyError, TypeError, ValueError) as why:
            raise Unclear(f"Stripe answered what makes no sense: {why!r}") from why

    return asked


class Stripe:
    """One account at Stripe: `https://KEY@api.stripe.com`."""

    name: ProviderName = "Stripe"

    def __init__(self, address: str, outgoing: Outgoing) -> None:
        parts = urlsplit(address)
        base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        key = unquote(parts.username or "")
        way = _Way(outgoing)
        client = stripe.StripeClient(
            key, base_addresses={"api": base}, http_client=way, max_network_retries=0
        )
        self._base, self._there = base, client.v1

    @_asks
    def customer(self, account: Account) -> str:
        found = self._there.customers.list({"email": account.email, "limit": 100}).to_dict()
        for each in found["data"]:
            if (each.get("metadata") or {}).get("account") == account.id:
                return forms.id(each)
        fields: Any = {**forms.described(account), "metadata": {"account": account.id}}
        fields = {name: value for name, value in fields.items() if value}
        key = f"hyway-customer-{account.id}-{_digest(fields)}"
        for _ in range(_LOST_CUSTOMERS):
            made = forms.id(self._there.customers.create(fields, {"idempotency_key": key}).to_dict())
            if self._found(self._there.customers.retrieve, made) is not None:
                return made
            key += f"-{made}"  # one that was made by this key, and deleted since
        raise Declined("Stripe: the customer was deleted again and again")

    @_asks
    def describe(self, account: Account) -> None:
        if account.provider_id is not None:
            customer, fields = account.provider_id, forms.described(account)
            told: Any = fields
            self._of(customer, lambda: self._there.customers.update(customer, told))

    @_asks
    def method(self, account: Account, customer: str, token: str) -> NewMethod:
        intent = self._intent(customer, token)
        if intent["status"] in ("requires_action", "processing"):
            raise Declined(
                "Stripe: the bank wants to hear from the payer first: add the card on the page of billing"
            )
        if intent["status"] != "succeeded":
            error = intent.get("last_setup_error") or {}
            raise Declined(f"Stripe: {error.get('message') or 'The payment method was declined.'}")
        return forms.shown(self._there.payment_methods.retrieve(intent["payment_method"]).to_dict())

    def _intent(self, customer: str, token: str) -> dict[str, Any]:
        """What keeps the way to pay for the customer: the intent that the token was spent on, or a new one."""
        if not _TOKEN.fullmatch(token):
            raise NoSuchToken("there is no such confirmation token")
        try:
            found = self._there.confirmation_tokens.retrieve(token).to_dict()
        except stripe.InvalidRequestError:
            raise NoSuchToken("there is no such confirmation token") from None
        if found["id"] != token:
            raise ValueError(found["id"])
        if found.get("setup_intent"):
            spent = self._there.setup_intents.retrieve(found["setup_intent"]).to_dict()
            if spent["customer"] != customer:
                raise NoSuchToken("the confirmation token was spent by somebody else")
            return spent
        until = found.get("expires_at")
        if found.get("payment_intent") or (until is not None and int(until) * SECOND <= clock.now()):
            raise NoSuchToken("the confirmation token is spent, or too old")
        fields: Any = {
            "confirm": True,
            "confirmation_token": token,
            "customer": customer,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
        key = f"hyway-method-{customer}-{token}"
        made = self._of(customer, lambda: self._there.setup_intents.create(fields, {"idempotency_key": key}))
        return made.to_dict()

    @_asks
    def open(self, account: Account, customer: str, page: str, back: str) -> Opened:
        named = {"account": account.id, "page": page}
        fields: Any = {
            "mode": "setup",
            "payment_method_types": ["card"],
            "customer": customer,
            "client_reference_id": page,
            "metadata": named,
            "setup_intent_data": {"metadata": named},
            "success_url": back,
            "cancel_url": back,
        }
        key = {"idempotency_key": f"hyway-page-{page}"}
        sessions: Any = self._there.checkout.sessions
        made = self._of(customer, lambda: sessions.create(fields, key)).to_dict()
        url = str(made["url"])
        if not forms.page(made, "url") and not url.startswith(f"{self._base}/"):
            raise ValueError(url[:100])
        return Opened(forms.id(made), url)

    @_asks
    def entered(self, session: str) -> Entered:
        found = self._there.checkout.sessions.retrieve(session, {"expand": ["setup_intent"]}).to_dict()
        intent, metadata = found.get("setup_intent") or {}, found.get("metadata") or {}
        if found["id"] != session or found["mode"] != "setup":
            raise ValueError(found["id"])
        method = None
        if found["status"] == "complete" and intent["status"] == "succeeded":
            method = self.shown(found["customer"], intent["payment_method"])
        is_over = found["status"] == "expired" or (
            found["status"] == "complete" and intent["status"] in ("succeeded", "canceled")
        )
        page = found["client_reference_id"] if metadata.get("page") == found["client_reference_id"] else ""
        return Entered(str(page), str(found["customer"]), is_over, method)

    def _of(self, customer: str, ask: Callable[[], _T]) -> _T:
        """Whatever concerns a customer; CustomerGone where that is why it is refused."""
        try:
            return ask()
        except stripe.InvalidRequestError:
            if self._found(self._there.customers.retrieve, customer) is None:
                raise CustomerGone("Stripe: the customer is there no more") from None
            raise

    @_asks
    def remove(self, method: str) -> None:
        found = self._found(self._there.payment_methods.retrieve, method)
        if found is not None and found.get("customer"):
            self._there.payment_methods.detach(method)

    @_asks
    def shown(self, customer: str, method: str) -> NewMethod | None:
        found = self._found(self._there.payment_methods.retrieve, method)
        return forms.shown(found) if found is not None and found.get("customer") == customer else None

    @_asks
    def prefer(self, customer: str, method: str) -> None:
        told: Any = {"invoice_settings": {"default_payment_method": method}}
        self._of(customer, lambda: self._there.customers.update(customer, told))

    @_asks
    def issue(self, account: Account, invoice: Invoice, method: str | None) -> Issued:
        there = self._invoice(account, invoice) or self._draft(account, invoice, method)
        id = forms.id(there)
        if there["status"] == "draft":
            if not there["lines"]["data"]:
                there = self._fill(id, invoice)
            self._compare(invoice, there)
            key = f"hyway-finalize-{invoice.id}"
            there = self._there.invoices.finalize_invoice(
                id, {"auto_advance": True}, {"idempotency_key": key}
            ).to_dict()
        return Issued(
            id,
            forms.page(there, "hosted_invoice_url"),
            forms.page(there, "invoice_pdf"),
            there["status"] == "paid",
        )

    def _invoice(self, account: Account, invoice: Invoice) -> dict[str, Any] | None:
        """The invoice that was made there before; Stripe may have named it to us already."""
        if invoice.provider_id != invoice.id:
            return self._there.invoices.retrieve(invoice.provider_id).to_dict()
        customer = account.provider_id
        if customer is None:
            raise Declined("the account is no customer of Stripe's")
        since = (invoice.created_at - DAY) // SECOND
        wanted: Any = {"customer": customer, "created": {"gte": since}, "limit": 100}
        for each in self._of(customer, lambda: self._there.invoices.list(wanted)).to_dict()["data"]:
            if (each.get("metadata") or {}).get("invoice") == invoice.id:
                found: dict[str, Any] = each
                return found
        return None

    def _draft(self, account: Account, invoice: Invoice, method: str | None) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "customer": account.provider_id,
            "currency": invoice.currency.lower(),
            "auto_advance": False,
            "pending_invoice_items_behavior": "exclude",
            "number": invoice.number,
            "metadata": {"invoice": invoice.id, "account": account.id},
        }
        if method is not None:
            fields |= {"collection_method": "charge_automatically", "default_payment_method": method}
        else:
            fields |= {"collection_method": "send_invoice", "due_date": (invoice.due_at or 0) // SECOND}
        draft: Any = fields
        key = {"idempotency_key": f"hyway-invoice-{invoice.id}-{_digest(fields)}"}
        customer = account.provider_id or ""
        return self._of(customer, lambda: self._there.invoices.create(draft, key)).to_dict()  # type: ignore[arg-type]

    def _fill(self, id: str, invoice: Invoice) -> dict[str, Any]:
        """All lines at once or none."""
        period = {"start": invoice.period_start // SECOND, "end": invoice.period_end // SECOND}
        lines = [
            {"description": text, "amount": forms.units(amount, invoice.currency), "period": period}
            for text, amount in forms.lines(invoice)
        ]
        fields: Any = {"lines": lines}
        key = f"hyway-lines-{invoice.id}"
        return self._there.invoices.add_lines(id, fields, {"idempotency_key": key}).to_dict()

    def _compare(self, invoice: Invoice, there: Mapping[str, Any]) -> None:
        wanted = forms.units(invoice.total, invoice.currency), invoice.currency.lower()
        if (there["total"], there["currency"]) != wanted:
            raise Declined(
                f"Stripe: {there['id']} comes to {there['total']} {there['currency']}, not {wanted}"
            )

    @_asks
    def settle(self, invoice: Invoice) -> None:
        status = self._status(invoice)
        if status in ("open", "uncollectible"):
            self._there.invoices.pay(invoice.provider_id, {"paid_out_of_band": True})
        elif status != "paid":
            raise Declined(f"Stripe: {invoice.provider_id} is {status}, and cannot be paid")

    @_asks
    def void(self, invoice: Invoice) -> None:
        status = self._status(invoice)
        if status == "draft":
            self._there.invoices.delete(invoice.provider_id)
        elif status in ("open", "uncollectible"):
            self._there.invoices.void_invoice(invoice.provider_id)
        elif status not in ("void", "gone"):
            raise Declined(f"Stripe: {invoice.provider_id} is {status}, and cannot be void")

    @_asks
    def standing(self, invoice: Invoice) -> Standing | None:
        there = self._found(self._there.invoices.retrieve, invoice.provider_id)
        if there is None:
            return None
        pages = (forms.page(there, name) for name in ("hosted_invoice_url", "invoice_pdf"))
        return Standing(forms.STATUSES[there["status"]], *pages)

    def _status(self, invoice: Invoice) -> str:
        """As Stripe calls it; `gone` for a draft that was deleted."""
        there = self._found(self._there.invoices.retrieve, invoice.provider_id)
        return str(there["status"]) if there else "gone"

    def _found(self, retrieve: Callable[[str], stripe.StripeObject], id: str) -> dict[str, Any] | None:
        try:
            found = retrieve(id).to_dict()
        except stripe.InvalidRequestError as why:
            if why.http_status == 404:
                return None
            raise
        if found["id"] != id:  # else what is of something else would be taken for gone
            raise ValueError(str(found["id"])[:100])
        return None if found.get("deleted") else found


def _digest(fields: Mapping[str, Any]) -> str:
    """Stripe refuses a key that comes again with other words, so the words are a part of it."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


class _Way(stripe.HTTPClient):
    """Stripe's client asks by our way out, and tells nothing of the machine that it runs on."""

    name = "hyway"

    def __init__(self, outgoing: Outgoing) -> None:
        super().__init__()
        self._outgoing = outgoing

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        told = {name: value for name, value in (headers or {}).items() if name in _TOLD}
        body = str(post_data or "").encode()
        try:
            answer = self._outgoing.send(method.upper(), url, told, body, seconds=SECONDS, most=_MOST)
        except Unreachable as why:
            raise stripe.APIConnectionError(str(why)) from why  # type: ignore[no-untyped-call]
        return answer.body.decode("utf-8", "replace"), answer.status, answer.headers

    def close(self) -> None:
        """Each request has a connection of its own."""
