"""Toggles, segments and public keys, as the pages show and change them."""

import re
from html import unescape
from typing import Any

import pytest

from hyway.console.toggles import segment, toggle_form
from hyway.domain import toggles
from hyway.domain.toggles import ToggleChange
from hyway.domain.toggles.counting import Tally, add
from hyway.domain.toggles.deciding import Compiled
from hyway.kernel import clock
from tests.console.conftest import Browser
from tests.console.projects.conftest import Place
from tests.console.toggles.conftest import BETA, CHECKOUT

NEW = "/console/toggles/new"
SEGMENTS = "/console/segments"
BETA_AT = SEGMENTS + "/shop/beta"
KEYS = "/console/public-keys"


def row(place: int, subject: str, operator: str = "is", value: str = "", name: str = "") -> dict[str, str]:
    """One target of one condition, as the form sends it."""
    root = f"t{place}."
    return {
        f"{root}mode": "form",
        f"{root}join": "all",
        f"{root}subject": subject,
        f"{root}name": name,
        f"{root}operator": operator,
        f"{root}value": value,
        f"{root}segment": value if "segment" in subject else "",
    }


def targets(of: str, place: Place) -> list[tuple[str, object]]:
    found = place.db.read_now(toggles.find, place.by(), "shop", of)
    return [(each.logic, each.value) for each in found.targets]


async def test_the_list_is_searched_and_narrowed(shop: Place, owner: Browser) -> None:
    text = (await owner.see("/console/toggles")).text
    assert text.index("new-checkout") < text.index("limit") < text.index("config")
    assert "3 targets" in text
    assert "{ &#34;id&#34;: &#34;Hello World!&#34;}" in text
    found = (await owner.see("/console/toggles?q=PAY")).text
    assert "new-checkout" in found
    assert ">limit<" not in found
    assert "No toggle matches" in (await owner.see("/console/toggles?q=nothing-like-it")).text


async def test_a_toggle_tells_who_sees_what(shop: Place, owner: Browser) -> None:
    text = (await owner.see(CHECKOUT)).text
    assert "Is in the segment Beta testers" in text
    assert "Is among 30 % of people" in text
    assert "A rule of its own, in JSON" in text
    assert "Everybody else" in text
    assert "Nobody has asked for it in this time" in text


async def test_a_toggle_is_made_from_rows(shop: Place, owner: Browser) -> None:
    await owner.see(NEW)
    fields: dict[str, Any] = {
        "project": "shop", "key": "banner", "type": "string", "description": "On top", "tags": "web, web , top",
        "defaultValue": " plain ", "target": ["0", "1"], "t0.give": "gold", "t1.give": "half",
        **row(0, "custom", "one-of", "gold, 42", "plan"), **row(1, "rollout", value="12.5"),
    }  # fmt: skip
    answer = await owner.send(NEW, **fields)
    assert answer.headers["location"] == "/console/toggles/shop/banner"
    made = shop.db.read_now(toggles.find, shop.by(), "shop", "banner")
    assert (made.type, made.default_value, made.tags) == ("string", " plain ", ("web", "top"))
    assert targets("banner", shop) == [
        ('{"in": [{"var": "customAttributes.plan"}, ["gold", "42", 42]]}', "gold"),
        ('{"rollout": [12.5]}', "half"),
    ]
    assert "Plan is gold or 42" in (await owner.see("/console/toggles/shop/banner")).text


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"key": ""}, 'id="wrong-key">Is missing.'),
    ({"key": "new-checkout"}, 'id="wrong-key">Is taken by another toggle of the project.'),
    ({"key": "a b"}, 'id="wrong-key">Letters, digits, dots, - and _, and not dots alone.'),
    ({"defaultValue": "many"}, "Is no number."),
    ({"t0.give": "NaN"}, "Is no number."),
    ({"t0.give": "1" + "0" * 30}, "Is too large a number."),
    ({"t0.value": ""}, "A value is missing."),
    ({"t0.operator": "more"}, "Is no number."),
    ({"t0.operator": "v>="}, "Semver needs versions such as 1.2.3."),
    ({"t0.subject": "segment", "t0.segment": ""}, "Choose a segment."),
    ({"t0.subject": "segment", "t0.segment": "gone"}, 'The project has no segment "gone".'),
    ({"t0.mode": "json", "t0.logic": "{"}, "Is no JSON: Expecting"),
    ({"t0.mode": "json", "t0.logic": '{"nope": 1}'}, 'There is no operator "nope".'),
    ({"t0.mode": "json", "t0.logic": "[" * 60 + "]" * 60}, "Is nested more than 50 levels deep."),
    ({"tags": "x" * 101}, 'id="wrong-tags">'),
    ({"description": "x" * 1_001}, 'id="wrong-description">At most 1000 characters.'),
)


