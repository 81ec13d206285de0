"""Toggles: made, changed, looked for, deleted, and brought back to what they were."""

import pytest

from hyway.domain import projects, toggles
from hyway.domain.projects import NewProject
from hyway.domain.toggles import NewToggle, Target, ToggleChange
from hyway.kernel.faults import Invalid, Missing, Taken
from tests.domain.toggles.stage import VIP, Stage, names


def test_what_is_made_is_found_by_key_and_by_id(stage: Stage):
    made = stage.toggle("beta-ui", VIP, description="The new look", tags=("ui", "ui", " beta "))
    assert (made.key, made.type, made.targets, made.default_value) == (
        "beta-ui", "boolean", (Target(VIP, True),), False,
    )  # fmt: skip
    assert (made.tags, made.version, made.project) == (("ui", "beta"), 1, stage.project)
    assert stage.find("beta-ui") == stage.find(made.id) == made
    assert made.meta.created_at == made.meta.modified_at


def test_a_key_is_taken_until_its_toggle_is_deleted(stage: Stage):
    old = stage.toggle("beta-ui")
    with pytest.raises(Taken, match="is taken by another toggle"):
        stage.toggle("beta-ui")
    other = stage.db.write_now(projects.create, stage.by, NewProject("other", "Other"))
    new = NewToggle("beta-ui", "boolean", (), True)
    assert stage.db.write_now(toggles.create, stage.by, other.id, new).default_value is True
    stage.db.write_now(toggles.drop, stage.by, "shop", "beta-ui")
    with pytest.raises(Missing):
        stage.find("beta-ui")
    with pytest.raises(Missing):
        stage.db.write_now(toggles.drop, stage.by, "shop", old.id)
    gone = stage.find(old.id)
    assert gone.meta.deleted_at is not None
    assert (gone.meta.deleted_by, gone.key, gone.version) == ("", "beta-ui", 2)
    assert stage.toggle("beta-ui").id != old.id


def test_what_is_mentioned_changes_and_nothing_else(stage: Stage):
    made = stage.toggle("limit", type="number", default_value=1, description="As many")
    wish = ToggleChange(default_value=2, targets=((VIP, 3),))
    changed = stage.db.write_now(toggles.change, stage.by, "shop", "limit", wish)
    assert (changed.default_value, changed.targets, changed.description, changed.version) == (
        2, (Target(VIP, 3),), "As many", 2,
    )  # fmt: skip
    assert changed.meta.created_at == made.meta.created_at
    again = stage.db.write_now(toggles.change, stage.by, "shop", "limit", wish)
    assert again == changed
    floating = stage.db.write_now(toggles.change, stage.by, "shop", "limit", ToggleChange(default_value=2.5))
    assert (floating.default_value, floating.version) == (2.5, 3)
    whole = stage.db.write_now(toggles.change, stage.by, "shop", "limit", ToggleChange(default_value=2.0))
    assert (repr(whole.default_value), whole.version) == ("2", 4)


def test_every_version_can_be_brought_back(stage: Stage):
    first = stage.toggle("limit", type="number", default_value=1, description="One")
    for n in (2, 3):
        wish = ToggleChange(default_value=n, targets=((VIP, n),), tags=(f"v{n}",))
        stage.db.write_now(toggles.change, stage.by, "shop", "limit", wish)
    back = stage.db.write_now(toggles.revert, stage.by, "shop", "limit", 1)
    assert (back.default_value, back.targets, back.tags, back.version) == (1, (), (), 4)
    assert back.description == first.description
    past = stage.db.read_now(toggles.history, stage.by, "shop", "limit")
    assert [(each.version, each.verb, each.of["defaultValue"]) for each in past] == [
        (4, "reverted", 1), (3, "changed", 3), (2, "changed", 2), (1, "created", 1),
    ]  # fmt: skip
    assert past[1].of["targets"] == [{"logic": VIP, "value": 3}]
    with pytest.raises(Missing):
        stage.db.write_now(toggles.revert, stage.by, "shop", "limit", 9)


def test_a_version_that_named_a_segment_that_is_gone_stays_in_the_past(stage: Stage):
    stage.segment("vips")
    stage.toggle("beta", names("vips"))
    stage.db.write_now(toggles.change, stage.by, "shop", "beta", ToggleChange(targets=()))
    stage.db.write_now(toggles.segments.drop, stage.by, "shop", "vips")
    with pytest.raises(Invalid) as refused:
        stage.db.write_now(toggles.revert, stage.by, "shop", "beta", 1)
    assert refused.value.field == "targets/0/logic"
    assert stage.find("beta").targets == ()


