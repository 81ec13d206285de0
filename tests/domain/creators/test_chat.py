"""What the two sides of a submission say to each other."""

from typing import Any

import pytest
from sqlalchemy import select

from hyway.domain.creators.collabs import chat
from hyway.domain.creators.store.tables import APPLICATIONS, CAMPAIGNS, MESSAGES, SUBMISSIONS
from hyway.domain.identity import Caller
from hyway.domain.notices.store.tables import NOTIFICATIONS
from hyway.kernel import clock
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Missing
from tests.make.collabs import Stage, stage_at
from tests.make.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return stage_at(world.db)


@pytest.fixture(params=["collab", "campaign"])
def room(request: pytest.FixtureRequest, stage: Stage) -> tuple[Caller, str, int]:
    """A creator, and a submission of theirs of either kind."""
    if request.param == "collab":
        who, of = stage.applied(stage.collab())
        return who, "collab", of.seq
    who = stage.creator()
    return who, "campaign", stage.db.write_now(_post, stage.by.organization, who.person)


def _post(w: Write, organization: int, person: int | None) -> int:
    """A post for a campaign, as rows."""
    at = {"created_at": clock.now(), "updated_at": clock.now()}
    row: dict[str, Any] = {
        "organization": organization,
        "name": "Summer",
        "status": "active",
        "currency": "usd",
    }
    row |= {"countries": "US", "platform_ids": "tiktok", "brief": ""}
    campaign = w.run(CAMPAIGNS.insert().returning(CAMPAIGNS.c.seq), row | at).scalar_one()
    mine = {"organization": organization, "campaign": campaign, "person": person, **at}
    application = w.run(
        APPLICATIONS.insert().returning(APPLICATIONS.c.seq), {**mine, "status": "accepted", "message": ""}
    ).scalar_one()
    row = {
        "application": application,
        "platform_id": "tiktok",
        "url": "u",
        "url_key": "k",
        "status": "submitted",
    }
    made = w.run(SUBMISSIONS.insert().returning(SUBMISSIONS.c.seq), {**mine, **row, "flags": "", "note": ""})
    return int(made.scalar_one())


def test_both_sides_read_the_same(stage: Stage, room: Any):
    who, kind, seq = room
    member = stage.colleague("member")
    stage.write(chat.say, who, kind, seq, " Hello\x00 ")
    stage.write(chat.say, member, kind, seq, "Hi")
    for by in (who, member, stage.by):
        rows, total = stage.db.read_now(chat.page, by, kind, seq)
        assert [(row.text, row.by_creator, row.person) for row in rows] == [
            ("Hello", True, who.person),
            ("Hi", False, member.person),
        ]
        assert total == 2
    assert [row.text for row in stage.db.read_now(chat.page, who, kind, seq, offset=1, limit=1)[0]] == ["Hi"]
    assert [action for action, _ in stage.facts].count("submission_message.created") == 2


def test_nobody_else_reads_or_writes(stage: Stage, room: Any):
    _, kind, seq = room
    for by in (stage.creator(), stage_at(stage.db).by):
        for verb, args in ((chat.page, ()), (chat.read, ()), (chat.say, ("x",))):
            with pytest.raises(Missing):
                stage.write(verb, by, kind, seq, *args)
    with pytest.raises(Missing):
        stage.write(chat.say, stage.by, kind, seq + 999, "x")
    assert stage.db.read_now(lambda r: r.run(select(MESSAGES)).all()) == []


def test_what_was_read_stays_read(stage: Stage, room: Any):
    who, kind, seq = room

    def unread(by: Caller) -> int:
        return stage.db.read_now(chat.unread, by, kind, [seq, seq + 1]).get(seq, 0)

    first = stage.write(chat.say, who, kind, seq, "1")
    stage.write(chat.say, who, kind, seq, "2")
    assert (unread(who), unread(stage.by)) == (0, 2)
    stage.write(chat.read, stage.by, kind, seq, first.seq)
    assert unread(stage.by) == 1
    stage.write(chat.read, stage.by, kind, seq, first.seq + 1_000)
    stage.write(chat.read, stage.by, kind, seq, first.seq)
    assert unread(stage.by) == 0
    stage.write(chat.say, who, kind, seq, "3")
    assert unread(stage.by) == 1
    stage.write(chat.say, stage.by, kind, seq, "4")
    assert (unread(stage.by), unread(who)) == (0, 1)


def test_the_other_side_is_told_in_the_chat_and_not_in_the_inbox(stage: Stage, room: Any):
    who, kind, seq = room
    stage.write(chat.say, who, kind, seq, "x" * 200)
    stage.write(chat.say, stage.by, kind, seq, "Hi")
    n = NOTIFICATIONS.c
    query = select(n.person, n.is_message, n.params, n.record_type, n.record, n.link)
    rows = stage.db.read_now(lambda r: r.run(query.where(n.is_message == 1).order_by(n.seq)).all())
    assert [row.person for row in rows] == [stage.by.person, who.person]
    assert {(row.record_type, row.record) for row in rows} == {(f"{kind.title()}::Submission", seq)}
    assert "x" * 139 in rows[0].params
    assert "x" * 140 not in rows[0].params
    assert rows[0].link.startswith("/organizations/")
    assert rows[1].link.startswith("/me/")


def test_there_is_a_limit(stage: Stage, room: Any):
    who, kind, seq = room
    for text in ("", " ", "\x00", "x" * 4_001):
        with pytest.raises(Invalid):
            stage.write(chat.say, who, kind, seq, text)
    stage.write(chat.say, who, kind, seq, "x" * 4_000)
