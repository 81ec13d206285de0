"""What handlers work with besides the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hyway.apis.kit.operations import Ask
from hyway.kernel.blobs import Blobs
from hyway.kernel.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Tools:
    """`blobs` keep pictures; `outgoing` leads to the pages of products; `services` are what the operator named."""

    blobs: Blobs
    outgoing: Outgoing
    services: Mapping[str, str] = field(default_factory=dict, repr=False)


def tools(ask: Ask) -> Tools:
    """The family's tools, as what they are."""
    found = ask.tools
    if not isinstance(found, Tools):
        raise TypeError("the family was made without its tools")
    return found
