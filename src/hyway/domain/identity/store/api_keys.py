"""Statements about programs' keys and their secrets."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update

from hyway.domain.identity.store.access_tables import ACCESS, API_KEY_SECRETS, API_KEYS
from hyway.domain.identity.store.tables import ORGANIZATIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

_SHOWN = (API_KEYS.c.seq, API_KEYS.c.id, API_KEYS.c.member_id, API_KEYS.c.name, API_KEYS.c.created_at)
_CALLER = (
    API_KEYS.c.organization,
    ORGANIZATIONS.c.plan,
    API_KEYS.c.id,
    API_KEYS.c.member_id,
    API_KEYS.c.name,
    API_KEY_SECRETS.c.seq,
)
_WHO = (
    select(*_CALLER)
    .join_from(API_KEY_SECRETS, API_KEYS, API_KEYS.c.seq == API_KEY_SECRETS.c.api_key)
    .join(ORGANIZATIONS, ORGANIZATIONS.c.seq == API_KEYS.c.organization)
    .where(API_KEY_SECRETS.c.token_hash == bindparam("token_hash"), ORGANIZATIONS.c.closed_at.is_(None))
)
_BY_HASH = Prepared(_WHO, ("token_hash",))
_BY_ID_AND_HASH = Prepared(_WHO.where(API_KEYS.c.id == bindparam("id")), ("token_hash", "id"))


def add(w: Write, organization: int, name: str, by: str, at: Instant) -> Any:
    """The new row: seq, id, member_id, name, created_at."""
    row = {"organization": organization, "name": name, "created_by": by, "created_at": at}
    return w.run(API_KEYS.insert().returning(*_SHOWN), row).one()


def page(
    r: Read, organization: int, name_prefix: str, offset: int, limit: int | None
) -> tuple[list[Any], int]:
    """Those whose name begins so, in whichever case, oldest first; and how many there are."""
    chosen = _named(organization, name_prefix)
    found = select(*_SHOWN).where(*chosen).order_by(API_KEYS.c.seq).offset(offset)
    total = r.run(select(func.count()).select_from(API_KEYS).where(*chosen)).scalar_one()
    return list(r.run(found.limit(limit) if limit is not None else found)), int(total)


def _named(organization: int, name_prefix: str) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [API_KEYS.c.organization == organization]
    if name_prefix:
        chosen.append(API_KEYS.c.name.istartswith(name_prefix, autoescape=True))
    return chosen


def find(r: Read, organization: int, id: str) -> Any | None:
    return r.run(select(*_SHOWN).where(API_KEYS.c.organization == organization, API_KEYS.c.id == id)).first()


def secrets(r: Read, keys: Iterable[int]) -> Sequence[Any]:
    """Of these keys, oldest first."""
    found = select(API_KEY_SECRETS).where(API_KEY_SECRETS.c.api_key.in_(list(keys)))
    return r.run(found.order_by(API_KEY_SECRETS.c.seq)).all()


def roles(r: Read, organization: int, entity: str, keys: Iterable[int]) -> dict[int, str]:
    """The roles of these keys on an entity, by key."""
    held = (ACCESS.c.organization == organization) & (ACCESS.c.entity == entity)
    held &= (ACCESS.c.holder_kind == "api_key") & ACCESS.c.holder.in_(list(keys))
    return {row.holder: row.roles for row in r.run(select(ACCESS.c.holder, ACCESS.c.roles).where(held))}


def lock(w: Write, organization: int, id: str) -> Any | None:
    """The key, while nobody else changes it."""
    chosen = select(*_SHOWN).where(API_KEYS.c.organization == organization, API_KEYS.c.id == id)
    return w.run(chosen.with_for_update()).first()


def add_secret(w: Write, key: int, token_hash: str, hint: str, at: Instant) -> Any:
    row = {"api_key": key, "token_hash": token_hash, "hint": hint, "created_at": at}
    return w.run(API_KEY_SECRETS.insert().returning(API_KEY_SECRETS), row).one()


def drop_secret(w: Write, key: int, id: str) -> str | None:
    """Its hash, None where the key has no such secret."""
    gone = delete(API_KEY_SECRETS).where(API_KEY_SECRETS.c.api_key == key, API_KEY_SECRETS.c.id == id)
    return w.run(gone.returning(API_KEY_SECRETS.c.token_hash)).scalar_one_or_none()


def drop(w: Write, organization: int, key: int) -> list[str]:
    """The key and its secrets; the hashes of these."""
    secrets_gone = delete(API_KEY_SECRETS).where(API_KEY_SECRETS.c.api_key == key)
    hashes = list(w.run(secrets_gone.returning(API_KEY_SECRETS.c.token_hash)).scalars())
    w.run(delete(API_KEYS).where(API_KEYS.c.organization == organization, API_KEYS.c.seq == key))
    w.changed("access", str(organization))
    return hashes


def hashes(r: Read, organization: int) -> list[str]:
    """Of all secrets of its keys."""
    keys = select(API_KEYS.c.seq).where(API_KEYS.c.organization == organization)
    found = select(API_KEY_SECRETS.c.token_hash).where(API_KEY_SECRETS.c.api_key.in_(keys))
    return list(r.run(found).scalars())


def drop_secrets(w: Write, organization: int) -> list[str]:
    """All of an organization: its keys open nothing any more. The hashes of the secrets."""
    keys = select(API_KEYS.c.seq).where(API_KEYS.c.organization == organization)
    gone = delete(API_KEY_SECRETS).where(API_KEY_SECRETS.c.api_key.in_(keys))
    return list(w.run(gone.returning(API_KEY_SECRETS.c.token_hash)).scalars())


def by_hash(r: Read, token_hash: str) -> Sequence[Any] | None:
    """Organization, plan, id, the id of its member, name, and the number of the secret."""
    return next(iter(r.rows(_BY_HASH, token_hash)), None)


def by_id_and_hash(r: Read, id: str, token_hash: str) -> Sequence[Any] | None:
    """The same, where the secret is this key's."""
    return next(iter(r.rows(_BY_ID_AND_HASH, token_hash, id)), None)


def touch(w: Write, used: Sequence[tuple[int, Instant]]) -> None:
    """Notes when secrets were last used: pairs of their number and an instant."""
    for seq, at in used:
        w.run(update(API_KEY_SECRETS).where(API_KEY_SECRETS.c.seq == seq).values(last_used_at=at))
