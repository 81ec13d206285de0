"""The board: what whom is shown, in which order."""

from typing import Any

import pytest

from hyway.domain import creators
from hyway.domain.creators import collabs
from hyway.kernel.faults import Missing
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import Stage

board = creators.board


def collab(stage: Stage, name: str, *countries: str) -> int:
    fields = {
        "name": name, "website": "https://e.com/x", "brief": "<p>Hi</p>",
        "countries": list(countries or ("US",)), "reward_amount": 500,
    }  # fmt: skip
    made = stage.db.write_now(collabs.create, stage.by, fields)
    return stage.db.write_now(collabs.submit, stage.by, made.seq).seq


def shown(stage: Stage, name: str | None = None, **asked: Any) -> list[tuple[str, int]]:
    by = stage.creator(name) if name else None
    rows, total = stage.db.read_now(board.page, by, **asked)
    assert total == len(rows)
    return [(each.kind, each.seq) for each in rows]


def test_campaigns_and_collabs_newest_first(stage: Stage) -> None:
    first = ("campaign", stage.active(countries=["US", "GB"]).seq)
    second = ("collab", collab(stage, "Gloss", "GB", "DE"))
    third = ("campaign", stage.active(platform_ids=["instagram"], countries=["DE"]).seq)
    stage.draft()
    assert shown(stage) == shown(stage, "Kim") == [third, second, first]
    assert shown(stage, country="GB") == [second, first]
    assert shown(stage, country="de") == []
    assert shown(stage, platform_id="instagram") == [third]
    assert shown(stage, platform_id="%") == []
    assert shown(stage, kind="collab") == [second]
    assert shown(stage, kind="collab", platform_id="instagram") == []
    rows, total = stage.db.read_now(board.page, None, offset=1, limit=1)
    assert ([(each.kind, each.seq) for each in rows], total) == ([second], 3)
    assert (rows[0].name, rows[0].reward_amount, rows[0].countries, rows[0].brief) == (
        "Gloss",
        500,
        ("GB", "DE"),
        "",
    )
    assert stage.db.read_now(board.find, None, "collab", second[1]).brief == "<p>Hi</p>"


def test_private_organizations_are_for_their_members(stage: Stage) -> None:
    seq, kept = stage.active().seq, collab(stage, "Gloss")
    stage.privacy("private")
    assert shown(stage) == shown(stage, "Kim") == []
    for kind, each in (("campaign", seq), ("collab", kept)):
        with pytest.raises(Missing):
            stage.db.read_now(board.find, stage.creator("Kim"), kind, each)  # type: ignore[arg-type]
    assert len(stage.db.read_now(board.page, stage.by)[0]) == 2
    assert stage.db.read_now(board.find, stage.by, "campaign", seq).seq == seq
    stage.privacy("restricted")
    assert len(shown(stage)) == 2


def test_what_does_not_run_is_not_there(stage: Stage) -> None:
    seq = stage.active().seq
    stage.db.write_now(creators.campaigns.pause, stage.by, seq)
    assert shown(stage) == []
    with pytest.raises(Missing):
        stage.db.read_now(board.find, None, "campaign", seq)
    stage.db.write_now(creators.campaigns.resume, stage.by, seq)
    assert shown(stage) == [("campaign", seq)]
