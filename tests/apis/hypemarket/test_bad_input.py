"""What a careless or a hostile program may send: the exact answer, and no row of the database is another."""

import json
import re
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from hyway.apis.hypemarket.tools import Tools
from hyway.domain import creators, notices
from hyway.domain.creators.store import tables
from hyway.domain.identity import Caller
from hyway.domain.netinfo import is_public
from hyway.kernel import sqid
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.sql import METADATA
from tests.apis.hypemarket import party
from tests.apis.hypemarket.bad_input import (
    BLANK,
    DRAFT,
    EXISTS,
    GROUPS,
    INVALID,
    JSON,
    LISTED,
    NO_NUMBER,
    NO_WHOLE,
    PLAN,
    ROWS,
    TAKEN,
)
from tests.apis.hypemarket.conftest import World, make_world
from tests.make.campaigns import WHOLE
from tests.make.receiver import receiving


class Stage(NamedTuple):
    """Ours, with ids by noun, and the other's, which no row may reach."""

    world: World
    ids: dict[str, str]

    def path(self, words: str) -> str:
        """Nouns made ids."""
        nouns = "|".join(sorted(self.ids, key=len, reverse=True))
        path, mark, query = words.partition("?")
        made = re.sub(rf"(?<=/)({nouns})(?=/|$)", lambda at: self.ids[at[1]], path)
        query = re.sub(r"(?<==)(their \w+)", lambda at: self.ids[at[1]], query)
        return f"{made}.json{mark}{query}"

    def sent(self, what: Any) -> Any:
        if isinstance(what, dict):
            return {name: self.sent(value) for name, value in what.items()}
        return self.ids.get(what, what) if isinstance(what, str) else what


@pytest.fixture
def stage(db: Database) -> Stage:
    """A campaign that runs and a collab that is paused, and drafts of both, with money and without."""
    db.hearers += [notices.hear, creators.hearing.hear, creators.collabs.hear]
    ours, mine = party.party(db, "visitor")
    with party.numbered_apart(db):
        _, theirs = party.party(db, "somebody")
    drafts = db.write_now(_drafts, ours.by)
    return Stage(ours, {**mine, **drafts, **{f"their {noun}": id for noun, id in theirs.items()}})


def _drafts(w: Write, by: Caller) -> dict[str, str]:
    made = {
        "draft": creators.campaigns.create(w, by, WHOLE).seq,
        "funded": creators.campaigns.create(w, by, WHOLE).seq,
        "plan": creators.collabs.create(w, by, {"name": "Plan"}).seq,
        "paid": creators.collabs.create(w, by, {"name": "Paid"}).seq,
    }
    made["asked"] = creators.collabs.create(
        w, by, {name: WHOLE[name] for name in ("name", "website", "brief")}
    ).seq
    creators.collabs.submit(w, by, made["asked"])
    made["content"] = creators.collabs.work.apply(w, by, made["asked"]).seq
    back = tables.COLLABS.update().where(tables.COLLABS.c.seq == made["asked"])
    w.run(back.values(state="draft"))  # no verb goes back so far
    creators.money.fund(w, by, "campaign", made["funded"], "usd", 500)
    creators.money.fund(w, by, "collab", made["paid"], "usd", 500)
    return {noun: sqid.text(seq) for noun, seq in made.items()}


