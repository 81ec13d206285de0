"""Operators that are Hyway's own: a share of people, versions, dates.

None of them raises for a value that is no version, no date or not there: it answers false, so that the other branches
of a rule still count.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from time import time_ns
from typing import Any, Final

from hyway.domain.toggles.logic.values import UNDEFINED, number, text
from hyway.domain.toggles.logic.work import Pass

BUCKETS: Final = 10_000
COMPARISONS: Final = frozenset(("<", "<=", "=", "!=", ">=", ">", "^", "~"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_DATE: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_NUMBER: Final = r"(0|[1-9][0-9]*)"
_PART: Final = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION: Final = re.compile(
    rf"v?{_NUMBER}(?:\.{_NUMBER}(?:\.{_NUMBER})?)?(?:-({_PART}(?:\.{_PART})*))?(?:\+[0-9A-Za-z.-]+)?"
)
_LONGEST_VERSION: Final = 256
Version = tuple[tuple[int, int, int], tuple[Any, ...]]


def bucket(toggle: str, targeting_key: str, seed: str | None = None) -> int:
    """Where somebody stands among 10,000 for a toggle: the first 8 bytes of SHA-256 of "toggle/key[/seed]"."""
    told = f"{toggle}/{targeting_key}" if seed is None else f"{toggle}/{targeting_key}/{seed}"
    digest = sha256(told.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) * BUCKETS >> 64


def rollout(percent: Any, seed: Any, run: Pass) -> bool:
    """{"rollout": [percent, seed?]}: whether the person is among the first `percent` of 100, to two decimals.

    Decided by the toggle's key and the context's targetingKey alone: the same person always gets the same answer, and
    a larger percent keeps everybody whom a smaller one had. Another seed shuffles people anew. Nobody without a
    targetingKey is in.
    """
    context = run.context
    key = context.get("targetingKey") if type(context) is dict else None
    share = number(percent, run)
    if type(key) not in (str, int, float) or key == "" or share != share:
        return False
    sown = None if seed is None or seed is UNDEFINED else text(seed, run)
    return bucket(run.toggle, text(key, run), sown) < round(min(max(share, 0.0), 100.0) * 100)


def semver(a: Any, comparison: Any, b: Any, run: Pass) -> bool:
    """{"semver": [a, comparison, b]}: whether version a stands so to version b, by the precedence of semver.org.

    Comparisons: < <= = != >= > and ^ (from b up to the next change of its first number that is not 0), ~ (from b up
    to the next minor version). Pre-releases of that next version are not in. A leading v and missing minor or patch
    numbers are allowed; build metadata does not count. What is no version stands in no relation, not even !=.
    """
    left, right = version(a), version(b)
    if left is None or right is None:
        return False
    if comparison == "^":
        return left >= right and left[0] < _caret(right[0])
    if comparison == "~":
        return left >= right and left[0] < (right[0][0], right[0][1] + 1, 0)
    order = (left > right) - (left < right)
    return (comparison, order) in _HOLDING


_HOLDING: Final = frozenset(
    (("<", -1), ("<=", -1), ("<=", 0), ("=", 0), ("!=", -1), ("!=", 1), (">=", 0), (">=", 1), (">", 1))
)


def _caret(given: tuple[int, int, int]) -> tuple[int, int, int]:
    """The first version that ^given leaves out."""
    major, minor, patch = given
    if major:
        return (major + 1, 0, 0)
    return (0, minor + 1, 0) if minor else (0, 0, patch + 1)


def version(given: Any) -> Version | None:
    """A version's numbers and the rank of its pre-release, comparable as semver.org orders them; None if it is none."""
    return _version(given) if type(given) is str and len(given) <= _LONGEST_VERSION else None


@lru_cache(4096)
def _version(given: str) -> Version | None:
    found = _VERSION.fullmatch(given)
    if found is None:
        return None
    major, minor, patch, pre = found.groups()
    numbers = (int(major), int(minor or 0), int(patch or 0))
    if pre is None:
        return numbers, (1,)
    return numbers, (0, *((0, int(part)) if part.isdigit() else (1, part) for part in pre.split(".")))


def before(a: Any, b: Any, run: Pass) -> bool:
    """{"before": [date, date]}: whether the first instant is earlier. Dates as `instant` reads them."""
    first, second = instant(a), instant(b)
    return first is not None and second is not None and first < second


def after(a: Any, b: Any, run: Pass) -> bool:
    """{"after": [date, date]}: whether the first instant is later. Dates as `instant` reads them."""
    return before(b, a, run)


def instant(given: Any) -> int | None:
    """Microseconds since the epoch of an ISO 8601 date or an RFC 3339 instant, None if it is neither.

    A date is its midnight, and what names no offset is in UTC.
    """
    return _instant(given) if type(given) is str and len(given) <= 40 else None


@lru_cache(4096)
def _instant(given: str) -> int | None:
    if not _DATE.fullmatch(given):
        return None
    try:
        when = datetime.fromisoformat(given.upper())
    except ValueError:
        return None
    return ((when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def now(run: Pass) -> str:
    """{"now": []}: the time of the evaluation in UTC, such as 2026-01-02T03:04:05.678Z."""
    moment = time_ns() // 1000 if run.now is None else run.now
    return (_EPOCH + moment * _MICROSECOND).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


OURS: Final[Mapping[str, tuple[int, Callable[..., Any]]]] = {
    "rollout": (2, rollout),
    "semver": (3, semver),
    "before": (2, before),
    "after": (2, after),
    "now": (0, now),
}
"""Our operators, their number of arguments and what works them out; the pass comes last."""
