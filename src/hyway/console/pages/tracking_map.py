"""The live map: everybody who is tracked, where they are now, and the stream that moves them."""

from typing import Any

from litestar import Request, asgi, get, post
from litestar.types import Receive, Scope, Send

from hyway.console import arrive, tracked
from hyway.console.tracked import PATH, Branch
from hyway.console.visit import DATA, Here, Page, Visit, is_inside
from hyway.domain import identity, tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Account, User
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing, Refused

_SHOWN = 200
"""Users on the page itself; the stream brings all of them."""
_YEAR = 31_536_000


def _look(
    r: Read, by: Caller, group: str | None, status: str
) -> tuple[Account, list[Branch], list[User], int, list[dict[str, Any]], list[dict[str, Any]]]:
    if group:
        tracking.groups.find(r, by, group)
    query = tracking.UserQuery(
        within=group, availability=(status,) if status else (), ordering=("name",), take=_SHOWN
    )
    found = tracking.users.page(r, by, query)
    fences = tracking.fences.page(r, by, tracking.Wanted(size=_SHOWN)).rows
    shapes = [{"id": each.id, "name": each.name, "shape": tracked.shape(each)} for each in fences]
    account = tracked.account(r, by)
    return account, tracked.groups(r, by), found.rows, found.total, tracked.bodies(r, by, found.rows), shapes


@get(PATH)
async def show(visit: Here) -> Page:
    group = visit.asked.uuid("group")
    status = visit.asked.one_of("status", tracked.AVAILABLE, "")
    account, groups, users, total, bodies, fences = await visit.read(_look, group, status)
    by_id = {branch.group.id: branch.group.name for branch in groups}
    return tracked.room(
        visit,
        "tracking_map.html",
        account=account,
        groups=groups,
        group=group,
        state=status,
        users=list(zip(users, bodies, strict=True)),
        total=total,
        data={"users": bodies, "groups": by_id, "fences": fences},
        stream=f"{PATH}/stream" + (f"?group={group}" if group else ""),
    )


@post(PATH + "/environment")
async def environment(visit: Here) -> Page:
    """Live data or test data, for this browser."""
    chosen = visit.sent.one_of("environment", ("live", "test"), "live")
    back = visit.sent.text("back")
    answer = visit.go(back if is_inside(back) and back.startswith(PATH) else PATH)
    answer.set_cookie(visit.house.cookie(DATA, chosen, _YEAR))
    return answer


def _watched(r: Read, by: Caller, topics: list[str]) -> Account:
    return tracking.live.watch(r, by, topics)


@asgi(PATH + "/stream", copy_scope=False)
async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """What changes, as server-sent events: of everybody, of a `group`, of a `user` or of an `action`.

    It ends with the session; another site's page cannot open it.
    """
    request: Request[Any, Any, Any] = Request(scope, receive, send)
    visit = await arrive.visit(request)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused("this comes from another site")
    if visit.house.streams is None or request.method != "GET":
        raise Missing("nothing is streamed here")
    topics = _topics(visit)
    watched = await visit.read(_watched, topics)
    if not watched.seq:
        # A stream hangs on the account's row, which is made by the first that is written.
        watched = await visit.write(tracking.accounts.opened)
    last = visit.request.headers.get("last-event-id", "")
    since = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else None

    async def lives() -> bool:
        return await visit.house.db.read(_goes_on, visit.token, visit.who)

    await visit.house.streams.pour(receive, send, (watched, topics), since, lives)


def _topics(visit: Visit) -> list[str]:
    named = [f"{kind}:{id}" for kind in ("group", "user", "action") for id in [visit.asked.uuid(kind)] if id]
    if not named and any(kind in visit.asked for kind in ("group", "user", "action")):
        raise Missing("there is no such thing to watch")
    return named or [tracking.live.EVERYBODY]


def _goes_on(r: Read, token: str, who: identity.Session) -> bool:
    """Whether the session is still there, and still in the same organization."""
    now = identity.session(r, token)
    if now is None or now.organization is None or who.organization is None:
        return False
    return now.organization.seq == who.organization.seq


ROUTES = [show, environment, stream]
