"""JsonLogic: the public suite, JavaScript's oddities, what is refused, and what a rule may cost."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from hyway.domain.toggles import logic
from hyway.domain.toggles.logic.tree import DEEPEST, LONGEST, MOST
from hyway.kernel.faults import Invalid

SUITE = Path(__file__).with_name("tests.json")
"""The public suite of jsonlogic.com, as its data file: [rule, data, expected], and headings."""


def nobody(name: str) -> Any:
    raise AssertionError(f"no rule here names segment {name}")


def asked(rule: Any, data: Any = None) -> Any:
    """The answer of a rule, through text and back as a caller would have it."""
    return logic.compile(logic.read(json.dumps(rule)), nobody)(data)


def refused(text: str) -> str:
    with pytest.raises(Invalid) as refusal:
        logic.read(text, "targets")
    assert refusal.value.field == "targets"
    return refusal.value.message


def test_the_public_suite() -> None:
    cases = [case for case in json.loads(SUITE.read_text()) if not isinstance(case, str)]
    assert len(cases) == 278
    for rule, data, expected in cases:
        answer = asked(rule, data)
        assert answer == expected, (rule, data)
        assert isinstance(answer, bool) == isinstance(expected, bool), (rule, data)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"==": [1, True]}, True),
        ({"===": [1, True]}, False),
        ({"===": [1, 1.0]}, True),
        ({"==": ["", 0]}, True),
        ({"==": [None, 0]}, False),
        ({">=": [None, 0]}, True),
        ({"==": [[1, 2], "1,2"]}, True),
        ({"==": [[1], [1]]}, False),
        ({"==": [" 0x1F ", 31]}, True),
        ({"==": ["1_0", 10]}, False),
        ({"<": ["10", "9"]}, True),
        ({"<": ["10", 9]}, False),
        ({"<": [{"+": "x"}, 1]}, False),
        ({"in": [1, [True]]}, False),
        ({"in": [True, [1]]}, False),
        ({"in": [1, "123"]}, True),
        ({"in": [{"/": [0, 0]}, [{"/": [0, 0]}]]}, False),
        ({"cat": [1.0, None, True, 1e21, 0.1, [1, None, [2]]]}, "1true1e+210.11,,2"),
        ({"cat": [{"/": [1, 0]}, {"/": [-1, 0]}, {"/": [0, 0]}]}, "Infinity-InfinityNaN"),
        ({"%": [-5, 3]}, -2),
        ({"+": ["3 apples", "1e2x"]}, 103),
        ({"max": ["3", 2]}, 3),
        ({"substr": ["a😀b", 1, 2]}, "😀"),
        ({"substr": [None, -2]}, "ll"),
        ({"substr": ["abc", -0.5]}, "abc"),
        ({"substr": ["abc", 0, -0.5]}, "ab"),
        ({"!!": [{}]}, True),
        ({"!!": ["0"]}, True),
        ({"!!": [{"+": "x"}]}, False),
        ({"and": []}, None),
        ({"a": 1, "b": {"unknown": 1}}, {"a": 1, "b": {"unknown": 1}}),
        ({"var": "length"}, None),
    ],
)
def test_values_are_those_of_javascript(rule: Any, expected: Any) -> None:
    answer = asked(rule)
    assert answer == expected
    assert type(answer) is type(expected) or {type(answer), type(expected)} == {int, float}


def test_a_loop_sees_its_element_alone() -> None:
    data = {"plan": "pro", "list": [1, 2]}
    assert asked({"map": [{"var": "list"}, {"var": "plan"}]}, data) == [None, None]
    inside = {
        "reduce": [
            {"var": "list"},
            {"+": [{"var": "current"}, {"var": "accumulator"}]},
            {"var": "plan.length"},
        ]
    }
    assert asked(inside, data) == 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "must be JsonLogic in JSON"),
        ("{", "must be JsonLogic in JSON"),
        ('{"==": [NaN, 1]}', "NaN is no JSON value"),
        ('{"if": [true, {"method": []}]}', 'known operators, not "method"'),
        ('{"a.b": 1}', 'known operators, not "a.b"'),
        ('{"*": []}', "at least one argument"),
        ('{"missing_some": [1]}', "array of names"),
        ('{"segment": {"var": "x"}}', "id of one segment"),
        ('{"segment": ["a", "b"]}', "id of one segment"),
        ('{"rollout": 101}', "percentage from 0 to 100"),
        ('{"rollout": -1}', "percentage from 0 to 100"),
        ('{"rollout": 33.333}', "two decimals"),
        ('{"rollout": true}', "percentage"),
        ('{"rollout": []}', "takes a percentage"),
        ('{"semver": ["1.2.3", "=="]}', "takes a version"),
        ('{"semver": ["1.2.3", "==", "1.2.3"]}', "compares by one of"),
        ('{"semver": ["1.2.3", {"a": 1, "b": 2}, "1.2.3"]}', "compares by one of"),
        ('{"semver": [{"var": "v"}, "<", "01.2.3"]}', "versions such as"),
        ('{"semver": [{"var": "v"}, "<", 2]}', "versions such as"),
        ('{"before": [{"var": "d"}, "tomorrow"]}', "dates such as"),
        ('{"after": [{"var": "d"}, "2026-02-30"]}', "dates such as"),
        ('{"after": ["2026-02-28"]}', "two dates"),
        ('{"now": [1]}', "no arguments"),
    ],
)
def test_what_is_no_rule_is_refused(text: str, told: str) -> None:
    assert told in refused(text)


def test_size_depth_and_count_are_limited() -> None:
    logic.read(json.dumps("x" * (LONGEST - 2)))
    assert "must NOT have more than 65536 bytes" in refused(json.dumps("x" * (LONGEST - 1)))
    assert "must NOT have more than 65536 bytes" in refused(json.dumps("é" * 40_000, ensure_ascii=False))
    assert "more than 65536 bytes" in refused('{"==": [1, "' + "x" * 1_000_000 + '"]}')
    logic.read('{"!":' * DEEPEST + "1" + "}" * DEEPEST)
    for opened, closed in (('{"!":', "}"), ("[", "]"), ('{"a":1,"b":', "}")):
        assert "50 levels" in refused(opened * (DEEPEST + 1) + "1" + closed * (DEEPEST + 1))
        assert "50 levels" in refused(opened * 1_000 + "1" + closed * 1_000)
    assert "50 levels" in refused("[" * 30_000 + "]" * 30_000)
    logic.read(json.dumps([1] * (MOST - 1)))
    assert "10000 values" in refused(json.dumps([1] * MOST))
    assert "10000 values" in refused(json.dumps({"a": [1] * MOST, "b": 1}))


def test_numbers_beyond_a_double_are_read() -> None:
    assert asked({"==": [{"var": "id"}, 12345678901234567891]}, {"id": 12345678901234567890}) is False
    assert logic.compile(logic.read("1" + "0" * 5_000), nobody)(None) == float("inf")
    assert asked({"+": [{"var": "n"}, 1]}, {"n": 10**400}) == float("inf")


@pytest.mark.parametrize(
    "rule",
    [
        {"map": [{"var": "list"}, {"map": [{"var": ""}, {"+": [{"var": ""}, 1]}]}]},
        {"reduce": [{"var": "flat"}, {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}, "grow"]},
        {"reduce": [{"var": "flat"}, {"merge": [{"var": "accumulator"}, {"var": "accumulator"}]}, [1]]},
        {"reduce": [{"var": "flat"}, {"==": [{"var": "accumulator"}, 1]}, {"var": "huge"}]},
        {"!": {"some": [{"var": "huge"}, {"==": [{"var": ""}, 2]}]}},
        {"!": {"missing": [{"var": "huge"}]}},
        {"cat": [{"var": "huge"}]},
        {"missing": [[{"var": "evil"}]]},
    ],
)
def test_what_costs_too_much_or_fails_is_not_matched(rule: Any) -> None:
    flat = list(range(3_000))
    data = {"flat": flat, "list": [flat] * 3_000, "huge": list(range(200_000)), "evil": {"log": 1}}
    compiled = logic.compile(logic.read(json.dumps(rule)), nobody)
    started = time.process_time()
    assert not logic.holds(compiled, data)
    with pytest.raises(logic.Failure):
        compiled(data)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("long", [" " * 250_000, "1" * 250_000, "0x" + "f" * 250_000, "1" + "0" * 250_000])
@pytest.mark.parametrize(
    "rule",
    [
        {"<": [{"var": "long"}, 18]},
        {"in": [{"-": [{"var": "long"}]}, [1, 2]]},
        {"==": [{"+": [{"var": "long"}, 1]}, 5]},
        {"var": {"var": "dots"}},
    ],
)
def test_a_long_text_costs_no_more_than_a_number(rule: Any, long: str) -> None:
    """Programs send what they like, and every rule of a project that compares with a number would read it anew."""
    compiled = logic.compile(logic.read(json.dumps(rule)), nobody)
    data = {"long": long, "dots": "long" + ".0" * 100_000}
    started = time.process_time()
    for _ in range(20):
        logic.holds(compiled, data)
    assert time.process_time() - started < 0.02


def test_a_number_is_as_long_as_people_write_them() -> None:
    for text in ("0" * 500 + "17", " " * 900 + "17", "17." + "0" * 900):
        assert asked({"==": [{"var": "a"}, 17]}, {"a": text}) is True
        assert asked({"+": [{"var": "a"}]}, {"a": text}) == 17


def test_a_large_list_within_reason_is_gone_through() -> None:
    rule = {
        "some": [
            {"var": "carts"},
            {"and": [{">": [{"var": "total"}, 998]}, {"in": [{"var": "code"}, ["a"] * 900]}]},
        ]
    }
    assert asked(rule, {"carts": [{"total": total, "code": "a"} for total in range(1_000)]}) is True


def test_a_context_nested_too_deep_is_not_matched() -> None:
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    compiled = logic.compile(logic.read('{"==": [{"var": "deep"}, ""]}'), nobody)
    assert not logic.holds(compiled, {"deep": deep})


def test_rules_are_not_changed_by_their_answers() -> None:
    compiled = logic.compile(logic.read('{"merge": [[1, 2], [3]]}'), nobody)
    compiled(None).append(4)
    assert compiled(None) == [1, 2, 3]
