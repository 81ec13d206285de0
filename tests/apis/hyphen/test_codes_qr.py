"""QR codes of short codes: every body that some client sends, and pictures that can be read."""

import base64
import io
import re
import threading
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import text

from hyway.domain import links
from hyway.domain.links import NewQr, NewShortCode, ShortCode
from tests.apis.hyphen.conftest import Acme, refused

ID = re.compile("lqr_[0-9a-f]{24}")
PNG = "data:image/png;base64,"
SIDES = {"small": 256, "medium": 512, "large": 1024}


def make(acme: Acme, **more: Any) -> ShortCode:
    new = NewShortCode("https://hyphen.ai/", more.pop("domain", "go.example"), **more)
    return acme.db.write_now(links.short_codes.create, acme.by, new)


def logo(kind: str = "PNG", side: int = 300) -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot((side, side), (-2, -1.5, 1, 1.5), 50).convert("RGB").save(out, kind)
    return out.getvalue()


def picture(made: dict[str, Any]) -> Image.Image:
    assert made["qrCode"].startswith(PNG)
    seen = Image.open(io.BytesIO(base64.b64decode(made["qrCode"].removeprefix(PNG), validate=True)))
    assert seen.format == "PNG"
    return seen.convert("RGB")


def read(made: dict[str, Any]) -> str:
    (found,) = zxingcpp.read_barcodes(picture(made))
    return str(found.text)


def qrs(acme: Acme, of: ShortCode) -> str:
    return f"{acme.base}/link/codes/{of.id}/qrs"


async def create(acme: Acme, of: ShortCode, **sent: Any) -> httpx.Response:
    async with acme.client() as client:
        return await client.post(qrs(acme, of), **sent)


OPTIONS = {"title": "Poster", "size": "large", "backgroundColor": "#FFEEDD", "color": "#112233"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
TEXT_LOGO = base64.b64encode(logo()).decode()
BODIES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "nothing of JSON": {"headers": {"content-type": "application/json"}},
    "null": {"json": None, "content": b"null", "headers": {"content-type": "application/json"}},
    "an empty object": {"json": {}},
    "the organization": {"json": {"organizationId": "org_1"}},
    "nulls": {"json": {"title": None, "size": None, "color": None, "backgroundColor": None, "logo": None}},
    "a form with an empty field": {"files": {"title": (None, "")}},
    **{
        f"a form of {len(spelt)} bytes": {"content": spelt, "headers": FORM}
        for spelt in (b"", b"--x--\r\n", b"--x\r\n--x--\r\n", b"--x\r\n\r\n--x--\r\n")
    },
}
WHOLE: dict[str, dict[str, Any]] = {
    "JSON": {"json": OPTIONS},
    "JSON with a logo": {"json": {**OPTIONS, "logo": TEXT_LOGO}},
    "JSON with a data address": {"json": {**OPTIONS, "logo": f"data:image/png;base64,{TEXT_LOGO}"}},
    "a form": {"files": {name: (None, value) for name, value in OPTIONS.items()}},
    "a form with a file": {"data": OPTIONS, "files": {"logo": ("logo.png", logo(), "image/png")}},
    "a form with a nameless kind": {"data": OPTIONS, "files": {"logo": ("blob", logo("JPEG"))}},
}


@pytest.mark.parametrize("how", BODIES)
async def test_everything_may_be_left_out(acme: Acme, how: str) -> None:
    of = make(acme, code="poster")
    sent = {name: value for name, value in BODIES[how].items() if not (name == "json" and value is None)}
    answer = await create(acme, of, **sent)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made.keys() == {"id", "qrCode", "qrLink"}
    assert ID.fullmatch(made["id"])
    assert made["qrLink"] == f"https://go.example/poster?qr={made['id']}" == read(made)
    seen = picture(made)
    assert seen.size == (512, 512)
    assert {color for _, color in seen.getcolors() or ()} == {(0, 0, 0), (255, 255, 255)}


