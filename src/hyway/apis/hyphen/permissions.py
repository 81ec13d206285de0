"""The page of who may do what: `python -m hyway.apis.hyphen.permissions > docs/access.md`."""

from collections.abc import Iterable, Sequence

from hyway.apis.hyphen import OPERATIONS
from hyway.apis.kit.operations import Operation
from hyway.domain import identity

_HEAD = """\
# Who may do what

Generated from the table of roles (`domain/identity/access/roles.py`) and the operations of the API: do not edit. A test
holds this page to be what `python -m hyway.apis.hyphen.permissions` prints.

A role is given to a member, a team or an API key. Roles on the organization count everywhere in it; those on a project
count for the project and all that is part of it, those on an app for that app alone, those on a team for the team.
Nobody can give a role that allows more than they may do there themselves. A team's roles are those of whoever is in it:
its TeamAdmin decides who that is, as long as they may do all that themselves.

What a member is on the organization is one role under all four APIs: an owner or an admin is an OrganizationAdmin, a
member an OrganizationMember; OrganizationBilling comes on top of either. The owner of an organization, and the last of
its members who is an OrganizationAdmin, stay what they are. Whoever makes a project becomes its ProjectAdmin, unless
what they have on the organization allows all of that already.

Who may not so much as read a thing is told 404, who may read it but not do what they asked 403.
"""
_MANAGE = "manage"


def page() -> str:
    """The page as Markdown: roles by what they allow, then operations by the roles that allow them."""
    return "\n".join([_HEAD, "## Roles\n", *_roles(), "\n## Operations\n", *_operations(), ""])


def _roles() -> Iterable[str]:
    names = list(identity.access.ROLES)
    yield _row(["", *names])
    yield _row(["---"] * (len(names) + 1))
    yield _row(["given on", *(_given_on(name) for name in names)])
    for subject in identity.access.SUBJECTS:
        yield _row([subject, *(_allowed(name, subject) for name in names)])
    yield ""
    yield (
        "`manage` is everything: "
        + ", ".join(identity.access.actions_on("App"))
        + "; of .env files also push and pull."
    )


def _given_on(role: str) -> str:
    kinds = ("Organization", "Project", "App", "Team")
    return " or ".join(kind.lower() for kind in kinds if role in identity.access.of_kind(kind))


def _allowed(role: str, subject: str) -> str:
    allowed = identity.access.powers(frozenset({role}))
    if (_MANAGE, subject) in allowed:
        return _MANAGE
    return ", ".join(action for action in identity.access.actions_on(subject) if (action, subject) in allowed)


def _operations() -> Iterable[str]:
    yield _row(["operation", "needs", "roles that allow it"])
    yield _row(["---"] * 3)
    for each in OPERATIONS:
        yield _row([f"`{each.method} {each.path}`", *_needs(each)])


def _needs(of: Operation) -> tuple[str, str]:
    if of.needs is None:
        return (
            ("nothing", "anybody") if not of.scopes else ("a credential", "any, for what is the caller's own")
        )
    action, subject = of.needs
    roles = [name for name in identity.access.ROLES if of.needs in identity.access.powers(frozenset({name}))]
    return f"{action} {subject}", ", ".join(roles)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
