"""Where a person is signed in: at which clients, since when, from which device; and how that ends."""

from hyway.domain.identity import Caller, person_of
from hyway.domain.oidc import clients, rules, tokens
from hyway.domain.oidc.records import Device
from hyway.domain.oidc.store import clients as client_store
from hyway.domain.oidc.store import tokens as store
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing


def page(r: Read, by: Caller) -> list[Device]:
    """The caller's own, the one used last first. A token's use is noted when it is renewed: hourly."""
    found = store.grants(r, person_of(by), clock.now())
    called = clients.names(r, [each.client for each in found])
    return [Device(each, called.get(each.client, each.client)) for each in found]


def drop(w: Write, by: Caller, id: str) -> None:
    """Signs a device out: refused from its next request on, in every process. Missing for one that is not the caller's.

    A client that had to ask for consent has to ask again.
    """
    person = person_of(by)
    found = store.matching(w, id=id, person=person) if rules.may_be_id(id) else []
    for grant in store.by_seqs(w, found):
        if rules.built_in(w.home, grant.client) is None:
            client_store.forget_consent(w, person=person, client_id=grant.client)
        told = {"id": grant.id, "client": grant.client}
        w.announce(by, "sign_in.revoked", "sign_in", grant.id, told)
    if not found:
        raise Missing("there is no such device")
    tokens.end(w, found)


def end_all(w: Write, person: int) -> None:
    """No device of the person is signed in any more, and no code leads to it."""
    store.drop_codes(w, person=person)
    tokens.end(w, store.matching(w, person=person))


def end_session(w: Write, session_id: str) -> None:
    """What the server's own pages were given in a browser's session ends with it; other clients' grants do not."""
    tokens.end(w, store.matching(w, session=session_id, client=rules.CONSOLE))
