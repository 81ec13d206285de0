"""Files: kept with their row or not at all, shown under signed addresses, forgotten a day after they are dropped."""

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from hyway.domain import files
from hyway.domain.files import jobs, taking
from hyway.kernel import clock
from hyway.kernel.blobs import Away, Blobs
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Spent
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make import pictures
from tests.make.world import World

Later = Callable[[int], None]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "files")


def kept(world: World, blobs: Blobs, name: str = "logo.png") -> files.File:
    picture = files.picture(pictures.encoded("PNG"), name, files.LOGO)
    return world.db.write_now(files.keep, world.by, blobs, picture)


def every_key(blobs: Blobs) -> set[str]:
    return {key for page in blobs.laid() for key, _ in page}


def means(world: World, blobs: Blobs) -> Means:
    return Means(world.db, Outgoing(lambda _: False), blobs=blobs)


async def test_a_taken_picture_is_put_before_its_row(world: World, blobs: Blobs) -> None:
    picture = await files.take(blobs, pictures.encoded("PNG"), "Our logo.png", files.LOGO)
    assert blobs.get(picture.key) == picture.body
    file = await world.db.write(files.keep, world.by, blobs, picture)
    assert (file.key, file.name, file.media_type) == (picture.key, "Our-logo.png", "image/png")
    assert (file.size, file.width, file.height) == (len(picture.body), 64, 48)
    assert world.db.read_now(files.find, file.seq) == file
    assert every_key(blobs) == {file.key}, "put once"


async def test_what_is_refused_leaves_nothing(blobs: Blobs) -> None:
    with pytest.raises(Invalid):
        await files.take(blobs, pictures.SVG, "logo.png", files.LOGO)
    assert every_key(blobs) == set()


async def test_no_more_than_some_wait_to_be_drawn(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_QUEUE", 3)
    raw = pictures.encoded("PNG")
    done = await asyncio.gather(
        *(files.take(blobs, raw, "a.png", files.LOGO) for _ in range(6)), return_exceptions=True
    )
    assert [type(each).__name__ for each in done].count("Spent") == 3
    assert isinstance(next(each for each in done if isinstance(each, Exception)), Spent)
    await files.take(blobs, raw, "a.png", files.LOGO)  # and then there is room again


def test_addresses_are_signed_and_stay(world: World, blobs: Blobs) -> None:
    one, two = kept(world, blobs, "a b.png"), kept(world, blobs, "شعار.png")
    said: list[str] = []
    event.listen(world.db.engine, "before_cursor_execute", lambda *sent: said.append(sent[2]))
    found = world.db.read_now(files.addresses, [one.seq, None, two.seq, one.seq, 999])
    assert len([each for each in said if "files" in each]) == 1
    assert found.keys() == {one.seq, two.seq}
    assert found[one.seq].startswith("http://localhost:8000/rails/active_storage/blobs/redirect/")
    assert found[one.seq].endswith("/a-b.png")
    assert found[two.seq].isascii()
    assert world.db.read_now(files.address, one.seq) == found[one.seq]
    assert world.db.read_now(files.address, None) is None
    assert world.db.read_now(files.addresses, []) == {}


def test_dropped_is_not_shown_and_goes_a_day_later(world: World, blobs: Blobs, later: Later) -> None:
    file, other = kept(world, blobs), kept(world, blobs)
    world.db.write_now(files.drop, file.seq)
    assert world.db.read_now(files.find, file.seq) is None
    assert world.db.read_now(files.address, file.seq) is None
    jobs.forget_dropped(means(world, blobs))
    assert blobs.get(file.key) is not None
    later(clock.DAY + clock.SECOND)
    jobs.forget_dropped(means(world, blobs))
    assert every_key(blobs) == {other.key}


def test_bytes_of_a_row_that_did_not_commit_go_a_day_later(world: World, blobs: Blobs, later: Later) -> None:
    file = kept(world, blobs)

    def breaks(w: Write) -> None:
        files.keep(w, world.by, blobs, files.picture(pictures.encoded("GIF"), "x", files.LOGO))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        world.db.write_now(breaks)
    assert len(every_key(blobs)) == 2
    jobs.drop_orphans(means(world, blobs))
    assert len(every_key(blobs)) == 2, "whoever put it may be about to commit"
    later(clock.DAY + clock.MINUTE)
    jobs.drop_orphans(means(world, blobs))
    assert every_key(blobs) == {file.key}


def test_a_place_that_refuses_keeps_no_row(
    world: World, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: Blobs, _body: bytes) -> str:
        raise Away("gone")

    monkeypatch.setattr(Blobs, "put", away)
    with pytest.raises(Away):
        kept(world, blobs)
    monkeypatch.undo()
    assert kept(world, blobs).seq == 1


def test_a_picture_of_nobodys_is_the_persons(world: World, blobs: Blobs) -> None:
    from hyway.domain import identity

    person = world.db.write_now(identity.add_person, "ana@example.com", "Ana", "a long password")
    by = dataclasses.replace(world.by, organization=identity.NOBODYS, person=person.seq)
    picture = files.picture(pictures.encoded("PNG"), "me.png", files.LOGO)
    file = world.db.write_now(files.keep, by, blobs, picture)
    assert world.db.read_now(files.find, file.seq) == file
