"""The event log: who did what, when, to what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import get

from hyway.console.form import Form
from hyway.console.shown import sentence
from hyway.console.visit import Here, Page
from hyway.domain import audit, identity
from hyway.domain.audit import Event, Found, Wanted
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_PAGE = 50
_MOST_PEOPLE = 200
_MOST_PASSED = 40
"""So many pages lead back one by one; who has gone farther goes back to the newest."""
NOUNS = {
    "LINK": "Links",
    "COLLECTION": "Collections",
    "TAG": "Tags",
    "PARTNER": "Partners",
    "LEAD": "Leads",
    "SALE": "Sales",
    "KEY": "API keys of links and tracking",
    "API_KEY": "API keys",
    "WEBHOOK": "Webhooks",
    "PERSON": "People",
    "MEMBER": "Members",
    "TEAM": "Teams",
    "ORGANIZATION": "Organization",
    "PROJECT": "Projects",
    "APP": "Apps",
    "ENVIRONMENT": "Environments",
    "DOTENV": ".env files",
    "VAULT_KEY": "Keys of .env files",
    "CAMPAIGN": "Campaigns",
    "APPLICATION": "Applications",
    "SUBMISSION": "Posts for campaigns",
    "COLLAB": "Collabs",
    "COLLAB_SUBMISSION": "Work for collabs",
    "FUNDING": "Fundings",
    "PAYOUT": "Payouts",
    "TRACKING_USER": "Tracked users",
    "TRACKING_ACTION": "Tracked actions",
}
"""How kinds of events are called; others by their own name."""
_ROOMS = {
    "link": "/console/links/",
    "collection": "/console/collections/",
    "tag": "/console/tags/",
    "partner": "/console/partners/",
    "customer": "/console/customers/",
    "webhook": "/console/webhooks/",
    "project": "/console/projects/",
    "team": "/console/teams/",
}
_PROGRAMMES = {"campaign": "/campaigns/", "collab": "/collabs/"}
_WAYS = {"console": "in the console", "command": "", "server": ""}
"""How it was done, where the name of who did it does not say so already."""
_SAID = {"dotenv": ".env file", "api_key": "API key", "key": "API key", "vault_key": "Key of .env files"}
_DOERS = ("Member", "User", "Key", "ApiKey")


@dataclass(frozen=True)
class Query:
    """What is looked for, as the address of the page says it; `passed` are the cursors of the pages before."""

    type: str = ""
    who: str = ""
    about: str = ""
    since: str = ""
    until: str = ""
    after: str = ""
    passed: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        return bool(self.type or self.who or self.about or self.since or self.until)

    def to(self, **other: object) -> str:
        """The address of the page with these differences; another search begins at its newest."""
        new = replace(self, **{"after": "", "passed": (), **other})  # type: ignore[arg-type]
        told = {name: value for name, value in vars(new).items() if value}
        if new.passed:
            told["passed"] = " ".join(new.passed)
        return "/console/log" + (f"?{urlencode(told)}" if told else "")

    def older(self, cursor: str) -> str:
        return self.to(after=cursor, passed=(*self.passed, self.after or "-")[-_MOST_PASSED:])

    def newer(self) -> str:
        if not self.passed:
            return self.to()
        before = self.passed[-1]
        return self.to(after="" if before == "-" else before, passed=self.passed[:-1])


def query(asked: Form) -> Query:
    said = {name: asked.text(name)[:200] for name in ("type", "who", "about", "since", "until", "after")}
    return Query(passed=tuple(asked.text("passed").split()[-_MOST_PASSED:]), **said)


class Choice(NamedTuple):
    """One of what can be chosen in a list."""

    value: str
    label: str


class Shown(NamedTuple):
    found: Found
    groups: list[tuple[str, list[Choice]]]
    people: list[Choice]


def look(r: Read, by: Caller, asked: Query, zone: str) -> Shown:
    """A page of the log, and what it can be searched by."""
    identity.access.require(by, "read", "Event")
    wanted = [Wanted(id) for id in (asked.who, asked.about) if id]
    types = [asked.type] if asked.type else []
    found = audit.search(
        r, by, types, wanted, start=_day(asked.since, zone), end=_day(asked.until, zone, 1), size=_PAGE,
        cursor=asked.after or None,
    )  # fmt: skip
    return Shown(found, _groups(audit.done_there(r, by)), _people(r, by, asked.who))


def _day(text: str, zone: str, more: int = 0) -> Instant | None:
    """When a day begins in a zone, `more` days later; None for what is no day."""
    try:
        day = date.fromisoformat(text) + timedelta(days=more)
        return clock.instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError):
        return None


def _groups(actions: Iterable[str]) -> list[tuple[str, list[Choice]]]:
    """What there is in the log: by noun, all of it and each verb."""
    nouns: dict[str, dict[str, str]] = {}
    for action in actions:
        nouns.setdefault(audit.noun_of(action), {}).setdefault(audit.type_of(action), said(action))
    groups = []
    for noun, types in nouns.items():
        label = NOUNS.get(noun, noun.replace("_", " ").capitalize())
        each = [Choice(type_, said) for type_, said in sorted(types.items(), key=lambda pair: pair[1])]
        groups.append((label, [Choice(noun, label), *each]))
    return sorted(groups)


def _people(r: Read, by: Caller, chosen: str) -> list[Choice]:
    """Members and API keys; who was one before is searched by their id."""
    there, _ = identity.profiles.page(r, by, include_api_keys=True, limit=_MOST_PEOPLE)
    people = [Choice(each.id, _name(each)) for each in there]
    if chosen and chosen not in {each.value for each in people}:
        people.append(Choice(chosen, chosen))
    return people


def _name(of: identity.Member) -> str:
    whole = " ".join(part for part in (of.first_name, of.last_name) if part)
    return whole or of.nickname or of.email or of.id


def page_of(home: str, event: Event) -> str:
    """The page of what an event is about, if it has one and is there still; `home` is the organization's."""
    base = _ROOMS.get(event.subject_kind, "")
    if event.subject_kind in _PROGRAMMES:
        base = home + _PROGRAMMES[event.subject_kind]
    return base + event.subject_id if base and not event.action.endswith(".deleted") else ""


