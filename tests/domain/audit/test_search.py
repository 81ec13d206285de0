"""Searching the event log: by type, by what events speak of, by when, page after page."""

from typing import Any

import pytest

from hyway.domain import audit, identity
from hyway.domain.audit import Reference, Wanted
from hyway.kernel import clock, seal, sqid
from hyway.kernel.db import Read, Ref
from hyway.kernel.faults import Invalid
from tests.domain.audit.logs import every, fact, ids, tell, walk
from tests.make.world import World

APP = Ref("App", "app_1", {"name": "Shop", "alternateId": "shop"})
PROJECT = Ref("Project", "proj_1", {"name": "Store"})
OTHER = Ref("Project", "proj_2", {"name": "Depot"})


@pytest.fixture
def told(world: World) -> World:
    """Seven events about two projects and an app in one of them."""
    by = world.by
    for each in (
        fact(by, "project.created", "project", "proj_1", name="Store"),
        fact(by, "project.created", "project", "proj_2", name="Depot"),
        fact(by, "app.created", "app", "app_1", PROJECT, name="Shop"),
        fact(by, "dotenv.pushed", "dotenv", "dotv_1", APP, PROJECT),
        fact(by, "dotenv.pulled", "dotenv", "dotv_1", APP, PROJECT),
        fact(by, "app.changed", "app", "app_1", PROJECT, name="Shop"),
        fact(by, "project.changed", "project", "proj_2", name="Depot"),
    ):
        world.db.write_now(tell, [each])
    return world


def actions(world: World, **wanted: Any) -> list[str]:
    found = every(world.db, world.by, **wanted)
    return [each.action for each in found if each.subject_kind not in ("organization", "collection")]


@pytest.mark.parametrize(
    ("types", "found"),
    [
        (["APP.UPDATE"], ["app.changed"]),
        (["APP"], ["app.changed", "app.created"]),
        (["DOTENV.PUSH", "DOTENV.PULL"], ["dotenv.pulled", "dotenv.pushed"]),
        (
            ["PROJECT", "DOTENV.PULL"],
            ["project.changed", "dotenv.pulled", "project.created", "project.created"],
        ),
        (["DATABASE"], []),
        (["DATABASE", "APP.CREATE"], ["app.created"]),
        (["APP.NOTHING"], []),
        (["AP"], []),
        ([""], []),
    ],
)
def test_types_are_whole_ones_or_nouns(told: World, types: list[str], found: list[str]) -> None:
    assert actions(told, types=types) == found


def test_references_are_met_all_or_any(told: World) -> None:
    project, app, other = (Wanted(each.id) for each in (PROJECT, APP, OTHER))
    of_app = ["app.changed", "dotenv.pulled", "dotenv.pushed", "app.created"]
    assert actions(told, references=[app]) == of_app
    assert actions(told, references=[project]) == [*of_app, "project.created"]
    assert actions(told, references=[project, app]) == of_app
    assert actions(told, references=[app, project, app]) == of_app
    assert actions(told, references=[project, other]) == []
    assert actions(told, references=[project, other], operation="OR") == [
        "project.changed", *of_app, "project.created", "project.created",
    ]  # fmt: skip
    assert actions(told, references=[project, Wanted("dotv_1"), app]) == ["dotenv.pulled", "dotenv.pushed"]
    assert actions(told, references=[project, Wanted("dotv_1"), other]) == []
    assert actions(told, references=[Wanted("proj_9")]) == []
    assert actions(told, references=[project, Wanted("proj_9")]) == []


def test_a_reference_may_be_of_a_type(told: World) -> None:
    assert len(actions(told, references=[Wanted("proj_1", "Project")])) == 5
    assert len(actions(told, references=[Wanted("proj_1", "project")])) == 5
    assert actions(told, references=[Wanted("proj_1", "App")]) == []
    assert (
        actions(told, references=[Wanted("proj_1"), Wanted("proj_1", "Project"), Wanted("proj_1", "App")])
        == []
    )
    assert len(actions(told, references=[Wanted("proj_1"), Wanted("proj_1", "Project")])) == 5


