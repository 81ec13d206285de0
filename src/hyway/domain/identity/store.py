"""Tables and statements of identity."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)

from hyway.domain.identity.records import Key, Membership, NewKey, Organization, Person, Session
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Flag, Seq
from hyway.kernel.sql import Key as KeyText

ORGANIZATIONS = Table(
    "organizations",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", KeyText, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("folded_name", KeyText, nullable=False, unique=True),
    Column("plan", KeyText, nullable=False),
    Column("created_at", At, nullable=False),
)

PEOPLE = Table(
    "people",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", KeyText, nullable=False, unique=True),
    Column("email", KeyText, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("must_change_password", Flag, nullable=False),
    Column("created_at", At, nullable=False),
)

MEMBERSHIPS = Table(
    "memberships",
    METADATA,
    Column("organization", ForeignKey("organizations.seq"), primary_key=True),
    Column("person", ForeignKey("people.seq"), primary_key=True, index=True),
    Column("role", KeyText, nullable=False),
    Column("since", At, nullable=False),
)

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token_hash", KeyText, primary_key=True),
    Column("id", KeyText, nullable=False, unique=True),
    Column("person", ForeignKey("people.seq"), nullable=False, index=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("created_at", At, nullable=False),
    Column("seen_at", At, nullable=False),
    Column("expires_at", At, nullable=False),
    Column("user_agent", Text, nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", KeyText, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False, index=True),
    Column("kind", KeyText, nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("token_hash", KeyText, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("permission", KeyText, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", At, nullable=False),
    Column("expires_at", At),
    Column("revoked_at", At),
    Column("last_used_at", At),
)

# One row per throttled name: failed tries of a sign-in, counted where every process sees them.
TRIES = Table(
    "sign_in_tries",
    METADATA,
    Column("who", KeyText, nullable=False),
    Column("at", At, nullable=False),
    UniqueConstraint("who", "at"),
)


def organization(row: Any) -> Organization:
    return Organization(row.seq, row.id, row.name, row.plan, row.created_at)


def person(row: Any) -> Person:
    return Person(row.seq, row.id, row.email, row.name, bool(row.must_change_password), row.created_at)


def key(row: Any) -> Key:
    return Key(
        id=row.id,
        kind=row.kind,
        name=row.name,
        hint=row.hint,
        scopes=tuple(row.scopes.split()),
        permission=row.permission,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def add_organization(w: Write, id: str, name: str, plan: str, at: Instant) -> Organization:
    row = {"id": id, "name": name, "folded_name": name.casefold(), "plan": plan, "created_at": at}
    seq = w.run(ORGANIZATIONS.insert().returning(ORGANIZATIONS.c.seq), row).scalar_one()
    return Organization(seq, id, name, plan, at)


def organizations(r: Read) -> list[Organization]:
    return [organization(row) for row in r.run(select(ORGANIZATIONS).order_by(ORGANIZATIONS.c.seq))]


def organization_named(r: Read, folded: str) -> Organization | None:
    row = r.run(select(ORGANIZATIONS).where(ORGANIZATIONS.c.folded_name == folded)).first()
    return organization(row) if row else None


def organization_of(r: Read, seq: int) -> Organization:
    return organization(r.run(select(ORGANIZATIONS).where(ORGANIZATIONS.c.seq == seq)).one())


def change_organization(w: Write, seq: int, **values: Any) -> None:
    w.run(update(ORGANIZATIONS).where(ORGANIZATIONS.c.seq == seq).values(**values))


def add_person(w: Write, person_row: dict[str, Any]) -> int:
    return int(w.run(PEOPLE.insert().returning(PEOPLE.c.seq), person_row).scalar_one())


def person_by_email(r: Read, email: str) -> tuple[Person, str | None] | None:
    row = r.run(select(PEOPLE).where(PEOPLE.c.email == email)).first()
    return (person(row), row.password_hash) if row else None


def password_of(r: Read, person_seq: int) -> str | None:
    return r.run(select(PEOPLE.c.password_hash).where(PEOPLE.c.seq == person_seq)).scalar_one()  # type: ignore[no-any-return]


def change_person(w: Write, seq: int, **values: Any) -> None:
    w.run(update(PEOPLE).where(PEOPLE.c.seq == seq).values(**values))


def join(w: Write, organization_seq: int, person_seq: int, role: str, at: Instant) -> None:
    row = {"organization": organization_seq, "person": person_seq, "role": role, "since": at}
    w.run(MEMBERSHIPS.insert(), row)


def memberships(
    r: Read, *, organization_seq: int | None = None, person_seq: int | None = None
) -> list[Membership]:
    """Of an organization or of a person, oldest first."""
    people, orgs = PEOPLE.alias(), ORGANIZATIONS.alias()
    found = select(
        MEMBERSHIPS.c.role,
        MEMBERSHIPS.c.since,
        *[c.label(f"o_{c.name}") for c in orgs.c],
        *[c.label(f"p_{c.name}") for c in people.c],
    ).join_from(MEMBERSHIPS, people, people.c.seq == MEMBERSHIPS.c.person)
    found = found.join(orgs, orgs.c.seq == MEMBERSHIPS.c.organization).order_by(
        MEMBERSHIPS.c.since, people.c.seq
    )
    if organization_seq is not None:
        found = found.where(MEMBERSHIPS.c.organization == organization_seq)
    if person_seq is not None:
        found = found.where(MEMBERSHIPS.c.person == person_seq)
    return [_membership(row) for row in r.run(found)]


def _membership(row: Any) -> Membership:
    return Membership(
        Organization(row.o_seq, row.o_id, row.o_name, row.o_plan, row.o_created_at),
        Person(
            row.p_seq, row.p_id, row.p_email, row.p_name, bool(row.p_must_change_password), row.p_created_at
        ),
        row.role,
        row.since,
    )


def add_session(w: Write, row: dict[str, Any]) -> None:
    w.run(SESSIONS.insert(), row)


def session(r: Read, token_hash: str, at: Instant) -> Session | None:
    """The live session of a token, if its person still belongs to its organization."""
    row = r.run(
        select(SESSIONS).where(SESSIONS.c.token_hash == token_hash, SESSIONS.c.expires_at > at)
    ).first()
    if row is None:
        return None
    found = memberships(r, organization_seq=row.organization, person_seq=row.person)
    if not found:
        return None
    m = found[0]
    return Session(
        m.person, m.organization, m.role, row.id, row.created_at, row.seen_at, row.expires_at, row.user_agent
    )


def change_session(w: Write, token_hash: str, **values: Any) -> None:
    w.run(update(SESSIONS).where(SESSIONS.c.token_hash == token_hash).values(**values))


def end_sessions(
    w: Write, *, token_hash: str | None = None, person_seq: int | None = None, but: str = ""
) -> None:
    """One session, or all of a person (`but` that of one token)."""
    ended = delete(SESSIONS)
    if token_hash is not None:
        ended = ended.where(SESSIONS.c.token_hash == token_hash)
    if person_seq is not None:
        ended = ended.where(SESSIONS.c.person == person_seq, SESSIONS.c.token_hash != but)
    w.run(ended)


def purge_sessions(w: Write, at: Instant) -> None:
    w.run(delete(SESSIONS).where(SESSIONS.c.expires_at <= at))


def add_key(
    w: Write, organization_seq: int, id: str, token_hash: str, hint: str, new: NewKey, by: str, at: Instant
) -> Key:
    row = {
        "id": id,
        "organization": organization_seq,
        "kind": new.kind,
        "name": new.name,
        "hint": hint,
        "token_hash": token_hash,
        "scopes": " ".join(new.scopes),
        "permission": new.permission,
        "created_by": by,
        "created_at": at,
        "expires_at": new.expires_at,
    }
    w.run(KEYS.insert(), row)
    return Key(id, new.kind, new.name, hint, new.scopes, new.permission, by, at, new.expires_at, None, None)


def key_by_hash(r: Read, token_hash: str) -> tuple[Key, int, str] | None:
    """The key, its organization and that organization's plan."""
    found = select(*KEYS.c, ORGANIZATIONS.c.plan.label("plan")).join_from(KEYS, ORGANIZATIONS)
    row = r.run(found.where(KEYS.c.token_hash == token_hash)).first()
    return (key(row), row.organization, row.plan) if row else None


