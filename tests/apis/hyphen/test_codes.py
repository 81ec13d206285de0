"""Short codes: one by one on this wire, the same links that the API of links has."""

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import event

from hyway.apis.hyphen.codes_shapes import CodeIn
from hyway.apis.hyphen.fields import reader
from hyway.domain import audit, links
from hyway.domain.audit import Wanted
from hyway.domain.identity import Caller
from hyway.domain.links import Domain, Finding, NewDomain
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid
from tests.apis.hyphen.conftest import Acme, refused

ID = re.compile("code_[0-9a-f]{24}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LONG = "https://hyphen.ai/long"


async def make(acme: Acme, **more: Any) -> dict[str, Any]:
    async with acme.client() as client:
        answer = await client.post(
            f"{acme.base}/link/codes/", json={"long_url": LONG, "domain": "go.example", **more}
        )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def listed(acme: Acme, query: str = "") -> list[str]:
    """The codes on the first page."""
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/link/codes?{query}")
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["data"]]


async def test_a_code_is_answered_as_the_clients_need_it(acme: Acme) -> None:
    made = await make(acme, code="abc123", title="Hi", tags=["sdk-test"], organizationId=acme.id)
    assert ID.fullmatch(made.pop("id"))
    assert TIME.fullmatch(made.pop("createdAt"))
    assert made == {
        "code": "abc123",
        "long_url": LONG,
        "domain": "go.example",
        "title": "Hi",
        "tags": ["sdk-test"],
        "organization": {"id": acme.id, "name": "Acme"},
    }


async def test_what_is_read_is_what_was_answered(acme: Acme) -> None:
    plain, tagged = await make(acme), await make(acme, title="T", tags=["b", "a", "b", " c "])
    assert "title" not in plain
    assert plain["tags"] == []
    assert len(plain["code"]) == 7
    assert sorted(tagged["tags"]) == ["a", "b", "c"]
    async with acme.client() as client:
        for made in (plain, tagged):
            for name in (made["id"], made["code"]):
                for end in ("", "/"):
                    answer = await client.get(f"{acme.base}/link/codes/{name}{end}")
                    assert (answer.status_code, answer.json()) == (200, made)
        page = (await client.get(f"{acme.base}/link/codes/?pageNum=1&pageSize=100")).json()
    assert page == {"total": 2, "pageNum": 1, "pageSize": 100, "data": [tagged, plain]}


async def test_lists_are_narrowed(acme: Acme) -> None:
    await make(acme, code="one", title="Big Sale", tags=["a"])
    await make(acme, code="two", title="small sale", tags=["b", "c"])
    await make(acme, code="three", title="100% other_", tags=["c"], long_url="https://elsewhere.example/SALE")
    assert await listed(acme) == ["three", "two", "one"]
    assert await listed(acme, "title=sale") == ["two", "one"]
    assert await listed(acme, "search=sale") == ["three", "two", "one"]
    assert await listed(acme, "search=TWO") == ["two"]
    assert await listed(acme, "title=%25") == ["three"]
    assert await listed(acme, "tags=a,b") == await listed(acme, "tags=a&tags=b") == ["two", "one"]
    assert await listed(acme, "tags=a%2Cb") == ["two", "one"]
    assert await listed(acme, "tags=c&title=sale") == ["two"]
    assert await listed(acme, "tags=none") == []
    assert await listed(acme, "pageSize=1&pageNum=2") == ["two"]
    assert await listed(acme, "pageSize=1&pageNum=9") == []
    assert await listed(acme, "title=&tags=") == ["three", "two", "one"]


async def test_tags_are_a_bare_list(acme: Acme) -> None:
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/link/codes/tags")).json() == []
        await make(acme, tags=["b", "a"])
        await make(acme, tags=["a", "z"])
        for end in ("", "/"):
            assert (await client.get(f"{acme.base}/link/codes/tags{end}")).json() == ["a", "b", "z"]
    of_links = acme.db.read_now(links.page_of_shelf, acme.by, links.TAGS, links.ShelfQuery())
    assert sorted(each.name for each in of_links) == ["a", "b", "z"]


async def test_tags_of_one_name_are_one_here(acme: Acme) -> None:
    made = acme.db.write_now(links.put_on_shelf, acme.by, links.TAGS, [{"name": "a"}, {"name": "a"}])
    code = await make(acme, tags=["a"])
    assert code["tags"] == ["a"]
    link = acme.db.read_now(links.short_codes.find, acme.by, code["id"]).link
    assert link.tag_ids == (min(each.id for each in made),)
    wish = links.LinkChange(id=link.id, tag_ids=[each.id for each in made])
    acme.db.write_now(links.put, acme.by, [wish])
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/link/codes/{code['id']}")).json() == code
    assert await listed(acme, "tags=a") == [code["code"]]


