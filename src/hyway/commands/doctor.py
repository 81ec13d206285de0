"""The doctor's questions: each gives a finding, with what to do where something is wrong."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg

from hyway import main, worker
from hyway.commands import shared
from hyway.domain import identity, links, netinfo, packages
from hyway.kernel import clock, migrate
from hyway.kernel.blobs import Away
from hyway.kernel.faults import Fault
from hyway.settings import Settings

Mark = Literal["ok", "warn", "fail"]
Ask = Callable[[str], list[tuple[Any, ...]]]

LITTLE_DISK, TIGHT_DISK = 1 << 30, 100 << 20
SLOW_FSYNC = 0.02
BACKLOG_WARNS, BACKLOG_OLD = 10_000, 10 * clock.MINUTE
OLD_PLACES = 400 * clock.DAY
CLOCK_SLACK = clock.MINUTE
MARKS_KEPT = 20
READ_WHOLE = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """`todo` is empty where all is well."""

    about: str
    mark: Mark
    words: str
    todo: str = ""

    def row(self) -> dict[str, str]:
        return asdict(self)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, as it is made; what needs the database is left out where it does not answer."""
    yield from (_data(settings), _public_url(settings), _key_file(settings), _disk(settings))
    yield from (_fsync(settings), _places(settings))
    try:
        found = shared.revision(settings) if _present(settings) else None
    except Fault as fault:
        yield Finding("database", "fail", fault.message, "start it, or mend HYWAY_DATABASE_URL")
        return
    yield _migration(settings, found)
    if found == migrate.newest():
        yield from (_sqlite if settings.is_sqlite else _postgresql)(settings)


def _present(settings: Settings) -> bool:
    return not settings.is_sqlite or shared.sqlite_file(settings).exists()


def _data(settings: Settings) -> Finding:
    if not settings.data.is_dir():
        return Finding(
            "data folder", "fail", f"{settings.data} is not there", "run hyway up, or set HYWAY_DATA"
        )
    mode = settings.data.stat().st_mode & 0o777
    if not os.access(settings.data, os.W_OK):
        return Finding(
            "data folder", "fail", f"{settings.data} cannot be written", "give it to the server's user"
        )
    if mode & 0o077:
        return Finding(
            "data folder", "warn", f"others may look into {settings.data}", f"chmod 700 {settings.data}"
        )
    return Finding("data folder", "ok", str(settings.data))


def _public_url(settings: Settings) -> Finding:
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost") or host.startswith("127."):
        return Finding(
            "public URL",
            "warn",
            f"short links begin with {settings.public_url}, which works on this machine alone",
            "set HYWAY_PUBLIC_URL before you hand out links",
        )
    if parts.scheme != "https":
        todo = "put TLS in front and set HYWAY_PUBLIC_URL=https://…"
        return Finding("public URL", "warn", f"{settings.public_url} is not encrypted", todo)
    return Finding("public URL", "ok", settings.public_url)


def _key_file(settings: Settings) -> Finding:
    path = settings.key_file
    if not path.exists():
        return Finding(
            "key file", "fail", f"{path} is not there", "restore it from a backup, or run hyway up once"
        )
    if path.stat().st_mode & 0o077:
        return Finding("key file", "fail", f"others may read {path}", f"chmod 600 {path}")
    return Finding("key file", "ok", f"{path}, for its owner alone")


def _disk(settings: Settings) -> Finding:
    where = settings.data if settings.data.is_dir() else settings.data.parent
    free = shutil.disk_usage(where if where.is_dir() else "/").free
    words = f"{free / (1 << 30):.1f} GiB free"
    if free < TIGHT_DISK:
        return Finding("disk", "fail", words, "make room now: clicks that cannot be stored are not answered")
    if free < LITTLE_DISK:
        return Finding("disk", "warn", words, "make room")
    return Finding("disk", "ok", words)


