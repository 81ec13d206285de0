"""Codes that somebody was told: the vendor is shown one while they wait, so that they hear whether it was right."""

import random

from hyway.domain.connections import connections, working
from hyway.domain.connections.providing import Declined, Unclear
from hyway.domain.connections.records import Connection
from hyway.domain.connections.registry import Registry
from hyway.domain.identity import Caller
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid


async def verify(
    db: Database, registry: Registry, by: Caller, integration: str, id: str, code: str
) -> Connection:
    """The connection, Ready; Invalid with the vendor's words where the code was wrong, and it awaits another.

    Where the vendor does not answer it awaits none: the code is kept, and shown again in the background. So it is where
    this process ends before it has heard.
    """
    of = await db.write(connections.accept, by, integration, id, code, working.LEASE)
    try:
        wrong = await registry.ask(_shown, db, registry, of, code.strip())
    except Unclear:  # whoever asks goes on by itself
        wrong = ""
    if wrong:
        raise Invalid("code", "is not taken: {why}", why=wrong)
    return await db.read(connections.find, by, integration, id)


def _shown(db: Database, registry: Registry, of: Connection, code: str) -> str:
    """Why the vendor does not take it; empty where it does, or nobody knows."""
    vendor = db.read_now(working.vendor_of, registry, of)
    try:
        made = vendor.verify(of.type, of.remote, code)
    except Declined as why:
        db.write_now(working.declined, of, str(why))
        return str(why)
    except Unclear as why:
        db.write_now(working.unclear, of, why, random.random())  # noqa: S311  # only spreads the tries
    else:
        db.write_now(working.settled, of, made)
    return ""
