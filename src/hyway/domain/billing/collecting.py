"""Which provider of payments there is by a name: the one who issues invoices here, or Stripe."""

from collections.abc import Mapping

from hyway.domain.billing.payments import Offline, Payments, Unclear
from hyway.domain.billing.records import ProviderName
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal


def named(name: ProviderName, services: Mapping[str, str], outgoing: Outgoing, seal: Seal) -> Payments:
    """The provider of that name; Unclear where the operator no longer names its server."""
    if name == "Offline":
        return Offline(seal)
    address = services.get("stripe")
    if not address:
        raise Unclear("this server has no account at Stripe")
    try:
        from hyway.domain.billing.stripe import Stripe  # its client takes a second to import
    except ModuleNotFoundError as why:
        raise Unclear("the client of Stripe is not installed: pip install 'hyway[stripe]'") from why
    return Stripe(address, outgoing)
