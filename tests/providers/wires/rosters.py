"""The wires of vendors that are asked for accounts alone, as their pages document them: npm, New Relic, incident.io."""

from typing import Any

from tests.make.loopback import Reply, Request
from tests.providers.wires.wire import Wire, query, reply, told

Row = dict[str, Any]


class Npm(Wire):
    """A registry: whose token it is, and who is in an organization with which role."""

    TOKEN, ORGANIZATION = "npm_token", "acme"

    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[str, str] = {"ada": "owner"}
        self.on("GET", "/-/whoami", lambda asked: reply(200, {"username": "ada"}))
        self.on("GET", "/-/org/{name}/user", self._users)

    def refused(self, asked: Request) -> Reply | None:
        if asked.headers["Authorization"] == f"Bearer {self.TOKEN}":
            return None
        return reply(401, {"error": "You must be logged in to do that"})

    def _users(self, asked: Request, name: str) -> Reply:
        return (
            reply(200, self.roles) if name == self.ORGANIZATION else reply(404, {"error": "Scope not found"})
        )


class NewRelic(Wire):
    """NerdGraph: GraphQL that says 200 to what it refuses. `size` is of its pages."""

    KEY = "NRAK-KEY"

    def __init__(self) -> None:
        super().__init__()
        self.domains: dict[str, list[Row]] = {"d-1": [], "d-2": []}
        self.size = 100
        self.may = True
        self.on("POST", "/graphql", self._graphql)

    def refused(self, asked: Request) -> Reply | None:
        if asked.headers["API-Key"] == self.KEY:
            return None
        return reply(401, {"errors": [{"message": "Invalid API key"}]})

    def user(self, domain: str, id: str, name: str, email: str) -> None:
        self.domains[domain].append({"id": id, "name": name, "email": email})

    def _graphql(self, asked: Request) -> Reply:
        if not self.may:
            error = {"message": "You are not authorized.", "extensions": {"errorClass": "ACCESS_DENIED"}}
            return reply(200, {"data": {"actor": {"organization": None}}, "errors": [error]})
        variables = told(asked)["variables"]
        cursor = variables["cursor"]
        if "domain" in variables:
            (domain,) = variables["domain"]
            users = self._page("users", self.domains[domain], cursor)
            found = {"authenticationDomains": [{"id": domain, "users": users}]}
        else:
            found = self._page("authenticationDomains", [{"id": each} for each in self.domains], cursor)
        management = {"userManagement": {"authenticationDomains": found}}
        return reply(200, {"data": {"actor": {"organization": management}}})

    def _page(self, name: str, found: list[Row], cursor: str | None) -> Row:
        start = int(cursor or 0)
        after = start + self.size
        return {name: found[start:after], "nextCursor": str(after) if after < len(found) else None}


class IncidentIo(Wire):
    KEY = "inc_key"

    def __init__(self) -> None:
        super().__init__()
        self.users: list[Row] = []
        self.on("GET", "/v1/identity", lambda asked: reply(200, {"identity": {"name": "Hyway", "roles": []}}))
        self.on("GET", "/v2/users", self._list)
        self.on("GET", "/v2/users/{id}", self._one)

    def user(self, id: str, name: str, email: str) -> None:
        self.users.append({"id": id, "name": name, "email": email, "role": "responder"})

    def refused(self, asked: Request) -> Reply | None:
        if asked.headers["Authorization"] == f"Bearer {self.KEY}":
            return None
        return self.error(401, "authentication_error", "unauthenticated", "The API key is not valid.")

    def missing(self) -> Reply:
        return self.error(404, "not_found", "not_found", "We could not find this user.")

    def error(self, status: int, type: str, code: str, message: str) -> Reply:
        errors = [{"code": code, "message": message}]
        return reply(status, {"type": type, "status": status, "request_id": "r-1", "errors": errors})

    def _list(self, asked: Request) -> Reply:
        wanted, size = query(asked), int(query(asked).get("page_size", 25))
        same = [each for each in self.users if wanted.get("email", each["email"]) == each["email"]]
        ids = [each["id"] for each in same]
        start = ids.index(wanted["after"]) + 1 if "after" in wanted else 0
        page = same[start : start + size]
        meta: Row = {"page_size": size, "total_record_count": len(same)}
        if start + size < len(same):
            meta["after"] = page[-1]["id"]
        return reply(200, {"users": page, "pagination_meta": meta})

    def _one(self, asked: Request, id: str) -> Reply:
        found = next((each for each in self.users if each["id"] == id), None)
        return reply(200, {"user": found}) if found else self.missing()
