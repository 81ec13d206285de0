"""What an organization has chosen, kept here for contexts above: identity neither reads nor judges it."""

from collections.abc import Iterable

from hyway.domain.identity.records import Organization
from hyway.domain.identity.store import choices as store
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


def default_environments(r: Read, organizations: Iterable[int]) -> dict[int, str]:
    """What projects begin with, as its keeper wrote it, by organization; of those that have chosen."""
    return store.default_environments(r, organizations)


def choose_default_environments(w: Write, organization: int, text: str) -> None:
    store.choose(w, organization, clock.now(), default_environments=text)


def billing_accounts(r: Read, organizations: Iterable[int]) -> dict[int, int]:
    """The number of the account that pays, by organization; of those that have one."""
    return store.billing_accounts(r, organizations)


def paid_from(r: Read, account: int, since: Instant) -> list[Organization]:
    """The organizations that an account pays for, oldest first, without those that were closed before that instant."""
    return store.paid_from(r, account, since)


def choose_billing_account(w: Write, organization: int, account: int) -> None:
    store.choose(w, organization, clock.now(), billing_account=account)


def beginning(r: Read, person: int, prefix: str, offset: int, limit: int) -> tuple[list[Organization], int]:
    """One page of a person's organizations whose name begins so, without regard to case, and how many there are."""
    return store.beginning(r, person, prefix.casefold(), offset, limit)