def test_one_id_of_two_kinds_is_two_things(world: World) -> None:
    """Two families count alike: the first campaign and the first collab have one id."""
    for noun in ("campaign", "collab"):
        world.db.write_now(tell, [fact(world.by, f"{noun}.created", noun, "Uk", name=noun)])
    assert actions(world, references=[Wanted("Uk")]) == ["collab.created", "campaign.created"]
    assert actions(world, references=[Wanted("Uk", "Collab")]) == ["collab.created"]
    both = [Wanted("Uk", "Collab"), Wanted("Uk", "Campaign")]
    assert actions(world, references=both) == []
    assert actions(world, references=both, operation="OR") == ["collab.created", "campaign.created"]


def test_filters_go_together(told: World) -> None:
    app, project = Wanted("app_1"), Wanted("proj_1")
    assert actions(told, types=["APP"], references=[app]) == ["app.changed", "app.created"]
    assert actions(told, types=["DOTENV.PULL"], references=[app, project]) == ["dotenv.pulled"]
    assert actions(told, types=["PROJECT"], references=[app]) == []


def test_dates_are_from_the_first_to_before_the_second(told: World) -> None:
    whole = every(told.db, told.by)
    middle = whole[3]
    assert ids(every(told.db, told.by, start=middle.at)) == ids(e for e in whole if e.at >= middle.at)
    assert ids(every(told.db, told.by, end=middle.at)) == ids(e for e in whole if e.at < middle.at)
    assert every(told.db, told.by, start=middle.at, end=middle.at) == []
    assert ids(every(told.db, told.by, start=middle.at, end=middle.at + 1)) == ids([middle])
    assert every(told.db, told.by, start=clock.now() + clock.DAY) == []


def test_pages_end_where_there_is_no_more(told: World) -> None:
    whole = every(told.db, told.by)
    for size in (1, 2, 3, len(whole) - 1, len(whole), len(whole) + 1):
        pages = walk(told.db, told.by, size)
        assert [each for page in pages for each in page] == whole
        assert all(len(page) == size for page in pages[:-1])
        assert pages[-1]


