"""Questions to the Domain Name System, asked of one resolver: the system's, or one that the operator names."""

from typing import Any

import dns.exception
import dns.resolver
from dns.rdatatype import CNAME, TXT

from hyway.kernel.outgoing import Unreachable

_SECONDS = 5.0
_MOST = 50
"""Records of one answer that are read; a name of good faith has a handful."""


class Resolver:
    """Asks `host` or `host:port` (`[::1]:53` for an address of six groups), or the system's resolver where it is empty.

    Safe to share between threads.
    """

    def __init__(self, address: str = "") -> None:
        self._address = address

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, each put together of its parts; none where it has none. Else Unreachable."""
        said = [b"".join(record.strings) for record in self._ask(name, TXT)]
        return [each.decode("utf-8", "replace").replace("\0", "�") for each in said]

    def alias(self, name: str) -> str | None:
        """What a name is an alias of (its CNAME), in small letters and without a dot at the end."""
        for record in self._ask(name, CNAME):
            return str(record.target.to_text(omit_final_dot=True)).lower()
        return None

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[Any]:
        try:
            answer = self._chosen().resolve(name, kind, lifetime=_SECONDS, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise Unreachable(f"the name servers gave no answer ({type(error).__name__})") from error
        return list(answer)[:_MOST]

    def _chosen(self) -> dns.resolver.Resolver:
        if not self._address:
            return dns.resolver.Resolver()
        made = dns.resolver.Resolver(configure=False)
        host, port = split(self._address)
        made.nameservers, made.port = [host], port
        return made


def split(address: str) -> tuple[str, int]:
    """Host and port of `1.2.3.4`, `1.2.3.4:5353`, `[::1]` or `[::1]:5353`."""
    if address.startswith("["):
        host, _, rest = address[1:].partition("]")
        return host, int(rest.removeprefix(":") or 53)
    host, _, port = address.partition(":")
    return host, int(port or 53)
