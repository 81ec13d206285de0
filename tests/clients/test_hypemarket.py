"""The creators' API as programs meet it: the vendor's own examples against a running server, tokens, pages."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.conftest import Live
from tests.make.running import hyway

FILLED = 45


@pytest.fixture(scope="module")
def token(live: Live) -> str:
    return live.new_key("hypemarket")


@pytest.fixture(scope="module")
def filled(live: Live, token: str) -> str:
    """An organization with some pages of collabs; its id."""
    with client(live, token) as http:
        id = str(http.get("/organizations.json").json()[0]["id"])
        for number in range(FILLED):
            answer = http.post(
                f"/organizations/{id}/collabs.json", json={"collab": {"name": f"Collab {number}"}}
            )
            assert answer.status_code == 201, answer.text
    return id


def client(live: Live, token: str, **headers: str) -> httpx.Client:
    return httpx.Client(
        base_url=live.url, headers={"Authorization": f"Bearer {token}", **headers}, timeout=30
    )


def every_collab(live: Live, token: str, organization: str) -> Iterator[dict[str, Any]]:
    """The pages' Python example as written there, but for the host and the id."""
    page, total = 1, 1
    with httpx.Client(headers={"Authorization": f"Bearer {token}", "Accept": "application/json"}) as c:
        while page <= total:
            r = c.get(f"{live.url}/organizations/{organization}/collabs.json", params={"page": page})
            r.raise_for_status()
            yield from r.json()
            total = int(r.headers["Total-Pages"])
            page += 1


def test_an_agent_lists_organizations_and_pages_through_collabs(live: Live, token: str, filled: str) -> None:
    answer = httpx.get(
        f"{live.url}/organizations.json",
        headers={
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": "agent/1 (+https://x)",
        },
    )
    found = answer.json()
    assert [each["id"] for each in found] == [filled], "a single organization is selected by itself"
    names = [each["name"] for each in every_collab(live, token, found[0]["id"])]
    assert names == [f"Collab {number}" for number in range(FILLED)]


SHELL = r"""
page=1
while :; do
  resp=$(curl -sS -D "$HEADERS" \
    -H "Authorization: Bearer $TOKEN" \
    -H "Accept: application/json" \
    "$HOST/organizations/$ORGANIZATION/collabs.json?page=$page")
  echo "$resp"
  total=$(grep -i '^total-pages:' "$HEADERS" | awk '{print $2}' | tr -d '\r')
  [ "$page" -ge "$total" ] && break
  page=$((page + 1))
done
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_a_shell_pages_through_collabs(live: Live, token: str, filled: str, tmp_path: Path) -> None:
    said = {"TOKEN": token, "HOST": live.url, "ORGANIZATION": filled, "HEADERS": str(tmp_path / "headers")}
    done = subprocess.run(
        ["bash", "-c", SHELL], capture_output=True, text=True, env={**os.environ, **said}, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"id":') == FILLED


def test_nothing_is_sent_again_that_is_known(live: Live, token: str, filled: str) -> None:
    with client(live, token) as http:
        id = http.get(f"/organizations/{filled}/collabs.json").json()[0]["id"]
        path = f"/organizations/{filled}/collabs/{id}.json"
        first = http.get(path)
        again = http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "content-type" not in again.headers
        http.patch(path, json={"collab": {"brief": "<p>Something else</p>"}})
        changed = http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200
        assert changed.headers["ETag"] != first.headers["ETag"]


def test_tokens_come_from_the_command_line(live: Live) -> None:
    reads = live.new_key("hypemarket", "--permission", "read")
    with client(live, reads) as http:
        assert http.get("/organizations.json").status_code == 200
        refused = http.post("/organizations.json", json={"organization": {"name": "x"}})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Token realm="Application"'
        listed = http.get("/me/access_tokens.json").json()
        assert (listed[0]["permission"], listed[0]["description"]) == ("read", "client")


def test_a_token_of_a_person(live: Live) -> None:
    made = hyway("user", "add", "kim@example.com", "--name", "Kim", data=live.data, **live.env)
    assert made.returncode == 0, made.stderr
    of_kim = live.new_key("hypemarket", "--person", "kim@example.com")
    with client(live, of_kim) as http:
        id = http.get("/organizations.json").json()[0]["id"]
        assert (
            http.patch(f"/organizations/{id}.json", json={"organization": {"name": "x"}}).status_code == 403
        )
    for words in (
        ("--person", "nobody@example.com"),
        ("--org", "No such"),
        ("--person", "kim@example.com", "--org", "x"),
    ):
        wrong = hyway("key", "hypemarket", *words, data=live.data, **live.env)
        assert wrong.returncode != 0
        assert wrong.stdout == ""


def test_the_same_addresses_are_pages(live: Live, token: str, filled: str) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in ("/organizations", "/me/access_tokens", f"/organizations/{filled}/collabs"):
        page = httpx.get(live.url + path, headers=browser)
        assert page.status_code == 302
        assert page.headers["location"].startswith("/console/sign-in?next=%2F")
        bearer = httpx.get(live.url + path, headers={**browser, "Authorization": f"Bearer {token}"})
        assert bearer.status_code == 401
        nobody = httpx.get(live.url + path + ".json", headers=browser)
        assert (nobody.status_code, nobody.text) == (401, "HTTP Token: Access denied.\n")


def test_what_cannot_be_read_gets_a_plain_answer(live: Live, token: str, filled: str) -> None:
    with client(live, token) as http:
        assert http.get("/me/address.json?a=%zz").status_code == 400
        assert http.request("BREW", "/me/address.json").status_code == 405
        assert http.request("OPTIONS", "/me/address.json").json() == {"status": 404, "error": "Not Found"}
        broken = http.post(
            "/organizations.json",
            content=b"{",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        assert (broken.status_code, broken.json()) == (400, {"status": 400, "error": "Bad Request"})
        before = http.get(f"/organizations/{filled}.json").json()
        large = http.patch(
            f"/organizations/{filled}.json", files={"organization[logo]": ("logo.png", b"x" * 40_000_000)}
        )
        assert (large.status_code, large.json()) == (413, {"status": 413, "error": "Content Too Large"})
        assert http.get(f"/organizations/{filled}.json").json() == before


def test_it_tells_of_itself(live: Live) -> None:
    document = httpx.get(f"{live.url}/openapi/hypemarket.json").json()
    assert "/organizations/{organization_id}/collabs.json" in document["paths"]
    assert "Hypemarket API" in httpx.get(f"{live.url}/docs/hypemarket").text
    assert "# Hypemarket API" in httpx.get(f"{live.url}/llms.txt").text
    whole = httpx.get(f"{live.url}/llms-full.txt").text
    assert whole.index("# Hoko API") < whole.index("# Hypemarket API") < whole.index("# HyperTrack API")
    assert httpx.get(f"{live.url}/docs/hypemarket.md").text in whole
    assert 'family="hypemarket"' in httpx.get(f"{live.url}/metrics").text
