"""A person's own access tokens: made here, shown once, revoked at once."""

from typing import Any

from litestar import get, post

from hyway.console.market import words
from hyway.console.market.stay import Mine, Stay
from hyway.console.visit import Page
from hyway.domain import identity
from hyway.kernel.faults import Invalid

_HERE = "/me/access_tokens"
_FIELDS = ("description", "permission")
PERMISSIONS: dict[identity.Permission, tuple[str, str]] = {
    "read": ("Read-only", "Looks at everything you may see, changes nothing."),
    "write": ("Read and write", "Does whatever you may do."),
}


@get(_HERE)
async def index(visit: Mine) -> Page:
    rows, at = await visit.turned(identity.tokens.page)
    return visit.page("market/tokens.html", rows=rows, at=at, permissions=PERMISSIONS)


def _form(visit: Stay, typed: dict[str, Any], wrong: dict[str, str], status: int = 200) -> Page:
    facts = {"permissions": PERMISSIONS, "typed": typed, "errors": wrong}
    return visit.page("market/token_form.html", status, **facts)


@get(_HERE + "/new")
async def ask(visit: Mine) -> Page:
    return _form(visit, {"permission": "read"}, {})


@post(_HERE)
async def make(visit: Mine) -> Page:
    """The page that shows the token is the answer to the form: it exists nowhere else."""
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        permission = next((each for each in PERMISSIONS if each == typed["permission"]), None)
        if permission is None:
            raise Invalid("permission", "is not included in the list")
        token, secret = await visit.write(identity.tokens.create, typed["description"], permission)
    except Invalid as fault:
        return _form(visit, typed, words.errors(fault, _FIELDS), 422)
    return visit.page("market/token_made.html", made=token, secret=secret)


@post(_HERE + "/{token:str}/revoke")
async def revoke(visit: Mine) -> Page:
    if not visit.confirmed():
        question = "Revoke this token? Whatever uses it is refused from the next request on."
        return visit.confirm(question, "Revoke token", _HERE)
    await visit.write(identity.tokens.drop, visit.number("token"))
    return visit.go(_HERE, "The token is revoked.")


ROUTES = [index, ask, make, revoke]
