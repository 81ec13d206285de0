"""Whom a request came from, behind proxies or not: one answer for every way in."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
_REMEMBERED = 20_000


class Proxies:
    """The proxies whose word on X-Forwarded-For is taken, as networks in CIDR notation or single addresses."""

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._networks = [ip_network(text, strict=False) for text in trusted]
        self._known: dict[str, tuple[Address | None, bool]] = {}

    def client(self, peer: str, forwarded: str) -> str:
        """The client's address as text; `forwarded` is the whole header, "" for none.

        The header is believed only of a trusted peer, and only from the right: the first hop that is not trusted is
        the client, for all to the left of it is what the client itself may have written.
        """
        if not forwarded or not self._networks:
            return peer
        address, trusted = self._look(peer)
        if not trusted:
            return peer
        for hop in reversed(forwarded.split(",")):
            found, trusted = self._look(hop.strip())
            if found is None:
                break
            address = found
            if not trusted:
                break
        return str(address)

    def trusts(self, peer: str) -> bool:
        """Whether the word of who speaks to us is taken."""
        return bool(self._networks) and self._look(peer)[1]

    def _look(self, hop: str) -> tuple[Address | None, bool]:
        """The address, and whether it is a trusted proxy's; remembered, for the redirect asks at every click."""
        known = self._known.get(hop)
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            address = _address(hop[:100])
            trusted = address is not None and any(address in network for network in self._networks)
            known = self._known[hop[:100]] = (address, trusted)
        return known


def _address(text: str) -> Address | None:
    """An address, also with a port or in brackets; an IPv4 address in IPv6 clothes is the IPv4 address."""
    bare = text
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
