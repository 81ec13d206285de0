"""Everything by which one project's toggles are decided, for those who decide."""

from hyway.domain import projects
from hyway.domain.toggles import logic
from hyway.domain.toggles.records import Rule, Ruleset
from hyway.domain.toggles.store import segments, toggles
from hyway.kernel.db import Read


def ruleset(r: Read, project: int) -> Ruleset | None:
    """Of the project with that number, None where there is none; it holds until word of the project (TOPIC)."""
    organization = projects.organization_of(r, project)
    if organization is None:
        return None
    rules = []
    for row in toggles.rules(r, organization, project):
        default, targets = toggles.values_of(row)
        read = tuple((logic.read(said), value) for said, value in targets)
        rules.append(Rule(row.key, row.type, default, read))
    found = segments.logics(r, organization, project)
    return Ruleset(
        organization,
        project,
        tuple(rules),
        {row.id: logic.read(row.logic) for row in found},
        {row.alternate_id: row.id for row in found},
    )
