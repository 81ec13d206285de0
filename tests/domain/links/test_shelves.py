"""Collections, tags and partners: the same laws on each shelf."""

from typing import Any

import pytest

from hyway.domain import links
from hyway.domain.links import ShelfQuery
from hyway.kernel import ids
from hyway.kernel.faults import Invalid
from tests.make.world import World

SHELVES: dict[str, Any] = {"collection": links.COLLECTIONS, "tag": links.TAGS, "partner": links.PARTNERS}
MORE = {"collection": ("description", "words"), "tag": ("color", "red"), "partner": ("phone", "123")}


@pytest.fixture(params=SHELVES)
def noun(request: pytest.FixtureRequest) -> str:
    return request.param


def put(world: World, noun: str, *items: dict[str, Any]) -> list[Any]:
    return world.db.write_now(links.put_on_shelf, world.by, SHELVES[noun], items)


def page(world: World, noun: str, **query: Any) -> list[Any]:
    return world.db.read_now(
        links.page_of_shelf, world.by, SHELVES[noun], ShelfQuery(**{"ascending": True, **query})
    )


def drop(world: World, noun: str, *wanted: str) -> list[str]:
    return world.db.write_now(links.drop_from_shelf, world.by, SHELVES[noun], wanted)


def test_put_answers_in_order_and_keeps_what_is_not_mentioned(world: World, noun: str):
    column, value = MORE[noun]
    first, second = put(world, noun, {"name": "first", column: value}, {"name": "second"})
    assert (first.name, getattr(first, column), second.name) == ("first", value, "second")
    again = put(world, noun, {"id": second.id, "name": "2"}, {"name": "third"}, {"id": first.id, "name": "1"})
    assert [each.name for each in again] == ["2", "third", "1"]
    assert getattr(again[2], column) == value
    assert {each.id: each for each in again}.items() <= {each.id: each for each in page(world, noun)}.items()


def test_null_clears_or_is_refused(world: World, noun: str):
    column, value = MORE[noun]
    (made,) = put(world, noun, {"name": "n", column: value})
    with pytest.raises(Invalid, match="must not be null"):
        put(world, noun, {"id": made.id, "name": None})
    if noun == "tag":
        with pytest.raises(Invalid, match="must not be null"):
            put(world, noun, {"id": made.id, column: None})
    else:
        assert getattr(put(world, noun, {"id": made.id, column: None})[0], column) is None


def test_one_wished_for_twice_is_changed_twice(world: World, noun: str):
    column, value = MORE[noun]
    (made,) = put(world, noun, {"name": "n"})
    both = put(world, noun, {"id": made.id, "name": "m"}, {"id": made.id, column: value})
    assert both[0] == both[1]
    assert (both[1].name, getattr(both[1], column)) == ("m", value)


@pytest.mark.parametrize(
    "item",
    [{"name": ""}, {"name": " "}, {"name": "x" * 256}, {"name": "a\0"}, {}, {"id": ids.uuid7(), "name": "n"}],
)
@pytest.mark.parametrize("at", [0, 2])
def test_one_fault_undoes_the_whole_call_and_says_where(
    world: World, noun: str, item: dict[str, Any], at: int
):
    before = page(world, noun)
    items: list[dict[str, Any]] = [{"name": "a"}, {"name": "b"}]
    items.insert(at, item)
    with pytest.raises(Invalid) as refused:
        put(world, noun, *items)
    assert refused.value.at == at
    assert page(world, noun) == before


@pytest.mark.parametrize(
    ("noun", "item"),
    [
        ("tag", {"color": "pinkish"}),
        ("partner", {"email": "nobody"}),
        ("partner", {"phone": ""}),
        ("collection", {"description": "x" * 5_001}),
    ],
)
def test_what_each_shelf_refuses(world: World, noun: str, item: dict[str, Any]):
    with pytest.raises(Invalid) as refused:
        put(world, noun, {"name": "n", **item})
    assert refused.value.field in item


def test_partners_addresses_are_normalised(world: World):
    assert put(world, "partner", {"name": "n", "email": "Ann@EXAMPLE.com"})[0].email == "ann@example.com"


def test_a_tag_is_slate_unless_told_otherwise_and_has_22_colours(world: World):
    assert put(world, "tag", {"name": "n"})[0].color == "slate"
    assert len(set(links.TAG_COLORS)) == 22


def test_deleting(world: World, noun: str):
    one, two = put(world, noun, {"name": "1"}, {"name": "2"})
    with pytest.raises(Invalid) as refused:
        drop(world, noun, one.id, ids.uuid7())
    assert refused.value.at == 1
    assert drop(world, noun, two.id, one.id, two.id) == [two.id, one.id]
    with pytest.raises(Invalid):
        drop(world, noun, one.id)
    with pytest.raises(Invalid):
        put(world, noun, {"id": one.id, "name": "back"})
    with pytest.raises(Invalid):
        drop(world, noun)


def test_links_keep_a_deleted_collection_and_partner_but_take_no_new_ones(world: World):
    (collection,), (partner,) = put(world, "collection", {"name": "c"}), put(world, "partner", {"name": "p"})
    made = world.link(collection_id=collection.id, partner_id=partner.id)
    drop(world, "collection", collection.id)
    drop(world, "partner", partner.id)
    assert world.change(made, title="T").collection_id == collection.id
    for wish in ({"collection_id": collection.id}, {"partner_id": partner.id}):
        with pytest.raises(Invalid, match="names no"):
            world.link(**wish)


def test_pages_and_search(world: World, noun: str):
    made = put(world, noun, *({"name": f"name {i}"} for i in range(5)))
    found = [each for each in page(world, noun) if each.name != "Links"]
    assert [each.id for each in found] == [each.id for each in made]
    assert page(world, noun, id=made[2].id) == [made[2]]
    assert page(world, noun, search="NAME 3") == [made[3]]
    assert page(world, noun, search="%") == []
    assert page(world, noun, ascending=False, take=2) == made[:2:-1]
    assert world.db.read_now(links.count_shelf, world.by, SHELVES[noun], ShelfQuery(search="name")) == 5


def test_strangers_see_and_change_nothing(world: World, noun: str):
    (made,), stranger = put(world, noun, {"name": "ours"}), world.stranger()
    assert made.id not in [each.id for each in page(stranger, noun)]
    assert page(stranger, noun, id=made.id) == []
    with pytest.raises(Invalid):
        put(stranger, noun, {"id": made.id, "name": "theirs"})
    with pytest.raises(Invalid):
        drop(stranger, noun, made.id)
    assert page(world, noun, id=made.id) == [made]
