"""Who is owed what: as an organization sees it, as a creator sees it, and as a file to pay from."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from babel.numbers import get_currency_precision

from hyway.domain import identity
from hyway.domain.creators.money.destinations import PURPOSE
from hyway.domain.creators.money.records import Earning, Owed, Payout, Stage, Sums
from hyway.domain.creators.money.rules import may_manage
from hyway.domain.creators.store import money_earnings as earned
from hyway.domain.creators.store import money_payouts as store
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read

COLUMNS = ("payout", "name", "email", "currency", "amount", "pay to", "reference")


def owed(r: Read, by: Caller) -> list[Owed]:
    """What the organization owes each person in each currency, and has paid them; by name."""
    may_manage(by)
    sums = _sums(earned.sums(r, organization=by.organization))
    known = identity.named(r, {person for person, _ in sums})
    rows = [Owed(who, known[who].name, known[who].email, each) for (who, _), each in sums.items()]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.person, row.sums.currency))


def of_person(r: Read, by: Caller) -> list[Sums]:
    """What the person who asks has earned of all organizations, by currency."""
    sums = _sums(earned.sums(r, person=identity.person_of(by)))
    return [each for _, each in sorted(sums.items())]


def earnings(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Earning], int]:
    """The person's own, newest first, and how many there are."""
    return earned.page(r, identity.person_of(by), offset, limit)


def my_payouts(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[Payout], int]:
    """Those to the person who asks, newest first, and how many there are."""
    return store.page(r, offset, limit, person=identity.person_of(by))


def export(r: Read, by: Caller) -> str:
    """What is to be paid by hand as CSV, amounts in the currency's main unit: for those who may pay.

    It holds bank details in clear.
    """
    may_manage(by)
    found = store.to_pay_by_hand(r, by.organization)
    people = identity.named(r, {each.person for each in found})
    to = {each.person: each for each in store.methods(r, people) if each.provider == "manual"}
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for each in found:
        who, details = people[each.person], ""
        if each.person in to:
            details = _line(json.loads(r.seal.open(to[each.person].reference, PURPOSE)))
        paid_to = (
            who.name,
            who.email,
            each.currency.upper(),
            main_units(each.amount, each.currency),
            details,
        )
        lines.writerow(
            [_inert(cell) for cell in (sqid.text(each.seq), *paid_to, f"payout {sqid.text(each.seq)}")]
        )
    return out.getvalue()


def main_units(amount: int, currency: str) -> str:
    """1234 cents as `12.34`; some currencies have other parts, or none."""
    digits = get_currency_precision(currency.upper())
    whole, part = divmod(amount, 10**digits)
    return f"{whole}.{part:0{digits}}" if digits else str(whole)


def _inert(cell: str) -> str:
    """A spreadsheet runs what begins so as a formula."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _line(details: dict[str, str]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in details.items())


def _sums(rows: Iterable[tuple[int, str, Stage, int]]) -> dict[tuple[int, str], Sums]:
    found: dict[tuple[int, str], Sums] = {}
    for person, currency, stage, amount in rows:
        if stage != "reversed":
            more: dict[str, Any] = {stage: amount}
            found[person, currency] = replace(found.get((person, currency), Sums(currency)), **more)
    return found
