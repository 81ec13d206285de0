"""What an event speaks of, to search by."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# As in hyway.kernel.sql, which may change later while this revision must not.
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SEQ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BATCH = 5_000

# What there was before: who did it is known as the member that they are, where they still are one.
_WHOSE = """UPDATE events SET member = (
    SELECT m.wire_id FROM memberships m JOIN people p ON p.seq = m.person
    WHERE p.id = events.actor_id AND m.organization = events.organization)
WHERE actor_kind = 'person'"""
_THERE = """SELECT e.seq, e.organization, e.at, e.action, e.subject_kind, e.subject_id, e.actor_kind, e.actor_id,
    e.member, o.wire_id FROM events e LEFT JOIN organizations o ON o.seq = e.organization
WHERE e.seq > :after ORDER BY e.seq LIMIT :most"""
_REFERENCE = """INSERT INTO event_references (organization, id, kind, action, at, event)
VALUES (:organization, :id, :kind, :action, :at, :event)"""
_PAIR = """INSERT INTO event_pairs (organization, pair, action, at, event)
VALUES (:organization, :pair, :action, :at, :event)"""


def upgrade() -> None:
    op.add_column("events", sa.Column("member", KEY, nullable=True))
    op.add_column("events", sa.Column("refs", sa.Text(), nullable=True))
    op.drop_index("ix_events_subject", "events")
    op.create_index("ix_events_at", "events", ["organization", "at", "seq"], unique=False)
    op.create_index("ix_events_action", "events", ["organization", "action", "at", "seq"], unique=False)
    _references()
    _pairs()
    _name_members()
    for rows in _batches():
        _tell(rows)
    for table in ("event_references", "event_pairs"):
        _only_grows(table)


def _references() -> None:
    op.create_table(
        "event_references",
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("action", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", SEQ, nullable=False),
        sa.PrimaryKeyConstraint(
            "organization", "id", "kind", "action", "at", "event", name=op.f("pk_event_references")
        ),
        sqlite_with_rowid=False,
    )


def _pairs() -> None:
    op.create_table(
        "event_pairs",
        sa.Column("organization", sa.Integer(), nullable=False),
        sa.Column("pair", sa.BigInteger(), nullable=False),
        sa.Column("action", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event", SEQ, nullable=False),
        sa.PrimaryKeyConstraint("organization", "pair", "action", "at", "event", name=op.f("pk_event_pairs")),
        sqlite_with_rowid=False,
    )


def _name_members() -> None:
    """The one time that lines of the log are touched: they are told what they did not know."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER events_no_update")
        op.execute(_WHOSE)
        op.execute(
            "CREATE TRIGGER events_no_update BEFORE UPDATE ON events "
            "BEGIN SELECT RAISE(ABORT, 'the event log only grows'); END"
        )
        return
    op.execute("ALTER TABLE events DISABLE TRIGGER events_only_grow")
    op.execute(_WHOSE)
    op.execute("ALTER TABLE events ENABLE TRIGGER events_only_grow")


def _batches() -> Iterator[Sequence[Any]]:
    """All events, some at a time: there may be millions."""
    after = 0
    while rows := op.get_bind().execute(sa.text(_THERE), {"after": after, "most": _BATCH}).all():
        yield rows
        after = rows[-1].seq


def _tell(rows: Sequence[Any]) -> None:
    references, pairs = [], []
    for row in rows:
        shared = {"organization": row.organization, "action": row.action, "at": row.at, "event": row.seq}
        named = _named(row)
        references += [{**shared, "kind": kind, "id": id} for kind, id in named]
        if len(named) == 2:
            pairs.append({**shared, "pair": _pair(*named)})
    op.get_bind().execute(sa.text(_REFERENCE), references)
    if pairs:
        op.get_bind().execute(sa.text(_PAIR), pairs)


def _named(row: Any) -> list[tuple[str, str]]:
    """What the event is about, and who did it."""
    subject = (_kind(row.subject_kind), row.subject_id)
    if row.subject_kind == "organization" and row.wire_id:
        subject = ("Organization", row.wire_id)
    if row.member:
        return [subject, ("Member", row.member)]
    doer = {"person": "User", "key": "Key"}.get(row.actor_kind)
    return [subject, (doer, row.actor_id)] if doer and (doer, row.actor_id) != subject else [subject]


def _kind(noun: str) -> str:
    if noun == "person":
        return "User"
    return "".join(part[:1].upper() + part[1:] for part in noun.split("_"))


def _pair(*named: tuple[str, str]) -> int:
    text = "\n".join(f"{kind}\t{id}" for kind, id in sorted(named))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _only_grows(table: str) -> None:
    """As the log itself is: on both engines, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the event log only grows'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION events_only_grow()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_empty BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_only_grow()"
    )
