"""A true sliding window in memory: every hit of the last `window` seconds counts, none older.

The `limits` library's in-memory moving window walks the whole window at each hit (5 ms at 100,000 a minute);
two ends of a deque do the same exactly in constant time. Its Redis storage serves several processes (see `shared`).
"""

import logging
import math
import time
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Protocol

log = logging.getLogger(__name__)


class Standing(NamedTuple):
    """What the window says after a hit: all in whole numbers, `reset` in Unix seconds, `retry_after` in seconds."""

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int


def household(address: str) -> str:
    """What one client is counted by: its IPv4 address, or the /64 that an IPv6 client has to itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped) if found.ipv4_mapped else found.exploded[:19]
    return address


class Window(Protocol):
    """Counts a hit of `key` against `limit` for each sliding window."""

    def hit(self, key: str, limit: int) -> Standing: ...


class LocalWindow:
    """One process's sliding windows, the most recently used `size` keys of them."""

    def __init__(self, seconds: float = 60.0, size: int = 50_000) -> None:
        self.seconds = seconds
        self._size = size
        self._hits: OrderedDict[str, deque[float]] = OrderedDict()

    def hit(self, key: str, limit: int, at: float | None = None) -> Standing:
        """A refused hit is not counted: whoever waits `retry_after` gets through."""
        now = time.time() if at is None else at
        hits = self._hits.get(key)
        if hits is None:
            hits = self._hits[key] = deque()
            if len(self._hits) > self._size:
                self._hits.popitem(last=False)
        else:
            self._hits.move_to_end(key)
        edge = now - self.seconds
        while hits and hits[0] <= edge:
            hits.popleft()
        allowed = len(hits) < limit
        if allowed:
            hits.append(now)
        frees = (hits[0] if hits else now) + self.seconds
        wait = 0 if allowed else max(1, math.ceil(frees - now))
        return Standing(allowed, limit, max(0, limit - len(hits)), math.ceil(frees), wait)

    def is_spent(self, key: str, limit: int, at: float | None = None) -> bool:
        """Whether a hit would be refused now; it counts none."""
        edge = (time.time() if at is None else at) - self.seconds
        return sum(each > edge for each in self._hits.get(key, ())) >= limit


class SharedWindow:
    """The same over Redis or Valkey, for several processes.

    While that server is away each process counts by itself: a limit that is a little wide beats an API that is down.
    """

    def __init__(self, url: str, seconds: int = 60) -> None:
        from limits import RateLimitItemPerSecond
        from limits.errors import StorageError
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        self._item = RateLimitItemPerSecond
        self.seconds = seconds
        self._failure = StorageError
        self._alone = LocalWindow(seconds)
        self._limiter = MovingWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))

    def hit(self, key: str, limit: int) -> Standing:
        try:
            return self._hit(key, limit)
        except self._failure:
            log.warning("the rate limits' server does not answer; this process counts alone", exc_info=True)
            return self._alone.hit(key, limit)

    def _hit(self, key: str, limit: int) -> Standing:
        item = self._item(limit, self.seconds)
        allowed = self._limiter.hit(item, key)
        reset, remaining = self._limiter.get_window_stats(item, key)
        wait = 0 if allowed else max(1, math.ceil(reset - time.time()))
        return Standing(allowed, limit, remaining, math.ceil(reset), wait)
