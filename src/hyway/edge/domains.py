"""Domains of organizations as the front door knows them: which Host is one, and what it serves.

All of them are kept in memory, so that a request under a name that is nobody's costs a look into a dictionary; they
are forgotten together, in every process, at each commit that changes one.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from hyway.domain import links
from hyway.domain.links import Place
from hyway.edge.http import Receive, Send
from hyway.edge.redirect import Lane
from hyway.kernel.db import Database


class Domains:
    """What answers where the Host is none of the server's own names."""

    def __init__(self, db: Database, lane: Lane) -> None:
        self._db, self._lane = db, lane
        self._own = frozenset(links.domains.own_names(db.house.hosts))
        self._places: Mapping[str, Place] | None = None
        self._generation = 0
        self._turn = asyncio.Lock()
        db.changes.hear(links.domains.TOPIC, self.forget)

    def forget(self, _: str) -> None:
        """Called at every commit that changes a domain, in whichever process."""
        self._generation += 1
        self._places = None

    async def find(self, host: bytes) -> Place | None:
        """The verified domain that a Host header names, with a port or without."""
        known = self._places
        if known is None:
            known = await self._load()
        return known.get(links.domains.bare(host.decode("latin-1")))

    async def serve(self, place: Place, scope: Any, receive: Receive, send: Send) -> None:
        """The domain's own codes, and nothing else of the server."""
        await self._lane(scope, receive, send, place)

    async def may_have_certificate(self, name: str) -> bool:
        """Whether a certificate may be asked for: for a verified domain, and for the server's own names."""
        host = name.encode("latin-1", "replace")
        return links.domains.bare(name) in self._own or await self.find(host) is not None

    async def _load(self) -> Mapping[str, Place]:
        """From the database, once for all who wait; remembered unless something changed meanwhile."""
        async with self._turn:
            known = self._places
            if known is not None:
                return known
            before = self._generation
            found = await self._db.read(links.domains.places)
            if self._generation == before:
                self._places = found
                if self._generation != before:  # changes come on other threads: this one came in between
                    self._places = None
            return found
