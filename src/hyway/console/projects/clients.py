"""Clients of OpenID Connect: programs that people sign in to by what they are here."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import words
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, oidc
from hyway.kernel.faults import Fault, Invalid, Spent

HERE = "/console/clients"
_SUBJECT = "OAuthClient"


@get(HERE)
async def index(visit: Here) -> Page:
    rows, at = await turned(visit, oidc.clients.page)
    return visit.page("projects/clients.html", rows=rows, at=at)


def _typed(visit: Visit) -> dict[str, str]:
    return {name: visit.sent.text(name) for name in ("name", "kind", "redirectUris")}


def _form(
    visit: Visit,
    client: oidc.Client | None,
    typed: Mapping[str, Any],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    facts = {"client": client, "typed": typed, "errors": wrong}
    return visit.page("projects/client_form.html", status, **facts)


def _wrong(fault: Fault) -> dict[str, str]:
    return words.errors(fault, ("name", "redirectUris"))


@get(HERE + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require(visit.by, "manage", _SUBJECT)
    return _form(visit, None, {"name": "", "kind": "server", "redirectUris": ""}, {})


@post(HERE + "/new")
async def make(visit: Here) -> Page:
    """The page that shows the secret is the answer to the form: it exists nowhere else."""
    identity.access.require(visit.by, "manage", _SUBJECT)
    typed = _typed(visit)
    uris = typed["redirectUris"].splitlines()
    try:
        issued = await visit.write(oidc.clients.create, typed["name"], uris, typed["kind"] == "public")
    except (Invalid, Spent) as fault:
        return _form(visit, None, typed, _wrong(fault), 422)
    if issued.secret is None:
        return visit.go(f"{HERE}/{issued.client.id}", f"{issued.client.name} can let people sign in.")
    return _made(visit, issued)


def _made(visit: Visit, issued: oidc.IssuedClient) -> Page:
    shown = [("Client id", issued.client.id), ("Secret", issued.secret)]
    return visit.page(
        "projects/secret_made.html",
        title=issued.client.name,
        shown=shown,
        example="",
        back=f"{HERE}/{issued.client.id}",
    )


@get(HERE + "/{client:str}")
async def show(visit: Here, client: FromPath[str]) -> Page:
    found = await visit.read(oidc.clients.find, client)
    return _form(visit, found, {"name": found.name, "redirectUris": "\n".join(found.redirect_uris)}, {})


@post(HERE + "/{client:str}")
async def save(visit: Here, client: FromPath[str]) -> Page:
    found = await visit.read(oidc.clients.find, client)
    typed = _typed(visit)
    wish = {"name": typed["name"], "redirect_uris": typed["redirectUris"].splitlines()}
    try:
        await visit.write(oidc.clients.change, found.id, wish)
    except Invalid as fault:
        return _form(visit, found, typed, _wrong(fault), 422)
    return visit.go(f"{HERE}/{found.id}", "Saved.")


@post(HERE + "/{client:str}/secret")
async def renew(visit: Here, client: FromPath[str]) -> Page:
    found = await visit.read(oidc.clients.find, client)
    if not visit.confirmed():
        question = f"Make a new secret for “{found.name}”? The present one is worth nothing from then on."
        return visit.confirm(question, "New secret", f"{HERE}/{found.id}")
    return _made(visit, await visit.write(oidc.clients.renew_secret, found.id))


@post(HERE + "/{client:str}/delete")
async def drop(visit: Here, client: FromPath[str]) -> Page:
    found = await visit.read(oidc.clients.find, client)
    if not visit.confirmed():
        question = f"Delete the client “{found.name}”? Who signed in with it is signed out there."
        return visit.confirm(question, "Delete client", f"{HERE}/{found.id}")
    await visit.write(oidc.clients.drop, found.id)
    return visit.go(HERE, f"The client {found.name} is gone.")


ROUTES = [index, ask, make, show, save, renew, drop]
