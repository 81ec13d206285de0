"""A first draft from a product's page: its name, what it says of itself, its picture, where it is sold.

Everything comes from an address that a stranger chose, so it is asked for through the guarded way out: each address
that a redirect leads to is judged anew, and neither a large answer nor a slow one holds anybody.
"""

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser

from hyway.domain import files
from hyway.domain.creators import brief, places
from hyway.kernel.faults import Invalid, Spent
from hyway.kernel.outgoing import Answer, Outgoing, Unreachable

SECONDS = 10.0
"""For the page and its picture together, redirects and all."""
_PAGE = 3 * 1024 * 1024
_TAGGED = 6_000
"""Beginnings of tags that are read, the head's among them: nested n deep they take n * n steps, which nothing stops."""
_REDIRECTS = 3
_NAME, _SAID, _COUNTRIES, _ADDRESS = 120, 2000, 60, 2000
_QUEUE, _CREW = 16, 4
_LEADS_ON = (301, 302, 303, 307, 308)
_SENT = {"User-Agent": "Mozilla/5.0 (compatible; Hyway)", "Accept": "text/html,application/xhtml+xml;q=0.9"}
# Read as text without surprises; others of the many that exist are no text, or take for ever.
_CHARSETS = re.compile(
    r"utf-?8|utf-?16(le|be)?|us-ascii|ascii|latin-?1|iso-?8859-?\d{1,2}|windows-?\d{3,4}|cp\d{3,4}|gb(k|2312|18030)"
    r"|big5|euc-?(jp|kr)|shift[-_]jis|sjis|koi8-?[ru]|iso-2022-jp|tis-620",
    re.IGNORECASE,
)
_META_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{1,30})", re.IGNORECASE)
# Endings of countries that everybody uses, wherever they are.
_LOANED = "ac ag ai am bz cc cd co fm gg gl im io la li ly me ms mu nu pw sc sh so st tk to tv vc ws"
_EVERYBODYS = frozenset(_LOANED.split())


@dataclass(frozen=True, slots=True)
class Prefilled:
    """`brief` is clean, `image_bytes` are of a picture that `files.take` accepts, None where the page shows none."""

    name: str
    brief: str
    image_bytes: bytes | None
    countries: tuple[str, ...]


async def ask(outgoing: Outgoing, url: str) -> Prefilled:
    """`page` off the event loop; Spent while too many ask."""
    global _waiting  # of this process, as its crew is
    if _waiting >= _QUEUE:
        raise Spent("Too many pages are being read", retry_after=int(SECONDS))
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_crew, page, outgoing, url)
    finally:
        _waiting -= 1


_waiting = 0
_crew = ThreadPoolExecutor(_CREW, "hyway-prefill")


def page(outgoing: Outgoing, url: str) -> Prefilled:
    """What the product's page tells; Invalid for `website` where it cannot be had. Takes up to SECONDS."""
    until = time.monotonic() + SECONDS
    at, answer = _followed(outgoing, url, _PAGE, until)
    if not answer.headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml+xml")):
        raise _unread("it is not a web page")
    seen = LexborHTMLParser("<".join(_text(answer).split("<", _TAGGED)[:_TAGGED]))
    metas = _metas(seen)
    title = seen.css_first("title")
    name = metas.get("og:title") or metas.get("twitter:title") or (title.text() if title else "")
    said = metas.get("og:description") or metas.get("description") or metas.get("twitter:description") or ""
    image = metas.get("og:image:secure_url") or metas.get("og:image") or metas.get("twitter:image") or ""
    return Prefilled(
        _line(name)[:_NAME].strip(),
        brief.of_words(_line(said)[:_SAID]),
        _picture(outgoing, urljoin(at, image.strip()), until) if image.strip() else None,
        _countries(seen, metas, at),
    )


