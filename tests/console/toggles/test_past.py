"""What a version changed, line by line."""

import json
import random
import time

from hyway.console.toggles import past
from hyway.domain.toggles import Past


def version(number: int, *logics: str) -> Past:
    targets = [{"logic": each, "value": True} for each in logics]
    of = {"description": "", "tags": [], "targets": targets, "defaultValue": False}
    return Past(number, 0, "", "", "changed", of)


def whose(*ids: str) -> str:
    return json.dumps({"in": [{"var": "user.id"}, ids]})


def told(new: Past, old: Past) -> list[tuple[str, str]]:
    ((_, lines),) = past.versions([new, old], {}, True)[0].changes
    return [(each.sign, each.text.rpartition("← ")[2]) for each in lines]


def test_what_went_stands_beside_what_came_in_its_place() -> None:
    one, two, three, four = (whose(each) for each in ("ann", "ben", "cem", "dua"))
    kept = told(version(2, one, three, four), version(1, one, two, four))
    assert [sign for sign, _ in kept] == ["", "-", "+", ""]
    both = told(version(2, three, four), version(1, one, two))
    assert [sign for sign, _ in both] == ["-", "+", "-", "+"]
    more = told(version(2, one, two, three), version(1, one))
    assert [sign for sign, _ in more] == ["", "+", "+"]
    assert [sign for sign, _ in told(version(2), version(1, one, two))] == ["-", "-"]


def test_long_targets_are_compared_in_no_time() -> None:
    """A hundred targets that name a hundred people each, all of them others than before."""
    draw = random.Random(1)
    old, new = (
        version(number, *[whose(*[f"user-{draw.randrange(10**6)}" for _ in range(100)]) for _ in range(100)])
        for number in (1, 2)
    )
    started = time.process_time()
    assert len(told(new, old)) == 200
    assert time.process_time() - started < 1
