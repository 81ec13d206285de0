"""Being let in at a vendor's own page: there, and back with a code."""

import base64
import hashlib
import json
import secrets

from litestar import get
from litestar.params import FromPath

from hyway.console.form import sentence
from hyway.console.integrations import catalogue, words
from hyway.console.visit import Here, Page, Visit
from hyway.domain import connections, identity
from hyway.kernel.clock import HOUR, SECOND
from hyway.kernel.faults import Invalid, Missing, Refused, Taken

_KEPT = "hyway_invite"
_PURPOSE = "console invite"


@get(catalogue.NEW + "/invite")
async def leave(visit: Here, kind: FromPath[str]) -> Page:
    """To the vendor's page. What the code is redeemed with stays in this browser."""
    vendors = visit.house.vendors
    if vendors.inviting(kind) is None:
        raise Missing("There is no such integration", id=kind)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    try:
        found = await visit.read(connections.invites.start, vendors, kind, challenge)
    except Invalid as fault:
        return visit.go(f"{words.HERE}/new/{kind}", sentence(fault))
    kept = json.dumps([kind, verifier, found.state]).encode().hex()
    answer = visit.go(found.url)
    signed = visit.house.db.seal.sign(kept, _PURPOSE)
    answer.set_cookie(visit.house.cookie(_KEPT, signed, HOUR // SECOND))
    return answer


@get(connections.integrations.CALLBACK)
async def come(visit: Here) -> Page:
    """Back from it: the code becomes an integration, where this browser went for it."""
    identity.access.require(visit.by, "create", "Integration")
    state = visit.asked.raw("state")
    if not await visit.read(connections.invites.is_ours, state):
        raise Refused("this did not begin here, or too long ago; begin again at Integrations")
    kept = _kept(visit, state)
    if kept is None:
        # A program asked for the invitation: it has what the code is redeemed with.
        return visit.page("integrations/code.html", code=visit.asked.raw("code")[:500])
    answer = await _redeemed(visit, *kept)
    answer.set_cookie(visit.house.cookie(_KEPT, "", 0))
    return answer


def _kept(visit: Visit, state: str) -> tuple[str, str] | None:
    """The type and the verifier of the invitation that this browser went for."""
    text = visit.house.db.seal.signed(visit.request.cookies.get(_KEPT, ""), _PURPOSE)
    kind, verifier, own = json.loads(bytes.fromhex(text)) if text else ("", "", "")
    return (kind, verifier) if own and own == state else None


async def _redeemed(visit: Visit, kind: str, verifier: str) -> Page:
    house, code = visit.house, visit.asked.raw("code")[:500]
    entry = house.vendors.entry(kind)
    if entry is None:
        raise Missing("There is no such integration", id=kind)
    if not code:
        why = visit.asked.text("error")[:100] or "it gave no code"
        return await catalogue.form(visit, entry, {}, {"": f"{entry.name} has not let us in: {why}."}, 422)
    told = {"code": code, "codeVerifier": verifier}
    try:
        made = await connections.integrations.add(house.db, house.vendors, visit.by, kind, told)
    except Invalid as fault:
        status = 409 if isinstance(fault, Taken) else 422
        return await catalogue.form(visit, entry, {}, {"": sentence(fault)}, status)
    return visit.go(words.at(made), f"{entry.name} has let us in.")


ROUTES = [leave, come]
