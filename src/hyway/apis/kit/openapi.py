"""OpenAPI 3.1 of a family, from its operations: what it says is what the server does."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from hyway.apis.kit.operations import Operation

Json = dict[str, Any]
_REFS = "#/components/schemas/{name}"


def first_word(of: Operation) -> str:
    """What comes after the API's own words in the path."""
    words = [word for word in _bare(of).split("/") if word and word not in ("api", "v1")]
    return words[0]


def _bare(of: Operation) -> str:
    """The path without what names the form of the answer."""
    return of.path.removesuffix(".json")


def scopes(of: Operation) -> str:
    """The scopes that an operation needs, in a sentence."""
    if not of.scopes:
        return "Anybody may call this."
    return "Needs the scope " + " or ".join(f"`{scope}`" for scope in of.scopes) + "."


@dataclass(frozen=True, slots=True)
class Family:
    """What a family's document says beyond its operations.

    `security` is the scheme that every operation with a scope needs. `errors` are the schema of a refusal
    and, by status, what it means with an example; one that is text alone is sent as plain text. `headers` stand on
    every answer, with a description and a schema. `examples` are bodies and answers by `METHOD path`. `silent` gives
    the statuses with which an operation refuses without a body. `tag` says under which heading an operation stands,
    `needs` what it asks of its caller.
    """

    title: str
    version: str
    description: str
    security: Mapping[str, Json]
    error: Json
    errors: Mapping[str, tuple[str, Json | str]]
    headers: Mapping[str, tuple[str, Json]]
    examples: Mapping[str, "Example"] = field(default_factory=dict)
    silent: Callable[[Operation], Collection[str]] = lambda _: ()
    tag: Callable[[Operation], str] = first_word
    needs: Callable[[Operation], str] = scopes


@dataclass(frozen=True, slots=True)
class Example:
    """What is sent, if anything, and what comes back."""

    answer: Any
    sent: Any = None


def document(family: Family, operations: Sequence[Operation], public_url: str = "") -> Json:
    """The whole document; `public_url` is where the server is reached, the document's own host by default."""
    schemas = _schemas(family, operations)
    paths: dict[str, Json] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(family, each)
    return {
        "openapi": "3.1.0",
        "info": {"title": family.title, "version": family.version, "description": family.description},
        "servers": [{"url": public_url or "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": dict(family.security),
            "responses": {status: _refusal(family, status) for status in family.errors},
            "headers": {
                name: {"description": text, "schema": schema}
                for name, (text, schema) in family.headers.items()
            },
        },
    }


def _schemas(family: Family, operations: Sequence[Operation]) -> Json:
    said = [type for each in operations for type in (each.takes, each.gives) if type is not None]
    types = [each for type in said for each in _alternatives(type)]
    _, found = msgspec.json.schema_components(types, schema_hook=_anything, ref_template=_REFS)
    return {**found, "Error": family.error}


def _operation(family: Family, of: Operation) -> Json:
    made: Json = {
        "operationId": _name(of),
        "summary": of.summary,
        "tags": [family.tag(of)],
        "parameters": [*_path(of), *_query(of), *_headers(of)],
        "responses": _responses(family, of),
    }
    said = [text for text in (of.description, family.needs(of)) if text]
    made["description"] = "\n\n".join(said)
    if of.scopes:
        made["security"] = [{name: [scope]} for name in family.security for scope in of.scopes]
    else:
        made["security"] = []
    if of.takes is not None:
        content: Json = {"schema": _schema(of.takes)}
        example = family.examples.get(f"{of.method} {of.path}")
        if example is not None and example.sent is not None:
            content["example"] = example.sent
        made["requestBody"] = {"required": True, "content": {"application/json": content}}
    return made


def _name(of: Operation) -> str:
    words = [word for word in _bare(of).replace("{", "").replace("}", "").split("/") if word]
    return "-".join([of.method.lower(), *words])


def _path(of: Operation) -> list[Json]:
    names = [part.split("}")[0] for part in of.path.split("{")[1:]]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(of: Operation) -> list[Json]:
    if of.query is None:
        return []
    parameters: list[Json] = []
    for each in msgspec.structs.fields(of.query):
        schema = _schema(_without_none(each.type))
        description = schema.pop("description", "")
        if each.default is not msgspec.NODEFAULT and each.default is not None:
            schema["default"] = each.default
        if schema.get("type") == "string":
            # What is left empty is refused, and so are control characters.
            schema["minLength"] = 1
            if "format" not in schema:
                schema["pattern"] = "^[^\\u0000-\\u001f\\u007f]+$"
        parameter = {"name": each.encode_name, "in": "query", "required": each.required, "schema": schema}
        parameters.append({**parameter, "description": description} if description else parameter)
    return parameters


def _without_none(type: Any) -> Any:
    """`X | None` says in a query that the parameter may be left out, not that it may be null."""
    if get_origin(type) not in (Union, UnionType):
        return type
    return next(each for each in get_args(type) if each is not NoneType)


def _headers(of: Operation) -> list[Json]:
    schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    return [
        {"name": name, "in": "header", "required": False, "description": text, "schema": schema}
        for name, text in of.headers.items()
    ]


def _alternatives(type: Any) -> tuple[Any, ...]:
    """The shapes of a union of whole objects, which no decoder could tell apart; else the type itself."""
    if get_origin(type) in (Union, UnionType) and NoneType not in get_args(type):
        return get_args(type)
    return (type,)


def _anything(type: Any) -> Json:
    """The schema of `object`, which msgspec has no word for."""
    if type is object:
        return {"description": "Anything."}
    raise NotImplementedError


def _schema(type: Any) -> Json:
    schemas, _ = msgspec.json.schema_components(
        _alternatives(type), schema_hook=_anything, ref_template=_REFS
    )
    return dict(schemas[0]) if len(schemas) == 1 else {"anyOf": list(schemas)}


def _responses(family: Family, of: Operation) -> Json:
    content: Json = {"schema": _schema(of.gives)} if of.gives is not None else {}
    example = family.examples.get(f"{of.method} {of.path}")
    if example is not None and content:
        content["example"] = example.answer
    headers: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in family.headers}
    for name, text in of.replies.items():
        headers[name] = {"description": text, "schema": {"type": "string"}}
    done: Json = {"description": of.summary, "headers": headers}
    if content:
        forms = {media: {"schema": schema} for media, schema in of.forms.items()}
        done["content"] = {of.media_type: content, **forms}
    refused: Json = {status: {"$ref": f"#/components/responses/{status}"} for status in family.errors}
    for status in family.silent(of):
        refused[status] = {**_refusal(family, status), "content": {}}
    also = {
        str(status): {**done, "description": said} if status < 300 else _also_refused(family, said)
        for status, said in of.also.items()
    }
    return {str(of.status): done, **also, **refused}


def _also_refused(family: Family, said: str) -> Json:
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in family.headers}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": said, "headers": headers, "content": content}


def _refusal(family: Family, status: str) -> Json:
    meaning, example = family.errors[status]
    kind, schema = "application/json", {"$ref": "#/components/schemas/Error"}
    if isinstance(example, str):
        kind, schema = "text/plain", {"type": "string"}
    return {
        "description": meaning,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in family.headers},
        "content": {kind: {"schema": schema, "example": example}},
    }
