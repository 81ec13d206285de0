"""The invoices of an account as its page lists them, some at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hyway.console.visit import Visit
from hyway.domain.billing import Invoice
from hyway.kernel import clock

_SIZE = 12
_MOST_PAGES = 10_000
_UNPAID = ("Open", "Uncollectible")


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice, where it is shown, had as a PDF and paid; empty where nobody pays it online."""

    invoice: Invoice
    page: str
    pdf: str
    pay: str
    is_overdue: bool


def unpaid(invoices: Sequence[Invoice], sheets: Mapping[int, str]) -> list[Item]:
    """Those that are overdue, the oldest first."""
    found = [_item(each, sheets) for each in reversed(invoices)]
    return [each for each in found if each.is_overdue]


def shown(visit: Visit, invoices: Sequence[Invoice], sheets: Mapping[int, str]) -> dict[str, object]:
    """Those of the page that is asked for, the newest first, and where the others are."""
    total = len(invoices)
    last = max(1, -(-total // _SIZE))
    page = min(visit.asked.whole("page", 1, _MOST_PAGES, 1), last)
    first = (page - 1) * _SIZE
    return {
        "items": [_item(each, sheets) for each in invoices[first : first + _SIZE]],
        "pages": {
            "first": min(first + 1, total),
            "last": min(first + _SIZE, total),
            "total": total,
            "before": _at(page - 1) if page > 1 else "",
            "after": _at(page + 1) if page < last else "",
        },
    }


def _item(of: Invoice, sheets: Mapping[int, str]) -> Item:
    ours, is_unpaid = sheets[of.seq], of.status in _UNPAID
    is_overdue = is_unpaid and of.due_at is not None and of.due_at < clock.now()
    pay = of.http if is_unpaid and of.provider != "Offline" else ""
    return Item(of, of.http or ours, of.pdf or f"{ours}.pdf", pay, is_overdue)


def _at(page: int) -> str:
    return f"/console/billing?page={page}#invoices"
