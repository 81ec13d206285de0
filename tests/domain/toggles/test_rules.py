"""What toggles and segments may be called and hold: pure decisions."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.toggles import Target, ValueType, rules
from hyway.kernel.faults import Fault, Invalid

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def refusal(check: Any, *given: Any) -> str:
    """`field text` of what the check raises."""
    with pytest.raises(Invalid) as refused:
        check(*given)
    return f"{refused.value.field} {refused.value.message}"


@pytest.mark.parametrize("text", ["a", "new-checkout", "New.Checkout_2", "9", "a" * 100, "tgl_1"])
def test_keys_are_kept_as_they_are(text: str):
    assert rules.key(text) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must NOT have fewer than 1 characters"),
        ("a" * 101, "must NOT have more than 100 characters"),
        *((text, 'must match pattern "^[A-Za-z0-9._-]+$", and not be dots alone')
          for text in ("a b", "a/b", "ä", "a\n", "..", ".", "a\0", "٣")),
        ("tgl_" + "0" * 24, "must NOT look like an id"),
        ("proj_" + "f" * 24, "must NOT look like an id"),
    ],
)  # fmt: skip
def test_keys_that_programs_could_not_ask_for(text: str, said: str):
    assert refusal(rules.key, text) == f"key {said}"


@pytest.mark.parametrize("text", ["boolean", "string", "number", "object"])
def test_types(text: str):
    assert rules.type_of(text) == text


def test_json_is_another_word_for_object():
    assert rules.type_of("json") == "object"
    for text in ("Boolean", "", "array", "null"):
        assert refusal(rules.type_of, text) == "type must be equal to one of the allowed values"


@pytest.mark.parametrize(
    ("type", "fits", "fits_not"),
    [
        ("boolean", [True, False], [0, 1, "true", None, [], {}]),
        ("number", [0, -1, 1.5, 2**63 - 1, 1e300], [True, "1", None, float("nan"), float("inf"), 2**63, [1]]),
        ("string", ["", "x", "🙂", "x" * 65_536], [1, None, True, ["x"], "a\0", "x" * 65_537, "\ud800"]),
        ("object", [{}, [], {"a": [None]}, "[]", ' { "a" : 1 }\n'],
         ["", "x", "1", "null", '"text"', "{", '{"a": NaN}', None, 1, True,
          "[" * 60_000 + "]" * 5, "\0", {"a": float("nan")}]),
    ],
)  # fmt: skip
def test_values_are_of_their_type(type: ValueType, fits: list[Any], fits_not: list[Any]):
    for each in fits:
        kept = rules.value(each, type, "defaultValue")
        assert json.loads(str(kept)) == each if isinstance(each, dict | list) else kept is each
    for each in fits_not:
        assert refusal(rules.value, each, type, "defaultValue").startswith("defaultValue must ")


def test_an_objects_text_is_kept_letter_by_letter():
    assert rules.value('{ "id": "Hello World!"}', "object", "v") == '{ "id": "Hello World!"}'
    assert rules.value({"ä": [1, 2.0]}, "object", "v") == '{"ä":[1,2.0]}'


@given(JSON, st.sampled_from(rules.TYPES))
def test_no_value_does_anything_but_fit_or_be_refused(sent: Any, type: ValueType):
    try:
        kept = rules.value(sent, type, "v")
    except Fault:
        return
    # What is kept can be written down, read back, and passes again.
    assert json.loads(json.dumps(kept)) == kept
    assert rules.value(kept, type, "v") == kept


def test_targets_are_told_by_their_place():
    targets, trees = rules.targets([("true", 1), ('{"var": "a"}', 2.5)], "number")
    assert targets == (Target("true", 1), Target('{"var": "a"}', 2.5))
    assert len(trees) == 2
    assert refusal(rules.targets, [("true", 1), ("true", True)], "number") == "targets/1/value must be number"
    said = refusal(rules.targets, [("true", 1), ('{"nonsense": 1}', 1)], "number")
    assert said == 'targets/1/logic must use known operators, not "nonsense"'
    assert refusal(rules.targets, [(1, True)], "boolean") == "targets/0/logic must be string"
    many = [("true", True)] * 101
    assert refusal(rules.targets, many, "boolean") == "targets must NOT have more than 100 items"
    large = [(json.dumps("x" * 60_000), True)] * 5
    assert (
        refusal(rules.targets, large, "boolean") == "targets must NOT have more than 262144 characters in all"
    )


@pytest.mark.parametrize(
    ("logic", "said"),
    [
        ("", "must be JsonLogic in JSON: "),
        ("{", "must be JsonLogic in JSON: "),
        (json.dumps("x" * 1_000_000), "must NOT have more than 65536 bytes"),
        ('{"!":' * 1_000 + "true" + "}" * 1_000, "must NOT be nested more than 50 levels"),
        ("[" * 30_000 + "]" * 30_000, "must NOT be nested more than 50 levels"),
        ('{"rollout": [130]}', "must make sense: rollout needs a percentage"),
        ("true\0", 'must match pattern "^[^\\u0000]*$"'),
        ('"\ud800"', "must NOT have halves of characters"),
    ],
    ids=range(8),
)
def test_logic_that_is_none(logic: str, said: str):
    assert refusal(rules.read, logic, "logic").startswith(f"logic {said}")


def test_tags_stand_once():
    assert rules.tags([" a ", "b", "a"]) == ("a", "b")
    assert refusal(rules.tags, ["a", " "]) == "tags/1 must NOT have fewer than 1 characters"
    assert refusal(rules.tags, ["a\tb"]) == "tags/0 must NOT have control characters"
    assert refusal(rules.tags, (str(n) for n in range(51))) == "tags must NOT have more than 50 items"


def test_what_is_searched_is_folded():
    assert rules.words("Key", "Größe") == "key\ngrösse"
    assert rules.wanted(" GRÖSSE ") == "grösse"
    assert rules.wanted("a\nb") is rules.wanted("\0") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("tgl_" + "0" * 24, "id"),
        ("look", "key"),
        ("tgl_" + "0" * 23, "key"),
        ("a b", None),
        ("", None),
        ("a" * 101, None),
        ("x\0", None),
    ],
)
def test_what_leads_to_a_toggle(text: str, kind: str | None):
    assert rules.known_as("tgl", text) == kind
