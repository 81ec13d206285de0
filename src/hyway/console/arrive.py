"""How a request becomes a visit: session, form token, forced change of a one-time password."""

from dataclasses import replace
from urllib.parse import quote

from litestar.enums import RequestEncodingType

from hyway.console.form import Form
from hyway.console.visit import DATA, SESSION, Asked, House, Visit, check_form, check_origin
from hyway.domain import identity, notices
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Read

PASSWORD = "/console/password"
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
    found: House = request.app.state.house
    return found


async def visit(request: Asked) -> Visit:
    """The visit behind a request; a browser that is not signed in goes to the sign-in page.

    A form must carry the session's token and come from our own pages.
    """
    home = house(request)
    token = request.cookies.get(SESSION, "")
    found = await home.db.read(_found, token) if token else None
    if found is None:
        raise Elsewhere(_sign_in(request))
    who, belongs, unseen = found
    if who.organization is None:
        raise Elsewhere(_OUTSIDE)
    sent = await form(request)
    by = _caller(request, who)
    renewed = clock.now() - who.seen_at >= _AGAIN
    made = Visit(home, request, who, token, by, belongs, unseen, asked(request), sent, renewed)
    request.state.visit = made
    if request.method not in _SAFE:
        check_origin(home, request)
        check_form(home, token, sent)
    if who.person.must_change_password and request.url.path != PASSWORD:
        raise Elsewhere(PASSWORD)
    if renewed:
        await home.db.write(identity.sessions_seen, token, who)
    return made


def _caller(request: Asked, who: identity.Session) -> Caller:
    """The person who asks; test data are shown in the rooms of tracking alone, to who has chosen so."""
    by = who.caller(request_id(request))
    is_test = request.cookies.get(DATA) == "test" and request.url.path.startswith(_TRACKING)
    return replace(by, environment="test") if is_test else by


def _found(r: Read, token: str) -> tuple[identity.Session, list[identity.Membership], int] | None:
    who = identity.session(r, token)
    if who is None:
        return None
    return who, identity.belongs_to(r, who), notices.count_unseen(r, who.caller())


def _sign_in(request: Asked) -> str:
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
    return Form((await request.form()).multi_items())


def request_id(request: Asked) -> str:
    """The id that the front door gave the request, as its answer carries it."""
    return request.headers.get("x-request-id", "")[:64]


def address(request: Asked) -> str:
    """The visitor's IP address; X-Forwarded-For counts only as far as trusted proxies wrote it."""
    said = ",".join(request.headers.getall("x-forwarded-for", []))
    return house(request).proxies.client(request.client.host if request.client else "", said)
