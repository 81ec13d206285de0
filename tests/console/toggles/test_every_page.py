"""Every page and every form of toggles, as those meet them who may not, and who send forgeries."""

import re

from hyway.domain import audit, toggles
from hyway.domain.toggles import NewSegment, NewToggle, SegmentChange, ToggleChange
from tests.console.conftest import Browser
from tests.console.projects.conftest import Place

NAMED = re.compile(r"\{(\w+)(:str)?\}")
EVIL = "<script>alert(1)</script>\"'{{7*7}}"
ODD = ("nowhere", "%00", "..%2f..%2fetc", "A" * 300, "tgl_" + "0" * 24, "%F0%9F%98%80", "new")


def addresses(place: Place, method: str) -> list[str]:
    """The paths of these pages that take the method, with their parameters."""
    found = [route for route in place.app.routes if method in getattr(route, "methods", ())]  # type: ignore[attr-defined]
    paths = sorted({NAMED.sub(r"{\1}", route.path_format) for route in found})
    return [path for path in paths if re.match(r"/console/(toggles|segments|public-keys)(/|$)", path)]


def filled(place: Place, path: str) -> str:
    return NAMED.sub(lambda found: place.ids[found[1]], path)


async def test_nobody_and_no_stranger_comes_in(shop: Place) -> None:
    assert len(addresses(shop, "GET")) > 12
    assert len(addresses(shop, "POST")) > 8
    nobody, stranger = await shop.browser(), await shop.browser("stranger")
    for method in ("GET", "POST"):
        for path in addresses(shop, method):
            answer = await nobody.http.request(method, filled(shop, path))
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/console/sign-in"), path
            if "{" in path:
                to = filled(shop, path)
                told = await (
                    stranger.see(to) if method == "GET" else stranger.send(to, confirmed="yes", version="1")
                )
                assert told.status_code == 404, (method, path)


async def test_no_form_is_taken_that_is_not_ours(shop: Place, owner: Browser) -> None:
    before = len(shop.db.read_now(audit.recent, shop.by(), most=500))
    for path in addresses(shop, "POST"):
        to = filled(shop, path)
        assert (await owner.send(to, csrf="0" * 40, confirmed="yes")).status_code == 403, path
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await owner.send(to, headers=foreign, confirmed="yes")).status_code == 403, path
    assert len(shop.db.read_now(audit.recent, shop.by(), most=500)) == before


async def test_odd_ids_find_nothing(shop: Place, owner: Browser) -> None:
    await owner.see("/console/toggles")
    for id in ODD:
        for path in [each for each in addresses(shop, "GET") if "{" in each]:
            if (id, path) == ("new", "/console/public-keys/{key}"):
                continue  # which is the form of a new one
            answer = await owner.see(NAMED.sub(id, path))
            assert answer.status_code in (400, 404), (id, path, answer.status_code)
    for path in [each for each in addresses(shop, "POST") if "{" in each]:
        answer = await owner.send(NAMED.sub("nowhere", path), confirmed="yes", version="1")
        assert answer.status_code == 404, (path, answer.status_code)


async def test_nothing_that_people_type_is_markup(shop: Place, owner: Browser) -> None:
    db, by = shop.db, shop.by()
    evil = '{"==": [{"var": "customAttributes.<script>alert(1)</script>"}, "<script>alert(2)</script>"]}'
    db.write_now(
        toggles.create, by, "shop", NewToggle("evil", "string", ((evil, EVIL),), EVIL, EVIL, (EVIL,))
    )
    wish = ToggleChange(default_value=EVIL + "2", description=EVIL + "2", targets=((evil, EVIL + "3"),))
    db.write_now(toggles.change, by, "shop", "evil", wish)
    db.write_now(toggles.segments.create, by, "shop", NewSegment("evil", EVIL, evil, EVIL, (EVIL,)))
    db.write_now(toggles.segments.change, by, "shop", "evil", SegmentChange(name=EVIL + "2"))
    key = db.write_now(toggles.public_keys.create, by, "shop", EVIL)
    shop.ids.update(toggle="evil", segment="evil", key=key.id)
    told = {"x.key": EVIL, "x.name": EVIL, "x.value": EVIL, "q": EVIL}
    for path in addresses(shop, "GET"):
        answer = await owner.see(filled(shop, path), params=told)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not re.search(r"<[^>]+ (style|on\w+)=", answer.text), path
        assert not re.search(r"<script(?![^>]* src=)", answer.text), path