@pytest.mark.parametrize("how", WHOLE)
async def test_every_form_of_options_is_taken(acme: Acme, how: str) -> None:
    answer = await create(acme, make(acme), **WHOLE[how])
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["title"] == "Poster"
    assert read(made) == made["qrLink"]
    seen = picture(made)
    assert seen.size == (1024, 1024)
    assert seen.getpixel((0, 0)) == (0xFF, 0xEE, 0xDD)
    colors = {color for _, color in seen.getcolors(2**20) or ()}
    assert (0x11, 0x22, 0x33) in colors
    assert (len(colors) > 2) == ("logo" in how or "file" in how or "data" in how or "kind" in how)


@pytest.mark.parametrize("size", SIDES)
@pytest.mark.parametrize("code", ["a", "z" * 64])
async def test_a_code_with_a_logo_can_be_read_at_every_size(acme: Acme, size: Any, code: str) -> None:
    made = links.kept_qr.drawn(f"https://{'long.' * 10}example.com/{code}", NewQr(size=size, logo=logo()))
    with Image.open(io.BytesIO(made.png)) as seen:
        assert seen.size == (SIDES[size], SIDES[size])
        (found,) = zxingcpp.read_barcodes(seen.convert("RGB"))
    assert found.text.endswith(f"/{code}?qr={made.id}")
    assert len(made.png) < 100_000


async def test_they_are_listed_shown_and_deleted(acme: Acme) -> None:
    of = make(acme)
    first, second = [(await create(acme, of, json={"title": str(n)})).json() for n in (1, 2)]
    url = qrs(acme, of)
    async with acme.client() as client:
        for end in ("", "/"):
            page = (await client.get(f"{url}{end}?pageNum=1&pageSize=5")).json()
            assert page == {"total": 2, "pageNum": 1, "pageSize": 5, "data": [second, first]}
        assert (await client.get(f"{url}?pageNum=2&pageSize=1")).json()["data"] == [first]
        assert (await client.get(f"{url}/{first['id']}")).json() == first
        answer = await client.delete(f"{url}/{first['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        for method in ("GET", "DELETE"):
            said = f"Resource with id '{first['id']}' not found or you do not have permission to access it."
            refused(await client.request(method, f"{url}/{first['id']}"), 404, said)
        assert (await client.get(url)).json()["data"] == [second]


async def test_they_are_one_links_alone(acme: Acme) -> None:
    of, other = make(acme), make(acme)
    made = (await create(acme, of)).json()
    theirs = acme.db.write_now(
        links.short_codes.create, acme.elsewhere.by, NewShortCode("https://hyphen.ai/", "localhost")
    )
    async with acme.client() as client, acme.stranger() as stranger:
        for method in ("GET", "DELETE"):
            refused(await client.request(method, f"{qrs(acme, other)}/{made['id']}"), 404)
            at = f"{acme.elsewhere.base}/link/codes/{theirs.id}/qrs/{made['id']}"
            refused(await stranger.request(method, at), 404)
        refused(await stranger.post(f"{acme.elsewhere.base}/link/codes/{of.id}/qrs"), 404)
        assert (await client.get(f"{qrs(acme, of)}/{made['id']}")).json() == made


async def test_they_go_with_their_link(acme: Acme) -> None:
    of = make(acme)
    made = (await create(acme, of)).json()
    acme.db.write_now(links.drop, acme.by, [of.link.id])
    async with acme.client() as client:
        for path in ("", f"/{made['id']}"):
            refused(await client.get(f"{qrs(acme, of)}{path}"), 404)
        refused(await client.post(qrs(acme, of)), 404)
    assert acme.db.read_now(lambda r: r.run(text("SELECT id FROM link_qrs")).all()) == []


async def test_members_look_and_administrators_make(acme: Acme) -> None:
    of = make(acme)
    made = (await create(acme, of)).json()
    async with acme.client(of=acme.member) as member:
        assert (await member.get(f"{qrs(acme, of)}/{made['id']}")).json() == made
        refused(await member.post(qrs(acme, of)), 403, "You do not have permission to update links")
        refused(await member.delete(f"{qrs(acme, of)}/{made['id']}"), 403)


BIG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * links.kept_qr.BIGGEST_LOGO).decode()
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"json": []}, "body must be object"),
    ({"json": {"title": {}}}, "body/title must be string"),
    ({"json": {"title": "x" * 501}}, "body/title must NOT have more than 500 characters"),
    ({"json": {"size": "huge"}}, "body/size must be equal to one of the allowed values"),
    ({"json": {"color": "red"}}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
    ({"json": {"color": "#000000\n"}}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
    ({"json": {"backgroundColor": "#fff"}}, 'body/backgroundColor must match pattern "^#[0-9a-fA-F]{6}$"'),
    ({"json": {"color": "#ABCDEF", "backgroundColor": "#abcdef"}}, "body/color must differ from backgroundColor"),
    ({"json": {"logo": 7}}, "body/logo must be string"),
    ({"json": {"logo": "!!!"}}, "body/logo must be base64"),
    ({"json": {"logo": "aGVsbG8="}}, "body/logo has an invalid content type"),
    ({"json": {"logo": BIG}}, "body/logo is too big (maximum is 5 MB)"),
    ({"files": {"logo": ("x.svg", b"<svg xmlns='x'/>")}}, "body/logo has an invalid content type"),
    ({"files": {"logo": ("x.png", logo()[:500])}}, "body/logo is not a valid image"),
    ({"files": {"title": ("x.txt", b"a file")}}, "body/title must be string"),
    ({"content": b"{", "headers": {"content-type": "application/json"}}, "Body is not valid JSON"),
    ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, "Body is not a valid form"),
    ({"content": b"--x\r\nContent-", "headers": FORM}, "Body is not a valid form"),
]  # fmt: skip


