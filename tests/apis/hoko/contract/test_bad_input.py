"""Input that a careless or a malicious caller sends, each with what it is told."""

import pytest

from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import refusal_differs
from tests.apis.hoko.contract.guard import Guard
from tests.apis.hoko.contract.stage import Party

_LOOP = "must not lead back to a short link"
_URL = "must be an http or https URL"
_DATE = "must be an ISO 8601 date-time with a time zone, such as 2026-12-31T23:59:00Z"

# Field, value, what follows the place in English.
BAD = [
    ("url", "invalid-url", _URL),
    ("url", "javascript:alert(1)", _URL),
    ("url", "JaVaScRiPt:alert(1)", _URL),
    ("url", "data:text/html,<script>alert(1)</script>", _URL),
    ("url", "vbscript:x", _URL),
    ("url", "file:///etc/passwd", _URL),
    ("url", "//example.com", _URL),
    ("url", "https://", _URL),
    ("url", "https://example.com:99999", _URL),
    ("url", "https://example.com\\@evil.example", _URL),
    ("url", " https://example.com", _URL),
    ("url", "https://exa\nmple.com", _URL),
    ("url", "https://[::1", _URL),
    ("url", "https://go.example/abc", _LOOP),
    ("url", "http://go.example/abc", _LOOP),
    ("url", "https://GO.example:443/abc", _LOOP),
    ("url", "https://user:word@go.example/abc", _LOOP),
    ("url", "https://go.example./abc", _LOOP),
    ("url", "https://go%2Eexample/abc", _URL),
    ("url", "https://ｇｏ.example/abc", _LOOP),
    ("url", "https://go。example/abc", _LOOP),
    ("ios", "https://go.example/abc", _LOOP),
    ("android", "https://go.example/abc", _LOOP),
    ("expiredUrl", "https://go.example/abc", _LOOP),
    ("geo", {"US": "https://go.example/abc"}, _LOOP),
    ("geo", {"XX": "https://a.example"}, "knows no country XX"),
    ("geo", {"USA": "https://a.example"}, "knows no country USA"),
    ("geo", {"": "https://a.example"}, "knows no country "),
    ("geo", {"US": "javascript:alert(1)"}, _URL),
    ("image", "javascript:alert(1)", _URL),
    ("expiresAt", "2030-01-01T00:00:00", _DATE),
    ("expiresAt", "2030-01-01", _DATE),
    ("shortId", "🎉", "may only have letters A to Z, digits, hyphens and underscores"),
    ("shortId", "", "must have 1 to 64 characters"),
    ("shortId", "x" * 65, "must have 1 to 64 characters"),
    ("shortId", "api", "is a reserved word"),
    ("shortId", "console", "is a reserved word"),
    ("shortId", "qrcode", "is a reserved word"),
    ("shortId", "OpenAPI", "is a reserved word"),
    ("title", "x" * 1_048_576, "must be at most 500 characters"),
    ("title", "a\0b", "must not contain control characters"),
    ("password", "a\0b", "must not contain control characters"),
    ("tenantId", "a\0b", "must not contain control characters"),
    ("externalId", "same", "same stands twice in this request"),
    ("externalId", "ours-link", "ours-link is taken by another link"),
    ("shortId", "taken1", "is taken by another link"),
]  # fmt: skip


async def test_a_bad_link_is_told_so_and_none_is_stored(ours: Party) -> None:
    good = {"url": "https://a.example", "collectionId": ours.collection}
    async with ours.world.client() as client:
        await client.post("/api/links", json=[{**good, "shortId": "taken1"}])
        guard = Guard(ours.world.db)
        for field, value, en in BAD:
            answer = await client.post(
                "/api/links", json=[{**good, "externalId": "same"}, {**good, field: value}]
            )
            what = f"{field}={ascii(value)[:60]}"
            guard.check(what, answer, 400, f"[1].{field} {en}", whole=True)
            if answer.status_code == 400 and not answer.json()["error"]["ar"].startswith(f"[1].{field}: "):
                guard.found.append(f"{what}: the Arabic names no place")
    guard.judge()


@pytest.mark.parametrize("field", ["ios", "android", "expiredUrl", "url"])
async def test_a_loop_is_refused_in_a_change_too(field: str, ours: Party) -> None:
    async with ours.world.client() as client:
        answer = await client.put("/api/links", json=[{"id": ours.link, field: "https://go.example/x"}])
    assert answer.json()["error"]["en"] == f"[0].{field} {_LOOP}"


async def test_a_destination_that_only_looks_like_ours_is_fine(ours: Party) -> None:
    urls = [
        "https://go.example.org/a", "https://a.example/?u=https://go.example/x", "https://sub.go.example/",
        "https://user@a.example/", "https://münchen.example/straße", "https://a.example/%F0%9F%8E%89?q=🎉",
    ]  # fmt: skip
    async with ours.world.client() as client:
        new = [{"url": url, "collectionId": ours.collection} for url in urls]
        answer = await client.post("/api/links", json=new)
    assert answer.status_code == 201, answer.text
    assert [link["url"] for link in answer.json()] == urls


