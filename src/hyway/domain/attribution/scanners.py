"""Networks from which only machines click: crawlers, link previews, mail protection, Internet scanners.

A short list by intent: each block is one that its owner publishes for this purpose, or an owner's own
network that serves no people. Clouds are not in it, for people browse through them (VPNs, company gateways).
"""

from bisect import bisect_right
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

REMEMBERED = 16_384
_LONGEST_ADDRESS = 64

_NETWORKS = """
# Google: developers.google.com, googlebot.json
66.249.64.0/19 2001:4860:4801::/48
# Microsoft Bing: bing.com/toolbox/bingbot.json
13.66.139.0/24 13.66.144.0/24 40.77.139.0/25 40.77.167.0/24 40.77.177.0/24 40.77.178.0/23 40.77.188.0/22
40.77.202.0/24 52.167.144.0/24 65.55.210.0/24 157.55.39.0/24 199.30.24.0/23 207.46.13.0/24
# Apple: search.developer.apple.com/applebot.json
17.22.237.0/24 17.22.245.0/24 17.22.253.0/24 17.241.75.0/24 17.241.193.160/27 17.241.200.160/27
17.241.208.160/27 17.241.219.0/24 17.241.227.0/24 17.246.15.0/24 17.246.19.0/24 17.246.23.0/24
# Meta: developers.facebook.com names AS32934 as where its link crawlers come from
31.13.24.0/21 31.13.64.0/18 45.64.40.0/22 66.220.144.0/20 69.63.176.0/20 69.171.224.0/19 74.119.76.0/22
102.132.96.0/20 103.4.96.0/22 129.134.0.0/16 157.240.0.0/16 173.252.64.0/18 179.60.192.0/22 185.60.216.0/22
185.89.216.0/22 204.15.20.0/22 2401:db00::/32 2620:0:1c00::/40 2a03:2880::/32
# X: AS13414
69.195.160.0/19 104.244.40.0/21 192.133.76.0/22 199.16.156.0/22 199.59.148.0/22 199.96.56.0/21
2400:6680::/32 2606:1f80::/32
# Telegram: core.telegram.org/resources/cidr.txt
91.105.192.0/23 91.108.4.0/22 91.108.8.0/22 91.108.12.0/22 91.108.16.0/22 91.108.20.0/22 91.108.56.0/22
149.154.160.0/20 185.76.151.0/24 2001:67c:4e8::/48 2001:b28:f23c::/48 2001:b28:f23d::/48 2001:b28:f23f::/48
2a0a:f280::/32
# Microsoft Exchange Online Protection: Microsoft 365 endpoints, set 10
40.92.0.0/15 40.107.0.0/16 52.100.0.0/14 104.47.0.0/17 2a01:111:f400::/48 2a01:111:f403::/48
# Proofpoint: its published mail and URL defence addresses
67.231.144.0/20 91.207.212.0/23 91.209.104.0/24 148.163.128.0/19 185.132.180.0/22 185.183.28.0/22
205.220.160.0/19
# Mimecast: its published data centre addresses
91.220.42.0/24 146.101.78.0/24 195.130.217.0/24 205.139.110.0/24 205.139.111.0/24 207.211.30.0/24
207.211.31.0/24
# Barracuda: its published e-mail gateway addresses
64.235.144.0/20 209.222.80.0/21
# Palo Alto Networks Cortex Xpanse: its documented external scan addresses
35.203.210.0/23 144.86.173.0/24 147.185.132.0/23 162.216.149.0/24 162.216.150.0/24 172.105.147.0/24
198.235.24.0/24 205.210.31.0/24 2604:a940:300:5b6::/64 2604:a940:301:225::/64 2604:a940:302:118::/64
# Censys: docs.censys.com, opting out of data collection
66.132.159.0/24 162.142.125.0/24 167.94.138.0/24 167.94.145.0/24 167.94.146.0/24 167.248.133.0/24
199.45.154.0/24 199.45.155.0/24 206.168.34.0/24 206.168.35.0/24
2602:80d:1000:b0cc:e::/80 2602:80d:1003::/112 2602:80d:1004::/112 2620:96:e000:b0cc:e::/80
"""


def is_scanner(ip: str) -> bool:
    """Whether `ip` (either family; IPv4 also in its IPv6 form) belongs to a network of machines."""
    return len(ip) <= _LONGEST_ADDRESS and _is_scanner(ip)


@lru_cache(maxsize=REMEMBERED)
def _is_scanner(ip: str) -> bool:
    parts = ip.split(".")
    if len(parts) == 4 and ip.isascii() and all(part.isdigit() for part in parts):
        # Ten times as fast as a whole address, and nearly every visitor brings a new one.
        a, b, c, d = map(int, parts)
        return _among(4, (a << 24) + (b << 16) + (c << 8) + d)
    try:
        address = ip_address(ip)
    except ValueError:
        return False  # no address says nothing about who clicked
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return _among(address.version, int(address))


def _among(version: int, number: int) -> bool:
    starts, ends = _RANGES[version]
    at = bisect_right(starts, number) - 1
    return at >= 0 and number <= ends[at]


def _ranges(version: int) -> tuple[list[int], list[int]]:
    """First and last addresses of the networks of one IP version, in order; networks do not overlap."""
    words = (word for line in _NETWORKS.splitlines() if not line.startswith("#") for word in line.split())
    networks = [ip_network(word) for word in words]
    ordered = sorted((int(n[0]), int(n[-1])) for n in networks if n.version == version)
    return [first for first, _ in ordered], [last for _, last in ordered]


_RANGES = {version: _ranges(version) for version in (4, 6)}
