"""Rules as people read them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.console.toggles import sentences

SEGMENTS = {"beta": "Beta testers", "seg_6a1b2c3d4e5f60718293a4b5": "Beta testers"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (True, "Everybody"),
        (False, "Nobody"),
        ({"==": [{"var": "user.id"}, "vip"]}, "User id is “vip”"),
        ({"in": [{"var": "customAttributes.plan"}, ["pro", "max"]]}, "Plan is pro or max"),
        (
            {"!": [{"in": ["@acme.com", {"var": "user.email"}]}]},
            "E-mail address does not contain “@acme.com”",
        ),
        ({"in": [{"var": "n"}, ["42", 42]]}, "N is 42"),
        ({">=": [{"var": "user.customAttributes.age"}, 18]}, "The user’s age is at least 18"),
        ({"<": [1, {"var": "n"}, 5]}, "N is between 1 and 5"),
        (
            {"and": [{"segment": "beta"}, {"rollout": 30}]},
            "Is in the segment Beta testers and is among 30 % of people",
        ),
        (
            {"or": [{"and": [{"var": "a"}, {"!": {"var": "b"}}]}, {"segment": "gone"}]},
            "(a is on or there and b is off or not there) or is in the segment gone",
        ),
        ({"var": "segments.beta"}, "Is in the segment Beta testers"),
        (
            {"==": [{"substr": [{"var": ["user.email", ""]}, -9]}, "@acme.com"]},
            "E-mail address ends with “@acme.com”",
        ),
        ({"semver": [{"var": "v"}, ">=", "2.1.0"]}, "V is at least version 2.1.0"),
        ({"after": [{"now": []}, "2026-01-31"]}, "Now is after 2026-01-31"),
        ({"!=": [{"var": "ipAddress"}, None]}, "IP address is there"),
        ({"!": {"==": [{"var": "n"}, 1]}}, "Not (n is 1)"),
        ({"==": [{"var": "n"}, "\ud800"]}, "N is “?”"),
    ],
)
def test_a_rule_is_a_sentence(rule: Any, said: str) -> None:
    assert sentences.sentence(json.dumps(rule), SEGMENTS) == said


@pytest.mark.parametrize(
    "logic",
    [
        "no JSON",
        "[" * 10_000,
        '{"map": [{"var": "x"}, {"var": ""}]}',
        '{"==": [{"+": [1, 2]}, 3]}',
        '{"a": 1, "b": 2}',
        json.dumps({"or": [{"==": [{"var": "user.id"}, f"user-{n}"]} for n in range(100)]}),
    ],
)
def test_what_no_sentence_says_shortly_is_said_by_none(logic: str) -> None:
    assert sentences.sentence(logic, {}) == ""


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just({"var": "user.id"}),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["and", "or", "!", "==", "in", "<", "segment", "rollout", "if", "semver", "var"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(values)
def test_whatever_is_asked_a_page_can_show_the_answer(rule: Any) -> None:
    said = sentences.sentence(json.dumps(rule), {})
    said.encode()
    assert len(said) <= sentences.LONGEST
