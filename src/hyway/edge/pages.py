"""The pages a visitor may see instead of a destination. No script on any of them; styles are allowed by their hash."""

import base64
import hashlib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader

_HERE = Path(__file__).parent / "templates"
_STYLE = (_HERE / "page.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_jinja = Environment(loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)

Headers = list[tuple[bytes, bytes]]


class Page(NamedTuple):
    """An answer, whole."""

    status: int
    headers: Headers
    body: bytes


def _policy(*more: str) -> bytes:
    parts = (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join((*parts, *more)).encode()


def _page(status: int, template: str, policy: bytes, **words: Any) -> Page:
    body = _jinja.get_template(template).render(style=_STYLE, **words).encode()
    return Page(
        status,
        [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"private, no-store"),
            (b"content-security-policy", policy),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-robots-tag", b"noindex"),
        ],
        body,
    )


def _message(status: int, title: str, text: str) -> Page:
    return _page(status, "message.html", _policy("form-action 'none'"), title=title, text=text)


UNKNOWN = _message(
    404, "This link leads nowhere", "There is no such short link. Check the address for a typing error."
)
EXPIRED = _message(410, "This link has expired", "Its owner set an end to it, and that time has come.")
REFUSED = _message(405, "That cannot be done here", "A short link can only be opened.")
BUSY = _message(
    503, "One moment, please", "The server cannot store your visit right now. Try again in a few seconds."
)
UNTRUSTED = _message(403, "That form has expired", "Open the link again and enter the password once more.")
TOO_LARGE = _message(413, "That is too much", "The form is larger than this page can take.")


def password(status: int, csrf: str, error: str = "") -> Page:
    """Asks for the password of a link; `error` says what was wrong with the last one."""
    # Browsers hold the whole way of a form to this, and ours ends at the destination.
    policy = _policy("form-action 'self' http: https:")
    return _page(status, "password.html", policy, csrf=csrf, error=error)


def cloaked(url: str, title: str | None) -> Page:
    """The destination in a frame under the short link's own address."""
    parts = urlsplit(url)
    # Only the scheme: the framed page may redirect within its own world.
    policy = _policy("frame-src http: https:")
    return _page(200, "cloaked.html", policy, url=url, title=title or parts.hostname)


def preview(url: str, short_url: str, title: str | None, description: str | None, image: str | None) -> Page:
    """What a social network's crawler reads to draw a card."""
    host = urlsplit(url).hostname
    return _page(
        200,
        "preview.html",
        _policy(),
        url=url,
        short_url=short_url,
        title=title or host,
        description=description,
        image=image,
        host=host,
    )