def test_a_list_is_of_a_project_or_of_all(stage: Stage):
    other = stage.db.write_now(projects.create, stage.by, NewProject("other", "Other"))
    stage.toggle("a", description="Größe des Warenkorbs", tags=("Checkout",))
    stage.toggle("b_1")
    stage.db.write_now(toggles.create, stage.by, other.id, NewToggle("c", "string", (), "x"))

    def page(
        project: str | None, search: str = "", offset: int = 0, limit: int = 100
    ) -> tuple[list[str], int]:
        found, total = stage.db.read_now(toggles.page, stage.by, project, search, offset, limit)
        return [each.key for each in found], total

    assert page(None) == (["a", "b_1", "c"], 3)
    assert page("shop") == page(stage.project.id) == (["a", "b_1"], 2)
    assert page("other") == (["c"], 1)
    assert page(None, offset=1, limit=1) == (["b_1"], 3)
    assert page(None, "GRÖSSE") == page(None, "größe") == page(None, "checkOUT") == (["a"], 1)
    # No signs of a pattern: they stand for themselves.
    assert page(None, "_") == (["b_1"], 1)
    assert page(None, "%") == page(None, "\0") == ([], 0)
    stage.db.write_now(toggles.drop, stage.by, "shop", "a")
    assert page("shop") == (["b_1"], 1)


def test_a_project_takes_its_toggles_with_it(stage: Stage):
    heard, keys = list[str](), list[str]()
    stage.db.changes.hear(toggles.TOPIC, heard.append)
    stage.db.changes.hear(toggles.KEY_TOPIC, keys.append)
    stage.segment("vips")
    stage.toggle("beta", names("vips"))
    key = stage.db.write_now(toggles.public_keys.create, stage.by, "shop", "Web")
    heard.clear()
    keys.clear()
    stage.db.write_now(projects.drop, stage.by, "shop")
    assert (heard, keys) == (["*"], ["*"])
    assert stage.db.read_now(toggles.page, stage.by, None) == ([], 0)
    assert stage.db.read_now(toggles.segments.page, stage.by, None) == ([], 0)
    assert stage.db.read_now(toggles.ruleset, stage.project.seq) is None
    assert stage.db.read_now(toggles.public_keys.asker, key.key) is None


def test_every_write_tells_those_who_remember(stage: Stage):
    heard: list[str] = []
    stage.db.changes.hear(toggles.TOPIC, heard.append)
    seq = str(stage.project.seq)
    stage.toggle("beta")
    stage.db.write_now(toggles.change, stage.by, "shop", "beta", ToggleChange(default_value=True))
    stage.db.write_now(toggles.revert, stage.by, "shop", "beta", 1)
    stage.db.write_now(toggles.drop, stage.by, "shop", "beta")
    assert heard == [seq] * 4
    stage.segment("vips")
    stage.db.write_now(toggles.segments.drop, stage.by, "shop", "vips")
    assert heard == [seq] * 6


def test_what_decides_is_whole_and_in_order(stage: Stage):
    inner = stage.segment("inner")
    outer = stage.segment("outer", names("inner"))
    stage.toggle("b", names(outer.id))
    stage.toggle("a", type="json", default_value={"b": [1]}, targets=((VIP, '{ "x": 1 }'),))
    stage.toggle("gone")
    stage.db.write_now(toggles.drop, stage.by, "shop", "gone")
    found = stage.db.read_now(toggles.ruleset, stage.project.seq)
    assert found is not None
    assert [(rule.key, rule.type, rule.default) for rule in found.rules] == [
        ("b", "boolean", False), ("a", "object", '{"b":[1]}'),
    ]  # fmt: skip
    assert [value for _, value in found.rules[1].targets] == ['{ "x": 1 }']
    assert found.rules[0].targets[0][0] == toggles.logic.read(names(outer.id))
    assert set(found.segments) == {inner.id, outer.id}
    assert found.names == {"inner": inner.id, "outer": outer.id}
    assert (found.organization, found.project) == (stage.by.organization, stage.project.seq)
