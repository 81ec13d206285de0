"""What Hoko says of itself is true: the document, its examples, the page, llms.txt."""

import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hyway.apis import hoko
from hyway.apis.hoko.examples import EXAMPLES

DOCUMENT: dict[str, Any] = msgspec.json.decode(hoko.openapi("https://go.example"))
OPERATIONS = {f"{each.method} {each.path}": each for each in hoko.OPERATIONS}
OURS = {"GET /api/analytics/summary", "GET /api/analytics/export"}


def validator(schema: dict[str, Any]) -> Any:
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def said(name: str) -> dict[str, Any]:
    method, path = name.split()
    return DOCUMENT["paths"][path][method.lower()]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_documented_whole(name: str) -> None:
    found = said(name)
    assert found["summary"]
    assert set(found["responses"]) == {str(OPERATIONS[name].status), "400", "401", "403", "404", "429", "500"}
    assert [scope for need in found["security"] for scope in need["key"]] == list(
        OPERATIONS[name].scopes or ()
    )
    for response in (
        found["responses"][str(OPERATIONS[name].status)],
        *DOCUMENT["components"]["responses"].values(),
    ):
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= set(response["headers"])


def test_operation_ids_are_unique() -> None:
    ids = [each["operationId"] for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)


def test_every_documented_operation_has_an_example() -> None:
    assert set(EXAMPLES) == set(OPERATIONS) - OURS


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_the_schemas_say(name: str) -> None:
    example, found = EXAMPLES[name], said(name)
    answer = found["responses"][str(OPERATIONS[name].status)]["content"]["application/json"]["schema"]
    validator(answer).validate(example.answer)
    if example.sent is not None:
        validator(found["requestBody"]["content"]["application/json"]["schema"]).validate(example.sent)
        decoded = msgspec.convert(example.sent, OPERATIONS[name].takes)
        assert decoded


def test_refusals_are_what_the_schema_says() -> None:
    for status, response in DOCUMENT["components"]["responses"].items():
        content = response["content"]["application/json"]
        validator(content["schema"]).validate(content["example"])
        assert ("retryAfter" in content["example"]) == (status == "429")


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = hoko.page().decode()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    for name in OPERATIONS:
        assert name in page
    assert "مفتاح API غير صالح" in page
    assert "<code>Authorization: Bearer KEY</code>" in page
    assert "`" not in page


def test_llms_txt_names_every_operation() -> None:
    text = hoko.llms_txt("https://go.example")
    for each in hoko.OPERATIONS:
        assert f"`{each.method} https://go.example{each.path}`" in text
    assert text.startswith("# ")
