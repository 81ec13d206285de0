"""GitHub: an organization's members, teams and repositories, through PyGithub.

Members are known by their logins in lower case, teams by `team:` and their number, repositories by their number: a
team and a person can be in a repository both, and names change. What is made here has the connection's id in its
description, by which it is found again.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
from hyway.providers import github_parts as parts
from hyway.providers.basis import Basis, first, named, setting, slug
from hyway.providers.github_parts import Hub
from hyway.providers.marks import BRANCH

if TYPE_CHECKING:
    from github.NamedUser import NamedUser
    from github.Repository import Repository
    from github.Team import Team

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_TEAM = "team:"
_SCOPES = {"admin:org", "repo"}


class GitHub(Basis):
    entry = Entry(
        type="github",
        name="GitHub",
        description="Members, teams and repositories of your organization; who is in them comes and goes with yours.",
        provides=(
            Offer("User", ("Member",), needs_input=True, is_importable=True),
            Offer("GitTeam", ("Team",), is_importable=True),
            Offer("GitRepository", ("Project", "App"), is_importable=True),
        ),
        fields=(
            Field("organization", "Organization", "As in its address: github.com/acme.", pattern=parts.LOGIN),
            Field(
                "token",
                "Access token",
                "Of an owner of the organization, made for it alone.",
                secret=True,
                pattern=r"[\x21-\x7e]+",
            ),
        ),
        image=BRANCH,
        color="#24292f",
        guide=(
            "Sign in to GitHub as an owner of the organization, best as a person made for this server.",
            "Open Settings, Developer settings, Personal access tokens, Fine-grained tokens, and generate a new one.",
            "Take the organization as the resource owner, and all repositories. Under repository permissions allow"
            " Administration: read and write; under organization permissions Members: read and write.",
            "A classic token does as well: its scopes are repo and admin:org.",
            "Copy the token, which is shown once, and paste it here with the organization's name.",
        ),
    )

    def check(self, reach: Reach) -> None:
        """Whether the token is an owner's; a classic one says what it may, and must be allowed what is needed."""
        with _hub(reach) as hub:
            mine = hub.client.get_user().get_organization_membership(hub.name)
            if mine.state != "active" or mine.role != "admin":
                raise Declined(f"The token must be of an owner of {hub.name} at GitHub")
            scopes = {each for each in hub.client.oauth_scopes or () if each}
            if scopes and _SCOPES - scopes:
                raise Declined(f"The token lacks the scope {' and '.join(sorted(_SCOPES - scopes))}")

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> list[Resource]:
        with _hub(reach) as hub:
            if type == "User":
                return named(parts.people(hub))
            if type == "GitTeam":
                return named(Resource(f"{_TEAM}{each.id}", each.name) for each in first(hub.org.get_teams()))
            if type == "GitRepository":
                return named(Resource(str(each.id), each.full_name) for each in first(hub.org.get_repos()))
        raise self.unknown(type)

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        with _hub(reach) as hub:
            if type == "User":
                return _member(hub, input)
            if type == "GitTeam":
                return _told_team(_team_of(hub, input) or _new_team(hub, entity, input, key))
            if type == "GitRepository":
                return _told_repository(_repository_made(hub, entity, input, key))
        raise self.unknown(type)

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """A member leaves the organization, a team is deleted, a repository is archived: its history stays."""
        with _hub(reach) as hub, parts.absent():
            if type == "User":
                hub.org.remove_from_membership(_somebody(hub, remote))
            elif type == "GitTeam":
                _team(hub, remote).delete()
            elif type == "GitRepository":
                repository = _repository(hub, remote)
                if not repository.archived:
                    repository.edit(archived=True)

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        """Those who are invited are in too."""
        with _hub(reach) as hub:
            if type == "GitTeam":
                return _in_team(_team(hub, remote))
            if type == "GitRepository":
                return _in_repository(_repository(hub, remote))
        raise self.unknown(type)

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        """As a member of a team, or to push to a repository; who may do more already keeps that."""
        with _hub(reach) as hub:
            if type == "GitTeam":
                team, person = _team(hub, remote), parts.person(hub, who)
                if parts.found(lambda: team.get_team_membership(person)) is None:
                    team.add_membership(person, "member")
            elif type == "GitRepository":
                _into_repository(hub, _repository(hub, remote), who)
            else:
                raise self.unknown(type)

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        with _hub(reach) as hub, parts.absent():
            if type == "GitTeam":
                _team(hub, remote).remove_membership(_somebody(hub, who))
            elif type == "GitRepository":
                _out_of_repository(hub, _repository(hub, remote), who)
            else:
                raise self.unknown(type)

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        """The login of a connected account: GitHub tells nobody's login by an address."""
        login = accounts.get("github", "")
        return login.casefold() if re.fullmatch(parts.LOGIN, login) else ""


@contextmanager
def _hub(reach: Reach) -> Iterator[Hub]:
    """The organization, with whatever PyGithub raises told as Declined or Unclear."""
    name, token = setting(reach, "organization"), setting(reach, "token")
    if not name or not token:
        raise Declined("GitHub needs the name of an organization, and an access token")
    with parts.asking(name, token, reach) as hub:
        yield hub


