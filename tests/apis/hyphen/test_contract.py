"""Every documented operation over HTTP: its status, and a body with the keys and types of its example.

The operations of `tests/contracts/hyphen.json` must all stand in CALLS.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from hyway.apis import hyphen
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.party import SECRET_KEY, party, version
from tests.make.clouds import PERSONS
from tests.make.vendor import STILL_IDS, TOKEN

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "hyphen.json").read_text("utf-8")
)
DOCUMENTED: dict[str, dict[str, Any]] = {
    f"{each['method']} {each['path']}": each for each in CONTRACT["operations"]
}
OFFERED = {f"{each.method} {each.path}": each for each in hyphen.OPERATIONS}
ABSENT = {
    "logoUrl", "dueDate", "settings", "connectedAccounts", "firstName", "lastName", "nickname", "email", "profileUrl",
    "lastUsed", "distributionList", "nextPageCursor", "projectEnvironment", "user", "requestId", "deny", "push", "pull",
    "env", "deletedAt", "deletedBy", "errors", "verification",
}  # fmt: skip
"""What need not be there: it is said where there is something to say."""
MORE = {"favorites", "teams", "organizationRoles", "type", "deleted", "roles"}
"""What the pages describe among an operation's fields, but leave out of its example."""
ADDED = {"telemetry", "config", "configSchema", "guide"}
"""What we tell besides: clients of the vendor's report what they evaluate, and that is counted too; how integrations
are set up, and how they are."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
ID = re.compile(r"[a-z]+_[0-9a-f]{24}")
ORG = "/api/organizations/{organizationId}"
BILLING = "/api/billing-accounts/{billingAccountId}"
BOOKS = {"name": "Books", "email": "books@example.com"}
ATELIER = {"type": "atelier", "config": {"token": TOKEN}}
ENVIRONMENTS = [{"name": "Stage", "alternateId": "stage", "color": "#aabbcc"}]


class Call(NamedTuple):
    """`as_person`: an API key cannot do it; `as_owner`: but who was the first to own the organization. `query` and
    `sent` may name ids.
    """

    query: str = ""
    sent: Any = None
    as_person: bool = False
    as_owner: bool = False


# In an order in which nothing is gone before it is asked for.
CALLS: dict[str, Call] = {
    "GET /api/auth/login": Call("scope=openid&state=mine"),
    "GET /api/auth/token-exchange": Call("state=mine"),
    "POST /api/auth/jwt-refresh": Call(),
    "GET /api/auth/logout": Call(),
    "POST /api/auth/m2m": Call(sent={"clientId": "{apiKeyId}", "clientSecret": "{secret_value}"}),
    "GET /api/me/": Call(as_person=True),
    "GET /api/organizations/": Call("name=ac&pageNum=1&pageSize=10"),
    "POST /api/organizations/": Call(
        sent={
            "name": "Second",
            "defaultEnvironments": ENVIRONMENTS,
            "billingAccount": BOOKS,
            "createDefaultProject": True,
        },
        as_person=True,
    ),
    f"GET {ORG}/": Call(),
    f"PATCH {ORG}/": Call(sent={"name": "visitor renamed", "defaultEnvironments": ENVIRONMENTS}),
    f"GET {ORG}/usage": Call("billingCycle=1"),
    "GET /api/billing-accounts/": Call("pageNum=1&pageSize=10", as_person=True, as_owner=True),
    f"GET {BILLING}/usage": Call("billingCycle=1", as_person=True, as_owner=True),
    f"PATCH {BILLING}/": Call(
        sent={
            "name": "Books",
            "email": "books@example.com",
            "phone": "+1 555 010 1234",
            "address": {
                "streetAddress": "1 Main Street",
                "locality": "Springfield",
                "region": "OR",
                "postalCode": "97477",
                "country": "US",
            },
            "promoCodes": ["{promo_code}"],
        },
        as_person=True,
        as_owner=True,
    ),
    f"POST {BILLING}/payment-methods/": Call(
        sent={"confirmationToken": "{card_token}"}, as_person=True, as_owner=True
    ),
    f"PATCH {BILLING}/payment-methods/{{providerId}}/": Call(
        sent={"isDefault": False}, as_person=True, as_owner=True
    ),
    f"POST {BILLING}/owners/": Call(
        sent={"email": "visitor-owner@example.com"}, as_person=True, as_owner=True
    ),
    f"GET {BILLING}/": Call(as_person=True, as_owner=True),
    f"GET {ORG}/billing-account/": Call(),
    f"GET {BILLING}/invoices/{{invoiceProviderId}}/urls": Call(as_person=True, as_owner=True),
    f"GET {ORG}/billing-account/invoices/{{invoiceProviderId}}/urls": Call(),
    f"PUT {BILLING}/subscription/status": Call(sent={"status": "Active"}, as_person=True, as_owner=True),
    f"DELETE {BILLING}/payment-methods/{{providerId}}/": Call(as_person=True, as_owner=True),
    f"DELETE {BILLING}/owners/{{userId}}/": Call(as_person=True, as_owner=True),
    f"GET {ORG}/projects/": Call("pageNum=1&pageSize=10"),
    f"POST {ORG}/projects/": Call(
        sent={"alternateId": "my-project", "name": "My Project", "isMonorepo": False}
    ),
    f"GET {ORG}/projects/{{projectId}}/": Call(),
    f"PATCH {ORG}/projects/{{projectId}}/": Call(sent={"name": "Renamed", "isMonorepo": True}),
    f"GET {ORG}/apps/": Call("projectIds={projectId}&appIds={appId}"),
    f"POST {ORG}/projects/{{projectId}}/apps/": Call(sent={"alternateId": "my-app", "name": "My App"}),
    f"GET {ORG}/apps/{{appId}}/": Call(),
    f"PATCH {ORG}/apps/{{appId}}/": Call(
        sent={
            "name": "My App",
            "settings": {
                "env": {
                    "accessControls": {
                        "allow": [],
                        "deny": [{"type": "cidr", "description": "Deny one", "value": "192.0.2.0/24"}],
                        "environments": {
                            "production": {
                                "allow": [{"type": "cidr", "description": "All", "value": "0.0.0.0/0"}],
                                "deny": [],
                            }
                        },
                    }
                }
            },
        }
    ),
    f"GET {ORG}/apps/{{appId}}/environments/": Call("pageNum=1&pageSize=10"),
    f"GET {ORG}/apps/{{appId}}/environments/{{environmentId}}/": Call(),
    f"PUT {ORG}/apps/{{appId}}/dot-env/": Call(
        f"secretKeyId={SECRET_KEY}&environmentId={{environmentId}}", version(2)
    ),
    f"GET {ORG}/apps/{{appId}}/dot-env/": Call(
        f"secretKeyId={SECRET_KEY}&environmentId={{environmentId}}&version=2"
    ),
    f"GET {ORG}/apps/{{appId}}/dot-env/versions/": Call(
        "environmentId={environmentId}&pageNum=1&pageSize=10"
    ),
    f"GET {ORG}/dot-envs/": Call("appIds={appId}&environmentId={environmentId}&pageNum=1&pageSize=10"),
    f"GET {ORG}/dot-envs/summary": Call(),
    f"DELETE {ORG}/apps/{{appId}}/dot-env/versions/": Call(f"secretKeyId={SECRET_KEY}"),
    f"DELETE {ORG}/apps/{{appId}}/dot-env/": Call("environmentId={environmentId}"),
    f"POST {ORG}/domains/": Call(
        sent={
            "domain": "links.example.net",
            "notFoundRedirectUrl": "https://example.net/lost",
            "fallbackUrlTemplate": "https://example.com/{{code}}",
        }
    ),
    f"GET {ORG}/domains/": Call("pageNum=1&pageSize=10"),
    f"PATCH {ORG}/domains/{{domainId}}/": Call(
        sent={
            "notFoundRedirectUrl": "https://example.org/",
            "fallbackUrlTemplate": "https://example.org/{{code}}",
        }
    ),
    f"POST {ORG}/domains/{{domainId}}/verify": Call(),
    f"DELETE {ORG}/domains/{{domainId}}/": Call(),
    f"GET {ORG}/dns/zones/": Call("pageNum=1&pageSize=10"),
    f"GET {ORG}/dns/zones/{{zoneId}}/": Call(),
    f"DELETE {ORG}/dns/zones/{{zoneId}}/": Call(),
    f"POST {ORG}/integrations/azure/context": Call(sent={"token": PERSONS}),
    "GET /api/integrations/": Call(),
    f"GET {ORG}/integrations/": Call("pageNum=1&pageSize=10"),
    f"POST {ORG}/integrations/test": Call(sent=ATELIER),
    f"POST {ORG}/integrations/": Call(sent=ATELIER),
    f"POST {ORG}/integration-invites/": Call(sent={"type": "workshop", "codeChallenge": "c" * 43}),
    f"GET {ORG}/integrations/{{integrationId}}/": Call(),
    f"GET {ORG}/integrations/{{integrationId}}/resources/": Call("type=DistributionList&parentId=th1"),
    f"POST {ORG}/integrations/{{integrationId}}/import/": Call(
        sent={
            "type": "DistributionList",
            "parentId": "th1",
            "resources": [{"id": STILL_IDS[0], "key": "value"}],
        }
    ),
    f"POST {ORG}/integrations/{{integrationId}}/connections/": Call(
        sent={"type": "GitRepository", "entity": {"id": "{appId}"}, "input": "octo/verify"}
    ),
    f"GET {ORG}/integrations/connections": Call(
        "projectIds={projectId}&integrationIds={integrationId}&integrationTypes=workshop&entityIds={projectId}"
        "&types=MessagingChannel&connectionIds={connectionId}&pageNum=1&pageSize=10"
    ),
    f"GET {ORG}/integrations/connections/access": Call(
        "entityIds={projectId}&assignmentIds={memberId}&pageNum=1&pageSize=10"
    ),
    f"GET {ORG}/integrations/{{integrationId}}/connections/{{connectionId}}/": Call(),
    f"POST {ORG}/integrations/{{integrationId}}/connections/{{connectionId}}/verify": Call(
        sent={"code": "1234"}
    ),
    f"DELETE {ORG}/integrations/{{integrationId}}/connections/{{connectionId}}/": Call(
        "decommissionRemoteResources=false"
    ),
    f"DELETE {ORG}/integrations/{{integrationId}}/": Call(),
    f"GET {ORG}/members/": Call("search=visitor&includeApiKeys=true&includeOrganizationRoles=true"),
    f"POST {ORG}/members/": Call(sent={"firstName": "John", "lastName": "Doe", "email": "john@example.com"}),
    f"GET {ORG}/members/{{memberId}}/": Call("includeOrganizationRoles=true"),
    f"PATCH {ORG}/members/{{memberId}}/": Call(sent={"firstName": "Joan"}),
    f"POST {ORG}/members/{{memberId}}/favorites": Call(sent={"id": "{appId}"}),
    f"PATCH {ORG}/members/{{memberId}}/favorites/{{favoriteId}}": Call(sent={"index": 0}),
    f"DELETE {ORG}/members/{{memberId}}/favorites/{{favoriteId}}": Call(),
    f"GET {ORG}/teams/": Call("name=visitor"),
    f"POST {ORG}/teams/": Call(
        sent={
            "name": "Joans",
            "type": "dynamic",
            "memberCount": 0,
            "channels": [{"id": "C123", "type": "slack"}],
            "criteria": [{"type": "property", "field": "firstName", "value": "Joan", "operator": "equals"}],
        }
    ),
    f"GET {ORG}/teams/{{teamId}}/": Call(),
    f"PATCH {ORG}/teams/{{teamId}}/": Call(sent={"name": "Renamed", "type": "static"}),
    f"GET {ORG}/teams/{{teamId}}/members": Call(),
    f"PUT {ORG}/teams/{{teamId}}/members": Call(sent=["{memberId}"]),
    f"DELETE {ORG}/teams/{{teamId}}/members/{{memberId}}": Call(),
    f"GET {ORG}/access/": Call("entityIds={projectId}&assignmentIds={memberId}&pageNum=1&pageSize=10"),
    f"POST {ORG}/access/": Call(
        sent={"entity": {"id": "{appId}"}, "assignment": {"id": "{teamId}"}, "roles": ["ProjectReader"]}
    ),
    f"GET {ORG}/access/{{accessId}}/": Call(),
    f"PATCH {ORG}/access/{{accessId}}/": Call(sent={"roles": ["ProjectContributor"]}),
    f"DELETE {ORG}/access/{{accessId}}/": Call(),
    f"GET {ORG}/api-keys/": Call("name=visitor"),
    f"POST {ORG}/api-keys/": Call(sent={"name": "Another program"}),
    f"GET {ORG}/api-keys/{{apiKeyId}}/": Call(),
    f"PUT {ORG}/api-keys/{{apiKeyId}}/secrets/": Call(),
    f"DELETE {ORG}/api-keys/{{apiKeyId}}/secrets/{{secretId}}": Call(),
    "POST /api/events/{organizationId}/search": Call(
        sent={
            "types": ["PROJECT"],
            "references": [{"id": "{projectId}", "type": "Project"}],
            "referenceOperation": "AND",
            "pageSize": 1,
        }
    ),
    "GET /api/downloads/{packageName}/versions": Call("latest=true"),
    "GET /api/downloads/{packageName}/{version}": Call("os=linux"),
    f"GET {ORG}/toggles/": Call(),
    f"GET {ORG}/projects/{{projectId}}/toggles/": Call(),
    f"POST {ORG}/projects/{{projectId}}/toggles/": Call(
        sent={
            "key": "limit",
            "description": "As many",
            "tags": ["shop"],
            "type": "boolean",
            "targets": [{"logic": "true", "value": True}],
            "defaultValue": False,
        }
    ),
    f"GET {ORG}/projects/{{projectId}}/toggles/{{toggleKey}}": Call(),
    f"PATCH {ORG}/projects/{{projectId}}/toggles/{{toggleKey}}": Call(
        sent={
            "description": "As many as that",
            "tags": ["shop", "cart"],
            "targets": [{"logic": '{"segment": "visitor-vips"}', "value": False}],
            "defaultValue": True,
        }
    ),
    f"GET {ORG}/segments/": Call("pageNum=1&pageSize=10&search=vips"),
    f"GET {ORG}/projects/{{projectId}}/segments/": Call("search=vip&availableFor="),
    f"POST {ORG}/projects/{{projectId}}/segments/": Call(
        sent={
            "alternateId": "beta",
            "name": "Beta",
            "description": "Who tries things",
            "tags": ["people"],
            "logic": "true",
        }
    ),
    f"GET {ORG}/projects/{{projectId}}/segments/{{segmentId}}": Call(),
    f"PATCH {ORG}/projects/{{projectId}}/segments/{{segmentId}}": Call(
        sent={"name": "VIPs", "description": "All", "tags": ["people"], "logic": "true"}
    ),
    "GET /api/public-keys/": Call("organizationId={organizationId}&projectId={projectId}"),
    "POST /api/public-keys/": Call(
        sent={"organizationId": "{organizationId}", "projectId": "{projectId}", "name": "Web"}
    ),
    "GET /api/public-keys/{id}": Call(),
    f"DELETE {ORG}/projects/{{projectId}}/toggles/{{toggleKey}}": Call(),
    f"DELETE {ORG}/projects/{{projectId}}/segments/{{segmentId}}": Call(),
    f"DELETE {ORG}/members/{{memberId}}/": Call(),
    f"DELETE {ORG}/teams/{{teamId}}/": Call(),
    f"DELETE {ORG}/api-keys/{{apiKeyId}}/": Call(),
    f"DELETE {ORG}/apps/{{appId}}/": Call(),
    f"DELETE {ORG}/projects/{{projectId}}/": Call(),
}
OURS = {
    f"{method} {path}"
    for method, path in (
        ("GET", "/api/execution-context/"),
        ("DELETE", "/api/public-keys/{id}"),
        ("GET", "/ip"),
        ("GET", "/ip/{ip}"),
        ("POST", "/ip"),
        ("GET", f"{ORG}/domains/{{domainId}}/"),
        ("GET", f"{ORG}/integrations/{{integrationId}}/import/"),
        *((method, f"{ORG}/link/codes/") for method in ("GET", "POST")),
        ("GET", f"{ORG}/link/codes/tags"),
        *((method, f"{ORG}/link/codes/{{codeId}}") for method in ("GET", "PATCH", "DELETE")),
        ("GET", f"{ORG}/link/codes/{{codeId}}/stats"),
        *((method, f"{ORG}/link/codes/{{codeId}}/qrs") for method in ("GET", "POST")),
        *((method, f"{ORG}/link/codes/{{codeId}}/qrs/{{qrId}}") for method in ("GET", "DELETE")),
        ("GET", "/{organizationId}/{projectId}/key"),
        ("POST", "/{organizationId}/{projectId}/key"),
        *((method, f"{ORG}/projects/{{projectId}}/environments/") for method in ("GET", "POST")),
        *(
            (method, f"{ORG}/projects/{{projectId}}/environments/{{environmentId}}/")
            for method in ("GET", "PATCH", "DELETE")
        ),
    )
}
"""What the vendor's clients call, but its pages do not name: their own files have the tests."""
STATUS = {"GET /api/auth/token-exchange": 403, "POST /api/auth/jwt-refresh": 403}
"""Where a browser must have begun before; its whole way is tested with its cookies."""


