"""Who sees what: rules compiled once, asked for each context. Pure: nothing here looks at a database or a clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hyway.domain.toggles import logic
from hyway.domain.toggles.logic import NOW, TOGGLE
from hyway.domain.toggles.records import Rule, Ruleset, Value, ValueType
from hyway.kernel.clock import Instant

UNMATCHED: Final = "no target matched"
AT_ONCE: Final = 20_000
"""Steps that take a few milliseconds: what takes more is not for an event loop."""
_PERSON: Final = frozenset(("id", "email", "name", "customAttributes"))
_SPELLED: Final = {name.lower(): name for name in _PERSON}


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What somebody sees of one toggle, and why: `target` is the place of the target that matched, from 0.

    Each is itself alone, and is told from others without a look at its fields: so many are counted in no time.
    """

    key: str
    type: ValueType
    value: Value
    """An object is its JSON text, as it was written."""
    reason: str
    target: int | None
    project: int
    """The `seq` of the toggle's project."""
    number: int
    """Its place among all that the rules can decide (`Compiled.outcomes`)."""
    is_static: bool = False
    """Whether everybody sees it: the toggle has no targets."""


class Compiled:
    """The toggles of a project, or of several, ready to be asked; of toggles with one key the first project's counts.

    `outcomes` holds every decision there can be; `decide` answers with these very objects. `letters` is how long all
    its rules are, said in full.
    """

    __slots__ = ("_by_key", "_toggles", "is_heavy", "letters", "outcomes")

    def __init__(self, *rulesets: Ruleset) -> None:
        toggles: dict[str, logic.Group[Decision]] = {}
        outcomes: list[Decision] = []
        weight = 0
        for ruleset in rulesets:
            segment = _segments(ruleset)
            for rule in ruleset.rules:
                if rule.key not in toggles:
                    made = _outcomes(rule, ruleset.project, len(outcomes))
                    compiled = (logic.compile(tree, segment) for tree, _ in rule.targets)
                    toggles[rule.key] = logic.group(rule.key, zip(compiled, made, strict=False), made[-1])
                    outcomes += made
                    weight += sum(logic.weight(tree) for tree, _ in rule.targets)
            weight += sum(map(logic.weight, ruleset.segments.values()))
        self._by_key: Mapping[str, logic.Group[Decision]] = toggles
        self._toggles = tuple(toggles.values())
        self.outcomes = tuple(outcomes)
        trees = [tree for each in rulesets for rule in each.rules for tree, _ in rule.targets]
        trees += [tree for each in rulesets for tree in each.segments.values()]
        self.letters = sum(len(repr(each)) for each in trees)
        self.is_heavy = weight > AT_ONCE

    def decide(
        self, context: Mapping[str, Any], keys: Iterable[str] = (), now: Instant | None = None
    ) -> list[Decision]:
        """What a context (see `context_of`) sees: of the toggles of these keys that there are, of all if none is named.

        The order is theirs; `now` is what rules take for the present, else the clock says it. Nothing is raised: a
        rule that fails does not match.
        """
        return logic.choose(self._asked(keys), logic.Pass(context, "", now))

    def decide_at_once(self, context: Mapping[str, Any], keys: Iterable[str] = ()) -> list[Decision] | None:
        """The same in a few milliseconds; None where it takes longer."""
        if self.is_heavy:
            return None
        run = logic.Pass(context, most=AT_ONCE)
        found = logic.choose(self._asked(keys), run)
        return None if run.is_over else found

    def _asked(self, keys: Iterable[str]) -> Sequence[logic.Group[Decision]]:
        wanted = dict.fromkeys(keys)
        return [self._by_key[key] for key in wanted if key in self._by_key] if wanted else self._toggles

    def project(self, key: str) -> int | None:
        """The `seq` of the project that the toggle of that key is decided in; None where there is no such toggle."""
        found = self._by_key.get(key)
        return found[-1].project if found else None


def _outcomes(rule: Rule, project: int, number: int) -> list[Decision]:
    """The decision that each target makes, in their order, and at last the one that is made where none matches."""
    seen = [(value, f"matched target {place}", place) for place, (_, value) in enumerate(rule.targets)]
    return [
        Decision(rule.key, rule.type, value, reason, place, project, number + at, not rule.targets)
        for at, (value, reason, place) in enumerate([*seen, (rule.default, UNMATCHED, None)])
    ]


def _segments(ruleset: Ruleset) -> logic.Segment:
    """Who is in the segment of an id or an alternate id; nobody is in one that there is not."""
    known: dict[str, Callable[[Any], bool]] = {}

    def segment(name: str) -> Callable[[Any], bool]:
        id = ruleset.names.get(name, name)
        if id not in known:
            tree = ruleset.segments.get(id)
            known[id] = _nobody  # where a segment led back to itself
            if tree is not None:
                known[id] = logic.member(id, logic.compile(tree, segment))
        return known[id]

    return segment


def _nobody(context: Any) -> bool:
    return False


def context_of(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What rules see of what a client sent: all of it, with the names of `user` spelled as rules spell them.

    One client writes `Id`, `Email`, `Name`, `CustomAttributes`; another puts everything, even `ipAddress`, into
    `customAttributes`.
    """
    seen = dict(sent)
    seen.pop(TOGGLE, None)
    seen.pop(NOW, None)
    user = seen.get("user")
    if type(user) is dict and not user.keys() <= _PERSON:
        seen["user"] = _spelled(user)
    if seen.get("ipAddress") is None:
        more = seen.get("customAttributes")
        if type(more) is dict and type(address := more.get("ipAddress")) is str:
            seen["ipAddress"] = address
    return seen


def _spelled(user: Mapping[str, Any]) -> dict[str, Any]:
    """The exact spelling wins over any other; names that are none of ours stay as they are."""
    others = {name: value for name, value in user.items() if _SPELLED.get(name.lower()) in (None, name)}
    for name, value in user.items():
        others.setdefault(_SPELLED.get(name.lower(), name), value)
    return others
