"""The public page behind a tracking link: what a customer sees who waits for somebody.

Nobody signs in, so the page holds only what `TrackView` names: no phone number, no address of mail, no id but the short
code. Once the action is over it says when, how long and how far; where anybody is or was is not in it any more.
"""

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment
from markupsafe import Markup

from hyway.edge.maps import bundle
from hyway.edge.maps.tiles import origin
from hyway.edge.pages import Headers
from hyway.edge.tracking_view import Destination, Fix, Summary, TrackView, Traveller
from hyway.edge.tracking_words import STEPS, hour, noun, reached, said
from hyway.kernel import clock
from hyway.kernel.clock import Instant

__all__ = [
    "Destination",
    "Fix",
    "Summary",
    "TrackView",
    "Traveller",
    "as_json",
    "headers",
    "not_found_page",
    "page",
]

_TEMPLATES = files("hyway.edge.maps") / "templates"
_jinja = Environment(
    loader=DictLoader(
        {name: (_TEMPLATES / name).read_text() for name in ("track.html", "track_missing.html")}
    ),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_jinja.globals["asset"] = bundle().address
_jinja.filters["hour"] = hour


def as_json(view: TrackView) -> dict[str, Any]:
    """The state as the page's script reads it, at first and in each `action` frame of its stream.

    An action that is over has neither position nor route here, whatever the view holds.
    """
    location = None if view.ended or view.location is None else asdict(view.location)
    if location:
        location["recorded_at"] = clock.text(location["recorded_at"])
    summary = asdict(view.summary) if view.summary else None
    if summary:
        summary["ended_at"] = clock.text(summary["ended_at"])
    return {
        "short_code": view.short_code,
        "organization": view.organization,
        "type": view.type,
        "status": view.status,
        "sub_status": view.sub_status,
        "status_text": view.status_text,
        "sub_status_text": view.sub_status_text,
        "place": asdict(view.destination) if view.destination else None,
        "user": asdict(view.user) if view.user else None,
        "location": location,
        "eta": _time(None if view.ended else view.eta),
        "expected_at": _time(view.expected_at),
        "is_late": view.is_late,
        "duration_remaining": None if view.ended else view.duration_remaining,
        "distance_remaining": None if view.ended else view.distance_remaining,
        "duration_elapsed": view.duration_elapsed,
        "distance_unit": view.distance_unit,
        "time_aware_polyline": "" if view.ended else view.polyline,
        "ended": view.ended,
        "summary": summary,
        "stream_url": view.stream_url,
        "public_url": view.public_url,
    }


def page(view: TrackView, now: Instant | None = None) -> bytes:
    """The page whole, as UTF-8. It says in words where things stand, and its script takes over from there."""
    now = clock.now() if now is None else now
    # The reader's clock may be wrong; ages are counted by ours.
    state = {**as_json(view), "now": clock.text(now)}
    words = said(view, now)
    return (
        _jinja.get_template("track.html")
        .render(
            view=view,
            state=_embedded(state),
            words=words,
            noun=noun(view.type),
            steps=STEPS,
            reached=reached(view),
            tiles=view.tiles.attributes() if view.tiles else {},
            photo=view.user.photo_url if view.user and origin(view.user.photo_url) else None,
        )
        .encode()
    )


def not_found_page() -> bytes:
    """For a short code that nobody has, or has any more. Status 404; headers from `headers(None)`."""
    return _jinja.get_template("track_missing.html").render().encode()


def headers(view: TrackView | None) -> Headers:
    """The headers of the page; its policy allows our own files, the picture's origin and the tiles' origin."""
    pictures, sources = ["'self'"], ["'self'"]
    if view:
        more_pictures, more_sources = view.tiles.sources() if view.tiles else ([], [])
        photo = origin(view.user.photo_url) if view.user else None
        pictures += [*([photo] if photo else []), *more_pictures]
        stream = origin(view.stream_url)
        sources += [*([stream] if stream else []), *more_sources]
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'none'; img-src {' '.join(dict.fromkeys(pictures))}; "
        f"connect-src {' '.join(dict.fromkeys(sources))}"
    )
    return [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"cache-control", b"private, no-store"),
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        # Tile servers ask for it; they learn our name, not the short code.
        (b"referrer-policy", b"strict-origin"),
        (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
        (b"x-robots-tag", b"noindex, nofollow"),
    ]


def _time(at: Instant | None) -> str | None:
    return None if at is None else clock.text(at)


def _embedded(state: dict[str, Any]) -> Markup:
    """JSON that cannot end the element which holds it, nor open a comment in it."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704  # nothing in it is markup any more
