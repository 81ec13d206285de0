"""Subscriptions, payment methods, invoices and promo codes."""

import secrets
import time
from calendar import monthrange
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAY = 86_400_000_000  # microseconds
_EPOCH = date(1970, 1, 1).toordinal()
# The plan of the oldest organization that an account pays for; an account may pay for none yet.
_ACCOUNTS = """SELECT a.seq, a.created_at, COALESCE((SELECT o.plan FROM organizations o
WHERE o.billing_account = a.seq ORDER BY o.seq LIMIT 1), 'self-hosted') AS plan FROM billing_accounts a"""


def upgrade() -> None:
    _accounts()
    _subscriptions()
    _spans()
    _methods()
    _promos()
    _entered()
    _invoices()
    _events()
    _everybody_subscribes()


def _accounts() -> None:
    op.add_column("billing_accounts", sa.Column("phone", sa.Text(), nullable=False, server_default=""))
    op.add_column("billing_accounts", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("billing_accounts", sa.Column("provider", KEY, nullable=False, server_default="Offline"))
    op.add_column("billing_accounts", sa.Column("provider_id", KEY, nullable=True))
    op.add_column("billing_accounts", sa.Column("currency", KEY, nullable=False, server_default="USD"))
    op.add_column(
        "billing_accounts", sa.Column("tax_points", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        "ix_billing_accounts_provider_id", "billing_accounts", ["provider", "provider_id"], unique=True
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("plan", KEY, nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["billing_accounts.seq"], name=op.f("fk_subscriptions_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("id", name=op.f("uq_subscriptions_id")),
    )
    op.create_index("ix_subscriptions_closes_at", "subscriptions", ["closes_at"], unique=False)


def _spans() -> None:
    op.create_table(
        "subscription_spans",
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("plan", KEY, nullable=False),
        sa.Column("before", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("after", sa.Text(), nullable=False, server_default="{}"),
        sa.ForeignKeyConstraint(
            ["account"], ["billing_accounts.seq"], name=op.f("fk_subscription_spans_account")
        ),
        sa.PrimaryKeyConstraint("account", "start", name=op.f("pk_subscription_spans")),
    )


def _methods() -> None:
    op.create_table(
        "payment_methods",
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("last4", KEY, nullable=False),
        sa.Column("card_type", KEY, nullable=False),
        sa.Column("expiration", KEY, nullable=False),
        sa.Column("is_default", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["billing_accounts.seq"], name=op.f("fk_payment_methods_account")
        ),
        sa.PrimaryKeyConstraint("account", "provider_id", name=op.f("pk_payment_methods")),
        sa.UniqueConstraint("account", "is_default", name=op.f("uq_payment_methods_account_is_default")),
    )
    op.create_index("ix_payment_methods_provider_id", "payment_methods", ["provider_id"], unique=False)


def _promos() -> None:
    op.create_table(
        "promo_codes",
        sa.Column("code", KEY, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("cycles", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_promo_codes")),
    )


def _entered() -> None:
    op.create_table(
        "billing_promo_codes",
        sa.Column("account", SEQ, autoincrement=False, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["billing_accounts.seq"], name=op.f("fk_billing_promo_codes_account")
        ),
        sa.ForeignKeyConstraint(["code"], ["promo_codes.code"], name=op.f("fk_billing_promo_codes_code")),
        sa.PrimaryKeyConstraint("account", "code", name=op.f("pk_billing_promo_codes")),
    )


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("seq", SEQ, autoincrement=True, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("account", SEQ, nullable=False),
        sa.Column("provider", KEY, nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("status", KEY, nullable=False),
        sa.Column("currency", KEY, nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_points", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=False),
        sa.Column("period_end", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("voided_at", sa.BigInteger(), nullable=True),
        sa.Column("http", sa.Text(), nullable=False),
        sa.Column("pdf", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("billed_to", sa.Text(), nullable=True),
        sa.Column("warned_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.ForeignKeyConstraint(["account"], ["billing_accounts.seq"], name=op.f("fk_invoices_account")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_invoices")),
        sa.UniqueConstraint("account", "cycle", name=op.f("uq_invoices_account_cycle")),
        sa.UniqueConstraint("id", name=op.f("uq_invoices_id")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_invoices_provider_provider_id")),
    )
    op.create_index("ix_invoices_status_due_at", "invoices", ["status", "due_at"], unique=False)


def _events() -> None:
    op.create_table(
        "payment_events",
        sa.Column("provider", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "id", name=op.f("pk_payment_events")),
    )


def _everybody_subscribes() -> None:
    """To the plan that they have, from now on: what was before is not billed."""
    bind, now = op.get_bind(), time.time_ns() // 1000
    for account in bind.execute(sa.text(_ACCOUNTS)).all():
        number, start, end = _cycle(account.created_at // _DAY, now // _DAY)
        row = {"account": account.seq, "plan": account.plan, "start": start, "end": end, "cycle": number}
        row |= {"id": f"sub_{secrets.token_hex(12)}", "started_at": account.created_at}
        bind.execute(sa.text(_SUBSCRIBE), row)
        bind.execute(sa.text(_SPAN), row)


_SUBSCRIBE = """INSERT INTO subscriptions (account, id, plan, status, started_at, cycle, closes_at)
VALUES (:account, :id, :plan, 'Active', :started_at, :cycle, :end)"""
_SPAN = (
    """INSERT INTO subscription_spans (account, start, "end", plan) VALUES (:account, :start, NULL, :plan)"""
)


def _cycle(opened: int, today: int) -> tuple[int, int, int]:
    """The number of the cycle that today is in, its first instant and the next one's."""
    since, day = date.fromordinal(opened + _EPOCH), date.fromordinal(max(today, opened) + _EPOCH)
    months = (day.year - since.year) * 12 + day.month - since.month
    number = months + (_months_after(since, months) <= day)
    first, end = (_months_after(since, each).toordinal() - _EPOCH for each in (number - 1, number))
    return number, first * _DAY, end * _DAY


def _months_after(since: date, months: int) -> date:
    years, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(years, month + 1, min(since.day, monthrange(years, month + 1)[1]))
