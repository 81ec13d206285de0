"""Pure decisions: from where an env file may be fetched, and what a version may be."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from hyway.domain.envs.records import NewVersion
from hyway.kernel.faults import Invalid

BIGGEST = 2**63 - 1
LONGEST_SIZE = 100
LONGEST_DATA = 1_048_576
"""Characters of one version's content: env files are small, and each of their versions is kept whole."""
LONGEST_SECRET = 4_096
_Address = IPv4Address | IPv6Address
_Lists = Mapping[str, Any]


def may_come(settings: Mapping[str, Any], environment: str | None, client: str) -> bool:
    """Whether an app's settings let a file be fetched from the address `client`.

    `environment` is the alternate id of the file's environment, None for the default one, which the general lists
    rule alone. The environment's lists come before the general ones and allow before deny; whom no list names may
    come. An address that is not known fits no list that allows, and every one that denies.
    """
    controls: _Lists = _part(_part(settings, "env"), "accessControls")
    asked = [controls]
    if environment is not None:
        asked.insert(0, _part(_part(controls, "environments"), environment))
    address = address_of(client)
    for lists in asked:
        if _names(lists.get("allow") or (), address, unsure=False):
            return True
        if _names(lists.get("deny") or (), address, unsure=True):
            return False
    return True


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _names(entries: Sequence[Mapping[str, Any]], address: _Address | None, *, unsure: bool) -> bool:
    return any(_covers(str(entry.get("cidr", "")), address, unsure) for entry in entries)


def _covers(cidr: str, address: _Address | None, unsure: bool) -> bool:
    network = _network(cidr)
    if cidr == "0.0.0.0/0":
        return True  # everybody, whichever way they come
    if address is None:
        return unsure
    return address.version == network.version and address in network


def address_of(client: str) -> _Address | None:
    """The address; an IPv4 address in IPv6 clothes is the IPv4 address."""
    try:
        found = ip_address(client)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


@lru_cache(4096)
def _network(cidr: str) -> IPv4Network | IPv6Network:
    return ip_network(cidr)


def check(new: NewVersion, was: int) -> None:
    """What is stored must make sense and fit; the content is the clients' business alone."""
    number("secretKeyId", new.secret_key_id)
    number("secretKeyId", was)
    number("version", new.version)
    number("countVariables", new.count_variables, least=0)
    text("size", new.size, LONGEST_SIZE)
    if len(new.data) > LONGEST_DATA:
        raise Invalid("data", "must NOT have more than {n} characters", n=LONGEST_DATA)


def number(field: str, value: int, least: int = 1) -> int:
    """A number that the database can hold, from `least` on."""
    if value < least:
        raise Invalid(field, "must be >= {n}", n=least)
    if value > BIGGEST:
        raise Invalid(field, "must be <= {n}", n=BIGGEST)
    return value


def text(field: str, value: str, longest: int) -> str:
    if len(value) > longest:
        raise Invalid(field, "must NOT have more than {n} characters", n=longest)
    if "\0" in value:
        raise Invalid(field, "must NOT contain NUL")
    return value