def _fsync(settings: Settings) -> Finding:
    """Each commit waits for the disk: its time bounds how soon a click is answered."""
    if not os.access(settings.data, os.W_OK):
        return Finding("disk speed", "warn", "not measured: the data folder cannot be written")
    path = settings.data / f".doctor-{os.getpid()}"
    times = []
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(MARKS_KEPT):
                began = time.perf_counter()
                file.write(b"x" * 4096)
                os.fsync(file.fileno())
                times.append(time.perf_counter() - began)
    finally:
        path.unlink(missing_ok=True)
    middle = sorted(times)[len(times) // 2]
    words = f"{middle * 1000:.1f} ms until a write is durable (median of {len(times)})"
    if middle > SLOW_FSYNC:
        return Finding("disk speed", "warn", words, "put the data folder on a faster, local disk")
    return Finding("disk speed", "ok", words)


def _places(settings: Settings) -> Finding:
    try:
        places = main.open_places(settings)
    except Fault:
        text = f"{main.geo_file(settings)} is not a readable MMDB database"
        return Finding("place database", "fail", text, "run hyway geoip use FILE with another one")
    with closing(places):
        edition = places.about()
    built, bundled = clock.text(edition.built_at)[:10], main.geo_file(settings) is None
    credit = f"; {netinfo.ATTRIBUTION}" if "dbip" in edition.type.lower().replace("-", "") else ""
    words = f"{edition.type} of {built}{' (bundled)' if bundled else ''}{credit}"
    if clock.now() - edition.built_at > OLD_PLACES:
        return Finding("place database", "warn", words, "get a newer one and run hyway geoip use FILE")
    return Finding("place database", "ok", words)


def _migration(settings: Settings, found: str | None) -> Finding:
    if found == migrate.newest():
        return Finding("database", "ok", f"{shared.place(settings)} at revision {found}, the newest")
    if found is None:
        return Finding(
            "database", "fail", f"{shared.place(settings)} is empty or not there", "run hyway migrate"
        )
    return Finding("database", "fail", f"revision {found}, wanted {migrate.newest()}", "run hyway migrate")


def _sqlite(settings: Settings) -> Iterator[Finding]:
    with closing(sqlite3.connect(f"file:{shared.sqlite_file(settings)}?mode=ro", uri=True)) as connection:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        problems = [row[0] for row in ask("PRAGMA quick_check(5)") if row[0] != "ok"]
        if problems:
            yield Finding("integrity", "fail", "; ".join(problems), "stop the server and restore a backup")
        else:
            yield Finding("integrity", "ok", "quick_check finds nothing")
        yield _journal(str(ask("PRAGMA journal_mode")[0][0]), settings)
        yield from _inside(settings, ask)


def _journal(mode: str, settings: Settings) -> Finding:
    db = main.open_database(settings, threads=1)
    with closing(db), db.engine.connect() as connection:
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
    if mode != "wal" or level < 2:
        text = f"journal {mode}, synchronous {level}"
        return Finding(
            "durability", "fail", text, "run hyway migrate; is the folder on a network file system?"
        )
    return Finding("durability", "ok", "write-ahead log, synchronous=FULL: every commit survives a power cut")


def _postgresql(settings: Settings) -> Iterator[Finding]:
    with psycopg.connect(settings.database_url.replace("+psycopg", "", 1)) as connection:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql.encode()).fetchall()

        version = ask("SHOW server_version")[0][0]
        loose = [name for name in ("fsync", "synchronous_commit") if ask(f"SHOW {name}")[0][0] == "off"]
        if loose:
            text = f"PostgreSQL {version} with {' and '.join(loose)} off: acknowledged clicks may be lost"
            yield Finding("durability", "fail", text, "switch them on in postgresql.conf")
        else:
            yield Finding("durability", "ok", f"PostgreSQL {version}: every commit survives a power cut")
        yield from _inside(settings, ask)


def _inside(settings: Settings, ask: Ask) -> Iterator[Finding]:
    yield from (
        _sealed(settings, ask),
        _files(settings, ask),
        _packages(settings),
        _books(ask),
        _clock(ask),
        _backlog(settings, ask),
    )


def _sealed(settings: Settings, ask: Ask) -> Finding:
    """Reads one stored secret with the key file, as the server would."""
    rows = ask("SELECT organization, id FROM links WHERE password IS NOT NULL LIMIT 1")
    if not rows or not settings.key_file.exists():
        return Finding("stored secrets", "ok", "none to try the key file on")
    db = main.open_database(settings, threads=1)
    with closing(db):
        owner = next(each for each in db.read_now(identity.every_organization) if each.seq == rows[0][0])
        try:
            db.read_now(links.find, identity.command_line(owner), rows[0][1])
        except Fault as fault:
            return Finding(
                "stored secrets", "fail", fault.message, "restore the key file that belongs to the data"
            )
    return Finding("stored secrets", "ok", "the key file opens them")


