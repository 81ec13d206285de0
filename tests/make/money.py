"""Campaigns with money in them: rows as the money needs them, and what the books say."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from hyway.domain import identity
from hyway.domain.creators import money
from hyway.domain.creators.money.records import ProgrammeKind
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


_LIVE = ("accrued", "held", "payable", "paying", "paid")
_UNEVEN = text("SELECT entry, SUM(amount) FROM ledger_lines GROUP BY entry HAVING SUM(amount) <> 0")
_DRIFTED = text(
    "SELECT a.seq, a.balance, COALESCE(SUM(l.amount), 0) FROM ledger_accounts a"
    " LEFT JOIN ledger_lines l ON l.account = a.seq GROUP BY a.seq, a.balance"
    " HAVING a.balance <> COALESCE(SUM(l.amount), 0)"
)
_PROGRAMME = {
    kind: text(f"SELECT organization, total_budget_amount, unused_amount FROM {kind}s WHERE seq = :programme")
    for kind in ("campaign", "collab")
}
_ACCOUNTS = text(
    "SELECT kind, programme_kind, programme, SUM(balance) FROM ledger_accounts WHERE organization = :organization"
    " GROUP BY kind, programme_kind, programme"
)
_EARNINGS = text(
    "SELECT stage, programme_kind, programme, SUM(amount) FROM earnings WHERE organization = :organization"
    " GROUP BY stage, programme_kind, programme"
)
_PAYOUTS = text(
    "SELECT p.seq, p.status, p.amount, COALESCE(SUM(e.amount), 0) FROM payouts p"
    " LEFT JOIN earnings e ON e.payout = p.seq WHERE p.organization = :organization"
    " GROUP BY p.seq, p.status, p.amount"
)
_ASTRAY = text(
    "SELECT seq, stage, payout FROM earnings WHERE organization = :organization"
    " AND (stage IN ('paying', 'paid')) <> (payout IS NOT NULL)"
)
_CAME = text(
    "SELECT COALESCE(SUM(amount), 0), COALESCE(SUM(fee_amount), 0), COALESCE(SUM(refunded_amount), 0)"
    " FROM fundings WHERE organization = :organization AND succeeded_at IS NOT NULL"
)


def audit(r: Read, kind: str, programme: int) -> list[str]:
    """What does not agree: debits and credits, balances and lines, columns and ledger, payouts and what they pay.

    Of an organization with one currency.
    """
    row: Any = r.run(_PROGRAMME[kind], {"programme": programme}).one()
    organization, total, unused = row
    mine = {"organization": organization}
    wrong = [f"entry {entry} adds up to {amount}" for entry, amount in _rows(r, _UNEVEN)]
    wrong += [f"account {seq} says {said}, its lines {sum}" for seq, said, sum in _rows(r, _DRIFTED)]
    accounts, stages = _Sums(_rows(r, _ACCOUNTS, mine)), _Sums(_rows(r, _EARNINGS, mine))
    used = sum(stages.of(stage, kind, programme) for stage in _LIVE)
    if unused < 0 or total - unused != used:
        wrong.append(f"total {total} less unused {unused} is not {used}")
    if -accounts.of("budget", kind, programme) != unused:
        wrong.append(f"the ledger has {accounts.of('budget', kind, programme)} unused, not {unused}")
    for account, parts in (("accrued", ["accrued"]), ("held", ["held"]), ("owed", ["payable", "paying"])):
        if -accounts.of(account) != sum(stages.of(part) for part in parts):
            wrong.append(f"the ledger has {accounts.of(account)} {account}, the earnings {stages.sums}")
    return wrong + _payouts(r, mine, accounts)


class _Sums:
    """Amounts by (word, programme kind, programme)."""

    def __init__(self, rows: list[Any]) -> None:
        self.sums = {(word, kind, seq): int(amount) for word, kind, seq, amount in rows}

    def of(self, word: str, kind: str | None = None, programme: int | None = None) -> int:
        return sum(
            amount
            for (known, of_kind, seq), amount in self.sums.items()
            if known == word and kind in (None, of_kind) and programme in (None, seq)
        )


def _payouts(r: Read, mine: dict[str, int], accounts: _Sums) -> list[str]:
    """A live payout is worth its earnings, each of which is in one; what is there is what came less what left."""
    wrong, paid = [], 0
    for seq, status, amount, worth in _rows(r, _PAYOUTS, mine):
        paid += amount if status == "completed" else 0
        if worth != (0 if status == "canceled" else amount):
            wrong.append(f"payout {seq} ({status}) of {amount} holds earnings of {worth}")
    wrong += [f"earning {seq} is {stage}, in payout {into}" for seq, stage, into in _rows(r, _ASTRAY, mine)]
    ((came, fees, back),) = _rows(r, _CAME, mine)
    if came - back - paid != accounts.of("cash"):
        wrong.append(f"{came} came, {back} went back, {paid} was paid; {accounts.of('cash')} is there")
    if fees != -accounts.of("fees"):
        wrong.append(f"{fees} of fees were taken; {accounts.of('fees')} is there")
    return wrong


def _rows(r: Read, statement: Any, values: dict[str, int] | None = None) -> list[Any]:
    return list(r.run(statement, values).all())
