"""Rules, names and addresses that cannot be meant: the exact answer, and no row of the database is another."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.apis.hyphen.conftest import PUBLIC, Acme, refused
from tests.apis.hyphen.making import project
from tests.apis.hyphen.test_codes import NO_DOMAIN, ready
from tests.domain.toggles.stage import VIP, names
from tests.make.stored import rows

TOO_DEEP = "{at} must NOT be nested more than 50 levels deep"
TOO_LONG = "{at} must NOT have more than 65536 characters"
BAD_LOGIC: dict[str, tuple[str, str]] = {
    "broken JSON": ('{"==": [{"var": "user.id"}, ', "{at} must be JsonLogic in JSON: "),
    "no JSON": ("user.id == 1", "{at} must be JsonLogic in JSON: "),
    "nothing": ("", "{at} must be JsonLogic in JSON: "),
    "no number": ('{"==": [NaN, 1]}', "{at} must be JsonLogic in JSON: "),
    "no operator": ('{"eval": "1"}', '{at} must use known operators, not "eval"'),
    "no segment's name": ('{"segment": []}', "{at} must make sense: segment needs the id of one segment"),
    "a segment of nobody's": ('{"segment": "x"}', '{at} names the segment "x", which the project does not have'),
    "a percentage of more than all": ('{"rollout": 101}', "{at} must make sense: rollout needs a percentage"),
    "NUL": ('{"==": [1, "\0"]}', '{at} must match pattern "^[^\\u0000]*$"'),
    "NUL, escaped": ('{"==": [1, "\\u0000"]}', ""),
    "half a character": ('"\ud800"', "Body is not valid JSON"),
    "1 MB of text": (json.dumps("x" * 1_048_576), TOO_LONG),
    "1 MB of rules": (json.dumps({"or": [{"==": [{"var": "a"}, n]} for n in range(45_000)]}), TOO_LONG),
    "1,000 levels of operators": ('{"!":' * 1_000 + "true" + "}" * 1_000, TOO_DEEP),
    "1,000 levels of arrays": ("[" * 1_000 + "]" * 1_000, TOO_DEEP),
    "1,000 levels of data": ('{"in": [1, ' + '{"a": 1, "b": ' * 1_000 + "1" + "}" * 1_000 + "]}", TOO_DEEP),
    "30,000 levels": ("[" * 30_000 + "]" * 30_000, TOO_DEEP),
}  # fmt: skip


@pytest.fixture
async def shop(acme: Acme) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator in a project that has a toggle and three segments, each needing the one before it."""
    await project(acme)
    async with acme.client(headers={"content-type": "application/json"}) as client:
        client.base_url = client.base_url.join(f"{acme.base}/projects/shop/")
        for name, needs in (("a", ()), ("b", ("a",)), ("c", ("b",))):
            sent = {"alternateId": name, "name": name, "logic": names(*needs) if needs else VIP}
            assert (await client.post("segments/", json=sent)).status_code == 200
        toggle = {"key": "beta", "type": "boolean", "defaultValue": False}
        made = await client.post(
            "toggles/", json={**toggle, "targets": [{"logic": names("c"), "value": True}]}
        )
        assert made.status_code == 200
        yield client


async def denied(client: httpx.AsyncClient, method: str, path: str, body: Any, said: str) -> None:
    answer = await client.request(method, path, content=json.dumps(body).encode())
    refused(answer, 400)
    assert answer.json()["message"].startswith(said), (method, path, answer.text[:300])


@pytest.mark.parametrize("named", [each for each in BAD_LOGIC if each != "NUL, escaped"])
async def test_logic_that_cannot_be_meant(acme: Acme, shop: httpx.AsyncClient, named: str) -> None:
    logic, told = BAD_LOGIC[named]
    before = acme.db.read_now(rows)
    targets = [{"logic": "true", "value": True}, {"logic": logic, "value": True}]
    said = told.format(at="body/targets/1/logic") if "{at}" in told else told
    toggle = {"key": "new", "type": "boolean", "defaultValue": False, "targets": targets}
    await denied(shop, "POST", "toggles/", toggle, said)
    await denied(shop, "PATCH", "toggles/beta", {"description": "Other", "targets": targets}, said)
    said = told.format(at="body/logic") if "{at}" in told else told
    await denied(shop, "POST", "segments/", {"alternateId": "d", "name": "d", "logic": logic}, said)
    await denied(shop, "PATCH", "segments/a", {"name": "Other", "logic": logic}, said)
    assert acme.db.read_now(rows) == before


async def test_an_escaped_nul_is_kept_as_it_was_written(acme: Acme, shop: httpx.AsyncClient) -> None:
    logic, _ = BAD_LOGIC["NUL, escaped"]
    changed = await shop.patch("segments/a", json={"logic": logic})
    assert (changed.status_code, changed.json()["logic"]) == (200, logic)


