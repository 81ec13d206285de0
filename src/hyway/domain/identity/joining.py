"""How people come to belong: they ask an organization, or it invites them.

One matter at a time waits between a person and an organization, in whichever direction. Who is invited by an address
that is nobody's yet gets a letter; the invitation waits for whoever shows that the address is theirs.
"""

from dataclasses import replace

from hyway.domain.identity import rules, throttle
from hyway.domain.identity.organizations import manages
from hyway.domain.identity.records import AccessRequest, Caller, Organization, Person, Role
from hyway.domain.identity.service import join
from hyway.domain.identity.store import joining as store
from hyway.domain.identity.store import members, people
from hyway.domain.identity.tokens import person_of
from hyway.kernel import clock, sqid
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Several

_ROLES: dict[str, Role] = {"member": "member", "admin": "admin"}
_INVITATIONS_A_DAY = 100
_WAITS = "already has a pending request"
_IS_IN = "is already a member"


def ask(w: Write, by: Caller, organization: int) -> AccessRequest:
    """A public organization takes the caller in at once, a restricted one is asked, a private one is Missing.

    Who was invited is in, too: both sides want it. `status` of the answer says which it was.
    """
    person = people.person_of(w, person_of(by))
    there = members.open_one(w, organization)
    waits = store.pending_of(w, organization, person.seq)
    if there is None or (there.privacy == "private" and waits is None):
        raise Missing("Not authorized")
    if store.is_member(w, there.seq, person.seq):
        raise Invalid("user", _IS_IN)
    if waits is not None and waits.kind == "request":
        raise Invalid("user", _WAITS)
    if waits is not None:
        return accept(w, by, waits.seq)
    made = _add(w, "request", there, person, None, "member", None)
    if there.privacy == "public":
        return _settle(w, _at(by, there), made, person, "join_request.granted")
    w.announce(
        _at(by, there), "join_request.created", "join_request", sqid.text(made.seq), _told(made, person)
    )
    return made


def requests(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[AccessRequest], int]:
    """Who asks to join the caller's organization, oldest first; for admins."""
    return _of_organization(r, by, "request", offset, limit)


def invitations(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[AccessRequest], int]:
    """Whom the caller's organization has invited and who has not answered, oldest first; for admins."""
    return _of_organization(r, by, "invitation", offset, limit)


def _of_organization(
    r: Read, by: Caller, kind: str, offset: int, limit: int
) -> tuple[list[AccessRequest], int]:
    manages(by)
    found = store.page(r, kind, offset, limit, organization_seq=by.organization)
    return found, store.count(r, kind, organization_seq=by.organization)


def my_requests(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[AccessRequest], int]:
    """What the caller has asked and nobody has answered, oldest first."""
    person = person_of(by)
    return store.page(r, "request", offset, limit, person_seq=person), store.count(
        r, "request", person_seq=person
    )


def my_invitations(r: Read, by: Caller, offset: int = 0, limit: int = 20) -> tuple[list[AccessRequest], int]:
    """What the caller has been invited to and has not answered, oldest first."""
    kind, person = "invitation", person_of(by)
    return store.page(r, kind, offset, limit, person_seq=person), store.count(r, kind, person_seq=person)


def approve(w: Write, by: Caller, seq: int) -> AccessRequest:
    """Who asked is a member now."""
    manages(by)
    found = _pending(w, by, seq, "request")
    return _settle(w, by, found, _known(found), "join_request.approved")


def reject(w: Write, by: Caller, seq: int) -> None:
    """The request is gone; its person may ask again."""
    manages(by)
    found = _pending(w, by, seq, "request")
    store.drop(w, seq)
    w.announce(by, "join_request.rejected", "join_request", sqid.text(seq), _told(found, _known(found)))


def cancel(w: Write, by: Caller, seq: int) -> None:
    """The caller asks no longer."""
    found = _mine(w, by, seq, "request")
    store.drop(w, seq)
    there = _at(by, found.organization)
    w.announce(there, "join_request.canceled", "join_request", sqid.text(seq), _told(found, _known(found)))


