"""How somebody new makes an account, in no organization: creators mostly.

Where the server can send mail, an address is shown to be one's own before there is any account: `begin` sends a
signed link, and name and password are given where it leads. So nothing is kept for whoever never comes back, nobody
can take another's address first and wait for its owner, and the answer is the same whether or not the address is
known here. Where no mail can be sent nobody could ever come in that way, so `at_once` makes an account whose address
counts for nothing: an invitation to it waits for somebody who shows that it is theirs. A letter that reaches them
later (an invitation handed on, or mail that works by now) makes the account theirs, whoever made it.
"""

from dataclasses import dataclass, field

from hyway.domain.identity import rules, settling, throttle
from hyway.domain.identity.records import NOBODYS, Caller, Person
from hyway.domain.identity.store import joining as joining_store
from hyway.domain.identity.store import people as store
from hyway.domain.identity.store import tokens as token_store
from hyway.domain.identity.tokens import person_of
from hyway.kernel import clock, ids, seal
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Gone, Invalid, Refused, Several

ASKED_LIFE = clock.DAY
"""How long the link of a letter opens the door for who asked for it."""
INVITED_LIFE = 30 * clock.DAY
_SIGNED = "sign-up"
_FROM_ONE_PLACE, _TO_ONE_ADDRESS, _WINDOW = 20, 4, clock.HOUR
_NAME, _SHORTEST, _LONGEST = 100, 10, 200
MAIL = "smtp"
"""The kind of outside service that sends mail."""
TERM = "sign_up"
"""The operator's word on whether strangers may make accounts: 1 or 0."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a form said, checked; its password exists only hashed, or there is none."""

    name: str
    email: str
    password_hash: str | None = field(repr=False)


def newcomer(name: str, email: str, password: str) -> Newcomer:
    """Checks what a form says and hashes the password: slow, so it is done outside every transaction."""
    wrong: list[Invalid] = []
    called, address = name.strip(), ""
    if not called:
        wrong.append(Invalid("name", "can't be blank"))
    elif len(called) > _NAME:
        wrong.append(Invalid("name", "is too long (maximum is {most} characters)", most=_NAME))
    elif not called.isprintable():
        wrong.append(Invalid("name", "is invalid"))
    try:
        address = _address(email)
    except Invalid as fault:
        wrong.append(fault)
    if len(password) < _SHORTEST:
        wrong.append(Invalid("password", "is too short (minimum is {least} characters)", least=_SHORTEST))
    elif len(password) > _LONGEST:
        wrong.append(Invalid("password", "is too long (maximum is {most} characters)", most=_LONGEST))
    if wrong:
        raise Several(wrong)
    return Newcomer(called, address, seal.hash_password(password))


def _address(email: str) -> str:
    if not email.strip():
        raise Invalid("email", "can't be blank")
    try:
        return rules.email("email", email.strip())
    except Invalid:
        raise Invalid("email", "is invalid") from None


def is_open(r: Read) -> bool:
    """Whether strangers may make accounts; who is invited always may."""
    return bool(r.terms.get(TERM, 1))


def by_mail(r: Read) -> bool:
    """Whether an address is shown to be one's own by a letter (`begin`), or an account is made `at_once`."""
    return MAIL in r.services


def begin(w: Write, email: str, client: str) -> None:
    """Sends a letter to the address: with a link to go on, or to say that there is an account already.

    `client` is whom a try is counted by, their network address: 20 an hour, and 4 for each address written to.
    """
    address = _address(email)
    _check_open(w)
    _count(w, client)
    throttle.count(w, f"sign-up-to:{address}", _TO_ONE_ADDRESS, _WINDOW)
    found = store.person_by_email(w, address)
    known = found is not None and found[0].is_confirmed
    w.announce(
        _stranger(), "sign_up.repeated" if known else "sign_up.asked", "address", seal.digest(address),
        {"email": address},
    )  # fmt: skip


