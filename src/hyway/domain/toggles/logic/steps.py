"""A tree as closures: each step takes the data it sees and the pass, and answers a value."""

from collections.abc import Callable
from typing import Any

from hyway.domain.toggles.logic import loops, quick
from hyway.domain.toggles.logic.operations import ANY, FIXED, look, missing, missing_some
from hyway.domain.toggles.logic.ours import OURS
from hyway.domain.toggles.logic.tree import LOOPS, Array, Call, Tree, Value, alias
from hyway.domain.toggles.logic.values import PRIMITIVES, UNDEFINED, truthy
from hyway.domain.toggles.logic.work import STEPS, Failure, Pass

Step = Callable[[Any, Pass], Any]
Segment = Callable[[str], Callable[[Any], bool]]


def build(tree: Tree, segment: Segment, inside: bool = False) -> Step:
    """The closure of a tree; `inside` a loop's body, where paths lead into the element."""
    if isinstance(tree, Value):
        return _constant(tree.value)
    if isinstance(tree, Array):
        return _listed([build(item, segment, inside) for item in tree.items])
    if tree.name in LOOPS:
        return _loop(tree, segment, inside)
    if tree.name == "segment" or (not inside and alias(tree)):
        return _member(tree, segment)
    steps = [build(argument, segment, inside) for argument in tree.arguments]
    if tree.name in _CHOICES:
        return _CHOICES[tree.name](steps)
    if tree.name in ("var", "missing", "missing_some"):
        return _looking(tree, steps, inside)
    return _plain(tree, steps, inside)


def _constant(value: Any) -> Step:
    return lambda data, run: value


def _listed(steps: list[Step]) -> Step:
    """A new array each time, since arrays are equal only to themselves."""
    return lambda data, run: [step(data, run) for step in steps]


def fold(tree: Tree) -> Tree:
    """The tree with every operator worked out whose arguments stand in the rule, where that makes a plain value.

    Paths are left as they are: one that is put together is no reference to a segment.
    """
    if isinstance(tree, Array):
        return Array(tuple(map(fold, tree.items)))
    if not isinstance(tree, Call) or tree.name == "var":
        return tree
    call = Call(tree.name, tuple(map(fold, tree.arguments)))
    if call.name not in _LASTING or not all(isinstance(argument, Value) for argument in call.arguments):
        return call
    try:
        value = build(call, _no_segment)(None, Pass(None))
    except Exception:  # what fails now fails in each evaluation, where it counts as not matched
        return call
    return Value(value) if value is None or type(value) in PRIMITIVES else call


_LASTING = (FIXED.keys() | ANY.keys() | OURS.keys()) - {"rollout", "now"}


def _no_segment(name: str) -> Callable[[Any], bool]:
    raise Failure(f"segment {name} is not for folding")


def _plain(call: Call, steps: list[Step], inside: bool) -> Step:
    """An operator that takes its arguments worked out."""
    if call.name in ANY:
        whole = ANY[call.name]
        return lambda data, run: whole([step(data, run) for step in steps], run)
    if short := quick.comparison(call, steps, inside):
        return short
    size, work = FIXED[call.name] if call.name in FIXED else OURS[call.name]
    steps = [*steps, *[_constant(UNDEFINED)] * size][:size]
    if size == 1:
        (only,) = steps
        return lambda data, run: work(only(data, run), run)
    if size == 2:
        first, second = steps
        return lambda data, run: work(first(data, run), second(data, run), run)
    if size == 3:
        first, second, third = steps
        return lambda data, run: work(first(data, run), second(data, run), third(data, run), run)
    return lambda data, run: work(run)


def _choice(steps: list[Step]) -> Step:
    """if, and ?: with pairs of a condition and a value, then at will a value for all else."""
    pairs = list(zip(steps[0:-1:2], steps[1::2], strict=True)) if len(steps) > 1 else []
    otherwise = steps[-1] if len(steps) % 2 else _constant(None)
    if len(pairs) == 1:
        return _fork(*pairs[0], otherwise)

    def choice(data: Any, run: Pass) -> Any:
        for condition, value in pairs:
            if truthy(condition(data, run)):
                return value(data, run)
        return otherwise(data, run)

    return choice


