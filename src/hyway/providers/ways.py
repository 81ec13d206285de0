"""The way out to vendors, their own clients' included: guarded, over in time, and never led elsewhere.

Vendors are asked at public addresses, whatever their names resolve to; those alone that the operator named, or allowed,
may be anywhere. No redirect is followed, no proxy of the environment used, and nothing tried twice: who asks us again
knows better when. A vendor that says when to come again is taken at its word.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hyway.domain.connections import Declined, Reach, Unclear
from hyway.domain.netinfo import is_public
from hyway.kernel.outgoing import Answer, Outgoing, Unreachable

if TYPE_CHECKING:
    import requests

MOST_BYTES = 8_000_000
_LONGEST = 5
"""All requests of one call may take so many times what one of them may."""
_LATEST = 3600.0
"""Nobody is waited for longer than so many seconds, whatever they say."""
_OURS = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})
"""Headers that are the way's own business."""


def everywhere(ip: str) -> bool:
    """Addresses that the operator named may be anywhere."""
    return True


@cache
def outgoing(allowed: Callable[[str], bool]) -> Outgoing:
    """Kept, because a TLS context takes longer to make than a request does."""
    return Outgoing(allowed)


class Way:
    """The requests of one call to a vendor."""

    def __init__(self, vendor: str, reach: Reach) -> None:
        self.vendor = vendor
        self._home = _origin(reach.endpoint) if reach.endpoint else None
        self._outgoing = outgoing(everywhere if reach.endpoint or reach.anywhere else is_public)
        self._seconds = reach.seconds
        self._deadline = time.monotonic() + _LONGEST * reach.seconds

    def send(
        self, method: str, url: str, headers: Mapping[str, Any] | None = None, body: bytes = b""
    ) -> Answer:
        """What was answered; Unclear where nothing was, or no more than to go elsewhere, or to come again later."""
        seconds = min(self._seconds, self._deadline - time.monotonic())
        if seconds <= 0:
            raise Unclear(f"{self.vendor} takes too long to answer")
        if self._home is not None and _origin(url) != self._home:
            raise Unclear(f"{self.vendor} leads elsewhere")
        told = {name: _text(value) for name, value in (headers or {}).items() if name.lower() not in _OURS}
        try:
            answer = self._outgoing.send(method, url, told, body, seconds=seconds, most=MOST_BYTES)
        except Unreachable as error:
            raise Unclear(f"{self.vendor} does not answer: {error}") from None
        except UnicodeError:
            raise Declined(f"{self.vendor} cannot be asked for this") from None
        if 300 <= answer.status < 400:
            raise Unclear(f"{self.vendor} gave an answer that makes no sense: status {answer.status}")
        if (wait := patience(answer)) > 0:
            why = f"it asks to be left alone for {wait:.0f} seconds"
            raise Unclear(f"{self.vendor} cannot answer now: {why}", after=wait)
        return answer


def patience(answer: Answer) -> float:
    """For how many seconds a vendor wants to be left alone; 0 where it does not say so.

    By Retry-After, or as GitHub says it, which answers 403 as well: none remaining until an instant.
    """
    if answer.status not in (403, 429, 503):
        return 0.0
    wait = _seconds(answer.headers.get("retry-after", ""))
    if wait is None and answer.headers.get("x-ratelimit-remaining") == "0":
        until = answer.headers.get("x-ratelimit-reset", "")
        wait = float(until) - time.time() if until.isascii() and until.isdigit() else None
    return min(max(wait, 1.0), _LATEST) if wait is not None else 0.0


def _seconds(text: str) -> float | None:
    """A number of seconds, or an instant, as HTTP has it."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    known = until if until.tzinfo else until.replace(tzinfo=UTC)
    return (known - datetime.now(UTC)).total_seconds()


def behind(error: BaseException | None) -> Declined | Unclear | None:
    """What a way said that a vendor's client has told as an error of its own."""
    for _ in range(10):
        if error is None or isinstance(error, Declined | Unclear):
            return error
        error = error.__cause__
    return None


def without(package: str, vendor: str) -> Declined:
    """What people are told where a vendor's client is not installed."""
    return Declined(f"This server has not the package that {vendor} needs: hyway[{package}]")


def session(way: Way) -> "requests.Session":
    """For clients that ask by way of requests."""
    import requests
    from requests.adapters import BaseAdapter

    class Adapter(BaseAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
            method, url = request.method or "GET", request.url or ""
            return _as_requests(request, way.send(method, url, request.headers, _body(request.body)))

        def close(self) -> None:
            """Nothing is kept."""

    made = requests.Session()
    made.trust_env = False
    made.adapters.clear()
    for scheme in ("https://", "http://"):
        made.mount(scheme, Adapter())
    return made


def _as_requests(asked: "requests.PreparedRequest", answer: Answer) -> "requests.Response":
    from io import BytesIO

    import requests
    from requests.structures import CaseInsensitiveDict
    from urllib3 import HTTPResponse

    made = requests.Response()
    made.status_code, made.url, made.request = answer.status, asked.url or "", asked
    made.headers = CaseInsensitiveDict(answer.headers)
    made.encoding = requests.utils.get_encoding_from_headers(made.headers)
    made.raw = HTTPResponse(
        BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False
    )
    return made


def _body(sent: Any) -> bytes:
    if sent is None:
        return b""
    return sent.encode() if isinstance(sent, str) else bytes(sent)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return parts.scheme, "", None