def names(ids: dict[str, str]) -> dict[str, str]:
    """Ids as the paths name them."""
    found = {
        f"{noun.split('_')[0]}{''.join(word.title() for word in noun.split('_')[1:])}Id": id
        for noun, id in ids.items()
    }
    more = {
        "favoriteId": "app",
        **{name: name for name in ("secret_value", "promo_code", "card_token")},
        "toggleKey": "toggle_key",
        "id": "public_key",
        "packageName": "package",
        "version": "package_version",
    }
    return {**found, **{name: ids[noun] for name, noun in more.items()}}


def filled(shape: Any, ids: dict[str, str]) -> Any:
    """The same with ids where it names some."""
    if isinstance(shape, str):
        return (
            re.sub(r"(?<!\{)\{(\w+)\}", lambda found: ids[found[1]], shape)
            .replace("{{", "{")
            .replace("}}", "}")
        )
    if isinstance(shape, list):
        return [filled(each, ids) for each in shape]
    return {key: filled(each, ids) for key, each in shape.items()} if isinstance(shape, dict) else shape


async def called(name: str, acme: Acme, ids: dict[str, str], token: str) -> httpx.Response:
    call = CALLS[name]
    method, path = name.split()
    token = acme.token(acme.owner) if call.as_owner else token
    headers = {"authorization": f"Bearer {token}"} if call.as_person else {}
    body: dict[str, Any] = {} if call.sent is None else {"json": filled(call.sent, ids)}
    async with acme.client("" if call.as_person else None, headers=headers) as client:
        query = filled(call.query, ids)
        return await client.request(method, filled(path, ids) + (f"?{query}" if query else ""), **body)


