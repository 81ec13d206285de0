"""Every documented operation: status, headers, type, keys in their order; the page's examples, replayed."""

from typing import Any

import msgspec
import pytest

from hyway.apis import hoko
from tests.apis.hoko.conftest import World
from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import API, CONTRACT, OURS, differs, headers_differ
from tests.apis.hoko.contract.guard import Guard
from tests.apis.hoko.contract.stage import Party

DOCUMENT: dict[str, Any] = msgspec.json.decode(hoko.openapi())
OFFERED = {f"{method.upper()} {path}" for path, all in DOCUMENT["paths"].items() for method in all}


def test_no_operation_is_without_a_call() -> None:
    """The walks of this folder go over API; what they send is in the stage."""
    assert set(API) - stage.REQUESTS == set(), "documented operations that no test calls"
    assert stage.REQUESTS - set(API) == set(), "calls of operations that nobody documented"


def test_what_is_offered_is_what_is_documented_and_our_additions() -> None:
    assert set(API) == OFFERED
    assert set(OURS["operations"]) == OFFERED - set(CONTRACT["operations"])


@pytest.mark.parametrize("name", API)
def test_the_document_says_what_the_contract_says(name: str) -> None:
    of, said = API[name], DOCUMENT["paths"][API[name].path][API[name].method.lower()]
    assert str(of.success) in said["responses"]
    assert {str(status) for status in of.errors} <= set(said["responses"])
    assert [each["name"] for each in said["parameters"] if each["in"] == "query"] == list(of.query)
    for each in said["parameters"]:
        facts = of.query.get(each["name"], {})
        for ours, theirs in (
            ("default", "default"),
            ("min", "minimum"),
            ("max", "maximum"),
            ("words", "enum"),
        ):
            if ours in facts:
                assert sorted(map(str, _list(each["schema"][theirs]))) == sorted(map(str, _list(facts[ours])))
    assert ("requestBody" in said) == (of.body is not None)
    if isinstance(of.body, dict):
        schema = said["requestBody"]["content"]["application/json"]["schema"]
        named = schema.get("items", schema)["$ref"].rpartition("/")[2]
        assert set(DOCUMENT["components"]["schemas"][named]["properties"]) == set(of.body)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", API)
async def test_an_operation_answers_as_documented(name: str, ours: Party) -> None:
    of = API[name]
    async with ours.world.client() as client:
        body, query = stage.good_body(name, ours), stage.good_query(name, ours)
        answer = await stage.send(client, of, body, query)
    assert answer.status_code == of.success, answer.text
    assert answer.headers["content-type"].partition(";")[0] == of.content
    assert headers_differ(answer) == ""
    if of.answer is None:
        return
    said = answer.json()
    assert said
    assert differs(of.answer, said) == ""


async def test_an_empty_workspace_answers_in_the_same_form(world: World) -> None:
    async with world.client() as client:
        for of in API.values():
            if of.method == "GET" and of.answer:
                answer = await stage.send(client, of)
                assert answer.status_code == 200, of.name
                assert differs(of.answer, answer.json()) == "", of.name


@pytest.mark.parametrize("name", [name for name, of in API.items() if of.examples])
async def test_the_examples_of_the_page(name: str, ours: Party) -> None:
    of = API[name]
    guard = Guard(ours.world.db)
    async with ours.world.client() as client:
        for example in stage.filled(of.examples, ours):
            answer = await stage.send(client, of, example.get("sent"), example.get("query", ""))
            said = example.get("says", {"en": ""})
            if example["status"] >= 400:
                guard.check(str(example), answer, example["status"], said["en"])
                assert "says" not in example or answer.json()["error"] == said
                continue
            assert answer.status_code == example["status"], answer.text
            assert differs(of.answer, answer.json()) == ""
            assert lacks(example.get("has"), answer.json()) == ""
            guard.judge()
            guard = Guard(ours.world.db)
    guard.judge()


def lacks(wanted: Any, found: Any, place: str = "$") -> str:
    """Where an answer is not what an example shows of it."""
    if isinstance(wanted, dict):
        texts = (lacks(each, found.get(key), f"{place}.{key}") for key, each in wanted.items())
        return next((text for text in texts if text), "")
    if isinstance(wanted, list):
        texts = (lacks(each, found[at], f"{place}[{at}]") for at, each in enumerate(wanted))
        return next((text for text in texts if text), "")
    return "" if wanted is None or wanted == found else f"{place} is {found!r}, not {wanted!r}"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_the_page_s_words_are_ours(status: int) -> None:
    """The sentences that the page prints, to the letter."""
    example = DOCUMENT["components"]["responses"][str(status)]["content"]["application/json"]["example"]
    printed = {
        401: {"error": {"en": "Invalid API key", "ar": "مفتاح API غير صالح"}},
        403: {
            "error": {"en": "Missing required scopes", "ar": "الصلاحيات المطلوبة مفقودة"},
            "missingScopes": ["linksWrite"],
        },
        429: {"error": {"en": "Rate limit exceeded", "ar": "تم تجاوز حد المعدل"}, "retryAfter": 45},
    }
    assert example == printed.get(status, example)