def rows(r: Read) -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored, but for when a token was last seen."""
    tables = {
        table.name: [each for each in table.c if each.name != "last_used_at"]
        for table in METADATA.sorted_tables
    }
    return {
        name: sorted(map(tuple, r.run(select(*columns)).all()), key=repr) for name, columns in tables.items()
    }


@pytest.mark.parametrize("group", GROUPS)
async def test_bad_input_gets_its_answer_and_changes_nothing(group: str, stage: Stage) -> None:
    before = stage.world.db.read_now(rows)
    wrong: list[tuple[Any, ...]] = []
    async with stage.world.client() as client:
        for row in GROUPS[group]:
            method, _, words = row.to.partition(" ")
            body = row.sent if isinstance(row.sent, bytes) else json.dumps(stage.sent(row.sent)).encode()
            headers = row.headers or JSON if row.sent is not None else {}
            content = None if row.sent is None else body
            answer = await client.request(method, stage.path(words), content=content, headers=headers)
            told = {"errors": row.told} if row.status == 422 else row.told
            if (answer.status_code, answer.content and answer.json()) != (
                row.status,
                b"" if told is None else told,
            ):
                wrong.append((row.to, str(row.sent)[:100], told, answer.status_code, answer.text[:200]))
            if stage.world.db.read_now(rows) != before:
                wrong.append((row.to, str(row.sent)[:100], "something was changed"))
                before = stage.world.db.read_now(rows)
    assert not wrong, "\n".join(map(str, wrong))


def test_every_message_that_a_field_of_ours_can_give_is_among_them() -> None:
    told = "\n".join(json.dumps(row.told) for row in ROWS)
    for message in (
        BLANK, LISTED, INVALID, TAKEN, NO_NUMBER, NO_WHOLE, EXISTS, "is too long (maximum is", "doesn't match the",
        "must be greater than 0", "must be greater than or equal to", "must be less than or equal to",
        "must be in 1..", "Cannot delete record because dependent fundings exist",
        "Cannot delete record because dependent submissions exist",
    ):  # fmt: skip
        assert message in told, message


async def test_a_page_is_a_number_that_there_is(stage: Stage) -> None:
    path = stage.path("/organizations/organization/campaigns")
    async with stage.world.client() as client:
        first = await client.get(path)
        for page in ("abc", "0", "-1", "999", "1e9", "", "1.9", "\u0663", "9" * 400, " 1"):
            answer = await client.get(f"{path}?page={page}")
            assert (answer.status_code, answer.headers.get("current-page")) == (200, "1"), page
            assert answer.json() == first.json()


async def test_a_redirect_to_a_private_address_is_not_followed(db: Database) -> None:
    way = Outgoing(lambda ip: ip == "127.0.0.1" or is_public(ip))
    world = make_world(db, "Acme", tools=Tools(Blobs(Path(tempfile.mkdtemp(prefix="hyway-files-"))), way))
    before = db.read_now(rows)
    with receiving() as shop:
        for url in (
            "http://169.254.169.254/",
            "http://[::ffff:169.254.169.254]/",
            "http://10.0.0.1/",
            "file:///etc/passwd",
        ):
            shop.answers = [(302, {"Location": url}, b"")]
            async with world.client() as client:
                answer = await client.post(
                    f"/organizations/{world.id}/collabs.json", params={"website": f"{shop.url}/lipstick"}
                )
            assert answer.status_code == 422, answer.text
            assert answer.json()["errors"]["website"][0].startswith("could not be read: ")
            assert db.read_now(rows) == before


HANDLERS = (
    "<p onclick=alert(1)>Hi</p><img src=x onerror=alert(1)><svg onload=alert(1)></svg><script>alert(1)</script>"
    '<a href="javascript:alert(1)">a</a><a href="JaVaScRiPt&colon;alert(1)">b</a><style>*{display:none}</style>'
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><form action=/x><input name=y></form>"
    "<math><mi//xlink:href=data:x>"
)


@pytest.mark.parametrize(("to", "root"), [(DRAFT, "campaign"), (PLAN, "collab")])
async def test_a_brief_is_stored_clean(stage: Stage, to: str, root: str) -> None:
    path = stage.path(to.partition(" ")[2])
    async with stage.world.client() as client:
        answer = await client.patch(path, json={root: {"brief": HANDLERS}})
        assert answer.status_code == 200, answer.text
        shown = answer.json()["brief"]
    assert "<p>Hi</p>" in shown
    stored = repr(stage.world.db.read_now(rows))
    for word in (
        "onclick",
        "onerror",
        "onload",
        "alert(1)",
        "javascript",
        "<script",
        "<svg",
        "<iframe",
        "<form",
        "<style",
    ):
        assert word not in shown.lower(), word
        assert word not in stored.lower(), word
