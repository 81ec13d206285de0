"""The few places where the engines differ, and statements that are built once.

A statement built anew costs 300 to 500 us of Python, one built at import 50 to 100 us, a `Prepared` one under 10:
the hot lanes use `Prepared`, everything else plain SQLAlchemy Core.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    cast,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.base import Executable

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Keys compare by bytes on both engines, so that order and prefix search agree.
Key = Text().with_variant(Text(collation="C"), "postgresql")
# SQLite counts rows by themselves only in a column that is INTEGER to the letter.
Seq = BigInteger().with_variant(Integer(), "sqlite")
At = BigInteger
Flag = SmallInteger
"""0 or 1: the same raw value on both engines, which `Prepared` rows rely on."""


class Prepared:
    """A statement compiled once per engine; its rows are tuples in the order of `names`."""

    def __init__(self, statement: Any, names: Sequence[str]) -> None:
        self._statement = statement
        self.names = tuple(names)
        self._compiled: dict[str, tuple[str, Any]] = {}

    def on(self, dialect: Dialect) -> tuple[str, Any]:
        """SQL text and a function that puts a row into the order of its placeholders."""
        done = self._compiled.get(dialect.name)
        if done is None:
            done = self._compiled[dialect.name] = self._compile(dialect)
        return done

    def _compile(self, dialect: Dialect) -> tuple[str, Any]:
        compiled = self._statement.compile(dialect=dialect)
        places = compiled.positiontup or ()
        if tuple(places) == self.names:
            return str(compiled), tuple
        # A placeholder that no name of ours fills is a constant of the statement.
        picks = [(self.names.index(p), None) if p in self.names else (-1, compiled.params[p]) for p in places]
        return str(compiled), lambda row: tuple(value if at < 0 else row[at] for at, value in picks)


def insert(table: Table, dialect_name: str) -> Any:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy spells once per engine."""
    return postgresql.insert(table) if dialect_name == "postgresql" else sqlite.insert(table)


def upsert(
    dialect_name: str, table: Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str], keep: Any
) -> Any:
    """INSERT … ON CONFLICT (keys) DO UPDATE; `keep(excluded)` gives the columns to set."""
    statement = insert(table, dialect_name).values(list(rows))
    return statement.on_conflict_do_update(index_elements=list(keys), set_=keep(statement.excluded))


def among(dialect_name: str, column: Column[Any], ids: Collection[str]) -> ColumnElement[bool]:
    """Whether the column has one of very many ids: as one parameter, for engines count them and read each anew."""
    listed = sorted(ids)
    if dialect_name == "sqlite":
        each = func.json_each(json.dumps(listed)).table_valued("value", name="ids")
    else:
        each = func.json_array_elements_text(cast(listed, JSON)).table_valued("value", name="ids")
    return column.in_(select(each.c.value))


__all__ = ["METADATA", "At", "Executable", "Flag", "Key", "Prepared", "Seq", "among", "insert", "upsert"]
