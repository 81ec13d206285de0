"""Which addresses the server may be sent to by somebody else's word: the guard of outgoing requests."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Azure's host agent answers here with machine secrets, though the address looks public.
_AZURE_HOST = IPv4Address("168.63.129.16")
_PROTOCOL_ASSIGNMENTS = ip_network("192.0.0.0/24")  # Python counts only its first eight as private
_GLOBAL_UNICAST = ip_network("2000::/3")  # all that IANA has handed out of IPv6
_DOCUMENTATION = ip_network("3fff::/20")  # RFC 9637, newer than Python's own list
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


def is_public(ip: str) -> bool:
    """Whether `ip` is an address of the public Internet; False for text that is no IP address.

    Not public: loopback, private and carrier networks (RFC 1918, 6598, 4193), link-local and with it the
    metadata services of clouds, multicast, documentation and reserved ranges, and an IPv6 address that wraps
    such an IPv4 one (mapped, 6to4, NAT64). Ask it of the address that is connected to, not of a name that may
    resolve anew.
    """
    try:
        address = ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        wrapped = _wrapped(address)
        return _is_public_v6(address) if wrapped is None else _is_public_v4(wrapped)
    return _is_public_v4(address)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_public_v4(address: IPv4Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and address not in _PROTOCOL_ASSIGNMENTS
        and address != _AZURE_HOST
    )


def _is_public_v6(address: IPv6Address) -> bool:
    return (
        address in _GLOBAL_UNICAST
        and address.is_global
        and address not in _DOCUMENTATION
        and address.teredo is None
    )
