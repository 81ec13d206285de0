"""Rules alone, 250 of them a pass: our closures beside JsonLogic libraries of PyPI, where they are installed."""

import importlib
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from bench.report import Figure, Run
from hyway.domain.toggles import logic

SUITE = Path(__file__).parents[1] / "tests" / "domain" / "toggles" / "tests.json"
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


def with_segments(at: int, segments: int) -> list[Any]:
    """The five rules of a toggle, two of which name segments (`segment-0` and on)."""
    five = rules()[at * 5 : at * 5 + 5]
    five[3] = {"or": [{"segment": f"segment-{at % segments}"}, five[3]]}
    five[4] = {"and": [{"segment": f"segment-{(at + 3) % segments}"}, five[4]]}
    return five


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


def _nobody(name: str) -> Any:
    raise LookupError(name)


def closures() -> Pass:
    ready = [logic.compile(logic.read(json.dumps(rule)), _nobody) for rule in rules()]

    def all_of(context: dict[str, Any]) -> list[bool]:
        run = logic.Pass(context)
        return [logic.holds(rule, run) for rule in ready]

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


def rate(work: Pass, given: list[dict[str, Any]], seconds: float) -> float:
    """Passes a second of processor time: the median of five turns, so that a busy machine counts less."""
    turns = []
    for _ in range(5):
        count, started = 0, time.process_time()
        while time.process_time() - started < seconds / 5:
            for context in given[:8]:
                work(context)
            count += 8
        turns.append(count / (time.process_time() - started))
    return statistics.median(turns)


def suite(work: Callable[[Any, Any], Any]) -> str:
    """How many cases of the public suite a library answers as they say."""
    cases = [case for case in json.loads(SUITE.read_text()) if not isinstance(case, str)]
    return f"{sum(_answers(work, *case) for case in cases)} of {len(cases)} of the public suite"


def _answers(work: Callable[[Any, Any], Any], rule: Any, data: Any, expected: Any) -> bool:
    try:
        found = work(rule, data)
    except Exception:  # whatever a library makes of it, this is no answer
        return False
    return bool(found == expected and isinstance(found, bool) == isinstance(expected, bool))


def _ours(rule: Any, data: Any) -> Any:
    return logic.compile(logic.read(json.dumps(rule)), _nobody)(data)


def _datalogic(rule: Any, data: Any) -> Any:
    engine = importlib.import_module("datalogic_py").Engine()
    return json.loads(engine.eval_str(json.dumps(rule), json.dumps(data)))


def _applied(module: str, name: str) -> Callable[[Any, Any], Any]:
    return lambda rule, data: getattr(importlib.import_module(module), name)(rule, data)


PEERS: dict[str, tuple[Callable[[], Pass], Callable[[Any, Any], Any]]] = {
    "ours": (closures, _ours),
    "datalogic-py": (datalogic, _datalogic),
    "json-logic-qubit": (interpreter("json_logic", "jsonLogic"), _applied("json_logic", "jsonLogic")),
    "jsonlogic-rs": (interpreter("jsonlogic_rs", "apply"), _applied("jsonlogic_rs", "apply")),
}


def figures(run: Run, claim: str) -> list[Figure]:
    """A line for each library that is there; all must answer alike what is measured."""
    given, seconds = contexts(), 1.0 if run.quick else 3.0
    expected = [closures()(context) for context in given]
    ours, found = 0.0, []
    for name, (made, answers) in PEERS.items():
        try:
            work = made()
        except ImportError:
            found.append(Figure(claim, f"rules by {name}", "is not installed"))
            continue
        if [work(context) for context in given] != expected:
            raise ValueError(f"{name} answers otherwise")
        speed = rate(work, given, seconds)
        ours = ours or speed
        told = f"{speed * 250:,.0f} rules/s, {suite(answers)}"
        ratio = "" if name == "ours" else f"ours is {ours / speed:.1f} times as fast"
        found.append(Figure(claim, f"rules by {name}", told, "", ratio))
    return found
