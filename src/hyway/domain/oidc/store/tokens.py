"""Statements about grants, codes and tokens."""

from typing import Any

from sqlalchemy import delete, select, update

from hyway.domain.oidc.records import Code, Grant, Refresh
from hyway.domain.oidc.store.tables import CODES, GRANTS, MACHINE_TOKENS, TOKENS
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_GRANT = ("seq", "id", "person", "client", "scope", "session", "user_agent", "address")
_TIMES = ("authenticated_at", "created_at", "seen_at", "expires_at")


def grant(row: Any, prefix: str = "") -> Grant:
    at = row._mapping
    return Grant(*(at[prefix + name] for name in (*_GRANT, *_TIMES)))


def add_grant(w: Write, row: dict[str, Any]) -> Grant:
    return grant(w.run(GRANTS.insert().returning(GRANTS), row).one())


def touch_grant(w: Write, seq: int, seen_at: Instant, expires_at: Instant) -> None:
    w.run(update(GRANTS).where(GRANTS.c.seq == seq).values(seen_at=seen_at, expires_at=expires_at))


def grants(r: Read, person: int, at: Instant) -> list[Grant]:
    """A person's that live, the one seen last first."""
    alive = select(GRANTS).where(GRANTS.c.person == person, GRANTS.c.expires_at > at)
    return [grant(row) for row in r.run(alive.order_by(GRANTS.c.seen_at.desc(), GRANTS.c.seq.desc()))]


def matching(
    r: Read,
    *,
    seq: int | None = None,
    id: str | None = None,
    person: int | None = None,
    client: str | None = None,
    session: str | None = None,
) -> list[int]:
    """The numbers of grants of which all that is said is true."""
    wanted = {"seq": seq, "id": id, "person": person, "client": client, "session": session}
    said = [GRANTS.c[name] == value for name, value in wanted.items() if value is not None]
    return list(r.run(select(GRANTS.c.seq).where(*said)).scalars()) if said else []


def drop_grants(w: Write, seqs: list[int]) -> list[str]:
    """The hashes of the access tokens that are gone with them."""
    gone = w.run(delete(TOKENS).where(TOKENS.c.given.in_(seqs)).returning(TOKENS.c.token_hash, TOKENS.c.kind))
    hashes = [row.token_hash for row in gone if row.kind == "access"]
    w.run(delete(GRANTS).where(GRANTS.c.seq.in_(seqs)))
    return hashes


def add_token(w: Write, token_hash: str, grant_seq: int, kind: str, expires_at: Instant) -> None:
    row = {"token_hash": token_hash, "given": grant_seq, "kind": kind, "expires_at": expires_at}
    w.run(TOKENS.insert(), row)


_WITH_GRANT = select(
    TOKENS.c.token_hash, TOKENS.c.kind, TOKENS.c.expires_at, TOKENS.c.used_at,
    *[c.label(f"g_{c.name}") for c in GRANTS.c],
).join_from(TOKENS, GRANTS)  # fmt: skip


def access(r: Read, token_hash: str) -> tuple[Grant, Instant] | None:
    """The grant of an access token, and when the token ends."""
    found = _WITH_GRANT.where(TOKENS.c.token_hash == token_hash, TOKENS.c.kind == "access")
    row = r.run(found).first()
    return (grant(row, "g_"), row.expires_at) if row else None


def refresh(r: Read, token_hash: str) -> Refresh | None:
    found = _WITH_GRANT.where(TOKENS.c.token_hash == token_hash, TOKENS.c.kind == "refresh")
    row = r.run(found).first()
    return Refresh(row.token_hash, grant(row, "g_"), row.expires_at, row.used_at) if row else None


def use_refresh(w: Write, token_hash: str, at: Instant) -> bool:
    """Whether this was its first use: of two at once, one's alone."""
    first = update(TOKENS).where(TOKENS.c.token_hash == token_hash, TOKENS.c.used_at.is_(None))
    return w.run(first.values(used_at=at).returning(TOKENS.c.token_hash)).first() is not None


def add_code(w: Write, row: dict[str, Any]) -> None:
    w.run(CODES.insert(), row)


def code(r: Read, code_hash: str) -> Code | None:
    row = r.run(select(CODES).where(CODES.c.code_hash == code_hash)).first()
    if row is None:
        return None
    return Code(
        row.code_hash, row.client, row.person, row.redirect_uri, row.scope, row.nonce, row.challenge,
        row.session, row.authenticated_at, row.expires_at, row.given,
    )  # fmt: skip


def use_code(w: Write, code_hash: str, given: int) -> bool:
    """Whether this was its first use: of two at once, one's alone."""
    first = update(CODES).where(CODES.c.code_hash == code_hash, CODES.c.given.is_(None))
    return w.run(first.values(given=given).returning(CODES.c.code_hash)).first() is not None


def drop_codes(w: Write, *, person: int | None = None, client: str | None = None) -> None:
    said = [CODES.c.person == person] if person is not None else []
    said += [CODES.c.client == client] if client is not None else []
    w.run(delete(CODES).where(*said))


def add_machine(w: Write, token_hash: str, secret_hash: str, expires_at: Instant) -> None:
    row = {"token_hash": token_hash, "secret_hash": secret_hash, "expires_at": expires_at}
    w.run(MACHINE_TOKENS.insert(), row)


def machine(r: Read, token_hash: str) -> tuple[str, Instant] | None:
    """The hash of the secret that a token was given for, and when the token ends."""
    row = r.run(select(MACHINE_TOKENS).where(MACHINE_TOKENS.c.token_hash == token_hash)).first()
    return (row.secret_hash, row.expires_at) if row else None


def drop_machine(w: Write, *, token_hash: str | None = None, secret_hash: str | None = None) -> list[str]:
    """The hashes of those that are gone."""
    column, value = (
        (MACHINE_TOKENS.c.token_hash, token_hash)
        if secret_hash is None
        else (MACHINE_TOKENS.c.secret_hash, secret_hash)
    )
    gone = delete(MACHINE_TOKENS).where(column == value).returning(MACHINE_TOKENS.c.token_hash)
    return list(w.run(gone).scalars())


def purge(w: Write, at: Instant) -> int:
    """Takes away what is over; how many grants that were. A code that comes again is known for a day."""
    w.run(delete(CODES).where(CODES.c.expires_at <= at - clock.DAY))
    w.run(delete(MACHINE_TOKENS).where(MACHINE_TOKENS.c.expires_at <= at))
    w.run(delete(TOKENS).where(TOKENS.c.expires_at <= at))
    over = select(GRANTS.c.seq).where(GRANTS.c.expires_at <= at)
    w.run(delete(TOKENS).where(TOKENS.c.given.in_(over)))
    return len(w.run(delete(GRANTS).where(GRANTS.c.expires_at <= at).returning(GRANTS.c.seq)).all())


def by_seqs(r: Read, seqs: list[int]) -> list[Grant]:
    return [grant(row) for row in r.run(select(GRANTS).where(GRANTS.c.seq.in_(seqs)))]


def drop_access(w: Write, token_hash: str) -> None:
    w.run(delete(TOKENS).where(TOKENS.c.token_hash == token_hash))
