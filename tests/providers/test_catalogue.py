"""What the package names as its providers."""

import tomllib
from importlib import import_module
from pathlib import Path

from hyway.domain.connections.providing import ENTRY_POINTS

NAMED = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["entry-points"]


def test_every_provider_is_there_by_the_type_that_it_is_of():
    for type, place in NAMED[ENTRY_POINTS].items():
        module, _, name = place.partition(":")
        made = getattr(import_module(module), name)
        provider = made if hasattr(made, "entry") else made()
        assert provider.entry.type == type
        assert provider.entry.provides
        assert provider.entry.guide
