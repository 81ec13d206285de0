"""A family's reference as Markdown, for programs that read the whole of it at once."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def text(document: Json) -> str:
    """The reference of an OpenAPI document."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Json) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    yield f"# {document['info']['title']}"
    yield ""
    yield document["info"]["description"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield from _operation(f"{method.upper()} {path}", operation, schemas)
    yield ""
    yield "## Refusals"
    yield ""
    for status, refusal in document["components"]["responses"].items():
        example = next(iter(refusal["content"].values()))["example"]
        shown = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
        yield f"- {status}: {refusal['description']} `{shown.strip()}`"


def _operation(name: str, operation: Json, schemas: Json) -> Iterator[str]:
    yield ""
    yield f"## {name}"
    yield ""
    yield f"{operation['summary']}. {operation['description']}".replace("\n\n", " ")
    asked = [each for each in operation["parameters"] if each["in"] != "path"]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if asked or content:
        yield ""
    for each in asked:
        yield f"- `{each['name']}` ({each['in']}): {each.get('description', '')}".rstrip(": ")
    if content:
        yield from _fields(content["schema"], schemas)
        yield from _example("Request", content)
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json", {})
        if status.startswith("2"):
            yield from _example(f"Answer {status}", content)


def _fields(schema: Json, schemas: Json, within: str = "") -> Iterator[str]:
    """A line for each field of what is sent, those of its objects too."""
    inner = _resolved(schema, schemas)
    for name, field in inner.get("properties", {}).items():
        found = _resolved(field, schemas)
        if found.get("type") == "object" and found.get("properties") and not within:
            yield from _fields(found, schemas, f"{name}.")
            continue
        need = " (required)" if name in inner.get("required", ()) else ""
        said = field.get("description") or found.get("description", "")
        yield f"- `{within}{name}`{need}: {said or found.get('type', 'anything')}"


def _resolved(schema: Json, schemas: Json) -> Json:
    """Without its references, its null and the list around it."""
    while True:
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        elif "anyOf" in schema:
            schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
        elif schema.get("type") == "array" and "$ref" in schema.get("items", {}):
            schema = schema["items"]
        else:
            return schema


def _example(title: str, content: Json) -> Iterator[str]:
    if "example" in content:
        yield ""
        yield f"{title}:"
        yield ""
        yield "```json"
        yield json.dumps(content["example"], indent=2, ensure_ascii=False)
        yield "```"
