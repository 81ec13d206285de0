"""Which addresses may pull an app's .env files: rules of networks, and a place to try an address against them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get, post
from litestar.params import FromPath

from hyway.console.form import Form
from hyway.console.projects import apps, words
from hyway.console.visit import Here, Page, Visit
from hyway.domain import envs, identity, projects
from hyway.domain.projects import App, AppChange, Environment
from hyway.kernel.faults import Invalid

_HERE = apps.ONE + "/access"
_EVERY = "every"
_KINDS = ("allow", "deny")
_ROOT = "settings/env/accessControls"


class Rule(NamedTuple):
    """A line of the form; `place` is where the domain finds it wrong."""

    kind: str
    cidr: str
    description: str
    place: str = ""
    wrong: str = ""


class Verdict(NamedTuple):
    lets_in: bool
    text: str


Groups = dict[str, list[Rule]]
_FOR_ALL = "Where an environment’s own rules say nothing. Whom no rule names is let in."
_FOR_ONE = "These come first; to allow wins over to deny."
_BLANK = Rule("allow", "", "")


def _stored(of: App, environments: Sequence[Environment]) -> Groups:
    whole = of.settings.get("env", {}).get("accessControls", {})
    by_name = whole.get("environments", {})
    found = {_EVERY: _lines(whole)}
    return found | {each.alternate_id: _lines(by_name.get(each.alternate_id, {})) for each in environments}


def _lines(lists: Mapping[str, Any]) -> list[Rule]:
    return [Rule("allow" if each.allows else "deny", *each[1:]) for each in apps.rules(lists)]


def _typed(sent: Form, environments: Sequence[Environment]) -> Groups:
    """The lines that something was typed into, each with its place in what the domain is given."""
    found: Groups = {}
    for name in (_EVERY, *(each.alternate_id for each in environments)):
        root = _ROOT if name == _EVERY else f"{_ROOT}/environments/{name}"
        counts = dict.fromkeys(_KINDS, 0)
        found[name] = []
        # Environments are named after `~`, which none of them can hold.
        lines = zip(*(sent.many(f"{name}~{part}") for part in ("kind", "cidr", "description")), strict=False)
        for kind, cidr, description in lines:
            if kind in counts and (cidr or description):
                found[name].append(Rule(kind, cidr, description, f"{root}/{kind}/{counts[kind]}"))
                counts[kind] += 1
    return found


def _settings(groups: Groups) -> dict[str, Any]:
    """As the domain takes them; an environment without rules is left out."""
    single = {name: _lists(lines) for name, lines in groups.items() if name != _EVERY and lines}
    return {"env": {"accessControls": {**_lists(groups[_EVERY]), "environments": single}}}


def _lists(lines: Sequence[Rule]) -> dict[str, Any]:
    return {
        kind: [
            {"type": "cidr", "cidr": each.cidr, "description": each.description}
            for each in lines
            if each.kind == kind
        ]
        for kind in _KINDS
    }


def _marked(groups: Groups, fault: Invalid) -> Groups:
    """With what is wrong beside the line that it is about."""

    def mark(each: Rule) -> Rule:
        is_it = each.place and (fault.field + "/").startswith(each.place + "/")
        return each._replace(wrong=words.told(fault)) if is_it else each

    return {name: [mark(each) for each in lines] for name, lines in groups.items()}


def _names(environments: Sequence[Environment]) -> dict[str, str]:
    return {each.alternate_id: each.alternate_id for each in environments}


def _verdict(groups: Groups, environments: Sequence[Environment], sent: Form) -> Verdict | None:
    """What the rules as they are typed would say to an address; None where there is none yet."""
    address, where = sent.text("address"), sent.text("in")
    if not address:
        return None
    try:
        settings = projects.controls.settings(_settings(groups), _names(environments))
    except Invalid:
        return Verdict(False, "One of the rules is not right yet: no address can be tried against them.")
    lets = envs.looking.lets_in(settings, where if where in _names(environments) else None, address)
    if lets is None:
        return Verdict(False, f"{address} is no address.")
    name = next((each.name for each in environments if each.alternate_id == where), "all environments")
    told = "would be let in" if lets else "would be refused"
    return Verdict(lets, f"{address} {told} for the .env file of {name}.")


async def _found(visit: Visit, project: str, app: str) -> tuple[App, list[Environment]]:
    of = await apps.found(visit, project, app)
    identity.access.require(visit.by, "update", "App", *of.within)
    return of, await visit.read(projects.environments.every, of)


def _page(
    visit: Visit,
    of: App,
    environments: Sequence[Environment],
    groups: Groups,
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    titled = [
        (_EVERY, "Every environment", _FOR_ALL),
        *(
            (
                each.alternate_id,
                each.name,
                _FOR_ONE,
            )
            for each in environments
        ),
    ]
    shown = [
        (name, title, hint, groups[name] or [_BLANK], name == _EVERY or bool(groups[name]))
        for name, title, hint in titled
    ]
    typed = {"address": visit.sent.text("address"), "environment": visit.sent.text("in")}
    return visit.page(
        "projects/access_form.html",
        status,
        of=of.project,
        app=of,
        groups=shown,
        errors=wrong,
        typed=typed,
        client=visit.by.client or "203.0.113.7",
        choices=[("", "All environments"), *((each.alternate_id, each.name) for each in environments)],
        verdict=_verdict(groups, environments, visit.sent),
    )


@get(_HERE)
async def ask(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    of, environments = await _found(visit, project, app)
    return _page(visit, of, environments, _stored(of, environments), {})


@get(_HERE + "/test")
async def test(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    """The verdict as a part of the page, for rules that are not stored yet."""
    _, environments = await _found(visit, project, app)
    groups = _typed(visit.asked, environments)
    return visit.part("projects/part_let_in.html", verdict=_verdict(groups, environments, visit.asked))


@post(_HERE)
async def save(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    of, environments = await _found(visit, project, app)
    groups = _typed(visit.sent, environments)
    if visit.sent.ticked("look"):
        return _page(visit, of, environments, groups, {})
    try:
        await visit.write(projects.apps.change, of.id, AppChange(settings=_settings(groups)))
    except Invalid as fault:
        marked = _marked(groups, fault)
        is_placed = any(each.wrong for lines in marked.values() for each in lines)
        return _page(visit, of, environments, marked, {} if is_placed else {"": words.told(fault)}, 422)
    return visit.go(apps.base(of), "The rules hold from the next pull on.")


ROUTES = [ask, test, save]