async def test_what_breaks_a_rule_is_not_drawn(acme: Acme) -> None:
    of = make(acme)
    for sent, said in WRONG:
        refused(await create(acme, of, **sent), 400, said)
    refused(await create(acme, of, files=[("x", (None, "y"))] * 101), 400, "Body is not a valid form")
    async with acme.client() as client:
        assert (await client.get(qrs(acme, of))).json()["total"] == 0


HUGE = base64.b64encode(bytes(2 * links.kept_qr.BIGGEST_LOGO)).decode()


async def test_a_large_logo_is_read_apart_from_other_requests(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, known, on = make(acme), base64.b64decode, []

    def decode(*args: Any, **more: Any) -> bytes:
        on.append(threading.current_thread())
        return known(*args, **more)

    monkeypatch.setattr(base64, "b64decode", decode)
    refused(await create(acme, of, json={"logo": BIG}), 400, "body/logo is too big (maximum is 5 MB)")
    assert len(on) == 1
    assert threading.main_thread() not in on
    # Nobody takes the trouble to read one that cannot be small enough.
    refused(await create(acme, of, json={"logo": HUGE}), 400, "body/logo is too big (maximum is 5 MB)")
    assert len(on) == 1


@pytest.mark.parametrize("spelt", ["folded", "with blanks", "for addresses", "unfilled"])
async def test_base64_is_written_in_several_ways(acme: Acme, spelt: str) -> None:
    text = base64.b64encode(logo()).decode()
    sent = {
        "folded": base64.encodebytes(logo()).decode(),
        "with blanks": f" data:image/png;base64, {text} ",
        "for addresses": base64.urlsafe_b64encode(logo()).decode(),
        "unfilled": text.rstrip("="),
    }[spelt]
    assert (await create(acme, make(acme), json={"logo": sent})).status_code == 201


async def test_a_link_has_so_many(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links.kept_qr, "MOST", 2)
    of = make(acme)
    for _ in range(2):
        assert (await create(acme, of)).status_code == 201
    refused(await create(acme, of), 409, "A link has at most 2 QR codes")


async def test_other_operations_take_no_forms(acme: Acme) -> None:
    form = {"long_url": (None, "https://x.example/"), "domain": (None, "go.example")}
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/link/codes", files=form), 400, "Body is not valid JSON")
