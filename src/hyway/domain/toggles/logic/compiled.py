"""Rules ready to be asked."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from hyway.domain.toggles.logic.steps import Segment, Step, build, fold
from hyway.domain.toggles.logic.tree import Tree
from hyway.domain.toggles.logic.values import UNDEFINED, truthy
from hyway.domain.toggles.logic.work import STEPS, Pass, pass_of

T = TypeVar("T")
Group = tuple[str, tuple[tuple[Step, T], ...], T]
"""A toggle's key, its rules with what each leads to, and what is answered where none holds."""


class Rule:
    """A compiled rule: called with a context (JSON values, or a Pass over them) it answers a value."""

    __slots__ = ("step",)

    def __init__(self, step: Step) -> None:
        self.step = step

    def __call__(self, context: Any) -> Any:
        """The JSON value that JsonLogic gives, null for what JavaScript leaves undefined.

        Failure where the context makes it impossible or too costly, RecursionError for a context nested too deep.
        """
        run = context if type(context) is Pass else pass_of(context)
        run.left = STEPS
        value = self.step(run.context, run)
        return None if value is UNDEFINED else value


def compile(tree: Tree, segment: Segment) -> Rule:
    """The rule of a tree; `segment(name)` is asked at once for each segment it names, in the rule's own order.

    A plain context may carry the toggle's key as "$toggle" and the time as "$now"; one that comes from outside must
    have lost those names before. A Pass names both itself.
    """
    return Rule(build(fold(tree), segment))


def holds(rule: Rule, context: Any) -> bool:
    """Whether a rule is true in a context; one that fails or costs too much is not. Nothing is raised."""
    run = context if type(context) is Pass else pass_of(context)
    run.left = STEPS
    try:
        value = rule.step(run.context, run)
    except Exception:  # a rule's failure is its author's: a target that cannot match, no error
        return False
    return value is True or (value is not False and truthy(value))


def first(rules: Iterable[Rule], context: Any) -> int | None:
    """The place of the first rule that holds, from 0; None if none does. Nothing is raised."""
    run = context if type(context) is Pass else pass_of(context)
    data = run.context
    for place, rule in enumerate(rules):
        run.left = STEPS
        try:
            value = rule.step(data, run)
        except Exception:  # noqa: S112 - as in holds
            continue
        if value is True or (value is not False and truthy(value)):
            return place
    return None


def choose(groups: Iterable[Group[T]], run: Pass) -> list[T]:
    """Of each group what its first rule that holds leads to, else its last resort. Nothing is raised.

    What `first` does, for many at once: all of a request's time goes by in this loop.
    """
    data, found = run.context, list[T]()
    for name, rules, answer in groups:
        run.toggle = name
        for step, led_to in rules:
            run.left = STEPS
            try:
                value = step(data, run)
            except Exception:  # noqa: S112 - as in holds
                continue
            if value is True or (value is not False and truthy(value)):
                answer = led_to
                break
        found.append(answer)
    return found


def group(name: str, rules: Iterable[tuple[Rule, T]], last_resort: T) -> Group[T]:
    """Rules in their order and what each leads to, for the toggle of that name."""
    return name, tuple((rule.step, led_to) for rule, led_to in rules), last_resort


def member(segment_id: str, rule: Rule) -> Callable[[Any], bool]:
    """Who is in a segment, as rules ask it: worked out once in a pass, with steps of its own.

    A rollout in it goes by the segment's id in place of the toggle's key, so that the segment holds the same people
    for each toggle.
    """

    def belongs(context: Any) -> bool:
        if type(context) is not Pass:
            return belongs(pass_of(context))
        known = context.members.get(segment_id)
        if known is None:
            toggle, left = context.toggle, context.left
            context.toggle = segment_id
            try:
                known = holds(rule, context)
            finally:
                context.toggle, context.left = toggle, left
            context.members[segment_id] = known
        return known

    return belongs