def said(action: str) -> str:
    """What happened, in words: `dotenv.pushed` is ".env file pushed"."""
    noun, _, verb = action.partition(".")
    return f"{_SAID[noun]} {verb.replace('_', ' ')}" if noun in _SAID else sentence(action)


def name_of(event: Event) -> str:
    """What it is about is called; else the first thing or person with a name that it speaks of."""
    things = [each for at, each in enumerate(event.references) if not at or each.kind not in _DOERS]
    named = (each.view.get("name") for each in things)
    told = (event.data.get(name) for name in ("user_name", "email"))
    return next((str(each) for each in (*named, *told) if each), "")


def way_of(event: Event) -> str:
    """By which way in it was done."""
    return _WAYS.get(event.via, f"by the API of {event.via.capitalize()}")


def changed(event: Event) -> list[tuple[str, str]]:
    """What is told of it, a line for each; its name stands in the headline."""
    told = {name: value for name, value in audit.shown(event.data).items() if value not in (None, "", [], {})}
    if told.get("name") == name_of(event):
        told.pop("name", None)
    return [(name, _text(value)) for name, value in told.items()]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(each)}" for name, each in value.items())
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


@get("/console/log")
async def show(visit: Here) -> Page:
    asked = query(visit.asked)
    try:
        found, groups, people = await visit.read(look, asked, visit.zone)
    except Invalid:
        # An old or foreign cursor, or none at all: the search begins anew.
        asked = replace(asked, after="", passed=())
        found, groups, people = await visit.read(look, asked, visit.zone)
    return visit.page(
        "log.html",
        found=found,
        groups=groups,
        people=people,
        asked=asked,
        page_of=partial(page_of, f"/organizations/{sqid.text(visit.organization.seq)}"),
        said_of=said,
        name_of=name_of,
        way_of=way_of,
        changed=changed,
    )


ROUTES = [show]
