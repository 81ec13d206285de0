"""Who is behind a credential, remembered until word comes that it changed."""

import threading
from collections.abc import Callable

from hyway.domain import identity
from hyway.domain.identity import Caller, KeyKind
from hyway.kernel import seal
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database, Read

_SIZE = 10_000
FindCaller = Callable[[Read, str], Caller | None]
"""Who the credential with this hash speaks for, None for nobody."""


def of_kinds(*kinds: KeyKind) -> FindCaller:
    """The callers of an organization's keys of these kinds."""
    return lambda r, token_hash: identity.caller_of_key(r, token_hash, kinds)


class Callers:
    """Callers of some kinds of key by the hash of their credential, the latest `size` of them.

    Unknown credentials are not remembered: they are endless. Words of change come on other threads.
    """

    def __init__(self, db: Database, find: FindCaller, size: int = _SIZE) -> None:
        self._db = db
        self._find = find
        self._size = size
        self._known: dict[str, Caller] = {}
        self._turn = 0
        self._lock = threading.Lock()
        self._used: dict[str, Instant] = {}
        db.changes.hear("key", self.forget)

    async def find(self, token: str) -> Caller | None:
        """Who the credential speaks for; None when it is unknown or revoked."""
        token_hash = seal.digest(token)
        known = self._known.get(token_hash)
        if known is not None:
            return known
        turn = self._turn
        caller = await self._db.read(self._find, token_hash)
        if caller is not None:
            self._remember(token_hash, caller, turn)
        return caller

    def _remember(self, token_hash: str, caller: Caller, turn: int) -> None:
        with self._lock:
            if turn != self._turn:  # a change was announced while we read: what we read may be older than it
                return
            while len(self._known) >= self._size:
                del self._known[next(iter(self._known))]
            self._known[token_hash] = caller

    def forget(self, token_hash: str) -> None:
        """Drops one credential, `*` for all."""
        with self._lock:
            self._turn += 1
            if token_hash == "*":
                self._known.clear()
            else:
                self._known.pop(token_hash, None)

    def note(self, caller: Caller, at: Instant) -> None:
        """Remembers that a key was used, until `flush`."""
        self._used[caller.credential] = at

    async def flush(self) -> None:
        """Writes when keys were last used; what cannot be written now is written next time."""
        used, self._used = self._used, {}
        if not used:
            return
        try:
            await self._db.write(identity.keys_used, used)
        except BaseException:
            self._used = {**used, **self._used}
            raise