async def test_a_change_leaves_what_it_does_not_mention(acme: Acme) -> None:
    made = await make(acme, title="T", tags=["a"])
    url = f"{acme.base}/link/codes/{made['id']}"
    async with acme.client() as client:
        steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
            ({}, {}),
            ({"title": "U"}, {"title": "U"}),
            ({"long_url": "https://two.example/"}, {"long_url": "https://two.example/"}),
            ({"tags": ["b"]}, {"tags": ["b"]}),
            ({"code": "other", "domain": "other.example"}, {}),
            ({"tags": None}, {"tags": []}),
        ]
        for sent, changed in steps:
            made |= changed
            answer = await client.patch(url, json=sent)
            assert (answer.status_code, answer.json()) == (200, made)
        answer = await client.patch(url, json={"title": None})
        assert "title" not in answer.json()
        assert (await client.get(url)).json() == answer.json()


async def test_what_is_deleted_is_gone_and_its_code_stays_taken(acme: Acme) -> None:
    made = await make(acme, code="once")
    url = f"{acme.base}/link/codes/{made['id']}"
    async with acme.client() as client:
        answer = await client.delete(url)
        assert (answer.status_code, answer.content) == (204, b"")
        for method, sent in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
            refused(
                await client.request(method, url, json=sent),
                404,
                f"Resource with id '{made['id']}' not found or you do not have permission to access it.",
            )
        refused(await client.get(f"{acme.base}/link/codes/once"), 404)
        body = {"long_url": LONG, "domain": "go.example", "code": "once"}
        refused(
            await client.post(f"{acme.base}/link/codes/", json=body), 409, "code is taken by another link"
        )
    assert await listed(acme) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("go.example", "go.example"),
        ("GO.Example", "go.example"),
        ("localhost", "localhost"),
        ("localhost:8000", "localhost:8000"),
        ("127.0.0.1:4000", "127.0.0.1:4000"),
        ("[::1]:4000", "[::1]:4000"),
    ],
)
async def test_the_servers_own_names_are_domains(acme: Acme, name: str, shown: str) -> None:
    made = await make(acme, domain=name)
    assert made["domain"] == shown
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/link/codes/{made['id']}")).json() == made


NO_DOMAIN = "body/domain must be a name of this server or a domain of the organization that is ready"
WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"domain": "other.example"}, 400, NO_DOMAIN),
    ({"domain": "https://go.example"}, 400, NO_DOMAIN),
    ({"domain": "[::1%a/b]"}, 400, NO_DOMAIN),
    ({"domain": ""}, 400, "body/domain must NOT have fewer than 1 characters"),
    ({"domain": None}, 400, "body/domain must be string"),
    ({"long_url": "ftp://x.example"}, 400, "body/long_url must be an http or https URL"),
    ({"long_url": "https://go.example/x"}, 400, "body/long_url must not lead back to a short link"),
    ({"long_url": 7}, 400, "body/long_url must be string"),
    ({"code": "a b"}, 400, "body/code may only have letters A to Z, digits, hyphens and underscores"),
    ({"code": "api"}, 400, "body/code is a reserved word"),
    ({"code": "x" * 65}, 400, "body/code must NOT have more than 64 characters"),
    ({"title": "\0"}, 400, 'body/title must match pattern "^[^\\u0000]*$"'),
    ({"title": "a\u0007"}, 400, "body/title must not contain control characters"),
    ({"tags": "a"}, 400, "body/tags must be array"),
    ({"tags": ["a", ""]}, 400, "body/tags/1 must NOT have fewer than 1 characters"),
    ({"tags": ["a", " "]}, 400, "body/tags/1 must NOT have fewer than 1 characters"),
    ({"tags": ["a" * 256]}, 400, "body/tags/0 must NOT have more than 255 characters"),
    ({"tags": [f"t{n}" for n in range(51)]}, 400, "body/tags must NOT have more than 50 items"),
    ({"code": "known"}, 409, "code is taken by another link"),
]  # fmt: skip


