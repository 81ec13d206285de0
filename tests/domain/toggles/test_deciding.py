"""Which target decides, what rules see of what clients send, and what a ruleset cannot make fail."""

import json
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.toggles import deciding, logic
from hyway.domain.toggles.deciding import Compiled, context_of
from hyway.domain.toggles.records import Rule, Ruleset, Value


def tree(rule: Any) -> logic.Tree:
    return logic.read(json.dumps(rule))


def boolean(key: str, *rules: Any, default: Value = False) -> Rule:
    return Rule(key, "boolean", default, tuple((tree(each), True) for each in rules))


def told(rules: Ruleset, context: dict[str, Any], *keys: str) -> dict[str, tuple[Value, str]]:
    return {each.key: (each.value, each.reason) for each in Compiled(rules).decide(context, keys)}


VIP = {"==": [{"var": "user.id"}, "vip"]}
PREMIUM = {"==": [{"var": "customAttributes.plan"}, "premium"]}


def test_the_first_target_that_holds_decides() -> None:
    rule = Rule("limit", "number", 1, ((tree(VIP), 10), (tree(PREMIUM), 5)))
    both = {"user": {"id": "vip"}, "customAttributes": {"plan": "premium"}}
    assert told(Ruleset(1, 1, (rule,)), both) == {"limit": (10, "matched target 0")}
    assert told(Ruleset(1, 1, (rule,)), {"customAttributes": {"plan": "premium"}}) == {
        "limit": (5, "matched target 1")
    }
    assert told(Ruleset(1, 1, (rule,)), {}) == {"limit": (1, "no target matched")}


def test_what_takes_long_is_not_decided_at_once() -> None:
    loop = {"all": [{"var": "n"}, {"==": [{"var": ""}, 1]}]}
    few = Compiled(Ruleset(1, 1, (boolean("a", loop, VIP),)))
    assert few.decide_at_once({"n": [1] * 1_000}) == few.decide({"n": [1] * 1_000})
    assert few.decide_at_once({"n": [1] * 10_000}) is None
    assert few.decide({"n": [1] * 10_000})[0].value is True
    assert few.decide_at_once({"n": [1] * 1_000_000, "user": {"id": "vip"}}) == few.decide(
        {"user": {"id": "vip"}}
    )
    wide = Compiled(Ruleset(1, 1, (boolean("a", *[{"or": [VIP] * 1_000}] * 10),)))
    assert wide.decide_at_once({}) is None


def test_all_rules_together_have_an_end() -> None:
    """Whatever a hundred targets of a thousand toggles go through."""
    loop = {"some": [{"var": "n"}, {"==": [{"var": ""}, 2]}]}
    rules = [boolean(f"t{at}", *[loop] * 100, VIP) for at in range(10)]
    started = time.process_time()
    seen = Compiled(Ruleset(1, 1, tuple(rules))).decide({"n": [1] * 12_000, "user": {"id": "vip"}})
    assert time.process_time() - started < 2
    assert all(each.value for each in seen)


def test_only_the_named_toggles_that_there_are() -> None:
    rules = Ruleset(1, 1, (boolean("a"), boolean("b"), boolean("c")))
    assert list(told(rules, {})) == ["a", "b", "c"]
    assert list(told(rules, {}, "c", "no", "a", "c")) == ["c", "a"]
    assert told(rules, {}, "no") == {}


def test_segments_by_id_and_alternate_id() -> None:
    segments = {"segm_1": tree(VIP), "segm_2": tree({"or": [{"segment": "vips"}, PREMIUM]})}
    rules = Ruleset(
        1,
        1,
        (
            boolean("by-id", {"segment": "segm_2"}),
            boolean("by-name", {"segment": "payers"}),
            boolean("alias", {"var": "segments.payers"}),
            boolean("gone", {"segment": "nobody"}),
            boolean("not-gone", {"!": {"segment": "nobody"}}),
        ),
        segments,
        {"vips": "segm_1", "payers": "segm_2"},
    )
    seen = {key: value for key, (value, _) in told(rules, {"user": {"id": "vip"}}).items()}
    assert seen == {"by-id": True, "by-name": True, "alias": True, "gone": False, "not-gone": True}
    assert not any(value for key, (value, _) in told(rules, {}).items() if key != "not-gone")