def differs(shown: Any, given: Any, at: str = "") -> list[str]:
    """Where what is given has other keys or other types than what is shown; null shows nothing."""
    if shown is None or shown in ({}, [None], {"key": "value"}):
        return []
    if isinstance(shown, list) and isinstance(given, list):
        if not given:
            return (
                [] if at.rpartition(".")[2] in {*ABSENT, "apps", "toggles"} else [f"{at}: nothing is there"]
            )
        return [wrong for each in given for wrong in differs(shown[0], each, at)]
    if isinstance(shown, dict) and isinstance(given, dict):
        missing = [f"{at}.{key}: missing" for key in shown if key not in given and key not in ABSENT]
        known = MORE | ADDED | _beside(given)
        strange = [f"{at}.{key}: more" for key in given if key not in shown and key not in known]
        if at.endswith(("accessControls", "view", "data")):
            missing, strange = [], []
        both = [key for key in shown if key in given]
        inner = [wrong for key in both for wrong in differs(shown[key], given[key], f"{at}.{key}")]
        return missing + strange + inner
    numbers = {int, float}
    if type(shown) is not type(given) and not {type(shown), type(given)} <= numbers:
        return [f"{at}: {given!r} for {shown!r}"]
    return _misspelt(at.rpartition(".")[2], shown, given, at)