def invite(w: Write, by: Caller, email: str | None, role: str | None = "member") -> AccessRequest:
    """Asks whoever has the address to join; they are told in their inbox, or by a letter where they are nobody yet.

    The answer does not say whether anybody is known behind the address. An account whose address was never shown to
    be its own counts as nobody's: the letter finds the one who reads it.
    """
    manages(by)
    there = people.organization_of(w, by.organization)
    address = _invited(email, role)
    throttle.count(w, f"invite:{by.actor_id}", _INVITATIONS_A_DAY, clock.DAY)
    found = people.person_by_email(w, address)
    person = found[0] if found and found[0].is_confirmed else None
    if person is not None and store.is_member(w, there.seq, person.seq):
        raise Invalid("email", _IS_IN)
    made = _add(w, "invitation", there, person, address, _ROLES[role or "member"], by.person)
    # Whom the address led to, its log does not tell the organization either.
    told = {"organization_name": there.name, "email": address, "role": made.role}
    w.announce(by, "invitation.created", "invitation", sqid.text(made.seq), told)
    return made


def invited(r: Read, seq: int) -> Person | None:
    """Who is known behind an invitation, for those who tell them."""
    found = store.find(r, seq)
    return found.person if found else None


def _invited(email: str | None, role: str | None) -> str:
    wrong, address = [], ""
    if not (email or "").strip():
        wrong.append(Invalid("email", "can't be blank"))
    else:
        try:
            address = rules.email("email", (email or "").strip())
        except Invalid:
            wrong.append(Invalid("email", "is invalid"))
    if role not in _ROLES:
        wrong.append(Invalid("role", "is not included in the list"))
    if wrong:
        raise Several(wrong)
    return address


def withdraw(w: Write, by: Caller, seq: int) -> None:
    """The organization invites no longer."""
    manages(by)
    found = _pending(w, by, seq, "invitation")
    store.drop(w, seq)
    w.announce(by, "invitation.withdrawn", "invitation", sqid.text(seq), {"email": found.email})


def accept(w: Write, by: Caller, seq: int) -> AccessRequest:
    """The caller is a member now, in the role that they were invited to."""
    found = _mine(w, by, seq, "invitation")
    there = _at(by, found.organization)
    return _settle(w, there, found, _known(found), "invitation.accepted")


def decline(w: Write, by: Caller, seq: int) -> None:
    """The invitation is gone; the organization may invite again."""
    found = _mine(w, by, seq, "invitation")
    store.drop(w, seq)
    there = _at(by, found.organization)
    w.announce(there, "invitation.declined", "invitation", sqid.text(seq), _told(found, _known(found)))


def _add(
    w: Write,
    kind: str,
    there: Organization,
    person: Person | None,
    email: str | None,
    role: Role,
    by: int | None,
) -> AccessRequest:
    """The database is the judge of whether something waits already."""
    who = {"person": person.seq, "email": None} if person else {"person": None, "email": email}
    row = {"kind": kind, "organization": there.seq, "role": role, "status": "pending", "invited_by": by}
    try:
        with w.attempt():
            seq = store.add(w, **row, **who, created_at=clock.now())
    except Conflict:
        raise Invalid("email" if kind == "invitation" else "user", _WAITS) from None
    return _found(w, seq)


def _settle(w: Write, by: Caller, of: AccessRequest, person: Person, action: str) -> AccessRequest:
    """Approved, and a member. `by` acts at the organization."""
    store.approve(w, of.seq, by.person, clock.now())
    if not store.is_member(w, of.organization.seq, person.seq):
        join(w, by, person, of.role)
    subject = "join_request" if of.kind == "request" else "invitation"
    w.announce(by, action, subject, sqid.text(of.seq), _told(of, person))
    return _found(w, of.seq)


def _found(r: Read, seq: int) -> AccessRequest:
    found = store.find(r, seq)
    if found is None:  # it was written or read in this transaction
        raise Missing("")
    return found


def _pending(w: Write, by: Caller, seq: int, kind: str) -> AccessRequest:
    found = store.pending(w, seq, kind, organization_seq=by.organization)
    if found is None:
        raise Missing("Not authorized")
    return found


def _mine(w: Write, by: Caller, seq: int, kind: str) -> AccessRequest:
    found = store.pending(w, seq, kind, person_seq=person_of(by))
    if found is None:
        raise Missing("")
    return found


def _known(of: AccessRequest) -> Person:
    if of.person is None:  # asked for by a person, or found by one
        raise Missing("")
    return of.person


def _at(by: Caller, there: Organization) -> Caller:
    """What a person does at an organization stands in its event log, member or not."""
    return replace(by, organization=there.seq, plan=there.plan)


def _told(of: AccessRequest, person: Person | None) -> dict[str, str | None]:
    """What the facts of a request say: the person's number and the organization's name spare a look."""
    return {
        "user": sqid.text(person.seq) if person else None,
        "user_name": person.name if person else of.email,
        "organization_name": of.organization.name,
    }
