"""Teams: chosen by hand, or found by conditions that are tried while they are written."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import held, stars, words
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity
from hyway.domain.identity import Caller, Member, Team
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Invalid

HERE = "/console/teams"
FIELDS = {
    "firstName": "First name",
    "lastName": "Last name",
    "nickname": "Nickname",
    "email": "E-mail",
    "account:github": "GitHub account",
    "account:npm": "npm account",
    "account:newRelic": "New Relic account",
    "account:incidentIo": "incident.io account",
}
OPERATORS = {
    "equals": "is",
    "notEquals": "is not",
    "contains": "contains",
    "startsWith": "begins with",
    "endsWith": "ends with",
    "in": "is one of",
    "connected": "is connected",
}
_ACCOUNT = "account:"
_BLANK = {"field": "email", "operator": "endsWith", "value": ""}


@get(HERE)
async def index(visit: Here) -> Page:
    rows = await visit.read(identity.teams.page)
    return visit.page("projects/teams.html", rows=rows, stars=await stars.of(visit))


def _typed(visit: Visit) -> dict[str, Any]:
    sent = visit.sent if visit.request.method == "POST" else visit.asked
    rows = zip(sent.many("field"), sent.many("operator"), sent.many("value"), strict=False)
    return {
        "name": sent.text("name"),
        "type": sent.one_of("type", ("static", "dynamic"), "static"),
        "criteria": [dict(zip(("field", "operator", "value"), row, strict=True)) for row in rows],
    }


def _criteria(typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """As the domain takes them; lines that nothing was typed into are left out."""
    if typed["type"] != "dynamic":
        return []
    return [_condition(each) for each in typed["criteria"] if each["value"] or _is_account(each)]


def _is_account(each: Mapping[str, str]) -> bool:
    return each["field"].startswith(_ACCOUNT)


def _condition(each: Mapping[str, str]) -> dict[str, Any]:
    if _is_account(each):
        return {"type": "account", "field": each["field"].removeprefix(_ACCOUNT), "operator": "connected"}
    return {"type": "property", **each}


def shown(one: Mapping[str, Any]) -> dict[str, str]:
    """A stored condition as a line of the form."""
    if one["type"] == "account":
        return {"field": _ACCOUNT + one["field"], "operator": "connected", "value": ""}
    value = one["value"]
    text = value if isinstance(value, str) else ", ".join(value)
    return {"field": one["field"], "operator": one["operator"], "value": text}


def _matched(r: Read, by: Caller, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Whom the conditions would take in, for the part of the page that says so."""
    wanted = _criteria(typed)
    if not wanted:
        return {"matched": None, "of_all": 0, "unfit": ""}
    try:
        names, total = identity.trying.who_fits(r, by, wanted)
    except Invalid as fault:
        return {"matched": (), "of_all": 0, "unfit": words.errors(fault, ("criteria",)).get("criteria", "")}
    return {"matched": names, "of_all": total, "unfit": ""}


@get(HERE + "/preview")
async def preview(visit: Here) -> Page:
    return visit.part("projects/part_matched.html", **await visit.read(_matched, _typed(visit)))


async def _form(
    visit: Visit, team: Team | None, typed: dict[str, Any], wrong: Mapping[str, str], status: int = 200
) -> Page:
    told = await visit.read(_matched, typed)
    typed = {**typed, "criteria": typed["criteria"] or [_BLANK]}
    facts = {"team": team, "typed": typed, "errors": wrong, "fields": FIELDS, "operators": OPERATORS}
    return visit.page("projects/team_form.html", status, **facts, **told)


