"""Links in bulk: all or nothing, in order; absent, null and value; and whose they are."""

import threading
from typing import Any

import pytest

from hyway.domain import links
from hyway.domain.links import LinkChange, LinkQuery
from hyway.kernel import clock, ids
from hyway.kernel.faults import Invalid, Refused, Taken
from tests.make.world import World


def stored(world: World, **query: Any) -> list[links.Link]:
    return world.db.read_now(links.page, world.by, LinkQuery(**{"take": 1000, "ascending": True, **query}))


def drop(world: World, *ids_: str) -> list[str]:
    return world.db.write_now(links.drop, world.by, ids_)


def shelf(world: World, which: Any, **item: Any) -> Any:
    return world.db.write_now(links.put_on_shelf, world.by, which, [{"name": "n", **item}])[0]


def everything(world: World) -> dict[str, Any]:
    """A wish with every field."""
    return {
        "url": "https://example.com/all",
        "title": "T",
        "description": "D",
        "image": "https://example.com/i.png",
        "utm": {"source": "s", "medium": "m"},
        "expires_at": clock.now() + clock.DAY,
        "expired_url": "https://late.example/",
        "password": "word",
        "cloaked": True,
        "ios": "https://ios.example/",
        "android": "https://android.example/",
        "geo": {"DE": "https://de.example/"},
        "external_id": "e1",
        "tenant_id": "t1",
        "partner_id": shelf(world, links.PARTNERS).id,
        "forward_query": "link",
        "tag_ids": [shelf(world, links.TAGS).id],
    }


def shown(link: links.Link, name: str) -> Any:
    value = getattr(link, name)
    return list(value) if name == "tag_ids" else value


def test_a_link_is_stored_as_it_is_answered(world: World):
    wish = everything(world)
    made = world.link(**wish)
    assert stored(world) == [made]
    assert {name: shown(made, name) for name in wish} == wish
    assert made.collection_id == world.collection.id
    assert made.created_at == made.updated_at
    assert world.db.read_now(links.find, world.by, made.id) == made


def test_the_password_is_sealed_at_rest(world: World):
    from sqlalchemy import text

    world.link(password="a word to be kept")
    rows = world.db.read_now(lambda r: r.run(text("SELECT * FROM links")).all())
    assert "a word to be kept" not in repr(rows)


def test_what_is_not_mentioned_stays(world: World):
    made = world.link(**everything(world))
    same = world.change(made)
    assert same == made._replace(updated_at=same.updated_at)


CLEARED: dict[str, Any] = {"cloaked": False, "forward_query": "visitor", "tag_ids": []}
FIXED = ("id", "short_id", "domain", "host")
NULLABLE = [name for name in LinkChange.__slots__ if name not in (*FIXED, "url", "collection_id")]


@pytest.mark.parametrize("name", NULLABLE)
def test_null_clears_one_field_and_no_other(world: World, name: str):
    made = world.link(**everything(world))
    cleared = world.change(made, **{name: None})
    assert shown(cleared, name) == CLEARED.get(name)
    kept = {field: value for field, value in made._asdict().items() if field not in (name, "updated_at")}
    assert {field: getattr(cleared, field) for field in kept} == kept
    assert stored(world) == [cleared]


@pytest.mark.parametrize("name", ["url", "collection_id"])
def test_what_a_link_needs_cannot_be_null(world: World, name: str):
    made = world.link()
    with pytest.raises(Invalid, match="must not be null"):
        world.change(made, **{name: None})


NEW_VALUES: dict[str, Any] = {
    "url": "https://new.example/",
    "title": "New",
    "description": "",
    "image": "https://new.example/i.png",
    "expires_at": 1,
    "expired_url": "https://new.example/late",
    "password": "new",
    "cloaked": False,
    "ios": "https://new.example/ios",
    "android": "https://new.example/android",
    "geo": {"FR": "https://new.example/fr"},
    "external_id": "new",
    "tenant_id": "new",
    "forward_query": "off",
}


@pytest.mark.parametrize("name", NEW_VALUES)
def test_a_value_changes_one_field(world: World, name: str):
    made = world.link(**everything(world))
    changed = world.change(made, **{name: NEW_VALUES[name]})
    assert changed == made._replace(**{name: NEW_VALUES[name], "updated_at": changed.updated_at})
    assert stored(world) == [changed]


def test_utm_is_merged_in_the_store(world: World):
    made = world.link(utm={"source": "s", "medium": "m"})
    assert world.change(made, utm={"medium": None, "term": "t"}).utm == {"source": "s", "term": "t"}
    assert world.change(made, utm={"source": "", "term": None}).utm is None


def test_tags_are_set_whole(world: World):
    one, two = shelf(world, links.TAGS), shelf(world, links.TAGS)
    made = world.link(tag_ids=[one.id, one.id])
    assert made.tag_ids == (one.id,)
    assert set(world.change(made, tag_ids=[two.id, one.id]).tag_ids) == {one.id, two.id}
    assert world.change(made, tag_ids=[two.id]).tag_ids == (two.id,)
    assert stored(world, tag_id=two.id)
    assert stored(world, tag_id=one.id) == []
    world.db.write_now(links.drop_from_shelf, world.by, links.TAGS, [two.id])
    assert stored(world)[0].tag_ids == ()


