"""Commands that keep the data: backup and restore."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from hyway import main
from hyway.commands import archive, postgresql_copy, shared, sqlite_copy
from hyway.commands.archive import Manifest
from hyway.commands.shared import Data, words
from hyway.kernel import clock, migrate
from hyway.kernel.faults import Fault
from hyway.settings import Settings

_KEY, _GEO = "key", "geo.mmdb"
_FOLDERS = {"files": "pictures", "packages": "packages"}
"""What lies outside the database, unless it is in a bucket: folders of the data, and what is in them."""


def backup(file: Path, *, data: Data = None) -> int:
    """Write the whole database, the key file, pictures and packages to FILE (tar.gz), beside a running server.

    It is one moment of the database, checked before it is kept, with every picture and package that it names; those
    in a bucket (HYWAY_FILES) stay there. FILE can open every stored secret: only its
    owner can read it; keep it so.

    For example:

        hyway backup /backups/hyway-$(date +%F).tar.gz
    """
    settings = shared.settings_of(data)
    shared.check_present(settings)
    if file.is_dir():
        raise Fault("{file} is a folder; name a file", file=file)
    with _workplace(file.resolve().parent, file.name) as folder:
        about = _dump(settings, folder)
        shutil.copyfile(settings.key_file, folder / _KEY)
        chosen = settings.data / _GEO
        if chosen.exists():
            shutil.copyfile(chosen, folder / _GEO)
        for name in _FOLDERS:
            _gather(settings.data / name, folder / name)
        with shared.progress("packing", _size(folder)) as went:
            archive.pack(folder, about, file, went)
    rows = sum(about.counts.values())
    words.print(f"{rows:,} rows of {len(about.counts)} tables, {file.stat().st_size:,} bytes")
    shared.tell(file)
    return 0


def _gather(source: Path, target: Path) -> None:
    """What never changes once it is there; after the database, so that none it names is missed."""
    for path in sorted(source.rglob("*")):
        if path.is_file() and "#" not in path.name:  # one with it is being written
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # nothing names it any more
                _link_or_copy(path, copy)


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _dump(settings: Settings, folder: Path) -> Manifest:
    program, at = version("hyway"), clock.text(clock.now())
    if settings.is_sqlite:
        with shared.progress("copying", sqlite_copy.size(settings)) as went:
            revision, counts = sqlite_copy.dump(settings, folder, went)
        return Manifest(program, "sqlite", revision, at, counts)
    with shared.progress("copying", postgresql_copy.size(settings)) as went:
        revision, counts, sequences = postgresql_copy.dump(settings, folder, went)
    return Manifest(program, "postgresql", revision, at, counts, sequences)


def restore(
    file: Path,
    *,
    force: Annotated[
        bool, Parameter(negative=(), help="Restore over what is there; it is kept as *.before-restore.")
    ] = False,
    data: Data = None,
) -> int:
    """Bring back a backup: its database, key file, pictures and packages, into an empty place.

    The server must be stopped. The backup is verified first; an older one is migrated, one of a newer Hyway refused.
    It goes to the engine that it was made from.

    For example:

        hyway restore /backups/hyway-2026-11-20.tar.gz --data /srv/hyway
    """
    settings = shared.settings_of(data)
    with shared.holding(settings, "a restore"), _workplace(settings.data, "restore") as folder:
        with shared.progress("verifying", file.stat().st_size) as went:
            about = archive.unpack(file, folder, went)
        _check(about, settings)
        _clear(settings, force)
        if about.engine == "sqlite":
            sqlite_copy.load(settings, folder)
        else:
            with shared.progress("restoring", _size(folder)) as went:
                postgresql_copy.load(settings, folder, about.revision, about.counts, about.sequences, went)
        _place(folder / _KEY, settings.key_file)
        if (folder / _GEO).exists():
            os.replace(folder / _GEO, settings.data / _GEO)
        for name in _FOLDERS:
            if (folder / name).is_dir():
                os.replace(folder / name, settings.data / name)
        main.prepare(settings)
    _tell_of_bucket(settings)
    words.print(
        f"{sum(about.counts.values()):,} rows of {about.made_at} are back; start with hyway up or serve"
    )
    shared.tell(shared.place(settings))
    return 0


def _tell_of_bucket(settings: Settings) -> None:
    if not settings.files:
        return
    for name, what in _FOLDERS.items():
        place = settings.data / name
        if place.is_dir():
            words.print(
                f"the {what} of the backup are in {place}; HYWAY_FILES is looked in, so copy them there"
            )


def _check(about: Manifest, settings: Settings) -> None:
    here = "sqlite" if settings.is_sqlite else "postgresql"
    if about.engine != here:
        text = "this backup is of {engine}, HYWAY_DATABASE_URL names {here}; it goes back to its own engine"
        raise Fault(text, engine=about.engine, here=here)
    if not migrate.known(about.revision):
        text = "this backup was made by Hyway {program}, which is newer; restore it with that version"
        raise Fault(text, program=about.program)


def _clear(settings: Settings, force: bool) -> None:
    """Makes room; a Fault when there is something and nobody said --force."""
    there = sqlite_copy.occupied(settings) if settings.is_sqlite else []
    if not settings.is_sqlite:
        there = [path for path in (settings.key_file,) if path.exists()]
        if not postgresql_copy.check_free(settings):
            if not force:
                raise Fault("{place} is not empty; --force keeps it beside", place=shared.place(settings))
            words.print(f"kept as schemas {', '.join(postgresql_copy.put_aside(settings))}")
    for folder in (settings.data / name for name in _FOLDERS):
        if folder.is_dir() and any(folder.iterdir()):
            there.append(folder)
        elif folder.is_dir():
            folder.rmdir()
    if there and not force:
        names = ", ".join(path.name for path in there)
        raise Fault(
            "{data} holds {names} already; --force keeps them beside", data=settings.data, names=names
        )
    for path in there:
        kept = _beside(path)
        os.replace(path, kept)
        words.print(f"kept {kept}", style="dim")


def _beside(path: Path) -> Path:
    """A free name: a second restore does not overwrite what the first one kept."""
    kept, number = path.with_name(path.name + ".before-restore"), 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.before-restore-{number}")
    return kept


def _place(source: Path, target: Path) -> None:
    """Like a rename, also to another file system."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(source, target)
    target.chmod(0o600)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def _workplace(parent: Path, name: str) -> Iterator[Path]:
    """A folder for its owner alone, beside where the result goes, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=parent) as folder:
        yield Path(folder)


def register(app: App) -> None:
    app.command(backup)
    app.command(restore)


__all__ = ["register"]
