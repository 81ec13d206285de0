"""The words of these pages: what meters and statuses are called, and how a line of an invoice reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from hyway.console import shown
from hyway.domain import billing
from hyway.domain.billing import Account, Invoice, Method, Party
from hyway.domain.netinfo import country_name
from hyway.kernel.clock import DAY, HOUR, SECOND

METERS: dict[str, str] = {
    "link.created": "Links made",
    "toggle.evaluations": "Toggle evaluations",
    "toggle.telemetry": "Toggle telemetry",
    "env.pull": ".env pulls",
    "env.push": ".env pushes",
    "net_info.requests": "Address look-ups",
    "user.active": "Active members",
    "seat.total": "Seats",
}
_STATUS = {
    "Active": ("Active", "accent"),
    "PastDue": ("Past due", "warn"),
    "Paused": ("Paused", "sale"),
    "Canceled": ("Canceled", ""),
    "Draft": ("Draft", ""),
    "Open": ("Open", "sale"),
    "Paid": ("Paid", "accent"),
    "Void": ("Void", ""),
    "Uncollectible": ("Not collected", "warn"),
}
_DAY_SECONDS, _HOUR_SECONDS = DAY // SECOND, HOUR // SECOND


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what it is for, how much of it, and what it comes to."""

    what: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class Paper:
    """All that stands on an invoice, in the order of reading."""

    number: str
    status: str
    look: str
    seller: str
    billed_to: tuple[str, ...]
    dates: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]
    total: str
    note: str
    is_american: bool


def status(name: str) -> str:
    return _STATUS[name][0]


def look(name: str) -> str:
    """The look of its chip."""
    return _STATUS[name][1]


def meter(name: str) -> str:
    return METERS.get(name, name)


def method(of: Method) -> str:
    """`Visa ending in 4242`."""
    if of.last4:
        return f"{of.card_type or of.type} ending in {of.last4}"
    return {"BankTransfer": "Bank transfer"}.get(of.type, of.type)


def paper(account: Account, of: Invoice, public_url: str) -> Paper:
    """An invoice in words. `public_url` says whose it is: the server's own name."""
    seller = urlsplit(public_url).hostname or public_url
    to = of.billed_to or billing.invoices.party(account)
    return Paper(
        number=of.number or "Draft",
        status=status(of.status),
        look=look(of.status),
        seller=seller,
        billed_to=tuple(_billed_to(to)),
        dates=tuple(_dates(of)),
        rows=rows(of.lines, of.currency),
        sums=tuple(_sums(of)),
        total=shown.money(of.total, of.currency),
        note=_note(of, seller),
        is_american=bool(to.address and to.address.country in ("US", "CA")),
    )


def rows(lines: Sequence[billing.pricing.Line], currency: str) -> tuple[Row, ...]:
    return tuple(
        Row(_what(each), _detail(each), shown.money(each.amount, currency).replace("-", "\u2212"))
        for each in lines
    )


def _what(line: billing.pricing.Line) -> str:
    if line.kind == "plan":
        return f"{_plan(line.name)} plan"
    return meter(line.name) if line.kind == "usage" else f"Promo code {line.name}"


def _detail(line: billing.pricing.Line) -> str:
    if line.kind == "plan":
        return _long(line.quantity)
    if line.kind == "usage" and line.name in (billing.pricing.SEATS, billing.pricing.ACTIVE):
        return f"{_long(line.quantity * _DAY_SECONDS)} beyond what {_plan(line.plan)} includes"
    if line.kind == "usage":
        return f"{shown.number(line.quantity)} beyond what {_plan(line.plan)} includes"
    return ""


def _plan(name: str) -> str:
    known = billing.PLANS.get(name)
    return known.title if known else name


def _long(seconds: int) -> str:
    """In days, or hours where it is less than one."""
    size, unit = (_DAY_SECONDS, "day") if seconds >= _DAY_SECONDS else (_HOUR_SECONDS, "hour")
    many = round(seconds / size, 1)
    return f"{shown.number(many)} {unit}{'' if many == 1 else 's'}"


def _billed_to(of: Party) -> list[str]:
    told = [of.name]
    if at := of.address:
        told += [at.street_address, " ".join(part for part in (at.postal_code, at.locality) if part)]
        told += [at.region, country_name(at.country) or at.country if at.country else ""]
    return [each for each in (*told, of.email, of.phone) if each]


def _dates(of: Invoice) -> list[tuple[str, str]]:
    told = [("For", f"{shown.day(of.period_start)} \u2013 {shown.day(of.period_end - DAY)}")]
    if of.issued_at is not None:
        told.append(("Issued", shown.day(of.issued_at)))
    if of.due_at is not None and of.status not in ("Paid", "Void"):
        told.append(("Due", shown.day(of.due_at - SECOND)))
    if of.paid_at is not None:
        told.append(("Paid", shown.day(of.paid_at)))
    if of.voided_at is not None:
        told.append(("Void since", shown.day(of.voided_at)))
    return told


def _sums(of: Invoice) -> list[tuple[str, str]]:
    told = [("Subtotal", shown.money(of.subtotal, of.currency))]
    if of.discount:
        told.append(("Discount", shown.money(-of.discount, of.currency).replace("-", "\u2212")))
    if of.tax or of.tax_points:
        rate = f"{of.tax_points / 100:g} %"
        told.append((f"Tax, {rate}", shown.money(of.tax, of.currency)))
    return told


def _note(of: Invoice, seller: str) -> str:
    if of.status == "Draft":
        return "This is a draft: nothing is to be paid yet."
    if of.status == "Paid":
        return "Paid. Thank you."
    if of.status == "Void":
        return "This invoice is void: nothing is to be paid."
    if of.provider == "Offline":
        return f"Please pay as you have agreed with who runs {seller}, and name {of.number}."
    return f"To be paid by way of {of.provider}."


FILTERS = {
    "billing_status": status,
    "billing_look": look,
    "meter": meter,
    "method": method,
}
__all__ = ["FILTERS", "METERS", "Paper", "Row", "look", "meter", "method", "paper", "rows", "status"]
