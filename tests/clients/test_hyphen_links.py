"""The vendor's own client for short links against a running server, whose links are Hoko's too."""

import base64
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import requests
from hyphen import Link
from PIL import Image

from tests.clients.conftest import Live
from tests.make.world import DESKTOP

LONG = "https://hyphen.ai/"


@pytest.fixture(scope="module")
def secret(live: Live) -> str:
    return live.new_key("hyphen")


@pytest.fixture(scope="module")
def organization(live: Live, secret: str) -> str:
    found = httpx.get(f"{live.url}/api/organizations/", headers={"x-api-key": secret}).json()
    return str(found["data"][0]["id"])


@pytest.fixture
def link(live: Live, secret: str, organization: str) -> Link:
    return Link(organization_id=organization, api_key=secret, base_url=live.url)


@pytest.fixture
def domain(live: Live) -> str:
    """The server's name, with its port."""
    return live.url.removeprefix("http://")


@pytest.fixture
def theirs(live: Live) -> Iterator[httpx.Client]:
    """The API of links."""
    headers = {"authorization": f"Bearer {live.new_key('hoko')}"}
    with httpx.Client(base_url=live.url, headers=headers, timeout=30) as client:
        yield client


def refused(call: Any, *sent: Any) -> int:
    with pytest.raises(requests.HTTPError) as told:
        call(*sent)
    assert told.value.response is not None
    return told.value.response.status_code


def test_a_code_is_made_found_changed_and_deleted(link: Link, domain: str) -> None:
    made = link.create_short_code(
        LONG, domain, {"tags": ["sdk-test", "unit-tests"], "title": "By the client"}
    )
    assert (made.long_url, made.domain, made.title) == (LONG, domain, "By the client")
    assert made.tags == ["sdk-test", "unit-tests"]
    assert made.created_at.endswith("Z")
    assert link.get_short_code(made.id) == made
    assert link.get_short_code(made.code) == made

    changed = link.update_short_code(
        made.id, {"long_url": f"{LONG}two", "title": "Another", "tags": ["sdk-test"]}
    )
    assert (changed.id, changed.code) == (made.id, made.code)
    assert (changed.long_url, changed.title, changed.tags) == (f"{LONG}two", "Another", ["sdk-test"])
    assert link.get_short_code(made.id) == changed

    assert set(link.get_tags()) >= {"sdk-test", "unit-tests"}
    link.delete_short_code(made.id)
    assert refused(link.get_short_code, made.id) == 404
    assert refused(link.delete_short_code, made.id) == 404


def test_codes_are_listed(link: Link, domain: str) -> None:
    made = [link.create_short_code(LONG, domain, {"title": f"List {n}", "tags": [f"n{n}"]}) for n in range(3)]
    page = link.get_short_codes(title="list", page_number=1, page_size=2)
    assert (page.total, page.page_num, page.page_size) == (3, 1, 2)
    assert page.data == [made[2], made[1]]
    assert link.get_short_codes(title="list", page_number=2, page_size=2).data == [made[0]]
    assert link.get_short_codes(tags=["n0", "n1"]).data == [made[1], made[0]]
    assert link.get_short_codes(title="no such thing").data == []
    assert link.get_short_codes().total >= 3


def test_what_cannot_be_is_refused(link: Link, domain: str) -> None:
    made = link.create_short_code(LONG, domain, {"code": "custom"})
    assert made.code == "custom"
    assert refused(link.create_short_code, LONG, domain, {"code": "custom"}) == 409
    assert refused(link.create_short_code, LONG, "other.example") == 400
    assert refused(link.create_short_code, "no address", domain) == 400
    wrong = Link(organization_id=link.organization_id, api_key="key_wrong", base_url=link.client.base_url)
    assert refused(wrong.get_short_codes) == 401


def test_a_click_is_counted_once_in_both_apis(
    link: Link, domain: str, live: Live, theirs: httpx.Client
) -> None:
    made = link.create_short_code(LONG, domain)
    answer = httpx.get(
        f"{live.url}/{made.code}", headers={"user-agent": DESKTOP, "referer": "https://x.example/"}
    )
    assert answer.status_code == 302
    found = link.get_short_code_stats(made.id)
    today = found["clicks"]["byDay"][0]["date"]
    assert found == {
        "clicks": {"total": 1, "unique": 1, "byDay": [{"date": today, "total": 1, "unique": 1}]},
        "referrals": [{"url": "https://x.example", "total": 1}],
        "browsers": [{"name": "Chrome", "total": 1}],
        "devices": [{"name": "desktop", "total": 1}],
        "locations": [],
    }
    now = datetime.now(UTC)
    day = timedelta(days=1)
    assert link.get_short_code_stats(made.id, now - day, now + day)["clicks"]["total"] == 1
    assert link.get_short_code_stats(made.id, now - 9 * day, now - day)["clicks"]["total"] == 0

    shown = [each for each in theirs.get("/api/links").json() if each["shortUrl"].endswith(f"/{made.code}")]
    assert len(shown) == 1
    clicks = theirs.get("/api/analytics", params={"linkId": shown[0]["id"]}).json()
    assert [each["shortId"] for each in clicks] == [made.code]


def test_a_link_of_the_other_api_is_one_here(link: Link, live: Live, theirs: httpx.Client) -> None:
    (shelf,) = theirs.post("/api/collections", json=[{"name": "Theirs"}]).json()
    wish = {"url": LONG, "collectionId": shelf["id"], "title": "Made over there"}
    (made,) = theirs.post("/api/links", json=[wish]).json()
    (found,) = link.get_short_codes(title="over there").data
    assert made["shortUrl"].endswith(f"/{found.code}")
    httpx.get(f"{live.url}/{found.code}", headers={"user-agent": DESKTOP})
    assert link.get_short_code_stats(found.id)["clicks"]["total"] == 1
    link.delete_short_code(found.id)
    assert httpx.get(f"{live.url}/{found.code}").status_code == 404
    assert theirs.get("/api/links", params={"id": made["id"]}).json() == []


def test_qr_codes_are_kept(link: Link, domain: str, live: Live) -> None:
    of = link.create_short_code(LONG, domain)
    logo = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(logo, "PNG")
    plain = link.create_qr_code(of.id)
    whole = link.create_qr_code(
        of.id,
        {
            "title": "With options",
            "background_color": "#ffffff",
            "color": "#112233",
            "size": "large",
            "logo": base64.b64encode(logo.getvalue()).decode(),
        },
    )
    assert whole.title == "With options"
    for made in (plain, whole):
        assert made.qr_code.startswith("data:image/png;base64,")
        assert made.qr_link == f"{live.url}/{of.code}?qr={made.id}"
        assert link.get_qr_code(of.id, made.id) == made
    assert link.get_qr_codes(of.id, page_number=1, page_size=5).data == [whole, plain]
    assert httpx.get(whole.qr_link, headers={"user-agent": DESKTOP}).status_code == 302
    assert link.get_short_code_stats(of.id)["clicks"]["total"] == 1
    link.delete_qr_code(of.id, plain.id)
    assert refused(link.get_qr_code, of.id, plain.id) == 404
    assert link.get_qr_codes(of.id).data == [whole]