def _somebody(hub: Hub, login: str) -> "NamedUser":
    """Whoever has the login; Declined for what leads elsewhere in an address."""
    if not re.fullmatch(parts.LOGIN, login):
        raise Declined("This is not the name of anybody at GitHub")
    return hub.client.get_user(login)


def _ours(description: str | None, key: str) -> bool:
    return key in (description or "")


def _mark(entity: Entity, key: str) -> str:
    """The description of what is made for an entity."""
    return f"{' '.join(entity.name.split())[:200]} ({key})"


def _member(hub: Hub, input: str) -> Made:
    """Somebody in the organization, invited if need be; an owner stays one."""
    person = parts.person(hub, parts.tail(input))
    membership = parts.found(lambda: person.get_organization_membership(hub.name))
    if membership is None:
        hub.org.add_to_members(person, "member")
    state = membership.state if membership is not None else "pending"
    told = {"identifier": person.login, "profileUrl": person.html_url, "state": state}
    return Made(person.login.casefold(), told)


def _team(hub: Hub, id: str) -> "Team":
    number = id.removeprefix(_TEAM)
    if not parts.is_number(number):
        raise Declined("This is not the id of a team at GitHub")
    team = hub.org.get_team(int(number))
    if team.organization.login.casefold() != hub.name.casefold():
        raise Declined(f"This team is not of {hub.name}")
    return team


def _team_of(hub: Hub, input: str) -> "Team | None":
    """The one that was named: by id, by its name in addresses, or by its name."""
    if not input:
        return None
    if input.startswith(_TEAM):
        return _team(hub, input)
    wanted = slug(parts.tail(input), 100, input)
    return parts.found(lambda: hub.org.get_team_by_slug(wanted))


def _new_team(hub: Hub, entity: Entity, input: str, key: str) -> "Team":
    """The one of the key, or a new one; Declined where one that is not ours has its name."""
    name = parts.tail(input) or entity.name
    for each in first(hub.org.get_teams()):
        if _ours(each.description, key):
            return each
        if each.name.casefold() == name.casefold():
            raise Declined(f"GitHub has a team {name} already: connect to it by its name")
    return hub.org.create_team(name, description=_mark(entity, key), privacy="closed")


def _told_team(team: "Team") -> Made:
    return Made(f"{_TEAM}{team.id}", {"name": team.name, "slug": team.slug, "url": team.html_url})


def _in_team(team: "Team") -> frozenset[str]:
    inside = {each.login.casefold() for each in first(team.get_members())}
    return frozenset(inside | {each.login.casefold() for each in first(team.invitations()) if each.login})


def _repository(hub: Hub, id: str) -> "Repository":
    if not parts.is_number(id):
        raise Declined("This is not the id of a repository at GitHub")
    return _of_ours(hub, hub.client.get_repo(int(id)))


def _of_ours(hub: Hub, repository: "Repository") -> "Repository":
    if repository.owner.login.casefold() != hub.name.casefold():
        raise Declined(f"This repository is not of {hub.name}")
    return repository


def _repository_made(hub: Hub, entity: Entity, input: str, key: str) -> "Repository":
    """The one that was named, by id or name; without a name the one of the key, or a new and private one."""
    if parts.is_number(input):
        return _repository(hub, input)
    name = parts.tail(input).removesuffix(".git") or slug(entity.name, 100, key)
    if not _NAME.fullmatch(name) or name in (".", ".."):
        raise Declined("This cannot be the name of a repository at GitHub")
    there = parts.found(lambda: hub.client.get_repo(f"{hub.name}/{name}"))
    if there is None:
        return hub.org.create_repo(name, description=_mark(entity, key), private=True)
    if not input and not _ours(there.description, key):
        raise Declined(f"GitHub has a repository {name} already: connect to it by its name")
    return _of_ours(hub, there)


def _told_repository(of: "Repository") -> Made:
    return Made(str(of.id), {"name": of.name, "fullName": of.full_name, "url": of.html_url})


def _in_repository(of: "Repository") -> frozenset[str]:
    people = {each.login.casefold() for each in first(of.get_collaborators(affiliation="direct"))}
    invited = {each.invitee.login.casefold() for each in first(of.get_pending_invitations()) if each.invitee}
    return frozenset(people | invited | {f"{_TEAM}{each.id}" for each in first(of.get_teams())})


def _into_repository(hub: Hub, repository: "Repository", who: str) -> None:
    if who.startswith(_TEAM):
        team = _team(hub, who)
        if not any(each.id == team.id for each in first(repository.get_teams())):
            team.update_team_repository(repository, "push")
        return
    person = parts.person(hub, who)
    if repository.get_collaborator_permission(person) not in ("admin", "write"):
        repository.add_to_collaborators(person, "push")


def _out_of_repository(hub: Hub, repository: "Repository", who: str) -> None:
    if who.startswith(_TEAM):
        _team(hub, who).remove_from_repos(repository)
        return
    for each in first(repository.get_pending_invitations()):
        if each.invitee and each.invitee.login.casefold() == who:
            repository.remove_invitation(each.id)
    repository.remove_from_collaborators(_somebody(hub, who))


provider = GitHub()
