"""The settings of an app: from which networks its .env files may be read.

    {"env": {"accessControls": {"allow": [RULE…], "deny": [RULE…],
                                "environments": {ALTERNATE ID: {"allow": [RULE…], "deny": [RULE…]}}}}}

with RULE `{"description", "type": "cidr", "cidr"}`. Members that this knows nothing of are refused: a misspelt `deny`
that was kept would look like a closed door.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from hyway.kernel.faults import Invalid

MOST_RULES = 100
"""In one list of rules: ours, since every pull walks them."""
LONGEST_DESCRIPTION = 255
_NETWORK = re.compile(r"[0-9A-Fa-f:.]{2,45}(/[0-9]{1,3})?", re.ASCII)
_MAPPED_BITS = 96
"""Of an IPv6 address that holds an IPv4 one, those before it."""


def settings(given: Any, names: Mapping[str, str], field: str = "settings") -> dict[str, Any]:
    """The settings as they are kept: networks in their one spelling, environments by alternate id.

    `names` are the project's environments, alternate ids by both of their ids.
    """
    whole = _object(given, field, ("env",))
    if "env" not in whole:
        return {}
    env = _object(whole["env"], f"{field}/env", ("accessControls",))
    if "accessControls" not in env:
        return {"env": {}}
    at = f"{field}/env/accessControls"
    controls = _object(env["accessControls"], at, ("allow", "deny", "environments"))
    kept: dict[str, Any] = _lists(controls, at)
    if "environments" in controls:
        kept["environments"] = _environments(controls["environments"], names, f"{at}/environments")
    return {"env": {"accessControls": kept}}


def without(kept: Mapping[str, Any], alternate_id: str) -> dict[str, Any]:
    """The settings without an environment that is no more."""
    controls = kept.get("env", {}).get("accessControls", {})
    if alternate_id not in controls.get("environments", {}):
        return dict(kept)
    rest = {name: lists for name, lists in controls["environments"].items() if name != alternate_id}
    return {"env": {"accessControls": {**controls, "environments": rest}}}


def network(text: str, field: str) -> str:
    """An IPv4 or IPv6 network in its one spelling; an address without a length is a network of its own.

    Bits behind the length mean nothing and are dropped (`10.1.2.3/8` is `10.0.0.0/8`): what is shown is compared.
    IPv4 inside of IPv6 (`::ffff:10.0.0.0/104`) is IPv4.
    """
    if not _NETWORK.fullmatch(text):
        raise Invalid(field, 'must match format "cidr"')
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise Invalid(field, 'must match format "cidr"') from None
    if isinstance(found, ipaddress.IPv6Network) and found.prefixlen >= _MAPPED_BITS:
        inner = found.network_address.ipv4_mapped
        if inner is not None:
            return f"{inner}/{found.prefixlen - _MAPPED_BITS}"
    return str(found)


def _environments(given: Any, names: Mapping[str, str], field: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid(field, "must be object")
    kept: dict[str, Any] = {}
    for said, lists in given.items():
        # An alternate id may come with capitals, as everywhere.
        called = names.get(said) or names.get(said.lower())
        if called is None:
            raise Invalid(field, "must have names of the project's environments alone")
        if called in kept:
            raise Invalid(field, "must NOT have one environment twice")
        kept[called] = _lists(_object(lists, f"{field}/{called}", ("allow", "deny")), f"{field}/{called}")
    return kept


def _lists(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The lists of rules that are there; an absent one stays absent."""
    return {name: _rules(given[name], f"{field}/{name}") for name in ("allow", "deny") if name in given}


def _rules(given: Any, field: str) -> list[dict[str, str]]:
    if not isinstance(given, list):
        raise Invalid(field, "must be array")
    if len(given) > MOST_RULES:
        raise Invalid(field, "must NOT have more than {most} items", most=MOST_RULES)
    return [_rule(each, f"{field}/{i}") for i, each in enumerate(given)]


def _rule(given: Any, field: str) -> dict[str, str]:
    """The page shows the network as `cidr` in its answers and as `value` in its requests."""
    rule = _object(given, field, ("description", "type", "cidr", "value"))
    if "type" not in rule:
        raise Invalid(field, "must have required property 'type'")
    if rule["type"] != "cidr":
        raise Invalid(f"{field}/type", "must be equal to constant")
    said = {name: _text(rule[name], f"{field}/{name}") for name in ("cidr", "value") if name in rule}
    if not said:
        raise Invalid(field, "must have required property 'cidr'")
    networks = [network(text, f"{field}/{name}") for name, text in said.items()]
    if len(set(networks)) > 1:
        raise Invalid(f"{field}/value", "must be equal to cidr")
    about = _text(rule.get("description", ""), f"{field}/description")
    if len(about) > LONGEST_DESCRIPTION:
        raise Invalid(
            f"{field}/description", "must NOT have more than {most} characters", most=LONGEST_DESCRIPTION
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in about):
        raise Invalid(f"{field}/description", "must NOT have control characters")
    return {"description": about, "type": "cidr", "cidr": networks[0]}


def _object(given: Any, field: str, known: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid(field, "must be object")
    if given.keys() - set(known):
        raise Invalid(field, "must NOT have additional properties")
    return given


def _text(given: Any, field: str) -> str:
    if not isinstance(given, str):
        raise Invalid(field, "must be string")
    return given
