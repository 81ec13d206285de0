"""Links and their shelves over the wire."""

import msgspec
import pytest

from hyway.domain import links
from tests.apis.hoko.conftest import World

LINK_KEYS = [
    "id",
    "url",
    "shortUrl",
    "qrCode",
    "title",
    "description",
    "image",
    "utm",
    "collectionId",
    "externalId",
    "tenantId",
    "partnerId",
    "expiresAt",
    "expiredUrl",
    "password",
    "cloaked",
    "ios",
    "android",
    "geo",
    "createdAt",
    "forwardQuery",
    "tagIds",
]
UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"


@pytest.fixture
async def collection(world: World) -> str:
    async with world.client() as client:
        return (await client.post("/api/collections", json=[{"name": "Links"}])).json()[0]["id"]


async def test_a_link_has_every_documented_key_in_order(world: World, collection: str) -> None:
    full = {
        "url": "https://example.com/a",
        "collectionId": collection.upper(),
        "title": "T",
        "description": None,
        "utm": {"source": "google", "medium": "cpc"},
        "expiresAt": "2030-01-01T00:00:00+02:00",
        "expiredUrl": "https://example.com/over",
        "password": "launch",
        "cloaked": True,
        "ios": "https://example.com/ios",
        "geo": {"sa": "https://example.com/sa"},
        "externalId": "e1",
        "shortId": "launch1",
        "unheardOf": 1,
    }
    async with world.client() as client:
        answer = await client.post("/api/links", json=[full])
        listed = await client.get("/api/links", params={"externalId": "e1"})
    assert answer.status_code == 201
    (link,) = answer.json()
    assert list(link) == LINK_KEYS
    assert link["shortUrl"] == "https://go.example/launch1"
    assert link["qrCode"] == (
        "https://go.example/qrcode?text=https%3A%2F%2Fgo.example%2Flaunch1%3Fqr%3D1&size=512&errorCorrection=H"
        "&foreground=000000&background=FFFFFF&margin=1&format=svg"
    )
    assert link["expiresAt"] == "2029-12-31T22:00:00Z"
    assert link["password"] == "launch"
    assert link["geo"] == {"SA": "https://example.com/sa"}
    assert (link["collectionId"], link["tagIds"], link["forwardQuery"]) == (collection, [], "visitor")
    assert listed.json() == answer.json()
    assert answer.headers["content-type"] == "application/json"


async def test_put_tells_absent_null_and_value_apart(world: World, collection: str) -> None:
    new = {"url": "https://a.example", "collectionId": collection, "title": "T", "tenantId": "t",
           "utm": {"source": "s", "medium": "m"}}  # fmt: skip
    async with world.client() as client:
        (made,) = (await client.post("/api/links", json=[new])).json()
        change = {"id": made["id"], "title": None, "utm": {"medium": None, "term": "x"}}
        answer = await client.put("/api/links", json=[change, {**new, "url": "https://b.example"}])
    assert answer.status_code == 200
    changed, added = answer.json()
    assert (changed["id"], changed["title"], changed["tenantId"]) == (made["id"], None, "t")
    assert changed["utm"] == {"source": "s", "term": "x"}
    assert added["url"] == "https://b.example"
    assert added["id"] != made["id"]


async def test_posting_an_id_makes_a_new_link(world: World, collection: str) -> None:
    async with world.client() as client:
        new = {"id": UNKNOWN, "url": "https://a.example", "collectionId": collection}
        answer = await client.post("/api/links", json=[new])
    assert answer.status_code == 201
    assert answer.json()[0]["id"] != UNKNOWN


async def test_a_link_on_a_domain_is_shown_with_its_name(world: World, collection: str) -> None:
    """Another API made it; it is this one's, too."""
    made = world.db.write_now(links.domains.create, world.by, links.NewDomain("brand.example"))
    found = links.Finding(True, True, "The record is there.")
    world.db.write_now(links.domains.settle, world.by, made.seq, found)
    wish = links.LinkChange(
        url="https://example.com/", collection_id=collection, short_id="abc", domain=made.seq
    )
    (link,) = world.db.write_now(links.put, world.by, [wish])
    async with world.client() as client:
        (shown,) = (await client.get("/api/links")).json()
    assert (shown["id"], shown["shortUrl"]) == (link.id, "https://brand.example/abc")
    assert shown["qrCode"].startswith(
        "https://go.example/qrcode?text=https%3A%2F%2Fbrand.example%2Fabc%3Fqr%3D1&"
    )


