"""A first draft from a product's page, and everything that such a page may try."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hyway.domain import files
from hyway.domain.creators import prefill
from hyway.domain.netinfo import is_public
from hyway.kernel.faults import Invalid, Spent
from hyway.kernel.outgoing import Outgoing
from tests.make import pictures
from tests.make.pictures import opened
from tests.make.receiver import Receiver, receiving

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = """<!doctype html><html lang="en-GB"><head><title>Lipstick | Shop</title>
<meta property="og:title" content="Spring &amp; Summer Lipstick">
<meta property="og:description" content="Lasts <b>all</b> day.&#10;Twelve colours.">
<meta property="og:image" content="/pictures/lipstick.jpg">
<meta property="og:locale" content="en_GB">
</head><body><h1>Lipstick</h1></body></html>"""


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def way(shop: Receiver) -> Outgoing:
    """Public addresses, and the one of the shop."""
    return Outgoing(lambda ip: ip == "127.0.0.1" or is_public(ip))


def said(
    shop: Receiver, way: Outgoing, html: str | bytes, headers: dict[str, str] = HTML
) -> prefill.Prefilled:
    shop.answers = [(200, headers, html if isinstance(html, bytes) else html.encode())]
    return prefill.page(way, f"{shop.url}/lipstick")


def refused(way: Outgoing, url: str) -> str:
    with pytest.raises(Invalid) as caught:
        prefill.page(way, url)
    assert caught.value.field == "website"
    return caught.value.message


def test_a_products_page(shop: Receiver, way: Outgoing) -> None:
    photo = pictures.from_a_phone()
    shop.answers = [(200, HTML, PAGE.encode()), (200, {"Content-Type": "image/jpeg"}, photo)]
    made = prefill.page(way, f"{shop.url}/a/lipstick?x=1#top")
    assert made.name == "Spring & Summer Lipstick"
    assert made.brief == "<p>Lasts &lt;b&gt;all&lt;/b&gt; day. Twelve colours.</p>"
    assert made.countries == ("GB",)
    assert made.image_bytes is not None
    assert opened(made.image_bytes).format == "JPEG"
    assert b"SecretCamera" not in made.image_bytes
    assert [each.path for each in shop.received] == ["/a/lipstick?x=1", "/pictures/lipstick.jpg"]
    assert files.picture(made.image_bytes, "banner", files.BANNER).media_type == "image/jpeg"


def test_a_page_that_says_little(shop: Receiver, way: Outgoing) -> None:
    made = said(shop, way, "<title> A \n lamp </title>")
    assert made == prefill.Prefilled("A lamp", "", None, ())
    assert said(shop, way, "").name == ""
    assert said(shop, way, "<meta name=description content='A lamp'>").brief == "<p>A lamp</p>"


@pytest.mark.parametrize(
    ("html", "countries"),
    [
        ('<link rel="alternate" hreflang="de-AT" href="/at"><link rel="alternate" hreflang="de-CH" href="/ch">'
         '<link hreflang="x-default"><link hreflang="fr"><link hreflang="de-AT"><link hreflang="es-419">',
         ("AT", "CH")),
        ('<meta property="og:locale" content="ar_SA">', ("SA",)),
        ('<html lang="pt-BR">', ("BR",)),
        ('<html lang="en">', ()),
        ('<html lang="en-ZZ">', ()),
    ],
)  # fmt: skip
def test_where_it_is_sold(shop: Receiver, way: Outgoing, html: str, countries: tuple[str, ...]) -> None:
    assert said(shop, way, html).countries == countries


@pytest.mark.parametrize(
    ("host", "countries"),
    [("shop.co.uk", ("GB",)), ("shop.de", ("DE",)), ("shop.io", ()), ("shop.ai", ()), ("shop.com", ())],
)
def test_by_the_ending_of_its_name(
    shop: Receiver, way: Outgoing, monkeypatch: pytest.MonkeyPatch, host: str, countries: tuple[str, ...]
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *more, **most: real("127.0.0.1", *more, **most))
    shop.answers = [(200, HTML, b"<title>x</title>")]
    assert prefill.page(way, f"http://{host}:{shop.port}/").countries == countries


@pytest.mark.parametrize(
    ("body", "headers", "name"),
    [
        ("<title>قلم</title>".encode("windows-1256"), {"Content-Type": "text/html; charset=windows-1256"}, "قلم"),
        ('<meta charset="iso-8859-1"><title>café</title>'.encode("latin-1"), {"Content-Type": "text/html"}, "café"),
        ("<title>ペン</title>".encode("shift_jis"), {"Content-Type": 'text/html; charset="Shift_JIS"'}, "ペン"),
        ("\ufeff<title>pen</title>".encode("utf-16"), {"Content-Type": "text/html"}, "pen"),
        ("<title>café</title>".encode("latin-1"), {"Content-Type": "text/html; charset=utf-8"}, "caf\ufffd"),
        (b"<title>pen</title>", {"Content-Type": "text/html; charset=nonsense-7"}, "pen"),
        (b"<title>pen</title>", {"Content-Type": "text/html; charset=punycode"}, "pen"),
        (b"<title>pen</title>", {"Content-Type": "text/html; charset=hex"}, "pen"),
        (b"<title>p\0en</title>", {"Content-Type": "application/xhtml+xml"}, "pen"),
    ],
)  # fmt: skip
def test_charsets_whole_and_broken(
    shop: Receiver, way: Outgoing, body: bytes, headers: dict[str, str], name: str
) -> None:
    assert said(shop, way, body, headers).name == name


def test_nothing_of_a_page_can_run(shop: Receiver, way: Outgoing) -> None:
    made = said(shop, way, '<meta property="og:description" content="&lt;script&gt;alert(1)&lt;/script&gt;">')
    assert made.brief == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


def test_long_words_are_cut(shop: Receiver, way: Outgoing) -> None:
    made = said(shop, way, f"<title>{'x ' * 5000}</title><meta name=description content='{'y' * 9000}'>")
    assert len(made.name) <= 120
    assert len(made.brief) == 2000 + len("<p></p>")


INSIDE = ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]/", "http://localhost:1/",
          "http://0.0.0.0/", "http://2130706433/", "http://[::ffff:169.254.169.254]/", 
          "http://100.64.0.1/"]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_private_addresses_are_not_asked(url: str) -> None:
    began = time.monotonic()
    said = refused(Outgoing(is_public), url)
    assert said in ("could not be read: the host has an address that is not public",
                    "could not be read: the host has no address")  # fmt: skip
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("url", [*INSIDE, "file:///etc/passwd", "gopher://10.0.0.1/", "//169.254.169.254/"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nor_are_they_by_way_of_a_redirect(shop: Receiver, way: Outgoing, url: str, status: int) -> None:
    only = Outgoing(lambda ip: (ip == "127.0.0.1" and "localhost" not in url) or is_public(ip))
    if "localhost" in url:
        url = "http://10.1.2.3/"
    shop.answers = [(status, {"Location": url}, b"")]
    assert refused(only, shop.url).startswith("could not be read: ")
    assert len(shop.received) == 1


@pytest.mark.parametrize("url", INSIDE)
def test_nor_for_a_picture(shop: Receiver, way: Outgoing, url: str) -> None:
    if "localhost" in url or "[::1]" in url:
        url = "http://192.168.1.1/"
    made = said(shop, way, f'<title>x</title><meta property="og:image" content="{url}">')
    assert (made.name, made.image_bytes) == ("x", None)


def test_a_name_that_resolves_anew_gains_nothing(
    shop: Receiver, way: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look-up, after a redirect to the same name, finds another address."""
    real, asked = socket.getaddrinfo, iter(["127.0.0.1", "169.254.169.254"])

    def resolve(host: str, *more: Any, **most: Any) -> Any:
        return real(next(asked) if host == "shop.example" else host, *more, **most)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    shop.answers = [(302, {"Location": "/again"}, b"")]
    assert refused(way, f"http://shop.example:{shop.port}/").endswith("not public")


