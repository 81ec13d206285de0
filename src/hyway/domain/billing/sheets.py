"""An invoice on paper: for whoever has its address, which a seal of this server makes and a day ends."""

import re
from dataclasses import dataclass

from hyway.domain.billing import accounts
from hyway.domain.billing.records import Account, Invoice
from hyway.domain.billing.store import invoices as store
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Read

PATH = "/billing/invoices/"
_PURPOSE = "invoice"
_LIFE = 30 * DAY
_VALUE = re.compile(r"(inv_[0-9a-f]{24})-([0-9]{1,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`until` is when the address stops to lead to it."""

    account: Account
    invoice: Invoice
    until: Instant


def token(r: Read, of: Invoice) -> str:
    """The end of an address: good to the end of a day, so that it is the same all day long."""
    return r.seal.sign(f"{of.id}-{(clock.now() + _LIFE) // DAY}", _PURPOSE)


def read(r: Read, token: str) -> Sheet | None:
    """What the token is for, as it stands now; None where it is not ours or too old."""
    told = _VALUE.fullmatch(r.seal.signed(token, _PURPOSE) or "") if token.isascii() else None
    if told is None or (until := (int(told[2]) + 1) * DAY) <= clock.now():
        return None
    found = store.by_name(r, told[1])
    account = accounts.by_seq(r, found.account) if found else None
    return Sheet(account, found, until) if found and account else None
