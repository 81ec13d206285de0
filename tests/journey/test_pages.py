"""What visitors may meet instead of a plain redirect: a password, a frame, an end, a code to scan, a card."""

import io
import re
from pathlib import Path

import httpx
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.journey.conftest import Hyway, People
from tests.journey.shop import Shop

pytestmark = pytest.mark.browser

HOSTILE = "</title><script>window.isHacked=1</script>\"><img src=x onerror='window.isHacked=1'>Tea & cake"


def test_the_password_page(hyway: Hyway, shop: Shop, people: People, tmp_path: Path) -> None:
    link = hyway.link(shop.url("/"), password="öffne dich")
    page = people.visitor(viewport={"width": 375, "height": 700})
    page.goto(link["shortUrl"] + "?utm_source=flyer")
    expect(page.get_by_label("Password")).to_be_focused()
    page.screenshot(path=tmp_path / "password.png")
    page.keyboard.type("mellon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    page.screenshot(path=tmp_path / "password-wrong.png")
    people.complaints.clear()  # the browser grumbles about the 403
    assert hyway.clicks(link, includeBots="true") == []
    page.get_by_label("Password").fill("öffne dich")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Tea from the mountain")).to_be_visible()
    assert "utm_source=flyer" in page.url
    page.goto(link["shortUrl"])  # not asked again
    expect(page.get_by_role("heading", name="Tea from the mountain")).to_be_visible()
    assert len(hyway.clicks(link)) == 2


def test_the_cloaked_page(hyway: Hyway, shop: Shop, people: People, tmp_path: Path) -> None:
    link = hyway.link(shop.url("/"), cloaked=True, title=HOSTILE)
    page = people.visitor()
    page.goto(link["shortUrl"])
    assert page.url == link["shortUrl"]
    expect(page).to_have_title(HOSTILE)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Tea from the mountain")).to_be_visible()
    assert page.evaluate("window.isHacked") is None
    assert page.locator("body > *").count() == 1
    [click] = hyway.clicks(link)
    assert f"hoko_id={click['id']}" in str(page.locator("iframe").get_attribute("src"))
    page.screenshot(path=tmp_path / "cloaked.png")
    # The frame is another site's, where a plain cookie does not stick; the click is known there all the same.
    frame.get_by_label("Name").fill("Ada Stein")
    frame.get_by_label("E-mail").fill("ada@example.com")
    frame.get_by_role("button", name="Sign up").click()
    expect(frame.get_by_role("heading", name="Welcome")).to_be_visible()
    assert shop.told[-1].status_code == 201, shop.told[-1].text
    assert shop.told[-1].json()["click"] == {"id": click["id"]}


def test_expired_and_unknown_links(hyway: Hyway, shop: Shop, people: People, tmp_path: Path) -> None:
    link = hyway.link(shop.url("/"), expiresAt="2024-01-01T00:00:00Z")
    moved = hyway.link(shop.url("/"), expiresAt="2024-01-01T00:00:00Z", expiredUrl=shop.url("/thanks"))
    page = people.visitor(viewport={"width": 375, "height": 700})
    answer = page.goto(hyway.url + "/Zzzzz99")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="This link leads nowhere")).to_be_visible()
    answer = page.goto(link["shortUrl"])
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_role("heading", name="This link has expired")).to_be_visible()
    page.screenshot(path=tmp_path / "expired.png")
    page.goto(moved["shortUrl"])
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert hyway.clicks(link, includeBots="true") == hyway.clicks(moved, includeBots="true") == []
    people.complaints.clear()  # the browser grumbles about the 404 and the 410


def test_the_qr_code_is_shown_and_scanned(
    hyway: Hyway, shop: Shop, people: People, session_cookie: str, tmp_path: Path
) -> None:
    link = hyway.link(shop.url("/"), title="Poster")
    owner = people.owner(hyway, session_cookie)
    owner.goto(f"/console/links/{link['id']}")
    owner.get_by_role("button", name="QR").click()
    picture = owner.get_by_role("img", name="QR code of")
    expect(picture).to_be_visible()
    picture.evaluate("picture => picture.decode()")
    owner.screenshot(path=tmp_path / "qr.png")
    seen = _read(io.BytesIO(picture.screenshot()))
    assert seen == link["shortUrl"] + "?qr=1"
    with owner.expect_download() as saved:
        owner.get_by_role("link", name="PNG").click()
    assert _read(saved.value.path()) == seen
    visitor = people.visitor()
    visitor.goto(seen)
    assert "qr=1" not in visitor.url
    [click] = hyway.clicks(link)
    assert click["trigger"] == "qr"
    scans = owner.locator(".tile", has=owner.get_by_text("QR scans")).locator("dd")
    expect(scans).to_have_text("1", timeout=8_000)
    answer = httpx.get(link["qrCode"])
    assert answer.headers["content-type"].startswith("image/svg+xml")


def _read(picture: Path | io.BytesIO) -> str:
    """What a phone's camera makes of it."""
    found = zxingcpp.read_barcode(Image.open(picture))
    assert found is not None
    return found.text


def test_a_crawler_reads_a_card(hyway: Hyway, shop: Shop) -> None:
    link = hyway.link(
        shop.url("/"), title=HOSTILE, description="Picked by hand", image="https://example.com/tea.png"
    )
    answer = httpx.get(link["shortUrl"], headers={"User-Agent": "Twitterbot/1.0"})
    assert answer.status_code == 200
    said = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', answer.text))
    assert said["og:description"] == said["twitter:description"] == "Picked by hand"
    assert said["og:image"] == said["twitter:image"] == "https://example.com/tea.png"
    assert said["og:url"] == link["shortUrl"]
    assert "<script" not in answer.text
    assert "Tea &amp; cake" in said["og:title"]
    [click] = hyway.clicks(link, includeBots="true")
    assert click["bot"]
    assert hyway.clicks(link) == []
