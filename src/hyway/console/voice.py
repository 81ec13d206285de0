"""Every refusal as a page that a person can read; a part of a page gets a short text."""

import logging
from typing import Any

from litestar import Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException

from hyway.console.arrive import Elsewhere
from hyway.console.form import sentence
from hyway.console.visit import HOUSE, Asked, House, Page, Visit
from hyway.kernel.faults import Fault, Gone, Invalid, Missing, Refused, Spent, Unknown

log = logging.getLogger(__name__)
_STATUS: tuple[tuple[type[Fault], int], ...] = (
    (Invalid, 422),
    (Unknown, 401),
    (Refused, 403),
    (Missing, 404),
    (Gone, 410),
    (Spent, 429),
)
_TITLES = {
    400: "This request makes no sense to us",
    401: "Please sign in",
    403: "This is not yours to do",
    404: "Nothing is here",
    405: "That cannot be done here",
    410: "This is over",
    413: "That is too much at once",
    422: "Something in the form is not right",
    429: "Please wait a little",
    500: "Something went wrong on our side",
}
_TEXTS = {
    403: "Only the owner and the admins of the organization may do this.",
    404: "The page does not exist, was deleted, or belongs to another organization.",
    405: "The address is right, but it does not take this kind of request.",
    413: "What was sent is larger than a form may be.",
    500: "It has been written to the server's log. Try again; what you had typed is still one step back.",
}


def status_of(fault: Fault) -> int:
    return next((status for kind, status in _STATUS if isinstance(fault, kind)), 400)


def _fault(request: Asked, fault: Fault) -> Page:
    status = status_of(fault)
    # Who asks as a stranger is told little: there is nothing in it for a person to read.
    text = _TEXTS[status] if fault.message in ("", "Not authorized") else sentence(fault)
    answer = _tell(request, status, text)
    if isinstance(fault, Spent):
        answer.headers["retry-after"] = str(fault.retry_after)
    return answer


def _http(request: Asked, wrong: HTTPException) -> Page:
    status = wrong.status_code if wrong.status_code < 500 else 500
    if status == 500:
        log.error("a page failed", exc_info=wrong)
    answer = _tell(request, status, _TEXTS.get(status, "Go back and try again."))
    for name, value in (wrong.headers or {}).items():
        answer.headers[name.lower()] = value
    return answer


def _bug(request: Asked, wrong: Exception) -> Page:
    log.error("a page failed", exc_info=wrong)
    return _tell(request, 500, _TEXTS[500])


def _tell(request: Asked, status: int, text: str) -> Page:
    house: House = request.scope[HOUSE]  # type: ignore[literal-required]
    if request.headers.get("x-part"):
        return Response(text, status_code=status, media_type=MediaType.TEXT)
    title = _TITLES.get(status, _TITLES[400])
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is None:
        return house.page(request, "fault.html", status, title=title, text=text, code=status)
    return visit.page("fault.html", status, title=title, text=text, code=status)


def _elsewhere(request: Asked, wrong: Elsewhere) -> Page:
    house: House = request.scope[HOUSE]  # type: ignore[literal-required]
    if request.headers.get("x-part"):
        return Response("", status_code=401, media_type=MediaType.TEXT, headers={"x-go": wrong.to})
    return house.go(wrong.to)


HANDLERS: dict[int | type[Exception], Any] = {
    Elsewhere: _elsewhere,
    Fault: _fault,
    HTTPException: _http,
    Exception: _bug,
}
