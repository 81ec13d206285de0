"""The page of the event log: what happened, by whom, to what and when, page after page."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from hyway.domain import audit, identity, links
from hyway.kernel.db import Ref
from tests.console.conftest import Browser, World
from tests.domain.audit.logs import every, fact, tell

LINE = 'class="row-item log-line"'


async def log(browser: Browser, **asked: str) -> str:
    answer = await browser.see("/console/log" + (f"?{urlencode(asked)}" if asked else ""))
    assert answer.status_code == 200
    return answer.text


def lines(page: str) -> list[str]:
    """What each line says first."""
    return [unescape(each) for each in re.findall(r'class="row-title"[^>]*>([^<]+)<', page)]


def leads(page: str, rel: str) -> str:
    """Where a link of the page's foot leads; nothing where there is none."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return unescape(found[1]) if found else ""


def add_tags(world: World, count: int) -> None:
    for n in range(count):
        world.db.write_now(links.put_on_shelf, world.by, links.TAGS, [{"name": f"tag {n}"}])


async def test_it_is_searched_by_what_happened(world: World, owner: Browser) -> None:
    add_tags(world, 3)
    assert lines(await log(owner, type="TAG")) == ["Tag created"] * 3
    assert "Person signed in" in lines(await log(owner, type="PERSON.SIGN_IN"))
    page = await log(owner)
    assert '<option value="TAG">Tags</option>' in page
    assert '<option value="TAG.CREATE">Tag created</option>' in page
    assert "TAG.DELETE" not in page
    assert '<option value="TAG" selected>' in await log(owner, type="TAG")
    nothing = await log(owner, type="NOBODY.KNOWS")
    assert lines(nothing) == []
    assert "Nothing like that happened" in nothing


async def test_it_goes_to_older_and_back_to_newer(world: World, owner: Browser) -> None:
    add_tags(world, 120)
    first = await log(owner, type="TAG")
    assert first.count(LINE) == 50
    assert not leads(first, "prev")
    second = (await owner.see(leads(first, "next"))).text
    third = (await owner.see(leads(second, "next"))).text
    names = [name for page in (first, second, third) for name in re.findall(r"“(tag \d+)”</span></p>", page)]
    assert names == [f"tag {n}" for n in reversed(range(120))]
    assert not leads(third, "next")
    back = (await owner.see(leads(third, "prev"))).text
    assert lines(back) == lines(second)
    assert "“tag 69”" in back
    assert "“tag 119”" in (await owner.see(leads(back, "prev"))).text


async def test_it_is_searched_by_who_and_by_what(world: World, owner: Browser) -> None:
    person = world.db.read_now(identity.person_by_email, "owner@north.example")
    assert person
    member = world.db.read_now(identity.member_id, world.by.organization, person.seq)
    page = await log(owner)
    assert f'<option value="{member}">Owner</option>' in page
    assert set(lines(await log(owner, who=str(member)))) == {"Person signed in"}
    shop = Ref("App", "app_1", {"name": "Shop"})
    world.db.write_now(
        tell, [fact(world.by, "environment.changed", "environment", "pevr_1", shop, name="Live")]
    )
    assert lines(await log(owner, about="pevr_1")) == ["Environment changed"]
    about_shop = await log(owner, about="app_1")
    assert lines(about_shop) == ["Environment changed"]
    assert "“Live”" in about_shop
    assert 'href="/console/log?about=app_1"' in about_shop
    assert lines(await log(owner, about="app_1", who=str(member))) == []
    assert lines(await log(owner, about="pevr_1", who="memb_gone")) == []


async def test_it_is_searched_by_days(world: World, owner: Browser) -> None:
    add_tags(world, 1)
    assert lines(await log(owner, type="TAG", since="2020-01-01")) == ["Tag created"]
    assert lines(await log(owner, type="TAG", since="2999-01-01")) == []
    assert lines(await log(owner, type="TAG", until="2020-01-01")) == []
    (event,) = every(world.db, world.by, types=["TAG"])
    from hyway.console.shown import local

    today = local(event.at, "UTC").date().isoformat()
    assert lines(await log(owner, type="TAG", since=today, until=today)) == ["Tag created"]


async def test_details_say_what_changed_without_numbers_of_ours(world: World, owner: Browser) -> None:
    told = {"person": 2, "amount": 1999, "changed": ["name", "color"], "name": "A"}
    world.db.write_now(tell, [fact(world.by, "payout.created", "payout", "Uk", **told)])
    page = await log(owner, type="PAYOUT")
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", page))
    assert facts["amount"] == "1999"
    assert facts["changed"] == "name, color"
    assert facts["person"] not in ("", "2")
    assert "name" not in facts  # it stands in the headline
    assert "“A”" in page


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "evnt_60b3b3f4c4b3f00001f3b3f4"},
        {"after": "nonsense", "passed": "- nonsense"},
        {"since": "yesterday", "until": "9999-12-31"},
        {"about": "x" * 5_000, "who": "'--"},
        {"type": "<script>alert(1)</script>"},
    ],
)
async def test_odd_searches_do_no_harm(owner: Browser, asked: dict[str, Any]) -> None:
    assert "<script>alert" not in await log(owner, **asked)


async def test_the_cursor_of_a_stranger_shows_nothing_of_theirs(world: World, owner: Browser) -> None:
    world.db.write_now(links.put_on_shelf, world.stranger, links.TAGS, [{"name": "their tag"}])
    (theirs,) = every(world.db, world.stranger, types=["TAG"])
    assert "their tag" not in await log(owner, after=audit.wire_id(theirs))
    assert "their tag" not in await log(owner, about=theirs.subject_id)


async def test_it_is_for_those_who_may_read_it(world: World, owner: Browser, member: Browser) -> None:
    assert (await member.see("/console/log")).status_code == 403
    assert "/console/log" not in (await member.see("/console")).text
    assert "/console/log" in (await owner.see("/console")).text
