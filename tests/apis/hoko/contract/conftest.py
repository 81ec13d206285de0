"""The stage: ours and a stranger's organization on one server."""

import pytest

from tests.apis.hoko.conftest import World
from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.stage import Party


@pytest.fixture
def ours(world: World) -> Party:
    return stage.party(world, "ours")


@pytest.fixture
def theirs(ours: Party) -> Party:
    return stage.party(stage.neighbour(ours.world), "stranger")
