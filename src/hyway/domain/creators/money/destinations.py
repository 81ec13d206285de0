"""Where people are paid: bank details under seal, or an account at a provider."""

import json
import re
from collections.abc import Mapping

from hyway.domain import identity
from hyway.domain.creators.money.records import PayoutMethod
from hyway.domain.creators.store import money_payouts as store
from hyway.domain.identity import Caller
from hyway.kernel import clock, outbox
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Several

PURPOSE = "payout_method"
INTRODUCE = "money.introduce"
FIELDS = ("account_holder", "iban", "account_number", "routing_number", "bic", "bank_name", "note")
"""What bank details may hold; an account holder and an IBAN or an account number are wanted."""
_LONGEST = 200
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def methods(r: Read, by: Caller) -> list[PayoutMethod]:
    """The person's own."""
    return store.methods(r, [identity.person_of(by)])


def put_bank(w: Write, by: Caller, details: Mapping[str, str | None]) -> PayoutMethod:
    """The person's bank details, kept under seal; only the last four characters are shown again."""
    person, clean = identity.person_of(by), _checked(details)
    number = clean.get("iban") or clean["account_number"]
    values = {
        "reference": w.seal.close(json.dumps(clean, ensure_ascii=False), PURPOSE),
        "hint": number[-4:],
        "ready": 1,
    }
    return _put(w, by, person, "manual", values)


def put_stripe(w: Write, by: Caller) -> PayoutMethod:
    """Asks the provider for an account, and for a link under which the person introduces themselves to it."""
    person = identity.person_of(by)
    if "stripe" not in w.services:
        raise Invalid("provider", "is not included in the list")
    old = store.method(w, person, "stripe")
    values = {
        "reference": old.reference if old else "",
        "hint": old.hint if old else "",
        "ready": int(old.ready) if old else 0,
        "link": None,
        "link_until": None,
    }
    made = _put(w, by, person, "stripe", values)
    outbox.later(w, INTRODUCE, identity.NOBODYS, {"person": person})
    return made


def drop(w: Write, by: Caller, provider: str) -> None:
    if not store.drop_method(w, identity.person_of(by), provider):
        raise Missing("")
    w.announce(by, "payout_method.deleted", "payout_method", provider)


def forget(w: Write, person: int) -> None:
    """All that was said of where the person is paid: it was not they who said so."""
    store.drop_methods(w, person)


def link(r: Read, of: PayoutMethod) -> str | None:
    """Where the person introduces themselves, while it is good."""
    if of.link is None or of.link_until is None or of.link_until <= clock.now():
        return None
    return r.seal.open(of.link, PURPOSE)


def known(r: Read, person: int) -> PayoutMethod | None:
    """A person's account at Stripe, for who asks it."""
    return store.method(r, person, "stripe")


def opened(w: Write, person: int, account: str) -> None:
    """The provider has an account for the person, which cannot be paid yet."""
    store.put_method(w, person, "stripe", {"reference": account, "hint": account[-4:], "ready": 0})


def linked(w: Write, person: int, url: str, until: Instant) -> None:
    old = store.method(w, person, "stripe")
    if old is not None:
        values = {"reference": old.reference, "hint": old.hint, "ready": int(old.ready)}
        store.put_method(
            w, person, "stripe", {**values, "link": w.seal.close(url, PURPOSE), "link_until": until}
        )


def ready(w: Write, account: str, is_ready: bool) -> None:
    """The provider says whether it can pay into the account; nothing where we do not know it."""
    old = store.method_by_reference(w, "stripe", account)
    if old is not None and old.ready != is_ready:
        store.put_method(
            w, old.person, "stripe", {"reference": account, "hint": old.hint, "ready": int(is_ready)}
        )


def unready(r: Read, since: Instant, most: int = 50) -> list[PayoutMethod]:
    """Accounts of people who were to introduce themselves since."""
    return store.unready(r, "stripe", since, most)


def _put(w: Write, by: Caller, person: int, provider: str, values: dict[str, object]) -> PayoutMethod:
    store.put_method(w, person, provider, values)
    w.announce(by, "payout_method.changed", "payout_method", provider)
    made = store.method(w, person, provider)
    if made is None:  # it was put above, in this transaction
        raise Missing("")
    return made


def _checked(details: Mapping[str, str | None]) -> dict[str, str]:
    clean = {name: text for name in FIELDS if (text := (details.get(name) or "").strip())}
    faults: list[Invalid] = []
    if "account_holder" not in clean:
        faults.append(Invalid("account_holder", "can't be blank"))
    if "iban" in clean:
        clean["iban"] = clean["iban"].replace(" ", "").upper()
        if not _is_iban(clean["iban"]):
            faults.append(Invalid("iban", "is invalid"))
    elif "account_number" not in clean:
        faults.append(Invalid("iban", "can't be blank"))
    for name, text in clean.items():
        if len(text) > _LONGEST:
            faults.append(Invalid(name, "is too long (maximum is {count} characters)", count=_LONGEST))
    if faults:
        raise Several(faults)
    return clean


def _is_iban(text: str) -> bool:
    """Its form, and its check digits by ISO 7064 (97-10)."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1
