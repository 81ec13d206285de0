"""Statements about organizations, people, sessions and keys."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.identity.records import Key, Membership, NewKey, Organization, Person, Session
from hyway.domain.identity.store.tables import KEYS, MEMBERSHIPS, ORGANIZATIONS, PEOPLE, SESSIONS, TRIES
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


def organization(row: Any, prefix: str = "") -> Organization:
    """The record of a row whose columns begin with `prefix`."""
    at = row._mapping
    return Organization(
        seq=at[f"{prefix}seq"],
        id=at[f"{prefix}id"],
        name=at[f"{prefix}name"],
        plan=at[f"{prefix}plan"],
        created_at=at[f"{prefix}created_at"],
        updated_at=at[f"{prefix}updated_at"],
        privacy=at[f"{prefix}privacy"],
        website=at[f"{prefix}website"],
        logo=at[f"{prefix}logo"],
        wire_id=at[f"{prefix}wire_id"],
    )


def person(row: Any, prefix: str = "") -> Person:
    """The record of a row whose columns begin with `prefix`."""
    at = row._mapping
    return Person(
        seq=at[f"{prefix}seq"],
        id=at[f"{prefix}id"],
        email=at[f"{prefix}email"],
        name=at[f"{prefix}name"],
        must_change_password=bool(at[f"{prefix}must_change_password"]),
        created_at=at[f"{prefix}created_at"],
        is_confirmed=at[f"{prefix}confirmed_at"] is not None,
        wire_id=at[f"{prefix}wire_id"],
    )


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
    row = {"id": id, "name": name, "folded_name": name.casefold(), "plan": plan}
    times = {"created_at": at, "updated_at": at}
    made = w.run(ORGANIZATIONS.insert().returning(ORGANIZATIONS), {**row, **times})
    return organization(made.one())


def organizations(r: Read) -> list[Organization]:
    found = select(ORGANIZATIONS).where(ORGANIZATIONS.c.closed_at.is_(None)).order_by(ORGANIZATIONS.c.seq)
    return [organization(row) for row in r.run(found)]


def organization_named(r: Read, folded: str) -> Organization | None:
    open_one = ORGANIZATIONS.c.closed_at.is_(None)
    row = r.run(select(ORGANIZATIONS).where(ORGANIZATIONS.c.folded_name == folded, open_one)).first()
    return organization(row) if row else None


def organization_of(r: Read, seq: int) -> Organization:
    return organization(r.run(select(ORGANIZATIONS).where(ORGANIZATIONS.c.seq == seq)).one())


def change_organization(w: Write, seq: int, at: Instant, **values: Any) -> None:
    w.run(update(ORGANIZATIONS).where(ORGANIZATIONS.c.seq == seq).values(updated_at=at, **values))


def add_person(w: Write, person_row: dict[str, Any]) -> int:
    return int(w.run(PEOPLE.insert().returning(PEOPLE.c.seq), person_row).scalar_one())


def person_by_email(r: Read, email: str) -> tuple[Person, str | None] | None:
    row = r.run(select(PEOPLE).where(PEOPLE.c.email == email)).first()
    return (person(row), row.password_hash) if row else None


def password_of(r: Read, person_seq: int) -> str | None:
    return r.run(select(PEOPLE.c.password_hash).where(PEOPLE.c.seq == person_seq)).scalar_one()  # type: ignore[no-any-return]


def change_person(w: Write, seq: int, **values: Any) -> None:
    w.run(update(PEOPLE).where(PEOPLE.c.seq == seq).values(**values))


def join(w: Write, organization_seq: int, person_seq: int, role: str, at: Instant) -> int:
    """The number of the new membership."""
    row = {"organization": organization_seq, "person": person_seq, "role": role}
    made = MEMBERSHIPS.insert().returning(MEMBERSHIPS.c.seq)
    seq = int(w.run(made, {**row, "since": at, "updated_at": at}).scalar_one())
    w.changed("access", str(organization_seq))
    return seq


def memberships(
    r: Read, *, organization_seq: int | None = None, person_seq: int | None = None
) -> list[Membership]:
    """Of an organization or of a person, oldest first."""
    found = MEMBERSHIPS_SHOWN.order_by(MEMBERSHIPS.c.since, MEMBERSHIPS.c.seq)
    if organization_seq is not None:
        found = found.where(MEMBERSHIPS.c.organization == organization_seq)
    if person_seq is not None:
        found = found.where(MEMBERSHIPS.c.person == person_seq)
    return [membership(row) for row in r.run(found)]


MEMBERSHIPS_SHOWN = (
    select(
        MEMBERSHIPS,
        *[c.label(f"o_{c.name}") for c in ORGANIZATIONS.c],
        *[c.label(f"p_{c.name}") for c in PEOPLE.c],
    )
    .join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person)
    .join(ORGANIZATIONS, ORGANIZATIONS.c.seq == MEMBERSHIPS.c.organization)
)


def membership(row: Any) -> Membership:
    """The record of a row of MEMBERSHIPS_SHOWN."""
    return Membership(
        organization(row, "o_"), person(row, "p_"), row.role, row.since, row.updated_at, row.seq
    )


def add_session(w: Write, row: dict[str, Any]) -> None:
    w.run(SESSIONS.insert(), row)


def session(r: Read, token_hash: str, at: Instant) -> Session | None:
    """The live session of a token; in no organization where its person left it."""
    live = select(SESSIONS).where(SESSIONS.c.token_hash == token_hash, SESSIONS.c.expires_at > at)
    row = r.run(live).first()
    if row is None:
        return None
    found: list[Membership] = []
    if row.organization is not None:
        found = memberships(r, organization_seq=row.organization, person_seq=row.person)
    m = found[0] if found else None
    who = m.person if m else person_of(r, row.person)
    where, role = (m.organization, m.role) if m else (None, None)
    return Session(who, where, role, row.id, row.created_at, row.seen_at, row.expires_at, row.user_agent)


def person_of(r: Read, seq: int) -> Person:
    return person(r.run(select(PEOPLE).where(PEOPLE.c.seq == seq)).one())


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
