"""Statements of work on connections: who has claimed one, and what came of it."""

import json
from collections.abc import Collection, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, case, or_, select, update

from hyway.domain.connections.records import Busy
from hyway.domain.connections.store import presence
from hyway.domain.connections.store.tables import CONNECTIONS, INTEGRATIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_C = CONNECTIONS.c
Kind = Literal["own", "people"]


class Due(NamedTuple):
    """`type` is that of the integration."""

    seq: int
    kind: Kind
    type: str
    integration: int


def free(r: Read, columns: Any, boot: str, now: Instant) -> ColumnElement[bool]:
    """What nobody works on, or somebody who is no more."""
    late: ColumnElement[bool] = columns.claimed_until < now
    left = columns.claimed_by != boot if r.engine == "sqlite" else presence.is_gone(columns, boot)
    return or_(late, left)


def may_start(columns: Any, busy: Busy) -> ColumnElement[bool]:
    """Of types and integrations that have not as much under way as they may."""
    types = INTEGRATIONS.c.type.not_in(sorted(busy.types))
    return and_(types, columns.integration.not_in(sorted(busy.integrations)))


def due(r: Read, boot: str, now: Instant, busy: Busy, most: int) -> list[Due]:
    """The longest due first."""
    found: list[tuple[Instant, Due]] = []
    kinds: tuple[tuple[Kind, Any], ...] = (("own", _C.next_at), ("people", _C.people_at))
    for kind, column in kinds:
        ready = [_C.status == "Ready"] if kind == "people" else []
        rows = r.run(
            select(_C.seq, _C.integration, INTEGRATIONS.c.type, column.label("at"))
            .join_from(CONNECTIONS, INTEGRATIONS, INTEGRATIONS.c.seq == _C.integration)
            .where(column <= now, free(r, _C, boot, now), may_start(_C, busy), *ready)
            .order_by(column)
            .limit(most)
        )
        found += [(row.at, Due(row.seq, kind, row.type, row.integration)) for row in rows]
    return [each for _, each in sorted(found)][:most]


def begin(w: Write, seq: int, boot: str, now: Instant, until: Instant) -> str | None:
    """Claims what is due of a connection's own and counts the try; its sealed code, or empty; None where there is
    nothing to do, or somebody else does it."""
    mine = (_C.seq == seq) & (_C.next_at <= now) & free(w, _C, boot, now)
    values = {"claimed_by": boot, "claimed_until": until, "attempts": _C.attempts + 1}
    row = w.run(update(CONNECTIONS).where(mine).values(values).returning(_C.seq, _C.code)).one_or_none()
    return None if row is None else row.code or ""


def begin_people(w: Write, seq: int, boot: str, now: Instant, until: Instant) -> Instant | None:
    """The same for who is to be in it: since when it is due."""
    mine = (_C.seq == seq) & (_C.people_at <= now) & (_C.status == "Ready") & free(w, _C, boot, now)
    values = {"claimed_by": boot, "claimed_until": until, "people_attempts": _C.people_attempts + 1}
    found: Instant | None = w.run(
        update(CONNECTIONS).where(mine).values(values).returning(_C.people_at)
    ).scalar_one_or_none()
    return found


def settle(w: Write, seq: int, was: str, at: Instant, errors: Sequence[str] = (), **values: Any) -> bool:
    """What came of a try, if the connection still has that status; nobody works on it any more."""
    row = {
        "errors": json.dumps(list(errors), ensure_ascii=False),
        "claimed_until": 0,
        "updated_at": at,
        **{name: json.dumps(v, ensure_ascii=False) if name in _JSON else v for name, v in values.items()},
    }
    mine = (_C.seq == seq) & (_C.status == was)
    return (
        w.run(update(CONNECTIONS).where(mine).values(row).returning(_C.seq)).scalar_one_or_none() is not None
    )


_JSON = ("config", "emails")


def found_late(w: Write, seq: int, remote: str, at: Instant) -> None:
    """What was made of a connection that is to go by now: so that it is taken away."""
    mine = (_C.seq == seq) & (_C.status == "Decommissioning")
    w.run(update(CONNECTIONS).where(mine).values(remote=remote, claimed_until=0, updated_at=at))


def renew(w: Write, seq: int, boot: str, until: Instant) -> bool:
    """Whether it is there and claimed still; it is for so long, then."""
    mine = (_C.seq == seq) & (_C.status == "Ready") & (_C.claimed_by == boot) & (_C.claimed_until > 0)
    held = update(CONNECTIONS).where(mine).values(claimed_until=until).returning(_C.seq)
    return w.run(held).scalar_one_or_none() is not None


def release(w: Write, seq: int) -> None:
    w.run(update(CONNECTIONS).where(_C.seq == seq).values(claimed_until=0))


def people_done(
    w: Write, seq: int, since: Instant, again_at: Instant | None, errors: Sequence[str] = ()
) -> None:
    """They are right, as they were to be when it began; or it is looked at again."""
    rest = case((_C.people_at == since, again_at), else_=_C.people_at)
    tries = 0 if again_at is None else _C.people_attempts
    w.run(
        update(CONNECTIONS)
        .where(_C.seq == seq)
        .values(people_at=rest, people_attempts=tries, claimed_until=0)
        .values(errors=json.dumps(list(errors), ensure_ascii=False))
    )


def look_at_integration(w: Write, integration: int, types: Collection[str], at: Instant) -> None:
    """Who is in what of an integration is looked at soon."""
    _look_at(w, (_C.integration == integration) & _C.type.in_(sorted(types)), at)


def look_at_entity(w: Write, organization: int, entity: str, types: Collection[str], at: Instant) -> None:
    """Who is in what an entity is connected to is looked at soon."""
    _look_at(w, (_C.organization == organization) & (_C.entity == entity) & _C.type.in_(sorted(types)), at)


def look_at_all(w: Write, organization: int, types: Collection[str], at: Instant) -> None:
    """Who is in whatever an organization is connected to is looked at soon."""
    _look_at(w, (_C.organization == organization) & _C.type.in_(sorted(types)), at)


def look_at_everything(w: Write, types: Collection[str], at: Instant) -> None:
    """Whatever is not to be looked at yet, anywhere."""
    _look_at(w, _C.type.in_(sorted(types)) & _C.people_at.is_(None), at)


def _look_at(w: Write, where: ColumnElement[bool], at: Instant) -> None:
    # What waits already waits no longer for it; but who looks just now may have looked too early.
    waits = (_C.claimed_until == 0) & (_C.people_at <= at)
    when = case((waits, _C.people_at), else_=at)
    w.run(update(CONNECTIONS).where(where, _C.status == "Ready").values(people_at=when, people_attempts=0))


def people_tries(r: Read, seq: int) -> int:
    """How often they were looked at in vain."""
    return r.run(select(_C.people_attempts).where(_C.seq == seq)).scalar_one_or_none() or 0
