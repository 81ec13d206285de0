"""What notifications about invoices say: (title, body), which their params fill."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, get_currency_precision

PAGE = "/console/billing"
_ISSUED, _PAID = "Billing::InvoiceIssuedNotifier", "Billing::InvoicePaidNotifier"
_TYPES = {
    "invoice.chased": "Billing::InvoiceOverdueNotifier",
    "payment.failed": "Billing::PaymentFailedNotifier",
}
TEXTS: dict[str, tuple[str, str]] = {
    _ISSUED: (
        "Invoice {number} of {amount}",
        "{account_name} owes {amount}, due on {due}.",
    ),
    _PAID: (
        "Invoice {number} of {amount} is paid",
        "{account_name} was invoiced for {amount}. There is nothing left to pay.",
    ),
    "Billing::InvoiceOverdueNotifier": (
        "Invoice {number} is overdue",
        "{account_name} owed {amount} by {due}. Until it is paid the subscription is past due.",
    ),
    "Billing::PaymentFailedNotifier": (
        "Invoice {number} could not be paid",
        "{amount} could not be collected from {account_name}. Look at its way to pay, or choose another one.",
    ),
}


def said(action: str, told: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The type of what was announced of an invoice, and its params."""
    is_paid = action == "invoice.issued" and told["status"] == "Paid"
    currency = told["currency"]
    exact = Decimal(told["total"]).scaleb(-int(get_currency_precision(currency)))
    params = {
        "account_name": told["name"],
        "number": told["number"],
        "amount": format_currency(exact, currency, locale="en"),
        "due": told["due"] or "",
    }
    return _PAID if is_paid else _TYPES.get(action, _ISSUED), params
