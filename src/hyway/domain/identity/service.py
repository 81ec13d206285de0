"""Verbs of identity."""

import dataclasses
from collections.abc import Callable, Collection

from hyway.domain.identity import rules, settling
from hyway.domain.identity.naming import within
from hyway.domain.identity.records import (
    NOBODYS,
    Caller,
    Issued,
    Key,
    Membership,
    NewKey,
    Organization,
    Person,
    Role,
    Session,
)
from hyway.domain.identity.store import api_keys as api_key_store
from hyway.domain.identity.store import joining as joining_store
from hyway.domain.identity.store import members as member_store
from hyway.domain.identity.store import people as store
from hyway.domain.identity.store import profiles as profile_store
from hyway.domain.identity.store import tokens as token_store
from hyway.kernel import clock, ids, seal
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Spent, Taken, Unknown

SESSION_LIFE = 30 * clock.DAY
_SEEN_EVERY = 5 * clock.MINUTE
_TRIES, _TRIES_WINDOW = 10, 15 * clock.MINUTE
DEFAULT_PLAN = "self-hosted"


def found_organization(w: Write, name: str, plan: str = DEFAULT_PLAN) -> Organization:
    """A new organization; its name is unique without regard to case."""
    clean = rules.name("name", name, 100)
    try:
        with w.attempt():
            made = store.add_organization(w, ids.uuid7(), clean, plan, clock.now())
    except Conflict:
        raise Taken("name", "is taken by another organization") from None
    w.announce(command_line(made), "organization.created", "organization", made.id, {"name": clean})
    return made


def every_organization(r: Read) -> list[Organization]:
    return store.organizations(r)


def organization_named(r: Read, name: str | None) -> Organization:
    """The organization of that name; with no name the only one there is."""
    if name is not None:
        found = store.organization_named(r, name.strip().casefold())
        if found is None:
            raise Missing("there is no organization named {name}", name=name)
        return found
    every = store.organizations(r)
    if len(every) != 1:
        raise Invalid("org", "must name one of the {count} organizations", count=len(every))
    return every[0]


def organization(r: Read, by: Caller) -> Organization:
    """The caller's own."""
    return store.organization_of(r, by.organization)


def organization_name(r: Read, organization_seq: int) -> str:
    """What a page for strangers calls whoever it is from."""
    return store.organization_of(r, organization_seq).name


def rename_organization(w: Write, by: Caller, name: str) -> Organization:
    rules.may_manage(by)
    clean = rules.name("name", name, 100)
    try:
        with w.attempt():
            store.change_organization(
                w, by.organization, clock.now(), name=clean, folded_name=clean.casefold()
            )
    except Conflict:
        raise Taken("name", "is taken by another organization") from None
    renamed = store.organization_of(w, by.organization)
    w.announce(by, "organization.renamed", "organization", renamed.id, {"name": clean})
    return renamed


def change_plan(w: Write, organization_seq: int, plan: str, by: Caller | None = None) -> None:
    """Every key of the organization has the plan's powers from the next request on; the command line's doing, where
    nobody is named."""
    store.change_organization(w, organization_seq, clock.now(), plan=plan)
    changed = store.organization_of(w, organization_seq)
    who = within(by, organization_seq) if by is not None else command_line(changed)
    w.announce(who, "organization.plan_changed", "organization", changed.id, {"plan": plan})
    w.changed("access", str(organization_seq))
    for token_hash in (*store.key_hashes(w, organization_seq), *api_key_store.hashes(w, organization_seq)):
        w.changed("key", token_hash)


def add_person(w: Write, email: str, name: str, password: str, *, must_change: bool = False) -> Person:
    """A person with a password; the address is unique, and whoever runs the server vouches for it."""
    id, address, called, now = (
        ids.uuid7(),
        rules.email("email", email),
        rules.name("name", name, 100),
        clock.now(),
    )
    wire_id = ids.prefixed("user")
    row = {
        "id": id,
        "wire_id": wire_id,
        "email": address,
        "name": called,
        "password_hash": seal.hash_password(rules.password(password)),
        "must_change_password": int(must_change),
        "created_at": now,
        "confirmed_at": now,
    }
    try:
        with w.attempt():
            seq = store.add_person(w, row)
    except Conflict:
        raise Taken("email", "is taken by another person") from None
    joining_store.adopt(w, seq, address)
    return Person(seq, id, address, called, must_change, now, wire_id=wire_id)


def person_by_email(r: Read, email: str) -> Person | None:
    found = store.person_by_email(r, rules.email("email", email))
    return found[0] if found else None


