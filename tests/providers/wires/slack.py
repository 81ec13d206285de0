"""Slack's Web API, as its pages document it: a workspace with people and channels, and its page of invitations."""

import base64
import hashlib
from itertools import count
from typing import Any

from tests.make.loopback import Reply, Request
from tests.providers.wires.wire import Wire, form, reply

TOKEN, WORKSPACE, BOT = "xoxb-1-app", "T0000ACME", "U0000BOT1"
CLIENT, SECRET = "11.22", "an app's secret"
Row = dict[str, Any]
ALL_SCOPES = (
    "channels:join,channels:manage,channels:read,groups:read,groups:write,users:read,users:read.email"
)


class Slack(Wire):
    """`secret` is empty for an app that is public; `codes` are those that can be redeemed, with their challenge."""

    def __init__(self) -> None:
        super().__init__()
        self.scopes = ALL_SCOPES
        self.secret = SECRET
        self.codes: dict[str, str] = {}
        self.rotates = False
        self.users: dict[str, Row] = {}
        self.channels: dict[str, Row] = {}
        self._ids = count(1000001)
        for method in ("auth.test", "users.list", "users.info", "users.lookupByEmail", "oauth.v2.access"):
            self._takes(method)
        for method in (
            "list",
            "info",
            "create",
            "setPurpose",
            "join",
            "members",
            "invite",
            "kick",
            "archive",
        ):
            self._takes(f"conversations.{method}")

    def _takes(self, method: str) -> None:
        act = getattr(self, "_" + method.replace(".", "_"))
        self.on("POST", f"/api/{method}", lambda asked: self._ok(act(form(asked), asked)))

    def _ok(self, said: Row | str) -> Reply:
        body = {"ok": False, "error": said} if isinstance(said, str) else {"ok": True, **said}
        return reply(200, body, X_OAuth_Scopes=self.scopes)

    def user(self, name: str, email: str, **more: Any) -> str:
        id = f"U{next(self._ids)}"
        first, _, last = name.partition(" ")
        profile = {"email": email, "first_name": first, "last_name": last, "real_name": name}
        self.users[id] = {"id": id, "name": name.lower(), "deleted": False, "profile": profile, **more}
        return id

    def channel(self, name: str, creator: str = "U9999999", **more: Any) -> str:
        id = f"C{next(self._ids)}"
        made = {"id": id, "name": name, "creator": creator, "is_archived": False, "purpose": {"value": ""}}
        self.channels[id] = {**made, "members": [creator], **more}
        return id

    def _shown(self, of: Row) -> Row:
        members = of["members"]
        return {
            **{name: value for name, value in of.items() if name != "members"},
            "is_member": BOT in members,
        }

    def refused(self, asked: Request) -> Reply | None:
        if asked.path == "/api/oauth.v2.access" or asked.headers["Authorization"] == f"Bearer {TOKEN}":
            return None
        return reply(200, {"ok": False, "error": "invalid_auth"})

    def _page(self, name: str, found: list[Any], told: dict[str, str]) -> Row:
        start, size = int(told.get("cursor") or 0), int(told.get("limit", 100))
        after = str(start + size) if start + size < len(found) else ""
        return {name: found[start : start + size], "response_metadata": {"next_cursor": after}}

    def _auth_test(self, told: dict[str, str], asked: Request) -> Row:
        return {"team": "Acme", "team_id": WORKSPACE, "user": "hyway", "user_id": BOT, "bot_id": "B1"}

    def _users_list(self, told: dict[str, str], asked: Request) -> Row:
        return self._page("members", list(self.users.values()), told)

    def _users_info(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.users.get(told["user"])
        return {"user": {**found, "real_name": found["profile"]["real_name"]}} if found else "user_not_found"

    def _users_lookupByEmail(self, told: dict[str, str], asked: Request) -> Row | str:
        same = (each for each in self.users.values() if each["profile"]["email"] == told["email"].lower())
        found = next(same, None)
        return {"user": {**found, "real_name": found["profile"]["real_name"]}} if found else "users_not_found"

    def _conversations_list(self, told: dict[str, str], asked: Request) -> Row:
        seen = [
            self._shown(each)
            for each in self.channels.values()
            if not each["is_archived"] and (not each.get("is_private") or BOT in each["members"])
        ]
        return self._page("channels", seen, told)

    def _conversations_info(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.channels.get(told["channel"])
        return {"channel": self._shown(found)} if found else "channel_not_found"

    def _conversations_create(self, told: dict[str, str], asked: Request) -> Row | str:
        name = told["name"]
        if not name.replace("-", "").replace("_", "").isalnum():
            return "invalid_name_specials"
        if any(each["name"] == name for each in self.channels.values()):
            return "name_taken"
        return {"channel": self._shown(self.channels[self.channel(name, BOT)])}

    def _conversations_setPurpose(self, told: dict[str, str], asked: Request) -> Row | str:
        self.channels[told["channel"]]["purpose"] = {"value": told["purpose"]}
        return {"channel": self._shown(self.channels[told["channel"]])}

    def _conversations_join(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.channels[told["channel"]]
        if BOT not in found["members"]:
            found["members"].append(BOT)
        return {"channel": self._shown(found)}

    def _conversations_members(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.channels.get(told["channel"])
        return self._page("members", found["members"], told) if found else "channel_not_found"

    def _conversations_invite(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.channels.get(told["channel"])
        if not found:
            return "channel_not_found"
        if BOT not in found["members"]:
            return "not_in_channel"
        if told["users"] == BOT:
            return "cant_invite_self"
        if told["users"] not in self.users:
            return "user_not_found"
        if told["users"] in found["members"]:
            return "already_in_channel"
        found["members"].append(told["users"])
        return {"channel": self._shown(found)}

    def _conversations_kick(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.channels.get(told["channel"])
        if not found:
            return "channel_not_found"
        if told["user"] not in found["members"]:
            return "not_in_channel"
        found["members"].remove(told["user"])
        return {}

    def _conversations_archive(self, told: dict[str, str], asked: Request) -> Row | str:
        found = self.channels.get(told["channel"])
        if not found:
            return "channel_not_found"
        if found["is_archived"]:
            return "already_archived"
        found["is_archived"] = True
        return {}

    def _oauth_v2_access(self, told: dict[str, str], asked: Request) -> Row | str:
        """With its secret an app says who it is by Basic authentication, without it in the body."""
        whole = base64.b64encode(f"{CLIENT}:{self.secret}".encode()).decode()
        if self.secret and asked.headers["Authorization"] != f"Basic {whole}":
            return "bad_client_secret"
        if not self.secret and told.get("client_id") != CLIENT:
            return "invalid_client_id"
        challenge = self.codes.pop(told["code"], None)
        if challenge is None:
            return "invalid_code"
        made = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        if challenge and base64.urlsafe_b64encode(made).rstrip(b"=").decode() != challenge:
            return "invalid_code_verifier"
        ending = {"refresh_token": "xoxe-1-x", "expires_in": 43200} if self.rotates else {}
        team = {"id": WORKSPACE, "name": "Acme"}
        return {
            "access_token": TOKEN,
            "token_type": "bot",
            "bot_user_id": BOT,
            "team": team,
            "scope": ALL_SCOPES,
            **ending,
        }
