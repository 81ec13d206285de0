"""Google Workspace: groups as distribution lists, and users, by the Directory API; google-auth lets us in.

A service account acts for an administrator (domain-wide delegation). Of its file nothing but the e-mail address and the
key is used: the addresses in it could be anybody's.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hyway.domain.connections import (
    ConnectionType,
    Declined,
    Entity,
    Entry,
    Field,
    Made,
    Offer,
    Reach,
    Resource,
)
from hyway.providers import google_parts as parts
from hyway.providers.basis import Basis, first, named, setting, slug
from hyway.providers.marks import LETTERS
from hyway.providers.wire import Wire, items, nonsense, part, words

_DOMAIN = r"([A-Za-z0-9]([A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9\-]{0,62}"
_ADDRESS = re.compile(r"[^@\s/]{1,64}@" + _DOMAIN)
_DIRECTORY = "/admin/directory/v1"
_MOST_PAGES = 100
_NOT_LISTS = {"GROUP", "CUSTOMER"}


class GoogleWorkspace(Basis):
    entry = Entry(
        type="googleWorkspace",
        name="Google Workspace",
        description="Groups as distribution lists; who is in them comes and goes with your teams.",
        provides=(
            Offer("DistributionList", ("Team", "Organization", "Project", "App"), is_importable=True),
            Offer("User", ("Member",), is_importable=True),
        ),
        fields=(
            Field("domain", "Domain", "New groups get their addresses in it: acme.com.", pattern=_DOMAIN),
            Field(
                "administrator",
                "Administrator",
                "The e-mail address of the administrator that the service account acts for.",
                pattern=_ADDRESS.pattern,
            ),
            Field(
                "serviceAccount",
                "Key of the service account",
                "The whole JSON file.",
                secret=True,
                longest=8_000,
            ),
        ),
        image=LETTERS,
        color="#1a5fb4",
        guide=(
            "In the Google Cloud console make a project, and turn on its Admin SDK API.",
            "Under IAM & Admin, Service accounts, create one without roles; open it, and under Keys add a JSON key.",
            "Copy the service account's unique id, which is a number.",
            "In the Admin console open Security, Access and data control, API controls, Domain-wide delegation, and add"
            f" that id with the scopes {', '.join(parts.SCOPES)}.",
            "Give here the domain, the address of an administrator who may manage groups and see users, and the key.",
        ),
    )

    def check(self, reach: Reach) -> None:
        """Whether users and groups may be read; of the domain, so that one that is not theirs is refused too."""
        wire = parts.wire(reach)
        query: dict[str, str | int] = {"domain": setting(reach, "domain"), "maxResults": 1}
        for name in ("users", "groups"):
            next(_pages(wire, f"/{name}", name, query), None)

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> list[Resource]:
        wire = parts.wire(reach)
        if type == "DistributionList":
            groups = _pages(wire, "/groups", "groups", {"customer": "my_customer"})
            return named(map(_group, first(groups)))
        if type == "User":
            users = _pages(wire, "/users", "users", {"customer": "my_customer", "maxResults": 500})
            return named(_user(each) for each in first(users) if not each.get("suspended"))
        raise self.unknown(type)

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        wire = parts.wire(reach)
        if type == "User":
            return _person(wire, input or entity.email, entity)
        if type == "DistributionList":
            return _list_made(wire, setting(reach, "domain"), entity, input, key)
        raise self.unknown(type)

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """The group is deleted; users stay."""
        if type == "DistributionList":
            parts.wire(reach).ask("DELETE", f"{_DIRECTORY}/groups/{part(remote)}", fine=(404,))

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        """E-mail addresses in lower case; groups in the group are not people."""
        self._list_alone(type)
        path = f"/groups/{part(remote)}/members"
        found = first(_pages(parts.wire(reach), path, "members", {"maxResults": 200}))
        people = (each for each in found if words(each, "type") not in _NOT_LISTS)
        return frozenset(words(each, "email").casefold() for each in people) - {""}

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        """As a member; an owner or a manager stays one."""
        self._list_alone(type)
        body = {"email": who, "role": "MEMBER"}
        parts.wire(reach).ask("POST", f"{_DIRECTORY}/groups/{part(remote)}/members", body=body, fine=(409,))

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        self._list_alone(type)
        path = f"{_DIRECTORY}/groups/{part(remote)}/members/{part(who)}"
        parts.wire(reach).ask("DELETE", path, fine=(404,))

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        """The address: groups have people of other domains too."""
        return email.casefold()

    def _list_alone(self, type: str) -> None:
        if type != "DistributionList":
            raise self.unknown(type)


def _pages(wire: Wire, path: str, name: str, query: Mapping[str, str | int]) -> Iterator[Any]:
    """What is in all pages of a list; Google leaves an empty list out."""
    token = ""
    for _ in range(_MOST_PAGES):
        more = {**query, "pageToken": token} if token else query
        body = wire.ask("GET", _DIRECTORY + path, more).body
        if not isinstance(body, dict):
            raise nonsense(wire.vendor)
        for each in items(wire.vendor, {name: [], **body}, name):
            if not isinstance(each, dict):
                raise nonsense(wire.vendor)
            yield each
        token = words(body, "nextPageToken")
        if not token:
            return


def _group(of: Any) -> Resource:
    """By its own id: Google advises against keeping addresses, because they change."""
    id, email = words(of, "id"), words(of, "email")
    if not id or not email:
        raise nonsense("Google")
    return Resource(id, words(of, "name") or email, {"email": email})


def _user(of: Any) -> Resource:
    email = words(of, "primaryEmail").casefold()
    if not email:
        raise nonsense("Google")
    told = {"firstName": words(of, "name", "givenName"), "lastName": words(of, "name", "familyName")}
    more = {"email": email, **{name: text for name, text in told.items() if text}}
    return Resource(email, words(of, "name", "fullName") or email, more)


def _person(wire: Wire, wanted: str, entity: Entity) -> Made:
    """Somebody who has an account there; we make none."""
    if not _ADDRESS.fullmatch(wanted):
        raise Declined(f"{entity.name} has no e-mail address to be found by at Google")
    said = wire.ask("GET", f"{_DIRECTORY}/users/{part(wanted)}", fine=(404,))
    if said.status == 404:
        raise Declined(f"Nobody in the workspace at Google has the address {wanted}")
    found = _user(said.body)
    return Made(found.id, {"identifier": found.id, "name": found.name})


def _list_made(wire: Wire, domain: str, entity: Entity, input: str, key: str) -> Made:
    """The group that was named, by id or address; else the one of the key, or a new one."""
    address = input if "@" in input else f"{slug(input or entity.name, 64, key.replace('_', '-'))}@{domain}"
    for wanted in dict.fromkeys((input, address)):
        there = _there(wire, wanted) if wanted else None
        if there is not None:
            break
    else:
        return _list_new(wire, address, entity, key)
    if not input and key not in words(there, "description"):
        raise Declined(f"Google has a group {address} already: connect to it by its address")
    return _told(there)


def _there(wire: Wire, wanted: str) -> Any:
    """The group of an id or an address; None where there is none, or what was asked for can be neither."""
    said = wire.ask("GET", f"{_DIRECTORY}/groups/{part(wanted)}", fine=(400, 404))
    return said.body if said.status == 200 else None


def _list_new(wire: Wire, address: str, entity: Entity, key: str) -> Made:
    if not _ADDRESS.fullmatch(address):
        raise Declined("This cannot be the address of a group at Google")
    name = " ".join(entity.name.split())[:70]
    body = {"email": address, "name": name, "description": f"{name} ({key})"}
    said = wire.ask("POST", f"{_DIRECTORY}/groups", body=body, fine=(409,))
    if said.status == 409:
        raise Declined(f"The address {address} is taken at Google")
    return _told(said.body)


def _told(group: Any) -> Made:
    found = _group(group)
    email = found.more["email"]
    return Made(found.id, {"name": found.name, "email": email})


provider = GoogleWorkspace()