async def test_what_is_wrong_stands_beside_it(shop: Place, owner: Browser) -> None:
    await owner.see(NEW)
    fields = {"project": "shop", "key": "fine", "type": "number", "defaultValue": "1", "target": "0"}
    right = {**fields, "t0.give": "2", **row(0, "user.id", "is", "kim")}
    for wrong, said in WRONG:
        answer = await owner.send(NEW, **{**right, **wrong})
        assert answer.status_code == 422, (wrong, answer.headers)
        assert said in answer.text.replace("&#39;", "'").replace("&#34;", '"'), wrong
    assert shop.db.read_now(toggles.page, shop.by(), "shop")[1] == 3


async def test_buttons_of_the_form_work_without_a_script_and_store_nothing(
    shop: Place, owner: Browser
) -> None:
    await owner.see(NEW)
    base = {"project": "shop", "key": "k", "type": "boolean", "defaultValue": "false"}
    added = await owner.send(NEW, **base, do="add")
    assert added.status_code == 200
    assert added.text.count('name="target"') == 1
    two: dict[str, Any] = {**base, "target": ["0", "1"], "t0.give": "true", "t1.give": "false"}
    two |= row(0, "user.id", "is", "kim") | row(1, "rollout", value="30")
    moved = (await owner.send(NEW, **two, do="down:0")).text
    assert moved.index('value="30"') < moved.index('value="kim"')
    as_json = (await owner.send(NEW, **two, do="json:0")).text
    assert '{"==": [{"var": "user.id"}, "kim"]}' in as_json.replace("&#34;", '"')
    dropped = (await owner.send(NEW, **two, do="drop:0")).text
    assert 'value="kim"' not in dropped
    more = (await owner.send(NEW, **two, do="row:0")).text
    assert more.count('name="t0.subject"') == 2
    for odd in ("up:99999", "drop:x", "row", "json:-1", "drop-row:0:77", "nonsense", "down:1"):
        assert (await owner.send(NEW, **two, do=odd)).status_code == 200, odd
    assert shop.db.read_now(toggles.page, shop.by(), "shop")[1] == 3


async def test_json_comes_back_as_rows_where_rows_can_say_it(shop: Place, owner: Browser) -> None:
    await owner.see(NEW)
    base = {"project": "shop", "type": "boolean", "target": "0", "t0.mode": "json", "do": "form:0"}
    simple = await owner.send(NEW, **base, **{"t0.logic": '{"==":[{"var":"user.email"},"a@b.example"]}'})
    assert 'value="a@b.example"' in simple.text
    assert '<option value="user.email" selected>' in simple.text
    complex_one = await owner.send(NEW, **base, **{"t0.logic": '{"map": [[1], 2]}'})
    assert "it stays JSON" in complex_one.text
    assert 'name="t0.subject"' not in complex_one.text


async def test_what_is_not_touched_stays_as_it_was_written(shop: Place, owner: Browser) -> None:
    odd = '{  "==" : [{"var":["user.id"]} ,"kim" ] }'
    shop.db.write_now(toggles.change, shop.by(), "shop", "new-checkout", ToggleChange(targets=((odd, True),)))
    page = (await owner.see(CHECKOUT + "/edit")).text
    kept = re.search(r'name="t0.logic" value="([^"]*)"', page)
    assert kept
    sent = {"version": "2", "defaultValue": "true", "target": "0", "t0.give": "true", "t0.logic": odd}
    await owner.send(CHECKOUT + "/edit", **sent, **row(0, "user.id", "is", "kim"))
    assert targets("new-checkout", shop) == [(odd, True)]
    await owner.send(CHECKOUT + "/edit", **{**sent, "version": "3"}, **row(0, "user.id", "is", "ann"))
    assert targets("new-checkout", shop) == [('{"==": [{"var": "user.id"}, "ann"]}', True)]


