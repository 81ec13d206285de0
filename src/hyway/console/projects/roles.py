"""Who has which role on what, as a table; and what each role may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from litestar import get

from hyway.console.market.stay import Leaves, leaves
from hyway.console.projects import giving, words
from hyway.console.projects.giving import Cell
from hyway.console.projects.leaf import PAGE, turned
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, projects
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

Thing = identity.things.Thing

WHO = (("member", "Members"), ("team", "Teams"), ("api_key", "API keys"))
_COLUMNS = 5
_LISTED = 200
_LEVELS = (
    ("the organization", "Organization"),
    ("a project or one of its apps", "Project"),
    ("a team", "Team"),
)


class Holder(NamedTuple):
    id: str
    name: str
    sub: str
    page: str


@dataclass(frozen=True)
class Row:
    holder: str
    name: str
    sub: str
    page: str
    cells: Sequence[Cell]


@dataclass
class Given:
    """Roles by thing and holder, and the teams that somebody has roles through."""

    own: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    teams: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """By id: the name, and the ids of those who are in it."""


@get("/console/roles")
async def show(visit: Here) -> Page:
    identity.access.require(visit.by, "read", "Member")
    asked = visit.asked
    who, q, on = asked.one_of("who", dict(WHO), "member"), asked.text("q")[:100], asked.text("on")[:60]
    facts: dict[str, Any] = {
        "who": who,
        "whos": WHO,
        "q": q,
        "on": on,
        "explained": EXPLAINED,
        "noun": dict(WHO)[who].lower(),
    }
    if not visit.may_somewhere("read", "Access"):
        return visit.page("projects/roles.html", **facts, whats=[], rows=[], columns=[], at=None,
                          across=None, nothing="Only who gives roles sees who has them.")  # fmt: skip
    every, whats = await visit.read(_things, visit.organization, on)
    leaf = visit.asked.whole("columns", 1, max(1, -(-len(every) // _COLUMNS)), 1)
    columns = every[(leaf - 1) * _COLUMNS : leaf * _COLUMNS]
    across = leaves(visit.request, leaf, len(every), _COLUMNS, "columns")
    holders, at = await _holders(visit, who, q)
    given = await visit.read(_given, columns, [each.id for each in holders], who == "member")
    rows = [_row(visit, each, columns, given, who) for each in holders]
    nothing = "Nobody matches." if q else f"There are no {facts['noun']} yet."
    return visit.page("projects/roles.html", **facts, whats=whats, rows=rows, columns=columns, at=at,
                      across=across, nothing=nothing)  # fmt: skip


def _things(
    r: Read, by: Caller, home: identity.Organization, on: str
) -> tuple[list[Thing], list[tuple[str, str]]]:
    """The columns that are asked for, and what else there is to ask for."""
    of, _ = projects.page(r, by, 0, _LISTED)
    teams = identity.teams.page(r, by)
    whats = [("", "All projects"), *((each.id, each.name) for each in of)]
    whats += [("teams", "Teams")] if teams else []
    if on == "teams":
        return [Thing(each.id, "Team", each.name, None) for each in teams], whats
    own = [Thing(each.id, "Project", each.name, None) for each in of if on in ("", each.id)]
    if on and own:
        apps, _ = projects.apps.page(r, by, projects.AppQuery(projects=(own[0].id,)), 0, _LISTED)
        return [*own, *(Thing(each.id, "App", each.name, own[0].id) for each in apps)], whats
    whole = Thing(home.wire_id, "Organization", home.name, None)
    return [whole, *own] if identity.access.may(by, "read", "Access") else own, whats


async def _holders(visit: Visit, who: str, q: str) -> tuple[list[Holder], Leaves]:
    if who == "member":
        found, at = await turned(visit, identity.profiles.page, search=q)
        return [
            Holder(each.id, words.title(each), each.email or "", f"/console/people/{each.id}")
            for each in found
        ], at
    if who == "team":
        teams = await visit.read(identity.teams.page, q)
        shown, at = _sliced(visit, teams)
        return [
            Holder(each.id, each.name, f"{each.member_count} in it", f"/console/teams/{each.id}")
            for each in shown
        ], at
    if not visit.may("read", "ApiKey"):
        return [], leaves(visit.request, 1, 0, PAGE)
    keys, at = await turned(visit, identity.api_keys.page, q)
    return [Holder(each.id, each.name, "", f"/console/api-keys/{each.id}") for each in keys], at


def _sliced(visit: Visit, rows: Sequence[Any]) -> tuple[Sequence[Any], Leaves]:
    leaf = visit.asked.whole("page", 1, max(1, -(-len(rows) // PAGE)), 1)
    return rows[(leaf - 1) * PAGE : leaf * PAGE], leaves(visit.request, leaf, len(rows), PAGE)


def _given(r: Read, by: Caller, columns: Iterable[Thing], holders: Sequence[str], are_people: bool) -> Given:
    """What these, and the teams that they are in, have on the columns, on what those are part of, and on the
    organization."""
    home = identity.organization(r, by).wire_id
    wanted = {id for each in columns for id in each.within} | {home}
    found = Given()
    for member, teams in identity.teams.of_members(r, by, holders).items() if are_people else ():
        for team in teams:
            inside = found.teams[team.id][1] if team.id in found.teams else frozenset[str]()
            found.teams[team.id] = team.name, inside | {member}
    for each in identity.access.page(r, by, wanted, [*holders, *found.teams])[0]:
        found.own[each.entity.id, each.holder.id] = each.roles
    return found


def _row(visit: Visit, of: Holder, columns: Sequence[Thing], given: Given, who: str) -> Row:
    back = str(visit.request.url.path) + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    cells = [_cell(visit, of, each, given, f"{back}#{of.id}", who) for each in columns]
    return Row(of.id, of.name, of.sub, of.page, cells)


def _cell(visit: Visit, of: Holder, thing: Thing, given: Given, back: str, who: str) -> Cell:
    own = given.own.get((thing.id, of.id), ())
    choice: Sequence[tuple[str, str]] = ()
    if identity.access.may(visit.by, "update", "Access", *thing.within):
        choice = giving.options(visit.by, thing.kind, own, thing.within, is_person=who == "member")
    return Cell(of.id, thing.id, f"Role of {of.name} on {thing.name}", back, own, choice,
                _through(visit, of, thing, given))  # fmt: skip


def _through(visit: Visit, of: Holder, thing: Thing, given: Given) -> list[tuple[str, Sequence[str]]]:
    """What counts here and is not given here: to a team, on the project of an app, on the organization."""
    home = visit.organization
    found: list[tuple[str, Sequence[str]]] = []
    for team, (name, inside) in given.teams.items():
        for id in thing.within if of.id in inside else ():
            if names := given.own.get((id, team)):
                found.append((name, names))
    if thing.part_of and (names := given.own.get((thing.part_of, of.id))):
        found.append(("its project", names))
    everywhere = given.own.get((home.wire_id, of.id), ())
    if thing.kind != "Organization" and "OrganizationAdmin" in everywhere:
        found.append((home.name, ("OrganizationAdmin",)))
    return found


def _explained() -> list[tuple[str, tuple[str, ...], list[tuple[str, list[str]]]]]:
    """By level: the roles there, and for each subject what each of them may do."""
    told = []
    for title, level in _LEVELS:
        names = tuple(each.name for each in identity.access.ROLES.values() if each.on == level)
        may = [identity.access.ROLES[name].may for name in names]
        lines = [
            (words.subject(subject), [_actions(each.get(subject, frozenset()), subject) for each in may])
            for subject in identity.access.SUBJECTS
            if any(subject in each for each in may)
        ]
        told.append((title, names, lines))
    return told


def _actions(may: frozenset[str], subject: str) -> str:
    if "manage" in may:
        return "manage"
    return ", ".join(each for each in identity.access.actions_on(subject) if each in may)


EXPLAINED = _explained()
ROUTES = [show]