def _followed(outgoing: Outgoing, url: str, most: int, until: float) -> tuple[str, Answer]:
    """The answer to which the address leads, and where that is."""
    at = url
    for _ in range(_REDIRECTS + 1):
        at = _askable(at)
        left = until - time.monotonic()
        try:
            answer = outgoing.send("GET", at, _SENT, seconds=max(left, 0.01), most=most + 1)
        except Unreachable as error:
            raise _unread(str(error)) from error
        if answer.status in _LEADS_ON and answer.headers.get("location"):
            at = urljoin(at, answer.headers["location"].strip())
            continue
        if answer.status != 200:
            raise _unread(f"it answered {answer.status}")
        if len(answer.body) > most:
            raise _unread("it is too big")
        return at, answer
    raise _unread("it leads on and on")


def _askable(url: str) -> str:
    """An http or https address in ASCII, without a name and a password."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        raise _unread("it is no web address") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or len(url) > _ADDRESS:
        raise _unread("it is no web address")
    where = f"[{host}]{port}" if ":" in host else host + port
    safe = "/%:@!$&'()*+,;=~"
    path, query = quote(parts.path, safe, errors="replace"), quote(parts.query, safe + "?", errors="replace")
    return urlunsplit((parts.scheme, where, path, query, ""))


def _unread(why: str) -> Invalid:
    return Invalid("website", "could not be read: {why}", why=why)


def _text(answer: Answer) -> str:
    """By the charset that the answer or the page names, where that is one; what does not fit is replaced."""
    said = re.search(r"charset\s*=\s*\"?([\w-]{1,30})", answer.headers.get("content-type", ""), re.IGNORECASE)
    inside = _META_CHARSET.search(answer.body[:4096])
    names = [said[1] if said else "", inside[1].decode() if inside else "", "utf-8"]
    if answer.body.startswith((b"\xff\xfe", b"\xfe\xff")):
        names.insert(0, "utf-16")
    for name in names:
        if _CHARSETS.fullmatch(name):
            try:
                return answer.body.decode(name, "replace").replace("\0", "")
            except LookupError:
                continue
    raise AssertionError("utf-8 is always there")


def _metas(seen: LexborHTMLParser) -> dict[str, str]:
    """What the page says of itself, the first word of each kind."""
    found: dict[str, str] = {}
    for each in seen.css("meta")[:500]:
        said = each.attributes
        name, content = said.get("property") or said.get("name") or "", said.get("content") or ""
        if name and content.strip():
            found.setdefault(name.strip().lower(), content)
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def _picture(outgoing: Outgoing, url: str, until: float) -> bytes | None:
    """The page's picture; a page that shows none that we take is as good."""
    try:
        _, answer = _followed(outgoing, url, files.BANNER, until)
        body = files.picture(answer.body, "", files.BANNER).body
    except Invalid:
        return None
    return body if len(body) <= files.BANNER else None


def _countries(seen: LexborHTMLParser, metas: dict[str, str], at: str) -> tuple[str, ...]:
    """Where the shop says it sells, in the order it says so: by its other languages, its ending, its own language."""
    others = [each.attributes.get("hreflang") or "" for each in seen.css("link[hreflang]")[:500]]
    told = _regions(others)
    ending = (urlsplit(at).hostname or "").rpartition(".")[2].lower()
    if not told and ending not in _EVERYBODYS:
        told = _regions([f"-{'gb' if ending == 'uk' else ending}"])
    if not told:
        root = seen.css_first("html")
        told = _regions([metas.get("og:locale", ""), (root.attributes.get("lang") or "") if root else ""])
    return told[:_COUNTRIES]


def _regions(tags: list[str]) -> tuple[str, ...]:
    """The countries of language tags such as `en-GB` and `pt_BR`, each once."""
    ends = (tag.strip().replace("_", "-").rpartition("-") for tag in tags)
    found = (end.upper() for _, dash, end in ends if dash)
    return tuple(dict.fromkeys(code for code in found if places.country(code)))


__all__ = ["SECONDS", "Prefilled", "ask", "page"]
