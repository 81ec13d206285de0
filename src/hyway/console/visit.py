"""One request to the console: who is there, what they sent, and the ways to answer."""

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import urlsplit

from jinja2 import Environment
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import MediaType

from hyway.console import shown
from hyway.console.form import Form
from hyway.domain import connections, creators, identity, links, oidc, tracking
from hyway.kernel.blobs import Blobs
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Refused
from hyway.kernel.limits import LocalWindow
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.proxies import Proxies

Services = creators.social.services.Services

P = ParamSpec("P")
T = TypeVar("T")
Page = Response[str]
Asked = Request[Any, Any, Any]

SESSION = "hyway_session"
DOOR = "hyway_door"
FLASH = "hyway_flash"
THEME = "hyway_theme"
ZONE = "hyway_zone"
DATA = "hyway_data"
"""Whether the rooms of tracking show live data or test data."""
UNFOLDED = "hyway_rooms"
"""Which groups of rooms the navigation shows unfolded, as the script remembers it: names with dots between."""
_PATH = "/"
_END = re.compile(r"[/?#]")
_OURS = frozenset({"console", "organizations", "me", "board", "mailbox", "oauth2", "billing"})
"""How the addresses of pages begin."""


class Maps(Protocol):
    """The files that maps are made of."""

    def address(self, name: str) -> str: ...


class Tiles(Protocol):
    """Where the pictures of a map come from: what its element says, and what the content policy must allow."""

    def attributes(self) -> dict[str, str]: ...

    def sources(self) -> tuple[list[str], list[str]]: ...


class Streams(Protocol):
    """What changes in an account, poured out as server-sent events for as long as `lives` says so."""

    async def pour(
        self,
        receive: Any,
        send: Any,
        watched: tuple[tracking.Account, Sequence[str]],
        since: int | None,
        lives: Callable[[], Awaitable[bool]],
    ) -> None: ...


HOUSE = "hyway.house"
"""Where the console's own House is found in the ASGI scope."""


@dataclass(frozen=True)
class House:
    """What the console was built with."""

    db: Database
    public_url: str
    secure: bool
    proxies: Proxies
    pictures: Environment
    streams: Streams | None = None
    blobs: Blobs | None = None
    """Where pictures are kept; without it none can be sent."""
    outgoing: Outgoing | None = None
    """The way to other servers, for what a product's page says of itself."""
    social: Services | None = None
    """How social platforms are asked; without it no account is proved."""
    issuer: oidc.external.Issuer | None = None
    """Another provider that people may sign in by."""
    services: Mapping[str, str] = field(default_factory=dict)
    """Outside services that the operator named, by kind."""
    vendors: connections.Registry = field(default_factory=lambda: connections.Registry(()))
    """Whom organizations can be integrated with."""
    doors: LocalWindow = field(default_factory=LocalWindow)
    """Tries at the sign-in page by address."""
    hashing: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "hyway-password"))
    """Where passwords are compared, one at a time: each takes 64 MiB and a tenth of a second."""

    def cookie(self, name: str, value: str, seconds: int | None = None, hidden: bool = True) -> Cookie:
        return Cookie(
            name,
            path=_PATH,
            value=value,
            max_age=seconds,
            secure=self.secure,
            httponly=hidden,
            samesite="lax",
        )

    def token(self, secret: str) -> str:
        """What a form carries to prove that it is ours: derived from the browser's own secret."""
        return self.db.seal.mark(secret.encode(), b"console form").hex()[:40]

    def page(self, request: Asked, template: str, status: int = 200, **facts: Any) -> Page:
        """A page in the browser's theme; a message left by the page before is shown and forgotten."""
        said = self._said(request)
        facts = {"theme": _theme(request), "said": said, "public_url": self.public_url, **facts}
        text = self.pictures.get_template(template).render(**facts)
        answer = Response(text, status_code=status, media_type=MediaType.HTML)
        if said:
            answer.set_cookie(self.cookie(FLASH, "", 0))
        return answer

    def go(self, to: str, said: str = "") -> Page:
        """Sends the browser on with GET; `said` is shown there."""
        answer = Response("", status_code=303, media_type=MediaType.HTML, headers={"location": to})
        if said:
            text = self.db.seal.sign(said.encode().hex(), "console flash")
            answer.set_cookie(self.cookie(FLASH, text, 60))
        return answer

    def _said(self, request: Asked) -> str:
        signed = self.db.seal.signed(request.cookies.get(FLASH, ""), "console flash")
        return bytes.fromhex(signed).decode() if signed else ""


def _theme(request: Asked) -> str:
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in ("light", "dark") else ""