def _beside(given: dict[str, Any]) -> set[str]:
    """What we tell besides in a list that the pages show no paging of, and of toggles and segments: whose they are."""
    paging = {"total", "pageNum", "pageSize"} if isinstance(given.get("data"), list) else set()
    paging |= {"id"} if given.keys() == {"status", "id"} else set()  # by which an import is found again
    return paging | ({"id", "project", "organization"} if {"tags", "meta"} <= given.keys() else set())


def _misspelt(name: str, shown: Any, given: Any, at: str) -> list[str]:
    """Ids and times have one form each; a day is shown as one."""
    if name in (
        "createdAt",
        "published",
        "timestamp",
        "lastUsed",
        "startDate",
        "endDate",
        "lastUpdated",
        "createdDate",
        "periodStart",
        "periodEnd",
        "dueDate",
    ):
        wanted = DAY if DAY.fullmatch(shown) else TIME
        return [] if wanted.fullmatch(given) else [f"{at}: {given!r} is no time"]
    if name == "id" and ".channels" not in at and not ID.fullmatch(str(given)):
        return (
            []
            if at.endswith(("actor.id", "references.id", "subscriptions.id", "tenants.id", "cycles.id"))
            else [f"{at}: {given!r} is no id"]
        )
    return []


async def test_every_operation_is_as_documented(acme: Acme) -> None:
    found = await party(acme, "visitor")
    token, ids = found["token"], names(found)
    wrong: list[str] = []
    for name in CALLS:
        answer = await called(name, acme, ids, token)
        success = min(status for status in DOCUMENTED[name]["responses"] if status < "400")
        status = STATUS.get(name, int(success))
        if answer.status_code != status:
            wrong.append(f"{name}: {answer.status_code} for {status}: {answer.text}")
            continue
        example = DOCUMENTED[name]["responses"][success].get("example")
        if status == 204:
            assert (answer.content, "content-type" in answer.headers) == (b"", False), name
        elif status < 300 and example is not None:
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
            wrong += [f"{name} {each}" for each in differs(example, answer.json())]
    assert not wrong, "\n".join(wrong)


