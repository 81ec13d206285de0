"""Who asks for toggles sees those that its key is for, and is told of no others, whatever it says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hyway.domain import projects, toggles
from hyway.domain.identity import access
from hyway.domain.projects import NewApp, NewProject
from hyway.domain.toggles import NewSegment, NewToggle
from tests.apis.hyphen.test_roles import ON, Walker
from tests.edge.evaluate_stage import Stage, context, opened, staged

EVALUATE, TELEMETRY, FLAGS = "/toggle/evaluate", "/toggle/telemetry", "/ofrep/v1/evaluate/flags"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    with opened(database_url) as db:
        async with staged(db) as made:
            yield made


async def seen(stage: Stage, key: str, application: str) -> set[str]:
    """The keys of the toggles that are seen, in the vendor's way and in the protocol's, which are the same."""
    async with stage.client(key) as client:
        told = await client.post(EVALUATE, json=context(application=application))
        flags = await client.post(FLAGS, json={"context": context(application=application)})
    assert (told.status_code, flags.status_code) == (200, 200), told.text
    found = set(told.json()["toggles"])
    assert {each["key"] for each in flags.json()["flags"]} == found
    return found


@asynccontextmanager
async def listening(stage: Stage, query: str) -> AsyncIterator[list[Any]]:
    """What the stream says meanwhile."""
    said: list[Any] = []
    ready, gone = asyncio.Event(), asyncio.Event()
    scope = {
        "type": "http", "method": "GET", "path": "/toggle/stream", "query_string": query.encode(), "headers": [],
        "client": ("203.0.113.7", 1),
    }  # fmt: skip

    async def receive() -> Any:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        said.append(message)
        if message.get("body"):
            ready.set()

    running = asyncio.create_task(stage.lane(scope, receive, send))
    await asyncio.wait_for(ready.wait(), 10)
    yield said
    gone.set()
    await running


async def _elsewhere(stage: Stage) -> tuple[list[str], str]:
    """What another organization calls its project and its app, and its project's public key."""
    by = stage.acme.elsewhere.by
    db = stage.db
    theirs = db.write_now(projects.create, by, NewProject("theirs", "Theirs"))
    app = db.write_now(projects.apps.create, by, theirs.id, NewApp("their-app", "Theirs"))
    db.write_now(toggles.segments.create, by, theirs.id, NewSegment("their-people", "Theirs", "true"))
    db.write_now(toggles.create, by, theirs.id, NewToggle("their-look", "boolean", (("true", True),), False))
    key = db.write_now(toggles.public_keys.create, by, theirs.id, "Theirs").key
    return [theirs.id, "theirs", app.id, "their-app", by.actor_id, stage.acme.elsewhere.id], key


async def test_another_organizations_keys_see_their_own_project_alone(stage: Stage) -> None:
    names, public = await _elsewhere(stage)
    stage.toggle("ours")
    ours = [stage.project.id, "shop", stage.acme.id, ""]
    for application in (*ours, *names):
        assert await seen(stage, public, application) == {"their-look"}
        assert await seen(stage, stage.acme.elsewhere.key, application) == {"their-look"}
        assert await seen(stage, stage.key, application) == {"ours"}
        assert await seen(stage, stage.acme.key, application) == {"ours"}
    for key, other in ((public, "ours"), (stage.key, "their-look")):
        async with stage.client(key) as client:
            named = await client.post(EVALUATE, json=context(toggles=[other]))
            assert named.json()["toggles"] == {}
            flag = await client.post(f"{FLAGS}/{other}", json={"context": context()})
            assert (flag.status_code, flag.json()["errorCode"]) == (404, "FLAG_NOT_FOUND")
            unknown = await client.post(f"{FLAGS}/nobodys", json={"context": context()})
            assert flag.text.replace(other, "nobodys") == unknown.text


async def test_a_public_key_sees_no_other_project_of_its_organization(stage: Stage) -> None:
    other = stage.another_project("site")
    stage.toggle("ours")
    stage.toggle("sites", of=other)
    for application in (other.id, "site", stage.project.id, "shop", ""):
        assert await seen(stage, stage.key, application) == {"ours"}
        assert await seen(stage, stage.public_key(other), application) == {"sites"}


async def test_what_strangers_tell_is_counted_for_nobody_else(stage: Stage) -> None:
    _, public = await _elsewhere(stage)
    stage.toggle("ours")
    told = {"key": "ours", "type": "boolean", "value": True, "reason": "STATIC"}
    for key in (public, stage.acme.elsewhere.key):
        async with stage.client(key) as client:
            sent = {"context": context(application=stage.project.id), "data": {"toggle": told}}
            assert (await client.post(TELEMETRY, json=sent)).status_code == 200
    await stage.lane.flush()
    assert stage.db.read_now(toggles.counting.seen, stage.acme.by, stage.project.id, "ours", 0) == []
    assert stage.meters() == {}


async def test_a_stranger_hears_of_no_change(stage: Stage) -> None:
    _, public = await _elsewhere(stage)
    theirs = {"key": public, "secret": stage.acme.elsewhere.key}
    for shown in theirs.values():
        asked = f"key={shown.replace('+', '%2B')}&application={stage.project.id}"
        async with listening(stage, asked) as said:
            start = dict(said[0]["headers"])
            assert (said[0]["status"], start[b"access-control-allow-origin"]) == (200, b"*")
            async with listening(stage, f"key={stage.key.replace('+', '%2B')}") as ours:
                await stage.db.write(
                    toggles.create, stage.acme.by, "shop", NewToggle(f"t{len(shown)}", "boolean", (), False)
                )
                async with asyncio.timeout(5):
                    while not any(b"refetch" in each.get("body", b"") for each in ours):
                        await asyncio.sleep(0.01)
            assert not any(b"refetch" in each.get("body", b"") for each in said)


@pytest.mark.parametrize(("role", "kind"), ON)
async def test_a_secret_key_sees_what_its_role_reads(stage: Stage, role: str, kind: str) -> None:
    """On every path alike; what it tells of is taken all the same."""
    walker = Walker(stage.acme, role, kind)
    there, here = walker.place(), walker.own_place()
    for each in (there, here):
        project = each.ids["projectId"]
        new = NewToggle(f"of-{project}", "boolean", (), False)
        stage.db.write_now(toggles.create, stage.acme.by, project, new)
    own, other = (f"of-{each.ids['projectId']}" for each in (here, there))
    may = ("read", "Toggle") in access.powers(frozenset({role}))
    async with stage.client(walker.secret) as client:
        asked = context(application=here.ids["appId"])
        for path, body in (
            (EVALUATE, asked),
            (FLAGS, {"context": asked}),
            (f"{FLAGS}/{own}", {"context": asked}),
        ):
            answer = await client.post(path, json=body)
            assert answer.status_code == (200 if may else 403), (path, answer.text)
            assert answer.headers["access-control-allow-origin"] == "*"
        assert (await client.post(TELEMETRY, json={"context": asked})).status_code == 200
        if not may:
            refused = await client.get("/toggle/stream")
            assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (403, "*")
            return
    assert await seen(stage, walker.secret, here.ids["appId"]) == {own, "look"}
    elsewhere = await seen(stage, walker.secret, there.ids["projectId"])
    if kind == "Organization":
        assert elsewhere == {other, "look"}
    else:
        assert elsewhere == ({own, "look"} if kind == "Project" else set())