BAD_LINKS = [
    ({"url": "invalid-url"}, "[1].url must be an http or https URL"),
    ({"url": "javascript:alert(1)"}, "[1].url must be an http or https URL"),
    ({"url": "https://go.example/abc"}, "[1].url must not lead back to a short link"),
    ({"url": 7}, "[1].url must be text"),
    ({"url": None}, "[1].url must be text"),
    ({"collectionId": "nope"}, "[1].collectionId must be a UUID"),
    ({"collectionId": UNKNOWN}, "[1].collectionId names no collection of your workspace"),
    ({"geo": {"XX": "https://a.example"}}, "[1].geo knows no country XX"),
    ({"expiresAt": "2030-01-01T00:00:00"}, "[1].expiresAt must be an ISO 8601 date-time"),
    ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "[1].expiresAt must lie between the years 1970 and 9999"),
    ({"expiresAt": "0001-01-01T00:00:00Z"}, "[1].expiresAt must lie between the years 1970 and 9999"),
    ({"shortId": "🎉"}, "[1].shortId may only have letters"),
    ({"title": "x" * 1_000_000}, "[1].title must be at most 500 characters"),
    ({"title": "a\0b"}, "[1].title must not contain control characters"),
    ({"cloaked": 1}, "[1].cloaked must be true or false"),
    ({"utm": {"source": 1}}, "[1].utm must be text"),
    ({"utm": {"colour": "x"}}, "[1].utm knows no key colour"),
    ({"tagIds": ["x"]}, "[1].tagIds must be a UUID"),
    ({"tagIds": [UNKNOWN]}, "[1].tagIds names no tag of your workspace"),
    ({"forwardQuery": "sometimes"}, "[1].forwardQuery must be one of"),
    ({"externalId": "twice"}, "[1].externalId twice stands twice in this request"),
    ({"partnerId": UNKNOWN}, "[1].partnerId names no partner of your workspace"),
]


@pytest.mark.parametrize(("wrong", "en"), BAD_LINKS, ids=[en[:60] for _, en in BAD_LINKS])
async def test_a_bad_link_is_named_and_nothing_is_stored(world: World, collection: str, wrong, en) -> None:
    good = {"url": "https://a.example", "collectionId": collection, "externalId": "twice"}
    bad = {"url": "https://a.example", "collectionId": collection, **wrong}
    async with world.client() as client:
        answer = await client.post("/api/links", json=[good, bad])
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["en"].startswith(en)
        assert answer.json()["error"]["ar"].startswith(en.split()[0])
        assert (await client.get("/api/links")).json() == []


