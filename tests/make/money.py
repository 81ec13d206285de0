"""Campaigns with money in them: rows as the money needs them, and what the books say."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from hyway.domain import identity
from hyway.domain.creators import money
from hyway.domain.creators.money.records import ProgrammeKind
from hyway.domain.creators.store import money_earnings, money_ledger
from hyway.domain.creators.store.money_tables import EARNINGS, FUNDINGS, LEDGER_ACCOUNTS, PAYOUTS
from hyway.domain.creators.store.tables import CAMPAIGNS, COLLABS
from hyway.domain.identity import Caller, Person
from hyway.kernel import clock
from hyway.kernel.db import Database, Read, Write

_TABLES = {"campaign": CAMPAIGNS, "collab": COLLABS}
_numbers = itertools.count(1)


@dataclass
class Till:
    """An organization with one campaign, and creators who work for it."""

    db: Database
    by: Caller
    campaign: int
    currency: str = "usd"
    kind: ProgrammeKind = "campaign"
    people: list[Person] = field(default_factory=list)

    def work(self, submission: int, person: int = 0) -> money.Work:
        return money.Work(
            self.by.organization,
            self.kind,
            self.campaign,
            "campaign",
            submission,
            self.people[person].seq,
            self.currency,
        )

    def fund(self, amount: int) -> money.Funding:
        return self.db.write_now(money.fund, self.by, self.kind, self.campaign, self.currency, amount)

    def earn(self, work: money.Work, amount: int, source: str = "work") -> int:
        return self.db.write_now(money.earn, self.by, work, source, amount)

    def payable(self, work: money.Work, amount: int, source: str = "work") -> int:
        """Work whose earning has come so far."""
        self.earn(work, amount, source)
        self.db.write_now(money.hold, self.by, work, 0)
        return self.db.write_now(money.mature, clock.now())

    def budget(self) -> tuple[int, int]:
        """(total, unused) as the programme's row says."""
        of = self.db.read_now(money.programme, self.by, self.kind, self.campaign)
        return of.total, of.unused

    def wrong(self) -> list[str]:
        """What does not agree, in words."""
        return self.db.read_now(audit, self.kind, self.campaign)


def till_at(
    db: Database, by: Caller, people: int = 2, kind: ProgrammeKind = "campaign", currency: str = "usd"
) -> Till:
    made = Till(db, by, db.write_now(add_programme, by, kind, currency), currency, kind)
    for _ in range(people):
        email = f"creator{next(_numbers)}@example.com"
        made.people.append(db.write_now(identity.add_person, email, "A Creator", "correct horse battery"))
    return made


def pairs(rows: Iterable[Any]) -> dict[Any, Any]:
    return dict(rows)


def add_programme(w: Write, by: Caller, kind: str, currency: str) -> int:
    now = clock.now()
    row = {
        "organization": by.organization,
        "name": "Summer",
        "currency": currency,
        "countries": "FR",
        "brief": "",
        "created_at": now,
        "updated_at": now,
    }
    more = (
        {"status": "active", "platform_ids": "tiktok"}
        if kind == "campaign"
        else {"state": "published", "require_spark_ads": 0, "requires_product_shipment": 0}
    )
    made = w.run(_TABLES[kind].insert().values(row | more))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def audit(r: Read, kind: str, programme: int) -> list[str]:
    """Whether debits are credits, balances their lines' sums, columns the ledger, and nothing is paid twice."""
    wrong = money_ledger.crooked(r)
    c = _TABLES[kind].c
    row: Any = r.run(
        select(c.organization, c.currency, c.total_budget_amount, c.unused_amount).where(c.seq == programme)
    ).one()
    organization, currency, total, unused = row
    used = money_earnings.used(r, [(kind, programme)]).get((kind, programme), 0)
    if unused < 0:
        wrong.append(f"unused is {unused}")
    if total - unused != used:
        wrong.append(f"total {total} - unused {unused} is not {used}")
    a = LEDGER_ACCOUNTS.c
    sums: dict[Any, Any] = pairs(
        r.run(
            select(a.kind, func.sum(a.balance))
            .where(a.organization == organization, a.currency == currency)
            .group_by(a.kind)
        ).all()
    )
    budget = r.run(
        select(func.sum(a.balance)).where(
            a.kind == "budget", a.programme_kind == kind, a.programme == programme
        )
    ).scalar()
    if -(budget or 0) != unused:
        wrong.append(f"the ledger has {budget} unused, the programme {unused}")
    if sum(sums.values()) != 0:
        wrong.append(f"the balances add up to {sum(sums.values())}")
    e = EARNINGS.c
    stages: dict[str, Any] = pairs(
        r.run(
            select(e.stage, func.sum(e.amount)).where(e.organization == organization).group_by(e.stage)
        ).all()
    )
    for account, parts in (("accrued", ["accrued"]), ("held", ["held"]), ("owed", ["payable", "paying"])):
        if -(sums.get(account) or 0) != sum(stages.get(part) or 0 for part in parts):
            wrong.append(f"the ledger has {sums.get(account)} {account}, the earnings {stages}")
    return wrong + _payouts(r, organization) + _cash(r, organization, sums)


def _cash(r: Read, organization: int, sums: dict[Any, Any]) -> list[str]:
    """What is there is what came in, less what went back and what was paid: nothing was paid twice."""
    f, p = FUNDINGS.c, PAYOUTS.c
    came = (f.organization == organization, f.succeeded_at.is_not(None))
    found: Any = r.run(
        select(func.sum(f.amount), func.sum(f.fee_amount), func.sum(f.refunded_amount)).where(*came)
    ).one()
    amount, fee, back = found
    paid = r.run(
        select(func.sum(p.amount)).where(p.organization == organization, p.status == "completed")
    ).scalar()
    wrong = []
    if (amount or 0) - (back or 0) - (paid or 0) != (sums.get("cash") or 0):
        wrong.append(f"{amount} came, {back} went back, {paid} was paid, but {sums.get('cash')} is there")
    if (fee or 0) != -(sums.get("fees") or 0):
        wrong.append(f"{fee} of fees were taken, but {sums.get('fees')} is there")
    return wrong


def _payouts(r: Read, organization: int) -> list[str]:
    """Each live payout is worth its earnings; an earning that is paid or being paid is in one that lives."""
    e, p = EARNINGS.c, PAYOUTS.c
    sums: dict[Any, Any] = pairs(
        r.run(select(e.payout, func.sum(e.amount)).where(e.payout.is_not(None)).group_by(e.payout)).all()
    )
    wrong = []
    for row in r.run(select(PAYOUTS).where(p.organization == organization)):
        worth = 0 if row.status == "canceled" else row.amount
        if sums.get(row.seq, 0) != worth:
            wrong.append(
                f"payout {row.seq} ({row.status}) of {row.amount} holds earnings of {sums.get(row.seq)}"
            )
    for row in r.run(select(e.seq, e.stage, e.payout).where(e.organization == organization)):
        if (row.stage in ("paying", "paid")) != (row.payout is not None):
            wrong.append(f"earning {row.seq} is {row.stage} and in payout {row.payout}")
    return wrong
