"""Toggles, segments and public keys, as the pages show and change them."""

from tests.console.conftest import Browser
from tests.console.projects.conftest import Place
from tests.console.toggles.conftest import CHECKOUT


async def test_pages(shop: Place, owner: Browser) -> None:
    for path in (
        "/console/toggles",
        CHECKOUT,
        CHECKOUT + "/edit",
        "/console/toggles/new",
        "/console/segments",
        "/console/segments/shop/beta",
        "/console/segments/shop/beta/edit",
        "/console/segments/new",
        "/console/public-keys",
        "/console/public-keys/new",
        f"/console/public-keys/{shop.ids['key']}",
    ):
        assert (await owner.see(path)).status_code == 200, path
