"""Whatever is sent, the answer is an answer: no accident, and a refusal in the one envelope."""

import copy
import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.apis import hyphen
from hyway.apis.hyphen.documents import EXAMPLES
from hyway.apis.hyphen.fields import reader
from hyway.kernel.faults import Invalid
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.party import party
from tests.apis.hyphen.test_contract import names

OPERATIONS = {f"{each.method} {each.path}": each for each in hyphen.OPERATIONS}
WILD: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 2**64, -(2**63) - 1, 1e308, 1.5, "", " ", "x" * 300, "x" * 20_000, "a\x00b",
    "\x00", "\ud7ff", "\ud800", "\u202e", "\U0001f600" * 30, "org_000000000000000000000000", "../../etc", "%00",
    "'; --", [], [[]], [None], {}, {"": {}}, {"id": "\x00"}, {"\x00": 1}, ["\x00"], "2026-13-45T99:99:99Z",
    "9" * 400, "NaN",
)  # fmt: skip
IN_PATHS = (
    "%00",
    "a%00b",
    "%FF",
    "x" * 3000,
    "proj_000000000000000000000000",
    "-",
    "%2e%2e",
    "%F0%9F%98%80",
    "0",
    "'",
)
IN_QUERIES = ("%00", "a%00", "-1", "9" * 30, "x" * 5000, "%FF%FE", "1e5", "%F0%9F%98%80")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def twisted(body: Any, chance: random.Random) -> Iterator[Any]:
    """The body with something wild in place of one of its parts, one after the other."""
    yield chance.choice(WILD)
    if isinstance(body, dict):
        for key in body:
            for inner in (chance.choice(WILD), *list(twisted(body[key], chance))[:2]):
                yield {**copy.deepcopy(body), key: inner}
    elif isinstance(body, list) and body:
        yield [*body, chance.choice(WILD)]
        for inner in list(twisted(body[0], chance))[:3]:
            yield [inner]


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.takes is not None])
async def test_no_body_is_an_accident(name: str, acme: Acme) -> None:
    ids = names(await party(acme, "visitor"))
    method, path = name.split()
    path = re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], path)
    chance = random.Random(name)  # the same at every run
    async with acme.client(headers={"content-type": "application/json"}) as client:
        for body in twisted(EXAMPLES[name].sent, chance):
            answer = await client.request(method, path, content=json.dumps(body).encode())
            assert answer.status_code < 500, f"{name} {str(body)[:200]}"
            if answer.status_code >= 400:
                refused(answer, answer.status_code)


async def test_no_query_is_an_accident(acme: Acme) -> None:
    ids = names(await party(acme, "visitor"))
    async with acme.client() as client:
        for name, operation in OPERATIONS.items():
            method, path = name.split()
            if operation.query is None or method == "DELETE":
                continue
            path = re.sub(r"\{(\w+)\}", lambda found: ids[found[1]], path)
            for field in operation.query.__struct_encode_fields__:
                for value in (*IN_QUERIES, f"a&{field}=b"):
                    answer = await client.request(method, f"{path}?{field}={value}")
                    assert answer.status_code < 500, f"{name} {field}={value[:50]}"


async def test_no_path_is_an_accident(acme: Acme) -> None:
    async with acme.client() as client:
        for name in OPERATIONS:
            method, path = name.split()
            places = re.findall(r"\{\w+\}", path)
            for place in places:
                own = path if place == "{organizationId}" else path.replace("{organizationId}", acme.id)
                for value in IN_PATHS:
                    asked = re.sub(r"\{\w+\}", "x", own.replace(place, value))
                    answer = await client.request(method, asked, content=b"{}")
                    # What is no address of the net is told of as such, among others or alone.
                    is_told = place == "{ip}" and answer.json().get("errorMessage") == "Invalid IP address"
                    assert is_told or 400 <= answer.status_code < 500, f"{name} {place}={value[:50]}"


@given(JSON)
def test_what_is_read_fits_or_is_refused_at_its_place(value: Any) -> None:
    for operation in OPERATIONS.values():
        if operation.takes is None:
            continue
        wrong = _refusal(operation.takes, value)
        assert wrong is None or (wrong.field.startswith("body") and "must" in wrong.message)


def _refusal(kind: Any, value: Any) -> Invalid | None:
    try:
        reader(kind)(value, "body")
    except Invalid as fault:
        return fault
    return None
