"""A program's sign-in in a real browser: the content policy lets it through, the keyboard is enough, a phone too."""

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Page, async_playwright, expect

from hyway.domain import oidc
from tests.console.conftest import PASSWORD, World
from tests.make.signing import Wish

pytestmark = pytest.mark.browser


@pytest.fixture
async def arrived() -> AsyncIterator[tuple[str, list[str]]]:
    """A program that listens for browsers on this machine: its address, and what was asked of it."""
    asked: list[str] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode().split(" ")[1])
        body = b"<!doctype html><title>There</title><h1>You are there</h1>"
        head = (
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        )
        writer.write(head % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    yield f"http://localhost:{server.sockets[0].getsockname()[1]}/token", asked
    server.close()


@pytest.fixture
async def phone(world: World, chromium_path: str) -> AsyncIterator[Page]:
    """A page at the width of a phone; nobody is signed in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(world.app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        size = {"width": 360, "height": 640}
        context = await browser.new_context(base_url=f"http://127.0.0.1:{port}", viewport=size)  # type: ignore[arg-type]
        yield await context.new_page()
        await browser.close()
    server.stop()
    await serving


async def test_the_command_lines_sign_in(phone: Page, arrived: tuple[str, list[str]]) -> None:
    back, asked = arrived
    await phone.goto(f"/oauth2/auth?{urlencode(Wish(back=back).pairs())}")
    await phone.fill("#email", "member@north.example")
    await phone.fill("#password", PASSWORD)
    await phone.press("#password", "Enter")
    await expect(phone.get_by_role("heading", name="You are there")).to_be_visible(timeout=20_000)
    came = next(each for each in asked if each.startswith("/token?"))
    query = parse_qs(urlsplit(came).query)
    assert query["state"] == ["s-1"]
    assert query["code"][0].startswith("hwc_")


async def test_consent_by_keyboard_on_a_phone(
    world: World, phone: Page, arrived: tuple[str, list[str]]
) -> None:
    back, asked = arrived
    made = world.db.write_now(
        oidc.clients.create, world.by, "A shop with a very long name " * 3, [back], True
    )
    wish = Wish(made.client.id, back, "openid profile email offline_access api")
    await phone.goto(f"/oauth2/auth?{urlencode(wish.pairs())}")
    await phone.fill("#email", "member@north.example")
    await phone.fill("#password", PASSWORD)
    await phone.press("#password", "Enter")
    await expect(phone.get_by_role("button", name="Allow", exact=True)).to_be_focused(timeout=20_000)
    wide = await phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing sticks out at the side"
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("button", name="Do not allow")).to_be_focused()
    await phone.keyboard.press("Shift+Tab")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", name="You are there")).to_be_visible(timeout=20_000)
    assert any(each.startswith("/token?code=") for each in asked)