@pytest.mark.parametrize(
    ("segment", "names_one", "way"),
    [
        ("a", "a", "a -> a"),
        ("a", "b", "a -> b -> a"),
        ("a", "c", "a -> c -> b -> a"),
        ("b", "c", "b -> c -> b"),
    ],
)
async def test_segments_that_lead_back(
    acme: Acme, shop: httpx.AsyncClient, segment: str, names_one: str, way: str
) -> None:
    before = acme.db.read_now(rows)
    said = f"body/logic must not lead back to the segment itself: {way}"
    id = (await shop.get(f"segments/{names_one}")).json()["id"]
    for logic in (
        names(names_one),
        names(id),
        json.dumps({"if": [False, {"!": [{"var": f"segments.{names_one}"}]}, 1]}),
    ):
        await denied(shop, "PATCH", f"segments/{segment}", {"name": "Other", "logic": logic}, said)
    assert acme.db.read_now(rows) == before


WRONG_VALUES: tuple[tuple[str, Any, str], ...] = (
    ("boolean", "true", "must be boolean"),
    ("boolean", 1, "must be boolean"),
    ("boolean", None, "must be boolean"),
    ("string", 1, "must be string"),
    ("string", ["a"], "must be string"),
    ("string", "a\0", 'must match pattern "^[^\\u0000]*$"'),
    ("string", "x" * 65_537, "must NOT have more than 65536 characters"),
    ("number", "1", "must be number"),
    ("number", True, "must be number"),
    ("number", 2**63, "must be <= 9223372036854775807"),
    ("number", -(2**63), "must be >= -9223372036854775807"),
    ("object", 1, "must be object, or its JSON text"),
    ("object", "{", "must be object, or its JSON text"),
    ("object", '"text"', "must be object, or its JSON text"),
    ("object", '{"a": NaN}', "must be object, or its JSON text"),
    ("json", "[" * 100_000, "must "),
    ("json", "[" * 30_000 + "]" * 30_000, "must "),
)


@pytest.mark.parametrize(("type", "value", "said"), WRONG_VALUES, ids=range(len(WRONG_VALUES)))
async def test_a_value_of_the_wrong_type(
    acme: Acme, shop: httpx.AsyncClient, type: str, value: Any, said: str
) -> None:
    good: Any = {"boolean": True, "string": "a", "number": 1.5, "object": {"a": 1}, "json": "[]"}[type]
    toggle = {"key": "typed", "type": type, "defaultValue": good, "targets": []}
    assert (await shop.post("toggles/", json=toggle)).status_code == 200
    before = acme.db.read_now(rows)
    targets = [{"logic": "true", "value": good}, {"logic": "true", "value": value}]
    for method, path, sent in (
        ("POST", "toggles/", {**toggle, "key": "new"}),
        ("PATCH", "toggles/typed", {}),
    ):
        await denied(shop, method, path, {**sent, "defaultValue": value}, f"body/defaultValue {said}")
        await denied(shop, method, path, {**sent, "targets": targets}, f"body/targets/1/value {said}")
    assert acme.db.read_now(rows) == before


async def test_a_type_is_what_it_was(acme: Acme, shop: httpx.AsyncClient) -> None:
    before = acme.db.read_now(rows)
    body = {"type": "string", "defaultValue": "a"}
    await denied(shop, "PATCH", "toggles/beta", body, "body/defaultValue must be boolean")
    assert acme.db.read_now(rows) == before


async def test_domains_of_nobody_and_of_another_organization(acme: Acme, shop: httpx.AsyncClient) -> None:
    theirs = ready(acme, acme.elsewhere.by, "links.elsewhere.example")
    before = acme.db.read_now(rows)
    for name in ("nobodys.example", "links.elsewhere.example", "LINKS.elsewhere.example."):
        link = {"long_url": "https://shop.example/", "domain": name, "tags": ["new"], "code": "new"}
        await denied(shop, "POST", f"{PUBLIC}{acme.base}/link/codes/", link, NO_DOMAIN)
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {"notFoundRedirectUrl": None}), ("DELETE", "", None), ("POST", "verify", None),
    ):  # fmt: skip
        answer = await shop.request(method, f"{PUBLIC}{acme.base}/domains/{theirs.id}/{path}", json=body)
        said = f"Resource with id '{theirs.id}' not found or you do not have permission to access it."
        refused(answer, 404, said)
    taken = await shop.post(f"{PUBLIC}{acme.base}/domains/", json={"domain": "links.elsewhere.example"})
    refused(taken, 409, "domain is verified by another organization of this server")
    assert acme.db.read_now(rows) == before


@pytest.mark.parametrize(
    "bad", ["8.8.8.800", "", "nope", "1.2.3.4/24", "::g", "a\0b", 7, None, {}, [], "x" * 10_000]
)
async def test_a_bad_address_among_a_thousand(acme: Acme, bad: Any) -> None:
    sent: list[Any] = [f"8.8.{at // 250}.{at % 250}" for at in range(1_000)]
    sent[613] = bad
    before = acme.db.read_now(rows)
    async with acme.client() as client:
        answer = await client.post("/ip", json=sent)
    assert answer.status_code == 200
    told = answer.json()["data"]
    assert (len(told), [at for at, each in enumerate(told) if each["type"] != "public"]) == (1_000, [613])
    assert (told[613]["type"], told[613]["errorMessage"]) == ("error", "Invalid IP address")
    after = acme.db.read_now(rows)
    assert [name for name in after if after[name] != before[name]] == ["meters"]  # asked once, and so counted
