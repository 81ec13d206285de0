"""Hoko's manners: credentials, the bilingual envelope, the limit's headers, browsers."""

import re
from collections.abc import Mapping

import msgspec

from hyway.apis.hoko import arabic
from hyway.apis.kit.callers import of_kinds
from hyway.apis.kit.style import Header, Style, Voiced
from hyway.domain.identity import PREFIXES
from hyway.kernel.faults import Fault, Invalid, Missing, Refused, Spent, Unknown
from hyway.kernel.limits import Standing

_SCHEME = re.compile(r"bearer(?:\s+|$)", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_-]{1,200}")
_KEY = re.compile(re.escape(PREFIXES["hoko"]) + r"[A-Za-z0-9_-]{43}")
_encode = msgspec.json.Encoder().encode


def token(headers: Mapping[bytes, bytes]) -> str:
    """The key of `Bearer KEY` or of a bare `KEY`.

    The page answers `invalid_key` with "Invalid API key", so a single word that is none of our keys is
    unknown; what is no word, or begins like a key of ours and does not go on like one, is of a wrong format.
    """
    line = headers.get(b"authorization")
    if line is None:
        raise Unknown("Missing Authorization header")
    word = _SCHEME.sub("", line.decode("latin-1").strip(), count=1)
    if _KEY.fullmatch(word):
        return word
    if not _WORD.fullmatch(word) or word.startswith(PREFIXES["hoko"]):
        raise Unknown("Invalid API key format")
    raise Unknown("Invalid API key")


def voice(fault: Fault | None) -> Voiced:
    """The envelope of a refusal; None is an unexpected error.

    English names the place as the sender's own program would: `[3].url must be an http or https URL` is the
    item with index 3, counted from 0.
    """
    if fault is None:
        return _envelope(500, "Internal server error", arabic.TEXTS["Internal server error"])
    place = _place(fault)
    english = _capital(fault.message)
    if place:  # what is Invalid is said of its place; anything else is a sentence of its own
        english = f"{place} {fault.message}" if isinstance(fault, Invalid) else f"{place}: {fault.message}"
    translated = arabic.text(fault.text, fault.facts)
    said = f"{place}: {translated}" if place else translated
    match fault:
        case Missing() if fault.text == "Not found":
            return _envelope(404, english, said)
        case Unknown():
            return _envelope(401, english, said)
        case Refused() if fault.missing:
            return _envelope(403, english, said, missingScopes=list(fault.missing))
        case Refused():
            return _envelope(403, english, said)
        case Spent():
            headers = ((b"retry-after", b"%d" % fault.retry_after),)
            return _envelope(429, english, said, headers, retryAfter=fault.retry_after)
    return _envelope(400, english, said)


def _place(fault: Fault) -> str:
    index = "" if fault.at is None else f"[{fault.at}]"
    return f"{index}.{fault.field}" if index and fault.field else index or fault.field


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _envelope(status: int, en: str, ar: str, headers: tuple[Header, ...] = (), **more: object) -> Voiced:
    return Voiced(status, _encode({"error": {"en": en, "ar": ar}, **more}), headers)


def standing(now: Standing) -> tuple[Header, ...]:
    """The three headers of every answer: whole numbers, the reset in Unix seconds."""
    return (
        (b"x-ratelimit-limit", b"%d" % now.limit),
        (b"x-ratelimit-remaining", b"%d" % now.remaining),
        (b"x-ratelimit-reset", b"%d" % now.reset),
    )


# The page shows `fetch` to /api/track/lead from a browser. Keys travel in a header, never in a cookie, so any
# origin may ask and none is sent credentials.
STYLE = Style(
    family="hoko",
    find=of_kinds("hoko"),
    token=token,
    voice=voice,
    standing=standing,
    cors=(
        (b"access-control-allow-origin", b"*"),
        (
            b"access-control-expose-headers",
            b"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, "
            b"Idempotent-Replayed",
        ),
    ),
    preflight=(
        (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
        (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, X-Request-Id"),
        (b"access-control-max-age", b"86400"),
    ),
)
