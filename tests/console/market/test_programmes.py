"""The pages of campaigns and collabs, over HTTP: drafts, money, publication, and what is refused on the way."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from hyway.domain import creators
from hyway.kernel import sqid
from tests.console.conftest import Browser
from tests.console.market.conftest import Market
from tests.console.market.test_organizations import png

CAMPAIGN: dict[str, Any] = {
    "name": "Summer teas",
    "website": "https://shop.example/tea",
    "content_type": "ugc",
    "category": "product",
    "currency": "eur",
    "brief": "<p>Show the <b>tea</b></p><script>alert(1)</script>",
    "platform_ids": ["youtube", "tiktok"],
    "countries": ["DE", "FR"],
    "cpm_amount": "5.50",
    "min_payout_amount": "",
    "max_payout_amount": "100",
    "base_reward_amount": "0",
    "sale_share": "7.5",
    "ends_at": "",
}
COLLAB: dict[str, Any] = {
    "name": "Spring mugs",
    "website": "https://shop.example/mug",
    "currency": "jpy",
    "brief": "<p>Drink from it</p>",
    "countries": ["US"],
    "reward_amount": "4000",
    "requires_product_shipment": "1",
    "sale_share": "",
    "usage_days": "90",
}


async def made(market: Market, browser: Browser, kind: str = "campaign", **changes: Any) -> str:
    """The path of a new draft."""
    fields: dict[str, Any] = {**(CAMPAIGN if kind == "campaign" else COLLAB), **changes}
    answer = await browser.send(f"{market.base}/{kind}s", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def number(path: str) -> int:
    found = sqid.number(path.rpartition("/")[2])
    assert found is not None
    return found


async def test_a_campaign_is_drafted_funded_published_paused_and_finished(market: Market) -> None:
    admin = await market.browser("admin")
    assert "No campaigns yet" in (await admin.see(market.base + "/campaigns")).text
    here = await made(market, admin)
    it = market.db.read_now(creators.campaigns.find, market.by(), number(here))
    assert (it.cpm_amount, it.max_payout_amount, it.sale_share) == (550, 10_000, 750)
    assert (it.brief, it.platform_ids) == ("<p>Show the <b>tea</b></p>", ("youtube", "tiktok"))
    early = await admin.send(here + "/publish")
    assert early.status_code == 422
    assert "Unused budget must be at least" in early.text
    wrong = await admin.send(here + "/fundings", amount="1,005", note="x")
    assert wrong.status_code == 422
    assert "Has more decimals than EUR knows." in wrong.text
    assert (await admin.send(here + "/fundings", amount="250,50", note="By bank")).status_code == 303
    assert "€250.50" in (await admin.see(here)).text
    published = await admin.send(here + "/publish")
    assert (published.status_code, published.headers["location"]) == (303, here)
    page = (await admin.see(here)).text
    assert "It is on the board" in page
    assert "<p>Show the <b>tea</b></p>" in page
    form = (await admin.see(here + "/edit")).text
    assert "they stay" in form
    assert 'name="cpm_amount"' not in form
    again = await admin.send(here + "/edit", **{**CAMPAIGN, "name": "Autumn teas", "cpm_amount": "9"})
    assert again.status_code == 303
    it = market.db.read_now(creators.campaigns.find, market.by(), number(here))
    assert (it.name, it.cpm_amount, it.status) == ("Autumn teas", 550, "active")
    await admin.send(here + "/pause")
    assert "Paused" in (await admin.see(here)).text
    await admin.send(here + "/resume")
    assert "Finish “Autumn teas”?" in (await admin.send(here + "/finish")).text
    await admin.send(here + "/finish", confirmed="yes")
    assert market.db.read_now(creators.campaigns.find, market.by(), number(here)).status == "finished"


async def test_what_is_wrong_is_told_and_what_was_typed_stays(market: Market) -> None:
    admin = await market.browser("admin")
    bad = {
        **CAMPAIGN,
        "name": "",
        "website": "javascript:alert(1)",
        "currency": "xxx",
        "countries": ["ZZ"],
        "min_payout_amount": "200",
        "max_payout_amount": "100",
        "cpm_amount": "-1",
    }
    answer = await admin.send(market.base + "/campaigns", **bad)
    assert answer.status_code == 422
    for name in ("name", "website", "currency", "countries", "cpm_amount", "max_payout_amount"):
        assert f'id="wrong-{name}"' in answer.text, name
    assert "Must be greater than or equal to 0." in answer.text
    assert 'value="javascript:alert(1)"' in answer.text
    assert "alert(1)</script>" not in answer.text
    words = await admin.send(market.base + "/campaigns", **{**CAMPAIGN, "cpm_amount": "lots"})
    assert "Is not a number." in words.text
    assert 'value="lots"' in words.text
    assert market.db.read_now(creators.campaigns.page, market.by())[1] == 0


async def test_a_collab_goes_on_the_board_and_off(market: Market) -> None:
    owner = await market.browser("owner")
    here = await made(market, owner, "collab")
    it = market.db.read_now(creators.collabs.find, market.by(), number(here))
    assert (it.reward_amount, it.usage_days, it.requires_product_shipment) == (4000, 90, True)
    assert (await owner.send(here + "/fundings", amount="40000")).status_code == 303
    assert (await owner.send(here + "/submit")).status_code == 303
    for move, state in (("pause", "paused"), ("unpause", "published")):
        await owner.send(f"{here}/{move}")
        assert market.db.read_now(creators.collabs.find, market.by(), number(here)).state == state
    assert "¥40,000" in (await owner.see(here)).text
    refused = await owner.send(here + "/delete", confirmed="yes")
    assert refused.status_code == 403


async def test_members_look_strangers_find_nothing(market: Market) -> None:
    admin, member = await market.browser("admin"), await market.browser("member")
    stranger = await market.browser("creator")
    here = await made(market, admin)
    assert (await member.see(here)).status_code == 200
    assert "/publish" not in (await member.see(here)).text
    assert (await stranger.see(here)).status_code == 404
    for path in ("/edit", "/publish", "/fundings", "/delete"):
        assert (await member.send(here + path, amount="5", **CAMPAIGN)).status_code == 403, path
        assert (await stranger.send(here + path, amount="5", **CAMPAIGN)).status_code == 404, path
        assert (await admin.send(here + path, csrf="x", amount="5", **CAMPAIGN)).status_code == 403, path
    assert (await member.see(market.base + "/campaigns/new")).status_code == 403
    assert (await admin.see(market.base + "/campaigns/nowhere")).status_code == 404


async def test_a_draft_is_deleted_after_a_question(market: Market) -> None:
    admin = await market.browser("admin")
    here = await made(market, admin)
    assert "Delete the draft “Summer teas”?" in (await admin.send(here + "/delete")).text
    gone = await admin.send(here + "/delete", confirmed="yes")
    assert gone.headers["location"] == market.base + "/campaigns"
    assert (await admin.see(here)).status_code == 404


async def test_money_is_taken_back(market: Market) -> None:
    admin = await market.browser("admin")
    here = await made(market, admin)
    await admin.send(here + "/fundings", amount="10")
    page = (await admin.see(here)).text
    path = page.partition("/fundings/")[2].partition("/refund")[0]
    assert "Take back what of this money" in (await admin.send(f"{here}/fundings/{path}/refund")).text
    await admin.send(f"{here}/fundings/{path}/refund", confirmed="yes")
    it = market.db.read_now(creators.campaigns.find, market.by(), number(here))
    assert (it.total_budget_amount, it.unused_amount) == (0, 0)


async def test_a_banner_is_shown_in_the_list(market: Market) -> None:
    admin = await market.browser("admin")
    data = {**CAMPAIGN, "csrf": admin.csrf}
    files = {"banner": ("b.png", png(), "image/png")}
    answer = await admin.http.post(market.base + "/campaigns", data=data, files=files)
    assert answer.status_code == 303
    listed = (await admin.see(market.base + "/campaigns")).text
    assert 'src="/rails/active_storage/blobs/redirect/' in listed


PAGE = b"""<!doctype html><html><head><title>Jasmine tea</title><meta property="og:title" content="Jasmine tea">
<meta name="description" content="Picked by hand."><meta property="og:image" content="/tea.png"></head></html>"""


@pytest.fixture
def shop() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = png() if self.path.endswith(".png") else PAGE
            self.send_response(200)
            self.send_header("content-type", "image/png" if self.path.endswith(".png") else "text/html")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_products_page_fills_the_form(market: Market, shop: str) -> None:
    admin = await market.browser("admin")
    page = (await admin.see(f"{market.base}/campaigns/new", params={"website": shop + "/tea"})).text
    assert 'value="Jasmine tea"' in page
    assert "Picked by hand." in page
    assert 'name="page_picture" checked' in page
    here = await made(market, admin, website=shop + "/tea", page_picture="on")
    assert market.db.read_now(creators.campaigns.find, market.by(), number(here)).banner is not None
    gone = await admin.see(f"{market.base}/campaigns/new", params={"website": "http://169.254.169.254/"})
    assert gone.status_code == 200
    assert 'class="wrong"' in gone.text
