"""A project with apps and environments to keep .env files of."""

from dataclasses import dataclass
from typing import Any

import httpx

from hyway.domain import audit, projects
from hyway.domain.projects import App, AppChange, Environment, NewApp, NewProject, Project
from tests.apis.hyphen.conftest import Acme

KEY = 1767322800
CONTENT = "AAECAwQFBgcICQoLDA0OD3bIZNW5zB1r27HjMfDRJ2Xghuc="


def version(number: int = 1, **other: Any) -> dict[str, Any]:
    """What a client pushes."""
    return {
        "size": "338 bytes",
        "countVariables": 4,
        "data": CONTENT,
        "version": number,
        "secretKeyId": KEY,
        **other,
    }


@dataclass
class Shop:
    """The project `shop`, its app `web` and its environments."""

    acme: Acme
    project: Project
    app: App
    development: Environment
    production: Environment

    @property
    def path(self) -> str:
        return f"{self.acme.base}/apps/web/dot-env/"

    def another(self, name: str) -> App:
        by = self.acme.by
        return self.acme.db.write_now(projects.apps.create, by, "shop", NewApp(name, name.title()))

    def guard(self, controls: dict[str, Any]) -> None:
        """The app's access controls, as `allow`, `deny` and `environments` with networks in lists."""
        settings = {"env": {"accessControls": _spelled(controls)}}
        self.acme.db.write_now(projects.apps.change, self.acme.by, self.app.id, AppChange(settings=settings))

    async def push(self, client: httpx.AsyncClient, number: int = 1, **other: Any) -> httpx.Response:
        """Into the default environment unless `environmentId` says where; `was` is the key in the query."""
        query = {"secretKeyId": other.pop("was", other.get("secretKeyId", KEY))}
        if "environmentId" in other:
            query["environmentId"] = other.pop("environmentId")
        return await client.put(self.path, params=query, json=version(number, **other))

    def events(self, action: str) -> list[audit.Event]:
        """Newest first."""
        return self.acme.db.read_now(audit.recent, self.acme.by, action=action)


def _spelled(controls: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, said in controls.items():
        if name == "environments":
            found[name] = {of: _spelled(lists) for of, lists in said.items()}
        else:
            found[name] = [{"description": "", "type": "cidr", "cidr": cidr} for cidr in said]
    return found


def make_shop(acme: Acme) -> Shop:
    by, db = acme.by, acme.db
    project = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    app = db.write_now(projects.apps.create, by, "shop", NewApp("web", "Web"))
    there = {each.alternate_id: each for each in db.read_now(projects.environments.every, by, project)}
    return Shop(acme, project, app, there["development"], there["production"])
