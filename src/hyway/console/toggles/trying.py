"""What somebody would see: a context out of a few fields, and the verdict of rules that need not be stored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from hyway.console.form import Form
from hyway.console.toggles import values
from hyway.console.toggles.editor import Piece, are_right, checked, logic_of
from hyway.console.toggles.words import because
from hyway.domain import toggles
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.domain.toggles import Rule, Ruleset, Value
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_FIELDS = {
    "x.key": "targetingKey",
    "x.environment": "environment",
    "x.app": "application",
    "x.ip": "ipAddress",
}
_USER = {"x.id": "id", "x.email": "email", "x.user": "name"}
_MOST = 50


class Verdict(NamedTuple):
    """`why` says by what; `problem` stands alone where nothing could be decided."""

    value: str = ""
    why: str = ""
    context: str = ""
    problem: str = ""
    target: int | None = None


def is_asked(sent: Form) -> bool:
    """Whether anything was typed of a context."""
    return any(value for name, value in sent.pairs() if name.startswith("x."))


def typed(sent: Form) -> dict[str, Any]:
    """The fields as they were typed, to be shown again."""
    names = (*_FIELDS, *_USER, "x.json")
    pairs = list(zip(sent.many("x.name"), sent.many("x.value"), strict=False))[:_MOST]
    return {**{name: sent.text(name) for name in names}, "pairs": pairs or [("", "")]}


def context(sent: Form) -> dict[str, Any] | None:
    """What a program would send; None where the JSON is none. Who is no more than a user id goes by it."""
    made = _base(sent.text("x.json"))
    if made is None:
        return None
    for name, to in _FIELDS.items():
        if value := sent.text(name):
            made[to] = value
    _put(made, "user", {to: value for name, to in _USER.items() if (value := sent.text(name))})
    pairs = zip(sent.many("x.name"), sent.many("x.value"), strict=False)
    _put(made, "customAttributes", {name: _value(value) for name, value in list(pairs)[:_MOST] if name})
    if "targetingKey" not in made and isinstance(made.get("user"), dict) and "id" in made["user"]:
        made["targetingKey"] = made["user"]["id"]
    return made


def _base(text: str) -> dict[str, Any] | None:
    if not text:
        return {}
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _put(made: dict[str, Any], name: str, more: Mapping[str, Any]) -> None:
    if more:
        there = made.get(name)
        made[name] = {**(there if isinstance(there, dict) else {}), **more}


def _value(typed: str) -> Any:
    """JSON where it is some, else the text."""
    try:
        return json.loads(typed, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return typed


def rule_of(key: str, kind: Any, default: str, pieces: Sequence[Piece]) -> Rule | str:
    """A toggle of the form as rules decide it; a text where something in it is not right yet."""
    if not are_right(checked(pieces)):
        return "One of the targets is not right yet."
    try:
        given = tuple((toggles.logic.read(logic_of(each)), _worth(kind, each.value)) for each in pieces)
        return Rule(key or "toggle", kind, _worth(kind, default), given)
    except Invalid:
        return "One of the values is not right yet."


def _worth(kind: str, text: str) -> Value:
    found: Value = values.read(kind, text)
    return found


def rule_of_segment(piece: Piece) -> Rule | str:
    """Whoever is in a segment of the form sees true."""
    if not are_right(checked([piece])):
        return "The rule is not right yet."
    try:
        return Rule("segment", "boolean", False, ((toggles.logic.read(logic_of(piece)), True),))
    except Invalid:
        return "The rule is not right yet."


def decide(r: Read, by: Caller, of: Project, rule: Rule | str, sent: Form) -> Verdict | None:
    """What the context of a form would see of a toggle; None where none was asked for."""
    if not is_asked(sent):
        return None
    if isinstance(rule, str):
        return Verdict(problem=rule)
    asked = context(sent)
    if asked is None:
        return Verdict(problem="The context is no JSON object.")
    found = toggles.ruleset(r, of.seq) or Ruleset(of.organization.seq, of.seq, ())
    compiled = toggles.deciding.Compiled(replace(found, rules=(rule,)))
    (decision,) = compiled.decide(toggles.deciding.context_of(asked))
    return Verdict(values.shown(decision.value), because(decision.reason), _shown(asked), "", decision.target)


def _shown(asked: Mapping[str, Any]) -> str:
    try:
        return json.dumps(asked, indent=2).encode("utf-8", "replace").decode()
    except RecursionError:
        return ""
