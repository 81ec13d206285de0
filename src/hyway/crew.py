"""What lives as long as the server: its storage, and the background work of this process."""

import asyncio
import logging

from hyway import worker
from hyway.domain import netinfo
from hyway.kernel import migrate, outbox
from hyway.kernel.db import Database
from hyway.settings import Settings

log = logging.getLogger(__name__)

READY_SECONDS = 5.0


class Storage:
    """The database and the place file while the server lives: first to start, last to stop."""

    def __init__(self, db: Database, places: netinfo.Places) -> None:
        self._db, self._places = db, places

    async def start(self) -> None:
        self._db.start()

    async def stop(self) -> None:
        await asyncio.to_thread(self._db.close)
        self._places.close()


class Crew:
    """The background work of this process, and what keeps the server from being ready."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._worker: worker.Worker | None = None

    async def start(self) -> None:
        self._worker = await asyncio.to_thread(worker.start, self._db, self._settings)

    async def stop(self) -> None:
        if self._worker is not None:
            await asyncio.to_thread(self._worker.stop)

    async def ready(self) -> dict[str, str]:
        """What is wrong, by part."""
        wrong: dict[str, str] = {}
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._db.read(outbox.waiting, 1)
                found = await asyncio.to_thread(migrate.current, self._settings.database_url)
        except Exception as error:  # whatever it is, the database is not to be had
            log.warning("the database did not answer: %s", error)
            return {"database": "does not answer"}
        if found != migrate.newest():
            wrong["migration"] = "the database is not at the revision of this program: run hyway migrate"
        if self._worker is None or not self._worker.is_alive():
            wrong["worker"] = "the background work has stopped"
        return wrong


__all__ = ["Crew", "Storage"]
