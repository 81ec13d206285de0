"""What Stripe is told and tells, beside our own nouns; nothing here asks it."""

from collections.abc import Mapping
from typing import Any

from hyway.domain.billing import plans
from hyway.domain.billing.payments import Declined
from hyway.domain.billing.pricing import Line
from hyway.domain.billing.records import Account, Address, Invoice, InvoiceStatus, NewMethod

STATUSES: Mapping[str, InvoiceStatus] = {
    "draft": "Draft",
    "open": "Open",
    "paid": "Paid",
    "void": "Void",
    "uncollectible": "Uncollectible",
}
# Amounts are in the smallest unit as Stripe counts it: hundredths, but for these.
_WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


def units(amount: int, currency: str) -> int:
    """Minor units as Stripe counts them; Declined for what it cannot count."""
    theirs = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    more = theirs - plans.decimals(currency)
    if more >= 0:
        return int(amount * 10**more)
    if amount % 10**-more:
        raise Declined(f"Stripe counts no such parts of {currency}")
    return int(amount // 10**-more)


def lines(invoice: Invoice) -> list[tuple[str, int]]:
    tax = (f"Tax, {invoice.tax_points / 100:g} %", invoice.tax)
    return [each for each in (*((_text(each), each.amount) for each in invoice.lines), tax) if each[1]]


def _text(line: Line) -> str:
    if line.kind == "plan":
        return f"Plan {line.name}"
    if line.kind == "usage":
        return f"{line.name}: {line.quantity:,} beyond what the plan {line.plan} includes"
    return f"Discount {line.name}"


def described(account: Account) -> dict[str, Any]:
    """What is not known is empty: Stripe takes that for taken away."""
    return {
        "name": account.name,
        "email": account.email,
        "phone": account.phone,
        "address": _address(account.address) if account.address else "",
    }


def _address(of: Address) -> dict[str, str]:
    return {
        "line1": of.street_address,
        "city": of.locality,
        "state": of.region,
        "postal_code": of.postal_code,
        "country": of.country,
    }


def shown(method: Mapping[str, Any]) -> NewMethod:
    """`us_bank_account` is told as UsBankAccount."""
    kind = str(method["type"])
    told = method.get(kind) or {}
    if kind != "card":
        type = "".join(part.capitalize() for part in kind.split("_"))
        return NewMethod(str(method["id"]), type, str(told.get("last4") or ""))
    brand = _BRANDS.get(str(told.get("brand")), "Other")
    expiration = f"{int(told['exp_year']):04}-{int(told['exp_month']):02}"
    return NewMethod(str(method["id"]), "Card", str(told["last4"]), brand, expiration)


def page(invoice: Mapping[str, Any], name: str) -> str:
    address = invoice.get(name)
    return address if isinstance(address, str) and address.startswith("https://") else ""
