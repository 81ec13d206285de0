"""API keys: programs as members, with several secrets each, of which each is shown once."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import giving, held, words
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity
from hyway.kernel.faults import Invalid

HERE = "/console/api-keys"
ROLES = (
    ("OrganizationAdmin", "Admin", "Everything, as an admin of the organization."),
    (
        "OrganizationMember",
        "Member",
        "Sees who is there, and has what roles on projects and teams it is given.",
    ),
    ("OrganizationBilling", "Billing", "Sees usage and what is paid with."),
)


@get(HERE)
async def index(visit: Here) -> Page:
    rows, _ = await visit.read(identity.api_keys.page)
    return visit.page("projects/api_keys.html", rows=rows)


def _form(visit: Visit, typed: dict[str, str], wrong: Mapping[str, str], status: int = 200) -> Page:
    roles = [each for each in ROLES if identity.access.covers(visit.by, each[0])]
    return visit.page("projects/api_key_form.html", status, typed=typed, errors=wrong, roles=roles)


@get(HERE + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "ApiKey")
    return _form(visit, {"name": "", "roles": "OrganizationMember"}, {})


@post(HERE + "/new")
async def make(visit: Here) -> Page:
    """The page that shows the secret is the answer to the form: it exists nowhere else."""
    identity.access.require(visit.by, "create", "ApiKey")
    typed = {name: visit.sent.text(name) for name in ("name", "roles")}
    try:
        key, secret = await visit.write(identity.api_keys.create, typed["name"], (typed["roles"],))
    except Invalid as fault:
        return _form(visit, typed, words.errors(fault, ("name", "roles")), 422)
    return _made(visit, key, "Your new key", secret.value or "")


def _made(visit: Visit, key: identity.api_keys.ApiKey, title: str, value: str) -> Page:
    address = f"{visit.house.public_url}/api/execution-context/"
    return visit.page(
        "projects/secret_made.html",
        title=title,
        shown=[(key.name, value)],
        example=f'curl "{address}" -H "x-api-key: {value}"',
        back=f"{HERE}/{key.id}",
    )


def _key(r: Any, by: identity.Caller, id: str) -> tuple[identity.api_keys.ApiKey, list[held.Held]]:
    key = identity.api_keys.find(r, by, id)
    return key, held.of(r, by, key.id)


@get(HERE + "/{key:str}")
async def show(visit: Here, key: FromPath[str]) -> Page:
    found, more = await visit.read(_key, key)
    return visit.page(
        "projects/api_key.html",
        key=found,
        held=more,
        cell=giving.on_organization(visit, found.id, found.name, found.roles),
        may_change=visit.may("update", "ApiKey"),
        may_delete=visit.may("delete", "ApiKey"),
    )


@post(HERE + "/{key:str}/secrets")
async def add_secret(visit: Here, key: FromPath[str]) -> Page:
    secret = await visit.write(identity.api_keys.add_secret, key)
    found = await visit.read(identity.api_keys.find, key)
    return _made(visit, found, "A new secret", secret.value or "")


@post(HERE + "/{key:str}/secrets/{secret:str}/delete")
async def drop_secret(visit: Here, key: FromPath[str], secret: FromPath[str]) -> Page:
    back = f"{HERE}/{key}"
    found = await visit.read(identity.api_keys.find, key)
    if not visit.confirmed():
        question = (
            f"Delete this secret of “{found.name}”? Whatever uses it is refused from the next request on."
        )
        return visit.confirm(question, "Delete secret", f"{HERE}/{found.id}")
    await visit.write(identity.api_keys.drop_secret, key, secret)
    return visit.go(back, "The secret is gone.")


@post(HERE + "/{key:str}/delete")
async def drop(visit: Here, key: FromPath[str]) -> Page:
    found = await visit.read(identity.api_keys.find, key)
    if not visit.confirmed():
        question = (
            f"Delete the key “{found.name}” with all its secrets? What uses it is refused from then on."
        )
        return visit.confirm(question, "Delete key", f"{HERE}/{found.id}")
    try:
        await visit.write(identity.api_keys.drop, found.id)
    except Invalid as fault:
        return visit.go(f"{HERE}/{found.id}", words.told(fault))
    return visit.go(HERE, f"The key {found.name} is gone.")


ROUTES = [index, ask, make, show, add_secret, drop_secret, drop]
