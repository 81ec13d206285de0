"""What ends tokens besides their own revocation: a new password, a session, a key or an organization that is gone."""

from collections.abc import Callable, Sequence

from hyway.domain import identity
from hyway.domain.oidc import clients, grants
from hyway.domain.oidc.store import tokens as store
from hyway.kernel.db import Fact, Write


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Hears, inside the transaction, what identity announces."""
    for fact in facts:
        then = _THEN.get(fact.action)
        if then is not None:
            then(w, fact)


def _new_password(w: Write, fact: Fact) -> None:
    person = identity.numbered(w, fact.id)
    if person is not None:
        grants.end_all(w, person)


def _session_ended(w: Write, fact: Fact) -> None:
    grants.end_session(w, fact.id)


def _organization_closed(w: Write, fact: Fact) -> None:
    clients.close(w, fact.by.organization)
    _secret_gone(w, fact)


def _secret_gone(w: Write, _: Fact) -> None:
    """The fact names no digests, but everybody is to forget those that are gone."""
    for secret_hash in [key for topic, key in w.changed_keys if topic == "key"]:
        for token_hash in store.drop_machine(w, secret_hash=secret_hash):
            w.changed("key", token_hash)


_THEN: dict[str, Callable[[Write, Fact], None]] = {
    "person.password_changed": _new_password,
    "person.password_reset": _new_password,
    "person.taken_over": _new_password,
    "session.ended": _session_ended,
    "organization.closed": _organization_closed,
    "api_key.deleted": _secret_gone,
    "api_key.secret_deleted": _secret_gone,
}