def test_no_documented_operation_is_untested() -> None:
    assert len(DOCUMENTED) == 112
    assert sorted(set(DOCUMENTED) - set(CALLS)) == []
    assert set(CALLS) <= set(DOCUMENTED)


def test_every_operation_is_documented_or_known_to_be_ours() -> None:
    assert set(CALLS) | OURS == set(OFFERED)


@pytest.mark.parametrize("name", [name for name in CALLS if "body" in DOCUMENTED[name]])
def test_every_documented_field_is_taken(name: str) -> None:
    schemas = json.loads(hyphen.openapi())["components"]["schemas"]
    fields = set(schemas[OFFERED[name].takes.__name__]["properties"])
    # A team counts its members itself.
    wanted = {each["name"] for each in DOCUMENTED[name]["body"]} - {"memberCount"}
    assert wanted <= fields


@pytest.mark.parametrize("name", [name for name in CALLS if "query" in DOCUMENTED[name]])
def test_every_documented_parameter_is_taken(name: str) -> None:
    method, path = name.split()
    said = json.loads(hyphen.openapi())["paths"][path][method.lower()]["parameters"]
    known = {each["name"]: each for each in said if each["in"] == "query"}
    for each in DOCUMENTED[name]["query"]:
        assert each["name"] in known, each["name"]


async def test_an_operation_is_there_with_and_without_its_slash(acme: Acme) -> None:
    async with acme.client("") as nobody:
        for name, operation in OFFERED.items():
            method, path = name.split()
            path = re.sub(r"\{\w+\}", acme.id, path).rstrip("/")
            for spelt in (path, f"{path}/"):
                answer = await nobody.request(method, spelt)
                if operation.scopes:
                    refused(answer, 401)
                elif "/downloads/" in path:
                    assert answer.json() == "Package not found" or acme.id in answer.json()["message"], name
                else:
                    assert answer.status_code in (200, 302, 400, 403), name


async def test_a_stranger_is_told_of_no_organization(acme: Acme) -> None:
    said = f"Resource with id '{acme.id}' not found or you do not have permission to access it."
    async with acme.stranger() as stranger:
        for name in OFFERED:
            method, path = name.split()
            if "{organizationId}" in path:
                path = re.sub(r"\{\w+\}", "x", path.replace("{organizationId}", acme.id))
                refused(await stranger.request(method, path, json={}), 404, said)
