"""Verbs as this family's requests reach them: in the organization of the path, with what was sent judged as a whole."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from hyway.apis.hypemarket import paging
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Sent
from hyway.apis.hypemarket.style import BadRequest
from hyway.apis.kit.operations import Ask
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing, Refused

T = TypeVar("T")
Needs = Literal["member", "admin", "owner"]
_ROLES: dict[Needs, tuple[str, ...]] = {
    "member": ("member", "admin", "owner"),
    "admin": ("admin", "owner"),
    "owner": ("owner",),
}


def number(ask: Ask, name: str = "id") -> int:
    """The inner number of an id in the path; Missing for what is no id, in the words of the place."""
    path = ask.operation.path
    is_owner = name == "organization_id" or path.startswith("/organizations/{id}")
    found = (sqid.owner if is_owner else sqid.number)(ask.path[name])
    if found is None:
        raise Missing("Not authorized" if path.startswith("/organizations") else "")
    return found


def organization(ask: Ask) -> int | None:
    """The organization of the path; None where it names none."""
    path = ask.operation.path
    if path.startswith("/organizations/{organization_id}"):
        return number(ask, "organization_id")
    return number(ask) if path.startswith("/organizations/{id}") else None


async def read(ask: Ask, verb: Callable[..., T], *args: Any, **more: Any) -> T:
    """`verb(r, by, …)`, where the path names an organization as its member; Missing for anybody else."""
    return await ask.db.read(_there, organization(ask), "member", verb, ask.by, args, more)


async def page(
    ask: Ask, query: PageQuery, verb: Callable[..., tuple[list[T], int]], *args: Any, **more: Any
) -> Page[T]:
    """The page that is asked for of `verb(r, by, …, offset=, limit=)`."""

    def turn(r: Read, by: Caller) -> Page[T]:
        return paging.turned(r, by, query, verb, *args, **more)

    return await read(ask, turn)


async def write(
    ask: Ask,
    verb: Callable[..., T],
    *args: Any,
    sent: Sent | None = None,
    needs: Needs = "admin",
    **more: Any,
) -> T:
    """`verb(w, by, …)` in one transaction, by somebody with this role where the path names an organization.

    With `sent`, nothing is kept if anything is wrong with that, and all of it is told together with what the verb
    itself refuses.
    """
    run: Callable[..., T] = verb if sent is None else _judged(verb, sent)
    return await ask.db.write(_there, organization(ask), needs, run, ask.by, args, more)


async def allowed(ask: Ask, needs: Needs = "admin") -> None:
    """Refuses whom `write` would refuse: for what is costly and done before."""

    def nothing(r: Read, by: Caller) -> None:
        return None

    await ask.db.read(_there, organization(ask), needs, nothing, ask.by, (), {})


def _there(
    r: Any,
    organization: int | None,
    needs: Needs,
    verb: Callable[..., T],
    by: Caller,
    args: tuple[Any, ...],
    more: dict[str, Any],
) -> T:
    if organization is not None:
        by = identity.at_organization(r, by, organization)
        if by.role not in _ROLES[needs]:
            raise Refused("Not authorized")
    return verb(r, by, *args, **more)


def _judged(verb: Callable[..., T], sent: Sent) -> Callable[..., T]:
    def run(*args: Any, **more: Any) -> T:
        if sent.missing and not sent.faults:
            raise BadRequest
        try:
            done = verb(*args, **more)
        except Invalid as why:
            sent.judge(why)
            raise
        sent.judge(None)  # raises after the verb, so that it takes back what the verb has done
        return done

    return run


def at(instant: Instant) -> str:
    """An instant on this wire: whole seconds."""
    return clock.text(instant - instant % SECOND)


def maybe_at(instant: Instant | None) -> str | None:
    return None if instant is None else at(instant)


def url(ask: Ask, *steps: str) -> str:
    """The absolute address of a record: `url(ask, "organizations", id, "campaigns", id)`."""
    return f"{ask.public_url}/{'/'.join(steps)}.json"
