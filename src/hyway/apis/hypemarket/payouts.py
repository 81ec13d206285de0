"""/organizations/:id/payouts: what an organization pays creators."""

from typing import Any, get_args

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import creators, identity
from hyway.domain.identity import Caller, Person
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

PAYOUT = Root(
    "payout",
    required=False,
    title="NewPayouts",
    user_id=params.text("Whom to pay; by default everybody to whom something is payable."),
)
PAID = Root("payout", required=False, title="PaidPayout", note=params.text("How it was paid."))
FAILED = Root("payout", required=False, title="FailedPayout", failure=params.text("Why it failed."))


class Payee(Struct):
    id: str
    name: str
    email: str


class Payout(Struct):
    id: str
    status: str
    provider: str
    currency: str
    amount: int
    failure: str | None
    note: str | None
    sent_at: str | None
    completed_at: str | None
    created_at: str
    updated_at: str
    user: Payee
    url: str


class PayoutsQuery(PageQuery, kw_only=True):
    status: str | None = None


Named = tuple[creators.money.Payout, Person]


def out(ask: Ask, named: Named) -> Payout:
    found, person = named
    id = sqid.text(found.seq)
    return Payout(
        id=id,
        status=found.status,
        provider=found.provider,
        currency=found.currency,
        amount=found.amount,
        failure=found.failure or None,
        note=found.note or None,
        sent_at=asking.maybe_at(found.sent_at),
        completed_at=asking.maybe_at(found.completed_at),
        created_at=asking.at(found.created_at),
        updated_at=asking.at(found.updated_at),
        user=Payee(id=sqid.text(person.seq), name=person.name, email=person.email),
        url=asking.url(ask, "organizations", sqid.text(found.organization), "payouts", id),
    )


def _named(r: Read, found: list[creators.money.Payout]) -> list[Named]:
    people = identity.named(r, {each.person for each in found})
    return [(each, people[each.person]) for each in found]


def _page(
    r: Read, by: Caller, statuses: tuple[creators.money.PayoutStatus, ...], offset: int, limit: int
) -> tuple[list[Named], int]:
    rows, total = creators.money.payouts(r, by, offset, limit, statuses)
    return _named(r, rows), total


def _find(r: Read, by: Caller, seq: int) -> Named:
    return _named(r, [creators.money.payout(r, by, seq)])[0]


def _pay_out(w: Write, by: Caller, fields: dict[str, Any]) -> list[Named]:
    said = fields.get("user_id")
    person = sqid.owner(said) if said else None
    if said and person is None:
        raise Invalid("user", "must exist")
    return _named(w, creators.money.pay_out(w, by, person))


def _mark_paid(w: Write, by: Caller, seq: int, fields: dict[str, Any]) -> Named:
    return _named(w, [creators.money.mark_paid(w, by, seq, fields.get("note") or "")])[0]


def _mark_failed(w: Write, by: Caller, seq: int, fields: dict[str, Any]) -> Named:
    return _named(w, [creators.money.mark_failed(w, by, seq, fields.get("failure") or "")])[0]


def _cancel(w: Write, by: Caller, seq: int) -> Named:
    return _named(w, [creators.money.cancel(w, by, seq)])[0]


def _retry(w: Write, by: Caller, seq: int) -> Named:
    return _named(w, [creators.money.retry(w, by, seq)])[0]


@operation(
    "GET", "/organizations/{organization_id}/payouts", scope=READ, query=PayoutsQuery, gives=list[Payout]
)
async def page(ask: Ask, query: PayoutsQuery) -> Page[Payout]:
    """List payouts.

    Newest first; `status` leaves the others out.
    """
    asked = tuple(known for known in get_args(creators.money.PayoutStatus) if known == query.status)
    if query.status and not asked:
        raise Invalid("status", "is not included in the list")
    found = await asking.page(ask, query, _page, asked)
    return found.each(lambda each: out(ask, each))


@operation("GET", "/organizations/{organization_id}/payouts/{id}", scope=READ, gives=Payout)
async def show(ask: Ask) -> Show:
    """Show a payout."""
    found = await asking.read(ask, _find, asking.number(ask))
    return Show(out(ask, found), found[0].updated_at)


@operation(
    "POST",
    "/organizations/{organization_id}/payouts",
    scope=WRITE,
    takes=PAYOUT,
    gives=list[Payout],
    status=201,
)
async def create(ask: Ask, sent: Sent) -> list[Payout]:
    """Pay out what is payable.

    One payout for each person and currency; an empty list where nothing is payable.
    """
    return [out(ask, each) for each in await asking.write(ask, _pay_out, sent.fields, sent=sent)]


@operation(
    "POST",
    "/organizations/{organization_id}/payouts/{id}/mark_paid",
    scope=WRITE,
    takes=PAID,
    gives=Payout,
)
async def mark_paid(ask: Ask, sent: Sent) -> Payout:
    """Mark a payout as paid.

    For one that is paid by hand, or that a provider refused.
    """
    return out(ask, await asking.write(ask, _mark_paid, asking.number(ask), sent.fields, sent=sent))


@operation(
    "POST",
    "/organizations/{organization_id}/payouts/{id}/mark_failed",
    scope=WRITE,
    takes=FAILED,
    gives=Payout,
)
async def mark_failed(ask: Ask, sent: Sent) -> Payout:
    """Mark a payout as failed.

    It may be tried again or canceled.
    """
    return out(ask, await asking.write(ask, _mark_failed, asking.number(ask), sent.fields, sent=sent))


@operation("POST", "/organizations/{organization_id}/payouts/{id}/cancel", scope=WRITE, gives=Payout)
async def cancel(ask: Ask) -> Payout:
    """Cancel a payout that has not left.

    What it was to pay is payable again.
    """
    return out(ask, await asking.write(ask, _cancel, asking.number(ask)))


@operation("POST", "/organizations/{organization_id}/payouts/{id}/retry", scope=WRITE, gives=Payout)
async def retry(ask: Ask) -> Payout:
    """Try a failed payout again."""
    return out(ask, await asking.write(ask, _retry, asking.number(ask)))


@operation(
    "GET", "/organizations/{organization_id}/payouts/export", scope=WRITE, gives=str, media_type="text/csv"
)
async def export(ask: Ask) -> Reply:
    """Export what is to be paid by hand.

    A CSV file, at `export.csv` as at `export.json`, with bank details in clear: it takes a token that may write.
    """
    text = await asking.read(ask, creators.money.export)
    named = (b"content-disposition", b'attachment; filename="payouts.csv"')
    headers = (named, (b"cache-control", b"no-store"))
    return Reply(text.encode(), 200, headers, b"text/csv; charset=utf-8")


OPERATIONS = (page, export, show, create, mark_paid, mark_failed, cancel, retry)
