"""The page of usage, and what home says of toggles."""

import re

import pytest

from hyway.domain import billing, projects, toggles
from hyway.domain.billing import Meter, cycles
from hyway.kernel import clock
from tests.console.conftest import Browser, World

MONTHS = 70 * clock.DAY


def count(world: World, meter: Meter, many: int, ago: int = 0) -> None:
    day = cycles.day(clock.now()) - ago
    world.db.write_now(billing.meters.add, [(world.by.organization, meter, day, many)])


def older(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on it is two months later."""
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + MONTHS)


async def test_days_are_drawn_and_summed(world: World, owner: Browser) -> None:
    count(world, "toggle.evaluations", 41_000)
    count(world, "toggle.evaluations", 345)
    text = (await owner.see("/console/usage")).text
    section = re.search(r'aria-label="Toggle evaluations">.*?</section>', text, re.DOTALL)
    assert section
    assert 'title="41,345">41.3K' in section[0]
    assert section[0].count('<rect class="fill"') == 1
    assert re.search(r"<title>\d+ \w+ \d{4}: 41,345</title>", section[0])
    quiet = re.search(r'aria-label="\.env pushes">.*?</section>', text, re.DOTALL)
    assert quiet
    assert "Nothing in this month." in quiet[0]
    assert "Month before" not in text
    assert "Months before" not in text


async def test_months_before_are_there_and_those_to_come_are_not(
    world: World, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(world, "link.created", 7)
    older(world, monkeypatch)
    await owner.sign_in("owner@north.example")
    count(world, "link.created", 5)
    text = (await owner.see("/console/usage")).text
    assert re.search(r'aria-label="Links made">.*?title="5">5<', text, re.DOTALL)
    first = re.search(r'href="(/console/usage\?cycle=1)".*?data-label="Links made">7<', text, re.DOTALL)
    assert first
    before = (await owner.see(first[1])).text
    assert re.search(r'aria-label="Links made">.*?title="7">7<', before, re.DOTALL)
    assert "over" in before
    assert 'href="/console/usage?cycle=2"' in before
    assert (await owner.see("/console/usage?cycle=99")).status_code == 404
    for odd in ("-1", "x", "1e9", "9" * 30):
        assert (await owner.see(f"/console/usage?cycle={odd}")).status_code in (200, 404)


async def test_another_organization_is_not_counted(world: World, owner: Browser) -> None:
    day = cycles.day(clock.now())
    world.db.write_now(billing.meters.add, [(world.stranger.organization, "env.push", day, 9_876)])
    assert "9,876" not in (await owner.see("/console/usage")).text


async def test_usage_is_for_those_who_may_see_it(owner: Browser, member: Browser) -> None:
    assert "/console/usage" in (await owner.see("/console")).text
    assert "/console/usage" not in (await member.see("/console")).text
    assert (await member.see("/console/usage")).status_code == 403


async def test_home_says_what_toggles_there_are(world: World, owner: Browser, member: Browser) -> None:
    assert "Evaluations this month" not in (await owner.see("/console")).text
    shop = world.db.write_now(projects.create, world.by, projects.NewProject("shop", "Shop"))
    new = toggles.NewToggle("beta", "boolean", (), False)
    world.db.write_now(toggles.create, world.by, shop.id, new)
    count(world, "toggle.evaluations", 12)
    text = (await owner.see("/console")).text
    assert re.search(r'href="/console/toggles">Toggles</a></dt><dd>1<', text)
    assert re.search(r"Evaluations this month</a></dt><dd title=\"12\">12<", text)
    assert "/console/toggles" not in (await member.see("/console")).text
