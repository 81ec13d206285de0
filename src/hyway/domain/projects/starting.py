"""What new projects of an organization begin with, as it has chosen."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from hyway.domain import identity
from hyway.domain.projects import rules
from hyway.domain.projects.records import Draft
from hyway.kernel.db import Read, Write


def environments(r: Read, organization: int) -> tuple[Draft, ...]:
    """The organization's default environments; a development and a production one where it has chosen none."""
    return environments_of_each(r, [organization])[organization]


def environments_of_each(r: Read, organizations: Iterable[int]) -> dict[int, tuple[Draft, ...]]:
    """By organization, in one statement."""
    wanted = tuple(organizations)
    chosen = identity.choices.default_environments(r, wanted)
    return {each: _read(chosen[each]) if each in chosen else rules.FIRST_ENVIRONMENTS for each in wanted}


def choose(w: Write, organization: int, drafts: Sequence[Draft]) -> None:
    text = json.dumps([asdict(draft) for draft in drafts], ensure_ascii=False)
    identity.choices.choose_default_environments(w, organization, text)


def _read(text: str) -> tuple[Draft, ...]:
    return tuple(Draft(**each) for each in json.loads(text))
