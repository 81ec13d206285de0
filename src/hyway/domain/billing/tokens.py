"""Confirmation tokens where no provider makes them: a way to pay that somebody describes, for one account.

`offline_transfer` stands for a transfer to the operator's bank, of which an account has one at most. All others are
sealed by this server for an account, live an hour, and hold a card's brand, last four digits and expiry: never its
number, because no money moves here.
"""

import base64
import json
import re

from hyway.domain.billing.records import NewMethod
from hyway.kernel import clock, ids
from hyway.kernel.clock import HOUR
from hyway.kernel.seal import Seal

TRANSFER = "offline_transfer"
LONGEST = 1_000
_PREFIX = "offline_"
_PURPOSE = "confirmation token"
_LIFE = HOUR
BRANDS = ("Visa", "Mastercard", "American Express", "Discover", "JCB", "UnionPay", "Other")
EXPIRATION = re.compile(r"20[2-9][0-9]-(0[1-9]|1[0-2])", re.ASCII)
LAST4 = re.compile(r"[0-9]{4}", re.ASCII)


def card(seal: Seal, account: str, card_type: str, last4: str, expiration: str) -> str:
    """A token for a card, to be spent once by the account of that id (`bill_…`)."""
    told = {
        "account": account,
        "id": ids.prefixed("pm"),
        "card_type": card_type,
        "last4": last4,
        "expiration": expiration,
        "until": clock.now() + _LIFE,
    }
    packed = base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()
    return _PREFIX + seal.sign(packed, _PURPOSE)


def read(seal: Seal, account: str, token: str) -> NewMethod | None:
    """What the token stands for; None where it is nobody's, another account's or too old."""
    if token == TRANSFER:
        return NewMethod(f"pm_transfer_{account.removeprefix('bill_')}", "BankTransfer")
    if not token.startswith(_PREFIX) or not token.isascii() or len(token) > LONGEST:
        return None
    packed = seal.signed(token.removeprefix(_PREFIX), _PURPOSE)
    if packed is None:
        return None
    found = json.loads(base64.urlsafe_b64decode(packed))
    if found["account"] != account or found["until"] <= clock.now():
        return None
    return NewMethod(found["id"], "Card", found["last4"], found["card_type"], found["expiration"])
