"""incident.io: the accounts of an organization's responders, by its API of the second version."""

from collections.abc import Iterator, Mapping
from typing import Any

from hyway.domain.connections import Declined, Entry, Field, Offer, Reach
from hyway.providers.basis import MOST, setting
from hyway.providers.marks import FLAME
from hyway.providers.rosters import Person, Roster
from hyway.providers.ways import Way
from hyway.providers.wire import Said, Wire, items, nonsense, part, words

API = "https://api.incident.io"
_PAGE = 250
_COLOR = "#f25533"


def _why(said: Said) -> str:
    """`errors` say it best, then the `type` of the refusal."""
    errors = said.fields.get("errors")
    texts = [words(each, "message") for each in errors] if isinstance(errors, list) else []
    return "; ".join(text for text in texts if text) or words(said.body, "type")


class IncidentIo(Roster):
    entry = Entry(
        type="incidentIo",
        name="incident.io",
        description="Know which account at incident.io is whose, so that who is on call is known by name.",
        provides=(Offer("Account", ("Member",)),),
        fields=(
            Field(
                "apiKey",
                "API key",
                "A key that may view users: made under Settings, API keys.",
                secret=True,
                longest=200,
                pattern=r"[\x21-\x7e]+",
            ),
        ),
        image=FLAME,
        color=_COLOR,
        guide=(
            "In incident.io, open Settings and then API keys.",
            "Choose Add new, and give the key a name by which you will know it.",
            "Give it the permission to view data, such as public incidents and organization settings.",
            "Copy the key, which is shown once, and paste it here.",
        ),
    )

    def check(self, reach: Reach) -> None:
        """`/v1/identity` answers any key; whether it may read users is asked too."""
        wire = _wire(reach)
        if not words(wire.ask("GET", "/v1/identity").body, "identity", "name"):
            raise nonsense("incident.io")
        items("incident.io", wire.ask("GET", "/v2/users", {"page_size": 1}).body, "users")

    def people(self, reach: Reach) -> Iterator[Person]:
        wire, after, seen = _wire(reach), "", set[str]()
        for _ in range(MOST // _PAGE):
            query: dict[str, str | int] = {"page_size": _PAGE, **({"after": after} if after else {})}
            said = wire.ask("GET", "/v2/users", query)
            yield from map(_person, items(self.entry.name, said.body, "users"))
            after = words(said.body, "pagination_meta", "after")
            if not after or after in seen:
                return
            seen.add(after)

    def matching(self, reach: Reach, wanted: str) -> list[Person]:
        wire = _wire(reach)
        if "@" in wanted:
            found = items(self.entry.name, wire.ask("GET", "/v2/users", {"email": wanted}).body, "users")
            return [each for each in map(_person, found) if each.email.casefold() == wanted.casefold()]
        said = wire.ask("GET", f"/v2/users/{part(wanted)}", fine=(404, 422))
        return [_person(said.fields.get("user"))] if said.status == 200 else []


def _person(of: Any) -> Person:
    if not isinstance(of, Mapping) or not words(of, "id"):
        raise nonsense("incident.io")
    return Person(words(of, "id"), words(of, "name"), words(of, "email"))


def _wire(reach: Reach) -> Wire:
    key = setting(reach, "apiKey")
    if not key:
        raise Declined("incident.io needs an API key")
    base = reach.endpoint or API
    return Wire(Way("incident.io", reach), base, {"Authorization": f"Bearer {key}"}, why=_why)


provider = IncidentIo()
