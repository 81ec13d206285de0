"""The button that looks at a domain's DNS at once, against a name server of the test's own."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from hyway import console
from hyway.domain import links
from hyway.domain.links import NewDomain
from hyway.kernel.outgoing import Outgoing
from tests.console.conftest import PUBLIC, Browser, World
from tests.make.names import Names, name_server

NAME = "go.north.example"


@pytest.fixture
def names() -> Iterator[Names]:
    with name_server() as made:
        yield made


@pytest.fixture
async def owner(world: World, names: Names) -> AsyncIterator[Browser]:
    services = {"resolver": names.address}
    app = console.app(world.db, public_url=PUBLIC, outgoing=Outgoing(lambda _: True), services=services)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC) as http:  # type: ignore[arg-type]
        browser = Browser(http)
        await browser.sign_in("owner@north.example")
        yield browser


async def test_the_record_is_found(world: World, owner: Browser, names: Names) -> None:
    of = world.db.write_now(links.domains.create, world.by, NewDomain(NAME))
    here = f"/console/domains/{of.id}"
    names.texts[f"_hyway.{NAME}"] = [of.challenge]
    await owner.see(here)
    answer = await owner.send(f"{here}/verify")
    assert (answer.status_code, answer.headers["location"]) == (303, here)
    text = (await owner.see(here)).text
    assert "go.north.example is ready." in text
    assert "It is ready for them." in text
    assert f"The TXT record of _hyway.{NAME} is as it should be." in text


async def test_what_stands_there_instead_is_told(world: World, owner: Browser, names: Names) -> None:
    of = world.db.write_now(links.domains.create, world.by, NewDomain(NAME))
    here = f"/console/domains/{of.id}"
    names.texts[f"_hyway.{NAME}"] = ["<b>else</b>"]
    names.aliases[NAME] = "elsewhere.example"
    await owner.see(here)
    await owner.send(f"{here}/verify")
    text = (await owner.see(here)).text
    assert "Not yet. Below is what the DNS said." in text
    assert f"_hyway.{NAME} says &#34;&lt;b&gt;else&lt;/b&gt;&#34;; {NAME} leads to elsewhere.example." in text


async def test_a_name_server_that_fails_is_told_of(world: World, owner: Browser, names: Names) -> None:
    of = world.db.write_now(links.domains.create, world.by, NewDomain(NAME))
    here = f"/console/domains/{of.id}"
    names.fails = True
    await owner.see(here)
    assert (await owner.send(f"{here}/verify")).status_code == 303
    assert "The name servers gave no answer" in (await owner.see(here)).text
    assert world.db.read_now(links.domains.find, world.by, of.id).dns_status == "pending"