def test_three_redirects_and_no_more(shop: Receiver, way: Outgoing) -> None:
    shop.answers = [(302, {"Location": f"/{each}"}, b"") for each in range(3)] + [(200, HTML, PAGE.encode())]
    assert prefill.page(way, shop.url).name.startswith("Spring")
    shop.received.clear()
    shop.otherwise = (302, {"Location": "/round"}, b"")
    assert refused(way, shop.url) == "could not be read: it leads on and on"
    assert len(shop.received) == 4


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, {"Content-Type": "application/pdf"}, b"%PDF"), "it is not a web page"),
        ((200, {"Content-Type": "image/png"}, b"x"), "it is not a web page"),
        ((200, {}, b"<title>x</title>"), "it is not a web page"),
        ((404, HTML, b"<title>Not found</title>"), "it answered 404"),
        ((500, HTML, b""), "it answered 500"),
        ((302, HTML, b"no location"), "it answered 302"),
        ((200, HTML, b"x" * (3 * 1024 * 1024 + 1)), "it is too big"),
    ],
)  # fmt: skip
def test_what_is_no_page(
    shop: Receiver, way: Outgoing, answer: tuple[int, dict[str, str], bytes], why: str
) -> None:
    shop.answers = [answer]
    assert refused(way, shop.url) == f"could not be read: {why}"