def _fork(condition: Step, then: Step, otherwise: Step) -> Step:
    """if with one condition."""

    def fork(data: Any, run: Pass) -> Any:
        value = condition(data, run)
        if value is True or (value is not False and truthy(value)):
            return then(data, run)
        return otherwise(data, run)

    return fork


def _every(steps: list[Step]) -> Step:
    """and: the first value that is not true, or the last."""
    if len(steps) == 2:
        return _both(*steps)

    def every(data: Any, run: Pass) -> Any:
        value: Any = UNDEFINED
        for step in steps:
            value = step(data, run)
            if value is False or (value is not True and not truthy(value)):
                return value
        return value

    return every


def _either(steps: list[Step]) -> Step:
    """or: the first value that is true, or the last."""
    if len(steps) == 2:
        return _one(*steps)

    def either(data: Any, run: Pass) -> Any:
        value: Any = UNDEFINED
        for step in steps:
            value = step(data, run)
            if value is True or (value is not False and truthy(value)):
                return value
        return value

    return either


def _both(first: Step, second: Step) -> Step:
    """and of two."""

    def both(data: Any, run: Pass) -> Any:
        value = first(data, run)
        if value is False or (value is not True and not truthy(value)):
            return value
        return second(data, run)

    return both


def _one(first: Step, second: Step) -> Step:
    """or of two."""

    def one(data: Any, run: Pass) -> Any:
        value = first(data, run)
        if value is True or (value is not False and truthy(value)):
            return value
        return second(data, run)

    return one


_CHOICES: dict[str, Callable[[list[Step]], Step]] = {
    "if": _choice,
    "?:": _choice,
    "and": _every,
    "or": _either,
}


def _looking(call: Call, steps: list[Step], inside: bool) -> Step:
    """var, missing and missing_some, which see the data."""
    if call.name == "missing":
        return lambda data, run: missing(data, [step(data, run) for step in steps], run)
    first, second = [*steps, _constant(UNDEFINED), _constant(UNDEFINED)][:2]
    if call.name == "missing_some":
        return lambda data, run: missing_some(data, first(data, run), second(data, run), run)
    path = call.arguments[0] if call.arguments else Value(None)
    if isinstance(path, Value) and type(path.value) is str and path.value and len(steps) == 1:
        return quick.path(path.value, inside)
    return lambda data, run: look(data, first(data, run), second(data, run), run)


def _member(call: Call, segment: Segment) -> Step:
    """Whether the whole context, not what a loop sees of it, is in a segment."""
    argument = call.arguments[0]
    name = alias(call) or (str(argument.value) if isinstance(argument, Value) else "")
    belongs = segment(name)
    return lambda data, run: belongs(run)


def _loop(call: Call, segment: Segment, inside: bool) -> Step:
    """An operator that asks its second argument of each element of its first."""
    nothing: Tree = Value(UNDEFINED)
    array, body = [*call.arguments, nothing, nothing][:2]
    source, step = build(array, segment, inside), build(body, segment, True)
    cost = min(weight(body), STEPS + 1)
    if call.name == "reduce":
        given = call.arguments[2:3]
        start = build(given[0], segment, inside) if given else _constant(None)
        return loops.reduced(source, step, start, cost)
    return loops.LOOPS[call.name](source, step, cost)


def weight(tree: Tree) -> int:
    """How many steps a tree takes at most, loops within it counted once; a list that is only looked into is one."""
    if isinstance(tree, Value):
        return 1
    inner = tree.items if isinstance(tree, Array) else tree.arguments
    if isinstance(tree, Call) and tree.name == "in":
        inner = inner[:1] if inner[1:] and isinstance(inner[1], Array) and not _calls(inner[1]) else inner
    return 1 + sum(map(weight, inner))


def _calls(tree: Tree) -> bool:
    """Whether anything in the tree has to be worked out."""
    if isinstance(tree, Array):
        return any(map(_calls, tree.items))
    return isinstance(tree, Call)
