"""Looks at a domain from outside: what the Domain Name System says of it, and whether it answers with a certificate.

Takes seconds, and must never be done within a transaction.
"""

from collections.abc import Collection, Mapping
from ipaddress import ip_address

from hyway.domain.links.domain_rules import LABEL, bare
from hyway.domain.links.records import Domain, Finding
from hyway.kernel.outgoing import Outgoing, Unreachable
from hyway.kernel.resolver import Resolver

Services = Mapping[str, str]
"""Addresses of outside services by kind; `resolver` is who is asked, the system's own where there is none."""
_SECONDS = 8.0


def aliases(hosts: Collection[str]) -> list[str]:
    """Those of the server's names that a CNAME can lead to: no addresses, nothing that only this machine knows."""
    found = {bare(host) for host in hosts}
    return sorted(name for name in found if "." in name and not _is_local(name))


def _is_local(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return name.endswith(".localhost")
    return True


def look(outgoing: Outgoing, services: Services, of: Domain, hosts: Collection[str], home: str) -> Finding:
    """Either record proves the domain; its certificate is looked for where `home` itself has one."""
    asked = Resolver(services.get("resolver", ""))
    try:
        texts = asked.texts(f"{LABEL}.{of.domain}")
        alias = None if of.challenge in texts else asked.alias(of.domain)
    except Unreachable as error:
        return Finding(None, None, f"{str(error).capitalize()}.")
    said, by_alias = _said(of, texts, alias), of.challenge not in texts
    if by_alias and alias not in aliases(hosts):
        return Finding(False, None, said)
    if not home.startswith("https://"):
        return Finding(True, None, said, by_alias)
    try:
        outgoing.secured(of.domain, seconds=_SECONDS)
    except Unreachable as error:
        return Finding(True, False, f"{said} No certificate yet: {error}.", by_alias)
    return Finding(True, True, f"{said} It answers with a valid certificate.", by_alias)


def _said(of: Domain, texts: list[str], alias: str | None) -> str:
    """For people who wonder why it does not work yet."""
    if of.challenge in texts:
        return f"The TXT record of {LABEL}.{of.domain} is as it should be."
    shown = ", ".join(f'"{each[:100]}"' for each in texts[:5])
    first = f"{LABEL}.{of.domain} says {shown}" if texts else f"{LABEL}.{of.domain} has no TXT record"
    return f"{first}; {of.domain} {f'leads to {alias}' if alias else 'has no CNAME record'}."
