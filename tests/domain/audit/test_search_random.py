"""Whatever is in the log and whatever is asked: what is found is what a look at every event finds, each once."""

from itertools import count
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import audit
from hyway.domain.audit import Wanted
from hyway.kernel import clock
from hyway.kernel.db import Ref
from tests.domain.audit.logs import every, fact, naively, tell
from tests.make.world import World, found_world

ACTIONS = ("toggle.created", "toggle.changed", "toggle.renamed", "dotenv.pulled", "tracking.user_deleted")
TYPES = ("TOGGLE", "TOGGLE.UPDATE", "DOTENV.PULL", "TRACKING_USER.DELETE", "TRACKING", "NOBODY.KNOWS")
KINDS, IDS = ("Toggle", "App", "Project"), ("a", "b", "c")
_names = count()

refs = st.lists(st.builds(Ref, st.sampled_from(KINDS), st.sampled_from(IDS), st.just({})), max_size=4)
happenings = st.lists(
    # The clock may go back, and several events may have one instant.
    st.tuples(st.sampled_from(ACTIONS), st.sampled_from(IDS), refs, st.integers(0, 6)),
    max_size=25,
)
wanted = st.builds(Wanted, st.sampled_from((*IDS, "z")), st.sampled_from(("", *KINDS, "toggle")))
filters = st.fixed_dictionaries(
    {
        "types": st.lists(st.sampled_from(TYPES), max_size=2),
        "references": st.lists(wanted, max_size=3),
        "operation": st.sampled_from(("AND", "OR")),
        "start": st.none() | st.integers(0, 7),
        "end": st.none() | st.integers(0, 7),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=happenings, asked=st.lists(filters, min_size=1, max_size=4), size=st.integers(1, 7))
def test_a_search_finds_what_a_look_at_every_event_finds(
    world: World, happenings: list[Any], asked: list[dict[str, Any]], size: int
) -> None:
    began = clock.now() + clock.DAY
    ours = found_world(world.db, f"Ours {next(_names)}")
    others = found_world(world.db, f"Others {next(_names)}")
    for action, id, named, at in happenings:
        for by in (ours.by, others.by):
            with patch.object(clock, "now", lambda at=at: began + at):
                world.db.write_now(tell, [fact(by, action, "toggle", id, *named)])
    whole = sorted(world.db.read_now(audit.recent, ours.by, most=500), key=lambda each: (-each.at, -each.seq))
    for each in asked:
        here = {**each, **{name: began + at for name in ("start", "end") if (at := each[name]) is not None}}
        assert [e.seq for e in every(world.db, ours.by, size, **here)] == [
            e.seq for e in naively(whole, **here)
        ]
