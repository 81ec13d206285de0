"""No organization sees or touches another's data: one walk with a stranger's key over every operation.

The requests are made from each family's own OpenAPI document: wherever an id can be put, each of another
organization's ids is put. The answer must be the one that an id of nobody gets.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from sqlalchemy import inspect, text

from hyway.kernel.db import Database
from tests.apis.families import FAMILIES, Family, Visit

_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|\"requestId\":\"\w+\"")
"""What differs from one answer to the next."""
_LINK_TABLES = ("link_tags", "visits")
_ACCOUNTS = "(SELECT seq FROM tracking_accounts WHERE organization = :it)"
_PAYERS = "(SELECT billing_account FROM organizations WHERE seq = :it)"
_NAMED = "(SELECT seq FROM people WHERE name LIKE 'somebody%')"
_MEMBERSHIPS = "(SELECT seq FROM memberships WHERE organization = :it)"
_OF_USERS = ("tracking_positions", "tracking_visits", "tracking_photos", "tracking_phones")
_OF_PAYERS = (
    "billing_owners", "billing_promo_codes", "invoices", "payment_methods", "subscriptions", "subscription_spans",
)  # fmt: skip

NO_IDS = ("/ip",)
"""What takes texts that are no ids."""
ROOMS: dict[str, list[tuple[Family, str, str]]] = {}
for family in FAMILIES:
    for path, methods in family.document["paths"].items():
        for method in methods:
            named = f"{family.name} {family.room(method, path)}"
            ROOMS.setdefault(named, []).append((family, method, path))


class Try(NamedTuple):
    """A request that is good but for one id. `uuid` says whether only an id fits where the id goes."""

    what: str
    path: str
    query: str
    body: Any
    uuid: bool

    def with_id(self, id: str) -> tuple[str, str, Any]:
        return tuple(json.loads(json.dumps([self.path, self.query, self.body]).replace(MARK, id)))


MARK = "@@id@@"


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without references and without its null alternative."""
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        else:
            schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
    return schema


def tries(family: Family, method: str, path: str, visit: Visit) -> Iterator[Try]:
    """A request for every place of an operation where an id can stand."""
    said = family.document["paths"][path][method]
    own = _whole(family, path, visit.own)
    for each in said["parameters"]:
        schema = resolved(family.document, each["schema"])
        text_alone = schema.get("type") == "string" and "enum" not in schema and each["name"] != "timezone"
        text_alone = text_alone or schema.get("items", {}).get("type") == "string"
        if each["in"] == "query" and text_alone and schema.get("format") != "date-time":
            yield Try(each["name"], own, f"{each['name']}={MARK}", None, schema.get("format") == "uuid")
        if each["in"] == "path":
            place = f"{{{each['name']}}}"
            yield Try(each["name"], _whole(family, path.replace(place, MARK), visit.own), "", None, True)
            if path.count("{") > 1:
                beside = _whole(family, path.replace(place, MARK), visit.their)
                yield Try(f"{each['name']} beside theirs", beside, "", None, False)
    if "requestBody" in said:
        content = said["requestBody"]["content"]["application/json"]
        yield from _bodies(family, path, visit, content)


def _whole(family: Family, path: str, ids: Callable[[str, str], str | None]) -> str:
    """The path with these ids where ids go."""
    return re.sub(r"\{(\w+)\}", lambda place: ids(path, place[1]) or ids(path, "id") or family.nobody, path)


def _bodies(family: Family, path: str, visit: Visit, content: dict[str, Any]) -> Iterator[Try]:
    schema = resolved(family.document, content["schema"])
    many = schema.get("type") == "array"
    of = resolved(family.document, schema["items"]) if many else schema
    sent = content.get("example", [{}] if many else {})
    texts = isinstance(sent, list) and any(isinstance(each, str) for each in sent)
    if path in NO_IDS:
        return
    if of.get("type") == "string" or texts:  # a list of ids: alone, and after one of the stranger's own
        whole = _whole(family, path, visit.own)
        yield Try("an id", whole, "", [MARK], True)
        yield Try("an id after another", whole, "", [visit.own(path, "id"), MARK], True)
        return
    example = _owned(path, visit, sent[0] if many else sent)
    for name, value, is_id in _places(family, of):
        body = _put(copy.deepcopy(example), name, value)
        yield Try(name, _whole(family, path, visit.own), "", [body] if many else body, is_id)


def _places(family: Family, of: dict[str, Any], within: str = "") -> Iterator[tuple[str, Any, bool]]:
    """Where in an object an id can stand, what to put there, and whether only an id fits."""
    for name, field in of.get("properties", {}).items():
        inner = resolved(family.document, field)
        if inner.get("type") == "array":
            yield within + name, [MARK], _is_id(family, inner)
        elif inner.get("type") == "string" and name.lower().endswith("id"):
            yield within + name, MARK, _is_id(family, inner) or name in ("clickId", "id")
        elif inner.get("type") == "object" and not within:
            yield from _places(family, inner, f"{name}.")


