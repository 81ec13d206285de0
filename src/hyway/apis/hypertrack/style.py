"""HyperTrack's manners: keys, refusals in the words of the Django REST framework, browsers.

The vendor's v1 ran on that framework, and its clients were written against what it says.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from hyway.apis.kit.callers import of_kinds
from hyway.apis.kit.style import Header, Style, Voiced, WrongMethod
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Gone, Invalid, Missing, Refused, Several, Spent, Unknown
from hyway.kernel.limits import Standing

SECRET = ("secret",)
"""For the organization's own servers alone."""
APP = ("secret", "publishable")
"""For apps on phones and in browsers too, whose key anybody can read."""
READ = ("secret", "group")
"""For the organization's servers, and within its group for who holds a group's token."""
ALL = ("secret", "publishable", "group")

_NO_CREDENTIALS = "Authentication credentials were not provided."
_EMPTY = "Invalid token header. No credentials provided."
_SPACES = "Invalid token header. Token string should not contain spaces."
_STRANGE = "Invalid token header. Token string should not contain invalid characters."
_SAID = frozenset({_NO_CREDENTIALS, _EMPTY, _SPACES, _STRANGE})
_FORBIDDEN = "You do not have permission to perform this action."
_NOWHERE = "non_field_errors"
_encode = msgspec.json.Encoder().encode
_of_keys = of_kinds("hypertrack", "hypertrack-public", "hypertrack-test", "hypertrack-public-test")


class Malformed(Invalid):
    """What was sent cannot be read at all."""

    def __init__(self, text: str, **facts: Any) -> None:
        super().__init__("detail", text, **facts)


class Unacceptable(Fault):
    """The caller wants another form of answer than JSON."""


class Unsupported(Fault):
    """The body is of a kind that is not read."""


def find(r: Read, token_hash: str) -> Caller | None:
    """The caller of a key, or of a group's token."""
    return _of_keys(r, token_hash) or tracking.groups.caller_of_token(r, token_hash)


def token(headers: Mapping[bytes, bytes]) -> str:
    """The token of `Token TOKEN`; the keyword in any case, as the vendor's clients write it both ways."""
    words = headers.get(b"authorization", b"").split()
    if not words or words[0].lower() != b"token":
        raise Unknown(_NO_CREDENTIALS)
    if len(words) == 1:
        raise Unknown(_EMPTY)
    if len(words) > 2:
        raise Unknown(_SPACES)
    if not words[1].isascii():
        raise Unknown(_STRANGE)
    return words[1].decode()


def screen(headers: Mapping[bytes, bytes]) -> None:
    """Answers are JSON: who accepts none of it gets nothing."""
    wanted = headers.get(b"accept", b"").decode("latin-1").lower()
    kinds = {each.partition(";")[0].strip() for each in wanted.split(",")} - {""}
    if kinds and not kinds & {"*/*", "application/*", "application/json"}:
        raise Unacceptable("Could not satisfy the request Accept header.")


def voice(fault: Fault | None) -> Voiced:
    """The answer to a refusal; None is an unexpected error."""
    match fault:
        case None:
            return _detail(500, "A server error occurred.")
        case WrongMethod():
            allow = ((b"allow", ", ".join(_with_head(fault.allowed)).encode()),)
            return _detail(405, f'Method "{fault.method}" not allowed.', allow)
        case Missing(text="Invalid page."):
            return _detail(404, fault.message)
        case Missing() | Gone():
            return _detail(404, "Not found.")
        case Unknown():
            said = fault.text if fault.text in _SAID else "Invalid token."
            return _detail(401, said, ((b"www-authenticate", b"Token"),))
        case Refused():
            return _detail(403, _FORBIDDEN if fault.missing else _sentence(fault))
        case Spent():
            wait = fault.retry_after
            said = f"Request was throttled. Expected available in {wait} second{'' if wait == 1 else 's'}."
            return _detail(429, said, ((b"retry-after", b"%d" % wait),))
        case Unacceptable():
            return _detail(406, fault.message)
        case Unsupported():
            return _detail(415, fault.message)
        case Several():
            return Voiced(400, _encode(_tree(fault.faults)))
    return Voiced(400, _encode(_tree([fault])))


def _with_head(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*methods, "HEAD"})) if "GET" in methods else methods


def _detail(status: int, said: str, headers: tuple[Header, ...] = ()) -> Voiced:
    return Voiced(status, _encode({"detail": said}), headers)


def _tree(faults: "tuple[Fault, ...] | list[Fault]") -> dict[str, Any]:
    """`{"a": {"b": ["..."]}}` of a fault in the field `a.b`."""
    tree: dict[str, Any] = {}
    for fault in faults:
        if fault.field == "detail":
            return {"detail": _sentence(fault)}
        *path, last = (fault.field or _NOWHERE).split(".")
        at = tree
        for name in path:
            inner = at.setdefault(name, {})
            at = inner if isinstance(inner, dict) else at
        said = at.setdefault(last, [])
        (said if isinstance(said, list) else said.setdefault(_NOWHERE, [])).append(_sentence(fault))
    return tree


def _sentence(fault: Fault) -> str:
    if isinstance(fault, Malformed):
        return fault.message  # the framework's words for what cannot be read end without a full stop
    said = fault.message if fault.at is None else f"Item {fault.at}: {fault.message}"
    whole = said[:1].upper() + said[1:]
    return whole if whole.endswith((".", "!", "?")) else whole + "."


def _forbidding(fault: Fault | None) -> Voiced:
    """The same, but 403 for an unknown token: so the vendor's service answered for a time."""
    said = voice(fault)
    if isinstance(fault, Unknown) and fault.text not in _SAID:
        return Voiced(403, said.body)
    return said


def standing(_now: Standing) -> tuple[Header, ...]:
    """This API says nothing of its limits before they are reached."""
    return ()


def style(unknown_token: int = 401) -> Style:
    """The manners, with the status for a token of nobody's: 401, or 403."""
    return Style(
        family="hypertrack",
        find=find,
        token=token,
        voice=_forbidding if unknown_token == 403 else voice,
        standing=standing,
        cors=CORS,
        preflight=(
            (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE"),
            (
                b"access-control-allow-headers",
                b"Accept, Authorization, Content-Type, Content-Encoding, Device-ID, Device-Time, App-ID, Battery, "
                b"Timezone, Idempotency-Key, Last-Event-ID, X-Request-Id",
            ),
            (b"access-control-max-age", b"86400"),
        ),
        screen=screen,
        tells_methods=True,
    )


# Keys travel in a header, never in a cookie, so any origin may ask and none is sent credentials.
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After, X-Request-Id"),
)
