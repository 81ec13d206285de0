"""GitHub's REST API, as its pages document it: an organization with people, teams and repositories."""

import re
from itertools import count
from typing import Any

from tests.make.loopback import Reply, Request
from tests.providers.wires.wire import Wire, query, reply, told

TOKEN, ORGANIZATION, OWNER = "ghp_owner", "acme", "ada"
Row = dict[str, Any]


class GitHub(Wire):
    """`scopes` are of a classic token; without them it is a fine-grained one, of which nothing is said."""

    def __init__(self) -> None:
        super().__init__()
        self.scopes = ""
        self.users: dict[str, Row] = {}
        self.roles: dict[str, Row] = {}
        self.teams: dict[int, Row] = {}
        self.repositories: dict[int, Row] = {}
        self._ids = count(101)
        self.user(OWNER, "Ada Lovelace", "ada@acme.example")
        self.roles[OWNER] = {"role": "admin", "state": "active"}
        self._of_people()
        self._of_teams()
        self._of_repositories()

    def user(self, login: str, name: str = "", email: str = "", type: str = "User") -> None:
        self.users[login.casefold()] = {
            "login": login,
            "id": next(self._ids),
            "type": type,
            "name": name or None,
            "email": email or None,
            "html_url": f"https://github.com/{login}",
        }

    def member(self, login: str, name: str = "", email: str = "") -> None:
        self.user(login, name, email)
        self.roles[login.casefold()] = {"role": "member", "state": "active"}

    def team(self, name: str, description: str = "") -> int:
        id = next(self._ids)
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        made = {"id": id, "name": name, "slug": slug, "description": description}
        self.teams[id] = {**made, "members": {}, "repos": {}}
        return id

    def repository(self, name: str, description: str = "", owner: str = ORGANIZATION) -> int:
        id = next(self._ids)
        made = {"id": id, "name": name, "description": description, "owner": owner, "archived": False}
        self.repositories[id] = {**made, "private": True, "people": {}, "invited": {}}
        return id

    def missing(self) -> Reply:
        body = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}
        return reply(404, body)

    def refused(self, asked: Request) -> Reply | None:
        if asked.headers["Authorization"] in (f"token {TOKEN}", f"Bearer {TOKEN}"):
            return None
        body = {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}
        return reply(401, body)

    # People.

    def _of_people(self) -> None:
        self.on("GET", "/user/memberships/orgs/{org}", self._mine)
        self.on("GET", "/orgs/{org}", lambda asked, org: reply(200, self._shown_org()))
        self.on("GET", "/users/{login}", lambda asked, login: self._user(login))
        self.on("GET", "/orgs/{org}/memberships/{login}", self._membership)
        self.on("PUT", "/orgs/{org}/memberships/{login}", self._invite)
        self.on("DELETE", "/orgs/{org}/memberships/{login}", self._leave)
        self.on("POST", "/graphql", self._graphql)

    def _shown_org(self) -> Row:
        return {"login": ORGANIZATION, "id": 1, "url": f"{self.home}/orgs/{ORGANIZATION}"}

    def _shown_user(self, login: str) -> Row:
        return {**self.users[login], "url": f"{self.home}/users/{self.users[login]['login']}"}

    def _user(self, login: str) -> Reply:
        known = login.casefold() in self.users
        return reply(200, self._shown_user(login.casefold())) if known else self.missing()

    def _mine(self, asked: Request, org: str) -> Reply:
        headers = {"X_OAuth_Scopes": self.scopes} if self.scopes else {}
        if org != ORGANIZATION:
            return self.missing()
        return reply(200, {**self.roles[OWNER], "organization": self._shown_org()}, **headers)

    def _membership(self, asked: Request, org: str, login: str) -> Reply:
        role = self.roles.get(login.casefold())
        return reply(200, role) if role else self.missing()

    def _invite(self, asked: Request, org: str, login: str) -> Reply:
        known = self.roles.get(login.casefold())
        self.roles[login.casefold()] = {
            "state": known["state"] if known else "pending",
            "role": told(asked)["role"],
        }
        return reply(200, self.roles[login.casefold()])

    def _leave(self, asked: Request, org: str, login: str) -> Reply:
        return reply(204) if self.roles.pop(login.casefold(), None) else self.missing()

    def _graphql(self, asked: Request) -> Reply:
        variables = told(asked)["variables"]
        if variables["name"] != ORGANIZATION:
            error = {"type": "NOT_FOUND", "path": ["organization"], "message": "Could not resolve to an org."}
            return reply(200, {"data": {"organization": None}, "errors": [error]})
        inside = [login for login, role in self.roles.items() if role["state"] == "active"]
        start = int(variables["after"] or 0)
        nodes = [self._node(login) for login in inside[start : start + 100]]
        more = {"endCursor": str(start + len(nodes)), "hasNextPage": start + 100 < len(inside)}
        return reply(200, {"data": {"organization": {"membersWithRole": {"pageInfo": more, "nodes": nodes}}}})

    def _node(self, login: str) -> Row:
        user = self.users[login]
        email = user["email"] or ""
        own = [email] if email.endswith("@acme.example") else []
        return {
            "login": user["login"],
            "name": user["name"],
            "email": "" if own else email,
            "organizationVerifiedDomainEmails": own,
        }

    # Teams.

    def _of_teams(self) -> None:
        self.on("GET", "/orgs/{org}/teams", self._team_list)
        self.on("POST", "/orgs/{org}/teams", self._team_new)
        self.on("GET", "/orgs/{org}/teams/{slug}", self._team_by_slug)
        self.on("GET", "/teams/{id}", lambda asked, id: self._team(id))
        self.on("DELETE", "/organizations/1/team/{id}", self._team_gone)
        self.on("GET", "/organizations/1/team/{id}/members", self._team_members)
        self.on("GET", "/organizations/1/team/{id}/invitations", self._team_invitations)
        self.on("GET", "/organizations/1/team/{id}/memberships/{login}", self._team_membership)
        self.on("PUT", "/organizations/1/team/{id}/memberships/{login}", self._team_join)
        self.on("DELETE", "/organizations/1/team/{id}/memberships/{login}", self._team_leave)
        self.on("PUT", "/orgs/{org}/teams/{slug}/repos/{owner}/{name}", self._team_repository)
        self.on("DELETE", "/organizations/1/team/{id}/repos/{owner}/{name}", self._team_repository_gone)

    def _shown_team(self, of: Row) -> Row:
        names = ("id", "name", "slug", "description")
        return {
            **{name: of[name] for name in names},
            "url": f"{self.home}/organizations/1/team/{of['id']}",
            "html_url": f"https://github.com/orgs/{ORGANIZATION}/teams/{of['slug']}",
            "organization": self._shown_org(),
        }

    def _pages(self, asked: Request, found: list[Row]) -> Reply:
        """With the address of the next page in a Link header, as long as there is one."""
        page, size = int(query(asked).get("page", 1)), int(query(asked).get("per_page", 30))
        headers = {}
        if page * size < len(found):
            path = asked.path.partition("?")[0]
            headers = {"Link": f'<{self.home}{path}?page={page + 1}&per_page={size}>; rel="next"'}
        return reply(200, found[(page - 1) * size : page * size], **headers)

    def _team_list(self, asked: Request, org: str) -> Reply:
        return self._pages(asked, [self._shown_team(each) for each in self.teams.values()])

    def _team_new(self, asked: Request, org: str) -> Reply:
        body = told(asked)
        if any(each["name"].casefold() == body["name"].casefold() for each in self.teams.values()):
            errors = [{"resource": "Team", "code": "unprocessable", "message": "Name must be unique"}]
            return reply(422, {"message": "Validation Failed", "errors": errors})
        return reply(201, self._shown_team(self.teams[self.team(body["name"], body.get("description", ""))]))

    def _team_by_slug(self, asked: Request, org: str, slug: str) -> Reply:
        found = next((each for each in self.teams.values() if each["slug"] == slug), None)
        return reply(200, self._shown_team(found)) if found else self.missing()

    def _team(self, id: str) -> Reply:
        found = self.teams.get(int(id))
        return reply(200, self._shown_team(found)) if found else self.missing()

    def _team_gone(self, asked: Request, id: str) -> Reply:
        return reply(204) if self.teams.pop(int(id), None) else self.missing()

    def _team_members(self, asked: Request, id: str) -> Reply:
        inside = [login for login, of in self.teams[int(id)]["members"].items() if of["state"] == "active"]
        return self._pages(asked, [self._shown_user(each) for each in inside])

    def _team_invitations(self, asked: Request, id: str) -> Reply:
        invited = [login for login, of in self.teams[int(id)]["members"].items() if of["state"] == "pending"]
        shown = [{"id": at, "login": self.users[each]["login"]} for at, each in enumerate(invited)]
        return self._pages(asked, shown)

    def _team_membership(self, asked: Request, id: str, login: str) -> Reply:
        found = self.teams[int(id)]["members"].get(login.casefold())
        return reply(200, found) if found else self.missing()

    def _team_join(self, asked: Request, id: str, login: str) -> Reply:
        state = "active" if login.casefold() in self.roles else "pending"
        self.teams[int(id)]["members"][login.casefold()] = {"role": told(asked)["role"], "state": state}
        return reply(200, self.teams[int(id)]["members"][login.casefold()])

    def _team_leave(self, asked: Request, id: str, login: str) -> Reply:
        gone = self.teams[int(id)]["members"].pop(login.casefold(), None)
        return reply(204) if gone else self.missing()

    def _team_repository(self, asked: Request, org: str, slug: str, owner: str, name: str) -> Reply:
        team = next(each for each in self.teams.values() if each["slug"] == slug)
        team["repos"][name] = told(asked)["permission"]
        return reply(204)

    def _team_repository_gone(self, asked: Request, id: str, owner: str, name: str) -> Reply:
        self.teams[int(id)]["repos"].pop(name, None)
        return reply(204)

    # Repositories.

    def _of_repositories(self) -> None:
        self.on("GET", "/orgs/{org}/repos", self._repository_list)
        self.on("POST", "/orgs/{org}/repos", self._repository_new)
        self.on("GET", "/repos/{owner}/{name}", lambda asked, owner, name: self._repository(owner, name))
        self.on("GET", "/repositories/{id}", self._repository_by_id)
        self.on("PATCH", "/repos/{owner}/{name}", self._repository_changed)
        self.on("GET", "/repos/{owner}/{name}/collaborators", self._collaborators)
        self.on("GET", "/repos/{owner}/{name}/collaborators/{login}/permission", self._permission)
        self.on("PUT", "/repos/{owner}/{name}/collaborators/{login}", self._collaborate)
        self.on("DELETE", "/repos/{owner}/{name}/collaborators/{login}", self._collaborator_gone)
        self.on("GET", "/repos/{owner}/{name}/invitations", self._invitations)
        self.on("DELETE", "/repos/{owner}/{name}/invitations/{id}", self._invitation_gone)
        self.on("GET", "/repos/{owner}/{name}/teams", self._repository_teams)

    def _named(self, owner: str, name: str) -> Row | None:
        same = (each for each in self.repositories.values() if (each["owner"], each["name"]) == (owner, name))
        return next(same, None)

    def _shown_repository(self, of: Row) -> Row:
        full = f"{of['owner']}/{of['name']}"
        return {
            **{name: of[name] for name in ("id", "name", "description", "archived", "private")},
            "full_name": full,
            "owner": {"login": of["owner"], "id": 1, "url": f"{self.home}/users/{of['owner']}"},
            "url": f"{self.home}/repos/{full}",
            "html_url": f"https://github.com/{full}",
        }

    def _repository(self, owner: str, name: str) -> Reply:
        found = self._named(owner, name)
        return reply(200, self._shown_repository(found)) if found else self.missing()

    def _repository_by_id(self, asked: Request, id: str) -> Reply:
        found = self.repositories.get(int(id))
        return reply(200, self._shown_repository(found)) if found else self.missing()

    def _repository_list(self, asked: Request, org: str) -> Reply:
        ours = [each for each in self.repositories.values() if each["owner"] == org]
        return self._pages(asked, [self._shown_repository(each) for each in ours])

    def _repository_new(self, asked: Request, org: str) -> Reply:
        body = told(asked)
        if self._named(org, body["name"]):
            errors = [{"resource": "Repository", "code": "custom", "message": "name already exists"}]
            return reply(422, {"message": "Repository creation failed.", "errors": errors})
        id = self.repository(body["name"], body.get("description", ""), org)
        self.repositories[id]["private"] = body.get("private", False)
        return reply(201, self._shown_repository(self.repositories[id]))

    def _repository_changed(self, asked: Request, owner: str, name: str) -> Reply:
        found = self._named(owner, name)
        assert found
        found["archived"] = told(asked)["archived"]
        return reply(200, self._shown_repository(found))

    def _collaborators(self, asked: Request, owner: str, name: str) -> Reply:
        found = self._named(owner, name)
        assert found
        assert query(asked)["affiliation"] == "direct"
        return self._pages(asked, [self._shown_user(each) for each in found["people"]])

    def _permission(self, asked: Request, owner: str, name: str, login: str) -> Reply:
        found = self._named(owner, name)
        assert found
        mine = self.roles.get(login.casefold(), {}).get("role")
        otherwise = {"admin": "admin", "member": "read"}.get(mine or "", "none")
        permission = found["people"].get(login.casefold(), otherwise)
        return reply(200, {"permission": permission, "role_name": permission})

    def _collaborate(self, asked: Request, owner: str, name: str, login: str) -> Reply:
        found = self._named(owner, name)
        assert found
        if login.casefold() in self.roles:
            found["people"][login.casefold()] = {"push": "write"}[told(asked)["permission"]]
            return reply(204)
        id = next(self._ids)
        found["invited"][id] = login.casefold()
        return reply(201, {"id": id, "invitee": self._shown_user(login.casefold()), "permissions": "write"})

    def _collaborator_gone(self, asked: Request, owner: str, name: str, login: str) -> Reply:
        found = self._named(owner, name)
        assert found
        found["people"].pop(login.casefold(), None)
        return reply(204)

    def _invitations(self, asked: Request, owner: str, name: str) -> Reply:
        found = self._named(owner, name)
        assert found
        shown = [{"id": id, "invitee": self._shown_user(each)} for id, each in found["invited"].items()]
        return self._pages(asked, shown)

    def _invitation_gone(self, asked: Request, owner: str, name: str, id: str) -> Reply:
        found = self._named(owner, name)
        assert found
        return reply(204) if found["invited"].pop(int(id), None) else self.missing()

    def _repository_teams(self, asked: Request, owner: str, name: str) -> Reply:
        inside = [each for each in self.teams.values() if name in each["repos"]]
        return self._pages(asked, [self._shown_team(each) for each in inside])
