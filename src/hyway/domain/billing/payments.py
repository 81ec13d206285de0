"""What a provider of payments must be able to do, and who does it where the operator has named nobody."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Protocol

from hyway.domain.billing import tokens
from hyway.domain.billing.records import Account, Invoice, InvoiceStatus, NewMethod, ProviderName
from hyway.kernel.seal import Seal

COLLECTS = "billing"
"""The service that the operator names for Stripe to collect what accounts owe; `stripe` alone is for creators."""


class Declined(Exception):
    """The provider refuses, and will refuse again; the text says why and may be shown."""


class NoSuchToken(Declined):
    """The confirmation token is nobody's, spent, too old, or another account's."""


class CustomerGone(Declined):
    """The provider has no such customer any more; another one may be made."""


class Unclear(Exception):
    """No answer, or one that says nothing of the outcome: to be asked again under the same key."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice as its provider has it: its id, and its own pages, empty where it has none."""

    provider_id: str
    http: str = ""
    pdf: str = ""
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of an invoice at its provider by now, and its pages there."""

    status: InvoiceStatus
    http: str = ""
    pdf: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of the provider's own on which a way to pay is entered: what the provider calls it, and its address."""

    session: str
    url: str


@dataclass(frozen=True, slots=True)
class Entered:
    """How such a page stands: whether something may come of it yet, whose it is, and what was entered there."""

    page: str
    customer: str
    is_over: bool
    method: NewMethod | None


class Payments(Protocol):
    """All but `name` ask a server elsewhere, so no transaction may be open. Each may be called twice for the same."""

    @property
    def name(self) -> ProviderName: ...

    def customer(self, account: Account) -> str:
        """The id of the account's customer, who is made at the first call; "" where the provider has none."""

    def describe(self, account: Account) -> None:
        """Tells of the name, the addresses and the phone that the account has now."""

    def method(self, account: Account, customer: str, token: str) -> NewMethod:
        """The way to pay that a confirmation token stands for, kept for the customer; NoSuchToken, or Declined."""

    def open(self, account: Account, customer: str, page: str, back: str) -> Opened:
        """A page on which a way to pay is entered for the customer, named as ours is; it leads to `back`."""

    def entered(self, session: str) -> Entered:
        """What has come of such a page."""

    def remove(self, method: str) -> None:
        """Forgets a way to pay; nothing where there is none."""

    def shown(self, customer: str, method: str) -> NewMethod | None:
        """A way to pay as it is now; None where the customer has it no more."""

    def prefer(self, customer: str, method: str) -> None:
        """The customer's invoices are paid by this method from now on."""

    def issue(self, account: Account, invoice: Invoice, method: str | None) -> Issued:
        """Makes the draft an invoice there, with its lines, due at `due_at`; collected by the method where there is
        one."""

    def settle(self, invoice: Invoice) -> None:
        """Was paid by other means."""

    def void(self, invoice: Invoice) -> None:
        """Need not be paid."""

    def standing(self, invoice: Invoice) -> Standing | None:
        """How an invoice stands there; None where it is there no more, or only we keep it."""


class Offline:
    """Hyway issues invoices itself, and whoever runs it says which have been paid. No money moves."""

    name: ProviderName = "Offline"

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def customer(self, account: Account) -> str:
        return ""

    def describe(self, account: Account) -> None:
        """Nobody else keeps it."""

    def method(self, account: Account, customer: str, token: str) -> NewMethod:
        found = tokens.read(self._seal, account.id, token)
        if found is None:
            raise NoSuchToken("there is no such confirmation token")
        return found

    def open(self, account: Account, customer: str, page: str, back: str) -> Opened:
        raise Declined("whoever runs this server is paid by other means than cards that are entered here")

    def entered(self, session: str) -> Entered:
        raise Declined("nothing is entered elsewhere")

    def remove(self, method: str) -> None:
        """Nobody else keeps it."""

    def shown(self, customer: str, method: str) -> NewMethod | None:
        return None

    def prefer(self, customer: str, method: str) -> None:
        """Nobody else asks."""

    def issue(self, account: Account, invoice: Invoice, method: str | None) -> Issued:
        return Issued(invoice.provider_id)

    def settle(self, invoice: Invoice) -> None:
        """Its status says all."""

    def void(self, invoice: Invoice) -> None:
        """Its status says all."""

    def standing(self, invoice: Invoice) -> Standing | None:
        return None


def of_new(account: Account, services: Container[str]) -> ProviderName:
    """Who keeps the next way to pay of an account: Stripe where it is a customer there, or the operator wants it so."""
    return "Stripe" if account.provider == "Stripe" or COLLECTS in services else "Offline"
