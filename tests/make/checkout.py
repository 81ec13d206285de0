"""Checkout in its `setup` mode, which localstripe lacks: sessions as Stripe's reference has them, and the page on which
people enter a card, prove to their bank who they are, or turn back."""

import html
from collections.abc import Callable
from typing import Any

from localstripe.errors import UserError
from localstripe.resources import Customer, PaymentMethod, SetupIntent, StripeObject

from hyway.kernel import clock

ASKS = "4000002500003155"
"""A card whose bank wants to hear from its holder first."""
_LIFE = 24 * 3_600
_TAKES = (
    *("mode", "payment_method_types", "customer", "client_reference_id"),
    *("metadata", "setup_intent_data", "success_url", "cancel_url"),
)


class CheckoutSession(StripeObject):  # type: ignore[misc]
    object = "checkout.session"
    _id_prefix = "cs_test_"

    def __init__(self, base: str, data: dict[str, Any]) -> None:
        super().__init__()
        if data["mode"] != "setup" or data["payment_method_types"] != ["card"]:
            raise UserError(400, "Only cards that are kept are spoken of here")
        intent = SetupIntent(customer=data["customer"], usage="off_session")
        intent.metadata = data["setup_intent_data"]["metadata"]
        self.mode, self.status, self.payment_status = "setup", "open", "no_payment_required"
        self.customer, self.client_reference_id = data["customer"], data["client_reference_id"]
        self.metadata, self.setup_intent = data["metadata"], intent.id
        self.success_url, self.cancel_url = data["success_url"], data["cancel_url"]
        self.expires_at = self.created + _LIFE
        self.url: str | None = f"{base}/c/pay/{self.id}"

    def _settle(self) -> None:
        """Time goes by there, too."""
        if self.status == "open" and self.expires_at <= clock.now() // clock.SECOND:
            self.status, self.url = "expired", None


def make(base: str, only: Callable[..., None], data: dict[str, Any]) -> StripeObject:
    only(data, *_TAKES)
    Customer._api_retrieve(data["customer"])
    return CheckoutSession(base, data)


def show(data: dict[str, Any], id: str) -> StripeObject:
    """With its intent whole, where that is asked for."""
    found: Any = CheckoutSession._api_retrieve(id)
    found._settle()
    if data.get("expand") != ["setup_intent"]:
        return found
    return _Whole(found)


class _Whole(StripeObject):  # type: ignore[misc]
    def __init__(self, of: CheckoutSession) -> None:
        self._of = of

    def _export(self, expand: Any = None) -> dict[str, Any]:
        made: dict[str, Any] = self._of._export()
        made["setup_intent"] = SetupIntent._api_retrieve(self._of.setup_intent)._export()
        return made


def enter(id: str, number: str, happens: Callable[[str, StripeObject], None], *, proved: bool = False) -> Any:
    """Somebody enters a card: the session, which is complete unless the bank has a question or says no."""
    found: Any = CheckoutSession._api_retrieve(id)
    found._settle()
    if found.status != "open":
        raise UserError(400, f"This session is {found.status}.")
    if number == ASKS and not proved:
        return found
    intent: Any = SetupIntent._api_retrieve(found.setup_intent)
    card = {"number": number, "exp_month": "12", "exp_year": "2031", "cvc": "123"}
    method = PaymentMethod(type="card", card=card)
    intent._attach_pm(method)
    if intent.status == "requires_action":
        intent.payment_method, intent.status = method.id, "succeeded"
    if intent.status != "succeeded":
        intent.status = "requires_payment_method"
        raise UserError(402, "Your card was declined.")
    method.customer = found.customer
    found.status, found.url = "complete", None
    happens("checkout.session.completed", found)
    return found


def page(
    id: str, sent: dict[str, Any] | None, happens: Callable[[str, StripeObject], None]
) -> tuple[int, str, str]:
    """What a browser sees: status, page, and where it is sent on to."""
    found: Any = CheckoutSession._api_retrieve(id)
    back = html.escape(found.cancel_url)
    if sent is None:
        return 200, _FORM.format(said="", back=back), ""
    try:
        found = enter(id, str(sent.get("number", "")), happens, proved="proved" in sent)
    except UserError as refused:
        return 200, _FORM.format(said=html.escape(str(refused.message)), back=back), ""
    if found.status == "complete":
        return 303, "", str(found.success_url)
    return 200, _BANK.format(number=ASKS, back=back), ""


_FORM = """<!doctype html><html lang="en"><title>Save your card</title><h1>Save your card</h1><p role="alert">{said}</p>
<form method="post"><label>Card number <input name="number" autofocus></label><button>Save card</button></form>
<p><a href="{back}">Back</a></p>"""
_BANK = """<!doctype html><html lang="en"><title>Your bank</title>
<h1>Is it you?</h1>
<form method="post"><input type="hidden" name="number" value="{number}">
<button name="proved" value="1">It is me</button>
</form><p><a href="{back}">It is not</a></p>"""
