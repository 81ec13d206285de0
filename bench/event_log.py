"""A long event log to search in: two organizations, common and rare types, things that often, seldom or never meet."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
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


def fill(url: str, organization: int, count: int, first: int) -> None:
    """Writes so many events, numbered from `first` on, with all that they are searched by."""
    numbers = iter(range(count))
    with _writer(url) as write:
        while some := list(islice(numbers, _AT_ONCE)):
            events, references, pairs = [], [], []
            for n in some:
                event, named, pairs_of = _rows(organization, n, first + n)
                events.append(event)
                references += named
                pairs += pairs_of
            write("events", _EVENTS, events)
            write("event_references", _REFERENCES, sorted(references))
            write("event_pairs", _PAIRS, sorted(pairs))


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


@contextlib.contextmanager
def _writer(url: str) -> Iterator[Any]:
    if url.startswith("sqlite"):
        with contextlib.closing(
            sqlite3.connect(Path(url.removeprefix("sqlite:///")), timeout=60)
        ) as connection:
            for pragma in ("synchronous=OFF", "cache_size=-400000", "wal_autocheckpoint=50000"):
                connection.execute(f"PRAGMA {pragma}")

            def insert(table: str, names: Sequence[str], rows: Sequence[Any]) -> None:
                places = ", ".join("?" * len(names))
                with connection:
                    connection.executemany(
                        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows
                    )

            yield insert
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as server:

        def copy(table: str, names: Sequence[str], rows: Sequence[Any]) -> None:
            with server.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as out:
                for row in rows:
                    out.write_row(row)

        yield copy
        server.execute("SELECT setval('events_seq_seq', (SELECT max(seq) FROM events))")
        server.execute("VACUUM ANALYZE")
