"""Pure decisions about domains: what may be one, where its visitors may be sent, and when it is looked at again."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

import idna

from hyway.domain.links import rules
from hyway.domain.links.records import DnsStatus, DomainStatus, Finding, SslStatus
from hyway.kernel.clock import DAY, HOUR, MINUTE, Instant
from hyway.kernel.faults import Invalid

MOST = 100
"""Domains of an organization: ours, so that the server is never asked to look after thousands of names."""
LABEL = "_hyway"
"""What stands before a domain in the name of its TXT record."""
LONGEST = 253 - len(f"{LABEL}.")
"""Of a domain: the name of its record has to be one, too."""
PATIENCE = 20
"""Looks in vain after which a domain counts as failed: some three days."""
GIVEN_UP = 50
"""Looks in vain after which nobody looks any more, unless asked to: a month after it failed."""
LOST = 3 * DAY
"""How long a verified domain may go without its record before it is its organization's no longer."""
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_CODE = "{code}"
_HOSTNAME = 'must match format "hostname"'


def name(field: str, text: str, ours: Iterable[str]) -> str:
    """The name as the Domain Name System knows it: small letters, an international one in its ASCII form.

    It has at least two labels, is no address, and is none of the names under which the server itself answers.
    """
    if len(text) > LONGEST * 4:
        raise Invalid(field, _HOSTNAME)
    try:
        found = idna.encode(text.strip().removesuffix("."), uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise Invalid(field, _HOSTNAME) from None
    labels = found.split(".")
    good = len(found) <= LONGEST and len(labels) >= 2 and all(map(_LABEL.fullmatch, labels))
    if not good or labels[-1].isdigit() or labels[-1] == "localhost":
        raise Invalid(field, _HOSTNAME)
    if found in {bare(host) for host in ours}:
        raise Invalid(field, "must NOT be a name of this server")
    return found


def bare(host: str) -> str:
    """A `host[:port]` without its port and the dot at its end, in small letters."""
    found = host.lower()
    head, colon, port = found.rpartition(":")
    if colon and port.isdecimal() and (":" not in head or head.endswith("]")):
        found = head
    return found.removesuffix(".")


def not_found(field: str, value: str, own: str, ours: frozenset[str]) -> str:
    """Where visitors of codes that do not exist go: anywhere on the web but back to where they would come again."""
    return _elsewhere(field, value, value, own, ours, 'must match format "uri"')


def fallback(field: str, value: str, own: str, ours: frozenset[str]) -> str:
    """An address with `{code}` in it, which stands for the code that a visitor asked for; never in the host."""
    said = 'must be an http or https URL with "{code}" in its path or query'
    head, _, rest = value.partition("://")
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    filled = value.replace(_CODE, "x")
    if value.count(_CODE) != 1 or "{" in filled or "}" in filled or "{" in head or "{" in host:
        raise Invalid(field, said, code=_CODE)
    return _elsewhere(field, value, filled, own, ours, said)


def _elsewhere(field: str, value: str, filled: str, own: str, ours: frozenset[str], said: str) -> str:
    try:
        parts = rules.web_url(field, filled)
    except Invalid:
        raise Invalid(field, said, code=_CODE) from None
    host = rules.host_of(parts)
    if host in ours or bare(host) == own:
        raise Invalid(field, "must NOT lead back to a short link")
    return value


def filled(template: str, code: str) -> str:
    """The template with the code that was asked for, each of its bytes safe at any place of an address."""
    return template.replace(_CODE, quote(code, safe="", errors="replace"))


def status(dns: DnsStatus, ssl: SslStatus, asks: int, *, secure: bool) -> DomainStatus:
    """The one word for both; `secure`: whether the server's own addresses begin with https."""
    if dns == "failed" or (dns == "verified" and secure and ssl == "failed"):
        return "failed"
    if dns == "pending":
        return "pending" if asks else "notReady"
    return "ready" if ssl == "active" or not secure else "pending"


class Standing(NamedTuple):
    """What is known of a domain: `asks` looks in vain since all was well, no proof seen since `missed_since`."""

    dns: DnsStatus
    ssl: SslStatus
    asks: int
    missed_since: Instant | None


def after(old: Standing, found: Finding, now: Instant, *, secure: bool, anew: bool) -> Standing:
    """What a finding makes of it. `anew`: somebody asked for the look, and the waiting begins from its start.

    A record that has gone takes a verified domain away after LOST, name servers that do not answer never do.
    """
    asks = (0 if anew else old.asks) + 1
    dns, missed = old.dns, old.missed_since
    if found.proved:
        dns, missed = "verified", None
    elif found.proved is False and dns == "verified":
        missed = now if missed is None else missed
        if now - missed >= LOST:
            dns, missed, asks = "failed", None, PATIENCE
    elif dns != "verified":
        dns = "failed" if asks >= PATIENCE else "pending"
    ssl = _ssl(old, found, asks) if secure and dns == "verified" else "notReady"
    is_well = dns == "verified" and missed is None and (ssl == "active" or not secure)
    return Standing(dns, ssl, 0 if is_well else asks, missed)


def _ssl(old: Standing, found: Finding, asks: int) -> SslStatus:
    if found.secured is None:
        return old.ssl if old.ssl != "notReady" else "pending"
    if found.secured:
        return "active"
    return "failed" if asks >= PATIENCE else "pending"


def beaten(of: Standing) -> Standing:
    """Another organization has the name; should it let go of it, a later look will find out."""
    return Standing("failed", "notReady", max(of.asks, PATIENCE), None)


def wait(asks: int) -> int | None:
    """Microseconds until the next look: minutes after the first ones in vain, hours then; a day where all is well."""
    if asks >= GIVEN_UP:
        return None
    return DAY if asks == 0 or asks >= PATIENCE else min(MINUTE << min(asks - 1, 20), 6 * HOUR)
