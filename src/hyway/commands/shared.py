"""What the commands share: settings, the open database, the lock of a data folder, and two voices.

Answers go to standard output, words about them to standard error.
"""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from hyway import main
from hyway.commands.archive import Went
from hyway.domain import identity
from hyway.kernel import migrate
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault
from hyway.observe import clean
from hyway.settings import Settings

Data = Annotated[
    Path | None,
    Parameter(
        name="--data", help="The folder of the database and the key file (HYWAY_DATA). [default: ./var]"
    ),
]
words = Console(stderr=True, highlight=False, soft_wrap=True)
"""Where commands speak to people."""


def settings_of(data: Path | None, listens: str | None = None) -> Settings:
    """The environment's settings with what the command line said, and where a running server listens."""
    read = Settings.read(os.environ, data, listens)
    where = None if listens else running(read)
    return Settings.read(os.environ, data, where) if where and where.startswith("http") else read


def tell(*cells: object) -> None:
    """One line of an answer; cells are parted by tabs."""
    print(*cells, sep="\t", flush=True)


@contextlib.contextmanager
def opened(data: Path | None) -> Iterator[Database]:
    """The database of a running or stopped server; a Fault when there is none, or not one of this program."""
    settings = settings_of(data)
    check_present(settings)
    db = main.open_database(settings, threads=1)
    try:
        yield db
    finally:
        db.close()


def prepare(settings: Settings) -> tuple[str | None, str | None]:
    """Makes or migrates what is needed; the revisions before and after. A Fault for a newer database."""
    before = revision(settings) if not settings.is_sqlite or sqlite_file(settings).exists() else None
    if before is not None and not migrate.known(before):
        text = "the database at {place} was made by a newer Hyway (revision {revision}); install that one"
        raise Fault(text, place=place(settings), revision=before)
    main.prepare(settings)
    return before, migrate.newest()


def check_present(settings: Settings) -> None:
    """A Fault unless the database is there and at the revision of this program."""
    found = None
    if not settings.is_sqlite or sqlite_file(settings).exists():
        found = revision(settings)
    if found is None:
        raise Fault("there is no Hyway database at {place} yet; begin with hyway up", place=place(settings))
    if found != migrate.newest():
        raise Fault("the database at {place} is of another version; run hyway migrate", place=place(settings))
    if not settings.key_file.exists():
        text = "the key file {file} is missing; without it stored secrets cannot be opened"
        raise Fault(text, file=settings.key_file)


def revision(settings: Settings) -> str | None:
    """The revision of the database, None for an empty one; a Fault when it does not answer."""
    try:
        return migrate.current(settings.database_url)
    except Exception as error:
        # Each driver has its own tree of errors; whatever it was, the database is not to be had.
        why = clean(str(error)).strip().splitlines()[0]
        raise Fault(
            "the database at {place} does not answer: {why}", place=place(settings), why=why
        ) from None


def place(settings: Settings) -> str:
    """Where the database is, without a password."""
    return str(sqlite_file(settings)) if settings.is_sqlite else clean(settings.database_url)


def sqlite_file(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def caller(db: Database, org: str | None) -> identity.Caller:
    """This command, acting for the organization of that name, or for the only one."""
    return identity.command_line(db.read_now(identity.organization_named, org))


@contextlib.contextmanager
def holding(settings: Settings, url: str) -> Iterator[None]:
    """Makes this process the one server of the data folder, listening at `url`; a Fault if there is one."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.data / "lock").open("a+") as file:
        if not _locked(file):
            file.seek(0)
            where = file.read().strip() or "another address"
            text = "a server is running on {data} already, at {where}; one SQLite file has one server"
            raise Fault(text, data=settings.data, where=where)
        file.truncate(0)
        file.write(url + "\n")
        file.flush()
        yield


def running(settings: Settings) -> str | None:
    """Where the server of this data folder listens; None when none runs."""
    try:
        with (settings.data / "lock").open("r+") as file:
            if _locked(file):
                return None
            file.seek(0)
            return file.read().strip() or None
    except FileNotFoundError:
        return None


def _locked(file: IO[str]) -> bool:
    """The system lets go of it when the process ends, however it ends."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Went]:
    """A bar on standard error while it is a terminal; told how many bytes more are done."""
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=words, transient=True, disable=not words.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)


def first_line_of_input() -> str:
    """What was piped in, up to the end of its first line."""
    return sys.stdin.readline().rstrip("\r\n")
