"""While the database is away, programs see what was known last: for a while, and not with a key that was revoked."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from hyway.domain import toggles
from hyway.edge import evaluate_away
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.migrate import upgrade
from tests.edge.evaluate_stage import Stage, context, opened, staged
from tests.make import postgres


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        yield made


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with staged(db) as made:
        made.toggle("a", default=True)
        yield made


async def status(stage: Stage, key: str | None = None) -> int:
    async with stage.client(key) as client:
        answer = await client.post("/toggle/evaluate", json=context())
    return answer.status_code


def forget_everything(stage: Stage) -> None:
    """As is done where the connection that hears of changes is lost."""
    for topic in (toggles.TOPIC, toggles.KEY_TOPIC):
        stage.db.changes.here([(topic, "*")])


async def test_what_was_known_last_holds_for_an_hour(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    revoked, unknown = stage.public_key(), stage.public_key()
    for key in (stage.key, revoked):
        assert await status(stage, key) == 200
    stage.db.write_now(toggles.public_keys.drop, stage.acme.by, revoked)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    with monkeypatch.context() as broken:
        broken.setattr(Database, "read", _away)
        forget_everything(stage)
        assert (await stage.ask())["a"]["value"] is True
        assert [await status(stage, key) for key in (stage.key, revoked, unknown)] == [200, 500, 500]
        now += evaluate_away.HOLDS + 1
        assert await status(stage) == 500
    stage.change("a", default_value=False)
    assert (await stage.ask())["a"]["value"] is False
    assert await status(stage, revoked) == 401


async def _away(*_: Any) -> Any:
    raise OSError("the database cannot be reached")


async def test_a_server_of_postgresql_that_stops_takes_no_toggles_with_it() -> None:
    with postgres.serving() as server:
        server.run("CREATE DATABASE away")
        url = server.url("away")
        upgrade(url)
        with opened(url) as db:
            async with staged(db) as stage:
                stage.toggle("a", default=True)
                assert await status(stage) == 200
                await stage.lane.flush()
                server.run("ALTER DATABASE away ALLOW_CONNECTIONS false")
                server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'away'")
                forget_everything(stage)
                assert (await stage.ask())["a"]["value"] is True
                forget_everything(stage)
                assert await status(stage) == 200
                server.run("ALTER DATABASE away ALLOW_CONNECTIONS true")
