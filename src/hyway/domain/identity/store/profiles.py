"""Statements about members as their organization knows them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, and_, delete, func, literal, or_, select, update

from hyway.domain.identity.access.entering import of_membership
from hyway.domain.identity.member_records import Account, Member, Named, Profile
from hyway.domain.identity.profiling import profile
from hyway.domain.identity.store.access_tables import ACCESS, API_KEYS, CONNECTED_ACCOUNTS
from hyway.domain.identity.store.tables import ACCESS_REQUESTS, MEMBERSHIPS, ORGANIZATIONS, PEOPLE
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

# Who has never been here has a name that nobody gave.
_BEEN_HERE = or_(PEOPLE.c.password_hash.is_not(None), PEOPLE.c.confirmed_at.is_not(None))
_CLAIMED = and_(PEOPLE.c.password_hash.is_not(None), PEOPLE.c.confirmed_at.is_(None))
_SHOWN = select(
    MEMBERSHIPS.c.seq,
    MEMBERSHIPS.c.wire_id,
    MEMBERSHIPS.c.access_id,
    MEMBERSHIPS.c.role,
    MEMBERSHIPS.c.is_billing,
    MEMBERSHIPS.c.first_name,
    MEMBERSHIPS.c.last_name,
    MEMBERSHIPS.c.nickname,
    MEMBERSHIPS.c.email,
    PEOPLE.c.name.label("own_name"),
    PEOPLE.c.email.label("own_email"),
    _BEEN_HERE.label("been_here"),
    _CLAIMED.label("is_claimed"),
).join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person)


def organization(r: Read, seq: int) -> Named:
    """The organization as the wire of projects names it."""
    found = select(ORGANIZATIONS.c.wire_id, ORGANIZATIONS.c.name).where(ORGANIZATIONS.c.seq == seq)
    row = r.run(found).one()
    return Named(row.wire_id, row.name)


def _profile(row: Any, accounts: frozenset[str] = frozenset()) -> Profile:
    own_name = row.own_name if row.been_here else None
    said = (row.first_name, row.last_name, row.nickname, row.email)
    return profile(own_name, row.own_email, *said, accounts, bool(row.is_claimed))


def _member(row: Any, of: Named, accounts: tuple[Account, ...]) -> Member:
    is_ = _profile(row)
    roles = of_membership(row.role, is_billing=bool(row.is_billing), has_access=row.access_id is not None)
    return Member(
        seq=row.seq,
        id=row.wire_id,
        first_name=is_.first_name,
        last_name=is_.last_name,
        nickname=is_.nickname,
        email=is_.email,
        organization=of,
        roles=tuple(sorted(roles)),
        accounts=accounts,
    )


def page(r: Read, organization_seq: int, search: str, offset: int, limit: int) -> list[Member]:
    """By number, those that `search`, folded, is found in."""
    of = organization(r, organization_seq)
    chosen = _found(_SHOWN, organization_seq, search).order_by(MEMBERSHIPS.c.seq)
    return _members(r, of, chosen.offset(offset).limit(limit))


def count(r: Read, organization_seq: int, search: str) -> int:
    counted = select(func.count()).select_from(MEMBERSHIPS)
    return int(r.run(_found(counted, organization_seq, search)).scalar_one())


def _found(found: Any, organization_seq: int, search: str) -> Any:
    found = found.where(MEMBERSHIPS.c.organization == organization_seq)
    return found.where(MEMBERSHIPS.c.found_by.contains(search, autoescape=True)) if search else found


def find(r: Read, organization_seq: int, id: str) -> Member | None:
    chosen = _SHOWN.where(MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.wire_id == id)
    return next(iter(_members(r, organization(r, organization_seq), chosen)), None)


def by_number(r: Read, organization_seq: int, seq: int) -> Member:
    """A member who was written in this transaction."""
    chosen = _SHOWN.where(MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.seq == seq)
    return _members(r, organization(r, organization_seq), chosen)[0]


def of_team(r: Read, organization_seq: int, team: Any) -> list[Member]:
    """By number, those whose membership is among `team`, a query of numbers."""
    chosen = _SHOWN.where(MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.seq.in_(team))
    return _members(r, organization(r, organization_seq), chosen.order_by(MEMBERSHIPS.c.seq))


def _members(r: Read, of: Named, chosen: Any) -> list[Member]:
    rows = list(r.run(chosen))
    listed = chosen.with_only_columns(MEMBERSHIPS.c.seq, maintain_column_froms=True).subquery()
    found = select(CONNECTED_ACCOUNTS).join_from(
        CONNECTED_ACCOUNTS, listed, listed.c.seq == CONNECTED_ACCOUNTS.c.membership
    )
    accounts: dict[int, list[Account]] = {}
    for row in r.run(found.order_by(CONNECTED_ACCOUNTS.c.seq)):
        accounts.setdefault(row.membership, []).append(account(row))
    return [_member(row, of, tuple(accounts.get(row.seq, ()))) for row in rows]


def account(row: Any) -> Account:
    return Account(row.type, row.identifier, row.email, row.profile_url)


def profiles(r: Read, organization_seq: int, membership: int | None = None) -> list[tuple[int, Profile]]:
    """What criteria look at, of everybody in the organization or of one of them, by number."""
    chosen = _SHOWN.where(MEMBERSHIPS.c.organization == organization_seq)
    types = select(CONNECTED_ACCOUNTS.c.membership, CONNECTED_ACCOUNTS.c.type).join_from(
        CONNECTED_ACCOUNTS, MEMBERSHIPS, MEMBERSHIPS.c.seq == CONNECTED_ACCOUNTS.c.membership
    )
    types = types.where(MEMBERSHIPS.c.organization == organization_seq)
    if membership is not None:
        chosen = chosen.where(MEMBERSHIPS.c.seq == membership)
        types = types.where(MEMBERSHIPS.c.seq == membership)
    accounts: dict[int, set[str]] = {}
    for row in r.run(types):
        accounts.setdefault(row.membership, set()).add(row.type)
    nothing: frozenset[str] = frozenset()
    return [
        (row.seq, _profile(row, frozenset(accounts[row.seq]) if row.seq in accounts else nothing))
        for row in r.run(chosen.order_by(MEMBERSHIPS.c.seq))
    ]


def keys(r: Read, organization_seq: int) -> list[Member]:
    """The organization's API keys as the members that they are, by number."""
    return _keys(r, organization_seq)