@get(HERE + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Team")
    return await _form(visit, None, _typed(visit), {})


@post(HERE + "/new")
async def make(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Team")
    typed = _typed(visit)
    if visit.sent.ticked("look"):
        return await _form(visit, None, typed, {})
    try:
        made = await visit.write(
            identity.teams.create, typed["name"], typed["type"], criteria_=_criteria(typed)
        )
    except Invalid as fault:
        return await _form(visit, None, typed, _errors(fault), 422)
    return visit.go(f"{HERE}/{made.id}", f"The team {made.name} is there.")


def _errors(fault: Fault) -> dict[str, str]:
    wrong = words.errors(fault, ("name", "type", "criteria"))
    if "criteria" in wrong and wrong["criteria"][:1].isdecimal():
        wrong["criteria"] = "Condition " + wrong["criteria"]
    if wrong.get("") == "A team with this name exists already.":
        wrong["name"] = wrong.pop("")
    return wrong


@get(HERE + "/{team:str}/edit")
async def change(visit: Here, team: FromPath[str]) -> Page:
    found = await visit.read(identity.teams.find, team)
    identity.access.require(visit.by, "update", "Team", found.id)
    criteria = [shown(each) for each in found.criteria]
    return await _form(visit, found, {"name": found.name, "type": found.type, "criteria": criteria}, {})


@post(HERE + "/{team:str}/edit")
async def save(visit: Here, team: FromPath[str]) -> Page:
    found = await visit.read(identity.teams.find, team)
    identity.access.require(visit.by, "update", "Team", found.id)
    typed = _typed(visit)
    if visit.sent.ticked("look"):
        return await _form(visit, found, typed, {})
    try:
        await visit.write(
            identity.teams.change, found.id,
            name=typed["name"], type=typed["type"], criteria_=_criteria(typed),
        )  # fmt: skip
    except Invalid as fault:
        return await _form(visit, found, typed, _errors(fault), 422)
    return visit.go(f"{HERE}/{found.id}", "Saved.")


def _team(r: Read, by: Caller, id: str) -> tuple[Team, list[Member], list[Member], list[held.Held]]:
    """The team, who is in it, who could be added, and what it may do."""
    team = identity.teams.find(r, by, id)
    inside = identity.teams.members(r, by, id)
    outside: Sequence[Member] = ()
    if team.type == "static" and identity.access.may(by, "update", "Team", team.id):
        ids = {each.id for each in inside}
        outside = [each for each in identity.profiles.page(r, by, limit=1000)[0] if each.id not in ids]
    return team, inside, list(outside), held.of(r, by, team.id)


@get(HERE + "/{team:str}")
async def show(visit: Here, team: FromPath[str]) -> Page:
    found, inside, outside, may = await visit.read(_team, team)
    return visit.page(
        "projects/team.html",
        team=found,
        criteria=[shown(each) for each in found.criteria],
        members=inside,
        others=outside,
        held=may,
        fields=FIELDS,
        operators=OPERATORS,
        can_choose=found.type == "static" and visit.may("update", "Team", found.id),
        may_change=visit.may("update", "Team", found.id),
        may_delete=visit.may("delete", "Team", found.id),
        stars=await stars.of(visit),
    )


@post(HERE + "/{team:str}/members")
async def add(visit: Here, team: FromPath[str]) -> Page:
    await visit.write(identity.teams.add, team, visit.sent.text("member"))
    return visit.go(f"{HERE}/{team}")


@post(HERE + "/{team:str}/members/{member:str}/remove")
async def remove(visit: Here, team: FromPath[str], member: FromPath[str]) -> Page:
    of = await visit.read(identity.profiles.find, member)
    if not visit.confirmed():
        return visit.confirm(f"Take {words.title(of)} out of the team?", "Take out", f"{HERE}/{team}")
    await visit.write(identity.teams.remove, team, member)
    return visit.go(f"{HERE}/{team}", f"{words.title(of)} is in the team no more.")


@post(HERE + "/{team:str}/delete")
async def drop(visit: Here, team: FromPath[str]) -> Page:
    found = await visit.read(identity.teams.find, team)
    if not visit.confirmed():
        question = f"Delete the team “{found.name}”? Its members lose the roles that they have through it."
        return visit.confirm(question, "Delete team", f"{HERE}/{found.id}")
    await visit.write(identity.teams.drop, found.id)
    return visit.go(HERE, f"The team {found.name} is gone.")


ROUTES = [index, preview, ask, make, change, save, show, add, remove, drop]
