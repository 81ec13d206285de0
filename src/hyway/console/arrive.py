"""How a request becomes a visit: session, form token, forced change of a one-time password."""

from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote

from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType

from hyway.console.form import Form, Upload
from hyway.console.visit import DATA, HOUSE, SESSION, Asked, House, Visit, check_form, check_origin
from hyway.domain import identity, notices
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Read

PASSWORD = "/console/password"
_LEAVE = "/console/sign-out"
_OUTSIDE = "/me"
"""Where people are who belong to no organization."""
_TRACKING = "/console/tracking"
_AGAIN = 5 * clock.MINUTE
_SAFE = ("GET", "HEAD", "OPTIONS")


class Elsewhere(Exception):
    """The visitor has to go to another page first."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


def house(request: Asked) -> House:
    found: House = request.scope[HOUSE]  # type: ignore[literal-required]
    return found


@dataclass(frozen=True)
class Came:
    """Whom a browser's session names, and where they belong."""

    token: str
    who: identity.Session
    belongs: list[identity.Membership]

    @property
    def is_late(self) -> bool:
        """Whether it is time to note that the session is in use."""
        return clock.now() - self.who.seen_at >= _AGAIN


def came(r: Read, token: str) -> Came | None:
    who = identity.session(r, token) if token else None
    return Came(token, who, identity.belongs_to(r, who)) if who else None


async def visit(request: Asked) -> Visit:
    """The visit behind a request; a browser that is not signed in goes to the sign-in page.

    Who belongs to no organization is led to their own pages.
    """
    home = house(request)
    found = await home.db.read(_found, request.cookies.get(SESSION, ""))
    if found is None:
        raise Elsewhere(sign_in(request))
    there, by, unseen = found
    if there.who.organization is None:
        raise Elsewhere(_OUTSIDE)
    by, sent = _caller(request, by), await form(request)
    made = Visit(
        home, request, there.who, there.token, by, there.belongs, unseen, asked(request), sent, there.is_late
    )
    return await admitted(made)


V = TypeVar("V", bound=Visit)


async def admitted(made: V) -> V:
    """The same visit, once its form has been checked: it must carry the session's token and be our own."""
    home, request = made.house, made.request
    request.state.visit = made
    if request.method not in _SAFE:
        check_origin(home, request)
        check_form(home, made.token, made.sent)
    if made.who.person.must_change_password and request.url.path not in (PASSWORD, _LEAVE):
        raise Elsewhere(PASSWORD)
    if made.renewed:
        await home.db.write(identity.sessions_seen, made.token, made.who)
    return made


def _caller(request: Asked, by: Caller) -> Caller:
    """The person who asks, from where; test data are shown in the rooms of tracking alone, to who has chosen so."""
    by = replace(by, request_id=request_id(request), client=address(request))
    is_test = request.cookies.get(DATA) == "test" and request.url.path.startswith(_TRACKING)
    return replace(by, environment="test") if is_test else by


def _found(r: Read, token: str) -> tuple[Came, Caller, int] | None:
    there = came(r, token)
    if there is None:
        return None
    by, organization = there.who.caller(), there.who.organization
    if organization is not None:
        by = identity.access.enter(r, by, organization.wire_id)
    return there, by, notices.count_unseen(r, by)


def sign_in(request: Asked) -> str:
    """The sign-in page, which leads back to where a browser wanted to go."""
    path = request.url.path
    if request.method != "GET" or path in ("/", "/console"):
        return "/console/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/console/sign-in?next={quote(path + query, safe='')}"


def asked(request: Asked) -> Form:
    """The query of the URL."""
    return Form(request.query_params.multi_items())


async def form(request: Asked) -> Form:
    """The form a browser sent; an empty one for GET and for bodies that are no form."""
    kind = request.content_type[0]
    if request.method in _SAFE or kind not in (
        RequestEncodingType.URL_ENCODED,
        RequestEncodingType.MULTI_PART,
    ):
        return Form()
    return Form([(name, await _uploaded(value)) for name, value in (await request.form()).multi_items()])


async def _uploaded(value: object) -> object:
    """A file with its bytes; anything else as it is."""
    return Upload(value.filename, await value.read()) if isinstance(value, UploadFile) else value


def request_id(request: Asked) -> str:
    """The id that the front door gave the request, as its answer carries it."""
    return request.headers.get("x-request-id", "")[:64]


def address(request: Asked) -> str:
    """The visitor's IP address; X-Forwarded-For counts only as far as trusted proxies wrote it."""
    said = ",".join(request.headers.getall("x-forwarded-for", []))
    return house(request).proxies.client(request.client.host if request.client else "", said)
