"""What a toggle or a segment was, version by version, and what each of them changed."""

import difflib
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from hyway.console.toggles import values
from hyway.console.toggles.editor import pretty
from hyway.console.toggles.sentences import sentence
from hyway.domain.toggles import Past

_NAMES = {"description": "Description", "tags": "Tags", "defaultValue": "Everybody else", "name": "Name"}


class Line(NamedTuple):
    """`sign` is `+` for what came, `-` for what went, nothing for what stayed."""

    sign: str
    text: str


class Version(NamedTuple):
    """`is_now` is how it stands; any other can be brought back."""

    past: Past
    changes: tuple[tuple[str, tuple[Line, ...]], ...]
    is_now: bool


def versions(pasts: Sequence[Past], segments: Mapping[str, str], is_alive: bool) -> list[Version]:
    """Newest first, each with what it changed of the one before it."""
    before = zip_longest(pasts, pasts[1:])
    return [
        Version(each, _changes(older.of if older else {}, each.of, segments), is_alive and place == 0)
        for place, (each, older) in enumerate(before)
        if each is not None
    ]


def _changes(
    old: Mapping[str, Any], new: Mapping[str, Any], segments: Mapping[str, str]
) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    if not old:
        return ()
    found = [
        (title, _pair(_text(old.get(name)), _text(new.get(name))))
        for name, title in _NAMES.items()
        if name in new and repr(old.get(name)) != repr(new[name])
    ]
    if old.get("targets") != new.get("targets"):
        found.append(("Targets", _targets(old["targets"], new["targets"], segments)))
    if old.get("logic") != new.get("logic"):
        found.append(("Rule", _rules([old["logic"]], [new["logic"]], segments)))
    return tuple(found)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else values.typed(value)


def _pair(old: str, new: str) -> tuple[Line, ...]:
    return tuple(Line(sign, text) for sign, text in (("-", old), ("+", new)) if text)


def _targets(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], segments: Mapping[str, str]
) -> tuple[Line, ...]:
    """Line by line, in sentences where they tell the difference, else in JSON."""

    def told(of: Sequence[Mapping[str, Any]], is_plain: bool) -> list[str]:
        return [f"{values.shown(each['value'])} ← {_said(each['logic'], segments, is_plain)}" for each in of]

    if told(old, True) != told(new, True):
        return _lines(told(old, True), told(new, True))
    return _lines(told(old, False), told(new, False))


def _rules(old: Sequence[str], new: Sequence[str], segments: Mapping[str, str]) -> tuple[Line, ...]:
    said = [[_said(each, segments, True) for each in of] for of in (old, new)]
    if said[0] != said[1]:
        return _lines(*said)
    return _lines(pretty(old[0]).splitlines(), pretty(new[0]).splitlines())


def _said(logic: str, segments: Mapping[str, str], is_plain: bool) -> str:
    return (is_plain and sentence(logic, segments)) or logic


def _lines(old: Sequence[str], new: Sequence[str]) -> tuple[Line, ...]:
    """What went, beside what came in its place. Lines are alike or they are not: asking how much takes minutes."""
    told: list[Line] = []
    for _, gone, to_gone, came, to_came in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if old[gone:to_gone] == new[came:to_came]:
            told += [Line("", each) for each in old[gone:to_gone]]
            continue
        for before, after in zip_longest(old[gone:to_gone], new[came:to_came]):
            told += [Line(sign, each) for sign, each in (("-", before), ("+", after)) if each is not None]
    return tuple(told)
