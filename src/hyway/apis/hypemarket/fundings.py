"""…/campaigns/:id/fundings and …/collabs/:id/fundings: money put into a programme, and given back."""

from typing import Any

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask, Operation
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing

FUNDING = Root(
    "funding",
    amount=params.whole("What is paid, in minor units; the platform's fee is part of it."),
    currency=params.text("That of the programme, which it is by default."),
    provider=params.text("`manual` (the default): the money is here already. `stripe`: it is asked for."),
    note=params.text("Where the money came from, for the ledger."),
)
REFUND = Root(
    "refund", required=False, amount=params.whole("How much goes back; by default all that is unused.")
)


class Funding(Struct):
    id: str
    status: str
    provider: str
    currency: str
    amount: int
    fee_amount: int
    net_amount: int
    refunded_amount: int
    note: str
    checkout_url: str | None
    succeeded_at: str | None
    created_at: str
    updated_at: str
    url: str


def out(ask: Ask, found: creators.money.Funding) -> Funding:
    id = sqid.text(found.seq)
    programme = (f"{found.programme_kind}s", sqid.text(found.programme))
    return Funding(
        id=id,
        status=found.status,
        provider=found.provider,
        currency=found.currency,
        amount=found.amount,
        fee_amount=found.fee_amount,
        net_amount=found.net_amount,
        refunded_amount=found.refunded_amount,
        note=found.note,
        checkout_url=found.checkout_url,
        succeeded_at=asking.maybe_at(found.succeeded_at),
        created_at=asking.at(found.created_at),
        updated_at=asking.at(found.updated_at),
        url=asking.url(ask, "organizations", sqid.text(found.organization), *programme, "fundings", id),
    )


def _page(
    r: Read, by: Caller, kind: creators.money.ProgrammeKind, programme: int, offset: int, limit: int
) -> tuple[list[creators.money.Funding], int]:
    creators.money.programme(r, by, kind, programme)
    return creators.money.fundings(r, by, kind, programme, offset, limit)


def _find(
    r: Read, by: Caller, kind: creators.money.ProgrammeKind, programme: int, seq: int
) -> creators.money.Funding:
    found = creators.money.funding(r, by, seq)
    if (found.programme_kind, found.programme) != (kind, programme):
        raise Missing("Not authorized")
    return found


def _fund(
    w: Write, by: Caller, kind: creators.money.ProgrammeKind, programme: int, fields: dict[str, Any]
) -> creators.money.Funding:
    into = creators.money.programme(w, by, kind, programme)
    return creators.money.fund(
        w,
        by,
        kind,
        programme,
        (fields.get("currency") or into.currency).lower(),
        fields.get("amount") or 0,
        fields.get("provider") or "manual",
        fields.get("note") or "",
    )


def _refund(
    w: Write, by: Caller, kind: creators.money.ProgrammeKind, programme: int, seq: int, amount: int | None
) -> creators.money.Funding:
    _find(w, by, kind, programme, seq)
    return creators.money.refund(w, by, seq, amount)


def _operations(kind: creators.money.ProgrammeKind) -> tuple[Operation, ...]:
    """The same four under the addresses of campaigns and of collabs."""
    within = f"/organizations/{{organization_id}}/{kind}s/{{{kind}_id}}/fundings"
    named = f"{kind}_id"

    @operation("GET", within, scope=READ, query=PageQuery, gives=list[Funding])
    async def page(ask: Ask, query: PageQuery) -> Page[Funding]:
        """List fundings."""
        found = await asking.page(ask, query, _page, kind, asking.number(ask, named))
        return found.each(lambda each: out(ask, each))

    @operation("GET", within + "/{id}", scope=READ, gives=Funding)
    async def show(ask: Ask) -> Show:
        """Show a funding."""
        found = await asking.read(ask, _find, kind, asking.number(ask, named), asking.number(ask))
        return Show(out(ask, found), found.updated_at)

    @operation("POST", within, scope=WRITE, takes=FUNDING, gives=Funding, status=201)
    async def create(ask: Ask, sent: Sent) -> Funding:
        """Fund a programme.

        Money that is here already counts at once. One asked for is pending, gets its `checkout_url` a moment later, and
        counts when the provider says that it has come.
        """
        made = await asking.write(ask, _fund, kind, asking.number(ask, named), sent.fields, sent=sent)
        return out(ask, made)

    @operation("POST", within + "/{id}/refund", scope=WRITE, takes=REFUND, gives=Funding)
    async def refund(ask: Ask, sent: Sent) -> Funding:
        """Refund a funding.

        Only what the programme has not used goes back; the platform's fee does not.
        """
        programme, seq = asking.number(ask, named), asking.number(ask)
        amount = sent.fields.get("amount")
        return out(ask, await asking.write(ask, _refund, kind, programme, seq, amount, sent=sent))

    return page, show, create, refund


OPERATIONS = (*_operations("campaign"), *_operations("collab"))
