"""Customers: who became a lead or bought, and by which links."""

from litestar import get

from hyway.console.pages.links import paging
from hyway.console.visit import Here, Page
from hyway.domain import attribution
from hyway.domain.attribution import Conversion, Customer, CustomerQuery
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

_PAGE = 50


def _find(r: Read, by: Caller, query: CustomerQuery) -> tuple[list[Customer], int]:
    return attribution.customers(r, by, query), attribution.count_customers(r, by, query)


@get("/console/customers")
async def index(visit: Here) -> Page:
    page = visit.asked.whole("page", 1, 1_000_000, 1)
    search = visit.asked.text("q")[:200]
    query = CustomerQuery(search=search or None, take=_PAGE, skip=(page - 1) * _PAGE)
    found, total = await visit.read(_find, query)
    pages = paging(visit, page, total, _PAGE)
    return visit.page("customers.html", customers=found, total=total, search=search, pages=pages)


@get("/console/customers/{customer:uuid}")
async def show(visit: Here) -> Page:
    id = str(visit.request.path_params["customer"])
    found = await visit.read(attribution.customers, CustomerQuery(id=id, take=1))
    if not found:
        raise Missing("there is no such customer")
    history = await visit.read(attribution.customer_history, id)
    return visit.page("customer.html", customer=found[0], history=history, spent=_spent(history))


def _spent(history: list[Conversion]) -> dict[str, int]:
    """What a customer paid, minor units by currency."""
    totals: dict[str, int] = {}
    for each in history:
        if each.amount is not None and each.currency:
            totals[each.currency] = totals.get(each.currency, 0) + each.amount
    return totals


ROUTES = [index, show]