def test_a_page_begins_after_any_event_even_one_that_the_filters_hide(told: World) -> None:
    whole = every(told.db, told.by)
    hidden = next(each for each in whole if each.action == "dotenv.pushed")
    found = told.db.read_now(audit.search, told.by, types=["APP"], cursor=audit.wire_id(hidden))
    assert [each.action for each in found.events] == ["app.created"]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "evnt_",
        "nonsense",
        "evnt_60b3b3f4c4b3f00001f3b3f4",
        "evnt_" + "f" * 24,
        "evnt_" + "0" * 24,
        "evnt_" + "G" * 24,
    ],
)
def test_a_cursor_is_the_id_of_an_event(told: World, cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        told.db.read_now(audit.search, told.by, cursor=cursor)
    assert refusal.value.field == "pageCursor"


def test_the_cursor_of_a_stranger_is_none(told: World) -> None:
    stranger = told.stranger()
    (newest, *_) = every(stranger.db, stranger.by)
    with pytest.raises(Invalid):
        told.db.read_now(audit.search, told.by, cursor=audit.wire_id(newest))
    assert not {each.seq for each in every(told.db, stranger.by)} & {
        each.seq for each in every(told.db, told.by)
    }
    assert every(told.db, stranger.by, references=[Wanted("proj_1")]) == []
    assert every(told.db, stranger.by, references=[Wanted("proj_1"), Wanted("app_1")]) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("pageSize", {"size": 0}),
        ("pageSize", {"size": 201}),
        ("types", {"types": ["A"] * 101}),
        ("references", {"references": [Wanted(str(each)) for each in range(21)]}),
        ("references", {"references": [Wanted("a\0")]}),
        ("referenceOperation", {"operation": "XOR"}),
    ],
)
def test_what_is_no_search_is_refused(told: World, field: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        told.db.read_now(audit.search, told.by, **wrong)
    assert refusal.value.field == field


def test_what_an_event_speaks_of(told: World) -> None:
    (pushed,) = every(told.db, told.by, types=["DOTENV.PUSH"])
    assert pushed.references == (
        Reference("DotEnv", "dotv_1"), Reference("App", "app_1", {"name": "Shop", "alternateId": "shop"}),
        Reference("Project", "proj_1", {"name": "Store"}),
    )  # fmt: skip
    ours = told.db.read_now(identity.organization, told.by)
    (founded,) = every(told.db, told.by, types=["ORGANIZATION.CREATE"])
    assert founded.references == (Reference("Organization", ours.wire_id, {"name": "Ours"}),)
    assert every(told.db, told.by, references=[Wanted(ours.wire_id)]) == [founded]


def test_who_did_it_can_be_searched_by(world: World) -> None:
    person = world.db.write_now(identity.add_person, "ann@example.com", "Ann", "correct horse battery")
    stranger = world.db.write_now(identity.add_person, "joe@example.com", "Joe", "correct horse battery")
    world.db.write_now(identity.join, world.by, person, "owner")
    member = world.db.read_now(identity.member_id, world.by.organization, person.seq)
    assert member
    for who in (person, stranger):
        caller = identity.Caller(
            world.by.organization, "self-hosted", "person", who.id, who.name, "console", person=who.seq
        )
        world.db.write_now(tell, [fact(caller, "tag.created", "tag", f"tag-of-{who.name}", name="New")])
    issued = world.db.write_now(identity.issue_key, world.by, identity.NewKey("hoko", "Shop"))
    key = world.db.read_now(_caller_of, issued.secret)
    world.db.write_now(tell, [fact(key, "tag.created", "tag", "tag-of-key", name="New")])

    (hers,) = every(world.db, world.by, references=[Wanted(member, "Member")])
    assert (hers.subject_id, hers.member) == ("tag-of-Ann", member)
    assert hers.references[1] == Reference("Member", member, {"name": "Ann"})
    (his,) = every(world.db, world.by, references=[Wanted(stranger.id, "User")])
    assert (his.subject_id, his.member) == ("tag-of-Joe", "")
    made, its = every(world.db, world.by, references=[Wanted(issued.key.id, "Key")])[::-1]
    assert (made.action, its.subject_id) == ("key.created", "tag-of-key")
    both = every(world.db, world.by, references=[Wanted("tag-of-Ann"), Wanted(member)])
    assert both == [hers]


def _caller_of(r: Read, secret: str) -> identity.Caller:
    found = identity.caller_of_key(r, seal.digest(secret), {"hoko"})
    assert found
    return found


def test_of_very_many_things_the_first_are_searched_by_and_all_are_shown(world: World) -> None:
    refs = [Ref("Team", f"team_{each}") for each in range(40)]
    world.db.write_now(tell, [fact(world.by, "team.created", "team", "team_new", *refs)])
    (made,) = every(world.db, world.by, types=["TEAM"])
    assert len(made.references) == 41
    assert every(world.db, world.by, references=[Wanted("team_14")]) == [made]
    assert every(world.db, world.by, references=[Wanted("team_0"), Wanted("team_14"), Wanted("team_7")]) == [
        made
    ]
    assert every(world.db, world.by, references=[Wanted("team_15")]) == []


def test_three_things_that_seldom_meet_are_looked_for_a_stretch_at_a_time(world: World) -> None:
    by, a, b, c = world.by, *(Ref("Thing", each) for each in "abc")
    common = [fact(by, "thing.changed", "thing", f"t{each}", a, b) for each in range(4_200)]
    world.db.write_now(tell, [fact(by, "thing.changed", "thing", "first", a, b, c), *common])
    wanted = [Wanted(each) for each in "abc"]
    pages = walk(world.db, by, 10, references=wanted)
    assert [[each.subject_id for each in page] for page in pages] == [[], [], ["first"]]


def test_the_shown_data_has_no_numbers_of_ours() -> None:
    shown = audit.shown({"person": 1, "submission": 2, "programme": None, "amount": 5, "name": "A"})
    assert shown == {
        "person": sqid.text(1), "submission": sqid.text(2), "programme": None, "amount": 5, "name": "A",
    }  # fmt: skip
