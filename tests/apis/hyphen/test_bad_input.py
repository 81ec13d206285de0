"""What a careless or a hostile program may send: the exact answer, and no row of the database is another."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

import httpx
import pytest

from hyway.apis import hyphen
from hyway.apis.hyphen.documents import tag
from hyway.apis.hyphen.style import MISSING
from hyway.apis.kit.operations import Operation
from hyway.domain.identity import accounting, criteria
from tests.apis.hyphen import bounds
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.party import CONTENT, SECRET_KEY, party, version
from tests.apis.hyphen.test_contract import CALLS, DOCUMENTED, names
from tests.make.stored import rows

OPERATIONS = {f"{each.method} {each.path}": each for each in hyphen.OPERATIONS}
TAGS = {
    group: [f"{each.method} {each.path}" for each in some]
    for group, some in groupby(sorted(hyphen.OPERATIONS, key=tag), key=tag)
}
WITH_SHAPES = [
    group
    for group, some in TAGS.items()
    if any(OPERATIONS[each].takes or OPERATIONS[each].query for each in some)
]
NOBODYS = {
    "projectId": "proj", "appId": "app", "environmentId": "pevr", "memberId": "memb", "teamId": "team",
    "accessId": "accs", "apiKeyId": "akey", "secretId": "asec", "favoriteId": "proj", "organizationId": "org",
    "codeId": "code", "qrId": "lqr", "domainId": "dmn",
    "integrationId": "intg", "connectionId": "conn", "zoneId": "zone", "userId": "user", "providerId": "pm",
    "invoiceProviderId": "inv", "billingAccountId": "bill", "segmentId": "segm", "toggleKey": "tgl", "id": "pkey",
}  # fmt: skip
PERSONS = "POST /api/organizations/"
"""What no API key may do."""


class Stage(NamedTuple):
    """Ours, with ids by the names that the paths have for them, and those of another organization."""

    acme: Acme
    ours: dict[str, str]
    theirs: dict[str, str]

    def client(self, name: str) -> httpx.AsyncClient:
        headers = {"content-type": "application/json"}
        if "/api/billing-accounts/" in name:
            return self.acme.client(
                "", headers={**headers, "authorization": f"Bearer {self.ours['payerToken']}"}
            )
        if name == PERSONS:
            return self.acme.client(
                "", headers={**headers, "authorization": f"Bearer {self.ours['tokenId']}"}
            )
        return self.acme.client(headers=headers)

    def path(self, template: str, **others: str) -> str:
        return template.format_map({**self.ours, **others})

    def stored(self) -> dict[str, Any]:
        return self.acme.db.read_now(rows)


@pytest.fixture
async def stage(acme: Acme) -> Stage:
    ours = names(await party(acme, "visitor")) | {"payerToken": acme.token(acme.owner)}
    return Stage(acme, ours, names(await party(acme.elsewhere, "somebody")))


def sent(of: Operation, query: Any = None, body: Any = ...) -> tuple[str, bytes | None]:
    """The query string and the body of a request, with what fits where nothing is given."""
    asked = query if query is not None else bounds.sample(of.query) if of.query else {}
    given = bounds.sample(of.takes) if of.takes is not None and body is ... else body
    return urlencode(asked, doseq=True), None if of.takes is None else json.dumps(given).encode()


def asked(of: Operation) -> Iterator[tuple[tuple[str, bytes | None], str]]:
    """Every request with one thing wrong, and what is told of it."""
    for case in bounds.cases(of.query, "querystring", of_text=True) if of.query else ():
        yield sent(of, query=case.value), case.told
    for case in bounds.cases(of.takes, "body"):
        yield sent(of, body=case.value), case.told


@pytest.mark.parametrize("group", WITH_SHAPES)
async def test_one_below_and_one_above(group: str, stage: Stage) -> None:
    before = stage.stored()
    wrong: list[tuple[Any, ...]] = []
    for name in TAGS[group]:
        async with stage.client(name) as client:
            for (query, body), told in asked(OPERATIONS[name]):
                path = stage.path(OPERATIONS[name].path)
                answer = await client.request(OPERATIONS[name].method, f"{path}?{query}", content=body)
                if not told_so(answer, 400, told):
                    wrong.append((name, query[:100], str(body)[:200], told, answer.status_code, answer.text))
        if stage.stored() != before:
            wrong.append((name, "something was changed"))
            before = stage.stored()
    assert not wrong, "\n".join(map(str, wrong[:40]))


def told_so(answer: httpx.Response, status: int, told: str) -> bool:
    """Whether a refusal has its status, its one envelope, and says this: exactly, and nothing more."""
    if answer.status_code != status:
        return False
    refused(answer, status)
    return answer.json()["message"] == told and "errors" not in answer.json()


@pytest.mark.parametrize("group", WITH_SHAPES)
async def test_what_just_fits_is_not_refused_for_its_shape(group: str, stage: Stage) -> None:
    wrong = []
    for name in TAGS[group]:
        of = OPERATIONS[name]
        shapes = {told for _, told in asked(of)}
        async with stage.client(name) as client:
            for query, body in fitting(of):
                answer = await client.request(of.method, f"{stage.path(of.path)}?{query}", content=body)
                if answer.status_code >= 500 or (
                    answer.status_code == 400 and answer.json()["message"] in shapes
                ):
                    wrong.append((name, query[:100], str(body)[:200], answer.text))
    assert not wrong, "\n".join(map(str, wrong))


def fitting(of: Operation) -> Iterator[tuple[str, bytes | None]]:
    for query in bounds.fitting(of.query, of_text=True) if of.query else ():
        yield sent(of, query=query)
    for body in bounds.fitting(of.takes) if bounds.is_shape(of.takes) else ():
        yield sent(of, body=body)


_NAME = ("must NOT have fewer than 1 characters", "must NOT have more than 100 characters")
_COLOR = 'must match pattern "^#[0-9a-fA-F]{6}$"'
PROMISED = {
    "body/alternateId": ("must NOT have fewer than 1 characters", "must NOT have more than 25 characters"),
    "body/name": _NAME,
    "body/color": (_COLOR,),
    "querystring/pageNum": ("must be >= 1",),
    "querystring/pageSize": ("must be >= 1", "must be <= 200"),
    "querystring/secretKeyId": ("must be >= 1",),
    "querystring/version": ("must be >= 1",),
    "body/secretKeyId": ("must be >= 1",),
    "body/version": ("must be >= 1",),
    "body/email": ('must match format "email"',),
    "body/startDate": ('must match format "date-time"',),
    "body/index": ("must be >= 0",),
}
"""What the vendor's pages and clients hold to, whatever the shapes say."""
LOOSE = {"PATCH /api/organizations/{organizationId}/members/{memberId}/ body/email"}
"""Where an empty text takes something back."""


