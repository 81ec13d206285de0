"""/me/earnings, /me/balances, /me/payouts and /me/payout_methods: a creator's own money."""

from typing import Any

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing

METHOD = Root(
    "payout_method",
    provider=params.text("`manual` (the default): bank details. `stripe`: an account there, to be opened."),
    account_holder=params.text(wraps=False),
    iban=params.text("This, or an account number.", wraps=False),
    account_number=params.text(wraps=False),
    routing_number=params.text(wraps=False),
    bic=params.text(wraps=False),
    bank_name=params.text(wraps=False),
    note=params.text(wraps=False),
)


class Earning(Struct):
    """`source` is `work`, or `sale:` and the id of a sale."""

    id: str
    organization_id: str
    campaign_id: str | None
    collab_id: str | None
    submission_id: str
    source: str
    currency: str
    amount: int
    stage: str
    hold_until: str | None
    payout_id: str | None
    created_at: str
    updated_at: str


class Sums(Struct):
    currency: str
    accrued: int
    held: int
    payable: int
    paying: int
    paid: int


class Payer(Struct):
    id: str
    name: str


class MyPayout(Struct):
    id: str
    status: str
    provider: str
    currency: str
    amount: int
    created_at: str
    sent_at: str | None
    completed_at: str | None
    organization: Payer


class PayoutMethod(Struct):
    """`hint` are the last characters of the account. `link` leads to the provider, while it is good."""

    provider: str
    hint: str
    ready: bool
    link: str | None
    created_at: str
    updated_at: str


def out(found: creators.money.Earning) -> Earning:
    programme = sqid.text(found.programme)
    return Earning(
        id=sqid.text(found.seq),
        organization_id=sqid.text(found.organization),
        campaign_id=programme if found.programme_kind == "campaign" else None,
        collab_id=programme if found.programme_kind == "collab" else None,
        submission_id=sqid.text(found.submission),
        source=found.source,
        currency=found.currency,
        amount=found.amount,
        stage=found.stage,
        hold_until=asking.maybe_at(found.hold_until),
        payout_id=sqid.text(found.payout) if found.payout else None,
        created_at=asking.at(found.created_at),
        updated_at=asking.at(found.updated_at),
    )


def _payout(named: tuple[creators.money.Payout, str]) -> MyPayout:
    found, payer = named
    return MyPayout(
        id=sqid.text(found.seq),
        status=found.status,
        provider=found.provider,
        currency=found.currency,
        amount=found.amount,
        created_at=asking.at(found.created_at),
        sent_at=asking.maybe_at(found.sent_at),
        completed_at=asking.maybe_at(found.completed_at),
        organization=Payer(id=sqid.text(found.organization), name=payer),
    )


def _payouts(
    r: Read, by: Caller, offset: int, limit: int
) -> tuple[list[tuple[creators.money.Payout, str]], int]:
    rows, total = creators.money.my_payouts(r, by, offset, limit)
    names = {seq: identity.organization_name(r, seq) for seq in {row.organization for row in rows}}
    return [(row, names[row.organization]) for row in rows], total


Linked = tuple[creators.money.PayoutMethod, str | None]


def _method(named: Linked) -> PayoutMethod:
    found, link = named
    return PayoutMethod(
        provider=found.provider,
        hint=found.hint,
        ready=found.ready,
        link=link,
        created_at=asking.at(found.created_at),
        updated_at=asking.at(found.updated_at),
    )


def _methods(r: Read, by: Caller) -> list[Linked]:
    return [(each, creators.money.method_link(r, each)) for each in creators.money.methods(r, by)]


def _put(w: Write, by: Caller, fields: dict[str, Any]) -> Linked:
    match fields.get("provider") or "manual":
        case "manual":
            made = creators.money.put_bank(
                w, by, {name: fields.get(name) for name in creators.money.BANK_FIELDS}
            )
        case "stripe":
            made = creators.money.put_stripe(w, by)
        case _:
            raise Invalid("provider", "is not included in the list")
    return made, creators.money.method_link(w, made)


@operation("GET", "/me/earnings", scope=READ, query=PageQuery, gives=list[Earning])
async def page(ask: Ask, query: PageQuery) -> Page[Earning]:
    """List what you have earned.

    Newest first.
    """
    return (await asking.page(ask, query, creators.money.earnings)).each(out)


@operation("GET", "/me/balances", scope=READ, gives=list[Sums])
async def balances(ask: Ask) -> list[Sums]:
    """List what you have earned in each currency, by how far it has come."""
    return [
        Sums(
            currency=each.currency,
            accrued=each.accrued,
            held=each.held,
            payable=each.payable,
            paying=each.paying,
            paid=each.paid,
        )
        for each in await asking.read(ask, creators.money.of_person)
    ]


@operation("GET", "/me/payouts", scope=READ, query=PageQuery, gives=list[MyPayout])
async def payouts(ask: Ask, query: PageQuery) -> Page[MyPayout]:
    """List payouts to you.

    Newest first.
    """
    return (await asking.page(ask, query, _payouts)).each(_payout)


@operation("GET", "/me/payout_methods", scope=READ, gives=list[PayoutMethod])
async def methods(ask: Ask) -> list[PayoutMethod]:
    """List where you are paid."""
    return [_method(each) for each in await asking.read(ask, _methods)]


@operation("POST", "/me/payout_methods", scope=WRITE, takes=METHOD, gives=PayoutMethod, status=201)
async def put(ask: Ask, sent: Sent) -> PayoutMethod:
    """Say where you are paid.

    It takes the place of what you said before for the same provider.
    """
    return _method(await asking.write(ask, _put, sent.fields, sent=sent))


@operation("DELETE", "/me/payout_methods/{provider}", scope=WRITE, gives=None, status=204)
async def drop(ask: Ask) -> None:
    """Forget where you are paid, by its provider."""
    if ask.path["provider"] not in ("manual", "stripe"):
        raise Missing("")
    await asking.write(ask, creators.money.drop_method, ask.path["provider"])


OPERATIONS = (page, balances, payouts, methods, put, drop)
