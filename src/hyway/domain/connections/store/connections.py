"""Statements of connections: how they are shown, made, and let go of."""

import json
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update

from hyway.domain.connections.records import (
    AccessQuery,
    Connection,
    ConnectionAccess,
    ConnectionQuery,
    ConnectionType,
    Entity,
    Integration,
    Resource,
)
from hyway.domain.connections.store.tables import CONNECTION_ACCESS, CONNECTIONS, INTEGRATIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_C, _I, _A = CONNECTIONS.c, INTEGRATIONS.c, CONNECTION_ACCESS.c
_SHOWN = select(CONNECTIONS, _I.id.label("integration_id"), _I.type.label("integration_type")).join_from(
    CONNECTIONS, INTEGRATIONS, _I.seq == _C.integration
)


def add(
    w: Write,
    of: Integration,
    id: str,
    type: ConnectionType,
    entity: Entity,
    project: str | None,
    input: str,
    made_by: str,
    at: Instant,
) -> Connection:
    """To be worked on at once."""
    row = {
        "id": id,
        "organization": of.organization,
        "integration": of.seq,
        "status": "Pending",
        "type": type,
        "entity_kind": entity.kind,
        "entity": entity.id,
        "entity_name": entity.name,
        "email": entity.email,
        "project": project,
        "input": input,
        "remote": "",
        "config": "{}",
        "errors": "[]",
        "is_retryable": 0,
        "emails": "[]",
        "attempts": 0,
        "next_at": at,
        "people_attempts": 0,
        "claimed_until": 0,
        "created_at": at,
        "created_by": made_by,
        "updated_at": at,
    }
    seq = w.run(insert(CONNECTIONS).values(row).returning(_C.seq)).scalar_one()
    return _one(w, _C.seq == seq)


def find(r: Read, organization: int, integration: int, id: str) -> Connection | None:
    return _or_none(r, (_C.organization == organization) & (_C.integration == integration) & (_C.id == id))


def numbered(r: Read, seq: int) -> Connection | None:
    return _or_none(r, _C.seq == seq)


def same(r: Read, integration: int, type: str, entity: str, input: str) -> Connection | None:
    mine = (_C.integration == integration) & (_C.type == type)
    return _or_none(r, mine & (_C.entity == entity) & (_C.input == input))


def page(r: Read, organization: int, query: ConnectionQuery) -> tuple[list[Connection], int]:
    where = [_C.organization == organization, *_filters(query)]
    count = select(func.count()).select_from(_SHOWN.where(*where).subquery())
    found = _SHOWN.where(*where).order_by(_C.seq).offset(query.offset).limit(query.limit)
    return [_connection(row) for row in r.run(found)], int(r.run(count).scalar_one())


def _filters(query: ConnectionQuery) -> list[ColumnElement[bool]]:
    given = (
        (_C.project, query.projects),
        (_I.id, query.integrations),
        (_I.type, query.integration_types),
        (_C.entity, query.entities),
        (_C.type, query.types),
        (_C.id, query.connections),
        (_C.status, query.statuses),
    )
    return [column.in_(sorted(values)) for column, values in given if values]


def these(r: Read, where: ColumnElement[bool]) -> list[Connection]:
    return [_connection(row) for row in r.run(_SHOWN.where(where).order_by(_C.seq))]


def alike(r: Read, integration: int, type: str, entity: str) -> list[Connection]:
    """Those of an entity to things of a type."""
    return these(r, (_C.integration == integration) & (_C.type == type) & (_C.entity == entity))


def imported(w: Write, seq: int, of: Resource, at: Instant, has_people: bool) -> None:
    """It is there at the vendor's; who is to be in it is looked at next."""
    told = json.dumps({"name": of.name} if of.name else {}, ensure_ascii=False)
    values: dict[str, Any] = {"status": "Ready", "remote": of.id, "config": told, "next_at": None}
    values |= {"people_at": at if has_people else None}
    w.run(update(CONNECTIONS).where(_C.seq == seq).values(values))


def ready_of(r: Read, integration: int, type: str) -> list[Connection]:
    """Those of an integration that are ready, of one type."""
    return these(r, (_C.integration == integration) & (_C.type == type) & (_C.status == "Ready"))


def of_integration(r: Read, integration: int) -> list[Connection]:
    return these(r, _C.integration == integration)


def of_entity(r: Read, organization: int, entity: str) -> list[Connection]:
    """Whatever an entity is connected to."""
    return these(r, (_C.organization == organization) & (_C.entity == entity))


def access_page(r: Read, organization: int, query: AccessQuery) -> tuple[list[ConnectionAccess], int]:
    given = (
        (CONNECTIONS.c.id, _A.connection, query.entity_connections),
        (CONNECTIONS.c.id, _A.assignment, query.assignment_connections),
        (CONNECTIONS.c.entity, _A.connection, query.entities),
        (CONNECTIONS.c.entity, _A.assignment, query.assignments),
    )
    where: list[ColumnElement[bool]] = [_A.organization == organization, _A.assignment.is_not(None)]
    for column, side, values in given:
        if values:
            where.append(side.in_(select(_C.seq).where(column.in_(sorted(values)))))
    found = select(CONNECTION_ACCESS).where(*where).order_by(_A.seq)
    total = r.run(select(func.count()).select_from(CONNECTION_ACCESS).where(*where)).scalar_one()
    return access_of(r, found.offset(query.offset).limit(query.limit)), int(total)


