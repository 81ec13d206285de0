"""The fixture that tests of campaigns share."""

from collections.abc import Iterator

import pytest

from tests.make.campaigns import Stage, stage_at


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with stage_at(database_url) as made:
        yield made