def _files(settings: Settings, ask: Ask) -> Finding:
    """Whether pictures can be kept, and whether the newest ones that rows name are there."""
    blobs = worker.open_blobs(settings)
    rows = ask("SELECT key, size FROM files WHERE dropped_at IS NULL ORDER BY seq DESC LIMIT 200")
    where = settings.files.partition("?")[0] or f"{settings.data / 'files'}"
    try:
        blobs.check()
        lost = [key for key, size in rows if blobs.size(key) != size]
    except Away as error:
        todo = "mend HYWAY_FILES and its keys" if settings.files else "give the folder to the server's user"
        return Finding("files", "fail", f"{where} does not work: {error}", todo)
    if lost:
        words = f"{len(lost)} of the newest {len(rows)} pictures are not in {where}, such as {lost[0]}"
        return Finding("files", "fail", words, "bring them back from a backup")
    return Finding("files", "ok", f"{where}; the newest {len(rows)} pictures are there" if rows else where)


def _packages(settings: Settings) -> Finding:
    """Whether packages are what was added: the newest by their checksums, as many as a minute reads, all by size."""
    db = main.open_database(settings, threads=1)
    with closing(db):
        kept = sorted(db.read_now(packages.every), key=lambda each: -each.seq)
    if not kept:
        return Finding("packages", "ok", "none")
    blobs, read, whole = worker.open_packages(settings), 0, 0
    wrong: list[str] = []
    try:
        for each in kept:
            read += each.size
            whole += read <= READ_WHOLE
            why = packages.verify(blobs, each) if read <= READ_WHOLE else packages.measure(blobs, each)
            wrong += [f"{each.name} {each.version} for {each.platform} {why}"] if why else []
    except Away as error:
        return Finding("packages", "fail", f"where they are does not work: {error}", "mend HYWAY_FILES")
    if wrong:
        return Finding(
            "packages", "fail", "; ".join(wrong[:5]), "bring them back from a backup, or add them anew"
        )
    rest = (
        "" if whole == len(kept) else f", the rest by size alone ({len(kept) - whole}: hyway package verify)"
    )
    return Finding("packages", "ok", f"{whole} are what was added{rest}")


def _books(ask: Ask) -> Finding:
    """Whether every entry of the ledger adds up, every balance is its lines' sum, and every budget is the ledger's."""
    uneven = ask("SELECT entry FROM ledger_lines GROUP BY entry HAVING SUM(amount) <> 0")
    drifted = ask(
        "SELECT a.seq FROM ledger_accounts a LEFT JOIN ledger_lines l ON l.account = a.seq"
        " GROUP BY a.seq, a.balance HAVING a.balance <> COALESCE(SUM(l.amount), 0)"
    )
    budgets = [
        row
        for kind in ("campaign", "collab")
        for row in ask(
            f"SELECT p.seq FROM {kind}s p LEFT JOIN ledger_accounts a ON a.programme_kind = '{kind}'"  # noqa: S608
            " AND a.programme = p.seq AND a.kind = 'budget' GROUP BY p.seq, p.unused_amount"
            " HAVING p.unused_amount <> -COALESCE(SUM(a.balance), 0)"
        )
    ]
    wrong = {"entries": uneven, "accounts": drifted, "budgets": budgets}
    told = ", ".join(f"{len(rows)} {what} (such as {rows[0][0]})" for what, rows in wrong.items() if rows)
    if told:
        return Finding(
            "ledger", "fail", f"does not agree: {told}", "somebody changed the data; bring it back"
        )
    return Finding("ledger", "ok", "debits are credits, and every balance is the sum of its lines")


def _clock(ask: Ask) -> Finding:
    """A clock that went back would give new clicks older times than stored ones."""
    rows = ask("SELECT at FROM clicks ORDER BY seq DESC LIMIT 1") + ask(
        "SELECT at FROM events ORDER BY seq DESC LIMIT 1"
    )
    ahead = max((row[0] for row in rows), default=0) - clock.now()
    if ahead > CLOCK_SLACK:
        text = f"the newest record is {ahead // clock.SECOND} s in the future: the clock went back"
        return Finding("clock", "fail", text, "set the clock (and keep it by NTP)")
    return Finding("clock", "ok", f"{clock.text(clock.now())}, after everything stored")


def _backlog(settings: Settings, ask: Ask) -> Finding:
    count, oldest = ask("SELECT count(*), min(at) FROM outbox")[0]
    words = f"{count} errands wait"
    if count and clock.now() - oldest > BACKLOG_OLD:
        minutes = (clock.now() - oldest) // clock.MINUTE
        return Finding(
            "background work", "warn", f"{words}, the oldest for {minutes} minutes", "is a server running?"
        )
    if count > BACKLOG_WARNS:
        return Finding("background work", "warn", words, "look at the log for failing deliveries")
    served = shared.running(settings)
    return Finding("background work", "ok", words + (f"; served at {served}" if served else ""))
