"""A page that people read, made of an OpenAPI document: no script, nothing from elsewhere."""

import json
import re
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup, escape

_ENVIRONMENT = Environment(
    loader=PackageLoader("hyway.apis.kit"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    trim_blocks=True,
    lstrip_blocks=True,
)
_CODE = re.compile("`([^`]+)`")


def _marked(text: str) -> Markup:
    """Text whose words in backticks are code, all else as it stands."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped just now


_ENVIRONMENT.filters["marked"] = _marked


def page(document: dict[str, Any], source: str) -> bytes:
    """The page in UTF-8; `source` is where the document itself is found."""
    template = _ENVIRONMENT.get_template("reference.html")
    resolve = _Resolver(document)
    return template.render(
        doc=document,
        source=source,
        groups=_groups(document),
        fields=resolve.fields,
        kind=resolve.kind,
        show=lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    ).encode()


def _groups(document: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    return groups


class _Resolver:
    """Follows the references of a document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def _struct(self, schema: dict[str, Any]) -> dict[str, Any]:
        if schema.get("type") == "array":
            schema = schema["items"]
        name = schema.get("$ref", "").rpartition("/")[2]
        return dict(self._schemas[name]) if name else schema

    def fields(self, schema: dict[str, Any]) -> list[tuple[str, str, bool, str]]:
        """Name, kind, whether it must be there, and what it means, of every field."""
        struct = self._struct(schema)
        required = struct.get("required", ())
        return [
            (name, self.kind(each), name in required, each.get("description", ""))
            for name, each in struct.get("properties", {}).items()
        ]

    def kind(self, schema: dict[str, Any]) -> str:
        """A schema in a few words."""
        if "anyOf" in schema:
            return " or ".join(self.kind(each) for each in schema["anyOf"])
        if "enum" in schema:
            return "one of " + ", ".join(map(str, schema["enum"]))
        if schema.get("type") == "array":
            return f"list of {self.kind(schema.get('items', {}))}"
        name = schema.get("$ref", "").rpartition("/")[2]
        word = name or schema.get("type", "anything")
        return " ".join([str(word), *_limits(schema)])


def _limits(schema: dict[str, Any]) -> list[str]:
    limits = [f"({schema['format']})"] if "format" in schema else []
    if "minimum" in schema and "maximum" in schema:
        limits.append(f"{schema['minimum']} to {schema['maximum']}")
    if "maxLength" in schema:
        limits.append(f"at most {schema['maxLength']} characters")
    if "default" in schema:
        limits.append(f"default {schema['default']}")
    return limits
