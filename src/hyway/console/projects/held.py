"""What somebody may do, thing by thing."""

from collections.abc import Iterable
from typing import NamedTuple

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

KINDS = {"Organization": "the organization", "Project": "project", "App": "app", "Team": "team"}
PAGES = {"Project": "/console/projects/", "App": "/console/apps/", "Team": "/console/teams/"}


class Held(NamedTuple):
    """Roles on a thing; `through` is the team that they come from, nothing for one's own."""

    name: str
    kind: str
    page: str
    roles: tuple[str, ...]
    through: str


def of(r: Read, by: Caller, holder: str, teams: Iterable[identity.Named] = ()) -> list[Held]:
    """A holder's roles on projects, apps and teams, and those through teams, as far as the caller may see them.

    Those on the organization itself are told apart, where they can be changed.
    """
    if not identity.access.may_somewhere(by, "read", "Access"):
        return []
    through = {each.id: each.name for each in teams}
    found, _ = identity.access.page(r, by, None, [holder, *through])
    return [
        Held(
            each.entity.name,
            KINDS[each.entity.kind],
            PAGES.get(each.entity.kind, "") and PAGES[each.entity.kind] + each.entity.id,
            each.roles,
            through.get(each.holder.id, ""),
        )
        for each in found
        if each.entity.kind != "Organization" or each.holder.id in through
    ]
