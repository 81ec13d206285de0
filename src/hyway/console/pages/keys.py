"""API keys: made here, shown once, revoked at once."""

from collections.abc import Mapping, Sequence

from litestar import get, post

from hyway.console.dates import parse_local
from hyway.console.form import Form, errors
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity
from hyway.kernel import clock
from hyway.kernel.faults import Invalid, Missing

_FIELDS = ("name", "kind", "scopes", "expiresAt")
KINDS: dict[identity.KeyKind, tuple[str, str]] = {
    "hoko": ("Links and numbers", "hoko_…, as far as its scopes go."),
    "hypertrack": ("Tracking", "sk_…, may do everything: for your servers alone."),
    "hypertrack-public": ("Tracking, publishable", "pk_…, for apps: what a device and its user need."),
    "hypertrack-test": ("Tracking, test data", "sk_test_…, everything, with data apart from the live ones."),
    "hypertrack-public-test": ("Tracking, publishable, test data", "pk_test_…, for apps, with test data."),
}
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
    keys = await visit.read(identity.keys)
    return visit.page("keys.html", keys=keys, now=clock.now(), scopes=SCOPES, kinds=KINDS)


@get("/console/keys/new")
async def ask(visit: Here) -> Page:
    identity.may_manage(visit.by)
    return _form(visit, visit.asked, tuple(SCOPES), {})


def _form(
    visit: Visit, typed: Form, chosen: Sequence[str], wrong: Mapping[str, str], status: int = 200
) -> Page:
    kind = typed.one_of("kind", KINDS, "hoko")
    facts = {
        "scopes": SCOPES,
        "kinds": KINDS,
        "kind": kind,
        "typed": typed,
        "chosen": chosen,
        "errors": wrong,
    }
    return visit.page("key_form.html", status, **facts)


@post("/console/keys/new")
async def make(visit: Here) -> Page:
    """The page that shows the secret is the answer to the form: it exists nowhere else."""
    identity.may_manage(visit.by)
    sent = visit.sent
    try:
        kind = next((each for each in KINDS if each == sent.text("kind")), None)
        if kind is None and "kind" in sent:
            raise Invalid("kind", "choose one of these")
        kind = kind or "hoko"
        if kind == "hoko" and not sent.many("scopes"):
            raise Invalid("scopes", "choose at least one")
        ends = parse_local("expiresAt", sent.text("expiresAt"), visit.zone)
        scopes = tuple(sent.many("scopes")) if kind == "hoko" else ()
        new = identity.NewKey(kind, sent.text("name"), scopes, expires_at=ends)
        issued = await visit.write(identity.issue_key, new)
    except Invalid as fault:
        return _form(visit, sent, sent.many("scopes"), errors(fault, _FIELDS), 422)
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