@pytest.mark.parametrize("name", [name for name in CALLS if {"body", "query"} & DOCUMENTED[name].keys()])
def test_every_documented_field_has_its_bounds(name: str) -> None:
    found = {told for _, told in asked(OPERATIONS[name])}
    for where, place in (("body", "body"), ("query", "querystring")):
        for each in DOCUMENTED[name].get(where, ()):
            at = f"{place}/{each['name']}"
            for told in PROMISED.get(at, ()) if f"{name} {at}" not in LOOSE else ():
                assert f"{at} {told}" in found, (name, at, told)


def places() -> list[tuple[str, str]]:
    """Every operation with each of the ids in its path but the organization's."""
    return [
        (name, place)
        for name in OPERATIONS
        for place in re.findall(r"\{(\w+)\}", name)
        # What is everybody's is nobody else's.
        if place not in ("organizationId", "ip", "packageName", "version")
    ]


async def test_ids_of_strangers_and_of_nobody_in_every_path(stage: Stage) -> None:
    before = stage.stored()
    wrong: list[tuple[Any, ...]] = []
    for name, place in places():
        of = OPERATIONS[name]
        query, body = sent(of)
        for id in {stage.theirs[place], *strange(stage, place), "x", f"{NOBODYS[place]}_{'f' * 24}"}:
            path = stage.path(of.path, **{place: id})
            async with stage.client(name) as client:
                answer = await client.request(of.method, f"{path}?{query}", content=body)
            if not told_so(answer, 404, MISSING.format(id=id)):
                wrong.append((name, place, id, answer.status_code, answer.text))
    if stage.stored() != before:
        wrong.append(("something was changed",))
    assert not wrong, "\n".join(map(str, wrong))


