"""Compiled rules are remembered by what they hold, and not by how many they are."""

import json

from hyway.domain.toggles import Rule, Ruleset, logic
from hyway.domain.toggles.deciding import Compiled
from hyway.edge import evaluate_rules
from hyway.edge.evaluate_rules import LARGEST, Entry, Rules
from hyway.kernel.changes import Changes


class Nowhere:
    changes = Changes(None)  # type: ignore[arg-type]


def entry(toggles: int, value: str = "", rule: str = '{"==": [{"var": "user.id"}, "vip"]}') -> Entry:
    targets = ((logic.read(rule), value),)
    rules = tuple(Rule(f"t{at}", "string", value, targets) for at in range(toggles))
    return Entry(Compiled(Ruleset(1, 1, rules, {}, {})))


def test_what_is_larger_takes_more_room() -> None:
    small, wide = entry(1), json.dumps({"in": [{"var": "user.id"}, [f"u{at}" for at in range(5_000)]]})
    assert entry(1_000).size > 900 * small.size
    assert entry(1, "x" * 100_000).size > small.size + 500_000
    assert entry(1, rule=wide).size > small.size + 5_000 * 50


def test_the_oldest_go_where_room_is_short() -> None:
    rules, half = Rules(Nowhere()), entry(1)  # type: ignore[arg-type]
    half.size = LARGEST // 3
    for at in range(6):
        rules._remember((at,), half)
        assert sum(each.size for each in rules._kept.values()) <= LARGEST
    assert (5,) in rules._kept
    assert (0,) not in rules._kept
    huge = entry(1)
    huge.size = 2 * LARGEST
    rules._remember((9,), huge)
    assert list(rules._kept) == [(9,)]


def test_so_many_are_remembered_at_most() -> None:
    rules, small = Rules(Nowhere()), entry(1)  # type: ignore[arg-type]
    for at in range(3 * evaluate_rules._SIZE):
        rules._remember((at,), small)
        assert len(rules._kept) <= evaluate_rules._SIZE
    assert len(rules._kept) >= evaluate_rules._SIZE * 8 // 10
