"""How far each kind of key reaches: not into the other environment, not beyond its scopes, not beyond its group."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import inspect, text

from hyway.apis import hypertrack
from hyway.kernel.db import Database
from tests.apis.families import FAMILIES, Visit
from tests.apis.hypertrack.conftest import World
from tests.apis.hypertrack.stage import party
from tests.apis.test_strangers import Try, tries

FAMILY = next(each for each in FAMILIES if each.name == "hypertrack")
_OF_USERS = ("tracking_positions", "tracking_visits", "tracking_photos", "tracking_phones")
_UUID = re.compile(r"[0-9a-f-]{36}")
NOBODY = "01900000-0000-7000-8000-000000000000"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
NOUNS = {
    "users": "user", "actions": "action", "places": "place", "groups": "group", "events": "event",
    "geofences": "fence", "webhooks": "webhook",
}  # fmt: skip
FIELDS = {"user_id": "user", "group_id": "group", "parent_group_id": "group", "expected_place_id": "place"}


def kept(db: Database, environment: str) -> dict[str, list[str]]:
    """Every row of one environment of tracking."""
    accounts = f"(SELECT seq FROM tracking_accounts WHERE environment = '{environment}')"
    rows: dict[str, list[str]] = {}
    with db.engine.connect() as connection:
        found = inspect(db.engine)
        for table in found.get_table_names():
            columns = {each["name"] for each in found.get_columns(table)}
            if table in _OF_USERS:
                where = f'"user" IN (SELECT seq FROM tracking_users WHERE account IN {accounts})'
            elif table.startswith("tracking_") and "account" in columns:
                where = f"account IN {accounts}"
            else:
                continue
            rows[table] = sorted(
                map(repr, connection.execute(text(f'SELECT * FROM "{table}" WHERE {where}')))
            )
        connection.rollback() if not db.is_sqlite else None
    return rows


def visit_of(world: World, key: str, mine: dict[str, str], theirs: dict[str, str]) -> Visit:
    def own(path: str, field: str) -> str | None:
        return mine.get(FIELDS.get(field) or (NOUNS.get(path.split("/")[3], "") if field == "id" else ""))

    return Visit(world.client(key), own, theirs, "somebody", world.by.organization, "tracking_users")


@pytest.mark.parametrize("kind", ["hypertrack-test", "hypertrack-public-test"])
async def test_a_test_key_meets_nobody_of_the_live_environment(world: World, kind: Any) -> None:
    theirs = await party(world, "somebody")
    key = world.new_key("hypertrack-test")
    mine = await party(replace(world, key=key), "visitor")
    visit = visit_of(world, world.new_key(kind), mine, theirs)
    before = kept(world.db, "live")
    assert before["tracking_users"], "there is something to protect"
    async with visit.client as client:
        for method, path in (
            (method, path) for path, all in FAMILY.document["paths"].items() for method in all
        ):
            for each in tries(FAMILY, method, path, visit):
                nobody = await _ask(client, method, each, NOBODY)
                for noun, id in theirs.items():
                    answer = await _ask(client, method, each, id)
                    what = f"{method} {path} {each.what}={noun}"
                    assert answer.status_code < 500, what
                    assert "somebody" not in answer.text.replace(id, ""), what
                    if each.uuid and _UUID.fullmatch(id):
                        assert _told(answer, id) == _told(nobody, NOBODY), what
    assert kept(world.db, "live") == before


@pytest.mark.parametrize(("kind", "scope"), [("hypertrack-public", "publishable"), ("group", "group")])
async def test_what_a_key_may_not_do_is_403_and_changes_nothing(world: World, kind: Any, scope: str) -> None:
    mine = await party(world, "visitor")
    key = mine["token"] if kind == "group" else world.new_key(kind)
    before = kept(world.db, "live")
    forbidden = [each for each in hypertrack.OPERATIONS if scope not in (each.scopes or ())]
    assert len(forbidden) > 20
    async with world.client(key) as client:
        for each in forbidden:
            path = each.path.replace("{id}", mine.get(NOUNS.get(each.path.split("/")[3], ""), NOBODY))
            answer = await client.request(
                each.method, path.replace("{delivery_id}", NOBODY), json={"name": "x"}
            )
            assert answer.status_code == 403, f"{each.method} {path}: {answer.text}"
            assert answer.json() == {"detail": "You do not have permission to perform this action."}
    assert kept(world.db, "live") == before


async def test_a_groups_token_reads_its_group_alone(world: World) -> None:
    ours, theirs = await party(world, "visitor"), await party(world, "somebody")
    visit = visit_of(world, ours["token"], ours, theirs)
    before = kept(world.db, "live")
    readable = [each for each in hypertrack.OPERATIONS if "group" in (each.scopes or ())]
    async with visit.client as client:
        for of in readable:
            method = of.method.lower()
            bare = await client.request(method, of.path) if "{" not in of.path else None
            if bare is not None:
                assert "somebody" not in bare.text, of.path
            for each in tries(FAMILY, method, of.path, visit):
                nobody = await _ask(client, method, each, NOBODY)
                for noun, id in theirs.items():
                    answer = await _ask(client, method, each, id)
                    what = f"{of.path} {each.what}={noun}"
                    assert answer.status_code < 500, what
                    assert "somebody" not in answer.text.replace(id, ""), what
                    if each.uuid and _UUID.fullmatch(id) and noun not in ("place", "door"):
                        assert _told(answer, id) == _told(nobody, NOBODY), what
    assert kept(world.db, "live") == before


async def _ask(client: Any, method: str, of: Try, id: str) -> Any:
    path, query, body = of.with_id(id)
    return await client.request(method, f"{path}?{query}" if query else path, json=body)


def _told(answer: Any, id: str) -> tuple[int, str]:
    return answer.status_code, _TIME.sub("", answer.text.replace(id, ""))
