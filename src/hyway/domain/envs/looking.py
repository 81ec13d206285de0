"""One app's .env files as a person looks at them: what there is for each environment, and who last did what to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hyway.domain import identity, projects
from hyway.domain.envs import rules, versions
from hyway.domain.envs.records import Kind, Last, Narrowed, Version
from hyway.domain.envs.store import last
from hyway.domain.envs.store import versions as store
from hyway.domain.envs.store.tables import EVERYWHERE
from hyway.domain.identity import Caller
from hyway.domain.projects import Environment
from hyway.kernel.db import Read

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class File:
    """The file for an environment, None for the one of all; without `latest` where nothing was pushed."""

    environment: Environment | None
    latest: Version | None
    last: dict[Kind, Last]


def files(r: Read, by: Caller, app: str) -> list[File]:
    """The app's files, whether or not there is anything in them: the one of all environments first."""
    of = projects.apps.find(r, by, app)
    identity.access.require(by, "read", "DotEnv", *of.within)
    rows = store.latest(r, by.organization, Narrowed(apps=[of.id]), 0, _MOST)
    latest = {
        each.environment.id if each.environment else EVERYWHERE: each for each in versions.named(r, by, rows)
    }
    done: dict[str, dict[Kind, Last]] = {}
    for each in last.of(r, by.organization, [of.project.id]):
        if each.app == of.id:
            done.setdefault(each.environment, {})[each.kind] = each
    places: list[Environment | None] = [None, *projects.environments.of_projects(r, [of.project])]
    return [
        File(place, latest.get(where), done.get(where, {}))
        for place in places
        for where in (place.id if place else EVERYWHERE,)
    ]


def lets_in(settings: Mapping[str, Any], environment: str | None, client: str) -> bool | None:
    """Whether an app with these checked settings would let a file be fetched from the address; None for what is none.

    `environment` is an alternate id, None for the file of all environments.
    """
    return rules.may_come(settings, environment, client) if rules.address_of(client) else None
