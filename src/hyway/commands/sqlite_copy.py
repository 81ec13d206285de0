"""A SQLite database into a folder and back, beside a running server."""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from hyway.commands import shared
from hyway.kernel.faults import Fault
from hyway.settings import Settings

NAME = "hyway.db"
_PAGES = 4096
Went = Callable[[int], None]


def size(settings: Settings) -> int:
    """Bytes to copy, about."""
    return shared.sqlite_file(settings).stat().st_size


def dump(settings: Settings, folder: Path, went: Went) -> tuple[str, dict[str, int]]:
    """One moment of the database as a file; its revision and its rows by table."""
    done = 0

    def progress(_status: int, left: int, total: int) -> None:
        nonlocal done
        went((total - left - done) * 4096)
        done = total - left

    target = folder / NAME
    with (
        closing(sqlite3.connect(shared.sqlite_file(settings), isolation_level=None)) as source,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        # A snapshot held open: without it each write of the server would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=_PAGES, progress=progress, sleep=0)
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")
    return check(target)


def check(path: Path) -> tuple[str, dict[str, int]]:
    """The revision and the rows by table of a whole database; a Fault for a damaged one."""
    with closing(sqlite3.connect(path)) as connection:
        told = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        if told != ["ok"]:
            raise Fault("the database is damaged: {why}", why="; ".join(told))
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        ).fetchall()
        quoted = {name: '"' + name.replace('"', '""') + '"' for (name,) in tables}
        counts = {
            name: int(connection.execute(f"SELECT count(*) FROM {each}").fetchone()[0])  # noqa: S608
            for name, each in quoted.items()
        }
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0], counts


def occupied(settings: Settings) -> list[Path]:
    """What a restore would overwrite. The server is stopped: what its log holds is folded into the files."""
    found = [path for path in (shared.sqlite_file(settings), settings.data / "jobs.db") if path.exists()]
    for path in found:
        # A damaged file is kept as it is, with its log.
        with contextlib.suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    logs = [path.with_name(path.name + end) for path in found for end in ("-wal", "-shm")]
    return [path for path in (*found, *logs, settings.key_file) if path.exists()]


def load(settings: Settings, folder: Path) -> None:
    """Puts the copy in its place."""
    file = shared.sqlite_file(settings)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.replace(folder / NAME, file)
