"""Where programs send people to sign in: the way through the door, the question of consent, and signing out.

Pages of ours may send forms nowhere else (`form-action`), which browsers take to hold for what a form leads to as
well. So where a browser comes from a form of ours, it leaves by a page that goes on by itself, not by a redirect.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Response, get, post
from litestar.enums import MediaType

from hyway.console import arrive
from hyway.console.pages import sign
from hyway.console.visit import SESSION, Asked, Home, House, Page, check_form, check_origin
from hyway.domain import identity, oidc
from hyway.domain.oidc import Ask, Back, SignIn, Step, Wish
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

AUTH, AGREE, LOGOUT = "/oauth2/auth", "/oauth2/consent", "/oauth2/sessions/logout"
_PASSWORD = "/console/password"
_TOLD = {
    "openid": "Know who you are here, by a number that stays the same",
    "profile": "See your name",
    "email": "See your e-mail address",
    "offline_access": "Stay signed in while you are away, until you sign it out",
    "api": "Act for you: read and change everything that you may, in every organization you belong to",
}
Pairs = list[tuple[str, str]]


@get(AUTH)
async def begin(request: Asked, house: Home) -> Page:
    """The authorization endpoint: an answer for the program, or first what the person has to do."""
    return await _begun(request, house, _pairs(request.scope["query_string"].decode("latin-1")))


@post(AUTH)
async def begin_by_form(request: Asked, house: Home) -> Page:
    """The same where the request came as a form: no cookies come with one from another site, so it is asked anew."""
    sent = await arrive.form(request)
    return house.go(f"{AUTH}?{urlencode(sent.pairs())}")


async def _begun(request: Asked, house: House, pairs: Pairs) -> Page:
    token = request.cookies.get(SESSION, "")

    def step(w: Write) -> tuple[Step, identity.Session | None, str]:
        who = identity.session(w, token) if token else None
        if who is not None and who.person.must_change_password:
            return Back(_PASSWORD), who, ""
        found = oidc.authorizing.begin(w, pairs, who, _origin(request))
        return found, who, oidc.authorizing.owner(w, found.wish.client) if isinstance(found, Ask) else ""

    try:
        found, who, owner = await house.db.write(step)
    except Invalid as fault:
        return _lost(request, house, fault)
    if isinstance(found, Ask) and who is not None:
        return _question(request, house, found.wish, who, token, owner)
    if isinstance(found, SignIn):
        return house.go(_sign_in(found))
    return _leave(request, house, found.to if isinstance(found, Back) else AUTH)


def _sign_in(step: SignIn) -> str:
    """Our own page, and from there to the same request."""
    wanted = f"{AUTH}?{urlencode(step.wish.again() if step.again else step.wish.pairs)}"
    if not step.again and "login" in step.wish.prompts:
        wanted = f"{AUTH}?{urlencode(step.wish.again())}"
    told = {"next": wanted, **({"again": "1"} if step.again else {})}
    return f"/console/sign-in?{urlencode(told)}"


def _question(
    request: Asked, house: House, wish: Wish, who: identity.Session, token: str, owner: str
) -> Page:
    return house.page(
        request,
        "consent.html",
        csrf=house.token(token),
        client=wish.client,
        owner=owner,
        host=urlsplit(wish.redirect_uri).netloc,
        asked=[_TOLD[each] for each in wish.scope.split()],
        acts="api" in wish.scope.split(),
        person=who.person,
        wanted=urlencode(wish.pairs),
        again=f"/console/sign-in?{urlencode({'next': f'{AUTH}?{urlencode(wish.pairs)}', 'again': '1'})}",
    )


@post(AGREE)
async def decide(request: Asked, house: Home) -> Page:
    """Yes or no."""
    sent = await arrive.form(request)
    check_origin(house, request)
    token = request.cookies.get(SESSION, "")
    check_form(house, token, sent)
    pairs, says_yes = _pairs(sent.text("wanted")), sent.text("decision") == "allow"

    def decided(w: Write) -> Back | None:
        who = identity.session(w, token)
        if who is None or who.person.must_change_password:
            return None
        if says_yes:
            return oidc.authorizing.agree(w, pairs, who, _origin(request))
        return oidc.authorizing.deny(w, pairs)

    try:
        back = await house.db.write(decided)
    except Invalid as fault:
        return _lost(request, house, fault)
    return _leave(request, house, back.to if back else f"{AUTH}?{urlencode(pairs)}")


def _leave(request: Asked, house: House, to: str) -> Page:
    """The browser goes on: by a redirect, or, where a form of ours brought it here, by a page that does so itself."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return house.page(request, "going.html", to=to, host=urlsplit(to).netloc)
    return Response("", status_code=302, media_type=MediaType.HTML, headers={"location": to})


def _lost(request: Asked, house: House, fault: Invalid) -> Page:
    """What is wrong with a program that nobody can be sent back to."""
    text = fault.message[:1].upper() + fault.message[1:] + "."
    title = "This sign-in cannot go on"
    return house.page(request, "fault.html", 400, title=title, text=text, code=400)


@get(LOGOUT)
async def ask_to_leave(request: Asked, house: Home) -> Page:
    """A program's wish to sign a person out: done at once where it proves whom, else the person is asked."""
    pairs = dict(_pairs(request.scope["query_string"].decode("latin-1")))
    token = request.cookies.get(SESSION, "")

    def looked(r: Read) -> tuple[identity.Session | None, bool, str]:
        who = identity.session(r, token) if token else None
        return who, *oidc.authorizing.parting(r, pairs, who)

    who, is_proven, to = await house.db.read(looked)
    if who is None or is_proven:
        return await _left(house, token if who else "", to)
    facts: dict[str, Any] = {"person": who.person, "to": urlencode(pairs)}
    return house.page(request, "leaving.html", csrf=house.token(token), **facts)


@post(LOGOUT)
async def go_away(request: Asked, house: Home) -> Page:
    """The person has said yes."""
    sent = await arrive.form(request)
    check_origin(house, request)
    token = request.cookies.get(SESSION, "")
    check_form(house, token, sent)
    pairs = dict(_pairs(sent.text("wanted")))
    _, to = await house.db.read(oidc.authorizing.parting, pairs, None)
    left = await _left(house, token, to)
    if not to:
        return left
    answer = _leave(request, house, to)
    answer.set_cookie(house.cookie(SESSION, "", 0))
    return answer


async def _left(house: House, token: str, to: str) -> Page:
    """The session is over, where there is one, and the browser goes on."""
    if token:
        await house.db.write(sign.ended, token)
    answer = house.go(to) if to else house.go("/console/sign-in", "You are signed out.")
    if token:
        answer.set_cookie(house.cookie(SESSION, "", 0))
    return answer


def _pairs(query: str) -> Pairs:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return []


def _origin(request: Asked) -> oidc.Origin:
    return oidc.Origin(request.headers.get("user-agent", ""), arrive.address(request))


ROUTES = [begin, begin_by_form, decide, ask_to_leave, go_away]
