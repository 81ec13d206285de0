"""What Stripe is told and tells, beside our own nouns; nothing here asks it."""

import re
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
_PAGE = re.compile(r"https://[!-~]{1,2000}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_]{1,200}", re.ASCII)
_KIND = re.compile(r"[a-z0-9_]{1,50}", re.ASCII)
_LAST4 = re.compile(r"[A-Za-z0-9]{0,8}", re.ASCII)
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


def id(of: Mapping[str, Any]) -> str:
    """What Stripe calls something that it has just told; ValueError for what it would call nothing."""
    return _plain(_ID, of["id"])


def shown(method: Mapping[str, Any]) -> NewMethod:
    """`us_bank_account` is told as UsBankAccount. ValueError for what is none."""
    kind = _plain(_KIND, method["type"])
    told = method.get(kind) or {}
    last4 = _plain(_LAST4, told.get("last4") or "")
    if kind != "card":
        return NewMethod(id(method), "".join(part.capitalize() for part in kind.split("_")), last4)
    brand = _BRANDS.get(str(told.get("brand")), "Other")
    year, month = int(told["exp_year"]), int(told["exp_month"])
    if not 2000 <= year <= 9999 or not 1 <= month <= 12:
        raise ValueError((year, month))
    return NewMethod(id(method), "Card", last4, brand, f"{year:04}-{month:02}")


def _plain(pattern: re.Pattern[str], said: object) -> str:
    if not isinstance(said, str) or not pattern.fullmatch(said):
        raise ValueError(str(said)[:100])
    return said


def page(of: Mapping[str, Any], name: str) -> str:
    """The address of a page of theirs; empty for none, and for what is no address."""
    address = of.get(name)
    return address if isinstance(address, str) and _PAGE.fullmatch(address) else ""
