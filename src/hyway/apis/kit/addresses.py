"""Whom a request came from, behind proxies or not."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks in CIDR notation, or single addresses, parsed once for `client` and `scheme`."""
    return tuple(ip_network(text, strict=False) for text in texts)


def client(scope: Mapping[str, Any], trusted: Sequence[Network] = ()) -> str:
    """The client's address as text, "" where the server knows none.

    X-Forwarded-For is believed only of a trusted peer, and only from the right: the first hop that is not
    trusted is the client, for all to the left of it is what the client itself may have written.
    """
    peer = scope.get("client")
    if not peer:
        return ""
    if not trusted:
        return str(peer[0])
    address = _address(peer[0])
    if address is None or not _among(address, trusted):
        return str(peer[0])
    for hop in reversed(_forwarded(scope)):
        found = _address(hop)
        if found is None:
            break
        address = found
        if not _among(found, trusted):
            break
    return str(address)


def scheme(scope: Mapping[str, Any], trusted: Sequence[Network] = ()) -> str:
    """`http` or `https` as the client used it: what a trusted peer forwards, else the connection's own."""
    own = str(scope.get("scheme") or "http")
    peer = scope.get("client")
    address = _address(peer[0]) if peer else None
    if address is None or not _among(address, trusted):
        return own
    said = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
    last = said[-1].decode("latin-1").rpartition(",")[2].strip().lower() if said else ""
    return last if last in ("http", "https") else own


def bucket(address: str) -> str:
    """What one client is counted by: its IPv4 address, or the /64 that an IPv6 client has to itself."""
    if ":" not in address:
        return address
    found = _address(address)
    return found.exploded[:19] if isinstance(found, IPv6Address) else str(found)


def _forwarded(scope: Mapping[str, Any]) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(lines).split(",") if hop.strip()]


def _address(text: str) -> Address | None:
    """An address, also with a port or in brackets; an IPv4 address in IPv6 clothes is the IPv4 address."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _among(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)