@pytest.mark.parametrize("shelf", ["links", "collections", "tags", "partners"])
async def test_deleting_twice_is_told_so(shelf: str, ours: Party) -> None:
    noun = shelf.removesuffix("s")
    gone = ours.ids[noun]
    async with ours.world.client() as client:
        once = await client.request("DELETE", f"/api/{shelf}", json=[gone, gone.upper(), gone])
        before = stage.dump(ours.world.db)
        again = await client.request("DELETE", f"/api/{shelf}", json=[gone])
        changed = await client.put(f"/api/{shelf}", json=[{"id": gone, "name": "x"}])
        found = await client.get(f"/api/{shelf}?id={gone}")
    assert (once.status_code, once.json()) == (200, {"deletedIds": [gone]})
    for answer, place in ((again, "[0]"), (changed, "[0].id")):
        assert refusal_differs(answer, 400) == ""
        assert answer.json()["error"]["en"] == f"{place} names no {noun} of your workspace"
    assert found.json() == []
    assert stage.changed(before, stage.dump(ours.world.db)) == []


async def test_a_deleted_link_frees_its_external_id_but_not_its_short_id(ours: Party) -> None:
    new = {"url": "https://a.example", "collectionId": ours.collection}
    async with ours.world.client() as client:
        await client.request("DELETE", "/api/links", json=[ours.link])
        free = await client.post("/api/links", json=[{**new, "externalId": "ours-link"}])
        kept = await client.post("/api/links", json=[{**new, "shortId": ours.short_id}])
        clicks = await client.get(f"/api/analytics?linkId={ours.link}")
    assert free.status_code == 201
    assert kept.json()["error"]["en"] == "[0].shortId is taken by another link"
    assert [click["id"] for click in clicks.json()] == [ours.click]


async def test_a_deleted_collection_keeps_its_links_and_takes_no_more(ours: Party) -> None:
    async with ours.world.client() as client:
        await client.request("DELETE", "/api/collections", json=[ours.collection])
        (kept,) = (await client.get("/api/links")).json()
        changed = await client.put("/api/links", json=[{"id": ours.link, "title": "still"}])
        new = {"url": "https://a.example", "collectionId": ours.collection}
        refused = await client.post("/api/links", json=[new])
    assert (kept["id"], kept["collectionId"]) == (ours.link, ours.collection)
    assert changed.status_code == 200
    assert refused.json()["error"]["en"] == "[0].collectionId names no collection of your workspace"


async def test_deleting_a_tag_takes_it_from_its_links(ours: Party) -> None:
    async with ours.world.client() as client:
        (before,) = (await client.get("/api/links")).json()
        await client.request("DELETE", "/api/tags", json=[ours.tag])
        (after,) = (await client.get("/api/links")).json()
    assert (before["tagIds"], after["tagIds"]) == ([ours.tag], [])


BOUNDS = [
    ("take=0", "take must be at least 1"), ("take=10001", "take must be at most 10000"),
    ("skip=-1", "skip must be at least 0"), ("sort=newest", "sort must be one of asc, desc"),
]  # fmt: skip


async def test_a_page_has_its_bounds(ours: Party) -> None:
    guard = Guard(ours.world.db)
    async with ours.world.client() as client:
        for shelf in ("links", "collections", "tags", "partners", "customers", "analytics"):
            for query, en in BOUNDS:
                guard.check(
                    f"{shelf}?{query}", await client.get(f"/api/{shelf}?{query}"), 400, en, whole=True
                )
            assert (await client.get(f"/api/{shelf}?take=10000&skip=0")).status_code == 200
    guard.judge()


async def test_what_json_allows_is_stored_and_shown_again(ours: Party) -> None:
    """Text of the whole world, and metadata that no column type would like."""
    said = {"a": "\0\x1f", "🎉": ["\u2028", 1e300, -0.0, 2**70, None, {"": ""}], "__proto__": {"x": 1}}
    title = "عنوان 🎉 \u202eolleh <b>&amp;</b> '; DROP TABLE links; --"
    who = {"customerExternalId": "x' OR 1=1", "customerName": "O'Brien 李雷"}
    async with ours.world.client() as client:
        link = await client.put("/api/links", json=[{"id": ours.link, "title": title}])
        lead = await client.post(
            "/api/track/lead", json={"clickId": ours.click, "eventName": "ä", "metadata": said, **who}
        )
        found = await client.get("/api/customers", params={"externalId": who["customerExternalId"]})
    assert link.json()[0]["title"] == title
    assert lead.status_code == 201, lead.text
    assert lead.json()["lead"]["metadata"] == said
    assert [each["name"] for each in found.json()] == [who["customerName"]]
