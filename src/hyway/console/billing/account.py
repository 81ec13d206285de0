"""What the account that pays for the organization owes: so far, at this pace, and before; its plan and its usage."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar import get, post
from litestar.params import FromPath

from hyway.console import charts, shown
from hyway.console.billing import owed, words
from hyway.console.billing.words import METERS, Row
from hyway.console.projects.words import told
from hyway.console.visit import Here, Page, Visit
from hyway.domain import billing, identity
from hyway.domain.billing import Plan, Preview, Totals, Whole
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Missing, Refused

BASE = "/console/billing"
_HIGH = 96
"""Pixels from the chart's floor to its highest line."""
_LEAST = 400
"""Minor units that the highest line stands for at least: of less there is nothing to see."""
_SHARE = 100
_ASKED = {
    "Paused": (
        "Pause subscription",
        "Pause the subscription? It costs nothing then, and its organizations are on the free plan.",
    ),
    "Active": (
        "Resume subscription",
        "Go on with the subscription? It costs what its plan costs from now on.",
    ),
    "Canceled": (
        "End subscription",
        "End the subscription? What was used so far is still invoiced, and its organizations are on the free plan.",
    ),
}
"""What may be asked of a subscription: how the button is called, and the question before it."""
_MOVES = {
    "Active": ("Paused", "Canceled"),
    "PastDue": ("Canceled",),
    "Paused": ("Active", "Canceled"),
    "Canceled": (),
}
"""Buttons by the status that there is."""


