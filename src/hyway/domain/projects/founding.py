"""Organizations as the wire of projects has them: with default environments, and an account that pays."""

import dataclasses
from collections.abc import Sequence

from hyway.domain import billing, files, identity
from hyway.domain.identity import Caller, Organization
from hyway.domain.projects import projects, rules, starting, whose
from hyway.domain.projects.records import Home, NewEnvironment, NewProject
from hyway.kernel.db import Read, Ref, Write
from hyway.kernel.faults import Invalid, Refused, Taken
from hyway.kernel.patch import UNSET, Unset, given

_FIRST_PROJECT = NewProject("default", "Default Project")


def page(r: Read, by: Caller, name: str = "", offset: int = 0, limit: int = 100) -> tuple[list[Home], int]:
    """The caller's organizations whose name begins with `name`, without regard to case, and how many they are.

    A person has those that they belong to, a key its own.
    """
    if "\x00" in name:
        raise Invalid("name", "must NOT have control characters")
    if by.person is not None:
        found, total = identity.choices.beginning(r, by.person, name, offset, limit)
        return _homes(r, found), total
    own = identity.organization(r, by)
    if not own.name.casefold().startswith(name.casefold()):
        return [], 0
    return (_homes(r, [own]) if offset == 0 else []), 1


def find(r: Read, by: Caller) -> Home:
    """The organization that the caller has entered."""
    identity.access.require(by, "read", "Organization")
    return _homes(r, [identity.organization(r, by)])[0]


def establish(
    w: Write,
    by: Caller,
    name: str,
    environments: Sequence[NewEnvironment] | None = None,
    billing_account: str | billing.NewAccount | None = None,
    create_project: bool = False,
) -> Home:
    """A new organization, owned by the person who asks.

    Paid for by one of their accounts (its id; Missing for another's), by a new one, or by one that is made for it.
    """
    if by.person is None:
        raise Refused("Only a person can create an organization")
    called = rules.name(name)
    drafts = None if environments is None else rules.environments(environments)
    chosen = billing_account
    paying = billing.accounts.owned(w, by, chosen) if isinstance(chosen, str) else None
    made = _made(w, by, called)
    inside = identity.access.enter(w, by, made.wire_id)
    if isinstance(chosen, billing.NewAccount):
        paying = billing.accounts.create(w, inside, chosen)
    if paying is None:
        billing.accounts.provide(w, inside)
    else:
        billing.accounts.pays_for(w, inside, paying)
    if drafts is not None:
        starting.choose(w, made.seq, drafts)
    if create_project:
        projects.create(w, inside, _FIRST_PROJECT)
    return find(w, inside)


def change(
    w: Write,
    by: Caller,
    name: str | Unset = UNSET,
    default_environments: Sequence[NewEnvironment] | Unset = UNSET,
) -> Home:
    """What is mentioned changes; default environments are those of projects to come."""
    identity.access.require(by, "update", "Organization")
    old = find(w, by)
    if given(name) and rules.name(name) != old.organization.name:
        # The table of roles has allowed it, to keys and to teams as well.
        identity.rename_organization(w, dataclasses.replace(by, role="admin"), rules.name(name))
    if given(default_environments):
        drafts = rules.environments(default_environments)
        if drafts != old.default_environments:
            starting.choose(w, by.organization, drafts)
            told = {"environments": [each.alternate_id for each in drafts]}
            own = identity.organization(w, by)
            ref = Ref("Organization", old.organization.id, {"name": old.organization.name})
            w.announce(by, "organization.changed", "organization", own.id, told, [ref])
    return find(w, by)


def _made(w: Write, by: Caller, name: str) -> Organization:
    try:
        return identity.organizations.establish(w, by, {"name": name})
    except Invalid as fault:
        # The name has passed the rules here, so all that can be wrong is that it is another's.
        raise Taken("name", "is taken by another organization") from fault


def _homes(r: Read, found: Sequence[Organization]) -> list[Home]:
    """With what their pages show, in as many statements for many as for one."""
    seqs = [each.seq for each in found]
    starts = starting.environments_of_each(r, seqs)
    accounts = billing.accounts.of_each(r, seqs)
    logos = files.addresses(r, [each.logo for each in found])
    return [Home(whose.ref(o), logos.get(o.logo or 0), starts[o.seq], accounts[o.seq]) for o in found]
