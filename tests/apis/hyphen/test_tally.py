"""Requests are counted together, and each that is answered has been."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hyway.apis.hyphen.tally import Tally
from hyway.domain import billing
from hyway.kernel.db import Database
from tests.apis.hyphen.conftest import Acme

METER: billing.Meter = "net_info.requests"


def counted(acme: Acme, of: Acme | Any) -> int:
    return acme.db.read_now(billing.usage.of_organization, of.by).total.counted[METER]


def watched(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The writes of the database from now on."""
    seen: list[Any] = []
    write = db.write

    async def note(verb: Callable[..., Any], *args: Any) -> Any:
        seen.append(args)
        return await write(verb, *args)

    monkeypatch.setattr(db, "write", note)
    return seen


async def test_many_at_once_are_few_writes(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    writes, tally = watched(acme.db, monkeypatch), Tally(acme.db)
    ours, theirs = acme.by.organization, acme.elsewhere.by.organization

    async def ask(number: int) -> None:
        await asyncio.sleep(number % 7 / 1_000)
        await tally.count(theirs if number % 5 == 0 else ours, METER)

    await asyncio.gather(*(ask(number) for number in range(500)))
    assert (counted(acme, acme), counted(acme, acme.elsewhere)) == (400, 100)
    assert len(writes) < 50


async def test_it_is_there_when_it_is_answered(acme: Acme) -> None:
    tally = Tally(acme.db)
    for number in range(1, 4):
        await tally.count(acme.by.organization, METER)
        assert counted(acme, acme) == number


async def test_one_who_goes_away_takes_nobody_along(acme: Acme) -> None:
    tally = Tally(acme.db)
    gone = asyncio.create_task(tally.count(acme.by.organization, METER))
    stays = asyncio.create_task(tally.count(acme.by.organization, METER))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert gone.cancelled()
    assert counted(acme, acme) == 2


async def test_after_a_failure_it_goes_on(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = Tally(acme.db)
    with monkeypatch.context() as broken:

        async def fail(*_: Any) -> None:
            raise OSError("the disk is full")

        broken.setattr(acme.db, "write", fail)
        with pytest.raises(OSError, match="full"):
            await tally.count(acme.by.organization, METER)
    await tally.count(acme.by.organization, METER)
    assert counted(acme, acme) == 1