@pytest.mark.parametrize(
    ("body", "en"),
    [
        (b"", "The request body is empty"),
        (b"[{", "The request body is not valid JSON"),
        (b'[{"name":NaN}]', "The request body is not valid JSON"),
        (b'[{"name":"\xff"}]', "The request body is not valid JSON"),
        (b'[{"name":"\\ud800"}]', "The request body is not valid JSON"),
        (b"{}", "body must be a list"),
        (b"null", "body must be a list"),
        (b"[]", "The list must not be empty"),
        (b"[1]", "[0] must be an object"),
        (b"[{}]", "[0].name is required"),
        (b'[{"name":"a"},{"name":' + b"9" * 5_000 + b"}]", ""),
        (b'[{"name":' + b"[" * 100_000, ""),
        (b'[{"x":' + b"[" * 100_000, ""),
    ],
)
async def test_a_bad_body_is_400(world: World, body: bytes, en: str) -> None:
    async with world.client() as client:
        answer = await client.post("/api/tags", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["en"].startswith(en)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("shelf", ["links", "collections", "tags", "partners"])
async def test_10001_objects_are_refused(world: World, method: str, shelf: str) -> None:
    item = UNKNOWN if method == "DELETE" else {"name": "a", "url": "https://a.example", "collectionId": "x"}
    async with world.client() as client:
        answer = await client.request(method, f"/api/{shelf}", json=[item] * 10_001)
    assert answer.status_code == 400
    assert answer.json()["error"]["en"] == "At most 10000 objects may be sent in one request"


@pytest.mark.parametrize(
    "query",
    ["take=0", "take=10001", "take=abc", "take=1.5", "take=", "take=1&take=2", "skip=-1", "sort=up",
     "sort=ASC", "skip=99999999999999999999", "id=x", "partnerId=x", "externalId=%00", "externalId=%FF",
     "take=%D9%A1"],
)  # fmt: skip
async def test_a_bad_query_is_400(world: World, query: str) -> None:
    async with world.client() as client:
        answer = await client.get(f"/api/links?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["en"].startswith(query.split("=")[0])


async def test_an_unknown_filter_finds_nothing_and_unknown_parameters_are_ignored(
    world: World, collection
) -> None:
    async with world.client() as client:
        for query in (
            f"id={UNKNOWN}",
            "externalId=none",
            f"partnerId={UNKNOWN}&tenantId=a+b",
            "wat=%FF&id=" + UNKNOWN,
        ):
            answer = await client.get(f"/api/links?{query}")
            assert (answer.status_code, answer.json()) == (200, [])


async def test_deleting_twice_is_400(world: World, collection: str) -> None:
    async with world.client() as client:
        (made,) = (
            await client.post("/api/links", json=[{"url": "https://a.example", "collectionId": collection}])
        ).json()
        bad = await client.request("DELETE", "/api/links", json=[made["id"], "invalid-id"])
        gone = await client.request("DELETE", "/api/links", json=[made["id"], made["id"].upper()])
        again = await client.request("DELETE", "/api/links", json=[made["id"]])
    assert bad.json()["error"]["en"] == "[1] must be a UUID"
    assert (gone.status_code, gone.json()) == (200, {"deletedIds": [made["id"]]})
    assert again.status_code == 400
    assert again.json()["error"]["en"] == "[0] names no link of your workspace"


async def test_the_three_shelves(world: World) -> None:
    async with world.client() as client:
        for shelf, new, change, keys in (
            ("collections", {"name": "A"}, {"description": "d"}, "id name description createdAt updatedAt"),
            ("tags", {"name": "A"}, {"color": "blue"}, "id name color"),
            ("partners", {"name": "A", "email": "a@b.example"}, {"email": None},
             "id name email phone createdAt updatedAt"),
        ):  # fmt: skip
            made = await client.post(f"/api/{shelf}", json=[new])
            assert made.status_code == 201
            assert list(made.json()[0]) == keys.split()
            changed = await client.put(f"/api/{shelf}", json=[{"id": made.json()[0]["id"], **change}])
            assert changed.status_code == 200
            ((name, value),) = change.items()
            assert changed.json()[0][name] == value
            assert (await client.get(f"/api/{shelf}?id={made.json()[0]['id']}")).json() == changed.json()
            gone = await client.request("DELETE", f"/api/{shelf}", json=[made.json()[0]["id"]])
            assert gone.json() == {"deletedIds": [made.json()[0]["id"]]}
            assert (await client.get(f"/api/{shelf}")).json() == []


async def test_a_plan_without_the_feature_is_403_without_scopes(db, world: World) -> None:
    from tests.apis.hoko.conftest import organization

    small = World(db, world.app, organization(db, "Small", "free"), "")
    async with world.client(small.new_key()) as client:
        (shelf,) = (await client.post("/api/collections", json=[{"name": "A"}])).json()
        new = {"url": "https://a.example", "collectionId": shelf["id"], "cloaked": True}
        answer = await client.post("/api/links", json=[new])
    assert answer.status_code == 403
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["en"] == "[0]: your plan does not include link cloaking"


def test_all_colours_and_utm_keys_are_documented() -> None:
    from hyway.apis import hoko

    document = msgspec.json.decode(hoko.openapi())
    schemas = document["components"]["schemas"]
    assert schemas["TagNew"]["properties"]["color"]["enum"] == list(links.TAG_COLORS)
    assert set(schemas["LinkNew"]["properties"]["utm"]["anyOf"][0]["properties"]) == set(links.UTM_KEYS)
