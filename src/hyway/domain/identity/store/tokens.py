"""Statements about people's own credentials."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.identity.records import AccessToken, Person
from hyway.domain.identity.store import people
from hyway.domain.identity.store.tables import ACCESS_TOKENS, PEOPLE
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


def token(row: Any) -> AccessToken:
    return AccessToken(row.seq, row.description, row.permission, row.created_at, row.last_used_at)


def add(
    w: Write, person: int, description: str, permission: str, token_hash: str, at: Instant
) -> AccessToken:
    row = {"person": person, "description": description, "permission": permission, "created_at": at}
    made = w.run(ACCESS_TOKENS.insert().returning(ACCESS_TOKENS), {**row, "token_hash": token_hash})
    return token(made.one())


def page(r: Read, person: int, offset: int, limit: int) -> list[AccessToken]:
    """A person's, newest first."""
    found = select(ACCESS_TOKENS).where(ACCESS_TOKENS.c.person == person).order_by(ACCESS_TOKENS.c.seq.desc())
    return [token(row) for row in r.run(found.offset(offset).limit(limit))]


def count(r: Read, person: int) -> int:
    found = select(func.count()).select_from(ACCESS_TOKENS).where(ACCESS_TOKENS.c.person == person)
    return int(r.run(found).scalar_one())


def drop(w: Write, person: int, seq: int) -> str | None:
    """The hash of the one that is gone, None where the person has no such token."""
    gone = delete(ACCESS_TOKENS).where(ACCESS_TOKENS.c.person == person, ACCESS_TOKENS.c.seq == seq)
    return w.run(gone.returning(ACCESS_TOKENS.c.token_hash)).scalar_one_or_none()


def drop_all(w: Write, person: int) -> list[str]:
    """The hashes of those that are gone."""
    gone = delete(ACCESS_TOKENS).where(ACCESS_TOKENS.c.person == person)
    return list(w.run(gone.returning(ACCESS_TOKENS.c.token_hash)).scalars())


def by_hash(r: Read, token_hash: str) -> tuple[AccessToken, Person] | None:
    found = select(
        ACCESS_TOKENS, *[c.label(f"p_{c.name}") for c in PEOPLE.c]
    ).join_from(ACCESS_TOKENS, PEOPLE)  # fmt: skip
    row = r.run(found.where(ACCESS_TOKENS.c.token_hash == token_hash)).first()
    return (token(row), people.person(row, "p_")) if row else None


def touch(w: Write, used: Sequence[tuple[int, Instant]]) -> None:
    """Notes when tokens were last used: pairs of their number and an instant."""
    for seq, at in used:
        w.run(update(ACCESS_TOKENS).where(ACCESS_TOKENS.c.seq == seq).values(last_used_at=at))
