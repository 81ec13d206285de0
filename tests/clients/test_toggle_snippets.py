"""The lines that the console shows beside a public key do what they say, against a running server."""

import shutil
import subprocess
from typing import Any

import pytest
from openfeature import api

from hyway.console.toggles import snippets
from hyway.console.toggles.snippets import Example
from tests.clients.test_hyphen_toggles import Ground
from tests.clients.test_hyphen_toggles import ground as ground

KINDS: tuple[tuple[str, Any], ...] = (
    ("boolean", True),
    ("number", 42.5),
    ("string", 'so "to" speak'),
)


def lines(ground: Ground, name: str, of: Example) -> str:
    found = snippets.of(ground.live.url, ground.public, "web", "development", of)
    return next(each.code for each in found if each.name == name)


@pytest.mark.parametrize(("kind", "value"), KINDS)
@pytest.mark.parametrize("client", ["Python", "OpenFeature, Python"])
def test_python_lines_give_the_value(ground: Ground, client: str, kind: str, value: Any) -> None:
    key = f"{kind}.{len(client)}"
    ground.make(key, kind, value)
    seen: dict[str, Any] = {}
    try:
        exec(lines(ground, client, Example(key, kind)), seen)
    finally:
        api.shutdown()
    assert seen["value"] == value


def test_curl_gets_all_of_them(ground: Ground) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("no curl on this machine")
    ground.make("by-curl", "string", "there")
    told = lines(ground, "curl", Example("by-curl", "string"))
    done = subprocess.run(["sh", "-c", told], capture_output=True, text=True, check=True, timeout=30)
    assert '"by-curl"' in done.stdout
    assert '"there"' in done.stdout
