"""New Relic: the accounts of an organization's people, in all its authentication domains, by NerdGraph (GraphQL)."""

from collections.abc import Iterator, Mapping
from typing import Any

from hyway.domain.connections import Declined, Entry, Field, Offer, Reach, Unclear
from hyway.providers.basis import MOST, setting
from hyway.providers.marks import PULSE
from hyway.providers.rosters import Person, Roster
from hyway.providers.ways import Way
from hyway.providers.wire import Said, Wire, items, nonsense, words

APIS = {"US": "https://api.newrelic.com", "EU": "https://api.eu.newrelic.com"}
_COLOR = "#0b6b45"
_MOST_PAGES = MOST // 10
_LATER = {"TIMEOUT", "SERVER_ERROR", "TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR"}
_DOMAINS = """query($cursor: String) { actor { organization { userManagement {
 authenticationDomains(cursor: $cursor) { nextCursor authenticationDomains { id } } } } } }"""
_USERS = """query($domain: [ID!], $cursor: String) { actor { organization { userManagement {
 authenticationDomains(id: $domain) { authenticationDomains { id
 users(cursor: $cursor) { nextCursor users { id name email } } } } } } } }"""


class NewRelic(Roster):
    entry = Entry(
        type="newRelic",
        name="New Relic",
        description="Know which account at New Relic is whose, in every authentication domain of the organization.",
        provides=(Offer("Account", ("Member",)),),
        fields=(
            Field(
                "apiKey",
                "User key",
                "A user key of somebody who may see users: it begins with NRAK-.",
                secret=True,
                longest=200,
                pattern=r"[\x21-\x7e]+",
            ),
            Field(
                "region",
                "Region",
                "Where the organization's data is kept: US or EU. US if you leave it empty.",
                required=False,
                pattern="US|EU",
            ),
        ),
        image=PULSE,
        color=_COLOR,
        guide=(
            "Sign in to New Relic as somebody with the administration setting for authentication domains.",
            "Open the menu at your name, then API keys, and choose Create a key.",
            "Take the key type User, give it a name, and copy the key, which begins with NRAK-.",
            "Paste it here, and say whether your data is kept in the US or in the EU.",
        ),
    )

    def check(self, reach: Reach) -> None:
        """Whether the key may see users; any key of a user may ask, and is refused in the answer."""
        _domains(_wire(reach))

    def people(self, reach: Reach) -> Iterator[Person]:
        wire = _wire(reach)
        for domain in _domains(wire):
            yield from _users(wire, domain)


def _domains(wire: Wire) -> list[str]:
    found: list[str] = []
    cursor = ""
    for _ in range(_MOST_PAGES):
        said = _asked(wire, _DOMAINS, {"cursor": cursor or None})
        found += [_id(each) for each in items(wire.vendor, said, "authenticationDomains")]
        after = words(said, "nextCursor")
        if not after or after == cursor:
            break
        cursor = after
    return found


def _users(wire: Wire, domain: str) -> Iterator[Person]:
    cursor = ""
    for _ in range(_MOST_PAGES):
        said = _asked(wire, _USERS, {"domain": [domain], "cursor": cursor or None})
        of = items(wire.vendor, said, "authenticationDomains")
        users = of[0].get("users") if of and isinstance(of[0], Mapping) else None
        for each in items(wire.vendor, users, "users"):
            yield Person(_id(each), words(each, "name"), words(each, "email"))
        after = words(users, "nextCursor")
        if not after or after == cursor:
            return
        cursor = after


def _id(of: Any) -> str:
    found = words(of, "id")
    if not found:
        raise nonsense("New Relic")
    return found


def _asked(wire: Wire, query: str, variables: Mapping[str, Any]) -> Any:
    """The authentication domains of an answer. NerdGraph says 200 to what it refuses, with `errors` in the body."""
    said = wire.ask("POST", "/graphql", body={"query": query, "variables": variables})
    errors = said.fields.get("errors")
    if isinstance(errors, list) and errors:
        why = _why(said) or "without a reason"
        if any(words(each, "extensions", "errorClass") in _LATER for each in errors):
            raise Unclear(f"New Relic cannot answer now: {why}")
        raise Declined(f"New Relic does not let us in: {why}")
    found = said.body
    for name in ("data", "actor", "organization", "userManagement", "authenticationDomains"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _why(said: Said) -> str:
    errors = said.fields.get("errors")
    texts = [words(each, "message") for each in errors] if isinstance(errors, list) else []
    return "; ".join(text for text in texts if text)


def _wire(reach: Reach) -> Wire:
    key = setting(reach, "apiKey")
    if not key:
        raise Declined("New Relic needs a user key")
    base = reach.endpoint or APIS.get(setting(reach, "region") or "US", APIS["US"])
    return Wire(Way("New Relic", reach), base, {"API-Key": key}, why=_why)


provider = NewRelic()
