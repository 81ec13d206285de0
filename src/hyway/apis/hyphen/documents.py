"""What this API says of itself: the OpenAPI document, the page for people, its part of llms.txt."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from hyway.apis.hyphen import style
from hyway.apis.kit import openapi
from hyway.apis.kit.documents import Manual
from hyway.apis.kit.openapi import Example
from hyway.apis.kit.operations import Operation

_DESCRIPTION = """\
A platform for developers: organizations and who may do what in them, projects, apps, environments, .env files.

Send a key's secret as `x-api-key`, or an access token as `Authorization: Bearer TOKEN`. Browsers may show the token \
as the cookie `access_token`; what changes something then has to come from a page of this server.

Every address works with a slash at its end and without. Where a project, an app or an environment is named, its \
alternate id does as well as its id.

Lists come in pages: `total`, `pageNum`, `pageSize`, `data`, chosen by `?pageNum=` and `?pageSize=`; a page past the \
end is empty. Parameters that take several values may be given more than once, or with commas. Times are RFC 3339 in \
UTC with milliseconds. Unknown fields are passed over.

A refusal is `{"message", "requestId", "errorCode"}`: the code is the same for the same kind of refusal, the request's \
id names it in the server's log. Where several things are wrong, `errors` has them all."""

_TEXT = {"type": "string", "minLength": 1}
_ID = {"type": "string", "pattern": "^[1-9A-HJ-NP-Za-km-z]{22}$"}
_ERROR = {
    "title": "Error",
    "type": "object",
    "required": ["message", "requestId", "errorCode"],
    "properties": {
        "message": _TEXT,
        "requestId": {**_ID, "description": "Names this request."},
        "errorCode": {**_ID, "description": "The same for the same kind of refusal."},
        "errors": {"type": "array", "items": _TEXT, "minItems": 2, "description": "All that is wrong."},
    },
}


def _shown(message: str) -> dict[str, Any]:
    return {"message": message, "requestId": "3JmXf3ZpQ1u8ZbqkT8c1hW", "errorCode": "8kYvdw2RtzN6hXbPq4cLsm"}


_ERRORS: dict[str, tuple[str, dict[str, Any] | str]] = {
    "400": ("What was sent breaks a rule; nothing was changed.", _shown("body/name must be string")),
    "401": ("The credential is missing, unknown, revoked or expired.", _shown(style.UNKNOWN)),
    "403": (
        "None of the caller's roles allows it.",
        _shown("You do not have permission to create projects."),
    ),
    "404": (
        "There is no such thing, or not for the caller.",
        _shown(style.MISSING.format(id="proj_0123456789abcdef01234567")),
    ),
    "409": ("It is there already, or it has changed, or it is needed.", _shown("alternateId is taken")),
    "413": ("The body is too long.", _shown("Request body is too large")),
    "429": (
        "The limit of the organization is used up; `Retry-After` says when to come again.",
        _shown("Rate limit exceeded"),
    ),
    "500": ("Something unexpected happened.", _shown("An unknown error occurred")),
}
_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "X-Request-Id": ("Names this request in the server's log.", {"type": "string"}),
}
EXAMPLES: dict[str, Example] = {
    name: Example(each.get("answer"), each.get("sent"))
    for name, each in json.loads(files(__package__).joinpath("examples.json").read_text("utf-8")).items()
}
"""By operation; those that neither take nor give anything have none."""
_TAGS = {
    "me": "Users",
    "auth": "OAuth2",
    "events": "Events",
    "execution-context": "Users",
    "ip": "Net Info",
    "key": "Vault Keys",
    "access": "Access",
    "api-keys": "API Keys",
    "apps": "Apps",
    "codes": "URL Codes",
    "billing-account": "Billing Accounts",
    "billing-accounts": "Billing Accounts",
    "domains": "Domains",
    "dot-env": ".Env Files",
    "dot-envs": ".Env Files",
    "downloads": "Package Download",
    "environments": "Environments",
    "integrations": "Integrations",
    "members": "Members",
    "projects": "Projects",
    "public-keys": "Public Keys",
    "segments": "Segments",
    "teams": "Teams",
    "toggles": "Toggles",
    "zones": "DNS Zones",
}


def tag(of: Operation) -> str:
    """The heading of the vendor's pages: most say it with the last word of the path that they know."""
    words = [word for word in of.path.split("/") if word in _TAGS]
    if of.path.startswith("/api/organizations/{organizationId}/"):
        if "dot-env" in words:
            return _TAGS["dot-env"]
        if words[:1] == ["teams"]:
            return _TAGS["teams"]
        if words[:1] == ["integrations"] or of.path.endswith("/integration-invites/"):
            return "Integration Connections" if "/connections" in of.path else "Organization Integrations"
    return _TAGS[words[-1]] if words else "Organizations"


def needs(of: Operation) -> str:
    """What an operation asks of its caller, in a sentence."""
    if not of.scopes:
        return "Anybody may call this."
    if of.needs is None:
        return "Needs a credential."
    return "Needs a role that allows `{} {}`.".format(*of.needs)


def _without_envelope(of: Operation) -> tuple[str, ...]:
    """A package that is not there is told of in one bare text."""
    return ("404",) if of.path == "/api/downloads/{packageName}/versions" else ()


def manual(operations: Sequence[Operation]) -> Manual:
    """This API's, with these operations."""
    return Manual(
        slug="hyphen",
        tagline="Who may do what, projects, apps and environments, .env files: a self-hosted API over HTTP.",
        family=openapi.Family(
            title="Hyphen API",
            version=version("hyway"),
            description=_DESCRIPTION,
            security={
                "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": style.COOKIE},
            },
            error=_ERROR,
            errors=_ERRORS,
            headers=_HEADERS,
            examples=EXAMPLES,
            silent=_without_envelope,
            tag=tag,
            needs=needs,
        ),
        operations=operations,
    )
