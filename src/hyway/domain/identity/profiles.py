"""Members as the wire of projects knows them: people and programs, what they are called, and how they come and go."""

from dataclasses import replace
from typing import Any

from hyway.domain.identity import access, accounting, members, profiling, settling, signing_up, throttle
from hyway.domain.identity.member_records import Favorite, Member, NewMember
from hyway.domain.identity.records import Caller, Person
from hyway.domain.identity.service import take_in
from hyway.domain.identity.store import favorites as favorite_store
from hyway.domain.identity.store import members as member_store
from hyway.domain.identity.store import people
from hyway.domain.identity.store import profiles as store
from hyway.domain.identity.store import teams as team_store
from hyway.kernel import clock, ids, sqid
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Taken
from hyway.kernel.patch import UNSET, Unset, given

_LONGEST_SEARCH = 255
_LETTERS_A_DAY = 500
"""From one organization to members who are nobody yet."""


def page(
    r: Read,
    by: Caller,
    *,
    search: str = "",
    include_api_keys: bool = False,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Member], int]:
    """By age, and how many they are: people first, then the API keys if they are wanted.

    `search` is looked for in names and addresses without regard to case.
    """
    access.require(by, "read", "Member")
    wanted = _searched(search)
    total = store.count(r, by.organization, wanted)
    shown = store.page(r, by.organization, wanted, offset, limit) if offset < total else []
    if not include_api_keys:
        return shown, total
    keys = [each for each in store.keys(r, by.organization) if wanted in each.nickname.casefold()]
    start = max(offset - total, 0)
    return shown + keys[start : start + limit - len(shown)], total + len(keys)


def _searched(search: str) -> str:
    if len(search) > _LONGEST_SEARCH:
        raise Invalid("search", "must NOT have more than {most} characters", most=_LONGEST_SEARCH)
    if "\x00" in search:
        raise Invalid("search", "must NOT contain control characters")
    return search.strip().casefold()


def find(r: Read, by: Caller, id: str) -> Member:
    """One with teams and favorites, of which only those are told that the caller may read; oneself always."""
    if by.member != id:
        access.require(by, "read", "Member")
    return _whole(r, by, _found(r, by, id))


def _found(r: Read, by: Caller, id: str) -> Member:
    found = None
    if profiling.is_id(id, "memb"):
        found = store.find(r, by.organization, id) or store.key(r, by.organization, id)
    if found is None:
        raise Missing("There is no such member", id=id)
    return found


def _whole(r: Read, by: Caller, of: Member) -> Member:
    if of.seq is None:
        return of
    teams = [each for each in team_store.of_member(r, of.seq) if access.may(by, "read", "Team", each.id)]
    return replace(of, teams=tuple(teams), favorites=tuple(shown_favorites(r, by, of.seq)))


def shown_favorites(r: Read, by: Caller, membership: int) -> list[Favorite]:
    """In the member's order; without those whose names the caller may not know."""
    found = favorite_store.of_member(r, membership)
    return [each for each in found if access.may(by, "read", each.type, each.id, each.part_of or each.id)]


def person_in(r: Read, by: Caller, id: str) -> tuple[int, Member]:
    """The membership of a person; an API key is no such member: it is changed where keys are, which is said by 409."""
    found = _found(r, by, id)
    if found.seq is None:
        raise Taken("", "This member is an API key, which is changed and removed as an API key alone")
    return found.seq, found


def create(w: Write, by: Caller, new: NewMember) -> Member:
    """A member by an address: of the person who is known by it, or of a new one who has no way in yet.

    Names are what the organization calls them. They are told in their inbox, or by a letter that leads to an account
    where the address is nobody's yet. Taken where a member goes by the address already.
    """
    access.require(by, "create", "Member")
    email = profiling.address("email", new.email)
    names = _names(firstName=new.first_name, lastName=new.last_name, nickname=new.nickname)
    accounts = accounting.checked(new.accounts)
    member_store.lock(w, by.organization)
    if store.address_in_use(w, by.organization, email, 0):
        raise Taken("", "A member with this email exists already")
    person = _person(w, email)
    if not person.is_confirmed and signing_up.by_mail(w):  # a letter goes out
        throttle.count(w, f"letters:{by.organization}", _LETTERS_A_DAY, clock.DAY)
    seq = take_in(w, by, person, "member")
    store.stop_waiting(w, by.organization, person.seq, email)
    store.change(w, by.organization, seq, clock.now(), **names)
    store.connect(w, seq, accounts)
    settling.settle(w, by.organization, seq)
    made = store.by_number(w, by.organization, seq)
    known = {"user": sqid.text(person.seq), "user_name": person.name, "membership": sqid.text(seq)}
    told = {**known, "organization_name": made.organization.name, **_told(made)}
    w.announce(by, "member.created", "member", made.id, told, [ref(made)])
    return _whole(w, by, made)