def _put(body: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    outer, _, inner = name.rpartition(".")
    (body.setdefault(outer, {}) if outer else body)[inner] = value
    return body


def _is_id(family: Family, schema: dict[str, Any]) -> bool:
    if schema.get("type") == "array":
        return _is_id(family, resolved(family.document, schema["items"]))
    return schema.get("format") == "uuid"


def _owned(path: str, visit: Visit, example: dict[str, Any]) -> dict[str, Any]:
    """The document's example with the stranger's own ids in it."""
    mine = {name: visit.own(path, name) or value for name, value in example.items()}
    return {
        name: {**value, "id": mine[name]} if isinstance(value, dict) and "id" in value else mine[name]
        for name, value in example.items()
    }


def kept(db: Database, organization: int) -> dict[str, list[str]]:
    """Every row of one organization."""
    rows: dict[str, list[str]] = {}
    with db.engine.connect() as connection:
        found = inspect(db.engine)
        for table in found.get_table_names():
            columns = {each["name"] for each in found.get_columns(table)}
            if "organization" in columns:
                where = "organization = :it"
            elif table in _LINK_TABLES:
                where = "link IN (SELECT seq FROM links WHERE organization = :it)"
            elif table in _OF_USERS:
                where = f'"user" IN (SELECT seq FROM tracking_users WHERE account IN {_ACCOUNTS})'
            elif "project" in columns:
                where = "project IN (SELECT seq FROM projects WHERE organization = :it)"
            elif "person" in columns:
                where = f"person IN (SELECT person FROM memberships WHERE organization = :it) OR person IN {_NAMED}"
            elif "membership" in columns:
                where = f"membership IN {_MEMBERSHIPS}"
            elif "api_key" in columns:
                where = "api_key IN (SELECT seq FROM api_keys WHERE organization = :it)"
            elif table in _OF_PAYERS:
                where = f"account IN {_PAYERS}"
            elif table == "billing_accounts":
                where = f"seq IN {_PAYERS}"
            elif "account" in columns:
                where = f"account IN {_ACCOUNTS}"
            else:
                continue
            picked = connection.execute(text(f'SELECT * FROM "{table}" WHERE {where}'), {"it": organization})
            rows[table] = sorted(map(repr, picked))
        connection.rollback() if not db.is_sqlite else None
    return rows


@pytest.mark.parametrize("room", ROOMS)
async def test_a_stranger_meets_nobody(room: str, db: Database) -> None:
    visit = ROOMS[room][0][0].visit(db)
    before = kept(db, visit.organization)
    assert before[visit.protects], "there is something to protect"
    async with visit.client as client:
        for family, method, path in ROOMS[room]:
            await _walk(client, visit, family, method, path)
    assert kept(db, visit.organization) == before


async def _walk(client: Any, visit: Visit, family: Family, method: str, path: str) -> None:
    bare = await client.request(method, path, content=b"null" if method != "get" else None)
    sent: set[str] = set()
    _judge(visit, bare, sent, "no id")
    for each in tries(family, method, path, visit):
        nobody = await _ask(client, method, each, family.nobody)
        for kind, id in visit.theirs.items():
            answer = await _ask(client, method, each, id)
            sent.add(id)  # what the stranger wrote itself, it may read again
            what = f"{method} {path} {each.what}={kind}"
            _judge(visit, answer, sent, what)
            if not each.uuid or not family.ids.fullmatch(id):
                continue
            assert _told(answer, id) == _told(nobody, family.nobody), f"{what} is known"
            if each.body is not None:
                assert answer.status_code >= 400, f"{what} was taken"


async def _ask(client: Any, method: str, of: Try, id: str) -> Any:
    path, query, body = of.with_id(id)
    return await client.request(method, f"{path}?{query}" if query else path, json=body)


def _judge(visit: Visit, answer: Any, sent: set[str], what: str) -> None:
    assert answer.status_code < 500, what
    said = answer.text
    for id in sent:
        said = said.replace(id, "")
    leaked = [id for id in visit.theirs.values() if id in said]
    assert not leaked, f"{what}: {leaked} in {said[:300]}"
    assert visit.mark not in said, f"{what}: {said[:300]}"


def _told(answer: Any, id: str) -> tuple[int, str]:
    return answer.status_code, _TIME.sub("", answer.text.replace(id, ""))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    from hyway.domain import audit
    from hyway.kernel.seal import Seal

    opened = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}))
    opened.hearers.append(audit.record)
    yield opened
    opened.close()
