"""Who has to wait: a platform that asked for it, and whoever would renew a grant that another is renewing."""

import threading
import time


class Rests:
    """Kept in memory: after a restart one question too many is asked, and refused."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, who: str, seconds: float) -> None:
        """Leaves `who` alone for so long, or longer where that was said before."""
        with self._lock:
            until = time.monotonic() + seconds
            self._until[who] = max(self._until.get(who, 0.0), until)

    def over(self, who: str) -> bool:
        """Whether `who` may be asked."""
        with self._lock:
            until = self._until.get(who)
            if until is not None and until <= time.monotonic():
                del self._until[who]
                return True
            return until is None

    def left(self, who: str) -> float:
        """Seconds until `who` may be asked."""
        with self._lock:
            return max(0.0, self._until.get(who, 0.0) - time.monotonic())


class Turns:
    """A lock for each account, shared by few: who waits for a stranger waits for one question."""

    def __init__(self, locks: int = 64) -> None:
        self._locks = tuple(threading.Lock() for _ in range(locks))

    def of(self, account: int) -> threading.Lock:
        return self._locks[account % len(self._locks)]