async def test_json_that_is_laid_out_to_be_read_is_stored_as_it_was(shop: Place, owner: Browser) -> None:
    rule = '{"some":[{"var":"customAttributes.roles"},{"in":[{"var":""},["admin","owner","editor"]]}]}'
    at = "/console/toggles/shop/limit"
    shop.db.write_now(toggles.change, shop.by(), "shop", "limit", ToggleChange(targets=((rule, 1),)))
    page = (await owner.see(at + "/edit")).text
    found = re.search(
        r'name="t0.was" value="([^"]*)">.*?<textarea name="t0.logic"[^>]*>\n(.*?)</textarea>', page, re.S
    )
    assert found
    was, logic = (unescape(each) for each in found.groups())
    assert was == rule
    assert logic.count("\n") > 5
    sent = {"defaultValue": "42", "target": "0", "t0.give": "1", "t0.mode": "json", "t0.was": was}
    await owner.send(at + "/edit", **sent, **{"t0.logic": logic.replace("\n", "\r\n")})
    assert shop.db.read_now(toggles.find, shop.by(), "shop", "limit").version == 2
    await owner.send(at + "/edit", **sent, **{"t0.logic": logic.replace("admin", "boss")})
    assert '"boss"' in targets("limit", shop)[0][0]


async def test_an_object_keeps_its_spacing_and_a_text_its_blanks(shop: Place, owner: Browser) -> None:
    await owner.see("/console/toggles/shop/config/edit")
    await owner.send("/console/toggles/shop/config/edit", defaultValue='{ "id":\r\n  1 }')
    found = shop.db.read_now(toggles.find, shop.by(), "shop", "config")
    assert found.default_value == '{ "id":\n  1 }'


