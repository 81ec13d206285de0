"""What handlers work with besides the database."""

from collections.abc import Mapping
from dataclasses import dataclass

from hyway.apis.hyphen.tally import Tally
from hyway.apis.kit.operations import Ask
from hyway.domain import identity, netinfo
from hyway.kernel.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Tools:
    """`places` tell where an address is; `entered` remembers what callers may do in their organizations; `outgoing`
    is the way to addresses that others chose, `services` are those of the outside services that the operator named;
    `tally` counts requests."""

    places: netinfo.Places
    entered: identity.access.memory.Entered
    outgoing: Outgoing
    services: Mapping[str, str]
    tally: Tally


def tools(ask: Ask) -> Tools:
    """The family's tools, as what they are."""
    found = ask.tools
    if not isinstance(found, Tools):
        raise TypeError("the family was made without its tools")
    return found
