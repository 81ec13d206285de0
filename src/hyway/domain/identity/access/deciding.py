"""What a caller may do: dictionary look-ups in what it was granted, and nothing else."""

from collections.abc import Iterator
from typing import NamedTuple

from hyway.domain.identity.access import roles
from hyway.domain.identity.records import Caller, Grants
from hyway.kernel.faults import Missing, Refused

_ADMIN = Grants(frozenset({roles.ADMIN}))
_MEMBER = Grants(frozenset({roles.MEMBER}))
_NOTHING = Grants()

_NOUNS = {
    "ApiKey": "API keys",
    "DotEnv": ".env files",
    "VaultKey": "project keys",
    "Access": "access",
    "Usage": "usage",
}


class Rule(NamedTuple):
    """Something that a caller may do: on all of the organization, or on the thing with the id `on` and its parts."""

    action: str
    subject: str
    on: str | None


def granted(by: Caller) -> Grants:
    """What was found when the caller entered; where nobody has looked, what follows from its role."""
    if by.grants is not None:
        return by.grants
    if by.actor_kind == "system" or by.role in ("owner", "admin"):
        return _ADMIN
    return _MEMBER if by.role == "member" else _NOTHING


def may(by: Caller, action: str, subject: str, *within: str) -> bool:
    """Whether one of the caller's roles allows it.

    `within` are the ids of the thing itself and of what it is part of: roles on any of them count, beside those on
    the organization.
    """
    wanted, grants = (action, subject), granted(by)
    if wanted in roles.powers(grants.organization):
        return True
    on = grants.on
    return any(each in on and wanted in roles.powers(on[each]) for each in within)


def require(by: Caller, action: str, subject: str, *within: str) -> None:
    """Refused for what the caller may not do, Missing where the thing is none that it may so much as read."""
    if may(by, action, subject, *within):
        return
    if within and not may(by, "read", subject, *within):
        raise Missing("{subject} not found", subject=_spoken(subject))
    raise _refusal(action, subject)


def require_somewhere(by: Caller, action: str, subject: str) -> None:
    """Refused where no role of the caller, on whatever it is, allows it: for a look before anything is read."""
    if not may_somewhere(by, action, subject):
        raise _refusal(action, subject)


def may_somewhere(by: Caller, action: str, subject: str) -> bool:
    """Whether there is anything in the organization that the caller may do this to."""
    return (action, subject) in roles.powers(granted(by).anywhere)


def visible(by: Caller, subject: str, action: str = "read") -> frozenset[str] | None:
    """The ids of the things on which, and on whose parts, the caller may do it; None for everywhere."""
    wanted, grants = (action, subject), granted(by)
    if wanted in roles.powers(grants.organization):
        return None
    return frozenset(id for id, names in grants.on.items() if wanted in roles.powers(names))


def covers(by: Caller, role: str, *within: str) -> bool:
    """Whether the caller may itself do everything that the role allows: nobody gives away more than they have."""
    return all(may(by, action, subject, *within) for action, subject in roles.powers(frozenset({role})))


def rules(by: Caller) -> list[Rule]:
    """All that the caller may do, `manage` in place of everything: the organization first, then things by id."""
    grants = granted(by)
    found = list(_rules(grants.organization, None))
    for id in sorted(grants.on):
        found += _rules(grants.on[id], id)
    return found


def _rules(names: frozenset[str], on: str | None) -> Iterator[Rule]:
    allowed = roles.powers(names)
    for subject in roles.SUBJECTS:
        if ("manage", subject) in allowed:
            yield Rule("manage", subject, on)
            continue
        for action in roles.actions_on(subject):
            if (action, subject) in allowed:
                yield Rule(action, subject, on)


def _refusal(action: str, subject: str) -> Refused:
    what = _NOUNS.get(subject, f"{_spoken(subject)}s")
    return Refused("You do not have permission to {action} {what}", action=action, what=what)


def _spoken(subject: str) -> str:
    """The subject as one word of English after another: `BillingAccount` is `billing account`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in subject).strip()
