"""Google's token endpoint and its Directory API, as their pages document them: users and groups of a customer."""

import base64
import json
from functools import cache
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tests.make.loopback import Reply, Request
from tests.providers.wires.wire import Wire, form, query, reply, told

ACCOUNT, ADMINISTRATOR, DOMAIN, TOKEN = (
    "sync@acme.iam.example",
    "ada@acme.example",
    "acme.example",
    "ya29.token",
)
AUDIENCE = "https://oauth2.googleapis.com/token"
SCOPES = {
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
}
Row = dict[str, Any]


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem() -> bytes:
    return key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def service_account(**more: str) -> str:
    """The file that is downloaded for a key."""
    told = {
        "type": "service_account",
        "project_id": "acme",
        "private_key_id": "k1",
        "private_key": pem().decode(),
        "client_email": ACCOUNT,
        "client_id": "1000",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps({**told, **more})


class Google(Wire):
    """`delegated` are those whom the service account may act for."""

    def __init__(self) -> None:
        super().__init__()
        self.delegated = {ADMINISTRATOR}
        self.users: dict[str, Row] = {}
        self.groups: dict[str, Row] = {}
        self.members: dict[str, dict[str, Row]] = {}
        self._ids = count(1)
        base = "/admin/directory/v1"
        self.on("POST", "/token", self._token)
        self.on("GET", f"{base}/users", self._user_list)
        self.on("GET", f"{base}/users/{{key}}", self._user)
        self.on("GET", f"{base}/groups", self._group_list)
        self.on("POST", f"{base}/groups", self._group_new)
        self.on("GET", f"{base}/groups/{{key}}", self._group)
        self.on("DELETE", f"{base}/groups/{{key}}", self._group_gone)
        self.on("GET", f"{base}/groups/{{key}}/members", self._member_list)
        self.on("POST", f"{base}/groups/{{key}}/members", self._member_new)
        self.on("DELETE", f"{base}/groups/{{key}}/members/{{who}}", self._member_gone)

    def user(self, email: str, name: str, **more: Any) -> None:
        first, _, last = name.partition(" ")
        names = {"givenName": first, "familyName": last, "fullName": name}
        self.users[email.lower()] = {"id": str(next(self._ids)), "primaryEmail": email, "name": names, **more}

    def group(self, email: str, name: str, description: str = "") -> str:
        id = f"{next(self._ids):05}abc"
        made = {"kind": "admin#directory#group", "id": id, "email": email, "name": name}
        self.groups[id] = {**made, "description": description}
        self.members[id] = {}
        return id

    def put(self, group: str, email: str, role: str = "MEMBER", type: str = "USER") -> None:
        self.members[group][email.lower()] = {"email": email, "role": role, "type": type, "status": "ACTIVE"}

    def refused(self, asked: Request) -> Reply | None:
        if asked.path == "/token" or asked.headers["Authorization"] == f"Bearer {TOKEN}":
            return None
        return self.error(401, "Request had invalid authentication credentials.", "authError")

    def error(self, status: int, message: str, reason: str) -> Reply:
        errors = [{"message": message, "domain": "global", "reason": reason}]
        return reply(status, {"error": {"code": status, "message": message, "errors": errors}})

    def missing(self) -> Reply:
        return self.error(404, "Resource Not Found: groupKey", "notFound")

    def _token(self, asked: Request) -> Reply:
        """A JWT that the account's key signed, for these scopes, on behalf of somebody it may act for."""
        body = form(asked)
        assert body["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        try:
            claims = jwt.decode(body["assertion"], RSAKey.import_key(pem()), ["RS256"]).claims
        except JoseError:
            error = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
            return reply(400, error)
        told = {name: claims.get(name) for name in ("sub", "iss", "aud")}
        told["scopes"] = set(claims["scope"].split())
        wanted = {"iss": ACCOUNT, "scopes": SCOPES, "aud": AUDIENCE}
        if told.pop("sub") not in self.delegated or told != wanted:
            text = "Client is unauthorized to retrieve access tokens using this method."
            return reply(401, {"error": "unauthorized_client", "error_description": text})
        return reply(200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"})

    def _page(self, asked: Request, name: str, found: list[Row]) -> Reply:
        """An empty list is left out, and the token of the last page."""
        start = int(base64.b64decode(query(asked).get("pageToken", "")) or 0)
        size = int(query(asked).get("maxResults", 200))
        body: Row = {"kind": f"admin#directory#{name}"}
        if found[start : start + size]:
            body[name] = found[start : start + size]
        if start + size < len(found):
            body["nextPageToken"] = base64.b64encode(str(start + size).encode()).decode()
        return reply(200, body)

    def _mine(self, asked: Request) -> bool:
        return query(asked).get("customer") == "my_customer" or query(asked).get("domain") == DOMAIN

    def _user_list(self, asked: Request) -> Reply:
        if not self._mine(asked):
            return self.error(404, "Domain not found.", "domainNotFound")
        return self._page(asked, "users", list(self.users.values()))

    def _user(self, asked: Request, key: str) -> Reply:
        found = self.users.get(key.lower())
        return reply(200, found) if found else self.error(404, "Resource Not Found: userKey", "notFound")

    def _group_list(self, asked: Request) -> Reply:
        if not self._mine(asked):
            return self.error(404, "Domain not found.", "domainNotFound")
        return self._page(asked, "groups", list(self.groups.values()))

    def _of(self, key: str) -> Row | None:
        same = (each for each in self.groups.values() if key.lower() in (each["id"], each["email"].lower()))
        return next(same, None)

    def _group(self, asked: Request, key: str) -> Reply:
        found = self._of(key)
        return reply(200, found) if found else self.missing()

    def _group_new(self, asked: Request) -> Reply:
        body = told(asked)
        if not body["email"].endswith(f"@{DOMAIN}"):
            return self.error(403, "Not Authorized to access this resource/api", "forbidden")
        if self._of(body["email"]) or body["email"].lower() in self.users:
            return self.error(409, "Entity already exists.", "duplicate")
        return reply(200, self.groups[self.group(body["email"], body["name"], body.get("description", ""))])

    def _group_gone(self, asked: Request, key: str) -> Reply:
        found = self._of(key)
        return reply(204) if found and self.groups.pop(found["id"]) else self.missing()

    def _member_list(self, asked: Request, key: str) -> Reply:
        found = self._of(key)
        return (
            self._page(asked, "members", list(self.members[found["id"]].values()))
            if found
            else self.missing()
        )

    def _member_new(self, asked: Request, key: str) -> Reply:
        found, body = self._of(key), told(asked)
        if not found:
            return self.missing()
        if body["email"].lower() in self.members[found["id"]]:
            return self.error(409, "Member already exists.", "duplicate")
        self.put(found["id"], body["email"], body["role"])
        return reply(200, self.members[found["id"]][body["email"].lower()])

    def _member_gone(self, asked: Request, key: str, who: str) -> Reply:
        found = self._of(key)
        gone = self.members[found["id"]].pop(who.lower(), None) if found else None
        return reply(204) if gone else self.error(404, "Resource Not Found: memberKey", "notFound")
