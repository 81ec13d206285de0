"""A vendor on the loopback and a provider for it, `workshop`: it keeps lists, repositories, accounts and registries.

The vendor counts what was made, and has trouble when told to: it breaks off before or after it has done something,
takes its time, refuses, or talks nonsense. It hands out its lists two at a time.
"""

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import httpx

from hyway.domain.connections import ConnectionType, Entity, Resource
from hyway.domain.connections.providing import Declined, Entry, Field, Made, Offer, Reach, Unclear
from tests.make import loopback
from tests.make.loopback import Request

TOKEN = "wk_51Hsecret"
CODE = "424242"
STILL_IDS = tuple(f"res_{number:024x}" for number in (1, 2))
TYPE = "workshop"
_PAGE = 2
_PEOPLE: tuple[ConnectionType, ...] = ("DistributionList", "MessagingChannel", "GitTeam", "GitRepository")


@dataclass
class Thing:
    id: str
    type: str
    name: str
    key: str
    email: str = ""
    is_verified: bool = True
    members: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("id", "type", "name", "key", "email", "is_verified")}


@dataclass
class Workshop:
    """`trouble` comes instead of the next answers: `lost` does what was asked and breaks off, `cut` breaks off before,
    `busy` answers 503, `refuses` 403, `nonsense` a page of HTML, `slow` after `seconds`, `hangs` does it and never
    answers, `waits` neither does nor answers."""

    port: int = 0
    seconds: float = 0.3
    things: dict[str, Thing] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    admitted: list[tuple[str, str]] = field(default_factory=list)
    dismissed: list[tuple[str, str]] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    freed: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, type: str, name: str, email: str = "", members: Sequence[str] = ()) -> Thing:
        """Something that was there before."""
        made = Thing(f"th{len(self.things) + 1}", type, name, "", email, members=list(members))
        self.things[made.id] = made
        return made

    def answer(self, request: Request) -> loopback.Reply | None:
        with self._lock:
            trouble = self.trouble.pop(0) if self.trouble else ""
            path = urlsplit(request.path).path
            self.asked.append(f"{request.method} {path}")
            early = _EARLY.get(trouble)
            if trouble == "cut":
                return None
            if early is not None:
                return early
            reply = None if trouble == "waits" else self._done(request, path)
        if trouble == "slow":
            time.sleep(self.seconds)
        if trouble in ("hangs", "waits"):
            self.hanging.set()
            self.freed.wait(60)
        return None if trouble in ("lost", "hangs", "waits") else reply

    def _done(self, request: Request, path: str) -> loopback.Reply:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _json(401, {"error": f"the token {request.headers.get('Authorization')} is not known"})
        query = dict(parse_qsl(urlsplit(request.path).query))
        body = json.loads(request.body) if request.body else {}
        parts = [unquote(each) for each in path.strip("/").split("/")]
        match request.method, parts:
            case "GET", ["whoami"]:
                return _json(200, {"name": "Acme"})
            case "GET", ["things"]:
                wanted = [each.told() for each in self.things.values() if each.type == query["type"]]
                return _paged(wanted, query)
            case "POST", ["things"]:
                return self._make(body)
            case "DELETE", ["things", id]:
                if id not in self.things:
                    return _json(404, {"error": "no such thing"})
                del self.things[id]
                self.removed.append(id)
                return 204, {}, b""
            case "POST", ["things", id, "verify"]:
                if body["code"] != CODE:
                    return _json(422, {"error": "the code is wrong"})
                self.things[id].is_verified = True
                return _json(200, self.things[id].told())
            case method, ["things", id, "members", *who]:
                return self._members(method, id, who, query)
        return _json(404, {"error": "no such page"})

    def _make(self, body: dict[str, Any]) -> loopback.Reply:
        needs = "verify" in body["name"]
        made = self.put(body["type"], body["name"], body.get("email", ""))
        made.key, made.is_verified = body["key"], not needs
        self.made.append(made.key)
        return _json(201, made.told())

    def _members(self, method: str, id: str, who: list[str], query: dict[str, str]) -> loopback.Reply:
        if id not in self.things:
            return _json(404, {"error": "no such thing"})
        members = self.things[id].members
        if method == "GET":
            return _paged(list(members), query)
        if who[0].endswith("@nowhere.example"):
            return _json(422, {"error": f"nobody is {who[0]}"})
        if method == "PUT":
            self.admitted.append((id, who[0]))
            if who[0] not in members:
                members.append(who[0])
        elif who[0] in members:
            self.dismissed.append((id, who[0]))
            members.remove(who[0])
        return 204, {}, b""


_EARLY: dict[str, loopback.Reply] = {
    "busy": (503, {}, b"later"),
    "refuses": (403, {"Content-Type": "application/json"}, b'{"error": "the plan does not include this"}'),
    "nonsense": (200, {"Content-Type": "text/html"}, b"<html>Welcome</html>"),
}


def _json(status: int, told: Any) -> loopback.Reply:
    return status, {"Content-Type": "application/json"}, json.dumps(told).encode()


def _paged(found: list[Any], query: dict[str, str]) -> loopback.Reply:
    at = int(query.get("page", "0"))
    more = at + 1 if len(found) > (at + 1) * _PAGE else None
    return _json(200, {"data": found[at * _PAGE : (at + 1) * _PAGE], "next": more})


