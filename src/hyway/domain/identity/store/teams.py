"""Statements about teams and who is in them."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.identity.member_records import Named, Team
from hyway.domain.identity.store.access_tables import ACCESS, TEAM_MEMBERS, TEAMS
from hyway.domain.identity.store.profiles import organization
from hyway.domain.identity.store.tables import MEMBERSHIPS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_AT_ONCE = 500


def _team(row: Any, of: Named, members: int) -> Team:
    return Team(
        seq=row.seq,
        id=row.id,
        name=row.name,
        type=row.type,
        criteria=tuple(json.loads(row.criteria)),
        channels=tuple(json.loads(row.channels)),
        member_count=members,
        organization=of,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def page(r: Read, organization_seq: int, prefix: str, ids: Collection[str] | None) -> list[Team]:
    """By name, those whose folded name begins so; `ids` are the only ones to be shown, None for all."""
    ours = TEAMS.c.organization == organization_seq
    chosen = [ours, TEAMS.c.folded_name.startswith(prefix, autoescape=True)] if prefix else [ours]
    counted = select(TEAM_MEMBERS.c.team, func.count().label("n")).join_from(
        TEAM_MEMBERS, TEAMS, TEAMS.c.seq == TEAM_MEMBERS.c.team
    )
    grouped = r.run(counted.where(*chosen).group_by(TEAM_MEMBERS.c.team))
    counts = {row.team: int(row.n) for row in grouped}
    of = organization(r, organization_seq)
    rows = r.run(select(TEAMS).where(*chosen).order_by(TEAMS.c.folded_name))
    return [_team(row, of, counts.get(row.seq, 0)) for row in rows if ids is None or row.id in ids]


def find(r: Read, organization_seq: int, id: str) -> Team | None:
    row = r.run(select(TEAMS).where(TEAMS.c.organization == organization_seq, TEAMS.c.id == id)).first()
    if row is None:
        return None
    counted = select(func.count()).select_from(TEAM_MEMBERS).where(TEAM_MEMBERS.c.team == row.seq)
    return _team(row, organization(r, organization_seq), int(r.run(counted).scalar_one()))


def add(w: Write, row: dict[str, Any]) -> str:
    """The new team's id."""
    return str(w.run(TEAMS.insert().returning(TEAMS.c.id), row).scalar_one())


def change(w: Write, organization_seq: int, seq: int, **values: Any) -> None:
    chosen = (TEAMS.c.organization == organization_seq) & (TEAMS.c.seq == seq)
    w.run(update(TEAMS).where(chosen).values(**values))


def drop(w: Write, organization_seq: int, seq: int) -> None:
    """The team, who is in it, and the access that it held."""
    w.run(delete(TEAM_MEMBERS).where(TEAM_MEMBERS.c.team == seq))
    held = (ACCESS.c.organization == organization_seq) & (ACCESS.c.holder_kind == "team")
    w.run(delete(ACCESS).where(held, ACCESS.c.holder == seq))
    w.run(delete(TEAMS).where(TEAMS.c.organization == organization_seq, TEAMS.c.seq == seq))
    w.changed("access", str(organization_seq))


def of_member(r: Read, membership: int) -> list[Named]:
    """The teams that a member is in, by name."""
    found = select(TEAMS.c.id, TEAMS.c.name).join_from(
        TEAMS, TEAM_MEMBERS, TEAM_MEMBERS.c.team == TEAMS.c.seq
    )
    theirs = found.where(TEAM_MEMBERS.c.membership == membership).order_by(TEAMS.c.folded_name)
    return [Named(row.id, row.name) for row in r.run(theirs)]


def of_members(r: Read, organization_seq: int, ids: Collection[str]) -> list[tuple[str, Named]]:
    """The ids of members, each with one of their teams; by the teams' names."""
    found = (
        select(MEMBERSHIPS.c.wire_id, TEAMS.c.id, TEAMS.c.name)
        .join_from(MEMBERSHIPS, TEAM_MEMBERS, TEAM_MEMBERS.c.membership == MEMBERSHIPS.c.seq)
        .join(TEAMS, TEAMS.c.seq == TEAM_MEMBERS.c.team)
        .where(MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.wire_id.in_(ids))
    )
    rows = r.run(found.order_by(TEAMS.c.folded_name))
    return [(row.wire_id, Named(row.id, row.name)) for row in rows]


def in_team(team_seq: int) -> Any:
    """The numbers of the memberships in a team, as a query."""
    return select(TEAM_MEMBERS.c.membership).where(TEAM_MEMBERS.c.team == team_seq)


def members(r: Read, team_seq: int) -> set[int]:
    return set(r.run(in_team(team_seq)).scalars())


def memberships(r: Read, organization_seq: int, ids: Sequence[str]) -> dict[str, int]:
    """The numbers of those among the ids that are members."""
    found: dict[str, int] = {}
    for some in _some(ids):
        chosen = select(MEMBERSHIPS.c.wire_id, MEMBERSHIPS.c.seq).where(
            MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.wire_id.in_(some)
        )
        found |= {row.wire_id: row.seq for row in r.run(chosen)}
    return found


def dynamic(r: Read, organization_seq: int) -> list[tuple[int, str]]:
    """Numbers and stored criteria of the dynamic teams."""
    found = select(TEAMS.c.seq, TEAMS.c.criteria).where(
        TEAMS.c.organization == organization_seq, TEAMS.c.type == "dynamic"
    )
    return [(row.seq, row.criteria) for row in r.run(found)]


def dynamic_of(r: Read, membership: int) -> set[int]:
    """The numbers of the dynamic teams that a member is in."""
    found = select(TEAMS.c.seq).join_from(TEAMS, TEAM_MEMBERS, TEAM_MEMBERS.c.team == TEAMS.c.seq)
    theirs = found.where(TEAM_MEMBERS.c.membership == membership, TEAMS.c.type == "dynamic")
    return set(r.run(theirs).scalars())


def move(
    w: Write,
    organization_seq: int,
    out: Iterable[tuple[int, int]],
    into: Iterable[tuple[int, int]],
    at: Instant,
) -> None:
    """Takes and puts members out of teams and into them: pairs of team and membership."""
    by_team: dict[int, list[int]] = {}
    for team, membership in out:
        by_team.setdefault(team, []).append(membership)
    for team, gone in by_team.items():
        for some in _some(gone):
            w.run(
                delete(TEAM_MEMBERS).where(TEAM_MEMBERS.c.team == team, TEAM_MEMBERS.c.membership.in_(some))
            )
    rows = [{"team": team, "membership": membership, "since": at} for team, membership in into]
    if rows:
        w.run(TEAM_MEMBERS.insert(), rows)
    if rows or by_team:
        w.changed("access", str(organization_seq))


def _some(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """No statement takes endless lists."""
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
