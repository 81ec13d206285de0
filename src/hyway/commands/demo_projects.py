"""What the demonstration's organization builds: a project, its apps, and where they run."""

from hyway.domain import projects
from hyway.domain.identity import Caller
from hyway.domain.projects import App, AppChange, NewApp, NewEnvironment, NewProject, Project
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Missing

PROJECT = NewProject("storefront", "Storefront", is_monorepo=True)
GUARDED = NewApp("orders-api", "Orders API")
"""The one whose .env files only some networks may pull."""
APPS = (NewApp("web-shop", "Web shop"), GUARDED)
STAGING = NewEnvironment("staging", "Staging", "#F59E0B")
_OFFICE = {"description": "The office", "type": "cidr", "cidr": "203.0.113.0/24"}
_SERVERS = {"description": "Production servers", "type": "cidr", "cidr": "10.10.0.0/16"}
_ALL = {"description": "Everybody else", "type": "cidr", "cidr": "0.0.0.0/0"}
_CONTROLS = {
    "allow": [_OFFICE],
    "deny": [_ALL],
    "environments": {"production": {"allow": [_SERVERS], "deny": [_ALL]}},
}


def build(db: Database, by: Caller) -> list[App]:
    """The project's apps: those of an earlier demonstration, else new ones."""
    return db.write_now(_built, by)


def _built(w: Write, by: Caller) -> list[App]:
    try:
        of = projects.find(w, by, PROJECT.alternate_id)
    except Missing:
        of = projects.create(w, by, PROJECT)
        projects.environments.create(w, by, of, STAGING)
    return [_app(w, by, of, new) for new in APPS]


def _app(w: Write, by: Caller, of: Project, new: NewApp) -> App:
    try:
        return projects.apps.find(w, by, new.alternate_id)
    except Missing:
        made = projects.apps.create(w, by, of.id, new)
    if new is not GUARDED:
        return made
    return projects.apps.change(w, by, made.id, AppChange(settings={"env": {"accessControls": _CONTROLS}}))


__all__ = ["APPS", "PROJECT", "STAGING", "build"]
