"""API keys: made here, shown once, revoked at once."""

from litestar import get, post

from hyway.console.dates import parse_local
from hyway.console.form import errors
from hyway.console.visit import Here, Page
from hyway.domain import identity
from hyway.kernel import clock
from hyway.kernel.faults import Invalid, Missing

_FIELDS = ("name", "scopes", "expiresAt")
SCOPES = {
    "linksRead": "See links",
    "linksWrite": "Create, change and delete links",
    "collectionsRead": "See collections",
    "collectionsWrite": "Create, change and delete collections",
    "tagsRead": "See tags",
    "tagsWrite": "Create, change and delete tags",
    "analyticsRead": "See clicks and numbers",
    "conversionsWrite": "Report leads and sales",
    "customersRead": "See customers",
    "partnersRead": "See partners",
    "partnersWrite": "Create, change and delete partners",
}


@get("/console/keys")
async def show(visit: Here) -> Page:
    identity.may_manage(visit.by)
    return visit.page("keys.html", keys=await visit.read(identity.keys), now=clock.now(), scopes=SCOPES)


@get("/console/keys/new")
async def ask(visit: Here) -> Page:
    identity.may_manage(visit.by)
    return visit.page("key_form.html", scopes=SCOPES, typed=visit.asked, chosen=tuple(SCOPES), errors={})


@post("/console/keys/new")
async def make(visit: Here) -> Page:
    """The page that shows the secret is the answer to the form: it exists nowhere else."""
    identity.may_manage(visit.by)
    sent = visit.sent
    try:
        if not sent.many("scopes"):
            raise Invalid("scopes", "choose at least one")
        ends = parse_local("expiresAt", sent.text("expiresAt"), visit.zone)
        new = identity.NewKey("hoko", sent.text("name"), tuple(sent.many("scopes")), expires_at=ends)
        issued = await visit.write(identity.issue_key, new)
    except Invalid as fault:
        wrong = errors(fault, _FIELDS)
        return visit.page(
            "key_form.html", 422, scopes=SCOPES, typed=sent, chosen=sent.many("scopes"), errors=wrong
        )
    return visit.page("key_made.html", issued=issued)


@post("/console/keys/{key:uuid}/revoke")
async def revoke(visit: Here) -> Page:
    identity.may_manage(visit.by)
    id = str(visit.request.path_params["key"])
    found = next((each for each in await visit.read(identity.keys) if each.id == id), None)
    if found is None:
        raise Missing("there is no such key")
    if not visit.confirmed():
        question = f"Revoke the key “{found.name}”? Whatever uses it is refused from the next request on."
        return visit.confirm(question, "Revoke key", "/console/keys")
    await visit.write(identity.revoke_key, id)
    return visit.go("/console/keys", f"The key “{found.name}” is revoked.")


ROUTES = [show, ask, make, revoke]
