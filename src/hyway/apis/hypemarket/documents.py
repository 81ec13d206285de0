"""What this API says of itself: the OpenAPI document, the page for people, its part of llms.txt."""

import dataclasses
import json
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from hyway.apis.kit import openapi
from hyway.apis.kit.documents import Manual
from hyway.apis.kit.openapi import Example
from hyway.apis.kit.operations import Operation

_DESCRIPTION = """\
Creators and the organizations that pay them: campaigns, collabs, submissions, money.

Send a personal token with every request, as `Authorization: Bearer TOKEN`. A token belongs to a person and works in \
every organization that they belong to; the address says which one is meant. A token that may only read may GET and \
HEAD.

The suffix `.json` or `Accept: application/json` asks for JSON; without either, the same addresses are pages for \
people. PUT is PATCH.

Lists come in pages of 20, chosen by `?page=`; the headers `Current-Page`, `Page-Items`, `Total-Count`, `Total-Pages` \
and `Link` tell where a page stands. A single record has an `ETag`: send it as `If-None-Match` to hear 304 while \
nothing has changed.

Bodies are JSON, or forms (`campaign[name]=…`), with the fields under the name of the record; pictures come with \
multipart forms. Fields that are not known are passed over. Ids are opaque texts, times ISO 8601 in UTC, amounts \
whole minor units of their currency."""

_MESSAGES = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
_ERROR = {
    "title": "Error",
    "type": "object",
    "properties": {
        "errors": {
            "type": "object",
            "additionalProperties": _MESSAGES,
            "description": "What is wrong, by field; `base` for the record as a whole.",
        },
        "error": {"type": "string"},
        "status": {"type": "integer"},
    },
}
_ERRORS: dict[str, tuple[str, dict[str, Any] | str]] = {
    "400": (
        "The request cannot be read, or lacks what its fields would be in. Without `Accept: application/json`, a body "
        "that is no JSON is told of in a page.",
        {"status": 400, "error": "Bad Request"},
    ),
    "401": (
        "The token is missing, unknown or revoked, or may only read. The body is plain text.",
        "HTTP Token: Access denied.\n",
    ),
    "403": ("Members only: your role does not permit this.", {"error": "Not authorized"}),
    "404": (
        "There is no such thing, or not for you. Without a body where a person's own is meant.",
        {"error": "Not authorized"},
    ),
    "422": (
        "Validation failed; nothing was changed.",
        {"errors": {"name": ["can't be blank"], "currency": ["is not included in the list"]}},
    ),
    "500": ("Something unexpected happened.", {"status": 500, "error": "Internal Server Error"}),
    "503": (
        "Too many requests; `Retry-After` says when to come again.",
        {"status": 503, "error": "Service Unavailable"},
    ),
}
_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "X-Request-Id": ("Names this request in the server's log.", {"type": "string"}),
}
EXAMPLES: dict[str, Example] = {
    f"{name}.json": Example(each["answer"], each.get("sent"))
    for name, each in json.loads(files(__package__).joinpath("examples.json").read_text("utf-8")).items()
}
"""By operation; those that have none are shown by their shape alone."""


def _silent(of: Operation) -> tuple[str, ...]:
    """What is a person's own is missing without a word."""
    return () if of.path.startswith("/organizations") else ("404",)


def manual(operations: Sequence[Operation]) -> Manual:
    """This API's, with these operations, whose paths are shown with their suffix."""
    return Manual(
        slug="hypemarket",
        tagline="Campaigns, collabs and creators, whom they pay and for what: a self-hosted API over HTTP.",
        family=openapi.Family(
            title="Hypemarket API",
            version=version("hyway"),
            description=_DESCRIPTION,
            security={
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of `/me/access_tokens` or of `hyway key hypemarket`.",
                }
            },
            error=_ERROR,
            errors=_ERRORS,
            headers=_HEADERS,
            examples=EXAMPLES,
            silent=_silent,
        ),
        operations=[dataclasses.replace(each, path=f"{each.path}.json") for each in operations],
    )
