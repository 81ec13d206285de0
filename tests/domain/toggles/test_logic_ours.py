"""Our own operators: segments, a share of people, versions, dates."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from hyway.domain.toggles import logic

NOON = 1_767_355_200_000_000
"""2026-01-02T12:00:00Z in microseconds."""


def nobody(name: str) -> Any:
    raise AssertionError(f"no rule here names segment {name}")


def asked(rule: Any, data: Any = None, segment: Callable[[str], Callable[[Any], bool]] = nobody) -> Any:
    return logic.compile(logic.read(json.dumps(rule)), segment)(data)


def share(percent: float, count: int, toggle: str = "beta", seed: str | None = None) -> set[int]:
    arguments = [percent] if seed is None else [percent, seed]
    rule = logic.compile(logic.read(json.dumps({"rollout": arguments})), nobody)
    return {
        person for person in range(count) if rule({"targetingKey": f"user-{person}", logic.TOGGLE: toggle})
    }


def test_a_rollout_of_30_percent_reaches_30_percent_and_keeps_them_at_40() -> None:
    thirty = share(30, 100_000)
    assert abs(len(thirty) - 30_000) <= 500
    forty = share(40, 100_000)
    assert thirty < forty
    assert abs(len(forty) - 40_000) <= 500


def test_a_rollout_is_another_for_another_toggle_or_seed() -> None:
    beta, other, seeded = share(50, 2_000), share(50, 2_000, toggle="other"), share(50, 2_000, seed="second")
    assert share(50, 2_000) == beta
    for drawn in (other, seeded):
        assert 400 < len(beta & drawn) < 600


@pytest.mark.parametrize("percent", [0, 0.01, 12.34, 99.99, 100])
def test_a_rollout_counts_in_hundredths_of_a_percent(percent: float) -> None:
    buckets = {person: logic.bucket("beta", f"user-{person}") for person in range(3_000)}
    assert share(percent, 3_000) == {person for person, at in buckets.items() if at < round(percent * 100)}


def test_the_bucket_is_the_documented_hash() -> None:
    assert logic.bucket("beta", "user-1") == 3783
    assert logic.bucket("beta", "user-1", "s") == 2133
    whole = int(sha256("بيتا/أ".encode()).hexdigest()[:16], 16)
    assert logic.bucket("بيتا", "أ") == whole * 10_000 // 2**64


@pytest.mark.parametrize(
    "data", [None, [], {}, {"targetingKey": ""}, {"targetingKey": None}, {"targetingKey": ["a"]}]
)
def test_nobody_without_a_targeting_key_is_in_a_rollout(data: Any) -> None:
    assert asked({"rollout": 100}, data) is False


def test_a_percent_may_come_from_the_context() -> None:
    rule = {"rollout": [{"var": "percent"}, {"var": "seed"}]}
    answers = [
        asked(rule, {"targetingKey": "a", "percent": percent})
        for percent in (100, "100", 250, 0, -1, "x", None)
    ]
    assert answers == [True, True, True, False, False, False, False]


ORDERED = [
    *("1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"),
    *("1.0.0-rc.1", "1.0.0", "1.0.1", "1.9.0", "1.10.0", "2.0.0"),
]
"""The order of semver.org, item 11, and on."""


def test_versions_stand_in_the_order_of_semver() -> None:
    for at, left in enumerate(ORDERED):
        for place, right in enumerate(ORDERED):
            told = {
                sign: asked({"semver": [left, sign, right]}) for sign in ("<", "<=", "=", "!=", ">=", ">")
            }
            assert told == {
                **{"<": at < place, "<=": at <= place, "=": at == place},
                **{"!=": at != place, ">=": at >= place, ">": at > place},
            }


@pytest.mark.parametrize(
    ("left", "sign", "right", "expected"),
    [
        ("1.2.3", "^", "1.2.3", True),
        ("1.9.0", "^", "1.2.3", True),
        ("1.2.2", "^", "1.2.3", False),
        ("2.0.0", "^", "1.2.3", False),
        ("2.0.0-rc.1", "^", "1.2.3", False),
        ("0.2.9", "^", "0.2.3", True),
        ("0.3.0", "^", "0.2.3", False),
        ("0.0.3", "^", "0.0.3", True),
        ("0.0.4", "^", "0.0.3", False),
        ("1.2.9", "~", "1.2.3", True),
        ("1.3.0", "~", "1.2.3", False),
        ("1.2.3+build.5", "=", "v1.2.3", True),
        ("12.1", ">", "12", True),
        (None, "!=", "1.0.0", False),
        (12, ">=", "1.0.0", False),
        ("1.2.3.4", ">=", "1.0.0", False),
        ("1.0.0-01", ">=", "0.1.0", False),
        ("9" * 300, ">", "1.0.0", False),
    ],
)
def test_versions_of_the_context(left: Any, sign: str, right: str, expected: bool) -> None:
    assert asked({"semver": [{"var": "version"}, sign, right]}, {"version": left}) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2026-01-01", "2026-01-02", True),
        ("2026-01-02", "2026-01-02T00:00:00Z", False),
        ("2026-01-02T01:00:00+02:00", "2026-01-02", True),
        ("2026-01-02T00:00:00.001", "2026-01-02t00:00:00.002z", True),
        ("2026-01-02 10:00", "2026-01-02T10:00:01-0000", True),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", True),
        ("0000-01-01", "2026-01-02", False),
        ("2026-02-30", "2027-01-01", False),
        ("20260101", "2027-01-01", False),
        (1, "2027-01-01", False),
        (None, "2027-01-01", False),
    ],
)
def test_dates_of_the_context(first: Any, second: str, expected: bool) -> None:
    data = {"first": first, "second": second}
    assert asked({"before": [{"var": "first"}, {"var": "second"}]}, data) is expected
    assert asked({"after": [{"var": "second"}, {"var": "first"}]}, data) is expected


def test_now_is_the_time_of_the_pass() -> None:
    since, until = "2026-01-02T11:59:59Z", "2026-01-02T12:00:01Z"
    from_noon = {"and": [{"after": [{"now": []}, since]}, {"before": [{"now": []}, until]}]}
    assert asked(from_noon, {logic.NOW: NOON}) is True
    assert asked(from_noon, {logic.NOW: NOON + 1_000_000}) is False
    assert asked({"now": []}, logic.Pass({}, now=NOON)) == "2026-01-02T12:00:00.000Z"
    assert asked({"after": [{"now": []}, "2026-01-01"]}) is True


def test_segments_are_named_by_the_operator_and_by_the_alias() -> None:
    rule = {
        "or": [
            {"segment": "sgmt_1"},
            {"if": [{"var": ["segments.staff", False]}, [{"segment": ["deep"]}]]},
            {
                "some": [
                    {"var": "segments.early"},
                    {"or": [{"var": "segments.not-here"}, {"segment": "in-loop"}]},
                ]
            },
            {"var": {"cat": ["segments.", "made"]}},
            {"segments.data": 1, "segment": "data"},
        ]
    }
    assert logic.segments(logic.read(json.dumps(rule))) == {"sgmt_1", "staff", "deep", "early", "in-loop"}
    assert logic.segments(logic.read('{"var": "segments."}')) == frozenset()


def test_a_segment_sees_the_whole_context_and_nobody_can_claim_to_be_in_one() -> None:
    plan = logic.compile(logic.read('{"==": [{"var": "plan"}, "pro"]}'), nobody)
    segments = {"pro": logic.member("sgmt_pro", plan)}
    data = {"plan": "pro", "list": [1, 2], "segments": {"pro": False}}
    assert asked({"segment": "pro"}, data, segments.__getitem__) is True
    assert asked({"var": "segments.pro"}, data, segments.__getitem__) is True
    assert asked({"filter": [{"var": "list"}, {"segment": "pro"}]}, data, segments.__getitem__) == [1, 2]
    claim = {"segments": {"pro": "yes"}}
    assert asked({"var": "segments.pro"}, claim, segments.__getitem__) is False
    assert asked({"==": [{"var": "segments.pro"}, "yes"]}, claim, segments.__getitem__) is False
    assert asked({"in": [{"var": "segments.pro"}, ["yes"]]}, claim, segments.__getitem__) is False


def test_an_unknown_segment_is_told_when_the_rule_is_compiled() -> None:
    none: dict[str, Callable[[Any], bool]] = {}
    with pytest.raises(KeyError):
        asked({"if": [False, {"segment": "gone"}]}, None, none.__getitem__)


def test_a_segment_is_worked_out_once_in_a_pass_and_fails_alone() -> None:
    worked: list[Any] = []

    def counted(data: Any, run: logic.Pass) -> bool:
        worked.append(data)
        raise ZeroDivisionError

    belongs = logic.member("sgmt_1", logic.Rule(counted))
    rule = logic.compile(
        logic.read('{"or": [{"segment": "a"}, {"segment": "b"}, true]}'), lambda name: belongs
    )
    run = logic.Pass({})
    assert logic.holds(rule, run)
    assert logic.holds(rule, run)
    assert len(worked) == 1
    assert belongs({}) is False
    assert len(worked) == 2


def test_segments_that_double_at_each_level_are_worked_out_once_each() -> None:
    both = logic.read('{"and": [{"segment": "next"}, {"segment": "next"}]}')
    belongs = logic.member("sgmt_0", logic.compile(logic.read("true"), nobody))
    for level in range(1, 40):
        belongs = logic.member(f"sgmt_{level}", logic.compile(both, {"next": belongs}.__getitem__))
    assert belongs({}) is True


def test_a_rollout_in_a_segment_holds_the_same_people_for_each_toggle() -> None:
    half = logic.member("sgmt_half", logic.compile(logic.read('{"rollout": 50}'), nobody))
    rule = logic.compile(logic.read('{"segment": "half"}'), lambda name: half)
    for person in range(50):
        data = {"targetingKey": f"user-{person}"}
        answers = {rule(logic.Pass(data, toggle)) for toggle in ("a", "b", "c", "d")}
        assert answers == {logic.bucket("sgmt_half", f"user-{person}") < 5_000}
    run = logic.Pass({"targetingKey": "user-1"}, "beta")
    logic.holds(rule, run)
    assert run.toggle == "beta"


def test_a_costly_segment_leaves_the_rule_its_steps() -> None:
    costly = logic.member("big", logic.compile(logic.read('{"some": [{"var": "list"}, false]}'), nobody))
    rule = {"or": [{"segment": "big"}, {"some": [{"var": "list"}, {"==": [{"var": ""}, 9_000]}]}]}
    assert asked(rule, {"list": list(range(12_000))}, lambda name: costly) is True


def test_the_first_rule_that_holds_decides() -> None:
    texts = ('{"var": "no"}', '{"cat": [{"var": "huge"}]}', '{"==": [{"var": "plan"}, "pro"]}', "true")
    rules = [(logic.compile(logic.read(text), nobody), place) for place, text in enumerate(texts)]
    groups = [logic.group("a", rules, -1), logic.group("b", rules[:2], -1), logic.group("c", [], -1)]
    data = {"plan": "pro", "huge": list(range(200_000))}
    assert logic.choose(groups, logic.Pass(data)) == [2, -1, -1]
    assert logic.choose(groups, logic.Pass({})) == [3, -1, -1]
    assert logic.choose([], logic.Pass(data)) == []