@dataclass(frozen=True, slots=True)
class Month:
    """A column of the chart: where it stands in per cent across, how high what is owed and what may be yet are."""

    left: float
    width: float
    height: float
    ahead: float
    title: str
    due: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """What was counted of what a whole month includes, in per cent of it; None where nothing is included."""

    title: str
    count: int
    included: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan to choose: what it costs a month, and what it is."""

    plan: Plan
    price: str
    traits: tuple[str, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Books:
    """All that the page shows. `used` is of all organizations that the account pays for where `of_all`, else of this
    one alone."""

    whole: Whole
    preview: Preview
    price: billing.pricing.Price
    offers: tuple[Offer, ...]
    used: Totals
    of_all: bool
    sheets: Mapping[int, str]
    may_change: bool
    is_owner: bool


def read(r: Read, by: Caller) -> Books:
    """Missing for who may not see it."""
    account = billing.accounts.of(r, by.organization)
    try:
        whole = billing.showing.whole(r, by, account.id)
    except Missing:
        raise Refused("Billing is for owners of the account, and for who has a role for it") from None
    preview = billing.closing.preview(r, account)
    is_owner = any(each.person == by.person for each in whole.owners)
    running = preview.cycle.number
    if is_owner:
        used = billing.usage.of_account(r, by, account.id, running).total
    else:
        used = billing.usage.of_organization(r, by, running).total
    return Books(
        whole,
        preview,
        billing.plans.price(r.terms, whole.plan),
        tuple(_offer(r, each, whole, preview.currency) for each in billing.subscriptions.offered()),
        used,
        is_owner,
        {each.seq: billing.sheets.PATH + billing.sheets.token(r, each) for each in whole.invoices},
        is_owner or identity.access.may(by, "manage", "BillingAccount"),
        is_owner,
    )


def months(of: Books) -> tuple[list[Month], int]:
    """The columns, the oldest first, and what the highest line stands for."""
    rows = list(reversed(of.whole.cycles))
    forecast, running = of.preview.forecast.total, of.preview.cycle.number
    highest = max([forecast, *(each.due for each in rows)])
    ceiling, width = charts.ceiling_of(max(highest, _LEAST)), _SHARE / max(len(rows), 6)
    made = [
        Month(
            round(at * width + width * 0.15, 3),
            round(width * 0.7, 3),
            _high(each.due, ceiling),
            _high(forecast, ceiling) if each.number == running else 0.0,
            f"{shown.day(each.starts_at)}",
            shown.money(each.due, of.preview.currency),
        )
        for at, each in enumerate(rows)
    ]
    return made, ceiling


def _high(amount: int, ceiling: int) -> float:
    return max(2.0, round(_HIGH * amount / ceiling, 1)) if amount else 0.0


def gauges(of: Books) -> list[Gauge]:
    """Those that the plan has a price for first."""
    made = []
    people: dict[str, int] = {billing.pricing.ACTIVE: of.used.active, billing.pricing.SEATS: of.used.seats}
    for meter, count in [*of.used.counted.items(), *people.items()]:
        rate = of.price.rates.get(meter)
        included = rate.included if rate else None
        share = min(100.0, round(_SHARE * count / included, 1)) if included else 0.0
        made.append(Gauge(METERS.get(meter, meter), count, included, share))
    return sorted(made, key=lambda each: (each.included is None, -each.share, each.title))


def _offer(r: Read, of: Plan, whole: Whole, currency: str) -> Offer:
    price = billing.plans.price(r.terms, of)
    links = f"{shown.number(of.links)} links" if of.links else "Any number of links"
    traits = [links, f"{shown.number(of.requests)} requests a minute"]
    traits += [
        f"{shown.compact(rate.included)} {METERS[meter].lower()}" for meter, rate in price.rates.items()
    ]
    traits += sorted(each.capitalize() for each in of.features)
    is_chosen = whole.subscription.plan == of.name and whole.subscription.status in ("Active", "PastDue")
    return Offer(of, shown.money(price.base, currency), tuple(traits), is_chosen)


def lines(of: Books) -> tuple[Row, ...]:
    return words.rows(of.preview.bill.lines, of.preview.currency)


@get(BASE)
async def show(visit: Here) -> Page:
    return await page(visit)


async def page(visit: Visit, status: int = 200, **more: object) -> Page:
    """The whole page; `more` is what was typed and what is wrong with it."""
    books = await visit.read(read)
    columns, ceiling = months(books)
    facts: dict[str, object] = {"typed": details(books.whole), "wrong": {}, **more}
    return visit.page(
        "billing/account.html",
        status,
        books=books,
        account=books.whole.account,
        subscription=books.whole.subscription,
        cycle=books.preview.cycle,
        currency=books.preview.currency,
        lines=lines(books),
        months=columns,
        ceiling=ceiling,
        high=_HIGH,
        gauges=gauges(books),
        overdue=owed.unpaid(books.whole.invoices, books.sheets),
        **owed.shown(visit, books.whole.invoices, books.sheets),
        moves=[(each, *_ASKED[each]) for each in _MOVES[books.whole.subscription.status]],
        brands=billing.tokens.BRANDS,
        is_offline=billing.payments.of_new(books.whole.account, visit.house.services) == "Offline",
        **facts,
    )


def details(of: Whole) -> dict[str, str]:
    """What the form of who pays holds, by its fields' names: an account that a command made has no address yet, and is
    offered its owner's."""
    account, at = of.account, of.account.address or billing.Address()
    return {
        "name": account.name,
        "email": account.email or next((each.email for each in of.owners), ""),
        "phone": account.phone,
        "street_address": at.street_address,
        "postal_code": at.postal_code,
        "locality": at.locality,
        "region": at.region,
        "country": at.country,
        "promo_codes": " ".join(of.promos),
    }


async def account_id(visit: Visit) -> str:
    """The id of the account that pays for the organization."""

    def found(r: Read, by: Caller) -> str:
        return billing.accounts.of(r, by.organization).id

    return await visit.read(found)


@post(BASE + "/plan/{plan:str}")
async def choose(visit: Here, plan: FromPath[str]) -> Page:
    title = billing.plan(plan).title
    if not visit.confirmed():
        question = (
            f"Put all organizations of the account on the plan {title}? It costs what it says from now on."
        )
        return visit.confirm(question, f"Choose {title}", BASE)
    try:
        await visit.write(billing.subscriptions.choose, await account_id(visit), plan)
    except Fault as fault:
        return visit.go(BASE, told(fault))
    return visit.go(BASE, f"The plan is {title} now.")


@post(BASE + "/status/{status:str}")
async def move(visit: Here, status: FromPath[str]) -> Page:
    if status not in _ASKED:
        raise Missing("nothing is called so")
    label, question = _ASKED[status]
    if not visit.confirmed():
        return visit.confirm(question, label, BASE)
    try:
        found = await visit.write(billing.subscriptions.move, await account_id(visit), status)
    except Fault as fault:
        return visit.go(BASE, told(fault))
    return visit.go(BASE, f"The subscription is {words.status(found.status).lower()} now.")


ROUTES = [show, choose, move]
