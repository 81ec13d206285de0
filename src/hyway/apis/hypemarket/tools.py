"""What handlers work with besides the database."""

from dataclasses import dataclass

from hyway.apis.kit.operations import Ask
from hyway.kernel.blobs import Blobs
from hyway.kernel.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Tools:
    """`blobs` keep pictures; `outgoing` leads to the pages of products."""

    blobs: Blobs
    outgoing: Outgoing


def tools(ask: Ask) -> Tools:
    """The family's tools, as what they are."""
    found = ask.tools
    if not isinstance(found, Tools):
        raise TypeError("the family was made without its tools")
    return found
