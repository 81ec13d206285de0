"""Evaluations a second on one core, 250 rules a pass: our closures beside datalogic-py and other JsonLogic libraries.

Run: python bench_logic.py [seconds for each]. Libraries that are not installed are left out. What datalogic-py makes
of the public suite, and of what JavaScript makes of odd values, stands below the table.
"""

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from hyway.domain.toggles import logic

SUITE = Path(__file__).parent / "data" / "tests.json"
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
Pass = Callable[[dict[str, Any]], list[bool]]


def rules() -> list[Any]:
    """50 toggles of 5 targets each, as people write them."""
    made: list[Any] = []
    for place in range(50):
        made += [
            {"==": [{"var": "user.id"}, f"user-{place}"]},
            {"in": [{"var": "customAttributes.country"}, ["SA", "AE", "JO", f"X{place}"]]},
            {
                "and": [
                    {"==": [{"var": "customAttributes.plan"}, "pro"]},
                    {">=": [{"var": "user.age"}, place]},
                ]
            },
            {
                "or": [
                    {"==": [{"var": "environment"}, f"env-{place}"]},
                    {"in": ["@corp", {"var": "user.email"}]},
                ]
            },
            {
                "if": [
                    {"<": [{"var": "customAttributes.score"}, place]},
                    {"var": "customAttributes.beta"},
                    False,
                ]
            },
        ]
    return made


def contexts() -> list[dict[str, Any]]:
    random = Random(6)
    return [
        {
            "targetingKey": f"user-{at}",
            "environment": "production",
            "user": {"id": f"user-{at}", "age": random.randrange(18, 80), "email": f"u{at}@example.org"},
            "customAttributes": {
                "country": random.choice(("SA", "DE", "FR")),
                "plan": random.choice(("pro", "free")),
                "score": random.random() * 50,
                "beta": random.random() < 0.5,
            },
        }
        for at in range(64)
    ]


def closures() -> Pass:
    def nobody(name: str) -> Any:
        raise LookupError(name)

    ready = [logic.compile(logic.read(json.dumps(rule)), nobody) for rule in rules()]

    def all_of(context: dict[str, Any]) -> list[bool]:
        run = logic.Pass(context)
        return [logic.holds(rule, run) for rule in ready]

    return all_of


def closures_first() -> Pass:
    """As toggles ask: of each five targets the first that holds; the answers stand for the five."""

    def nobody(name: str) -> Any:
        raise LookupError(name)

    ready = [logic.compile(logic.read(json.dumps(rule)), nobody) for rule in rules()]
    toggles = [ready[at : at + 5] for at in range(0, len(ready), 5)]

    def all_of(context: dict[str, Any]) -> list[bool]:
        run = logic.Pass(context)
        return [logic.first(targets, run) is not None for targets in toggles]

    return all_of


def datalogic() -> Pass:
    library = importlib.import_module("datalogic_py")
    engine = library.Engine()
    ready = [engine.compile(rule) for rule in rules()]
    session = engine.session()

    def all_of(context: dict[str, Any]) -> list[bool]:
        data = library.DataHandle(json.dumps(context))
        return [session.evaluate_truthy(rule, data) for rule in ready]

    return all_of


def interpreter(module: str, name: str) -> Callable[[], Pass]:
    def made() -> Pass:
        apply, ready = getattr(importlib.import_module(module), name), rules()
        return lambda context: [bool(apply(rule, context)) for rule in ready]

    return made


def rate(work: Pass, given: list[dict[str, Any]]) -> float:
    """Passes a second of processor time: the median of five turns, so that a busy machine counts less."""
    turns = []
    for _ in range(5):
        count, started = 0, time.process_time()
        while time.process_time() - started < SECONDS / 5:
            for context in given[:8]:
                work(context)
            count += 8
        turns.append(count / (time.process_time() - started))
    return statistics.median(turns)


def suite_of_datalogic() -> tuple[int, int, list[str]]:
    """How many cases of the public suite datalogic-py passes, of how many, and where it differs from JavaScript."""
    library = importlib.import_module("datalogic_py")
    engine = library.Engine()

    def answer(rule: Any, data: Any) -> Any:
        try:
            return json.loads(engine.eval_str(json.dumps(rule), json.dumps(data)))
        except Exception as failure:
            return f"{type(failure).__name__}: {failure}"[:70]

    cases = [case for case in json.loads(SUITE.read_text()) if not isinstance(case, str)]
    passed = sum(answer(rule, data) == expected for rule, data, expected in cases)
    odd = [
        ({"==": [[1, 2], "1,2"]}, True),
        ({"==": [" 0x1F ", 31]}, True),
        ({"+": ["3 apples", 1]}, 4),
        ({"!": [{"+": "x"}]}, True),
        ({">": [{"/": [1, 0]}, 5]}, True),
        ({"<": ["10", "9"]}, True),
        ({"==": [None, {"var": "no"}]}, True),
        ({"==": ["abc", 1]}, False),
        ({"==": [{"var": "list"}, "x"]}, False),
        ({"cat": [None, 1.0, True, [1, [2]]]}, "1true1,2"),
        ({"<": ["x", 1]}, False),
    ]
    told = [f"{json.dumps(rule)}: {answer(rule, {'list': [1]})!r} for {expected!r}" for rule, expected in odd]
    wrong = [
        line
        for line, (rule, expected) in zip(told, odd, strict=True)
        if answer(rule, {"list": [1]}) != expected
    ]
    return passed, len(cases), wrong


def main() -> None:
    given, rates = contexts(), dict[str, float]()
    expected = closures()(given[0])
    for name, made in {
        "closures": closures,
        "closures, first of 5": closures_first,
        "datalogic-py": datalogic,
        "json-logic-qubit": interpreter("json_logic", "jsonLogic"),
        "jsonlogic-rs": interpreter("jsonlogic_rs", "apply"),
    }.items():
        try:
            work = made()
        except ImportError:
            continue
        answers = work(given[0])
        grouped = [any(expected[at : at + 5]) for at in range(0, len(expected), 5)]
        assert answers in (expected, grouped), name
        rates[name] = rate(work, given)
    for name, passes in rates.items():
        print(
            f"{name:22} {passes:9.0f} passes/s {passes * 250:12.0f} rules/s {rates['closures'] / passes:8.2f}x"
        )
    if "datalogic-py" in rates:
        passed, count, wrong = suite_of_datalogic()
        print(
            f"datalogic-py: {passed} of {count} cases of the public suite; unlike JavaScript:",
            *wrong,
            sep="\n  ",
        )


if __name__ == "__main__":
    main()
