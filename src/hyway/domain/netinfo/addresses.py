"""What an address is, besides where it is."""

from ipaddress import IPv6Address, ip_address
from typing import Literal

from hyway.domain.netinfo.networks import is_public
from hyway.domain.netinfo.places import LONGEST_ADDRESS

Reach = Literal["public", "private"]


def reach(text: str) -> Reach | None:
    """Whether the address is one of the public Internet; None for what is no address.

    One with a zone (`fe80::1%eth0`) means something on a single machine only: it is none here.
    """
    if len(text) > LONGEST_ADDRESS:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return None
    return "public" if is_public(text) else "private"