def join(w: Write, by: Caller, person: Person, role: Role) -> None:
    """Makes a person a member of the caller's organization."""
    take_in(w, by, person, role)
    w.announce(by, "member.joined", "person", person.id, {"email": person.email, "role": role})


def take_in(w: Write, by: Caller, person: Person, role: Role) -> int:
    """The same for who announces it in other words; the number of the membership.

    Another member there who goes by the person's own address goes by their own again.
    """
    member_store.lock(w, by.organization)
    others = profile_store.yield_address(w, by.organization, person.email)
    try:
        with w.attempt():
            seq = store.join(w, by.organization, person.seq, role, clock.now())
    except Conflict:
        raise Taken("email", "is a member already") from None
    for each in (*others, seq):
        settling.settle(w, by.organization, each)
    return seq


def members_of(r: Read, by: Caller) -> list[Membership]:
    return store.memberships(r, organization_seq=by.organization)


def stored_password(r: Read, email: str) -> str | None:
    """The hash to compare with before signing in, None for nobody; Spent when the tries are used up."""
    address, who = _who_signs_in(email)
    _throttle(r, who, clock.now())
    found = store.person_by_email(r, address) if address else None
    return found[1] if found else None


def _who_signs_in(email: str) -> tuple[str, str]:
    """The address, empty if it is none, and the name under which its failed tries are counted."""
    try:
        address = rules.email("email", email)
    except Invalid:
        address = ""  # nobody's
    # As it is compared, or each spelling of one address would have tries of its own.
    return address, "sign-in:" + (address or seal.digest(email.strip().lower()))


def sign_in(
    w: Write,
    email: str,
    password: str,
    user_agent: str = "",
    *,
    matches: Callable[[str | None, str], bool] = seal.password_matches,
) -> tuple[str, Session] | None:
    """A token for the browser and its session; None when address or password are wrong, which costs a try.

    Returns instead of raising so that the failed try stays written. Ten failures in 15 minutes raise Spent.
    `matches(stored, password)` is for who has compared beforehand: it takes long, and others wait to write.
    """
    now = clock.now()
    address, who = _who_signs_in(email)
    _throttle(w, who, now)
    found = store.person_by_email(w, address) if address else None
    if not matches(found[1] if found else None, password) or found is None:
        store.add_try(w, who, now)
        return None
    store.forget_tries(w, who, now - clock.DAY)
    return open_session(w, found[0], user_agent, now)


