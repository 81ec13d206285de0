"""Rules of packages: how they may be called, and which version comes after which."""

import re
from collections.abc import Iterable

from hyway.domain.packages.records import PLATFORMS, NewPackage
from hyway.kernel.faults import Invalid

LONGEST = 100
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*", re.ASCII)
# As semver.org has it: numbers without leading zeros, a pre-release after a hyphen, a build after a plus.
_WHOLE = r"(?:0|[1-9][0-9]*)"
_WORD = rf"(?:{_WHOLE}|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_VERSION = re.compile(
    rf"(?P<numbers>{_WHOLE}\.{_WHOLE}\.{_WHOLE})(?:-(?P<before>{_WORD}(?:\.{_WORD})*))?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
)
_NOT_IN_FILES = frozenset('/\\:*?"<>|')

Rank = tuple[object, ...]


def check(new: NewPackage) -> None:
    """Invalid for a name, a version, a platform or a file's name that cannot be."""
    if len(new.name) > LONGEST or not _NAME.fullmatch(new.name):
        raise Invalid(
            "name",
            "must be small letters and digits, parted by single dots, hyphens or underscores (at most {most})",
            most=LONGEST,
        )
    if len(new.version) > LONGEST or not _VERSION.fullmatch(new.version):
        raise Invalid("version", "must be a semantic version such as 1.2.3 or 2.0.0-rc.1")
    if new.platform not in PLATFORMS:
        raise Invalid("os", "must be one of {known}", known=", ".join(PLATFORMS))
    wrong = not new.file.isprintable() or _NOT_IN_FILES & set(new.file) or new.file.strip(". ") != new.file
    if not new.file or wrong or len(new.file) > LONGEST:
        raise Invalid("file", "must have a plain name of at most {most} characters", most=LONGEST)


def rank(version: str) -> Rank:
    """What versions are put in order by (semver.org, 11); a pre-release comes before its release.

    Builds of one version are equal there; here their text decides, so that the order is the same each time.
    """
    said = _VERSION.fullmatch(version)
    if said is None:
        raise ValueError(f"{version!r} is no semantic version")
    numbers = tuple(int(each) for each in said["numbers"].split("."))
    words = tuple((0, int(each), "") if each.isdigit() else (1, 0, each) for each in _words(said))
    return (numbers, not words, words, version)


def _words(said: "re.Match[str]") -> list[str]:
    return said["before"].split(".") if said["before"] else []


def is_release(version: str) -> bool:
    """Whether it is no pre-release."""
    said = _VERSION.fullmatch(version)
    return said is not None and said["before"] is None


def newest_first(versions: Iterable[str]) -> list[str]:
    return sorted(versions, key=rank, reverse=True)


def latest(versions: Iterable[str]) -> str | None:
    """The highest release: a pre-release says of itself that it is unstable, so it is only while there is no other."""
    return max(versions, key=lambda each: (is_release(each), rank(each)), default=None)


__all__ = ["LONGEST", "check", "is_release", "latest", "newest_first", "rank"]
