"""Requests that nobody thought of, made from our own document: no 5xx, and every answer as it is written there.

Bounded and the same each time; `python -m tests.fuzz` goes on for as long as one likes, and elsewhere each time.
"""

from typing import Any

import msgspec
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.transport.asgi import ASGI_TRANSPORT

from hyway.apis import hoko
from tests import fuzz
from tests.apis.hoko.conftest import PUBLIC, World
from tests.apis.hoko.contract import stage

load_all_checks()
SCHEMA = schemathesis.openapi.from_dict(msgspec.json.decode(hoko.openapi(PUBLIC)))
MEASURES = CHECKS.get_by_names([name for name in fuzz.CHECKS if name != "ignored_auth"])


@SCHEMA.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_keeps_to_the_document(case: Any, world: World) -> None:
    party = _furnished(world)
    case.body = fuzz.with_known(case.path, case.body, party)
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {world.key}"}
    answer = ASGI_TRANSPORT.send(case, app=world.app, base_url=PUBLIC)
    case.validate_response(answer, checks=MEASURES)


_parties: dict[int, dict[str, str]] = {}


def _furnished(world: World) -> dict[str, str]:
    """The ids of a world that is filled once, not for each example."""
    if id(world) not in _parties:
        _parties.clear()
        _parties[id(world)] = stage.party(world, "ours").ids
    return _parties[id(world)]