@contextlib.contextmanager
def workshop() -> Iterator[Workshop]:
    made = Workshop()
    with loopback.serving(made.answer, ("GET", "POST", "PUT", "DELETE")) as port:
        made.port = port
        try:
            yield made
        finally:
            made.freed.set()


class Provider:
    """Adopts what has the name that was asked for, makes what is not there."""

    entry = Entry(
        TYPE,
        "Workshop",
        "Lists, repositories and accounts of a vendor that there is in tests alone.",
        (
            Offer("DistributionList", ("Team", "Organization"), is_importable=True),
            Offer("MessagingChannel", ("Team", "Project"), needs_input=True, is_importable=True),
            Offer("GitTeam", ("Team",), is_importable=True),
            Offer("GitRepository", ("Project", "App"), is_importable=True),
            Offer("User", ("Member",), is_importable=True),
            Offer("ContainerRegistry", ("Organization", "Project", "App"), is_importable=True),
            Offer("CloudSubscription", ("Organization",)),
        ),
        (
            Field("token", "Token", "As the workshop's settings show it.", secret=True, pattern="wk_.*"),
            Field("region", "Region", required=False, longest=20),
        ),
        guide=("Open the settings.", "Make a token."),
    )

    def check(self, reach: Reach) -> None:
        _asked(reach, "GET", "/whoami")

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        return [
            Resource(each["id"], each["name"], {"email": each["email"]} if each["email"] else {})
            for each in _all(reach, f"/things?type={type}")
        ]

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        name = input or entity.email or entity.name
        for each in _all(reach, f"/things?type={type}"):
            if each["key"] == key or each["name"] == name:
                return _made(each)
        sent = {"type": type, "name": name, "key": key, "email": entity.email}
        return _made(_asked(reach, "POST", "/things", sent))

    def verify(self, reach: Reach, type: ConnectionType, remote: str, code: str) -> Made:
        return _made(_asked(reach, "POST", f"/things/{quote(remote, safe='')}/verify", {"code": code}))

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        _asked(reach, "DELETE", f"/things/{quote(remote, safe='')}", missing_ok=True)

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        return frozenset(_all(reach, f"/things/{quote(remote, safe='')}/members"))

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        _asked(reach, "PUT", f"/things/{quote(remote, safe='')}/members/{quote(who, safe='')}")

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        _asked(reach, "DELETE", f"/things/{quote(remote, safe='')}/members/{quote(who, safe='')}")


class Badge(Provider):
    """A workshop that knows people by ids of its own, and lets whom it has invited in."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        return self.known.get(email, "")

    def invite(self, reach: Reach, redirect: str, state: str, challenge: str) -> str:
        if not reach.endpoint:
            raise Declined("nobody has said what this server is called there")
        return f"{reach.endpoint}/let-in?to={quote(redirect)}&state={quote(state)}&challenge={challenge}"

    def redeem(self, reach: Reach, redirect: str) -> Mapping[str, Any]:
        if reach.config["code"] != CODE:
            raise Declined(f"the code {reach.config['code']} is not known")
        return {"token": TOKEN}


class Still(Badge):
    """A vendor without a wire, where everything is there at once and everybody is known: for what looks at us alone."""

    def __init__(self, type: str = TYPE) -> None:
        super().__init__({})
        self.entry = replace(Provider.entry, type=type, name=type.title())

    def check(self, reach: Reach) -> None:
        if reach.config["token"] != TOKEN:
            raise Declined("the token is not known")

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        return [Resource(id, f"The one with {id[-1]}") for id in STILL_IDS]

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        emails = ("owner@example.com",) if "verify" in input else ()
        return Made(f"of-{key}", {"name": input or entity.name}, emails)

    def verify(self, reach: Reach, type: ConnectionType, remote: str, code: str) -> Made:
        return Made(remote)

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        return

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        return frozenset()

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        return

    dismiss = admit

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        return email

    def invite(self, reach: Reach, redirect: str, state: str, challenge: str) -> str:
        return f"https://{self.entry.type}.example/let-in?state={state}"


def provider() -> Provider:
    return Provider()


def _made(thing: Mapping[str, Any]) -> Made:
    emails = () if thing["is_verified"] else ("owner@example.com",)
    return Made(thing["id"], {"name": thing["name"]}, emails)


def _all(reach: Reach, path: str) -> list[Any]:
    found: list[Any] = []
    page: int | None = 0
    while page is not None:
        told = _asked(reach, "GET", f"{path}{'&' if '?' in path else '?'}page={page}")
        found += told["data"]
        page = told["next"]
    return found


def _asked(reach: Reach, method: str, path: str, sent: Any = None, missing_ok: bool = False) -> Any:
    try:
        answer = httpx.request(
            method,
            reach.endpoint + path,
            json=sent,
            headers={"Authorization": f"Bearer {reach.config['token']}"},
            timeout=reach.seconds,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise Unclear(f"Workshop did not answer: {error}") from error
    if answer.status_code >= 500:
        raise Unclear(f"Workshop is not well ({answer.status_code})")
    if answer.status_code >= 400 and not (missing_ok and answer.status_code == 404):
        raise Declined(f"Workshop said: {answer.json()['error']}")
    return answer.json() if answer.content and answer.status_code < 400 else None
