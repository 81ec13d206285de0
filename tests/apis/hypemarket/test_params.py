"""What is sent, in every way that a Rails application reads: root keys, flat JSON, forms, casts, and what is broken."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.apis.hypemarket import bodies, params
from hyway.apis.hypemarket.params import Root, Upload
from hyway.apis.hypemarket.style import BadRequest
from hyway.kernel.faults import Invalid, Several
from tests.apis.hypemarket.conftest import World

BAD_REQUEST = {"status": 400, "error": "Bad Request"}
ORGANIZATIONS = "/organizations.json"
JSON = {"Content-Type": "application/json"}

THING = Root(
    "thing",
    title="TestedThing",
    name=params.text(),
    count=params.whole(),
    size=params.whole(),
    ready=params.flag(),
    places=params.texts(),
    brief=params.text(wraps=False),
    banner=params.picture(),
)
LOOSE = Root("thing", required=False, title="LooseThing", name=params.text())
BARE = Root(None, title="BareThing", ready=params.flag())


def cast(**fields: Any) -> dict[str, Any]:
    return THING.sent({"thing": fields}, None).fields


def faults(**fields: Any) -> list[tuple[str, str]]:
    return [(each.field, each.message) for each in THING.sent({"thing": fields}, None).faults]


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"",
        b"[]",
        b'"x"',
        b"null",
        b"5",
        b'{"organization":{}}',
        b'{"organization":"x"}',
        b'{"organization":null}',
        b'{"organization":["name"]}',
        b'{"organization":{"bogus":1}}',
        b'{"organization":{"name":["a"]}}',
        b'{"bogus":1}',
        b'{"purge_logo":"1"}',
    ],
)
async def test_what_lacks_its_root_is_a_bad_request(world: World, body: bytes) -> None:
    async with world.client() as client:
        for path, verb in ((ORGANIZATIONS, client.post), (f"/organizations/{world.id}.json", client.patch)):
            answer = await verb(path, content=body, headers=JSON)
            assert (answer.status_code, answer.json()) == (400, BAD_REQUEST), path
            assert answer.headers["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "application/xml"])
async def test_only_json_and_forms_are_read(world: World, kind: str) -> None:
    async with world.client() as client:
        body = b'{"organization":{"name":"New"}}'
        answer = await client.post(ORGANIZATIONS, content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()) == (400, BAD_REQUEST)


async def test_flat_json_is_wrapped(world: World) -> None:
    async with world.client() as client:
        made = await client.post(ORGANIZATIONS, json={"name": "Flat", "website": "https://flat.example"})
        assert (made.status_code, made.json()["name"]) == (201, "Flat")
        assert made.json()["website"] == "https://flat.example"


def test_only_columns_are_wrapped_and_only_without_the_root() -> None:
    flat = {"name": "a", "brief": "b", "banner": None, "other": 1}
    assert THING.sent(flat, flat).fields == {"name": "a"}
    both = {"name": "a", "thing": {"count": 1}}
    assert THING.sent(both, both).fields == {"count": 1}
    assert THING.sent(flat, None).missing, "forms are not wrapped"


def test_some_operations_need_no_root() -> None:
    assert LOOSE.sent({}, {}).missing is False
    assert LOOSE.sent({"thing": {}}, {}).missing is False
    assert LOOSE.sent({"name": "a"}, {"name": "a"}).fields == {"name": "a"}
    assert BARE.sent({"ready": True}, None).fields == {"ready": True}


async def test_unknown_fields_are_passed_over(world: World) -> None:
    async with world.client() as client:
        sent = {"organization": {"name": "New", "plan": "business", "id": 5, "owner": {"a": 1}}, "x": 1}
        made = await client.post(ORGANIZATIONS, json=sent)
        assert (made.status_code, made.json()["name"]) == (201, "New")


def test_lists_and_single_values_are_not_taken_for_each_other() -> None:
    assert cast(name="a", count=[1], places="US", brief={"a": 1}) == {"name": "a"}
    assert cast(places=["US", None, "", "GB", 5]) == {"places": ["US", "GB", "5"]}
    assert cast(name="a", places=["US", ["GB"]]) == {"name": "a"}
    assert cast(name="a", places=[{"a": 1}]) == {"name": "a"}
    assert cast(places=[]) == {"places": []}


@pytest.mark.parametrize("body", [b"{", b'{"a":', b"\xff", b'{"a":"\\ud800"}', b"{'a':1}", b"[" * 100_000])
async def test_broken_json_is_a_bad_request(world: World, body: bytes) -> None:
    async with world.client() as client:
        answer = await client.post(ORGANIZATIONS, content=body, headers=JSON)
        assert (answer.status_code, answer.json()) == (400, BAD_REQUEST)
        unsaid = await client.post(ORGANIZATIONS, content=body, headers={**JSON, "Accept": "*/*"})
        assert unsaid.status_code == 400
        assert unsaid.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("query", ["a=%zz", "a=%", "%f", "a=%ff", "a=1&a[b]=2", "a[]=1&a[b]=2"])
async def test_a_broken_query_is_a_bad_request(world: World, query: str) -> None:
    async with world.client() as client:
        answer = await client.get(f"/me/access_tokens.json?{query}")
        assert (answer.status_code, answer.json()) == (400, BAD_REQUEST)


async def test_text_that_no_database_takes_is_a_bad_request(world: World) -> None:
    async with world.client() as client:
        answer = await client.post(ORGANIZATIONS, json={"organization": {"name": "a\0b"}})
        assert (answer.status_code, answer.json()) == (400, BAD_REQUEST)
        form = await client.post(
            ORGANIZATIONS,
            content=b"organization[name]=a%00b",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert form.status_code == 400


async def test_forms_say_the_same(world: World) -> None:
    async with world.client() as client:
        sent = {"organization[name]": "Förm", "organization[privacy_setting]": "public", "commit": "Save"}
        made = await client.post(ORGANIZATIONS, data=sent)
        assert (made.status_code, made.json()["name"]) == (201, "Förm")
        whole = await client.post(
            ORGANIZATIONS, files={"organization[name]": (None, "Parts"), "organization[website]": (None, "")}
        )
        assert (whole.status_code, whole.json()["name"], whole.json()["website"]) == (201, "Parts", None)
        asked = await client.post(f"{ORGANIZATIONS}?organization[name]=Asked")
        assert (asked.status_code, asked.json()["name"]) == (201, "Asked")


@pytest.mark.parametrize(
    "body",
    [
        b"organization=x&organization[name]=y",
        b"organization[name]=%zz",
        b"organization[name]=%ff",
        b"&".join(b"a%d=1" % number for number in range(5_000)),
    ],
)
async def test_a_broken_form_is_a_bad_request(world: World, body: bytes) -> None:
    async with world.client() as client:
        answer = await client.post(
            ORGANIZATIONS, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert (answer.status_code, answer.json()) == (400, BAD_REQUEST)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"x"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),
        ("multipart/form-data; boundary=" + "b" * 5_000, b"--b--"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n1\r\n--b--\r\n"),
    ],
)
async def test_a_broken_multipart_form_is_a_bad_request(world: World, kind: str, body: bytes) -> None:
    async with world.client() as client:
        answer = await client.post(ORGANIZATIONS, content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()) == (400, BAD_REQUEST)


def test_names_of_forms_nest() -> None:
    found = bodies.nested(
        [
            ("a[b]", "1"),
            ("a[c][]", "2"),
            ("a[c][]", "3"),
            ("d", "4"),
            ("a[e][f]", "5"),
            ("g[]", "6"),
            ("h[", "7"),
        ]
    )
    assert found == {"a": {"b": "1", "c": ["2", "3"], "e": {"f": "5"}}, "d": "4", "g": ["6"], "h[": "7"}
    assert bodies.nested([("a[b][c][d]", "1"), ("a[b][c][d][][e]", "1")]) == {"a": {}}
    assert bodies.nested([("a", "1"), ("a", "2")]) == {"a": "2"}


def test_an_empty_file_of_a_form_was_not_chosen() -> None:
    raw = (
        b'--b\r\nContent-Disposition: form-data; name="thing[banner]"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"
    )
    assert bodies._parts(raw, "multipart/form-data; boundary=b") == []


FALSE = [False, 0, "0", "f", "F", "false", "FALSE", "off", "OFF"]


def test_a_flag_is_true_but_for_a_few_words() -> None:
    assert all(cast(ready=each) == {"ready": False} for each in FALSE)
    assert cast(ready="") == cast(ready=None) == {"ready": None}
    assert all(
        cast(ready=each) == {"ready": True} for each in (True, 1, 2, "1", "t", "no", "False", " ", 0.5)
    )


def test_text_is_made_of_numbers_and_flags() -> None:
    assert cast(name=5) == {"name": "5"}
    assert cast(name=1.5) == {"name": "1.5"}
    assert cast(name=True) == {"name": "t"}
    assert cast(name=False) == {"name": "f"}
    assert cast(name=None) == {"name": None}
    assert cast(name="") == {"name": ""}
    assert cast(name=10**40) == {"name": "1" + "0" * 40}


@pytest.mark.parametrize(
    ("raw", "value", "said"),
    [
        (5, 5, None),
        ("5", 5, None),
        ("+5", 5, None),
        ("-5", -5, None),
        ("", None, None),
        ("  ", None, None),
        (None, None, None),
        ("12abc", 12, "is not a number"),
        ("x", 0, "is not a number"),
        (True, 1, "is not a number"),
        (False, 0, "is not a number"),
        ("nan", 0, "is not a number"),
        ("Infinity", 0, "is not a number"),
        ("0x10", 0, "is not a number"),
        ("٣", 0, "is not a number"),
        ("1" * 100_000 + "x", 0, "is not a number"),
        (1.9, 1, "must be an integer"),
        (5.0, 5, "must be an integer"),
        ("1.9", 1, "must be an integer"),
        ("1e3", 1, "must be an integer"),
        (" 12 ", 12, "must be an integer"),
        ("1_000", 1, "must be an integer"),
        (".5", 0, "must be an integer"),
        (2**63, 0, f"must be less than or equal to {2**63 - 1}"),
        ("-" + "9" * 100, 0, f"must be greater than or equal to {1 - 2**63}"),
    ],
    ids=lambda each: repr(each)[:20],
)
def test_numbers_are_cast_and_judged_by_their_text(raw: Any, value: int | None, said: str | None) -> None:
    assert cast(count=raw) == {"count": value}
    assert faults(count=raw) == ([("count", said)] if said else [])


def test_what_is_wrong_is_told_in_the_order_of_the_columns() -> None:
    sent = THING.sent({"thing": {"size": "x", "count": "1.5", "name": "a"}}, None)
    found = Several(
        [
            Invalid("brief", "can't be blank"),
            Invalid("size", "must be greater than 0"),
            Invalid("name", "is too short"),
            Invalid("name", "is invalid"),
            Invalid("base", "is not possible"),
        ]
    )
    with pytest.raises(Several) as told:
        sent.judge(found)
    assert [(each.field, each.text) for each in told.value.faults] == [
        ("name", "is too short"),
        ("name", "is invalid"),
        ("count", "must be an integer"),
        ("size", "is not a number"),
        ("brief", "can't be blank"),
        ("base", "is not possible"),
    ]


def test_a_picture_is_a_file_or_goes() -> None:
    upload = Upload("a.png", b"x")
    assert cast(banner=upload) == {"banner": upload}
    assert cast(banner=None) == cast(banner="") == {"banner": None}
    assert cast(banner="a signed word") == {}
    assert faults(banner="a signed word") == [("banner", "is invalid")]
    assert cast(name=upload, ready=upload, count=upload, places=[upload]) == {}


async def test_nothing_is_kept_of_what_is_wrong(world: World) -> None:
    async with world.client() as client:
        path = f"/organizations/{world.id}.json"
        before = (await client.get(path)).json()
        answer = await client.patch(path, json={"organization": {"name": "Better", "logo": "a word"}})
        assert (answer.status_code, answer.json()) == (422, {"errors": {"logo": ["is invalid"]}})
        assert (await client.get(path)).json() == before


ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "count", "ready", "places", "brief", "banner", "x"]), ANY))
def test_whatever_is_sent_is_cast_or_dropped(fields: dict[str, Any]) -> None:
    try:
        sent = THING.sent({"thing": fields}, None)
    except BadRequest:
        assert "\\u0000" in json.dumps(fields) or "\\ud" in json.dumps(fields)
        return
    for name, value in sent.fields.items():
        match name:
            case "name" | "brief":
                assert value is None or isinstance(value, str)
            case "count":
                assert value is None or (isinstance(value, int) and -(2**63) <= value < 2**63)
            case "ready":
                assert value in (None, True, False)
            case "places":
                assert all(isinstance(each, str) and each for each in value)


@given(st.binary(max_size=60) | st.text("ab[]=&%+1é", max_size=40).map(str.encode))
def test_whatever_a_form_says_is_read_or_refused(raw: bytes) -> None:
    try:
        found = bodies.asked(raw)
    except BadRequest:
        return
    THING.sent(found, None)


@given(
    st.lists(
        st.tuples(st.sampled_from(["name", "brief"]), st.text(st.characters(codec="utf-8"), max_size=10))
    )
)
def test_forms_and_json_say_the_same(said: list[tuple[str, str]]) -> None:
    fields = {name: value for name, value in said if "\0" not in value}
    form = urlencode({f"thing[{name}]": value for name, value in fields.items()}, quote_via=quote).encode()
    assert THING.sent(bodies.asked(form), None).fields == THING.sent({"thing": fields}, None).fields


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ANY | st.fixed_dictionaries({"organization": ANY, "access_token": ANY}))
async def test_no_body_breaks_the_server(world: World, body: Any) -> None:
    async with world.client() as client:
        for path in (ORGANIZATIONS, "/me/access_tokens.json"):
            answer = await client.post(path, json=body)
            assert answer.status_code in (201, 400, 422), answer.text
