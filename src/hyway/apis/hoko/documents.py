"""What Hoko says about itself: the OpenAPI document, the page for people, llms.txt."""

from typing import Any

import msgspec

from hyway.apis.hoko import arabic
from hyway.apis.hoko.examples import EXAMPLES
from hyway.apis.kit import openapi, reference
from hyway.apis.kit.operations import Operation

SOURCE = "/openapi/hoko.json"
_DESCRIPTION = """\
Short links, their clicks, and what the clicks led to.

Send your key with every request, as `Authorization: Bearer KEY` or as the bare key. A key has scopes; each \
operation names the one it needs.

Lists are sent and answered as arrays, up to 10,000 objects in a request, all or nothing, answered in the \
order sent. In an update an absent field stays, null clears, a value sets. A refusal names the place: \
`[3].url` is the field `url` of the object with index 3, counted from 0.

Requests are counted for the whole workspace over a sliding minute; every answer says how far the limit is \
used."""

_SENTENCE = {"type": "string", "minLength": 1}
_ERROR = {
    "title": "Error",
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"en": _SENTENCE, "ar": _SENTENCE},
            "required": ["en", "ar"],
            "additionalProperties": False,
        },
        "missingScopes": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "retryAfter": {"type": "integer", "minimum": 1, "description": "Seconds to wait."},
    },
    "required": ["error"],
    "additionalProperties": False,
}


def _said(en: str, **more: Any) -> dict[str, Any]:
    return {"error": {"en": en, "ar": arabic.TEXTS[en]}, **more}


_URL = "must be an http or https URL"
_ERRORS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": (
        "The request breaks a rule; nothing was changed.",
        {"error": {"en": f"[3].url {_URL}", "ar": f"[3].url: {arabic.TEXTS[_URL]}"}},
    ),
    "401": ("The key is missing, malformed, unknown, revoked or expired.", _said("Invalid API key")),
    "403": (
        "The key lacks the scope, or the plan the feature (then without `missingScopes`).",
        _said("Missing required scopes", missingScopes=["linksWrite"]),
    ),
    "404": ("There is no such path, or not with this method.", _said("Not found")),
    "429": ("The limit of the workspace is used up.", _said("Rate limit exceeded", retryAfter=45)),
    "500": ("Something unexpected happened.", _said("Internal server error")),
}
_COUNT = {"type": "integer", "minimum": 0}
_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "X-RateLimit-Limit": ("Requests in a sliding minute.", _COUNT),
    "X-RateLimit-Remaining": ("Requests that are left of them.", _COUNT),
    "X-RateLimit-Reset": ("When the oldest counted request leaves the window, in Unix seconds.", _COUNT),
    "X-Request-Id": ("Names this request in the server's log.", {"type": "string"}),
}


def _family(version: str) -> openapi.Family:
    return openapi.Family(
        title="Hoko API",
        version=version,
        description=_DESCRIPTION,
        security={
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of the console or of `hyway key hoko`.",
            }
        },
        error=_ERROR,
        errors=_ERRORS,
        headers=_HEADERS,
        examples=EXAMPLES,
    )


def openapi_json(operations: tuple[Operation, ...], version: str, public_url: str) -> bytes:
    return msgspec.json.encode(openapi.document(_family(version), operations, public_url))


def page(operations: tuple[Operation, ...], version: str) -> bytes:
    return reference.page(openapi.document(_family(version), operations), SOURCE)


def llms_txt(operations: tuple[Operation, ...], public_url: str) -> str:
    """The API in few words, for programs that read; after the convention of llms.txt."""
    lines = [
        "# Hoko API",
        "",
        "> Short links, their clicks, and the leads and sales they led to: a self-hosted API over HTTP.",
        "",
        *_DESCRIPTION.split("\n\n")[1:],
        "",
        'Errors are `{"error": {"en": …, "ar": …}}`; 403 adds `missingScopes`, 429 `retryAfter` (seconds).',
        "",
        "## Documentation",
        "",
        f"- [OpenAPI 3.1]({public_url}{SOURCE}): every operation, field and bound",
        f"- [Reference]({public_url}/docs/hoko): the same for people",
        "",
        "## Operations",
        "",
    ]
    for each in operations:
        scopes = " or ".join(each.scopes or ())
        said = f"{each.summary}. {each.description}".rstrip()
        lines.append(f"- `{each.method} {public_url}{each.path}` ({scopes}): {said}")
    return "\n".join(lines) + "\n"