def _person(w: Write, email: str) -> Person:
    """Who has the address, or somebody new; what they are called elsewhere is for none to learn, so they get no name
    from who makes them.

    Taken where somebody has made an account with the address and has not shown that it is theirs: it may be anybody.
    """
    found = people.person_by_email(w, email)
    if found is not None:
        person, password = found
        if password is not None and not person.is_confirmed:
            raise Taken(
                "", "Whoever has an account with this email has not shown yet that it is theirs: invite them"
            )
        return person
    row = {"id": ids.uuid7(), "email": email, "name": email.partition("@")[0], "password_hash": None}
    more = {"must_change_password": 0, "created_at": clock.now(), "confirmed_at": None}
    try:
        with w.attempt():
            return people.person_of(w, people.add_person(w, row | more))
    except Conflict:  # somebody made them at the same moment
        again = people.person_by_email(w, email)
        if again is None:
            raise
        return again[0]


def _names(**parts: str | None) -> dict[str, str | None]:
    columns = {"firstName": "first_name", "lastName": "last_name", "nickname": "nickname"}
    return {columns[field]: profiling.called(field, value) for field, value in parts.items()}


def change(
    w: Write,
    by: Caller,
    id: str,
    *,
    first_name: str | Unset | None = UNSET,
    last_name: str | Unset | None = UNSET,
    nickname: str | Unset | None = UNSET,
    email: str | Unset | None = UNSET,
) -> Member:
    """What the organization calls a member and where it writes to; what is empty is as they say themselves.

    What they sign in with, and what other organizations call them, stays as it is.
    """
    access.require(by, "update", "Member")
    member_store.lock(w, by.organization)
    seq, old = person_in(w, by, id)
    parts = {"firstName": first_name, "lastName": last_name, "nickname": nickname}
    values: dict[str, Any] = _names(**{name: value for name, value in parts.items() if given(value)})
    if given(email):
        values["email"] = _new_address(w, by, seq, email)
    if not values:
        return _whole(w, by, old)
    try:
        with w.attempt():
            store.change(w, by.organization, seq, clock.now(), **values)
    except Conflict:
        raise Taken("", "A member with this email exists already") from None
    settling.settle(w, by.organization, seq)
    new = store.by_number(w, by.organization, seq)
    if new != old:
        w.announce(by, "member.updated", "member", new.id, _told(new), [ref(new)])
    return _whole(w, by, new)


def _new_address(w: Write, by: Caller, seq: int, email: str | None) -> str | None:
    """None for the member's own, which needs no saying."""
    if not (email or "").strip():
        return None
    wanted = profiling.address("email", email or "")
    if store.address_in_use(w, by.organization, wanted, seq):
        raise Taken("", "A member with this email exists already")
    return wanted if wanted != store.own_address(w, seq) else None


def drop(w: Write, by: Caller, id: str) -> None:
    """Ends a membership; Taken for the owner, for the only member and for the last who administers."""
    access.require(by, "delete", "Member")
    member_store.lock(w, by.organization)
    seq, gone = person_in(w, by, id)
    try:
        members.end(w, by, seq, _told(gone), [ref(gone)])
    except Invalid as fault:
        raise Taken("", fault.text) from None


def ref(of: Member) -> Ref:
    """A member as facts speak of them."""
    return Ref("Member", of.id, {"id": of.id, "name": of.nickname})


def _told(of: Member) -> dict[str, Any]:
    return {
        "id": of.id,
        "firstName": of.first_name,
        "lastName": of.last_name,
        "nickname": of.nickname,
        "email": of.email,
    }
