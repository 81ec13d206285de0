"""Commands about money: the accounts that pay, their invoices, and promo codes."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal

from cyclopts import App, Parameter

from hyway.commands import shared
from hyway.commands.shared import Data, words
from hyway.domain import billing, identity
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid

Number = Annotated[str, Parameter(help="The invoice's number or id, as `hyway invoice list` prints them.")]
_STATUSES = Literal["Draft", "Open", "Paid", "Void", "Uncollectible"]
_BY = identity.server(identity.NOBODYS)

invoice = App(name="invoice", help="Invoices: list, paid, void.")
promo = App(name="promo", help="Promo codes: add, list, withdraw.")
account = App(name="account", help="Billing accounts: list, tax.")


@invoice.command(name="list")
def list_invoices(*, status: _STATUSES | None = None, data: Data = None) -> int:
    """Print invoices, newest first: number, id, status, total, currency, due on, account, name."""
    with shared.opened(data) as db:
        found = db.read_now(billing.invoices.every, status)
        accounts = {each.seq: each for each in db.read_now(billing.accounts.every)}
    for each in found:
        whose = accounts[each.account]
        total = _money(each.total, each.currency)
        shared.tell(
            each.number or "-",
            each.id,
            each.status,
            total,
            each.currency,
            _day(each.due_at),
            whose.id,
            whose.name,
        )
    if not found:
        words.print("there are no invoices")
    return 0


@invoice.command
def paid(number: Number, *, data: Data = None) -> int:
    """Say that the money for an invoice has come."""
    return _decide(billing.invoices.paid, number, data)


@invoice.command
def void(number: Number, *, data: Data = None) -> int:
    """Say that an invoice need not be paid."""
    return _decide(billing.invoices.void, number, data)


def _decide(verb: Callable[..., billing.Invoice], number: str, data: Data) -> int:
    with shared.opened(data) as db:
        made = db.write_now(verb, _BY, number)
    words.print(f"{made.number or made.id} is {made.status}")
    return 0


@promo.command(name="add")
def add_promo(
    code: str,
    *,
    percent: Annotated[str | None, Parameter(help="Taken off what a cycle costs, such as 12.5.")] = None,
    amount: Annotated[
        str | None, Parameter(help="Taken off in the currency of prices, such as 10.00.")
    ] = None,
    cycles: Annotated[int | None, Parameter(help="How many cycles of an account; all by default.")] = None,
    until: Annotated[
        str | None, Parameter(help="The last day on which it can be entered, 2030-12-31.")
    ] = None,
    data: Data = None,
) -> int:
    """Make a promo code that accounts can enter."""
    with shared.opened(data) as db:
        points = _parts("percent", percent, 100)
        minor = _parts("amount", amount, 10 ** billing.plans.decimals(_currency(db)))
        made = db.write_now(
            billing.promos.create, code, points=points, amount=minor, cycles=cycles, expires_at=_end(until)
        )
    words.print(f"{made.code} can be entered")
    return 0


@promo.command(name="list")
def list_promos(*, data: Data = None) -> int:
    """Print promo codes, newest first: code, what it takes off, cycles, ends on, whether it can be entered."""
    with shared.opened(data) as db:
        found = db.read_now(billing.promos.every)
    now = clock.now()
    for each in found:
        off = (
            f"{each.points / 100:g} %"
            if each.points
            else f"{_money(each.amount, each.currency)} {each.currency}"
        )
        is_over = each.withdrawn_at is not None or (each.expires_at is not None and each.expires_at <= now)
        shared.tell(
            each.code, off, each.cycles or "all", _day(each.expires_at), "over" if is_over else "open"
        )
    if not found:
        words.print("there are no promo codes")
    return 0


@promo.command
def withdraw(code: str, *, data: Data = None) -> int:
    """Let nobody enter a promo code any more; accounts that have entered it keep it."""
    with shared.opened(data) as db:
        db.write_now(billing.promos.withdraw, code)
    words.print(f"{code.upper()} cannot be entered any more")
    return 0


@account.command(name="list")
def list_accounts(*, data: Data = None) -> int:
    """Print billing accounts, oldest first: id, name, e-mail, plan, status, provider, tax in percent."""
    with shared.opened(data) as db:
        found = db.read_now(billing.accounts.every)
        subscribed = {each.seq: db.read_now(billing.subscriptions.of, each) for each in found}
    for each in found:
        of = subscribed[each.seq]
        shared.tell(
            each.id, each.name, each.email, of.plan, of.status, each.provider, f"{each.tax_points / 100:g}"
        )
    return 0


@account.command
def tax(
    account: Annotated[str, Parameter(help="Its id, or the name of an organization that it pays for.")],
    percent: str,
    *,
    data: Data = None,
) -> int:
    """Add so much tax to what an account owes from its running cycle on."""
    with shared.opened(data) as db:
        found = db.read_now(billing.accounts.by_name, account)
        db.write_now(billing.accounts.tax, _BY, found, _parts("percent", percent, 100))
    words.print(f"{found.name} pays {percent} % of tax")
    return 0


def _currency(db: Database) -> str:
    return billing.plans.currency(db.house.terms)


def _parts(name: str, text: str | None, parts: int) -> int:
    """A number of so many parts, exactly; 0 for none."""
    if text is None:
        return 0
    try:
        exact = Decimal(text) * parts
        is_whole = exact.is_finite() and 0 <= exact < 10**13 and exact == int(exact)
    except InvalidOperation:
        is_whole = False
    if not is_whole:
        raise Invalid(name, "must be a number such as 12.5, not below 0")
    return int(exact)


def _end(text: str | None) -> Instant | None:
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid("until", "must be a day such as 2030-12-31") from None
    return clock.instant(day) + clock.DAY


def _day(at: Instant | None) -> str:
    """The last day before that instant."""
    return f"{clock.moment(at - 1):%Y-%m-%d}" if at is not None else "-"


def _money(minor: int, currency: str) -> str:
    decimals = billing.plans.decimals(currency)
    return f"{Decimal(minor).scaleb(-decimals):.{decimals}f}"


def register(app: App) -> None:
    for each in (invoice, promo, account):
        app.command(each)


__all__ = ["register"]
