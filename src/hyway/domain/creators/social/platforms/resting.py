"""Who was told to wait: a platform, or one account's grant there, is left alone until then."""

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
