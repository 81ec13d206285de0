"""Pure decisions of projects."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from hyway.domain.projects.records import Draft, EnvironmentType, NewEnvironment
from hyway.kernel.faults import Invalid

Noun = Literal["project", "app", "environment"]
RESERVED: dict[Noun, frozenset[str]] = {
    "project": frozenset({"environments"}),
    "app": frozenset({"projects", "apps", "environments", "envs"}),
    "environment": frozenset(),
}
"""Words that the vendor's pages keep from being alternate ids."""
PREFIXES: dict[Noun, str] = {"project": "proj", "app": "app", "environment": "pevr"}
MOST_ENVIRONMENTS = 50
"""Of a project: ours, so that a list of them stays one page."""
LONGEST_ID, LONGEST_NAME = 25, 100

_ALTERNATE = re.compile(r"[a-z0-9_-]+")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_TYPES: tuple[EnvironmentType, ...] = ("development", "production", "custom")
_COLORS: dict[EnvironmentType, str] = {
    "development": "#3B82F6",
    "production": "#22C55E",
    "custom": "#6B7280",
}
FIRST_ENVIRONMENTS = (
    Draft("development", "Development", _COLORS["development"], "development"),
    Draft("production", "Production", _COLORS["production"], "production"),
)
"""What projects begin with where the organization has chosen nothing: the vendor's command line looks for these."""


def alternate_id(noun: Noun, text: str, field: str = "alternateId") -> str:
    """The alternate id as it is kept; capitals become small, because the vendor's command line sends some.

    1 to 25 characters of `a-z`, `0-9`, `-` and `_`, none of the words that the vendor's pages reserve.
    """
    _length(field, text, LONGEST_ID)
    small = text.lower()
    if not _ALTERNATE.fullmatch(small):
        raise Invalid(field, 'must match pattern "^[a-z0-9_-]+$"')
    if small in RESERVED[noun]:
        words = ", ".join(f'"{word}"' for word in sorted(RESERVED[noun]))
        raise Invalid(field, "must NOT be one of the words {words}", words=words)
    return small


def known_as(noun: Noun, text: str) -> tuple[str, str] | None:
    """The column to look in and the text to look for; None for what can be no id of the noun's at all.

    An alternate id is shorter than every id, so none can stand in an id's way.
    """
    if re.fullmatch(rf"{PREFIXES[noun]}_[0-9a-f]{{24}}", text):
        return "id", text
    small = text.lower()
    return ("alternate_id", small) if len(text) <= LONGEST_ID and _ALTERNATE.fullmatch(small) else None


def name(text: str, field: str = "name") -> str:
    """A name for people: 1 to 100 characters, no control characters, no blanks around it."""
    clean = text.strip()
    _length(field, clean, LONGEST_NAME)
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in clean):
        raise Invalid(field, "must NOT have control characters")
    return clean


def color(text: str, field: str = "color") -> str:
    if not _COLOR.fullmatch(text):
        raise Invalid(field, 'must match pattern "^#[0-9a-fA-F]{6}$"')
    return text


def type_of(text: str, field: str = "type") -> EnvironmentType:
    for each in _TYPES:
        if each == text:
            return each
    raise Invalid(field, "must be equal to one of the allowed values")


def environment(new: NewEnvironment, at: str = "") -> Draft:
    """What is to be made; `at` leads to its fields, as `defaultEnvironments/0/`.

    One that is called `development` or `production` is of that type unless it says otherwise, all others are custom.
    """
    called = alternate_id("environment", new.alternate_id, f"{at}alternateId")
    if new.type is not None:
        kind = type_of(new.type, f"{at}type")
    else:
        kind = next((each for each in _TYPES if each == called), "custom")
    shade = _COLORS[kind] if new.color is None else color(new.color, f"{at}color")
    return Draft(called, name(new.name, f"{at}name"), shade, kind)


def environments(new: Sequence[NewEnvironment], field: str = "defaultEnvironments") -> tuple[Draft, ...]:
    """A set of environments for one project: some, not too many, no two with one name or alternate id."""
    if not new:
        raise Invalid(field, "must NOT have fewer than 1 items")
    if len(new) > MOST_ENVIRONMENTS:
        raise Invalid(field, "must NOT have more than {most} items", most=MOST_ENVIRONMENTS)
    made = tuple(environment(each, f"{field}/{i}/") for i, each in enumerate(new))
    for what, said in (
        ("alternateId", [each.alternate_id for each in made]),
        ("name", [each.name.casefold() for each in made]),
    ):
        for i, each in enumerate(said):
            if each in said[:i]:
                raise Invalid(f"{field}/{i}/{what}", "must be unique")
    return made


def _length(field: str, text: str, most: int) -> None:
    if not text:
        raise Invalid(field, "must NOT have fewer than 1 characters")
    if len(text) > most:
        raise Invalid(field, "must NOT have more than {most} characters", most=most)
