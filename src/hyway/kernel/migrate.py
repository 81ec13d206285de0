"""The one linear history of the schema, run from inside the package on both engines."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine

HISTORY = Path(__file__).parent.parent / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HISTORY))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def open_engine(url: str) -> Engine:
    """An engine for the migration alone: foreign keys off on SQLite, where tables are rebuilt to be changed."""
    engine = create_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA journal_mode=WAL"))
    return engine


def upgrade(url: str, to: str = "head") -> None:
    """Brings the database to the newest revision, or to an older one; a no-op where it is there already."""
    command.upgrade(_config(url), to)


def newest() -> str | None:
    """The revision this program needs."""
    return ScriptDirectory(str(HISTORY)).get_current_head()


def known(revision: str) -> bool:
    """Whether this program knows the revision; it does not know those of newer programs."""
    return any(each.revision == revision for each in ScriptDirectory(str(HISTORY)).walk_revisions())


def current(url: str) -> str | None:
    """The revision the database is at; None for an empty one."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