def keys(r: Read, organization_seq: int) -> list[Key]:
    """Newest first, revoked ones too."""
    found = select(KEYS).where(KEYS.c.organization == organization_seq).order_by(KEYS.c.seq.desc())
    return [key(row) for row in r.run(found)]


def revoke_key(w: Write, organization_seq: int, id: str, at: Instant) -> str | None:
    """The hash of the key that this call revoked; None when there was none to revoke."""
    gone = update(KEYS).where(
        KEYS.c.organization == organization_seq, KEYS.c.id == id, KEYS.c.revoked_at.is_(None)
    )
    return w.run(gone.values(revoked_at=at).returning(KEYS.c.token_hash)).scalar_one_or_none()


def key_hashes(r: Read, organization_seq: int) -> list[str]:
    return list(r.run(select(KEYS.c.token_hash).where(KEYS.c.organization == organization_seq)).scalars())


def touch_keys(w: Write, used: Sequence[tuple[str, Instant]]) -> None:
    """Notes when keys were last used: pairs of key id and instant."""
    for id, at in used:
        w.run(update(KEYS).where(KEYS.c.id == id).values(last_used_at=at))


def failed_tries(r: Read, who: str, since: Instant) -> int:
    found = select(func.count()).select_from(TRIES).where(TRIES.c.who == who, TRIES.c.at > since)
    return int(r.run(found).scalar_one())


def add_try(w: Write, who: str, at: Instant) -> None:
    w.run(TRIES.insert(), {"who": who, "at": at})


def forget_tries(w: Write, who: str, before: Instant) -> None:
    w.run(delete(TRIES).where((TRIES.c.who == who) | (TRIES.c.at < before)))