@pytest.mark.parametrize(
    "url",
    ["", "shop.example", "ftp://shop.example/", "javascript:alert(1)", "http://", "https://user:pass@shop.example/",
     "http://shop.example:99999/", "http://" + "a" * 300 + ".example/", "http://[::1",
     "http://shop.example/" + "x" * 3000],
)  # fmt: skip
def test_what_is_no_address(way: Outgoing, url: str) -> None:
    assert refused(way, url) == "could not be read: it is no web address"


def test_addresses_as_people_write_them(shop: Receiver, way: Outgoing) -> None:
    shop.answers = [(200, HTML, b"<title>x</title>")]
    prefill.page(way, f" {shop.url}/قلم حبر?q=é&p=%20 ")
    assert shop.received[0].path == "/%D9%82%D9%84%D9%85%20%D8%AD%D8%A8%D8%B1?q=%C3%A9&p=%20"


@pytest.mark.parametrize("image", [pictures.SVG, pictures.with_a_zip(), b"", pictures.bomb(30_000, 30_000)])
def test_pictures_that_are_none_are_left_out(shop: Receiver, way: Outgoing, image: bytes) -> None:
    shop.answers = [(200, HTML, PAGE.encode()), (200, {"Content-Type": "image/png"}, image)]
    made = prefill.page(way, shop.url)
    assert (made.name, made.image_bytes) == ("Spring & Summer Lipstick", None)


@contextlib.contextmanager
def dripping(head: bytes) -> Iterator[str]:
    """A server that says a byte of a page each tenth of a second, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(head)
                while not over.wait(0.1):
                    peer.sendall(b"x")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        over.set()
        listener.close()
        thread.join(5)


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_whoever_drips_is_left(way: Outgoing, monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(prefill, "SECONDS", 0.6)
    began = time.monotonic()
    with dripping(head) as url:
        assert "no answer within" in refused(way, url)
    assert 0.5 < time.monotonic() - began < 2


async def test_no_more_than_some_are_read_at_a_time(
    shop: Receiver, way: Outgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefill, "_QUEUE", 2)
    monkeypatch.setattr(prefill, "_crew", ThreadPoolExecutor(1))
    shop.otherwise = (200, HTML, b"<title>x</title>")
    made = await asyncio.gather(*(prefill.ask(way, shop.url) for _ in range(4)), return_exceptions=True)
    assert [each.name for each in made if isinstance(each, prefill.Prefilled)] == ["x", "x"]
    assert len([each for each in made if isinstance(each, Spent)]) == 2
    assert (await prefill.ask(way, shop.url)).name == "x"
