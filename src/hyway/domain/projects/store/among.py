"""Which of very many ids: as one parameter, for engines count parameters and read each anew."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, cast, func, select

from hyway.kernel.db import Read


def among(r: Read, column: Column[Any], ids: Collection[str]) -> ColumnElement[bool]:
    """Whether the column has one of the ids."""
    listed = sorted(ids)
    if r.engine == "sqlite":
        each = func.json_each(json.dumps(listed)).table_valued("value", name="ids")
    else:
        each = func.json_array_elements_text(cast(listed, JSON)).table_valued("value", name="ids")
    return column.in_(select(each.c.value))
