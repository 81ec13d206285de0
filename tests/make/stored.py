"""All that a database holds, to be compared."""

from typing import Any

from sqlalchemy import select

from hyway.kernel.db import Read
from hyway.kernel.sql import METADATA


def rows(r: Read) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for when a credential was last seen."""
    tables = {
        table.name: [each for each in table.c if each.name != "last_used_at"]
        for table in METADATA.sorted_tables
    }
    return {
        name: sorted(map(tuple, r.run(select(*columns)).all()), key=repr) for name, columns in tables.items()
    }