def strange(stage: Stage, place: str) -> set[str]:
    """What else the other organization calls it, and an id of ours that is of another kind."""
    also = {"projectId": "projectAlternateId", "appId": "appAlternateId"}.get(place)
    return {stage.ours["userId"], *([stage.theirs[also]] if also else [])}


def test_the_document_says_of_criteria_what_is_judged() -> None:
    schemas = json.loads(hyphen.openapi())["components"]["schemas"]
    own, account = schemas["TeamIn"]["properties"]["criteria"]["items"]["anyOf"]
    assert own["properties"]["field"]["enum"] == list(criteria.FIELDS)
    assert own["properties"]["operator"]["enum"] == list(criteria.OPERATORS)
    text, texts = own["properties"]["value"]["anyOf"]
    assert text["maxLength"] == criteria.LONGEST_VALUE
    assert texts["maxItems"] == criteria.MOST_VALUES
    assert account["properties"]["field"]["enum"] == list(accounting.TYPES)
    assert schemas["TeamIn"]["properties"]["criteria"]["maxItems"] == criteria.MOST


SIDES = ("organizationId", "projectId", "appId", "teamId", "environmentId", "userId", "accessId")
HOLDERS = ("memberId", "teamId", "apiKeyId", "apiKeyMemberId", "userId", "ownerId", "secretId")


async def test_ids_of_strangers_in_bodies(stage: Stage) -> None:
    before = stage.stored()
    entity, assignment = {"id": stage.ours["projectId"]}, {"id": stage.ours["teamId"]}
    path = f"{stage.acme.base}/access/"
    async with stage.acme.client() as client:
        for noun in SIDES:
            body = {
                "entity": {"id": stage.theirs[noun]},
                "assignment": assignment,
                "roles": ["ProjectReader"],
            }
            refused(await client.post(path, json=body), 404, MISSING.format(id=stage.theirs[noun]))
        for noun in HOLDERS:
            body = {"entity": entity, "assignment": {"id": stage.theirs[noun]}, "roles": ["ProjectReader"]}
            refused(await client.post(path, json=body), 404, MISSING.format(id=stage.theirs[noun]))
        liking = f"{stage.acme.base}/members/{stage.ours['memberId']}/favorites"
        for noun in (*SIDES, *HOLDERS):
            answer = await client.post(liking, json={"id": stage.theirs[noun]})
            refused(answer, 404, MISSING.format(id=stage.theirs[noun]))
        for noun in (*SIDES, *HOLDERS):
            about = {"references": [{"id": stage.theirs[noun]}]}
            found = await client.post(f"/api/events/{stage.acme.id}/search", json=about)
            assert (found.status_code, found.json()["data"]) == (200, []), noun
        answer = await client.post(
            f"/api/events/{stage.acme.id}/search", json={"pageCursor": stage.theirs["eventId"]}
        )
        refused(answer, 400, "body/pageCursor must be the id of an event of the organization")
    assert stage.stored() == before


