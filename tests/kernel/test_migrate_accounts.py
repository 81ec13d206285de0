"""Organizations that were there before accounts that pay."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text

from hyway.kernel import migrate


@pytest.fixture
def old(empty_url: str) -> Any:
    """A database before accounts, with an organization that has owners, one that has none, and one that is closed."""
    migrate.upgrade(empty_url, "0012")
    engine = create_engine(empty_url)
    with engine.begin() as connection:

        def run(sql: str, **values: Any) -> None:
            connection.execute(text(sql), values)

        for seq, name, closed in ((1, "Acme", None), (2, "Nobody's", None), (3, "Closed", 5)):
            run(
                "INSERT INTO organizations (seq, id, name, folded_name, plan, created_at, updated_at, closed_at)"
                " VALUES (:seq, :id, :name, :id, 'free', 1, 1, :closed)",
                seq=seq,
                id=f"id-{seq}",
                name=name,
                closed=closed,
            )
        for seq, name in ((1, "ann"), (2, "bea"), (3, "mia")):
            run(
                "INSERT INTO people (seq, id, email, name, must_change_password, created_at)"
                " VALUES (:seq, :name, :email, :name, 0, 1)",
                seq=seq,
                name=name,
                email=f"{name}@example.com",
            )
        for person, role in ((3, "admin"), (2, "owner"), (1, "owner")):
            run(
                "INSERT INTO memberships (organization, person, role, since, updated_at)"
                " VALUES (1, :person, :role, 1, 1)",
                person=person,
                role=role,
            )
    yield engine
    engine.dispose()


def test_each_that_is_open_gets_one_in_the_hands_of_its_owners(old: Any, empty_url: str) -> None:
    migrate.upgrade(empty_url, "0013")
    with old.connect() as connection:
        found = connection.execute(
            text(
                "SELECT o.name, a.id, a.name AS account, a.email FROM organizations o"
                " LEFT JOIN billing_accounts a ON a.seq = o.billing_account ORDER BY o.seq"
            )
        ).all()
        owners = connection.execute(
            text(
                "SELECT a.name, w.person FROM billing_owners w JOIN billing_accounts a ON a.seq = w.account"
                " ORDER BY w.person"
            )
        ).all()
    assert [(row.name, row.account, row.email) for row in found] == [
        ("Acme", "Acme", "bea@example.com"),
        ("Nobody's", "Nobody's", ""),
        ("Closed", None, None),
    ]
    assert all(row.id.startswith("bill_") and len(row.id) == 29 for row in found[:2])
    assert [tuple(row) for row in owners] == [("Acme", 1), ("Acme", 2)]
