"""What providers of payments tell, each event once."""

from hyway.domain.billing.records import Account, ProviderName
from hyway.domain.billing.store import accounts, invoices
from hyway.kernel import clock
from hyway.kernel.db import Read, Write


def first_time(w: Write, provider: ProviderName, id: str) -> bool:
    """Whether the event of that id is new; from now on it is not."""
    return invoices.first_time(w, provider, id, clock.now())


def account_of(r: Read, provider: ProviderName, customer: str) -> Account | None:
    """The account that is this customer of the provider's."""
    return accounts.by_customer(r, provider, customer)
