"""What Hoko says about itself: the OpenAPI document, the page for people, llms.txt."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from hyway.apis.hoko import arabic
from hyway.apis.hoko.examples import EXAMPLES
from hyway.apis.kit import openapi
from hyway.apis.kit.documents import Manual
from hyway.apis.kit.operations import Operation

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


def _family(release: str) -> openapi.Family:
    return openapi.Family(
        title="Hoko API",
        version=release,
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


def manual(operations: Sequence[Operation]) -> Manual:
    """Hoko's, with these operations."""
    return Manual(
        slug="hoko",
        tagline="Short links, their clicks, and the leads and sales they led to: a self-hosted API over HTTP.",
        family=_family(version("hyway")),
        operations=operations,
        notes=(
            'Errors are `{"error": {"en": …, "ar": …}}`; 403 adds `missingScopes`, 429 `retryAfter` (seconds).',
        ),
    )
