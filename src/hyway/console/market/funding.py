"""Money put into a programme, and what of it is taken back."""

from typing import Literal

from litestar import post
from litestar.handlers import HTTPRouteHandler

from hyway.console.market import programme_page, words
from hyway.console.market.stay import Theirs, There, home_of
from hyway.console.visit import Page
from hyway.domain import creators
from hyway.kernel import sqid
from hyway.kernel.faults import Invalid

money = creators.money

Kind = Literal["campaign", "collab"]
_FIELDS = ("amount", "provider", "note", "currency")
_HERE = "/organizations/{organization:str}"


async def _fund(visit: There, kind: Kind) -> Page:
    seq, sent = visit.number("programme"), visit.sent
    of = await visit.read(money.programme, kind, seq)
    provider = sent.text("provider") or "manual"
    try:
        amount = words.minor(sent, "amount", of.currency)
        if amount is None:
            raise Invalid("amount", "can't be blank")
        made = await visit.write(money.fund, kind, seq, of.currency, amount, provider, sent.text("note"))
    except Invalid as fault:
        typed = {name: sent.text(name) for name in _FIELDS}
        wrong = words.errors(fault, _FIELDS)
        return await programme_page.show(visit, kind, seq, 422, typed=typed, errors=wrong)
    said = (
        "The budget has grown."
        if made.status == "succeeded"
        else "The payment is being prepared; look again soon."
    )
    return visit.go(f"{visit.base}/{kind}s/{sqid.text(seq)}#money", said)


async def _refund(visit: There, kind: Kind) -> Page:
    funding = await visit.read(money.funding, visit.number("funding"))
    here = f"{home_of(visit.organization.seq)}/{kind}s/{sqid.text(funding.programme)}#money"
    if not visit.confirmed():
        question = "Take back what of this money has not been used? The platform's fee is kept."
        return visit.confirm(question, "Take back", here)
    try:
        await visit.write(money.refund, funding.seq)
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    return visit.go(here, "What was not used goes back.")


def _rooms(kind: Kind) -> list[HTTPRouteHandler]:
    path = f"{_HERE}/{kind}s/{{programme:str}}/fundings"

    @post(path)
    async def fund(visit: Theirs) -> Page:
        return await _fund(visit, kind)

    @post(path + "/{funding:str}/refund")
    async def refund(visit: Theirs) -> Page:
        return await _refund(visit, kind)

    return [fund, refund]


WITHIN = [*_rooms("campaign"), *_rooms("collab")]
