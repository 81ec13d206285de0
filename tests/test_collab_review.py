"""The server's owner looks at collabs before creators do."""

from pathlib import Path

import pytest

from hyway import main
from hyway.domain import identity
from hyway.domain.creators import collabs
from hyway.kernel import sqid
from hyway.kernel.faults import Invalid
from hyway.settings import Settings
from tests.make.collabs import BRIEF
from tests.make.running import hyway


def test_submitted_listed_approved_rejected(tmp_path: Path) -> None:
    settings = Settings.read({"HYWAY_COLLAB_REVIEW": "staff"}, tmp_path / "data")
    main.prepare(settings)
    db = main.open_database(settings)
    by = identity.command_line(db.write_now(identity.found_organization, "Acme"))

    def submitted(name: str) -> str:
        fields = {"name": name, "website": "https://example.com/", "brief": BRIEF}
        made = db.write_now(collabs.create, by, fields)
        waiting = db.write_now(collabs.submit, by, made.seq)
        assert waiting.state == "submitted_for_review"
        return sqid.text(made.seq)

    good, bad = submitted("Good"), submitted("Bad")
    said = hyway("collab", "list", data=settings.data)
    assert said.stdout.splitlines() == [
        f"{good}\tAcme\tGood\thttps://example.com/",
        f"{bad}\tAcme\tBad\thttps://example.com/",
    ]
    assert hyway("collab", "approve", good, data=settings.data).returncode == 0
    assert hyway("collab", "reject", bad, "--reason", "No prices.", data=settings.data).returncode == 0
    rows, _ = db.read_now(collabs.page, by)
    assert [(each.name, each.state) for each in rows] == [("Good", "published"), ("Bad", "draft")]
    again = hyway("collab", "approve", good, data=settings.data)
    assert (again.returncode, "not submitted for review" in again.stderr) == (1, True)
    unknown = hyway("collab", "approve", "aaaaaa", data=settings.data)
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "hyway: there is no collab aaaaaa")
    db.close()


def test_who_reviews_is_one_of_two() -> None:
    assert Settings.read({}).terms["collab_review"] == 0
    with pytest.raises(Invalid) as caught:
        Settings.read({"HYWAY_COLLAB_REVIEW": "nobody"})
    assert caught.value.message == "must be one of auto, staff"
