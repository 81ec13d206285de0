"""Statements about how programmes went over time, by whole hours."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, func, literal_column, select, union

from hyway.domain.creators.campaigns.records import OVER
from hyway.domain.creators.store.money_tables import LEDGER_ACCOUNTS, LEDGER_ENTRIES, LEDGER_LINES
from hyway.domain.creators.store.tables import APPLICATIONS, COLLAB_SUBMISSIONS, SUBMISSIONS, VIEW_SNAPSHOTS
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Read

_S, _V = SUBMISSIONS.c, VIEW_SNAPSHOTS.c
_E, _A, _L = LEDGER_ENTRIES.c, LEDGER_ACCOUNTS.c, LEDGER_LINES.c
_SPENDING = ("earn", "release")
"""Entries that move money between a budget and creators; fundings and refunds do not."""
_LENGTH: Any = literal_column(str(HOUR), BigInteger)
"""In the text of the statement: PostgreSQL groups by no expression that has a parameter."""


def _hour(at: Any) -> Any:
    return (at - at % _LENGTH).label("hour")


def views(r: Read, organization: int, since: Instant, campaign: int | None) -> list[tuple[Instant, int]]:
    """(hour, views that were new in it) of the posts that count, by time.

    A day before `since` is read, too: what a post had before its first look in the span is not new.
    """
    hour = _hour(_V.at)
    mine = [_S.organization == organization, _S.status.not_in(OVER), _V.at >= since - DAY]
    if campaign is not None:
        mine.append(_S.campaign == campaign)
    seen = (
        select(_V.submission, hour, func.max(_V.views).label("views"))
        .join(SUBMISSIONS, _S.seq == _V.submission)
        .where(*mine)
        .group_by(_V.submission, hour)
        .subquery()
    )
    before = func.lag(seen.c.views).over(partition_by=seen.c.submission, order_by=seen.c.hour)
    gained = select(seen.c.hour, (seen.c.views - func.coalesce(before, 0)).label("gained")).subquery()
    found = select(gained.c.hour, func.sum(gained.c.gained)).where(
        gained.c.gained > 0, gained.c.hour >= since
    )
    rows: Sequence[Any] = r.run(found.group_by(gained.c.hour).order_by(gained.c.hour)).all()
    return [(row[0], int(row[1])) for row in rows]


def spent(
    r: Read, organization: int, since: Instant, programme: tuple[str, int] | None
) -> list[tuple[Instant, str, str, int]]:
    """(hour, kind of programme, currency, amount) of what budgets gave to creators, less what came back."""
    hour = _hour(_E.at)
    mine = [_E.organization == organization, _E.at >= since, _E.kind.in_(_SPENDING), _A.kind == "budget"]
    if programme is not None:
        mine += [_E.programme_kind == programme[0], _E.programme == programme[1]]
    found = (
        select(hour, _E.programme_kind, _A.currency, func.sum(_L.amount))
        .join_from(LEDGER_ENTRIES, LEDGER_LINES, _L.entry == _E.seq)
        .join(LEDGER_ACCOUNTS, _A.seq == _L.account)
        .where(*mine)
        .group_by(hour, _E.programme_kind, _A.currency)
        .order_by(hour)
    )
    rows: Sequence[Any] = r.run(found).all()
    return [(row[0], row[1], row[2], int(row[3])) for row in rows]


def links(r: Read, organization: int, programme: tuple[str, int] | None) -> Sequence[str]:
    """The ids of creators' links, each once."""
    campaigns, collabs = APPLICATIONS.c, COLLAB_SUBMISSIONS.c
    of_campaigns = select(campaigns.link_id).where(
        campaigns.organization == organization, campaigns.link_id.is_not(None)
    )
    of_collabs = select(collabs.link_id).where(
        collabs.organization == organization, collabs.link_id.is_not(None)
    )
    if programme is None:
        return list(r.run(union(of_campaigns, of_collabs)).scalars())
    kind, seq = programme
    one = (
        of_campaigns.where(campaigns.campaign == seq)
        if kind == "campaign"
        else of_collabs.where(collabs.collab == seq)
    )
    return list(r.run(one).scalars())
