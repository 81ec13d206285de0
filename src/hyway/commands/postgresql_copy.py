"""A PostgreSQL database into a folder and back: every table by COPY, out of one snapshot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from hyway.kernel import clock, migrate
from hyway.kernel.faults import Fault
from hyway.settings import Settings

FOLDER = "tables"
_CHUNK = 1 << 20
_VERSION = "alembic_version"
Went = Callable[[int], None]
Connection = psycopg.Connection[tuple[Any, ...]]

_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
_REFERENCES = """
    SELECT a.relname, b.relname FROM pg_constraint c
    JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid
    WHERE c.contype = 'f' AND a.relnamespace = current_schema()::regnamespace"""
_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER'
    ORDER BY ordinal_position"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    """One transaction of one connection."""
    with psycopg.connect(settings.database_url.replace("+psycopg", "", 1)) as connection:
        yield connection


def size(settings: Settings) -> int:
    """Bytes to copy, about: what the tables take on disk."""
    with connected(settings) as connection:
        row = connection.execute(
            "SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        ).fetchone()
    return int(row[0]) if row else 0


def dump(settings: Settings, folder: Path, went: Went) -> tuple[str, dict[str, int], dict[str, int]]:
    """One moment of the database as files; its revision, its rows by table, its sequences."""
    (folder / FOLDER).mkdir(mode=0o700)
    with connected(settings) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is None:
            raise Fault("the database has no revision; run hyway migrate")
        counts = {name: _out(connection, name, folder / FOLDER / name, went) for name in _tables(connection)}
        found = connection.execute(_SEQUENCES).fetchall()
    return row[0], counts, {name: last for name, last in found if last is not None}


def _tables(connection: Connection) -> list[str]:
    """Those that others refer to come first."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for (name,) in connection.execute(_TABLES):
        order.add(name)
    for name, needs in connection.execute(_REFERENCES):
        if name != needs:
            order.add(name, needs)
    return [name for name in order.static_order() if name != _VERSION]


def _columns(connection: Connection, table: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for (name,) in connection.execute(_COLUMNS, [table]))


def _out(connection: Connection, table: str, path: Path, went: Went) -> int:
    """The rows; column names stand in the first line, so that a restore does not depend on their order."""
    columns = _columns(connection, table)
    wanted = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), columns)
    with path.open("wb") as file, connection.cursor() as cursor:
        file.write(columns.as_string(connection).encode() + b"\n")
        with cursor.copy(wanted) as rows:
            for piece in rows:
                file.write(piece)
                went(len(piece))
        return cursor.rowcount


def check_free(settings: Settings) -> bool:
    """Whether the database is empty; a Fault when somebody else is connected."""
    with connected(settings) as connection:
        row = connection.execute(_OTHERS).fetchone()
        if row and row[0]:
            raise Fault("{count} others are connected to the database; stop the servers first", count=row[0])
        return connection.execute(_TABLES).fetchone() is None


def put_aside(settings: Settings) -> list[str]:
    """Keeps what is there as schemas of another name; gives their names."""
    stamp = clock.text(clock.now())[:19].translate({ord(c): None for c in "-:T"})
    kept = []
    with connected(settings) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
        ours = row[0] if row else "public"
        for name in (ours, "dbos"):
            if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name]).fetchone():
                kept.append(f"{name}_before_restore_{stamp}")
                moved = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
                connection.execute(moved.format(sql.Identifier(name), sql.Identifier(kept[-1])))
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(ours)))
    return kept


def load(
    settings: Settings,
    folder: Path,
    revision: str,
    counts: dict[str, int],
    sequences: dict[str, int],
    went: Went,
) -> None:
    """Makes the tables as they were at the revision and fills them, in one transaction."""
    migrate.upgrade(settings.database_url, revision)
    with connected(settings) as connection:
        for table in _tables(connection):
            if table not in counts:
                raise Fault("the backup lacks the table {table}", table=table)
            found = _in(connection, table, folder / FOLDER / table, went)
            if found != counts[table]:
                text = "{table} has {found} rows where the backup counted {wanted}"
                raise Fault(text, table=table, found=found, wanted=counts[table])
        for name, last in sequences.items():
            connection.execute("SELECT setval(%s::regclass, %s)", [sql.Identifier(name).as_string(), last])
    with psycopg.connect(settings.database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("ANALYZE")


def _in(connection: Connection, table: str, path: Path, went: Went) -> int:
    with path.open("rb") as file, connection.cursor() as cursor:
        # The names come out of the backup: quoted anew, whatever they are.
        names = [name.strip().strip('"') for name in file.readline().decode().split(",")]
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        wanted = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with cursor.copy(wanted) as rows:
            while piece := file.read(_CHUNK):
                rows.write(piece)
                went(len(piece))
        return cursor.rowcount