def key(r: Read, organization_seq: int, id: str) -> Member | None:
    """The API key that is this member."""
    return next(iter(_keys(r, organization_seq, API_KEYS.c.member_id == id)), None)


def _keys(r: Read, organization_seq: int, *which: Any) -> list[Member]:
    of = organization(r, organization_seq)
    on_all = (ACCESS.c.entity == literal(of.id, String())) & (ACCESS.c.holder_kind == "api_key")
    found = select(API_KEYS.c.member_id, API_KEYS.c.name, ACCESS.c.roles).join_from(
        API_KEYS, ACCESS, on_all & (ACCESS.c.holder == API_KEYS.c.seq), isouter=True
    )
    chosen = found.where(API_KEYS.c.organization == organization_seq, *which).order_by(API_KEYS.c.seq)
    return [
        Member(
            None, row.member_id, row.name, None, row.name, None, of, tuple(sorted((row.roles or "").split()))
        )
        for row in r.run(chosen)
    ]


def address_in_use(r: Read, organization_seq: int, email: str, but: int) -> bool:
    """Whether another member goes by the address here, or would if the organization said nothing."""
    found = select(MEMBERSHIPS.c.seq).join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person)
    there = found.where(MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.seq != but)
    return r.run(there.where(or_(MEMBERSHIPS.c.email == email, PEOPLE.c.email == email))).first() is not None


def yield_address(w: Write, organization_seq: int, email: str) -> list[int]:
    """Whose own address it is has the better right to it; the numbers of those who went by it."""
    gone = update(MEMBERSHIPS).where(
        MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.email == email
    )
    return list(w.run(gone.values(email=None).returning(MEMBERSHIPS.c.seq)).scalars())


def own_address(r: Read, membership: int) -> str:
    found = select(PEOPLE.c.email).join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person)
    return str(r.run(found.where(MEMBERSHIPS.c.seq == membership)).scalar_one())


def change(w: Write, organization_seq: int, seq: int, at: Instant, **values: Any) -> None:
    chosen = (MEMBERSHIPS.c.organization == organization_seq) & (MEMBERSHIPS.c.seq == seq)
    w.run(update(MEMBERSHIPS).where(chosen).values(updated_at=at, **values))


def find_by(w: Write, found: Sequence[tuple[int, str]]) -> None:
    """What each membership is found by from now on."""
    for seq, text in found:
        w.run(update(MEMBERSHIPS).where(MEMBERSHIPS.c.seq == seq).values(found_by=text))


def places_of(r: Read, person: int) -> list[tuple[int, int]]:
    """The organizations and memberships of a person, in one order for everybody who locks them."""
    found = select(MEMBERSHIPS.c.organization, MEMBERSHIPS.c.seq).where(MEMBERSHIPS.c.person == person)
    return [(row.organization, row.seq) for row in r.run(found.order_by(MEMBERSHIPS.c.organization))]


def stop_waiting(w: Write, organization_seq: int, person: int, email: str) -> None:
    """Whoever belongs neither asks nor is asked any longer."""
    waits = (ACCESS_REQUESTS.c.organization == organization_seq) & (ACCESS_REQUESTS.c.status == "pending")
    theirs = or_(ACCESS_REQUESTS.c.person == person, ACCESS_REQUESTS.c.email == email)
    w.run(delete(ACCESS_REQUESTS).where(waits, theirs))


def connect(w: Write, membership: int, accounts: Sequence[Account]) -> None:
    """A taken one is a Conflict of the attempt that it is made in."""
    rows = [
        {
            "membership": membership,
            "type": each.type,
            "identifier": each.identifier,
            "email": each.email,
            "profile_url": each.profile_url,
        }
        for each in accounts
    ]
    if rows:
        w.run(CONNECTED_ACCOUNTS.insert(), rows)


def disconnect(w: Write, membership: int, type: str, identifier: str) -> bool:
    """False where there was no such account."""
    gone = delete(CONNECTED_ACCOUNTS).where(
        CONNECTED_ACCOUNTS.c.membership == membership,
        CONNECTED_ACCOUNTS.c.type == type,
        CONNECTED_ACCOUNTS.c.identifier == identifier,
    )
    return w.run(gone.returning(CONNECTED_ACCOUNTS.c.seq)).first() is not None
