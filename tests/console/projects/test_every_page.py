"""Every page and every form, as those meet them who may, who may not, and who send forgeries."""

import re

import pytest

from hyway.domain import audit, identity
from tests.console.conftest import Browser
from tests.console.projects.conftest import Place

ROOMS = ("people", "roles", "teams", "api-keys", "projects", "apps", "clients", "sessions", "favorites")
NAMED = re.compile(r"\{(\w+)(:str)?\}")
EVIL = "<script>alert(1)</script>\"'{{7*7}}"


def addresses(place: Place, method: str) -> list[str]:
    """The paths of these pages that take the method, with their parameters."""
    found = [route for route in place.app.routes if method in getattr(route, "methods", ())]  # type: ignore[attr-defined]
    paths = sorted({NAMED.sub(r"{\1}", route.path_format) for route in found})
    return [path for path in paths if re.match(rf"/console/({'|'.join(ROOMS)})(/|$)", path)]


def filled(place: Place, path: str) -> str:
    """The path with the ids of what there is; sessions and grants are nobody's."""
    return NAMED.sub(lambda found: place.ids.get(found[1], "nowhere"), path)


async def test_there_are_pages_to_try(place: Place) -> None:
    assert len(addresses(place, "GET")) > 25
    assert len(addresses(place, "POST")) > 28


async def test_the_owner_sees_every_page(place: Place, owner: Browser) -> None:
    for path in addresses(place, "GET"):
        answer = await owner.see(filled(place, path))
        expected = 303 if path == "/console/apps/{app}" else 200
        assert answer.status_code == expected, (path, answer.status_code)


async def test_nobody_is_led_to_the_door(place: Place) -> None:
    nobody = await place.browser()
    for method in ("GET", "POST"):
        for path in addresses(place, method):
            answer = await nobody.http.request(method, filled(place, path))
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/console/sign-in"), path


async def test_no_form_is_taken_without_its_token_or_from_elsewhere(place: Place, owner: Browser) -> None:
    for path in addresses(place, "POST"):
        to = filled(place, path)
        assert (await owner.send(to, csrf="0" * 40, confirmed="yes")).status_code == 403, path
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await owner.send(to, headers=foreign, confirmed="yes")).status_code == 403, path


async def test_a_stranger_finds_nothing_of_ours(place: Place) -> None:
    stranger = await place.browser("stranger")
    for method in ("GET", "POST"):
        for path in [each for each in addresses(place, method) if "{" in each]:
            if method == "GET":
                answer = await stranger.see(filled(place, path))
            else:
                answer = await stranger.send(filled(place, path), confirmed="yes", name="x", roles="")
            assert answer.status_code == 404, (method, path, answer.status_code)
    fields = {"holder": place.member("member"), "entity": place.organization.wire_id}
    answer = await stranger.send("/console/roles", **fields, roles="OrganizationAdmin")
    assert answer.status_code == 404


async def test_a_member_changes_nothing(place: Place, member: Browser) -> None:
    await member.see("/console/people")
    before = len(place.db.read_now(audit.recent, place.by(), most=500))
    for path in addresses(place, "POST"):
        # Their own browsers and favorites are theirs; projects any member may make.
        if re.match(r"/console/(sessions|favorites|projects/new)", path):
            continue
        answer = await member.send(
            filled(place, path), confirmed="yes", name="x", email="x@y.example", roles="OrganizationAdmin",
            holder=place.member("member"), entity=place.organization.wire_id, type="static",
        )  # fmt: skip
        assert answer.status_code in (403, 404), (path, answer.status_code)
    assert len(place.db.read_now(audit.recent, place.by(), most=500)) == before


@pytest.mark.parametrize(
    "id", ["nowhere", "%00", "..%2f..%2fetc", "A" * 300, "team_" + "0" * 24, "%F0%9F%98%80"]
)
async def test_odd_ids_find_nothing(place: Place, owner: Browser, id: str) -> None:
    for path in [each for each in addresses(place, "GET") if "{" in each]:
        answer = await owner.see(NAMED.sub(id, path))
        assert answer.status_code in (400, 404), (path, answer.status_code)
    for path in [each for each in addresses(place, "POST") if "{" in each]:
        answer = await owner.send(NAMED.sub(id, path), confirmed="yes")
        assert answer.status_code in (400, 404, 405), (path, answer.status_code)


async def test_what_a_member_may_not_do_is_not_offered(member: Browser, owner: Browser) -> None:
    for path, words in (
        ("/console/people", "Add somebody"),
        ("/console/teams", "New team"),
        ("/console", "Sign-in clients"),
        ("/console", "API keys"),
    ):
        assert words in (await owner.see(path)).text
        assert words not in (await member.see(path)).text
    assert "New project" in (await member.see("/console/projects")).text
    assert (await member.see("/console/api-keys")).status_code == 403


async def test_nothing_that_people_type_is_markup(place: Place, owner: Browser) -> None:
    db, by = place.db, place.by()
    db.write_now(identity.teams.change, by, place.ids["team"], name=EVIL)
    db.write_now(identity.profiles.change, by, place.ids["member"], first_name=EVIL, last_name=EVIL)
    for path in addresses(place, "GET"):
        text = (await owner.see(filled(place, path))).text
        assert "<script>alert" not in text, path
        assert "{{7*7}}" in text or EVIL[:8] not in text


async def test_pages_keep_the_strict_content_policy(place: Place, owner: Browser) -> None:
    for path in addresses(place, "GET"):
        answer = await owner.see(filled(place, path))
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not re.search(r"<[^>]+ (style|on\w+)=", answer.text), path
        assert not re.search(r"<script(?![^>]* src=)", answer.text), path