def test_a_segment_that_leads_back_to_itself_holds_nobody() -> None:
    segments = {"segm_1": tree({"segment": "segm_2"}), "segm_2": tree({"segment": "segm_1"})}
    rules = Ruleset(1, 1, (boolean("a", {"segment": "segm_1"}),), segments)
    assert told(rules, {}) == {"a": (False, "no target matched")}


def test_a_rollout_goes_by_the_toggles_own_key() -> None:
    rules = Ruleset(1, 1, tuple(boolean(f"t{at}", {"rollout": [30]}) for at in range(40)))
    seen = {each.key for each in Compiled(rules).decide({"targetingKey": "user-1"}) if each.value}
    assert seen == {f"t{at}" for at in range(40) if logic.bucket(f"t{at}", "user-1") < 3000}
    assert 0 < len(seen) < 40


def test_the_first_projects_toggle_wins_a_key() -> None:
    older = Ruleset(1, 1, (boolean("a", {"segment": "s"}),), {"segm_1": tree(VIP)}, {"s": "segm_1"})
    newer = Ruleset(
        1, 2, (boolean("a", True), boolean("b", {"segment": "s"})), {"segm_2": tree(True)}, {"s": "segm_2"}
    )
    both = Compiled(older, newer)
    assert [(each.key, each.value, each.project) for each in both.decide({})] == [
        ("a", False, 1),
        ("b", True, 2),
    ]
    assert all(each is both.outcomes[each.number] for each in both.decide({"user": {"id": "vip"}}))
    assert len(both.outcomes) == 4


def test_the_present_is_the_callers() -> None:
    rules = Ruleset(1, 1, (boolean("new-year", {"after": [{"now": []}, "2030-01-01"]}),))
    compiled = Compiled(rules)
    assert not compiled.decide({}, now=1_893_455_999_000_000)[0].value
    assert compiled.decide({}, now=1_893_456_001_000_000)[0].value


def test_how_other_clients_spell_a_person() -> None:
    sent = {
        "targetingKey": "t",
        "user": {"Id": "1", "Email": "a@b.c", "CustomAttributes": {"Role": "x"}, "Own": 1},
        "more": [1],
        "$now": 1,
        "$toggle": "x",
    }
    assert context_of(sent) == {
        "targetingKey": "t",
        "user": {"id": "1", "email": "a@b.c", "customAttributes": {"Role": "x"}, "Own": 1},
        "more": [1],
    }
    assert context_of({"user": {"ID": "loud", "id": "exact"}})["user"] == {"id": "exact"}
    assert context_of({"user": None, "ipAddress": None}) == {"user": None, "ipAddress": None}


def test_an_address_among_the_attributes() -> None:
    assert context_of({"customAttributes": {"ipAddress": "1.2.3.4"}})["ipAddress"] == "1.2.3.4"
    sent = {"ipAddress": "5.6.7.8", "customAttributes": {"ipAddress": "1.2.3.4"}}
    assert context_of(sent)["ipAddress"] == "5.6.7.8"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "ID", "plan", "a"]), inner, max_size=3)
    ),
    max_leaves=10,
)
NAMES = ["user", "customAttributes", "targetingKey", "ipAddress", "$now", "list"]


@given(st.dictionaries(st.sampled_from(NAMES), json_values))
def test_no_context_makes_it_fail(sent: dict[str, Any]) -> None:
    rules = Ruleset(
        1,
        1,
        (
            boolean("a", VIP, {">": [{"var": "list"}, {"var": "user"}]}),
            boolean("b", {"rollout": [{"var": "list"}]}, {"map": [{"var": "list"}, {"+": [{"var": ""}, 1]}]}),
            boolean("c", {"missing_some": [1, {"var": "user"}]}, {"segment": "s"}),
        ),
        {"s": tree({"in": [{"var": "user.id"}, {"var": "customAttributes"}]})},
    )
    before = json.dumps(sent)
    found = Compiled(rules).decide(context_of(sent))
    assert [each.key for each in found] == ["a", "b", "c"]
    assert {each.reason for each in found} <= {deciding.UNMATCHED, "matched target 0", "matched target 1"}
    assert json.dumps(sent) == before
