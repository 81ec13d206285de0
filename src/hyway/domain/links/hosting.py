"""Names under which links answer: the server's own, and the domains of organizations."""

import re
from collections.abc import Set
from ipaddress import ip_address
from urllib.parse import urlsplit

from hyway.domain.links.records import Link, Target

LONGEST = 253 + len(":65535")
_PORT = re.compile(r":[0-9]{1,5}\Z")
_LOCAL = re.compile(r"([a-z0-9_-]{1,63}\.)*localhost")


def is_ours(host: str, hosts: Set[str]) -> bool:
    """Whether the server answers under `host[:port]`: a configured name, any address, localhost with any port."""
    bare = _PORT.sub("", host)
    if host in hosts or _LOCAL.fullmatch(bare):
        return True
    if "%" in bare:  # a zone of an address, which may have anything in it and is no part of a Host
        return False
    try:
        ip_address(bare[1:-1] if bare.startswith("[") and bare.endswith("]") else bare)
    except ValueError:
        return False
    return ":" not in bare or bare.startswith("[")  # an address of IPv6 stands in brackets where it is a host


def home(url: str) -> str:
    """`host[:port]` of where people reach the server."""
    return urlsplit(url).netloc.lower()


def address(link: Link | Target, url: str) -> str:
    """Where the link answers; `url` is where people reach the server.

    A name without a port has the server's own, under which it is reached there, too.
    """
    at = urlsplit(url)
    host = at_home(link.host, url) if link.host else at.netloc
    return f"{at.scheme}://{host}/{link.short_id}"


def at_home(host: str, url: str) -> str:
    """A name with the port under which the server is reached, if it has neither a port nor the scheme's own."""
    port = urlsplit(url).port
    return host if port is None or _PORT.search(host) else f"{host}:{port}"
