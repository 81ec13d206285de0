"""What the wire of projects says of itself is true: the document, its examples, the page, llms.txt."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hyway.apis import hyphen
from hyway.apis.hyphen.documents import EXAMPLES
from hyway.apis.hyphen.fields import reader
from tests.apis.hyphen.test_contract import CALLS, DOCUMENTED

DOCUMENT: dict[str, Any] = msgspec.json.decode(hyphen.openapi("https://go.example"))
OPERATIONS = {f"{each.method} {each.path}": each for each in hyphen.OPERATIONS}


def validator(schema: dict[str, Any]) -> Any:
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def said(name: str) -> dict[str, Any]:
    method, path = name.split()
    found: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_documented_whole(name: str) -> None:
    found, operation = said(name), OPERATIONS[name]
    assert found["summary"]
    assert not found["summary"].endswith(".")
    assert {str(operation.status), "400", "401", "403", "404", "409", "413", "429"} <= set(found["responses"])
    assert [next(iter(need)) for need in found["security"]] == (
        ["key", "token", "cookie"] if operation.scopes else []
    )
    assert ("requestBody" in found) == (operation.takes is not None)
    if operation.needs:
        assert "Needs a role that allows `{} {}`.".format(*operation.needs) in found["description"]


@pytest.mark.parametrize("name", CALLS)
def test_operations_stand_under_the_headings_of_the_vendors_pages(name: str) -> None:
    wanted = {"Apps": {"Apps", "Environments"}}.get(DOCUMENTED[name]["tag"], {DOCUMENTED[name]["tag"]})
    assert set(said(name)["tags"]) <= wanted


def test_operation_ids_are_unique() -> None:
    ids = [each["operationId"] for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name in re.findall(r'#/components/schemas/([^"]+)"', hyphen.openapi().decode()):
        assert name in schemas


def test_whatever_takes_or_gives_something_has_an_example() -> None:
    wanted = {name for name, each in OPERATIONS.items() if each.takes is not None or each.gives is not None}
    assert set(EXAMPLES) == wanted


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_the_schemas_say(name: str) -> None:
    example, found, operation = EXAMPLES[name], said(name), OPERATIONS[name]
    if operation.gives is not None:
        answer = found["responses"][str(operation.status)]["content"]["application/json"]["schema"]
        validator(answer).validate(example.answer)
    if operation.takes is not None:
        validator(found["requestBody"]["content"]["application/json"]["schema"]).validate(example.sent)
        reader(operation.takes)(example.sent, "body")


def test_refusals_are_what_the_schema_says() -> None:
    for response in DOCUMENT["components"]["responses"].values():
        content = next(iter(response["content"].values()))
        validator(content["schema"]).validate(content["example"])


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = hyphen.page().decode()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    for name in OPERATIONS:
        assert name in page


def test_llms_txt_names_every_operation() -> None:
    text = hyphen.llms_txt("https://go.example")
    assert text.startswith("# Hyphen API\n")
    for each in hyphen.OPERATIONS:
        assert f"`{each.method} https://go.example{each.path}`" in text


def test_the_reference_as_markdown_is_whole() -> None:
    text = hyphen.markdown("https://go.example")
    for name in OPERATIONS:
        assert f"\n## {name}\n" in text
    assert text.count("```") % 2 == 0


def test_what_may_be_left_out_is_not_said_to_be_there() -> None:
    """Of every shape of every family."""
    wrong = [
        f"{shape.__module__}.{shape.__name__}.{each.name}"
        for shape in shapes(msgspec.Struct)
        if shape.__module__.startswith("hyway.apis.")
        for each in msgspec.structs.fields(shape)
        if each.required and "UnsetType" in str(each.type)
    ]
    assert wrong == []


def shapes(of: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in of.__subclasses__():
        yield each
        yield from shapes(each)