def access_of(r: Read, found: Select[Any]) -> list[ConnectionAccess]:
    """The rows with the connections that they are between."""
    rows = list(r.run(found))
    seqs = sorted({s for row in rows for s in (row.connection, row.assignment) if s is not None})
    between = {each.seq: each for each in these(r, _C.seq.in_(seqs))} if seqs else {}
    return [_access(row, between) for row in rows]


def take_code(w: Write, seq: int, sealed: str, at: Instant, later: Instant) -> bool:
    """Whether the connection waits for one; it is due `later`."""
    mine = (_C.seq == seq) & (_C.status == "AwaitingVerification")
    values = {"code": sealed, "next_at": at + later, "attempts": 0, "errors": "[]", "updated_at": at}
    return (
        w.run(update(CONNECTIONS).where(mine).values(values).returning(_C.seq)).scalar_one_or_none()
        is not None
    )


def begin_end(w: Write, seq: int, at: Instant) -> bool:
    """Whether there may be something to take away at the vendor's: then it is done from now on.

    What was never tried is as it was when it was made.
    """
    may_be = (_C.remote != "") | (_C.attempts > 0) | (_C.updated_at > _C.created_at)
    values = {"status": "Decommissioning", "next_at": at, "people_at": None, "updated_at": at}
    more = {"attempts": 0, "errors": "[]", "is_retryable": 0, "code": None}
    found = update(CONNECTIONS).where(_C.seq == seq, may_be).values(values | more).returning(_C.seq)
    return w.run(found).scalar_one_or_none() is not None


def restart(w: Write, seq: int, at: Instant) -> bool:
    """Whether it may be tried again, now."""
    values = {"status": "Pending", "next_at": at, "attempts": 0, "errors": "[]", "updated_at": at}
    mine = (_C.seq == seq) & (_C.is_retryable == 1) & _C.status.in_(("Failed", "Pending"))
    again = update(CONNECTIONS).where(mine).values(is_retryable=0, **values).returning(_C.seq)
    return w.run(again).scalar_one_or_none() is not None


def drop(w: Write, seq: int) -> bool:
    """Whether it was there. Who it let in stays at the vendor's; whom it was itself, in what others let it into, is
    looked at again."""
    # Whoever writes down just now who is in it, or whom it stands for, is waited for.
    if w.run(select(_C.seq).where(_C.seq == seq).with_for_update()).scalar_one_or_none() is None:
        return False
    others = select(_A.connection).where(_A.assignment == seq)
    w.run(update(CONNECTIONS).where(_C.seq.in_(others), _C.status == "Ready").values(people_at=0))
    w.run(update(CONNECTION_ACCESS).where(_A.assignment == seq).values(assignment=None))
    w.run(delete(CONNECTION_ACCESS).where(_A.connection == seq))
    w.run(delete(CONNECTIONS).where(_C.seq == seq))
    return True


def rename(w: Write, organization: int, entity: str, name: str, email: str = "") -> None:
    """What an entity is called by now, and a member's address."""
    mine = (_C.organization == organization) & (_C.entity == entity)
    other = (_C.entity_name != name) | (_C.email != email)
    w.run(update(CONNECTIONS).where(mine, other).values(entity_name=name, email=email))


def _or_none(r: Read, where: ColumnElement[bool]) -> Connection | None:
    row = r.run(_SHOWN.where(where)).one_or_none()
    return _connection(row) if row else None


def _one(r: Read, where: ColumnElement[bool]) -> Connection:
    return _connection(r.run(_SHOWN.where(where)).one())


def _connection(row: Row[Any]) -> Connection:
    return Connection(
        seq=row.seq,
        id=row.id,
        organization=row.organization,
        integration=row.integration,
        status=row.status,
        type=row.type,
        entity=Entity(row.entity_kind, row.entity, row.entity_name, row.email),
        input=row.input,
        remote=row.remote,
        config=json.loads(row.config),
        errors=tuple(json.loads(row.errors)),
        is_retryable=bool(row.is_retryable),
        verification_emails=tuple(json.loads(row.emails)),
        created_at=row.created_at,
        updated_at=row.updated_at,
        integration_id=row.integration_id,
        integration_type=row.integration_type,
        project=row.project,
        attempts=row.attempts,
        next_at=row.next_at,
    )


def _access(row: Row[Any], between: dict[int, Connection]) -> ConnectionAccess:
    return ConnectionAccess(
        row.seq,
        row.id,
        row.status,
        between[row.connection],
        between.get(row.assignment) if row.assignment is not None else None,
        row.holder,
        row.who,
        tuple(json.loads(row.errors)),
        row.created_at,
        row.updated_at,
    )


def entities(r: Read, organization: int, kind: str) -> set[str]:
    """The ids of those of a kind that are connected to anything."""
    mine = (_C.organization == organization) & (_C.entity_kind == kind)
    return set(r.run(select(_C.entity).where(mine).distinct()).scalars())