async def test_what_breaks_a_rule_changes_nothing(acme: Acme) -> None:
    before = await make(acme, code="known")
    async with acme.client() as client:
        for sent, status, said in WRONG:
            body = {"long_url": LONG, "domain": "go.example", "tags": ["new"], **sent}
            refused(await client.post(f"{acme.base}/link/codes/", json=body), status, said)
        refused(
            await client.post(f"{acme.base}/link/codes/"), 400, "body must have required property 'long_url'"
        )
        patches: list[tuple[dict[str, Any], str]] = [
            ({"long_url": None}, "body/long_url must be string"),
            ({"long_url": "javascript:alert(1)"}, "body/long_url must be an http or https URL"),
        ]
        for patch, said in patches:
            url = f"{acme.base}/link/codes/{before['id']}"
            refused(await client.patch(url, json={"title": "x", "tags": ["new"], **patch}), 400, said)
        assert (await client.get(f"{acme.base}/link/codes/tags")).json() == []
    assert await listed(acme) == ["known"]


def test_of_far_too_many_tags_none_is_read() -> None:
    class Tag(str):
        def __contains__(self, part: object) -> bool:
            raise AssertionError("one was read")

    sent = {"long_url": LONG, "domain": "go.example", "tags": [Tag("a")] * 51}
    with pytest.raises(Invalid, match="NOT have more than"):
        reader(CodeIn)(sent, "body")


async def test_no_id_of_another_form_or_organization_is_found(acme: Acme) -> None:
    made = await make(acme)
    other = f"code_{'0' * 12}{made['id'][17:]}"
    async with acme.client() as client, acme.stranger() as stranger:
        for id in (other, "code_" + "f" * 24, "code_", "nothing", "x" * 2_000, made["id"].upper()):
            refused(await client.get(f"{acme.base}/link/codes/{id}"), 404)
        for name in (made["id"], made["code"]):
            refused(await stranger.get(f"{acme.elsewhere.base}/link/codes/{name}"), 404)
            refused(await stranger.delete(f"{acme.elsewhere.base}/link/codes/{name}"), 404)


async def test_members_read_and_administrators_write(acme: Acme) -> None:
    made = await make(acme)
    url = f"{acme.base}/link/codes/{made['id']}"
    async with acme.client(of=acme.member) as member:
        assert (await member.get(url)).status_code == 200
        refused(await member.patch(url, json={}), 403, "You do not have permission to update links")
        refused(await member.delete(url), 403, "You do not have permission to delete links")
        refused(
            await member.post(f"{acme.base}/link/codes", json={}),
            403,
            "You do not have permission to create links",
        )
    async with acme.client(acme.new_key("OrganizationBilling")) as biller:
        refused(await biller.get(url), 403, "You do not have permission to read links")


async def test_a_link_of_either_api_is_one_of_the_other(acme: Acme) -> None:
    shelf = acme.db.write_now(links.put_on_shelf, acme.by, links.COLLECTIONS, [{"name": "Hoko's"}])[0]
    wish = links.LinkChange(url=LONG, collection_id=shelf.id, title="Theirs", password="word")
    theirs = acme.db.write_now(links.put, acme.by, [wish])[0]
    made = await make(acme)
    assert set(await listed(acme)) == {theirs.short_id, made["code"]}
    known = acme.db.read_now(links.page, acme.by, links.LinkQuery())
    assert {each.short_id for each in known} == {theirs.short_id, made["code"]}
    async with acme.client() as client:
        shown = (await client.get(f"{acme.base}/link/codes/{theirs.short_id}")).json()
        assert (shown["title"], shown["domain"]) == ("Theirs", "go.example")
        assert (
            await client.patch(f"{acme.base}/link/codes/{shown['id']}", json={"title": "Ours"})
        ).is_success
    there = acme.db.read_now(links.find, acme.by, theirs.id)
    assert there is not None
    assert (there.title, there.password, there.url) == ("Ours", "word", LONG)


async def test_the_log_says_who_made_it(acme: Acme) -> None:
    made = await make(acme, code="logged")
    link = acme.db.read_now(links.short_codes.find, acme.by, made["id"]).link
    found = acme.db.read_now(audit.search, acme.by, ("LINK",), (Wanted(link.id, "Link"),))
    assert [each.action for each in found.events] == ["link.created"]


def ready(acme: Acme, by: Caller, name: str) -> Domain:
    """A domain that links can be made under."""

    def make(w: Write) -> Domain:
        made = links.domains.create(w, by, NewDomain(name))
        found = links.domains.settle(
            w, by, made.seq, Finding(proved=True, secured=True, said="As it should be.")
        )
        assert found is not None
        assert found.status == "ready"
        return found

    return acme.db.write_now(make)


