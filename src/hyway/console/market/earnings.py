"""What a creator has earned, what has been paid, and where to."""

from typing import Any, Final

from litestar import get, post

from hyway.console.market import words
from hyway.console.market.stay import Mine, Stay
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

money = creators.money

_HERE: Final = "/me/earnings"
_PAYOUTS: Final = 50


def _earned(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[tuple[money.Earning, str]], int]:
    found, total = money.earnings(r, by, offset, limit)
    named = identity.organizations_named(r, {each.organization for each in found})
    return [(each, named[each.organization].name) for each in found], total


def _paid(r: Read, by: Caller) -> list[tuple[money.Payout, str]]:
    found, _ = money.my_payouts(r, by, 0, _PAYOUTS)
    named = identity.organizations_named(r, {each.organization for each in found})
    return [(each, named[each.organization].name) for each in found]


def _methods(r: Read, by: Caller) -> tuple[list[tuple[money.PayoutMethod, str | None]], bool]:
    """The person's own, each with the link to go on with, and whether Stripe can be chosen."""
    return [(each, money.method_link(r, each)) for each in money.methods(r, by)], "stripe" in r.services


async def _page(visit: Stay, status: int = 200, **facts: Any) -> Page:
    rows, at = await visit.turned(_earned)
    methods, is_stripe = await visit.read(_methods)
    facts = {"typed": {}, "errors": {}, **facts}
    return visit.page(
        "market/earnings.html", status,
        sums=await visit.read(money.of_person), rows=rows, at=at, paid=await visit.read(_paid),
        methods=methods, is_stripe=is_stripe, **facts,
    )  # fmt: skip


@get(_HERE)
async def index(visit: Mine) -> Page:
    return await _page(visit)


@post(_HERE + "/bank")
async def bank(visit: Mine) -> Page:
    typed = {name: visit.sent.text(name) for name in money.BANK_FIELDS}
    try:
        await visit.write(money.put_bank, typed)
    except Invalid as fault:
        return await _page(visit, 422, typed=typed, errors=words.errors(fault, money.BANK_FIELDS))
    return visit.go(_HERE, "Kept under seal: only its last four characters are shown from now on.")


@post(_HERE + "/stripe")
async def stripe(visit: Mine) -> Page:
    try:
        await visit.write(money.put_stripe)
    except Invalid as fault:
        return visit.go(_HERE, words.told(fault))
    return visit.go(_HERE, "Stripe is asked for an account; a link to go on with appears here in a moment.")


@post(_HERE + "/methods/{provider:str}/drop")
async def drop(visit: Mine) -> Page:
    if not visit.confirmed():
        return visit.confirm(
            "Forget where you are paid? Nothing can be paid to you then.", "Forget it", _HERE
        )
    await visit.write(money.drop_method, str(visit.request.path_params["provider"]))
    return visit.go(_HERE, "Forgotten.")


ROUTES = [index, bank, stripe, drop]
