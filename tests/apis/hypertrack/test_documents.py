"""What HyperTrack's API says of itself is true: the document, its examples, the page, llms.txt, the contract."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hyway.apis import hypertrack
from hyway.apis.hypertrack.examples import BODIES, EXAMPLES
from hyway.apis.hypertrack.fields import reader

CONTRACTS = Path(__file__).parents[2] / "contracts"
DOCUMENT: dict[str, Any] = msgspec.json.decode(hypertrack.openapi("https://go.example"))
OPERATIONS = {f"{each.method} {each.path}": each for each in hypertrack.OPERATIONS}
EXPECTED = {f"{each['method']} {each['path']}": each for each in json.loads(
    (CONTRACTS / "hypertrack-operations.json").read_text()
)}  # fmt: skip


def validator(schema: dict[str, Any]) -> Any:
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def said(name: str) -> dict[str, Any]:
    method, path = name.split()
    return DOCUMENT["paths"][path][method.lower()]


def answer_of(name: str) -> dict[str, Any]:
    return said(name)["responses"][str(OPERATIONS[name].status)]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_vendors_operations_are_there(name: str) -> None:
    expected = EXPECTED[name]
    assert name in OPERATIONS
    assert sorted(OPERATIONS[name].scopes or ()) == sorted(expected["keys"])
    assert OPERATIONS[name].status == expected["success"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_documented_whole(name: str) -> None:
    found = said(name)
    assert found["summary"]
    refusals = {"400", "401", "403", "404", "405", "406", "415", "429", "500"}
    assert set(found["responses"]) == {
        *map(str, (OPERATIONS[name].status, *OPERATIONS[name].also)),
        *refusals,
    }
    assert [scope for need in found["security"] for scope in need["token"]] == list(
        OPERATIONS[name].scopes or ()
    )
    assert ("content" in answer_of(name)) == (OPERATIONS[name].status != 204)


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    for kind, name in re.findall(r'"#/components/(\w+)/([^"]+)"', text):
        assert name in DOCUMENT["components"][kind], name
    assert not [name for name in DOCUMENT["components"]["schemas"] if "hyway" in name]


def test_operation_ids_are_unique() -> None:
    ids = [each["operationId"] for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)


def test_the_examples_are_those_of_the_contract() -> None:
    assert json.loads((CONTRACTS / "hypertrack.json").read_text()) == BODIES


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() & OPERATIONS.keys()))
def test_examples_are_what_the_schemas_say(name: str) -> None:
    example = EXAMPLES[name]
    validator(answer_of(name)["content"]["application/json"]["schema"]).validate(example.answer)
    if example.sent is not None:
        validator(said(name)["requestBody"]["content"]["application/json"]["schema"]).validate(example.sent)
        assert reader(OPERATIONS[name].takes)(example.sent)


def test_refusals_are_what_the_schema_says() -> None:
    for response in DOCUMENT["components"]["responses"].values():
        content = response["content"]["application/json"]
        validator(content["schema"]).validate(content["example"])


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = hypertrack.page().decode()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    for name in OPERATIONS:
        assert name in page
    assert "`" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)


def test_llms_txt_names_every_operation() -> None:
    text = hypertrack.llms_txt("https://go.example")
    for each in hypertrack.OPERATIONS:
        assert f"`{each.method} https://go.example{each.path}`" in text
    assert text.startswith("# ")
