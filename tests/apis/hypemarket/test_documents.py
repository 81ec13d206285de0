"""What the creators' API says of itself is true: the document, its examples, the page, llms.txt."""

import re
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hyway.apis import hypemarket
from hyway.apis.hypemarket.documents import EXAMPLES
from tests.apis.hypemarket.conftest import World
from tests.apis.hypemarket.test_contract import DOCUMENTED

DOCUMENT: dict[str, Any] = msgspec.json.decode(hypemarket.openapi("https://go.example"))
OPERATIONS = {f"{each.method} {each.path}.json": each for each in hypemarket.OPERATIONS}


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
    assert {str(operation.status), "400", "401", "403", "404", "422", "503"} <= set(found["responses"])
    assert [scope for need in found["security"] for scope in need["token"]] == list(operation.scopes or ())
    assert operation.scopes == (("read",) if operation.method == "GET" else ("write",)) or "export" in name
    assert ("requestBody" in found) == (operation.takes is not None)


def test_operation_ids_are_unique() -> None:
    ids = [each["operationId"] for methods in DOCUMENT["paths"].values() for each in methods.values()]
    assert len(set(ids)) == len(ids) == len(OPERATIONS)


def test_every_operation_of_the_vendor_has_an_example() -> None:
    shown = {
        re.sub(r":(\w+)", r"{\1}", name) + ".json"
        for name, each in DOCUMENTED.items()
        if each["success"] in (200, 201)
    }
    assert shown <= set(EXAMPLES) <= set(OPERATIONS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_the_schemas_say(name: str) -> None:
    example, found = EXAMPLES[name], said(name)
    answer = found["responses"][str(OPERATIONS[name].status)]["content"]["application/json"]["schema"]
    validator(answer).validate(example.answer)
    if example.sent is not None:
        validator(found["requestBody"]["content"]["application/json"]["schema"]).validate(example.sent)
        msgspec.convert(example.sent, OPERATIONS[name].takes)


def test_refusals_are_what_the_schema_says() -> None:
    for response in DOCUMENT["components"]["responses"].values():
        content = next(iter(response["content"].values()))
        validator(content["schema"]).validate(content["example"])


async def test_refusals_are_of_the_kind_that_is_documented(world: World) -> None:
    paths, shared = DOCUMENT["paths"], DOCUMENT["components"]["responses"]
    assert list(shared["401"]["content"]) == ["text/plain"]
    assert paths["/me/access_tokens/{id}.json"]["delete"]["responses"]["404"]["content"] == {}
    async with world.client() as client, world.client("") as nobody:
        denied = await nobody.get("/organizations.json")
        assert denied.text == shared["401"]["content"]["text/plain"]["example"]
        assert (await client.delete("/me/access_tokens/aaaaaa.json")).content == b""
        unknown = await client.get("/organizations/aaaaaa.json")
        assert unknown.json() == shared["404"]["content"]["application/json"]["example"]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = hypemarket.page().decode()
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    for name in OPERATIONS:
        assert name in page


def test_llms_txt_names_every_operation() -> None:
    text = hypemarket.llms_txt("https://go.example")
    assert text.startswith("# Hypemarket API\n")
    for each in hypemarket.OPERATIONS:
        assert f"`{each.method} https://go.example{each.path}.json`" in text


def test_the_reference_as_markdown_is_whole() -> None:
    text = hypemarket.markdown("https://go.example")
    for name in OPERATIONS:
        assert f"\n## {name}\n" in text
    for field in ("campaign.cpm_amount", "organization.privacy_setting", "push_notifications_enabled"):
        assert f"- `{field}`" in text
    assert "- 401: " in text
    assert text.count("```") % 2 == 0
