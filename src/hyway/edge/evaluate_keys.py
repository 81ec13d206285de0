"""Who asks for toggles: a public key, which names its project, or a secret one, which is an organization's."""

import threading
from collections.abc import Awaitable, Mapping
from typing import Final, NamedTuple, Protocol

from hyway.domain import toggles
from hyway.domain.identity import Caller
from hyway.edge.evaluate_away import Away
from hyway.edge.evaluate_rules import Projects
from hyway.kernel import clock, seal
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database
from hyway.kernel.faults import Unknown

PUBLIC: Final = "public_"
_SIZE, _APPLICATIONS = 20_000, 500
_LONGEST: Final = 1_000
_INVALID: Final = "Invalid API key"


class Asking(NamedTuple):
    """Whose toggles somebody asks for."""

    organization: int
    projects: Projects


class Callers(Protocol):
    """The family's memory of who is behind a credential."""

    def find(self, token: str) -> Awaitable[Caller | None]: ...

    def note(self, caller: Caller, at: Instant) -> None: ...


class Keys:
    """Remembers whose public keys are, and which projects secret ones mean. Unknown keys are not remembered: they are
    endless. Words of change come on other threads.

    While the database is away a public key is whose it was; one of which came word, as when it is revoked, is nobody's.
    """

    def __init__(self, db: Database, callers: Callers, away: Away | None = None) -> None:
        self._away = away or Away()
        self._kept: dict[str, Asking] = {}
        self._db = db
        self._callers = callers
        self._public: dict[str, Asking] = {}
        self._homes: dict[int, dict[tuple[str, str], Asking]] = {}
        self._turn = 0
        self._lock = threading.Lock()
        db.changes.hear(toggles.KEY_TOPIC, self._forget_key)
        for topic in (toggles.homes.TOPIC, "access"):
            db.changes.hear(topic, self._forget_homes)

    async def who(self, token: str) -> Asking | Caller:
        """Whose the credential is; Unknown where it is nobody's."""
        if not token or len(token) > _LONGEST or not token.isascii():
            raise Unknown(_INVALID)
        if token.startswith(PUBLIC):
            digest = seal.digest(token)
            return self._public.get(digest) or await self._find(token, digest)
        caller = await self._callers.find(token)
        now = clock.now()
        if caller is None or (caller.expires_at is not None and caller.expires_at <= now):
            raise Unknown(_INVALID)
        self._callers.note(caller, now)
        return caller

    async def asking(self, who: Asking | Caller, application: str) -> Asking:
        """What is asked for, where `application` is what the request says of it. Refused for who may not read any."""
        if isinstance(who, Asking):
            return who
        known = self._homes.get(who.organization, {}).get((who.credential, application))
        return known or await self._settle(who, application)

    async def _find(self, token: str, digest: str) -> Asking:
        turn, kept = self._turn, self._kept.get(digest)
        if kept is not None and self._away.is_fresh():
            return kept
        try:
            asker: toggles.Asker | None = await self._db.read(toggles.public_keys.asker, token)
        except Exception as error:
            kept = self._kept.get(digest)  # word may have come meanwhile
            if kept is None or not self._away.failed(error):
                raise
            return kept
        self._away.answered()
        if asker is None:
            self._kept.pop(digest, None)
            raise Unknown(_INVALID)
        made = Asking(asker.organization, (asker.project,))
        with self._lock:
            if turn == self._turn:  # else what we read may be older than what changed
                while len(self._kept) >= _SIZE:
                    oldest = next(iter(self._kept))
                    del self._kept[oldest]
                    self._public.pop(oldest, None)
                self._public[digest] = self._kept[digest] = made
        return made

    async def _settle(self, who: Caller, application: str) -> Asking:
        turn = self._turn
        found = await self._db.read(toggles.homes.of_secret, who, application[:_LONGEST])
        made = Asking(who.organization, found)
        with self._lock:
            if turn == self._turn and len(application) <= _LONGEST:
                if len(self._homes) >= _SIZE:
                    self._homes.clear()
                known = self._homes.setdefault(who.organization, {})
                if len(known) >= _APPLICATIONS:
                    known.clear()
                known[who.credential, application] = made
        return made

    def _forget_key(self, digest: str) -> None:
        with self._lock:
            self._turn += 1
            if digest == "*":
                self._public.clear()
            else:
                self._public.pop(digest, None)
                self._kept.pop(digest, None)

    def _forget_homes(self, organization: str) -> None:
        with self._lock:
            self._turn += 1
            if organization == "*":
                self._homes.clear()
            else:
                self._homes.pop(int(organization), None)


def token_of(headers: Mapping[bytes, bytes]) -> str:
    """The credential of a request: in `x-api-key`, or borne in `authorization`; empty where there is none."""
    said = headers.get(b"x-api-key", b"").strip()
    if not said:
        scheme, _, said = headers.get(b"authorization", b"").strip().partition(b" ")
        said = said.strip() if scheme.lower() == b"bearer" else b""
    return said.decode("latin-1")
