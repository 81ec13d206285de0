"""Random rules: compiled they answer what a plain interpreter answers, and nothing is ever raised."""

import json
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain.toggles import logic
from hyway.domain.toggles.logic.values import UNDEFINED
from tests.domain.toggles import logics
from tests.domain.toggles.interpreter import work_out


def nobody(name: str) -> Any:
    raise AssertionError(f"no rule here names segment {name}")


def told(value: Any) -> Any:
    """A value in a form that keeps -0 from 0, true from 1, and 1 with 1.0; NaN is one, whatever its sign."""
    if isinstance(value, list):
        return [told(item) for item in value]
    if isinstance(value, dict):
        return {name: told(item) for name, item in value.items()}
    if type(value) in (int, float):
        return ("number", "NaN" if value != value else repr(float(value)))
    return "undefined" if value is UNDEFINED else (type(value).__name__, value)


@settings(max_examples=10_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**48))
def test_compiled_equals_interpreted(seed: int) -> None:
    random = Random(seed)
    rule, context = logics.logic(random, random.choice((2, 3, 4, 5))), logics.context(random)
    compiled = logic.compile(logic.read(json.dumps(rule)), nobody)
    expected = work_out(json.loads(json.dumps(rule)), context, logic.Pass(context))
    before = json.dumps(context)
    assert told(compiled(context)) == told(None if expected is UNDEFINED else expected)
    assert logic.holds(compiled, context) in (True, False)
    assert json.dumps(context) == before


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
OPERATORS = (
    *logics.FIXED,
    *logics.ANY,
    *logics.LOOPS,
    "var",
    "missing",
    "missing_some",
    "rollout",
    "semver",
    "before",
)


@settings(max_examples=300, deadline=None, database=None)
@given(st.sampled_from(OPERATORS), st.lists(json_values, max_size=4), json_values, st.booleans())
def test_nothing_escapes(name: str, values: list[Any], context: Any, ours: bool) -> None:
    """Any operator over any values, which come out of the context."""
    data = {"v": values, "targetingKey": context} if ours else {"v": values}
    arguments: list[Any] = [{"var": f"v.{place}"} for place in range(max(len(values), 1))]
    if name in ("semver", "before"):
        arguments = [arguments[0], *([">"] if name == "semver" else []), arguments[-1]]
    elif name in ("rollout", "missing_some"):
        arguments = [arguments[0], arguments[-1]]
    compiled = logic.compile(logic.read(json.dumps({name: arguments})), nobody)
    assert logic.holds(compiled, data) in (True, False)
    assert logic.holds(compiled, context) in (True, False)
