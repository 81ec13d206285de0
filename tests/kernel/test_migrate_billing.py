"""Accounts that were there before there was anything to pay."""

from typing import Any

from sqlalchemy import create_engine, text

from hyway.domain.billing import cycles
from hyway.kernel import clock, migrate
from hyway.kernel.clock import DAY


def test_each_account_subscribes_to_the_plan_that_it_has_from_its_running_cycle_on(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0022")
    opened = clock.now() - 100 * DAY
    engine = create_engine(empty_url)
    with engine.begin() as connection:

        def run(sql: str, **values: Any) -> None:
            connection.execute(text(sql), {"at": opened, **values})

        for seq in (1, 2):
            run(
                "INSERT INTO billing_accounts (seq, id, name, email, created_at)"
                " VALUES (:seq, :id, 'Books', '', :at)",
                seq=seq,
                id=f"bill_{seq}",
            )
        for seq, plan in ((1, "pro"), (2, "business")):
            run(
                "INSERT INTO organizations (seq, id, name, folded_name, plan, created_at, updated_at,"
                " billing_account) VALUES (:seq, :id, :id, :id, :plan, :at, :at, 1)",
                seq=seq,
                id=f"id-{seq}",
                plan=plan,
            )
    migrate.upgrade(empty_url, "0023")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM subscriptions ORDER BY account")).all()
        spans = connection.execute(text("SELECT * FROM subscription_spans ORDER BY account")).all()
        accounts = connection.execute(text("SELECT provider, currency FROM billing_accounts")).all()
    engine.dispose()
    running = cycles.running(opened, clock.now())
    assert running.number > 1
    assert [(row.plan, row.status, row.cycle, row.closes_at) for row in found] == [
        ("pro", "Active", running.number, running.ends_at),
        ("self-hosted", "Active", running.number, running.ends_at),
    ]
    assert all(len(row.id) == len("sub_") + 24 for row in found)
    assert [(row.start, row.end, row.plan) for row in spans] == [
        (running.starts_at, None, "pro"),
        (running.starts_at, None, "self-hosted"),
    ]
    assert [tuple(row) for row in accounts] == [("Offline", "USD")] * 2