def test_answers_come_in_the_order_of_the_wishes(world: World):
    old = world.put(*(world.wish(title=f"old {i}") for i in range(5)))
    wishes = []
    for i, link in enumerate(reversed(old)):
        wishes += [LinkChange(id=link.id, title=f"changed {i}"), world.wish(title=f"new {i}")]
    made = world.put(*wishes)
    assert [link.title for link in made] == [f"{word} {i}" for i in range(5) for word in ("changed", "new")]
    assert [link.id for link in made[::2]] == [link.id for link in reversed(old)]


def test_a_link_wished_for_twice_is_changed_twice(world: World):
    made = world.link(utm={"source": "a"})
    both = world.put(
        LinkChange(id=made.id, utm={"term": "t"}), LinkChange(id=made.id, title="T", utm={"source": None})
    )
    assert both[0] == both[1] == stored(world)[0]
    assert (both[1].title, both[1].utm) == ("T", {"term": "t"})


BAD: dict[str, dict[str, Any]] = {
    "url": {"url": "javascript:alert(1)"},
    "title": {"title": "x" * 501},
    "collectionId": {"collection_id": ids.uuid7()},
    "partnerId": {"partner_id": ids.uuid7()},
    "tagIds": {"tag_ids": [ids.uuid7()]},
    "externalId": {"external_id": "taken"},
    "shortId": {"short_id": "taken"},
    "id": {"id": ids.uuid7()},
    "utm": {"utm": {"colour": "red"}},
    "geo": {"geo": {"QQ": "https://x.example/"}},
}


@pytest.mark.parametrize("field", BAD)
@pytest.mark.parametrize("at", [0, 3, 6])
def test_one_fault_undoes_the_whole_call_and_says_where(world: World, field: str, at: int):
    there = world.link(external_id="taken", short_id="taken", title="before")
    wishes = [world.wish(title=f"{i}", short_id=f"s{i}", external_id=f"e{i}") for i in range(6)]
    wishes.insert(3, LinkChange(id=there.id, title="after"))
    wishes[at] = world.wish(**BAD[field])
    with pytest.raises(Invalid) as refused:
        world.put(*wishes)
    assert (refused.value.field, refused.value.at) == (field, at)
    assert stored(world) == [there]


def test_an_external_id_belongs_to_one_live_link(world: World):
    first = world.link(external_id="e")
    with pytest.raises(Taken):
        world.link(external_id="e")
    with pytest.raises(Taken) as twice:
        world.put(world.wish(external_id="x"), world.wish(external_id="y"), world.wish(external_id="x"))
    assert twice.value.at == 2
    assert world.change(first, external_id="e").external_id == "e"
    drop(world, first.id)
    assert world.link(external_id="e").external_id == "e"
    assert world.stranger().link(external_id="e").external_id == "e"


def test_external_ids_are_swapped_in_one_call(world: World):
    one, two = world.put(world.wish(external_id="e1"), world.wish(external_id="e2"))
    made = world.put(LinkChange(id=one.id, external_id="e2"), LinkChange(id=two.id, external_id="e1"))
    assert [link.external_id for link in made] == ["e2", "e1"]
    assert [link.external_id for link in stored(world)] == ["e2", "e1"]


def test_an_external_id_given_up_in_a_call_is_free_in_it(world: World):
    old = world.link(external_id="e")
    made = world.put(world.wish(external_id="e"), LinkChange(id=old.id, external_id=None))
    assert [link.external_id for link in made] == ["e", None]
    with pytest.raises(Taken):
        world.put(LinkChange(id=old.id, external_id="e"), LinkChange(id=made[0].id, title="keeps it"))


def test_requests_that_want_the_same_external_id_at_once(world: World):
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def run() -> None:
        gate.wait()
        try:
            world.link(external_id="e")
            outcomes.append("made")
        except Taken as taken:
            outcomes.append(taken.field)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["externalId"] * 3 + ["made"]
    assert len(stored(world)) == 1


def test_a_chosen_short_id(world: World):
    made = world.link(short_id="Summer-24_x")
    found = world.db.read_now(links.target, "Summer-24_x")
    assert found is not None
    assert found.id == made.id
    assert world.db.read_now(links.target, "summer-24_x") is None
    with pytest.raises(Invalid, match="cannot be changed"):
        world.change(made, short_id="winter")
    with pytest.raises(Taken) as twice:
        world.put(world.wish(short_id="a"), world.wish(), world.wish(short_id="a"))
    assert (twice.value.field, twice.value.at) == ("shortId", 2)
    drop(world, made.id)
    with pytest.raises(Taken):  # what is printed somewhere never leads elsewhere
        world.link(short_id="Summer-24_x")
    with pytest.raises(Taken):
        world.stranger().link(short_id="Summer-24_x")


