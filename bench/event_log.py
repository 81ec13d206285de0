"""A long event log to search in: two organizations, common and rare types, things that often, seldom or never meet."""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from hyway.domain.audit import rules
from hyway.domain.audit.records import Reference

FIRST = 1_700_000_000_000_000
STEP = 1_000_000
"""One event each second."""
APPS, MEMBERS = 500, 97
RARE, ONCE = 9_973, 7
"""Every so manieth event makes a project; the seventh renames the organization."""
_AT_ONCE = 20_000
_EVENTS = (
    "id", "organization", "at", "via", "actor_kind", "actor_id", "actor_name", "action", "subject_kind",
    "subject_id", "data", "request_id", "member", "refs", "seq",
)  # fmt: skip
_REFERENCES = ("organization", "id", "kind", "action", "at", "event")
_PAIRS = ("organization", "pair", "action", "at", "event")
_SEARCHED = {"event_references": _REFERENCES, "event_pairs": _PAIRS}


class Happened(NamedTuple):
    """What event number `n` tells."""

    action: str
    noun: str
    subject: str
    app: str
    project: str
    member: str


def happened(n: int) -> Happened:
    """Pulls are half of all; an app is in one of two projects, which never meet."""
    app, member = f"app_{n % APPS:024x}", f"memb_{n * 7919 % MEMBERS:024x}"
    project = f"proj_{n % 2:024x}"
    if n == ONCE:
        return Happened("organization.renamed", "organization", "organization", app, project, member)
    if n % RARE == 0:
        return Happened("project.created", "project", project, app, project, member)
    if n % 4 == 3:
        return Happened("toggle.changed", "toggle", f"tgl_{n % 5_000:024x}", app, project, member)
    if n % 4 == 1:
        return Happened("app.changed", "app", app, app, project, member)
    return Happened("dotenv.pulled", "dotenv", f"denv_{n % 2_000:024x}", app, project, member)


def fill(url: str, logs: Sequence[tuple[int, int]]) -> None:
    """Writes so many events for each organization, with all that they are searched by, after those that are there.

    What they are searched by is put in order first: hours would pass in which an index is filled here and there.
    """
    with _writer(url) as (write, run):
        for table in _SEARCHED:
            run(f"CREATE TEMPORARY TABLE many_{table} AS SELECT * FROM {table} LIMIT 0")
        ((first,),) = run("SELECT coalesce(max(seq), 0) + 1 FROM events")
        for organization, count in logs:
            for begin in range(0, count, _AT_ONCE):
                some = [_rows(organization, n, first + n) for n in range(begin, min(begin + _AT_ONCE, count))]
                write("events", _EVENTS, [event for event, _, _ in some])
                write("many_event_references", _REFERENCES, [each for _, named, _ in some for each in named])
                write("many_event_pairs", _PAIRS, [each for _, _, pairs in some for each in pairs])
            first += count
        for table, names in _SEARCHED.items():
            listed = ", ".join(names)
            run(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM many_{table} ORDER BY {listed}")


def _rows(organization: int, n: int, seq: int) -> tuple[tuple[Any, ...], list[Any], list[Any]]:
    told, at = happened(n), FIRST + n * STEP
    also: list[Any] = [["App", told.app, {"name": "Shop"}], ["Project", told.project, {"name": "Store"}]]
    named = rules.each_once(
        [
            Reference(rules.kind(told.noun), told.subject),
            Reference("Member", told.member),
            *(Reference(*each) for each in also),
        ]
    )
    id = f"{seq:08x}-{organization:04x}-7000-8000-{seq * 7919:012x}"
    event = (
        id, organization, at, "hyphen", "person", f"person-{told.member}", "Somebody", told.action, told.noun,
        told.subject, '{"name": "Something", "changed": ["name"]}', f"request-{seq}", told.member,
        json.dumps(also), seq,
    )  # fmt: skip
    shared = (told.action, at, seq)
    return (
        event,
        [(organization, each.id, each.kind, *shared) for each in named],
        [(organization, pair, *shared) for pair in rules.pairs(named)],
    )


Write = Callable[[str, Sequence[str], Sequence[Any]], None]
Run = Callable[[str], list[Any]]


@contextlib.contextmanager
def _writer(url: str) -> Iterator[tuple[Write, Run]]:
    """What puts rows into a table, and what runs a statement."""
    with _sqlite(url) if url.startswith("sqlite") else _postgresql(url) as both:
        yield both


@contextlib.contextmanager
def _sqlite(url: str) -> Iterator[tuple[Write, Run]]:
    path = Path(url.removeprefix("sqlite:///"))
    with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-200000", "wal_autocheckpoint=50000"):
            connection.execute(f"PRAGMA {pragma}")

        def insert(table: str, names: Sequence[str], rows: Sequence[Any]) -> None:
            places = ", ".join("?" * len(names))
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows)
            connection.execute("COMMIT")

        yield insert, lambda statement: connection.execute(statement).fetchall()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def _postgresql(url: str) -> Iterator[tuple[Write, Run]]:
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as server:

        def copy(table: str, names: Sequence[str], rows: Sequence[Any]) -> None:
            with server.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as out:
                for row in rows:
                    out.write_row(row)

        def run(statement: str) -> list[Any]:
            done = server.execute(statement.encode())
            return done.fetchall() if done.description else []

        run("SET work_mem = '128MB'")
        yield copy, run
        run("SELECT setval('events_seq_seq', (SELECT max(seq) FROM events))")
        run("VACUUM ANALYZE")