def at_once(w: Write, new: Newcomer, client: str) -> Person:
    """An account whose address nobody has shown to be theirs; only where no mail can be sent."""
    if by_mail(w):
        raise Refused("an address is confirmed by mail here")
    _check_open(w)
    _count(w, client)
    return _made(w, new, None)


def link(r: Read, email: str, life: int = ASKED_LIFE) -> str:
    """The signed address that whoever reads the mail of `email` can go on from, good for so many microseconds."""
    until = (clock.now() + life) // clock.SECOND
    return f"{r.home}/sign-up/{r.seal.sign(f'{until}~{email.encode().hex()}', _SIGNED)}"


def proven(r: Read, token: str) -> str:
    """The address that a link's last part is the proof of; Gone when it is too old, or none of ours."""
    value = r.seal.signed(token, _SIGNED)
    if value is None:
        raise Gone("this link is not one of ours, or not all of it was copied")
    until, _, hexed = value.partition("~")
    if int(until) * clock.SECOND < clock.now():
        raise Gone("this link is too old; ask for another one")
    return bytes.fromhex(hexed).decode()


def finish(w: Write, token: str, new: Newcomer) -> Person:
    """The account of whoever came by a letter's link, which says its address.

    If somebody had made one with this address before, without showing that it is theirs, it is the reader's from now
    on: with the new name and password, and every session and token of before is at its end.
    """
    return admit(w, Newcomer(new.name, proven(w, token), new.password_hash))


def admit(w: Write, new: Newcomer) -> Person:
    """The same for somebody whose address has been shown to be theirs in whichever way."""
    found = store.person_by_email(w, new.email)
    if found is None:
        return _made(w, new, clock.now())
    person, _ = found
    if person.is_confirmed:
        raise Invalid("email", "has already been taken")
    store.change_person(w, person.seq, name=new.name, password_hash=new.password_hash)
    store.end_sessions(w, person_seq=person.seq)
    for token_hash in token_store.drop_all(w, person.seq):
        w.changed("key", token_hash)
    w.announce(_as(person), "person.taken_over", "person", person.id)
    return _confirmed(w, person)


def confirm(w: Write, by: Caller, token: str) -> Person:
    """Who is signed in and follows a letter to their own address has shown that it is theirs."""
    person = store.person_of(w, person_of(by))
    if proven(w, token) != person.email:
        raise Gone("this link is for another address than that of your account")
    return person if person.is_confirmed else _confirmed(w, person)


def _confirmed(w: Write, person: Person) -> Person:
    store.change_person(w, person.seq, confirmed_at=clock.now())
    settling.settle_person(w, person.seq)
    joining_store.adopt(w, person.seq, person.email)
    now = store.person_of(w, person.seq)
    w.announce(_as(now), "person.confirmed", "person", now.id, {"email": now.email})
    return now


def _made(w: Write, new: Newcomer, confirmed_at: Instant | None) -> Person:
    row = {
        "id": ids.uuid7(),
        "email": new.email,
        "name": new.name,
        "password_hash": new.password_hash,
        "must_change_password": 0,
        "created_at": clock.now(),
        "confirmed_at": confirmed_at,
    }
    try:
        with w.attempt():
            seq = store.add_person(w, row)
    except Conflict:
        raise Invalid("email", "has already been taken") from None
    if confirmed_at is not None:
        joining_store.adopt(w, seq, new.email)
    person = store.person_of(w, seq)
    w.announce(_as(person), "person.signed_up", "person", person.id, {"email": person.email})
    return person


def _check_open(r: Read) -> None:
    if not is_open(r):
        raise Refused("new accounts are made by invitation only here")


def _count(w: Write, client: str) -> None:
    throttle.count(w, f"sign-up:{client}", _FROM_ONE_PLACE, _WINDOW)


def _stranger() -> Caller:
    return Caller(NOBODYS, rules.PERSONAL_PLAN, "system", "server", "Hyway", "server")


def _as(person: Person) -> Caller:
    return Caller(
        NOBODYS, rules.PERSONAL_PLAN, "person", person.id, person.name, "console", person=person.seq
    )
