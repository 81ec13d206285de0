"""The words of these pages: refusals, reasons, and where things are."""

import re
from collections.abc import Iterable, Sequence

from hyway.console.projects import words
from hyway.console.toggles.editor import pretty, said
from hyway.console.toggles.values import TYPES, shown
from hyway.domain.projects import Project
from hyway.domain.toggles import PublicKey, Segment, Toggle
from hyway.kernel.faults import Fault, Several

TOGGLES, SEGMENTS, KEYS = "/console/toggles", "/console/segments", "/console/public-keys"
TARGET = re.compile(r"(?:body/)?targets/([0-9]+)/(logic|value)")
OVERTAKEN = "Somebody has changed it since you opened this form. Save once more to put yours in its place."
_MATCHED = re.compile(r"matched target ([0-9]+)")
_KINDS = {value: name for value, name, _ in TYPES}
_SAID = (
    (r"must match pattern .*and not be dots alone", "Letters, digits, dots, - and _, and not dots alone."),
    (r"must NOT look like an id", "Looks like an id; choose something else."),
    (r"must be (boolean|string|number|object.*)", "Is no value of this type."),
    (r"must be (<=|>=) .*", "Is too large a number."),
    (r"must NOT have more than (\d+) characters in all", r"All targets together may have \1 characters."),
)


def told(fault: Fault) -> str:
    """A refusal as a person reads it."""
    for pattern, text in _SAID:
        if found := re.fullmatch(pattern, fault.message):
            return found.expand(text)
    return words.told(fault)


def errors(fault: Fault, fields: Iterable[str]) -> dict[str, str]:
    """What is wrong, by the field it is about; under `""` what the form has no field for."""
    known, wrong = tuple(fields), dict[str, str]()
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        first = each.field.removeprefix("body/").partition("/")[0]
        name = first if first in known else ""
        wrong[name] = f"{wrong[name]} {told(each)}" if name in wrong else told(each)
    return wrong


def of_targets(fault: Fault) -> list[tuple[int, str, str]]:
    """What is wrong with targets: the place of each, the part, the text."""
    found = []
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        if at := TARGET.fullmatch(each.field):
            text = said(each.message) if at[2] == "logic" else told(each)
            found.append((int(at[1]), at[2], text))
    return found


def because(reason: str) -> str:
    """Why somebody sees a value; targets are counted from one where people read."""
    found = _MATCHED.fullmatch(reason)
    if found:
        return f"target {int(found[1]) + 1}"
    return "no target matches" if reason == "no target matched" else reason


def kind(type: str) -> str:
    """What people call a type."""
    return _KINDS[type]


def where(of: Project) -> str:
    """A project in an address: its alternate id, unless that is a word of ours."""
    return of.id if of.alternate_id == "new" else of.alternate_id


def toggle_at(of: Toggle) -> str:
    return f"{TOGGLES}/{where(of.project)}/{of.key}"


def segment_at(of: Segment) -> str:
    return f"{SEGMENTS}/{where(of.project)}/{of.alternate_id}"


def key_at(of: PublicKey) -> str:
    return f"{KEYS}/{of.id}"


def tags(typed: str) -> tuple[str, ...]:
    """Words between commas."""
    return tuple(each for each in (part.strip() for part in typed.split(",")) if each)


def listed(tags: Sequence[str]) -> str:
    return ", ".join(tags)


FILTERS = {
    "because": because,
    "kind": kind,
    "rule": pretty,
    "shown_value": shown,
    "where": where,
    "toggle_at": toggle_at,
    "segment_at": segment_at,
    "key_at": key_at,
}