@dataclass(frozen=True)
class Visit:
    """A signed-in person at a page."""

    house: House
    request: Asked
    who: identity.Session
    token: str
    by: identity.Caller
    belongs: list[identity.Membership]
    unseen: int
    asked: Form
    sent: Form
    renewed: bool = False

    @property
    def organization(self) -> identity.Organization:
        """Where the person is; who belongs to none is led elsewhere before there is a visit."""
        if self.who.organization is None:
            raise RuntimeError("a visit without an organization")
        return self.who.organization

    @property
    def side(self) -> str:
        """Whose rooms the navigation shows: the `console`'s, an `organization`'s with creators, or `you`."""
        return "console"

    @property
    def role(self) -> identity.Role | None:
        """What the person is where they are: an admin, too, who is one through a team."""
        return self.by.role

    @property
    def manages(self) -> bool:
        """Keys, webhooks and the organization are for owners and admins."""
        return self.role in ("owner", "admin")

    def may(self, action: str, subject: str, *within: str) -> bool:
        """Whether to offer something; `within` are the ids of what it is about and of what that is part of."""
        return identity.access.may(self.by, action, subject, *within)

    def may_somewhere(self, action: str, subject: str) -> bool:
        """Whether there is anything in the organization that this may be done to."""
        return identity.access.may_somewhere(self.by, action, subject)

    @property
    def unfolded(self) -> Sequence[str]:
        """The groups of rooms that stand open in the navigation wherever one is."""
        return self.request.cookies.get(UNFOLDED, "links").split(".")

    @property
    def zone(self) -> str:
        """The browser's time zone, as its own clock named it."""
        return shown.known_zone(self.request.cookies.get(ZONE, ""))

    def short_url(self, link: links.Link) -> str:
        """Where a link answers: under the server's own name, or under its domain."""
        return links.hosting.address(link, self.house.public_url)

    async def read(
        self, verb: Callable[Concatenate[Read, identity.Caller, P], T], *a: P.args, **k: P.kwargs
    ) -> T:
        return await self.house.db.read(verb, self.by, *a, **k)

    async def write(
        self, verb: Callable[Concatenate[Write, identity.Caller, P], T], *a: P.args, **k: P.kwargs
    ) -> T:
        return await self.house.db.write(verb, self.by, *a, **k)

    def page(self, template: str, status: int = 200, **facts: Any) -> Page:
        answer = self.house.page(self.request, template, status, **self.facts(), **facts)
        if self.renewed:
            answer.set_cookie(self.house.cookie(SESSION, self.token, identity.SESSION_LIFE // SECOND))
        return answer

    def part(self, template: str, **facts: Any) -> Page:
        """A piece of a page for the script to put in place."""
        text = self.house.pictures.get_template(template).render(**self.facts(), **facts)
        return Response(text, status_code=200, media_type=MediaType.HTML)

    def facts(self) -> dict[str, Any]:
        return {
            "visit": self,
            "csrf": self.house.token(self.token),
            "zone": self.zone,
            "path": self.request.url.path,
            "public_url": self.house.public_url,
        }

    def go(self, to: str, said: str = "") -> Page:
        return self.house.go(to, said)

    def confirmed(self) -> bool:
        """Did the person say yes to the question that goes before what cannot be undone?"""
        return self.sent.text("confirmed") == "yes"

    def confirm(self, question: str, action: str, back: str) -> Page:
        """The question on a page of its own, for a browser whose script did not ask it."""
        return self.page("confirm.html", question=question, action=action, back=back)


Here = NamedDependency[Visit]
"""A page's visit, as its handler asks for it."""
Home = NamedDependency[House]


def is_inside(path: str) -> bool:
    """Whether a browser may be sent to what another page or a form says: a path of our pages in plain ASCII."""
    ours = path.startswith("/") and _END.split(path[1:], 1)[0] in _OURS
    return ours and path.isascii() and path.isprintable() and "\\" not in path


def check_origin(house: House, request: Asked) -> None:
    """Refuses a form that another site sent; browsers say so themselves."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise Refused("this form came from another site")
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = {urlsplit(house.public_url).netloc.lower(), request.headers.get("host", "").lower()}
    if urlsplit(origin).netloc.lower() not in ours:
        raise Refused("this form came from another site")


def check_form(house: House, secret: str, form: Form) -> None:
    """Refuses a form without the token of this browser's secret."""
    if not hmac.compare_digest(house.token(secret).encode(), form.text("csrf").encode()):
        raise Refused("this form is too old; go back, load the page again and send it once more")
