"""What would have been counted before there were meters is counted from the event log when they come."""

from sqlalchemy import create_engine, text

from hyway.kernel import clock, migrate
from hyway.kernel.clock import DAY

FIRST = clock.parse("", "2026-01-05T10:00:00Z")
EVENT = """INSERT INTO events (id, organization, at, via, actor_kind, actor_id, actor_name, action, subject_kind,
 subject_id, data, request_id, member)
 VALUES (:id, :organization, :at, 'console', :kind, 'a', 'A', :action, 'link', 'x', '{}', '', :member)"""
HAPPENED = (
    (1, FIRST, "person", "link.created", "memb_1"),
    (1, FIRST + 1, "person", "link.created", "memb_1"),
    (1, FIRST + DAY, "key", "link.created", "memb_9"),
    (1, FIRST + DAY, "person", "dotenv.pushed", "memb_2"),
    (2, FIRST, "person", "dotenv.pulled", None),
    (2, FIRST, "system", "link.deleted", None),
    (0, FIRST, "person", "link.created", None),
)


def test_what_was_before_is_counted(empty_url: str) -> None:
    migrate.upgrade(empty_url, "0019")
    engine = create_engine(empty_url)
    try:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO organizations (seq, id, name, folded_name, plan, created_at, updated_at)"
                    " VALUES (1, 'o', 'Acme', 'acme', 'self-hosted', 1, 1)"
                )
            )
            for number, (organization, at, kind, action, member) in enumerate(HAPPENED):
                row = {"organization": organization, "at": at, "kind": kind, "action": action}
                connection.execute(text(EVENT), {**row, "id": f"e{number}", "member": member})
        migrate.upgrade(empty_url)
        with engine.connect() as connection:
            counted = connection.execute(
                text("SELECT organization, meter, day, count FROM meters ORDER BY 1, 2, 3")
            ).all()
            active = connection.execute(
                text("SELECT organization, day, member FROM active_members ORDER BY 1, 2, 3")
            ).all()
            seats = connection.execute(text("SELECT organization, taken FROM seats")).all()
    finally:
        engine.dispose()
    day = FIRST // DAY
    assert [tuple(row) for row in counted] == [
        (1, "env.push", day + 1, 1),
        (1, "link.created", day, 2),
        (1, "link.created", day + 1, 1),
        (2, "env.pull", day, 1),
    ]
    assert [tuple(row) for row in active] == [(1, day, "memb_1"), (1, day + 1, "memb_2")]
    assert [tuple(row) for row in seats] == [(1, 0)]
