"""The table of roles, and what follows from it."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.identity import Caller, Grants, access
from hyway.kernel.faults import Missing, Refused

ACTIONS = ("create", "read", "update", "delete", "push", "pull", "manage")
THINGS = ("proj_1", "proj_2", "app_1", "team_1")

names = st.frozensets(st.sampled_from([*access.ROLES, "NoSuchRole"]), max_size=3)
grants = st.builds(Grants, names, st.dictionaries(st.sampled_from(THINGS), names))
questions = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(access.SUBJECTS))
whereabouts = st.lists(st.sampled_from((*THINGS, "proj_9")), max_size=3, unique=True)


def caller(of: Grants | None = None, **more: object) -> Caller:
    return Caller(7, "self-hosted", "person", "p", "Pat", "hyphen", grants=of, **more)  # type: ignore[arg-type]


def naive(held: Grants, action: str, subject: str, within: list[str]) -> bool:
    """Read out of the table, role by role."""
    every = set(held.organization)
    for each in within:
        every |= held.on.get(each, frozenset())
    for name in every & access.ROLES.keys():
        allowed = access.ROLES[name].may.get(subject, frozenset())
        if action in allowed:
            return True
        if "manage" in allowed and action in access.actions_on(subject):
            return True
    return False


@given(grants, questions, whereabouts)
def test_may_is_what_the_table_says(held: Grants, asked: tuple[str, str], within: list[str]):
    assert access.may(caller(held), *asked, *within) is naive(held, *asked, within)


@given(grants, questions)
def test_what_is_visible_is_what_one_may(held: Grants, asked: tuple[str, str]):
    action, subject = asked
    found = access.visible(caller(held), subject, action)
    for each in THINGS:
        assert (found is None or each in found) is access.may(caller(held), action, subject, each)
    assert (found is None) is access.may(caller(held), action, subject)


@given(grants, questions)
def test_somewhere_is_on_the_organization_or_on_a_thing(held: Grants, asked: tuple[str, str]):
    anywhere = any(naive(held, *asked, [each]) for each in (*THINGS, ""))
    assert access.may_somewhere(caller(held), *asked) is anywhere
    if anywhere:
        access.require_somewhere(caller(held), *asked)
    else:
        with pytest.raises(Refused, match="You do not have permission to"):
            access.require_somewhere(caller(held), *asked)


@given(grants, questions, whereabouts)
def test_who_may_not_even_read_it_learns_nothing(held: Grants, asked: tuple[str, str], within: list[str]):
    by = caller(held)
    if access.may(by, *asked, *within):
        access.require(by, *asked, *within)
        return
    hidden = bool(within) and not access.may(by, "read", asked[1], *within)
    with pytest.raises(Missing if hidden else Refused):
        access.require(by, *asked, *within)


@given(grants, questions, st.sampled_from(THINGS))
def test_the_rules_that_are_told_are_those_that_hold(held: Grants, asked: tuple[str, str], thing: str):
    action, subject = asked
    told = any(
        rule.subject == subject
        and rule.on in (None, thing)
        and (rule.action == action or (rule.action == "manage" and action in access.actions_on(subject)))
        for rule in access.rules(caller(held))
    )
    assert told is access.may(caller(held), action, subject, thing)


@given(grants, st.sampled_from(list(access.ROLES)), whereabouts)
def test_nobody_covers_a_role_that_allows_more(held: Grants, role: str, within: list[str]):
    allowed = [
        (action, subject) for subject in access.SUBJECTS for action in ACTIONS
        if naive(Grants(frozenset({role})), action, subject, [])
    ]  # fmt: skip
    assert access.covers(caller(held), role, *within) is all(
        naive(held, action, subject, within) for action, subject in allowed
    )


def test_who_was_never_looked_at_has_what_their_role_says():
    assert access.may(caller(role="owner"), "manage", "Organization")
    assert access.may(caller(role="admin"), "delete", "Project")
    assert access.may(caller(role="member"), "create", "Project")
    assert not access.may(caller(role="member"), "update", "Organization")
    assert not access.may(caller(), "read", "Organization")
    assert access.may(Caller(7, "", "system", "command", "hyway", "command"), "delete", "ApiKey")
    assert not access.may(Caller(7, "", "key", "k", "a key of another API", "hoko"), "read", "Member")


def test_what_was_found_counts_and_not_the_role():
    assert not access.may(caller(Grants(), role="owner"), "read", "Organization")


ALLOWED: Mapping[str, set[str]] = {
    "OrganizationMember": {
        "read Organization", "read Member", "read Team", "read Link", "read Domain", "create Project",
    },
    "TeamMember": {"read Team"},
    "ProjectReader": {
        "read Project", "read App", "read Environment", "read DotEnv", "pull DotEnv", "read VaultKey",
        "read Toggle", "read Segment", "read PublicKey",
    },
}  # fmt: skip


@pytest.mark.parametrize("role", ALLOWED)
def test_small_roles_allow_this_and_no_more(role: str):
    assert {f"{action} {subject}" for action, subject in access.powers(frozenset({role}))} == ALLOWED[role]


def test_each_role_of_a_project_has_what_the_smaller_one_has():
    order = ("ProjectReader", "ProjectContributor", "ProjectAdmin")
    powers = [access.powers(frozenset({name})) for name in order]
    assert powers[0] < powers[1] < powers[2]
    assert all(access.powers(frozenset({name})) <= access.powers(frozenset({"OrganizationAdmin"}))
               for name in access.ROLES)  # fmt: skip


def test_roles_are_given_on_what_they_are_for():
    assert access.of_kind("Organization") == (
        "OrganizationAdmin",
        "OrganizationBilling",
        "OrganizationMember",
    )
    assert access.of_kind("Project") == access.of_kind("App") == (
        "ProjectAdmin", "ProjectContributor", "ProjectReader",
    )  # fmt: skip
    assert access.of_kind("Team") == ("TeamAdmin", "TeamMember")
