"""People for whom another issuer vouches: it says whose address it is, and we believe it."""

from hyway.domain.identity import rules, service, signing_up
from hyway.domain.identity.records import Person, Session
from hyway.domain.identity.store import joining as joining_store
from hyway.domain.identity.store import people as store
from hyway.kernel import clock
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Refused


def person_for(w: Write, email: str, name: str, is_open: bool) -> Person:
    """The person with an address that the issuer has verified.

    An account that somebody made with it, without showing that it is theirs, is the reader's from now on, as after a
    letter: its password, sessions and tokens are at an end. A new account is made where strangers may come in
    (`is_open`), and for who was invited; else Refused.
    """
    address = rules.email("email", email)
    found = store.person_by_email(w, address)
    if found is not None and found[0].is_confirmed:
        return found[0]
    if found is None and not is_open and not joining_store.is_awaited(w, address):
        raise Refused("there is no account for {email} here; ask to be invited", email=address)
    return signing_up.admit(w, signing_up.Newcomer(_name(name, address), address, None))


def enter(w: Write, person_seq: int, user_agent: str) -> tuple[str, Session]:
    """A browser's token and session for somebody who has come by another issuer."""
    return service.open_session(w, store.person_of(w, person_seq), user_agent, clock.now())


def _name(said: str, address: str) -> str:
    """What the issuer calls them, where that is a name."""
    try:
        return rules.name("name", said, 100)
    except Invalid:
        return address.partition("@")[0]
