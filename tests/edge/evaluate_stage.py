"""The lane of toggles in front of a world of projects, and somebody who asks it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from hyway.domain import billing, projects, toggles
from hyway.domain.billing.records import Days
from hyway.domain.billing.store import meters as store
from hyway.domain.projects import NewProject, Project
from hyway.domain.toggles import NewToggle, ToggleChange
from hyway.edge.evaluate import Evaluate
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.apis.hyphen.conftest import PUBLIC, Acme, make_acme

VIP = '{"==": [{"var": "user.id"}, "vip"]}'
PREMIUM = '{"==": [{"var": "customAttributes.plan"}, "premium"]}'


@dataclass
class Stage:
    """A project with a public key, and the running lane."""

    acme: Acme
    lane: Evaluate
    project: Project
    key: str

    @property
    def db(self) -> Database:
        return self.acme.db

    def toggle(
        self, key: str, type: str = "boolean", default: Any = False, *targets: tuple[str, Any], **more: Any
    ) -> None:
        of = more.pop("of", self.project)
        self.db.write_now(toggles.create, self.acme.by, of.id, NewToggle(key, type, targets, default))

    def change(self, key: str, **wish: Any) -> None:
        self.db.write_now(toggles.change, self.acme.by, self.project.id, key, ToggleChange(**wish))

    def another_project(self, alternate_id: str) -> Project:
        return self.db.write_now(projects.create, self.acme.by, NewProject(alternate_id, alternate_id))

    def meters(self) -> dict[str, int]:
        """What the organization's meters show of toggles, for all time."""
        found = self.db.read_now(store.totals, [self.acme.organization.seq], Days(0, 100_000))
        return {meter: count for (_, meter), count in found.items() if meter.startswith("toggle.")}

    def public_key(self, of: Project | None = None) -> str:
        made = self.db.write_now(
            toggles.public_keys.create, self.acme.by, (of or self.project).id, "A program's"
        )
        return made.key

    def client(self, key: str | None = None, **headers: str) -> httpx.AsyncClient:
        """One who asks, with the public key, another, or none (`""`)."""
        shown = self.key if key is None else key
        said = {"x-api-key": shown} if shown else {}
        transport = httpx.ASGITransport(app=self.lane, raise_app_exceptions=False, client=("203.0.113.7", 1))
        return httpx.AsyncClient(
            transport=transport, base_url="https://t.example", headers={**said, **headers}
        )

    async def ask(self, key: str | None = None, **body: Any) -> dict[str, Any]:
        """The toggles that a context sees."""
        async with self.client(key) as client:
            answer = await client.post("/toggle/evaluate", json=context(**body))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["toggles"]
        return found


def context(**more: Any) -> dict[str, Any]:
    return {"application": "shop", "environment": "development", "targetingKey": "user-1", **more}


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database with those who hear of what toggles depend on; another call is another process, as it were."""
    db = Database(url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), home=PUBLIC)
    db.hearers += [billing.accounts.hear, toggles.hearing.hear, toggles.homes.hear]
    try:
        yield db
    finally:
        db.close()


@asynccontextmanager
async def staged(db: Database) -> AsyncIterator[Stage]:
    acme = make_acme(db)
    lane = Evaluate(db, acme.app.family.callers, acme.app.family.style)
    project = db.write_now(projects.create, acme.by, NewProject("shop", "Shop"))
    stage = Stage(acme, lane, project, "")
    stage.key = stage.public_key()
    await lane.start()
    yield stage
    await lane.stop()
