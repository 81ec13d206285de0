"""What HyperTrack's API says of itself: the OpenAPI document, the page for people, its part of llms.txt."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from hyway.apis.hypertrack.examples import BODIES, EXAMPLES
from hyway.apis.kit import openapi
from hyway.apis.kit.documents import Manual
from hyway.apis.kit.operations import Operation

_DESCRIPTION = """\
Live location: users, what they are to do and where, and the days that they had.

Send your key with every request, as `Authorization: token KEY`. A secret key (`sk_`) may do everything; a \
publishable key (`pk_`) is for apps, whose key anybody can read, and may do what each operation says; a group's token \
(`gk_`) reads that group and those under it. Keys with `test` in them see test data alone.

Every address ends in a slash; one without it is sent on with 301. `/api/v2/` is another name of `/api/v1/`.

Lists come in pages: `count`, `next`, `previous`, `results`. Points are GeoJSON, longitude first; distances are \
metres, durations seconds, times ISO 8601 in UTC. Unknown fields and filters are passed over.

A refusal is `{"detail": …}`, or the wrong fields with what is wrong about each."""

_SENTENCE = {"type": "string", "minLength": 1}
_ERROR = {
    "title": "Error",
    "type": "object",
    "properties": {"detail": {**_SENTENCE, "description": "What is wrong, where it is of no single field."}},
    "additionalProperties": {
        "description": "What is wrong with this field.",
        "anyOf": [{"type": "array", "items": _SENTENCE, "minItems": 1}, {"type": "object"}],
    },
    "minProperties": 1,
}
_ERRORS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": ("The request breaks a rule; nothing was changed.", BODIES["error_400"]),
    "401": ("The token is missing, malformed, unknown, revoked or expired.", BODIES["error_401"]),
    "403": (
        "The token may not do this.",
        {"detail": "You do not have permission to perform this action."},
    ),
    "404": ("There is no such thing, or no such page.", BODIES["error_404"]),
    "405": ("Not with this method.", {"detail": 'Method "PUT" not allowed.'}),
    "406": ("No answer but JSON is to be had.", {"detail": "Could not satisfy the request Accept header."}),
    "415": (
        "The body is of a kind that is not read.",
        {"detail": 'Unsupported media type "text/plain" in request.'},
    ),
    "429": (
        "The limit of the organization is used up.",
        {"detail": "Request was throttled. Expected available in 3 seconds."},
    ),
    "500": ("Something unexpected happened.", {"detail": "A server error occurred."}),
}
_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "X-Request-Id": ("Names this request in the server's log.", {"type": "string"}),
}


def _family(release: str) -> openapi.Family:
    return openapi.Family(
        title="HyperTrack API",
        version=release,
        description=_DESCRIPTION,
        security={
            "token": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`token KEY`, with a key of the console or of `hyway key hypertrack`.",
            }
        },
        error=_ERROR,
        errors=_ERRORS,
        headers=_HEADERS,
        examples=EXAMPLES,
    )


def manual(operations: Sequence[Operation]) -> Manual:
    """HyperTrack's, with these operations."""
    return Manual(
        slug="hypertrack",
        tagline="Users on a map, live: positions, trips and stops, actions, places, groups and geofences, over HTTP.",
        family=_family(version("hyway")),
        operations=operations,
    )