@pytest.mark.parametrize(
    "short_id", ["", "api", "API", "console", "a b", "a/b", "😀", "x" * 65, "a\0", "..", "qrcode"]
)
def test_a_short_id_that_cannot_be_chosen(world: World, short_id: str):
    with pytest.raises(Invalid) as refused:
        world.link(short_id=short_id)
    assert refused.value.field == "shortId"


def test_deleting(world: World):
    one, two = world.put(world.wish(), world.wish())
    assert drop(world, two.id, one.id, two.id) == [two.id, one.id]
    assert stored(world) == []
    assert world.db.read_now(links.target, one.short_id) is None
    with pytest.raises(Invalid) as again:
        drop(world, one.id)
    assert again.value.at == 0
    with pytest.raises(Invalid):
        world.change(one, title="T")


def test_deleting_is_all_or_nothing(world: World):
    made = world.link()
    with pytest.raises(Invalid) as refused:
        drop(world, made.id, ids.uuid7())
    assert refused.value.at == 1
    assert stored(world) == [made]


def test_bounds_of_a_call(world: World):
    with pytest.raises(Invalid):
        world.put()
    with pytest.raises(Invalid):
        drop(world)
    free = world.stranger("Free", "free")
    with pytest.raises(Invalid) as refused:
        free.put(*[free.wish()] * 101)
    assert "100" in refused.value.message


def test_a_plan_bounds_the_links_that_live(world: World, monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    from hyway.domain.billing import PLANS

    monkeypatch.setitem(PLANS, "free", replace(PLANS["free"], links=3))
    free = world.stranger("Free", "free")
    made = free.put(free.wish(), free.wish())
    with pytest.raises(Refused) as refused:
        free.put(free.wish(), free.wish())
    assert "3" in refused.value.message
    free.link()
    free.change(made[0], title="a change is no new link")
    with pytest.raises(Refused):
        free.link()
    drop(free, made[0].id)
    free.link()


def test_a_link_that_has_a_feature_keeps_it_when_the_plan_goes(world: World):
    made = world.link(password="word", cloaked=True)
    from hyway.domain import identity

    world.db.write_now(identity.change_plan, world.by.organization, "free")
    poorer = World(
        world.db, identity.command_line(world.db.read_now(identity.organization, world.by)), world.collection
    )
    changed = poorer.change(made, title="T")
    assert (changed.password, changed.cloaked) == ("word", True)
    assert poorer.change(made, password=None, cloaked=False).password is None
    with pytest.raises(Refused):
        poorer.change(made, password="again")


def test_strangers_ids_are_unknown_everywhere(world: World):
    stranger = world.stranger()
    tag, partner = shelf(stranger, links.TAGS), shelf(stranger, links.PARTNERS)
    theirs, ours = stranger.link(title="theirs"), world.link()
    for wish in (
        {"collection_id": stranger.collection.id},
        {"partner_id": partner.id},
        {"tag_ids": [tag.id]},
    ):
        with pytest.raises(Invalid, match="names no"):
            world.link(**wish)
        with pytest.raises(Invalid, match="names no"):
            world.change(ours, **wish)
    with pytest.raises(Invalid, match="names no"):
        world.change(theirs, title="ours now")
    with pytest.raises(Invalid, match="names no"):
        drop(world, theirs.id)
    assert world.db.read_now(links.find, world.by, theirs.id) is None
    assert world.db.read_now(links.seq_of, world.by, theirs.id) is None
    assert world.db.read_now(links.by_seqs, world.by, [theirs.seq]) == {}
    assert stored(world, ids=(theirs.id,)) == []
    assert stored(world) == [ours]
    assert stored(stranger) == [theirs]


def test_filters_join_with_or_and_search_narrows(world: World):
    a = world.link(external_id="a", title="Alpha 100%")
    b = world.link(tenant_id="b", title="Beta")
    c = world.link(title="Gamma", url="https://example.com/delta")
    assert stored(world, external_id="a", tenant_id="b") == [a, b]
    assert stored(world, ids=(c.id, ids.uuid7()), external_id="a") == [a, c]
    assert stored(world, external_id="nobody") == []
    assert stored(world, search="ALPHA") == [a]
    assert stored(world, search="0%") == [a]
    assert stored(world, search="_") == []
    assert stored(world, search="DELTA") == [c]
    assert stored(world, search=c.short_id) == [c]
    assert stored(world, take=1, skip=1) == [b]
    assert stored(world, ascending=False) == [c, b, a]
    assert world.db.read_now(links.count, world.by, LinkQuery(external_id="a")) == 1


def test_changes_are_told_by_short_id(world: World):
    heard: list[str] = []
    world.db.changes.hear(links.TOPIC, heard.append)
    made = world.link()
    world.change(made, title="T")
    drop(world, made.id)
    assert heard == [made.short_id] * 3
    world.put(*(world.wish() for _ in range(300)))
    assert len(heard) <= 303
