"""Addresses anywhere else: a page of one's own, a blog, a platform that has no adapter here."""

from urllib.parse import quote, urlencode

from hyway.domain.creators.social.platforms.urls import Address, Name

_WORDS = "fbclid gclid igsh igshid mc_cid mc_eid msclkid ref si spm yclid"
_TRACKING = frozenset(_WORDS.split())


def account(at: Address) -> Name:
    """The page itself."""
    return Name("handle", page(at))


def post(at: Address) -> str | None:
    """The page, unless it is a site's front door."""
    return page(at) if at.path or _kept(at) else None


def page(at: Address) -> str:
    """Host, path and the query that is not there to follow people; http and https, www and m. are one."""
    host = at.host
    for door in ("www.", "m."):
        host = host.removeprefix(door)
    path = "".join("/" + quote(piece, safe="-._~@:!$&'()*+,;=") for piece in at.path)
    query = urlencode(_kept(at))
    return host + path + (f"?{query}" if query else "")


def _kept(at: Address) -> list[tuple[str, str]]:
    return sorted(
        (name, value)
        for name, value in at.query.items()
        if name not in _TRACKING and not name.startswith("utm_")
    )