def _throttle(r: Read, who: str, now: Instant) -> None:
    if store.failed_tries(r, who, now - _TRIES_WINDOW) >= _TRIES:
        raise Spent("too many failed tries; wait and try again", retry_after=_TRIES_WINDOW // clock.SECOND)


def open_session(w: Write, person: Person, user_agent: str, now: Instant) -> tuple[str, Session]:
    """A token for a browser and its session, for somebody who has shown who they are."""
    belongs = store.memberships(w, person_seq=person.seq)
    store.purge_sessions(w, now)
    token = seal.token("hws_")
    row = {
        "token_hash": seal.digest(token),
        "id": ids.uuid7(),
        "person": person.seq,
        "organization": belongs[0].organization.seq if belongs else None,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + SESSION_LIFE,
        "user_agent": user_agent[:300],
    }
    store.add_session(w, row)
    opened = store.session(w, seal.digest(token), now)
    if opened is None:  # the row was written above, in this transaction
        raise Unknown("this session has ended")
    w.announce(opened.caller(), "person.signed_in", "person", person.id)
    return token, opened


def session(r: Read, token: str) -> Session | None:
    """Who is behind a browser's token, if the session lives."""
    return store.session(r, seal.digest(token), clock.now())


def sessions_seen(w: Write, token: str, last: Session) -> None:
    """Keeps a used session alive; writes at most every five minutes."""
    now = clock.now()
    if now - last.seen_at >= _SEEN_EVERY:
        store.change_session(w, seal.digest(token), seen_at=now, expires_at=now + SESSION_LIFE)


def sign_out(w: Write, token: str) -> None:
    store.end_sessions(w, token_hash=seal.digest(token))


def switch_organization(w: Write, token: str, who: Session, organization_id: str) -> None:
    """Moves a session to another organization of the same person."""
    for m in store.memberships(w, person_seq=who.person.seq):
        if m.organization.id == organization_id:
            store.change_session(w, seal.digest(token), organization=m.organization.seq)
            return
    raise Missing("there is no such organization")


def belongs_to(r: Read, who: Session) -> list[Membership]:
    """All organizations of a signed-in person."""
    return store.memberships(r, person_seq=who.person.seq)


def change_password(w: Write, token: str, who: Session, old: str, new: str) -> bool:
    """False, and a try used up, when the old password is wrong. Every other session of the person ends."""
    now, tries = clock.now(), "password:" + who.person.id
    _throttle(w, tries, now)
    if not seal.password_matches(store.password_of(w, who.person.seq), old):
        store.add_try(w, tries, now)
        return False
    if old == new:
        raise Invalid("password", "must differ from the old one")
    hashed = seal.hash_password(rules.password(new))
    store.change_person(w, who.person.seq, password_hash=hashed, must_change_password=0)
    store.end_sessions(w, person_seq=who.person.seq, but=seal.digest(token))
    w.announce(who.caller(), "person.password_changed", "person", who.person.id)
    return True


def reset_password(w: Write, person: Person) -> str:
    """A new one-time password; the person's sessions end."""
    fresh = rules.one_time_password()
    store.change_person(w, person.seq, password_hash=seal.hash_password(fresh), must_change_password=1)
    store.end_sessions(w, person_seq=person.seq)
    belongs = store.memberships(w, person_seq=person.seq)
    for by in [command_line(m.organization) for m in belongs] or [
        Caller(NOBODYS, DEFAULT_PLAN, "system", "command", "hyway command", "command")
    ]:
        w.announce(by, "person.password_reset", "person", person.id)
    return fresh


def issue_key(w: Write, by: Caller, new: NewKey) -> Issued:
    """A new credential of the caller's organization; its secret is in the answer and nowhere else."""
    rules.may_manage(by)
    now = clock.now()
    checked = rules.key(new, now)
    secret = rules.secret(new.kind)
    key = store.add_key(
        w, by.organization, ids.uuid7(), seal.digest(secret), secret[-4:], checked, by.actor_name, now
    )
    w.announce(
        by, "key.created", "key", key.id, {"kind": key.kind, "name": key.name, "scopes": list(key.scopes)}
    )
    return Issued(key, secret)


def keys(r: Read, by: Caller) -> list[Key]:
    """Newest first, revoked ones too."""
    return store.keys(r, by.organization)


def revoke_key(w: Write, by: Caller, id: str) -> None:
    """The key is refused from the next request on, in every process; revoking twice is Missing."""
    rules.may_manage(by)
    token_hash = store.revoke_key(w, by.organization, id, clock.now())
    if token_hash is None:
        raise Missing("there is no such key")
    w.announce(by, "key.revoked", "key", id)
    w.changed("key", token_hash)


def caller_of_key(r: Read, token_hash: str, kinds: Collection[str]) -> Caller | None:
    """Who a credential speaks for; None when it is unknown, revoked or of none of these kinds.

    The answer may be remembered until word of a change to `("key", token_hash)` comes; `expires_at` is for the one
    who remembers it to watch.
    """
    found = store.key_by_hash(r, token_hash)
    if found is None or found[0].kind not in kinds or found[0].revoked_at is not None:
        return None
    key, organization_seq, plan = found
    return Caller(
        organization=organization_seq,
        plan=plan,
        actor_kind="key",
        actor_id=key.id,
        actor_name=key.name,
        via=key.kind,
        scopes=frozenset(key.scopes),
        permission=key.permission,
        expires_at=key.expires_at,
        credential=key.id,
        environment=rules.environment(key.kind),
    )


def keys_used(w: Write, used: dict[str, Instant]) -> None:
    """When credentials were last used, by `Caller.credential`: noted in bulk, some seconds late."""
    numbered: dict[str, dict[int, Instant]] = {"token": {}, "asec": {}}
    keys_by_id = {}
    for name, at in used.items():
        kind, _, number = name.partition(":")
        if kind in numbered:
            numbered[kind][int(number)] = at
        elif not number:  # what else has a word before its number is noted by others, or by nobody
            keys_by_id[name] = at
    token_store.touch(w, sorted(numbered["token"].items()))
    api_key_store.touch(w, sorted(numbered["asec"].items()))
    store.touch_keys(w, sorted(keys_by_id.items()))


def command_line(organization: Organization) -> Caller:
    """The server's own command, acting for an organization."""
    return Caller(
        organization.seq, organization.plan, "system", "command", "hyway command", "command", role="owner"
    )


def as_system(by: Caller) -> Caller:
    """The same organization, acted for by the server itself."""
    return dataclasses.replace(by, actor_kind="system", actor_id="server", actor_name="Hyway", via="server")
