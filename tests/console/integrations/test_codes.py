"""Codes that connections wait for, by their page: what the vendor says of one is said at once."""

import pytest

from hyway import console
from hyway.domain.connections import Registry
from tests.console.conftest import PUBLIC, Browser
from tests.console.integrations.conftest import Works
from tests.make.vendor import CODE, TYPE, Provider

ANOTHER = "Give another code in its place"


@pytest.fixture
async def owner(works: Works) -> Browser:
    return await works.place.browser("owner")


async def waiting(works: Works) -> str:
    """The page of a connection that waits for a code."""
    of = await works.integrate()
    made = works.connect(of, "MessagingChannel", works.place.ids["team"], "verify-me")
    works.work()
    return f"/console/integrations/{of.id}/connections/{made.id}"


async def test_the_right_code_is_taken_while_one_waits(works: Works, owner: Browser) -> None:
    here = await waiting(works)
    assert "has sent a code to owner@example.com" in (await owner.see(here)).text
    answer = await owner.send(here + "/verify", code=CODE)
    assert (answer.status_code, answer.headers["location"]) == (303, here)
    page = await owner.see(here)
    assert "Workshop has taken the code." in page.text
    assert "Ready" in page.text
    late = await owner.send(here + "/verify", code=CODE)
    assert (late.status_code, "waits for no verification" in late.text) == (409, True)


async def test_a_wrong_code_is_said_at_its_field_at_once(works: Works, owner: Browser) -> None:
    here = await waiting(works)
    await owner.see(here)
    assert (await owner.send(here + "/verify", code="")).status_code == 422
    wrong = await owner.send(here + "/verify", code="111111")
    assert wrong.status_code == 422
    assert (
        '<p class="wrong" id="wrong-code">Is not taken: Workshop said: the code is wrong.</p>' in wrong.text
    )
    assert wrong.text.count("the code is wrong") == 1
    assert "111111" not in wrong.text
    assert ANOTHER not in wrong.text
    assert "the code is wrong" in (await owner.see(here)).text
    assert (await owner.send(here + "/verify", code=CODE)).status_code == 303
    assert "Ready" in (await owner.see(here)).text


@pytest.mark.parametrize("trouble", ["busy", "nonsense", "cut"])
async def test_a_code_of_which_nobody_knows_is_kept_and_said_so(
    works: Works, owner: Browser, trouble: str
) -> None:
    here = await waiting(works)
    await owner.see(here)
    works.vendor.trouble.append(trouble)
    assert (await owner.send(here + "/verify", code=CODE)).status_code == 303
    page = await owner.see(here)
    assert "Workshop did not say whether the code is right. It is kept, and shown again." in page.text
    assert "The code is kept: nobody knows yet whether it is right." in page.text
    assert ANOTHER in page.text
    assert f'data-live="{here}/state" data-every="2"' in page.text
    assert CODE not in page.text
    assert (await owner.send(here + "/verify", code=CODE)).status_code == 303
    assert "Workshop has taken the code." in (await owner.see(here)).text


async def test_nobody_waits_for_a_vendor_that_never_answers(works: Works) -> None:
    here = await waiting(works)
    works.known = Registry([Provider()], {TYPE: works.vendor.address}, seconds=1.0, patience=0.3)
    works.place.app = console.app(works.place.db, public_url=PUBLIC, vendors=works.known)
    owner = await works.place.browser("owner")
    await owner.see(here)
    works.vendor.trouble.append("waits")
    answer = await owner.send(here + "/verify", code=CODE)
    works.vendor.freed.set()
    assert answer.status_code == 303
    page = await owner.see(here)
    assert "The code is kept" in page.text
    assert CODE not in page.text


async def test_a_provider_that_is_gone_is_told_on_the_page(works: Works) -> None:
    here = await waiting(works)
    works.place.app = console.app(works.place.db, public_url=PUBLIC, vendors=Registry([]))
    owner = await works.place.browser("owner")
    await owner.see(here)
    answer = await owner.send(here + "/verify", code=CODE)
    assert answer.status_code == 409
    assert "There is no provider for this integration." in answer.text
    missing = await owner.send(here[:-4] + "ffff/verify", code=CODE)
    assert missing.status_code == 404


async def test_a_member_shows_no_code(works: Works) -> None:
    here = await waiting(works)
    asked = len(works.vendor.asked)
    member = await works.place.browser("member")
    assert (await member.send(here + "/verify", code=CODE)).status_code in (403, 404)
    assert len(works.vendor.asked) == asked
