"""The organization's money: what it has and owes, its ledger, its payouts."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post

from hyway.console.market import words
from hyway.console.market.stay import Theirs, There, leaves
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

money = creators.money

_HERE = "/organizations/{organization:str}/money"
_ENTRIES = 30
_PAYOUTS = 20


@dataclass(frozen=True)
class Books:
    """All that the page shows, of one moment; `names` are those of programmes and people by their numbers."""

    balances: list[money.Balances]
    owed: list[money.Owed]
    payouts: list[money.Payout]
    payout_total: int
    entries: list[money.Entry]
    total: int
    people: dict[int, identity.Person]
    names: dict[tuple[str, int], str]


def _books(r: Read, by: Caller, offset: int, payouts_from: int) -> Books:
    payouts, payout_total = money.payouts(r, by, payouts_from, _PAYOUTS)
    entries, total = money.ledger(r, by, None, offset, _ENTRIES)
    people = {each.person for each in payouts} | {
        line.person for entry in entries for line in entry.lines if line.person
    }
    return Books(
        money.balances(r, by),
        money.owed(r, by),
        payouts,
        payout_total,
        entries,
        total,
        identity.named(r, people),
        _names(r, by, entries),
    )


def _names(r: Read, by: Caller, entries: list[money.Entry]) -> dict[tuple[str, int], str]:
    collabs = {each.programme for each in entries if each.programme_kind == "collab"}
    campaigns = [each.programme for each in entries if each.programme_kind == "campaign"]
    return {
        **{("collab", seq): each.name for seq, each in creators.collabs.named(r, collabs).items()},
        **{("campaign", each.seq): each.name for each in creators.campaigns.ones(r, by, campaigns)},
    }


@get(_HERE)
async def show(visit: Theirs) -> Page:
    payouts_at = visit.asked.whole("payouts", 1, 1_000_000, 1)
    books = await visit.read(_books, (visit.leaf - 1) * _ENTRIES, (payouts_at - 1) * _PAYOUTS)
    return visit.page(
        "market/money.html",
        books=books,
        at=leaves(visit.request, visit.leaf, books.total, _ENTRIES),
        payouts_at=leaves(visit.request, payouts_at, books.payout_total, _PAYOUTS, "payouts"),
    )


@post(_HERE + "/payouts")
async def pay(visit: Theirs) -> Page:
    """All that is payable, or what is owed to one person."""
    named = visit.sent.text("person")
    person = sqid.owner(named)
    if named and person is None:
        raise Missing("Not authorized")
    made = await visit.write(money.pay_out, person)
    here = visit.base + "/money"
    if not made:
        return visit.go(here, "Nothing is payable yet.")
    return visit.go(
        here + "#payouts", "1 payout is made." if len(made) == 1 else f"{len(made)} payouts are made."
    )


@get(_HERE + "/payouts/export")
async def export(visit: Theirs) -> Response[bytes]:
    """What is to be paid by hand, for a bank or a spreadsheet."""
    text = await visit.read(money.export)
    name = f"payouts-{clock.text(clock.now())[:10]}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type="text/csv", headers=headers)


async def _step(visit: There, verb: Any, said: str, *more: Any) -> Page:
    here = f"{visit.base}/money#payouts"
    try:
        await visit.write(verb, visit.number("payout"), *more)
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    return visit.go(here, said)


@post(_HERE + "/payouts/{payout:str}/paid")
async def paid(visit: Theirs) -> Page:
    return await _step(visit, money.mark_paid, "Marked as paid: they are told.", visit.sent.text("note"))


@post(_HERE + "/payouts/{payout:str}/failed")
async def failed(visit: Theirs) -> Page:
    return await _step(visit, money.mark_failed, "Marked as failed.", visit.sent.text("why"))


@post(_HERE + "/payouts/{payout:str}/cancel")
async def cancel(visit: Theirs) -> Page:
    return await _step(visit, money.cancel, "Canceled: what it held is payable again.")


@post(_HERE + "/payouts/{payout:str}/retry")
async def retry(visit: Theirs) -> Page:
    return await _step(visit, money.retry, "It is tried again.")


WITHIN = [show, pay, export, paid, failed, cancel, retry]