async def test_a_domain_that_is_ready_has_codes_of_its_own(acme: Acme) -> None:
    domain = ready(acme, acme.by, "links.acme.example")
    made = await make(acme, domain="Links.Acme.example", code="same")
    ours = await make(acme, code="same")
    assert (made["domain"], ours["domain"]) == ("links.acme.example", "go.example")
    of = acme.db.read_now(links.short_codes.find, acme.by, made["id"])
    assert (of.link.domain, of.address) == (domain.seq, "https://links.acme.example/same")
    async with acme.client() as client:
        for each in (made, ours):
            url = f"{acme.base}/link/codes/{each['id']}"
            assert (await client.get(url)).json() == each
            assert (await client.patch(url, json={"title": "T"})).json() == {**each, "title": "T"}
        refused(await client.get(f"{acme.base}/link/codes/same"), 404)  # it could be either
        body = {"long_url": LONG, "domain": "links.acme.example", "code": "same"}
        refused(await client.post(f"{acme.base}/link/codes", json=body), 409, "code is taken by another link")
    assert await listed(acme) == ["same", "same"]


async def test_a_code_does_not_lead_back_to_its_domain(acme: Acme) -> None:
    ready(acme, acme.by, "links.acme.example")
    made = await make(acme, domain="links.acme.example")
    back, said = "https://Links.acme.example/x", "body/long_url must not lead back to a short link"
    async with acme.client() as client:
        body = {"long_url": back, "domain": "links.acme.example"}
        refused(await client.post(f"{acme.base}/link/codes", json=body), 400, said)
        refused(
            await client.patch(f"{acme.base}/link/codes/{made['id']}", json={"long_url": back}), 400, said
        )
    assert await listed(acme) == [made["code"]]


@pytest.mark.parametrize(
    "back", ["https://käse.example/x", "https://k\u00adäse。example", "https://go\u00ad.example/x"]
)
async def test_nor_to_it_in_other_letters(acme: Acme, back: str) -> None:
    ready(acme, acme.by, "käse.example")
    body = {"long_url": back, "domain": "käse.example"}
    async with acme.client() as client:
        answer = await client.post(f"{acme.base}/link/codes", json=body)
    refused(answer, 400, "body/long_url must not lead back to a short link")


async def test_an_international_domain_is_found_as_people_write_it(acme: Acme) -> None:
    ready(acme, acme.by, "käse.example")
    assert (await make(acme, domain="Käse.example"))["domain"] == "xn--kse-qla.example"


async def test_no_domain_but_a_ready_one_of_the_organizations_will_do(acme: Acme) -> None:
    acme.db.write_now(links.domains.create, acme.by, NewDomain("pending.acme.example"))
    ready(acme, acme.elsewhere.by, "links.elsewhere.example")
    gone = ready(acme, acme.by, "gone.acme.example")
    acme.db.write_now(links.domains.drop, acme.by, gone.id)
    async with acme.client() as client:
        for name in (
            "pending.acme.example",
            "links.elsewhere.example",
            gone.domain,
            "nobodys.example",
            "ä" * 70,
            ".",
        ):
            body = {"long_url": LONG, "domain": name, "tags": ["new"]}
            refused(await client.post(f"{acme.base}/link/codes", json=body), 400, NO_DOMAIN)
        assert (await client.get(f"{acme.base}/link/codes/tags")).json() == []
    assert await listed(acme) == []


async def test_of_many_who_want_a_code_one_gets_it(acme: Acme) -> None:
    body = {"long_url": LONG, "domain": "go.example", "code": "wanted", "tags": ["new"]}
    async with acme.client() as client:
        sent = [client.post(f"{acme.base}/link/codes", json=body) for _ in range(8)]
        answers = await asyncio.gather(*sent)
    assert sorted(each.status_code for each in answers) == [201] + [409] * 7
    assert await listed(acme) == ["wanted"]


async def test_a_page_does_not_ask_for_each_link(acme: Acme) -> None:
    said: list[str] = []
    event.listen(acme.db.engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))

    async def statements() -> int:
        said.clear()
        await listed(acme)
        return len(said)

    await make(acme, tags=["a"])
    await statements()  # who asks is remembered
    few = await statements()
    for n in range(5):
        await make(acme, tags=["a", f"t{n}"])
    assert await statements() == few > 0
