"""/organizations/:id/ledger, balances and owed: the books of an organization."""

from msgspec import Struct

from hyway.apis.hypemarket import asking
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.kernel import sqid
from hyway.kernel.faults import Missing


class Line(Struct):
    """A debit is positive, a credit negative."""

    account: str
    amount: int
    campaign_id: str | None
    collab_id: str | None
    user_id: str | None


class Entry(Struct):
    id: str
    kind: str
    currency: str
    memo: str
    campaign_id: str | None
    collab_id: str | None
    submission_id: str | None
    created_at: str
    lines: list[Line]


class Balance(Struct):
    """`cash` is the sum of the others."""

    currency: str
    cash: int
    fees: int
    budget: int
    accrued: int
    held: int
    owed: int


class Owed(Struct):
    user_id: str
    name: str
    email: str
    currency: str
    accrued: int
    held: int
    payable: int
    paying: int
    paid: int


class LedgerQuery(PageQuery, kw_only=True):
    campaign_id: str | None = None
    collab_id: str | None = None


def _id(seq: int | None, kind: str | None, wanted: str) -> str | None:
    return sqid.text(seq) if seq and kind == wanted else None


def _line(line: creators.money.Line) -> Line:
    return Line(
        account=line.account,
        amount=line.amount,
        campaign_id=_id(line.programme, line.programme_kind, "campaign"),
        collab_id=_id(line.programme, line.programme_kind, "collab"),
        user_id=sqid.text(line.person) if line.person else None,
    )


def out(entry: creators.money.Entry) -> Entry:
    return Entry(
        id=sqid.text(entry.seq),
        kind=entry.kind,
        currency=entry.currency,
        memo=entry.memo,
        campaign_id=_id(entry.programme, entry.programme_kind, "campaign"),
        collab_id=_id(entry.programme, entry.programme_kind, "collab"),
        submission_id=sqid.text(entry.submission) if entry.submission else None,
        created_at=asking.at(entry.at),
        lines=[_line(line) for line in entry.lines],
    )


def _programme(query: LedgerQuery) -> tuple[creators.money.ProgrammeKind, int] | None:
    asked: tuple[tuple[creators.money.ProgrammeKind, str | None], ...] = (
        ("campaign", query.campaign_id),
        ("collab", query.collab_id),
    )
    for kind, said in asked:
        if said:
            seq = sqid.number(said)
            if seq is None:
                raise Missing("Not authorized")
            return kind, seq
    return None


@operation("GET", "/organizations/{organization_id}/ledger", scope=READ, query=LedgerQuery, gives=list[Entry])
async def page(ask: Ask, query: LedgerQuery) -> Page[Entry]:
    """List the entries of the ledger.

    Newest first; `campaign_id` or `collab_id` leaves out what does not concern it. The lines of an entry add up to 0.
    """
    return (await asking.page(ask, query, creators.money.ledger, _programme(query))).each(out)


@operation("GET", "/organizations/{organization_id}/balances", scope=READ, gives=list[Balance])
async def balances(ask: Ask) -> list[Balance]:
    """List balances.

    What the organization has in each currency, and whose it is.
    """
    return [
        Balance(
            currency=each.currency,
            cash=each.cash,
            fees=each.fees,
            budget=each.budget,
            accrued=each.accrued,
            held=each.held,
            owed=each.owed,
        )
        for each in await asking.read(ask, creators.money.balances)
    ]


@operation("GET", "/organizations/{organization_id}/owed", scope=READ, gives=list[Owed])
async def owed(ask: Ask) -> list[Owed]:
    """List what is owed to creators.

    One row for each person and currency, by name, with what they were paid.
    """
    return [
        Owed(
            user_id=sqid.text(each.person),
            name=each.name,
            email=each.email,
            currency=each.sums.currency,
            accrued=each.sums.accrued,
            held=each.sums.held,
            payable=each.sums.payable,
            paying=each.sums.paying,
            paid=each.sums.paid,
        )
        for each in await asking.read(ask, creators.money.owed)
    ]


OPERATIONS = (page, balances, owed)
