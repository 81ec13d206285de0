"""Every field of every body, given what nobody should send: the family's own refusal, and never an accident."""

import json
import re
from typing import Any

import pytest

from hyway.apis import hypemarket
from hyway.domain import creators
from hyway.kernel.db import Database
from tests.apis.families import noun
from tests.apis.hypemarket.party import party

VALUES: list[Any] = [
    None,
    "",
    "  ",
    "\0",
    "\x1b[31m",
    "\u202ereversed",
    "<script>alert(1)</script>",
    "x" * 300_000,
    "٣",
    "-1",
    "9" * 400,
    10**18,
    -(10**18),
    2**70,
    1.5,
    1e308,
    True,
    [],
    [None],
    [[1]],
    ["US"] * 5_000,
    {},
    {"a": {"b": 1}},
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "javascript:alert(1)",
    "http://[::1",
    "http://a:99999999/",
    "http://169.254.169.254/latest",
    "https://" + "a" * 5_000,
    "qTFruf",
]
DOCUMENT = json.loads(hypemarket.openapi())
SCHEMAS = DOCUMENT["components"]["schemas"]
WRITES = [each for each in hypemarket.OPERATIONS if each.takes is not None]


def fields(operation: Any) -> tuple[str, list[str]]:
    """The root key, empty where there is none, and the names under it."""
    named = list(SCHEMAS[operation.takes.__name__]["properties"])
    inner = operation.takes.__name__.removesuffix("Params") + "Fields"
    return (
        (named[0], list(SCHEMAS[inner]["properties"]))
        if len(named) == 1 and inner in SCHEMAS
        else ("", named)
    )


def rooms() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in WRITES:
        words = [word for word in each.path.split("/")[1:4] if "{" not in word]
        found.setdefault(" ".join(words), []).append(each)
    return found


def there(path: str, ids: dict[str, str]) -> str:
    """The path with ids of what there is."""
    return re.sub(r"{(\w+)}", lambda at: ids.get(noun(path, at[1]), "qTFruf"), path)


@pytest.mark.parametrize("room", rooms())
async def test_whatever_is_sent_is_taken_or_refused(room: str, db: Database) -> None:
    db.hearers += [creators.hearing.hear, creators.collabs.hear]
    world, ids = party(db, "visitor")
    async with world.client() as client:
        for operation in rooms()[room]:
            path = there(operation.path, ids)
            root, names = fields(operation)
            for name in names:
                for value in VALUES:
                    body = {root: {name: value}} if root else {name: value}
                    answer = await client.request(operation.method, f"{path}.json", json=body)
                    what = f"{operation.method} {operation.path} {name}={str(value)[:40]!r}"
                    assert answer.status_code in (200, 201, 204, 400, 403, 404, 422), f"{what}: {answer.text}"
                    if answer.status_code == 422:
                        told = answer.json()["errors"]
                        assert all(messages and all(messages) for messages in told.values()), what
                        assert "{" not in answer.text.replace('{"errors":{', ""), f"{what}: {answer.text}"
