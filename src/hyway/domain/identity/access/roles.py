"""The one table of what each role may do; whoever asks, prints or documents it reads this."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Level = Literal["Organization", "Project", "Team"]
"""What a role is given on; those of a project may be given on one of its apps alone, too."""

ADMIN, MEMBER, BILLING = "OrganizationAdmin", "OrganizationMember", "OrganizationBilling"

MANAGE = frozenset({"manage"})
_READ = frozenset({"read"})
_ITSELF = frozenset({"read", "update", "delete"})
"""Of what the role is given on: nobody makes it from within."""

SUBJECTS = (
    "Organization",
    "Member",
    "Team",
    "Access",
    "ApiKey",
    "Event",
    "Project",
    "App",
    "Environment",
    "DotEnv",
    "VaultKey",
    "Toggle",
    "Segment",
    "PublicKey",
    "Link",
    "Domain",
    "BillingAccount",
    "Integration",
    "Usage",
    "OAuthClient",
)
"""What can be done something to, in the order in which it is shown."""


def actions_on(subject: str) -> tuple[str, ...]:
    """What `manage` stands for."""
    more = ("push", "pull") if subject == "DotEnv" else ()
    return ("create", "read", "update", "delete", *more)


@dataclass(frozen=True, slots=True)
class Role:
    """What one may do who has it: `may` gives the actions by subject, `manage` being all of them."""

    name: str
    on: Level
    may: Mapping[str, frozenset[str]]


_READER = {
    **dict.fromkeys(("Project", "App", "Environment", "Toggle", "Segment", "PublicKey", "VaultKey"), _READ),
    "DotEnv": frozenset({"read", "pull"}),
}
_CONTRIBUTOR = {
    **_READER,
    "App": frozenset({"create", "read", "update"}),
    "DotEnv": frozenset({"read", "push", "pull"}),
    "VaultKey": frozenset({"create", "read"}),
    "Toggle": frozenset({"create", "read", "update"}),
    "Segment": frozenset({"create", "read", "update"}),
}
_PROJECT_ADMIN = {**dict.fromkeys((*_READER, "Access"), MANAGE), "Project": _ITSELF}
_BILLING = {**dict.fromkeys(("Organization", "Member", "Usage"), _READ), "BillingAccount": MANAGE}
_MEMBER = {
    **dict.fromkeys(("Organization", "Member", "Team", "Link", "Domain"), _READ),
    "Project": frozenset({"create"}),
}

ROLES: Mapping[str, Role] = {
    each.name: each
    for each in (
        Role(ADMIN, "Organization", dict.fromkeys(SUBJECTS, MANAGE)),
        Role(BILLING, "Organization", _BILLING),
        Role(MEMBER, "Organization", _MEMBER),
        Role("ProjectAdmin", "Project", _PROJECT_ADMIN),
        Role("ProjectContributor", "Project", _CONTRIBUTOR),
        Role("ProjectReader", "Project", _READER),
        Role("TeamAdmin", "Team", {"Team": _ITSELF, "Access": MANAGE}),
        Role("TeamMember", "Team", {"Team": _READ}),
    )
}
"""In the order in which they are shown."""

_KINDS: Mapping[str, Level] = {
    "Organization": "Organization",
    "Project": "Project",
    "App": "Project",
    "Team": "Team",
}


def of_kind(kind: str) -> tuple[str, ...]:
    """The names of the roles that can be given on a thing of this kind."""
    return tuple(each.name for each in ROLES.values() if each.on == _KINDS[kind])


@lru_cache(maxsize=1024)
def powers(names: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Every pair of action and subject that these roles allow; a name that is no role allows nothing."""
    allowed: set[tuple[str, str]] = set()
    for name in names & ROLES.keys():
        for subject, actions in ROLES[name].may.items():
            every = (*actions_on(subject), "manage") if "manage" in actions else actions
            allowed.update((action, subject) for action in every)
    return frozenset(allowed)


def in_order(names: frozenset[str]) -> tuple[str, ...]:
    """Those of the names that are roles, as the table has them."""
    return tuple(name for name in ROLES if name in names)
