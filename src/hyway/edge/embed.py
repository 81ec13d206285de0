"""Clicks on pages that the owner runs: a script with a signed leave, and the capture that it sends back.

Rules: Hoko's "Embedded click tracking". The page must be on the destination's host (www. counts as the same), both
when it asks for the script and when the script reports.
"""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hyway.domain import attribution, links
from hyway.domain.attribution import Capture
from hyway.edge import scripts
from hyway.edge.pages import Headers, Page
from hyway.edge.table import Entry, Missing, ascii_host
from hyway.edge.visit import Visit, language, referrer, text
from hyway.kernel import clock, ids
from hyway.kernel.seal import Seal

_LIFE = 10 * clock.MINUTE
_PURPOSE = "embedded click"
_UTM = ("source", "medium", "campaign", "term", "content")
_SCRIPT: Headers = [
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"cache-control", b"private, no-store"),
]
ANALYTICS = Page(200, [*_SCRIPT[:3], (b"cache-control", b"public, max-age=3600")], scripts.ANALYTICS)
_SESSION = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Embed:
    """Writes scripts and checks what they send."""

    def __init__(self, seal: Seal, public_url: str) -> None:
        self._seal = seal
        self._public_url = public_url

    def script(self, visit: Visit, entry: Entry | Missing) -> Page:
        """A script with leave to record one click, or one that does nothing on any other site's page."""
        asking = _host(visit.referrer) or _host(visit.origin)
        if isinstance(entry, Missing) or not _live(entry) or asking not in _hosts(entry):
            return Page(200, _SCRIPT, scripts.NOTHING)
        leave = f"{entry.target.seq}.{clock.now() + _LIFE}.{ids.uuid7()}"
        query = "?" + text(visit.query) if visit.query else ""
        url = f"{links.hosting.address(entry.target, self._public_url)}/analytics.js{query}"
        return Page(200, _SCRIPT, scripts.embedded(url, self._seal.sign(leave, _PURPOSE)))

    def capture(self, visit: Visit, entry: Entry, raw: bytes | None, ip: str) -> Capture | Page:
        """The click that a script reports, or why it is none. A report sent twice is one click: its id was signed."""
        sent = _object(raw)
        if sent is None:
            return _no(visit, 400, "the body must be a JSON object with token, url and session")
        id = self._allowed(entry, _said(sent, "token"))
        if id is None:
            return _no(visit, 403, "the capture token is wrong or too old")
        page = _said(sent, "url")[:2_048].replace("\0", "")
        asking = _host(visit.origin) or _host(visit.referrer)
        if asking not in _hosts(entry) or _host(page.encode()) not in _hosts(entry):
            return _no(visit, 403, "the page is not on the host that the short link leads to")
        session = _said(sent, "session")
        if not (8 <= len(session) <= 64 and _SESSION.issuperset(session)):
            return _no(visit, 400, "session must be 8 to 64 letters, digits, - or _")
        return _as_capture(visit, entry, id, ip, page, session, _said(sent, "referrer"))

    def _allowed(self, entry: Entry, token: str) -> str | None:
        """The click id that the token was signed for, if it is for this link and young enough."""
        seq, _, rest = (self._seal.signed(token, _PURPOSE) or "").partition(".")
        until, _, id = rest.partition(".")
        fresh = until.isdigit() and int(until) > clock.now()
        return id if fresh and seq == str(entry.target.seq) and _live(entry) else None

    def stored(self, visit: Visit, capture: Capture) -> Page:
        """Tells the script the id of its click, which is durable now."""
        return Page(200, _json_headers(visit), json.dumps({"id": capture.id}).encode())

    def preflight(self, visit: Visit) -> Page:
        """OPTIONS, and every method but GET, HEAD and POST."""
        status = 204 if visit.method == "OPTIONS" else 405
        more = [
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", b"content-type"),
        ]
        return Page(status, [*_json_headers(visit), *more, (b"allow", b"GET, HEAD, POST, OPTIONS")], b"")


def _as_capture(
    visit: Visit, entry: Entry, id: str, ip: str, page: str, session: str, came_from: str
) -> Capture:
    target = entry.target
    return Capture(
        id,
        clock.now(),
        target.organization,
        target.seq,
        target.id,
        target.short_id,
        target.partner_id,
        target.external_id,
        target.tenant_id,
        "embed",
        text(visit.agent),
        ip,
        session,
        session,
        referrer(came_from.encode()),
        page,
        _utm(visit),
        language(visit.language),
        attribution.bots.verdict_by_network(ip, ""),
    )


def _utm(visit: Visit) -> dict[str, str] | None:
    """The attribution parameters of the script's own URL; `referral` counts where there is no `ref`."""
    try:
        query = parse_qs(text(visit.query), max_num_fields=50)
    except ValueError:
        return None
    found = {name: query[f"utm_{name}"][0][:255] for name in _UTM if f"utm_{name}" in query}
    for name in ("referral", "ref"):
        if name in query:
            found["referral"] = query[name][0][:255]
    return found or None


def _live(entry: Entry) -> bool:
    expires = entry.target.expires_at
    return expires is None or expires > clock.now()


def _hosts(entry: Entry) -> tuple[str, str]:
    # As browsers say it: an international name is in ASCII there.
    host = _host(entry.destination.encode()) or ""
    bare = host.removeprefix("www.")
    return bare, f"www.{bare}"


def _host(url: bytes) -> str | None:
    """The host as browsers send it: an internationalised one in its ASCII form."""
    try:
        host = urlsplit(url.decode("utf-8", "replace")).hostname
    except ValueError:
        return None
    return ascii_host(host) if host else None


def _object(raw: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(raw or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _said(sent: dict[str, Any], name: str) -> str:
    """A field as text; half a surrogate pair, which JSON can say and nobody can store, becomes a `?`."""
    return str(sent.get(name, "")).encode("utf-8", "replace").decode()


def _json_headers(visit: Visit) -> Headers:
    return [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", visit.origin or b"*"),
        (b"vary", b"origin"),
    ]


def _no(visit: Visit, status: int, why: str) -> Page:
    return Page(status, _json_headers(visit), json.dumps({"error": {"en": why, "ar": _ARABIC[why]}}).encode())


_ARABIC = {
    "the body must be a JSON object with token, url and session": (
        "يجب أن يكون المحتوى كائن JSON يضم token و url و session"
    ),
    "the capture token is wrong or too old": "رمز الالتقاط غير صحيح أو منتهي الصلاحية",
    "the page is not on the host that the short link leads to": "الصفحة ليست على المضيف الذي يقود إليه الرابط القصير",
    "session must be 8 to 64 letters, digits, - or _": "يجب أن يتكون session من 8 إلى 64 حرفًا أو رقمًا أو - أو _",
}
