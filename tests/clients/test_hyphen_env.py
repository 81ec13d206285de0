"""The whole life of .env files with a client written from the documented wire, against a running server."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.clients.conftest import Live
from tests.clients.hyphen_env import Client, Key, Refused
from tests.make.running import serving

OFFICE, TRAIN = "203.0.113.20", "198.51.100.9"


def test_the_documented_vector() -> None:
    key = Key(1, "c2VjcmV0LWtleQ==")
    sealed, clear = "AAECAwQFBgcICQoLDA0OD3bIZNW5zB1r27HjMfDRJ2Xghuc=", "FOO=bar\nNESTED=a=b\n"
    assert key.decrypt(sealed) == clear
    assert key.encrypt(clear, base64.b64decode(sealed)[:16]) == sealed
    assert key.decrypt(key.encrypt(clear)) == clear


@pytest.fixture(scope="module")
def live(database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server behind a proxy on this machine, which says whom it speaks for."""
    folder = tmp_path_factory.mktemp("envs")
    settings: Any = {**database, "HYWAY_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(folder / "data", **settings) as server:
        yield Live(server, folder / "data", database)


@pytest.fixture(scope="module")
def secret(live: Live) -> str:
    return live.new_key("hyphen")


@pytest.fixture
def http(live: Live, secret: str) -> Iterator[httpx.Client]:
    headers = {"x-api-key": secret, "x-forwarded-for": OFFICE}
    with httpx.Client(base_url=live.url, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def organization(http: httpx.Client) -> str:
    found = http.get("/api/organizations/").json()
    return str(found["data"][0]["id"])


def made(http: httpx.Client, organization: str, project: str, *apps: str) -> None:
    """A project and its apps, as the command line makes them."""
    base = f"/api/organizations/{organization}/projects/"
    sent = {"alternateId": project, "name": project.title(), "isMonorepo": len(apps) > 1}
    answer = http.post(base, json=sent)
    assert answer.status_code == 201, answer.text
    for app in apps:
        answer = http.post(f"{base}{project}/apps", json={"alternateId": app, "name": app.title()})
        assert answer.status_code == 201, answer.text


def test_key_push_pull_rotate_and_an_old_version(http: httpx.Client, organization: str) -> None:
    made(http, organization, "shop", "web", "worker")
    client = Client(http, organization, "shop")
    assert client.key() is None
    key = client.ensured()
    assert client.ensured() == client.key() == key

    assert client.pull("web") is None
    client.push("web", None, "A=1\n", key, 1)
    client.push("web", None, "A=1\nB=2\n", key, 2)
    client.push("web", "production", "A=live\n", key, 1)
    client.push("web", "development", "A=dev\n", key, 4)
    client.push("worker", "production", "Q=live\n", key, 1)
    with pytest.raises(Refused, match="409 Version 2 is not above the latest version 2"):
        client.push("web", None, "A=3\n", key, 2)
    pulled = client.pull("web", "production")
    assert pulled is not None
    assert key.decrypt(pulled.data) == "A=live\n"

    fresh = client.rotate("web", "worker")
    assert fresh != key
    assert client.key() == fresh
    after = {(app, where): client.pull(app, where) for app, where in client.listed("web", "worker")}
    told = {(each.version, fresh.decrypt(each.data)) for each in after.values() if each}
    assert told == {(3, "A=1\nB=2\n"), (2, "A=live\n"), (5, "A=dev\n"), (2, "Q=live\n")}
    assert {each.secret_key_id for each in after.values() if each} == {fresh.id}

    old = client.pull("web", None, secretKeyId=key.id)
    assert old is not None
    assert (old.version, key.decrypt(old.data)) == (2, "A=1\nB=2\n")
    first = client.pull("web", None, version=1)
    assert first is not None
    assert key.decrypt(first.data) == "A=1\n"
    # Somebody who has not heard of the new key yet.
    with pytest.raises(Refused, match="409 The latest version is not encrypted with the secret key"):
        client.push("web", None, "A=4\n", Key(fresh.id + 1, "other"), 9, was=key.id)


def test_denied_from_the_wrong_network(http: httpx.Client, organization: str) -> None:
    made(http, organization, "guarded", "vaulted")
    client = Client(http, organization, "guarded")
    key = client.ensured()
    client.push("vaulted", "production", "A=live\n", key, 1)
    everybody = [{"description": "Block all", "type": "cidr", "cidr": "0.0.0.0/0"}]
    office = [{"description": "Office", "type": "cidr", "cidr": "203.0.113.0/24"}]
    lists = {"environments": {"production": {"allow": office, "deny": everybody}}}
    app = f"/api/organizations/{organization}/apps/vaulted/"
    answer = http.patch(app, json={"settings": {"env": {"accessControls": lists}}})
    assert answer.status_code in (200, 204), answer.text
    assert client.pull("vaulted", "production") is not None
    http.headers["x-forwarded-for"] = TRAIN
    with pytest.raises(Refused, match=f"403 .* from {TRAIN}"):
        client.pull("vaulted", "production")
    http.headers["x-forwarded-for"] = (
        f"{OFFICE}, {TRAIN}"  # what the client said of itself, and the proxy of it
    )
    with pytest.raises(Refused, match="403"):
        client.pull("vaulted", "production")
    summary = http.get(f"/api/organizations/{organization}/dot-envs/summary?projectIds=guarded").json()
    last = summary["data"][0]["apps"][0]["lastEvents"]
    assert last["deny"]["timestamp"] > last["pull"]["timestamp"] > last["push"]["timestamp"]
    assert last["deny"]["member"]["id"].startswith("memb_")