@pytest.mark.parametrize("there", [CHECKOUT, BETA_AT])
async def test_who_is_overtaken_while_they_save_overwrites_nothing(
    shop: Place, owner: Browser, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """Two forms of one version that arrive at once: the second is told, and may save once more."""
    form = segment if there == BETA_AT else toggle_form
    fields = {
        **{"name": "Beta", "defaultValue": "false", "target": "0", "t0.give": "true", "version": "1"},
        **row(0, "user.id", "is", "ann"),
    }
    seen = form._found

    async def late(*asked: Any) -> Any:
        found = await seen(*asked)
        if "first" not in done:
            done.append("first")
            answer = await owner.send(f"{there}/edit", description="First", **fields)
            assert answer.status_code == 303
        return found

    done: list[str] = []
    monkeypatch.setattr(form, "_found", late)
    answer = await owner.send(f"{there}/edit", description="Second", **fields)
    assert answer.status_code == 422
    assert "Somebody has changed it since" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert "First" in (await owner.see(there)).text
    answer = await owner.send(f"{there}/edit", description="Second", **{**fields, "version": "2"})
    assert answer.status_code == 303
    assert "Second" in (await owner.see(there)).text


async def test_who_was_overtaken_is_told_before_they_overwrite(shop: Place, owner: Browser) -> None:
    await owner.see(CHECKOUT + "/edit")
    shop.db.write_now(toggles.change, shop.by(), "shop", "new-checkout", ToggleChange(description="Mine"))
    answer = await owner.send(CHECKOUT + "/edit", version="1", description="Theirs", defaultValue="false")
    assert answer.status_code == 422
    assert "Somebody has changed it since" in answer.text
    assert 'name="version" value="2"' in answer.text
    assert shop.db.read_now(toggles.find, shop.by(), "shop", "new-checkout").description == "Mine"


async def test_the_form_is_tried_as_it_stands_unsaved(shop: Place, owner: Browser) -> None:
    await owner.see(CHECKOUT + "/edit")
    fields: dict[str, Any] = {
        "defaultValue": "false",
        "target": ["0", "1"],
        "t0.give": "false",
        "t1.give": "true",
    }
    rows = row(0, "user.id", "is", "kim") | row(1, "segment", value="beta")
    part = {"x-part": "1"}

    async def tried(**context: str) -> str:
        answer = await owner.send(CHECKOUT + "/edit", headers=part, do="look", **fields, **rows, **context)
        assert answer.status_code == 200
        assert "<html" not in answer.text
        return answer.text

    assert "Would see: <code>true</code>, because target 2." in await tried(
        **{"x.key": "u", "x.name": "plan", "x.value": "beta"}
    )
    assert "Would see: <code>true</code>, because target 2." in await tried(**{"x.email": "a@north.example"})
    assert "Would see: <code>false</code>, because target 1." in await tried(**{"x.id": "kim"})
    assert "Would see: <code>false</code>, because no target matches." in await tried(**{"x.key": "u"})
    as_json = '{"user": {"Id": "kim"}}'
    assert "because target 1." in await tried(**{"x.json": as_json})
    assert "is no JSON object" in await tried(**{"x.json": "[1]"})
    assert "is no JSON object" in await tried(**{"x.json": "[" * 5_000})
    assert "Would see" not in await tried()
    fields["t0.give"] = "false"
    rows |= {"t0.value": ""}
    assert "One of the targets is not right yet" in await tried(**{"x.key": "u"})
    assert len(targets("new-checkout", shop)) == 3


async def test_a_stored_toggle_is_tried_by_its_address(shop: Place, owner: Browser) -> None:
    asked = {"x.key": "user-1", "x.name": ["plan", "n"], "x.value": ["beta", "7"]}
    whole = (await owner.see(CHECKOUT, params=asked)).text
    assert "Would see: <code>true</code>, because target 1." in whole
    assert "&#34;n&#34;: 7" in whole
    part = (await owner.see(CHECKOUT + "/try", params=asked)).text
    assert part.strip().startswith("<p")
    (decided,) = Compiled(shop.db.read_now(_ruleset, shop)).decide(
        {"targetingKey": "user-1"}, ["new-checkout"]
    )
    alone = (await owner.see(CHECKOUT + "/try", params={"x.key": "user-1"})).text
    assert f"<code>{str(decided.value).lower()}</code>" in alone


def _ruleset(r: object, shop: Place) -> toggles.Ruleset:
    of = toggles.find(r, shop.by(), "shop", "limit").project  # type: ignore[arg-type]
    found = toggles.ruleset(r, of.seq)  # type: ignore[arg-type]
    assert found
    return found


async def test_history_tells_who_changed_what_and_brings_it_back(shop: Place, owner: Browser) -> None:
    wish = ToggleChange(default_value=True, targets=(('{"rollout": [40]}', True),))
    shop.db.write_now(toggles.change, shop.by("admin"), "shop", "new-checkout", wish)
    text = (await owner.see(CHECKOUT)).text
    assert re.search(r"Version 2</b>\s*changed by Admin", text)
    assert re.search(r'class="came">.*true ← Is among 40 % of people', text)
    assert re.search(r'class="went">.*true ← Is among 30 % of people', text)
    assert re.search(r'Everybody else</small><div class="went">.*false.*class="came">.*true', text, re.S)
    answer = await owner.send(CHECKOUT + "/revert", version="1")
    assert answer.headers["location"] == CHECKOUT
    found = shop.db.read_now(toggles.find, shop.by(), "shop", "new-checkout")
    assert (found.version, found.default_value, len(found.targets)) == (3, False, 3)
    assert (await owner.send(CHECKOUT + "/revert", version="77")).status_code == 404


async def test_evaluations_over_time(shop: Place, owner: Browser) -> None:
    tally, now = Tally(), clock.now()
    compiled = Compiled(shop.db.read_now(_ruleset, shop))
    for person in range(200):
        (decided,) = compiled.decide({"targetingKey": f"user-{person}"}, ["new-checkout"])
        tally.decided(decided, 1, now)
    tally.told(decided.project, "new-checkout", True, "TARGETING_MATCH", now)
    shop.db.write_now(add, tally.take(), [])
    for span in ("24h", "7d", "90d", "nonsense"):
        text = (await owner.see(f"{CHECKOUT}?span={span}")).text
        assert "Evaluations <small>200</small>" in text
        assert "<code>true</code> <small>target 2</small>" in text
        assert "told 1 time what" in text


async def test_deleting_asks_and_leaves_the_history(shop: Place, owner: Browser) -> None:
    of = shop.db.read_now(toggles.find, shop.by(), "shop", "limit")
    await owner.see("/console/toggles/shop/limit/edit")
    assert "Delete limit?" in (await owner.send("/console/toggles/shop/limit/delete")).text
    await owner.send("/console/toggles/shop/limit/delete", confirmed="yes")
    assert (await owner.see("/console/toggles/shop/limit")).status_code == 404
    text = (await owner.see(f"/console/toggles/shop/{of.id}")).text
    assert "Deleted" in text
    assert "/edit" not in text
    assert "Bring back" not in text


async def test_segments_show_where_they_are_used(shop: Place, owner: Browser) -> None:
    text = (await owner.see(SEGMENTS)).text
    assert "Is in the segment Staff or plan is “beta”" in text
    assert text.count("1 toggle") == 2
    staff = (await owner.see(SEGMENTS + "/shop/staff")).text
    assert 'href="/console/toggles/shop/new-checkout"' in staff
    assert 'href="/console/segments/shop/beta"' in staff
    tried = (await owner.see(BETA_AT + "/try", params={"x.email": "kim@north.example"})).text
    assert "Would be in it." in tried
    assert "Would not be in it." in (await owner.see(BETA_AT + "/try", params={"x.key": "kim"})).text


async def test_a_segment_is_made_changed_and_brought_back(shop: Place, owner: Browser) -> None:
    await owner.see(SEGMENTS + "/new")
    fields = {"project": "shop", "name": "Turks", "alternateId": "turks", "target": "0"}
    made = await owner.send(SEGMENTS + "/new", **fields, **row(0, "custom", "is", "TR", "country"))
    assert made.headers["location"] == SEGMENTS + "/shop/turks"
    found = shop.db.read_now(toggles.segments.find, shop.by(), "shop", "turks")
    assert found.logic == '{"==": [{"var": "customAttributes.country"}, "TR"]}'
    there = SEGMENTS + "/shop/turks"
    await owner.see(there + "/edit")
    wish = {"version": "1", "name": "Türkiye", "target": "0"}
    assert (await owner.send(there + "/edit", **wish, **row(0, "everybody"))).status_code == 303
    assert "Everybody" in (await owner.see(there)).text
    await owner.send(there + "/revert", version="1")
    assert shop.db.read_now(toggles.segments.find, shop.by(), "shop", "turks").name == "Turks"
    assert (await owner.send(there + "/delete", confirmed="yes")).headers["location"] == SEGMENTS


async def test_a_segment_does_not_lead_back_to_itself_and_stays_while_it_is_used(
    shop: Place, owner: Browser
) -> None:
    form = (await owner.see(SEGMENTS + "/shop/staff/edit")).text
    assert '<option value="beta"' not in form
    sent = {"name": "Staff", "target": "0", "t0.mode": "json", "t0.logic": '{"segment": "beta"}'}
    answer = await owner.send(SEGMENTS + "/shop/staff/edit", **sent)
    assert answer.status_code == 422
    assert re.search(r'<p class="wrong">[^<]*(itself|circle|cycle)', answer.text)
    kept = await owner.send(SEGMENTS + "/shop/staff/delete", confirmed="yes")
    assert kept.headers["location"] == SEGMENTS + "/shop/staff"
    assert "is in use" in (await owner.see(SEGMENTS + "/shop/staff")).text
    assert shop.db.read_now(toggles.segments.find, shop.by(), "shop", "beta").logic == BETA


async def test_a_public_key_comes_with_examples_and_goes(shop: Place, owner: Browser) -> None:
    await owner.see(KEYS + "/new")
    project = shop.db.read_now(toggles.find, shop.by(), "shop", "limit").project
    assert "Is missing" in (await owner.send(KEYS + "/new", name="", project=project.id)).text
    assert "Choose a project" in (await owner.send(KEYS + "/new", name="x", project="nowhere")).text
    made = await owner.send(KEYS + "/new", name="Phone", project=project.id)
    text = (await owner.see(made.headers["location"])).text
    key = re.search(r"public_[A-Za-z0-9+/=]+", text)
    assert key
    found = shop.db.read_now(toggles.public_keys.find, shop.by(), key[0])
    assert found.name == "Phone"
    for line in ('base_url="http://go.example"', "OFREPProvider", 'application_id="web"', "new-checkout"):
        assert line in text.replace("&#34;", '"')
    there = made.headers["location"]
    assert "Delete the key Phone?" in (await owner.send(there + "/delete")).text
    await owner.send(there + "/delete", confirmed="yes")
    assert (await owner.see(there)).status_code == 404
    assert "Web shop" in (await owner.see(KEYS)).text


async def test_who_may_only_read_is_offered_nothing_more(shop: Place, reader: Browser) -> None:
    for path in ("/console/toggles", CHECKOUT, SEGMENTS, BETA_AT, KEYS, f"{KEYS}/{shop.ids['key']}"):
        answer = await reader.see(path)
        assert answer.status_code == 200, path
        for words in ("New toggle", "New segment", "New key", "/edit", "Bring back", "/delete"):
            assert words not in answer.text, (path, words)
    for path in (NEW, CHECKOUT + "/edit", BETA_AT + "/edit", SEGMENTS + "/new", KEYS + "/new"):
        assert (await reader.see(path)).status_code in (403, 404), path
    for path in (CHECKOUT + "/revert", CHECKOUT + "/delete", f"{KEYS}/{shop.ids['key']}/delete"):
        answer = await reader.send(path, version="1", confirmed="yes")
        assert answer.status_code in (403, 404), path


async def test_who_has_no_role_on_the_project_finds_nothing(shop: Place, member: Browser) -> None:
    for path in ("/console/toggles", SEGMENTS, KEYS):
        answer = await member.see(path)
        assert answer.status_code == 200
        assert "new-checkout" not in answer.text
        assert "Beta" not in answer.text
        assert "Web shop" not in answer.text
    for path in (CHECKOUT, CHECKOUT + "/try", BETA_AT, f"{KEYS}/{shop.ids['key']}"):
        assert (await member.see(path)).status_code == 404, path