FILE = "apps/{appId}/dot-env/"
NAMED = (
    ("GET", FILE, "environmentId"),
    ("PUT", FILE, "environmentId"),
    ("DELETE", FILE, "environmentId"),
    ("GET", f"{FILE}versions/", "environmentId"),
    ("DELETE", f"{FILE}versions/", "environmentId"),
)
FILTERS = (
    ("access/", "entityIds", ("organizationId", "projectId", "appId", "teamId", "projectAlternateId")),
    ("access/", "assignmentIds", ("memberId", "teamId", "apiKeyId")),
    ("apps/", "projectIds", ("projectId", "projectAlternateId")),
    ("apps/", "projects", ("projectId", "projectAlternateId")),
    ("apps/", "appIds", ("appId", "appAlternateId")),
    ("dot-envs/", "projectIds", ("projectId", "projectAlternateId")),
    ("dot-envs/", "appIds", ("appId", "appAlternateId")),
    ("dot-envs/summary", "projectIds", ("projectId", "projectAlternateId")),
)


async def test_ids_of_strangers_in_queries(stage: Stage) -> None:
    before = stage.stored()
    async with stage.acme.client() as client:
        for method, rest, field in NAMED:
            query: dict[str, Any] = {field: stage.theirs[field], "secretKeyId": SECRET_KEY}
            path = stage.path(f"{stage.acme.base}/{rest}")
            answer = await client.request(method, path, params=query, json=version(2))
            refused(answer, 404, MISSING.format(id=stage.theirs[field]))
        for rest, field, nouns in FILTERS:
            for noun in nouns:
                answer = await client.get(f"{stage.acme.base}/{rest}", params={field: stage.theirs[noun]})
                told = answer.json()
                assert (answer.status_code, told["data"], told.get("total", 0)) == (200, [], 0), (rest, noun)
    assert stage.stored() == before


async def test_a_secret_is_good_for_its_own_key_alone(stage: Stage) -> None:
    before = stage.stored()
    ours, theirs = stage.ours, stage.theirs
    pairs = (
        (ours["apiKeyId"], theirs["secret_value"]),
        (theirs["apiKeyId"], ours["secret_value"]),
        (ours["apiKeyId"], ours["secretId"]),
        (ours["apiKeyMemberId"], ours["secret_value"]),
        (f"akey_{'f' * 24}", ours["secret_value"]),
        (ours["apiKeyId"], ""),
        ("", ""),
    )
    async with stage.acme.client("") as nobody:
        for id, secret in pairs:
            answer = await nobody.post("/api/auth/m2m", json={"clientId": id, "clientSecret": secret})
            refused(answer, 401, "Unable to login, verify username and password.")
    after = stage.stored()
    counted = [name for name in before if after[name] != before[name]]
    assert counted == ["sign_in_tries"]  # the tries are counted, and nothing else


@pytest.mark.parametrize(
    "content",
    ["", "=", "!!!", "AAA", "AAAA====", "%%%=", "not base64 at all", "\u00e9\U0001f600", "a\nb\r\n\t"],
)
async def test_what_is_no_base64_is_taken_as_it_is(stage: Stage, content: str) -> None:
    path = stage.path(f"{stage.acme.base}/apps/{{appId}}/dot-env/")
    async with stage.acme.client() as client:
        pushed = await client.put(
            path, params={"secretKeyId": SECRET_KEY}, json={**version(2), "data": content}
        )
        assert (pushed.status_code, pushed.json()["data"]) == (201, content)
        assert (await client.get(path)).json()["data"] == content


async def test_a_file_of_five_megabytes_leaves_no_row(stage: Stage) -> None:
    before = stage.stored()
    path = stage.path(f"{stage.acme.base}/apps/{{appId}}/dot-env/?secretKeyId={SECRET_KEY}")
    async with stage.acme.client() as client:
        answer = await client.put(path, json={**version(2), "data": CONTENT * (5_000_000 // len(CONTENT))})
    refused(answer, 400, "body/data must NOT have more than 1048576 characters")
    assert stage.stored() == before
