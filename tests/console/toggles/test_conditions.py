"""Conditions of the form and the JsonLogic that they stand for: there, back, and what it means to people."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.console.toggles import conditions
from hyway.console.toggles.conditions import BARE, NUMBERS, OPERATORS, OWN, SUBJECTS, Conditions, Row
from hyway.domain.toggles import logic
from hyway.kernel.faults import Invalid

typed = st.text(max_size=20).map(str.strip) | st.sampled_from(
    ["42", "-1.5", '"42"', '"a, b"', "a, b, 3", "1.2.3", "2026-01-31", "30 %", "0", '"', '""', "007", "-0"]
)
rows = st.builds(Row, st.sampled_from(SUBJECTS), typed, st.sampled_from(OPERATORS), typed)


def holds(text: str, context: dict[str, Any]) -> bool:
    def nobody(name: str) -> Any:
        return lambda context: name == "beta"

    return logic.holds(logic.compile(logic.read(text), nobody), context)


@given(st.lists(rows, min_size=1, max_size=4), st.sampled_from(["all", "any"]))
def test_what_is_written_reads_back_as_rows_that_say_the_same(made: list[Row], join: str) -> None:
    fit = tuple(row for row in made if not conditions.problem(row))
    if not fit:
        return
    text = json.dumps(conditions.write(Conditions(fit, join)))
    try:
        logic.read(text)
    except Invalid:
        return  # a version or a date that is none is told when it is stored
    found = conditions.read(text)
    if found is None:
        # What people type of a path may be read as nothing that a form can show, and stays JSON.
        assert any(row.subject in OWN for row in fit) or "[]" in text
        return
    assert json.dumps(conditions.write(found)) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"==": [{"var": "user.id"}, "the-vip-user"]}',
        '{ "==" : [ {"var": ["customAttributes.plan"]}, "premium" ] }',
        '{"==": [{"var": "user.customAttributes.level"}, 5]}',
        '{"in": [{"var": "user.id"}, ["1001", "1002"]]}',
        '{"in": [{"var": "environment"}, ["staging", "a, b"]]}',
        '{"!": {"in": ["@acme.com", {"var": "user.email"}]}}',
        '{"and": [{"segment": "beta"}, {"!": {"segment": "staff"}}, {"rollout": [12.5]}]}',
        '{"or": [{">=": [{"var": "customAttributes.age"}, 18]}, {"semver": [{"var": "v"}, ">=", "2.1.0"]}]}',
        '{"before": [{"var": "customAttributes.since"}, "2026-01-31"]}',
        '{"!=": [{"var": "user.email"}, null]}',
        '{"===": [{"var": "customAttributes.staff"}, true]}',
        "true",
    ],
)
def test_a_simple_rule_comes_into_the_form_and_out_again(text: str) -> None:
    found = conditions.read(text)
    assert found
    assert conditions.same(conditions.write(found), json.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[" * 5_000,
        "false",
        "1",
        '{"and": [{"or": [true, false]}, true]}',
        '{"==": ["x", {"var": "user.id"}]}',
        '{"===": [{"var": "user.id"}, "x"]}',
        '{"<": [{"var": "customAttributes.age"}, 18]}',  # true of who has no age
        '{"in": [{"var": "user.id"}, [1001]]}',  # as a number alone
        '{"rollout": [30, "seed"]}',
        '{"==": [{"var": ["user.id", "x"]}, "y"]}',
        '{"map": [[1], {"var": ""}]}',
        '{"==": [{"substr": [{"var": ["user.id", ""]}, 0, 5]}, "abc"]}',
    ],
)
def test_what_rows_cannot_say_stays_json(text: str) -> None:
    assert conditions.read(text) is None


def test_rows_mean_what_people_read() -> None:
    def says(operator: str, value: str, **attributes: Any) -> bool:
        row = Row("custom", "x", operator, value)
        assert conditions.problem(row) == ""
        return holds(json.dumps(conditions.write(Conditions((row,)))), {"customAttributes": attributes})

    assert says("is", "42", x=42)
    assert says("is", "42", x="42")
    assert says("one-of", "1, 42", x=42)
    assert says("one-of", "1, 42", x="42")
    assert says("one-of", '"a, b", c', x="a, b")
    assert not says("one-of", "1, 2")
    assert says("none-of", "1, 2")
    assert says("begins", "🚀a", x="🚀abc")
    assert says("ends", "bc", x="abc")
    assert says("contains", "bc", x="abcd")
    assert not says("contains", "42", x=42)
    for operator, value in (("begins", "nu"), ("less", "5"), ("most", "0"), ("more", "-1"), ("least", "0")):
        assert not says(operator, value), f"who has no such attribute is not in: {operator}"
    assert says("less", "5", x=4)
    assert says("v>=", "1.2", x="1.10.0")
    assert says("before", "2026-01-31", x="2025-12-31T23:00:00Z")
    assert says("true", "", x=True)
    assert not says("true", "", x="true")
    assert says("not-there", "")
    assert says("there", "", x=0)


def test_what_is_wrong_with_a_row_is_told() -> None:
    assert conditions.problem(Row("rollout", value="101")) == "Is no percentage from 0 to 100."
    assert conditions.problem(Row("rollout", value="30 %")) == ""
    assert conditions.problem(Row("custom", "", "is", "x")) == "Name the attribute."
    assert conditions.problem(Row("user.id")) == "A value is missing."
    assert conditions.problem(Row("segment")) == "Choose a segment."
    for operator in NUMBERS:
        assert conditions.problem(Row("custom", "x", operator, "many")) == "Is no number."
    for operator in BARE:
        assert conditions.problem(Row("user.id", "", operator)) == ""
