"""What a page costs does not grow with the log: counted in the database's own steps, which no busy machine changes."""

from typing import Any

import pytest

from hyway.domain import audit
from hyway.domain.audit import Wanted
from hyway.kernel.db import Read, Ref
from tests.domain.audit.logs import fact, tell
from tests.make.world import World

EVEN, ODD, OFTEN = Ref("Project", "even"), Ref("Project", "odd"), Ref("App", "often")
SEARCHES: dict[str, dict[str, Any]] = {
    "the newest": {},
    "a common type": {"types": ["TAG"]},
    "a rare type": {"types": ["LINK.CREATE"]},
    "a type that never was": {"types": ["CAMPAIGN"]},
    "a common reference": {"references": [Wanted("often")]},
    "a rare reference": {"references": [Wanted("rare")]},
    "two that often meet": {"references": [Wanted("often"), Wanted("even")]},
    "two that never meet": {"references": [Wanted("odd"), Wanted("even")]},
    "a type that a reference never has": {"types": ["LINK"], "references": [Wanted("odd")]},
    "any of two": {"references": [Wanted("odd"), Wanted("even")], "operation": "OR"},
    "until long ago": {"end": 1},
}


def grow(world: World, count: int) -> None:
    for at in range(count):
        refs = (OFTEN, ODD if at % 2 else EVEN)
        world.db.write_now(tell, [fact(world.by, "tag.created", "tag", f"t{at}", *refs)])


def steps(world: World, **asked: Any) -> int:
    """In tens of the virtual machine's instructions."""
    return world.db.read_now(_steps, world, asked)


def _steps(r: Read, world: World, asked: dict[str, Any]) -> int:
    taken = [0]

    def step() -> int:
        taken[0] += 1
        return 0

    raw: Any = r._connection.connection.driver_connection
    raw.set_progress_handler(step, 10)
    try:
        audit.search(r, world.by, size=10, **asked)
    finally:
        raw.set_progress_handler(None, 0)
    return taken[0]


def test_a_page_of_a_long_log_costs_what_one_of_a_short_log_costs(world: World) -> None:
    if not world.db.is_sqlite:
        pytest.skip("SQLite alone tells its steps")
    rare = fact(world.by, "link.created", "link", "l1", Ref("App", "rare"))
    world.db.write_now(tell, [rare])
    grow(world, 100)
    before = {what: steps(world, **asked) for what, asked in SEARCHES.items()}
    grow(world, 1_500)
    after = {what: steps(world, **asked) for what, asked in SEARCHES.items()}
    grown = {what: (before[what], after[what]) for what in SEARCHES if after[what] > before[what] * 1.3 + 20}
    assert not grown
