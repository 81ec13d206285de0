"""Alternate ids, names, colours, types, and sets of environments."""

import re
import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.projects import rules
from hyway.domain.projects.records import NewEnvironment
from hyway.kernel.faults import Invalid

NOUNS = sorted(rules.RESERVED)
LETTERS = string.ascii_letters + string.digits + "-_"
ALTERNATE = st.text(LETTERS, min_size=1, max_size=25)
nouns = st.sampled_from(NOUNS)


@given(nouns, ALTERNATE)
def test_whatever_the_pages_allow_is_kept_in_small_letters(noun: rules.Noun, said: str) -> None:
    if said.lower() in rules.RESERVED[noun]:
        with pytest.raises(Invalid, match="one of the words"):
            rules.alternate_id(noun, said)
        return
    kept = rules.alternate_id(noun, said)
    assert kept == said.lower()
    assert rules.alternate_id(noun, kept) == kept
    # Whatever it was called, it is found by.
    assert rules.known_as(noun, said) == rules.known_as(noun, kept) == ("alternate_id", kept)


@given(nouns, st.text(max_size=40))
def test_whatever_else_is_refused(noun: rules.Noun, said: str) -> None:
    if re.fullmatch(r"[A-Za-z0-9_-]{1,25}", said, re.ASCII) and said.lower() not in rules.RESERVED[noun]:
        assert re.fullmatch(r"[a-z0-9_-]{1,25}", rules.alternate_id(noun, said), re.ASCII)
        return
    with pytest.raises(Invalid) as refused:
        rules.alternate_id(noun, said)
    assert refused.value.field == "alternateId"


@given(nouns, st.text(max_size=40))
def test_what_can_be_no_id_is_not_looked_for(noun: rules.Noun, said: str) -> None:
    found = rules.known_as(noun, said)
    if found is None:
        assert not re.fullmatch(r"[A-Za-z0-9_-]{1,25}", said, re.ASCII)
    else:
        assert "\x00" not in found[1]


@pytest.mark.parametrize(("noun", "prefix"), [("project", "proj"), ("app", "app"), ("environment", "pevr")])
def test_an_id_is_looked_for_as_one(noun: rules.Noun, prefix: str) -> None:
    id = f"{prefix}_0123456789abcdef01234567"
    assert rules.known_as(noun, id) == ("id", id)
    assert rules.known_as(noun, id.upper()) is None
    assert rules.known_as(noun, id[:-1]) is None
    # No alternate id can be taken for one.
    with pytest.raises(Invalid):
        rules.alternate_id(noun, id)


def test_reserved_words_are_those_of_each_noun() -> None:
    words = ("projects", "apps", "environments", "envs")
    for noun in NOUNS:
        free = []
        for word in words:
            try:
                free.append(rules.alternate_id(noun, word))
            except Invalid:
                continue
        reserved = {"project": {"environments"}, "app": set(words), "environment": set()}[noun]
        assert set(free) == set(words) - reserved


@given(st.text(max_size=120))
def test_names_have_one_to_a_hundred_characters_for_people(said: str) -> None:
    clean = said.strip()
    if 1 <= len(clean) <= 100 and clean.isprintable():
        assert rules.name(said) == clean
    elif not clean or len(clean) > 100 or "\x00" in clean or "\n" in clean:
        with pytest.raises(Invalid) as refused:
            rules.name(said)
        assert refused.value.field == "name"


@pytest.mark.parametrize("said", ["", " ", "a\x00b", "a\x7fb", "a\u0085b", "a\u2028b", "a\ud800", "n" * 101])
def test_names_that_are_none(said: str) -> None:
    with pytest.raises(Invalid):
        rules.name(said)


@pytest.mark.parametrize(
    ("called", "type", "color"),
    [
        ("development", "development", "#3B82F6"),
        ("Production", "production", "#22C55E"),
        ("staging", "custom", "#6B7280"),
    ],
)
def test_type_and_colour_follow_from_the_alternate_id(called: str, type: str, color: str) -> None:
    draft = rules.environment(NewEnvironment(called, "Name"))
    assert (draft.alternate_id, draft.type, draft.color) == (called.lower(), type, color)


def test_a_type_that_is_said_goes_before_the_one_that_follows() -> None:
    draft = rules.environment(NewEnvironment("production", "Name", type="custom"))
    assert (draft.type, draft.color) == ("custom", "#6B7280")


def test_default_environments_keep_each_others_company() -> None:
    made = [NewEnvironment(f"e{i}", f"E {i}") for i in range(50)]
    assert len(rules.environments(made)) == 50
    assert [each.alternate_id for each in rules.environments(made[:1])] == ["e0"]
    for wrong, field, text in (
        ([], "defaultEnvironments", "fewer than 1 items"),
        ([*made, NewEnvironment("more", "More")], "defaultEnvironments", "more than 50 items"),
        ([made[0], replace(made[1], alternate_id="E0")], "defaultEnvironments/1/alternateId", "unique"),
        ([made[0], replace(made[1], name="e 0")], "defaultEnvironments/1/name", "unique"),
        ([made[0], replace(made[1], color="red")], "defaultEnvironments/1/color", "pattern"),
        ([replace(made[0], alternate_id="a b")], "defaultEnvironments/0/alternateId", "pattern"),
    ):
        with pytest.raises(Invalid) as refused:
            rules.environments(wrong)
        assert refused.value.field == field
        assert text in refused.value.message


def test_what_projects_begin_with_passes_the_rules() -> None:
    """The vendor's command line looks for environments whose names are their alternate ids, but for capitals."""
    assert [each.name.lower() for each in rules.FIRST_ENVIRONMENTS] == ["development", "production"]
    again = rules.environments(
        [NewEnvironment(e.alternate_id, e.name, e.color, e.type) for e in rules.FIRST_ENVIRONMENTS]
    )
    assert again == rules.FIRST_ENVIRONMENTS
