"""What the package names as its providers."""

import json
import tomllib
from importlib import import_module
from pathlib import Path
from typing import get_args

import msgspec

from hyway.apis.hyphen import integrations
from hyway.domain.connections import ConnectionType, EntityKind
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


def test_the_catalogue_has_the_fields_of_the_contract():
    contract = json.loads((Path(__file__).parents[1] / "contracts/hyphen.json").read_text())
    [listing] = [
        each
        for each in contract["operations"]
        if (each["method"], each["path"]) == ("GET", "/api/integrations/")
    ]
    [documented] = listing["responses"]["200"]["example"]["data"]
    for place in NAMED[ENTRY_POINTS].values():
        module, _, name = place.partition(":")
        shown = msgspec.to_builtins(integrations.available(getattr(import_module(module), name).entry))
        ours = {"configSchema", "guide"}
        assert shown.keys() == documented.keys() | ours
        for field in ("type", "name", "description", "image", "backgroundImage"):
            assert isinstance(shown[field], str)
            assert shown[field]
        for offer in shown["provides"]:
            assert offer.keys() == documented["provides"][0].keys()
            assert offer["connectionType"] in get_args(ConnectionType)
            assert offer["for"]
            assert set(offer["for"]) <= set(get_args(EntityKind))
