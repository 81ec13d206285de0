"""What handlers work with besides the database."""

from dataclasses import dataclass

from hyway.apis.kit.operations import Ask
from hyway.domain import identity, netinfo


@dataclass(frozen=True, slots=True)
class Tools:
    """`places` tell where an address is; `entered` remembers what callers may do in their organizations."""

    places: netinfo.Places
    entered: identity.access.memory.Entered


def tools(ask: Ask) -> Tools:
    """The family's tools, as what they are."""
    found = ask.tools
    if not isinstance(found, Tools):
        raise TypeError("the family was made without its tools")
    return found
