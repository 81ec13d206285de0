"""How .env files are used: what there is of each app, and who last pushed, pulled or was denied."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from hyway.domain import identity, projects
from hyway.domain.envs import versions
from hyway.domain.envs.records import AppUse, Kind, Last, Narrowed, ProjectUse, Version
from hyway.domain.envs.store import last
from hyway.domain.envs.store import versions as store
from hyway.domain.identity import Caller
from hyway.domain.projects import App, AppQuery, Environment, Project
from hyway.kernel.db import Read

_MOST = 20_000
_Latest = dict[str | None, Version]


def summary(r: Read, by: Caller, only: tuple[str, ...] | None = None) -> list[ProjectUse]:
    """The projects whose .env files the caller may read, oldest first; `only` narrows by id or alternate id."""
    identity.access.require_somewhere(by, "read", "DotEnv")
    apps = _apps(r, by, only)
    owners = _projects(r, by, only, apps)
    latest, noted = _latest(r, by, apps), _last(last.of(r, by.organization, [of.id for of in owners]))
    environments: dict[str, list[Environment]] = defaultdict(list)
    for each in projects.environments.of_projects(r, owners):
        environments[each.project.id].append(each)
    uses: dict[str, list[AppUse]] = defaultdict(list)
    for app in apps:
        uses[app.project.id].append(AppUse(app, latest[app.id], noted[app.id]))
    return [ProjectUse(of, environments[of.id], uses[of.id]) for of in owners]


def _apps(r: Read, by: Caller, only: tuple[str, ...] | None) -> list[App]:
    found = projects.apps.page(r, by, AppQuery(projects=only), 0, _MOST)[0]
    return [app for app in found if identity.access.may(by, "read", "DotEnv", *app.within)]


def _projects(r: Read, by: Caller, only: tuple[str, ...] | None, apps: Sequence[App]) -> list[Project]:
    """Also of an app on which alone the caller has a role."""
    known = {app.project.id: app.project for app in apps}
    for of in projects.page(r, by, 0, _MOST)[0]:
        meant = only is None or of.id in only or of.alternate_id in only
        if meant and identity.access.may(by, "read", "DotEnv", of.id):
            known[of.id] = of
    return sorted(known.values(), key=lambda of: of.seq)


def _latest(r: Read, by: Caller, apps: Iterable[App]) -> dict[str, _Latest]:
    """The latest version of each file, by app and by the environment's id."""
    rows = store.latest(r, by.organization, Narrowed(apps=[app.id for app in apps]))
    found: dict[str, _Latest] = defaultdict(dict)
    for version in versions.named(r, by, rows):
        found[version.app.id][version.environment.id if version.environment else None] = version
    return found


def _last(noted: Iterable[Last]) -> dict[str, dict[Kind, Last]]:
    """The newest of each kind, in whichever environment, by app; they come oldest first."""
    found: dict[str, dict[Kind, Last]] = defaultdict(dict)
    for each in noted:
        found[each.app][each.kind] = each
    return found
