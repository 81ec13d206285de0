"""Which tenants and subscriptions of a cloud somebody has, to choose from instead of copying ids."""

from litestar import post
from litestar.params import FromPath

from hyway.console.integrations import catalogue, words
from hyway.console.integrations.catalogue import Survey
from hyway.console.visit import Here, Page
from hyway.domain import connections
from hyway.domain.connections import Tenancy
from hyway.kernel.faults import Invalid


@post(catalogue.NEW + "/survey")
async def survey(visit: Here, kind: FromPath[str]) -> Page:
    """The form again, with what there is to choose from. The token is shown to the vendor alone: no page says it, and
    nothing keeps it."""
    entry, vendors = catalogue.entry_of(visit, kind), visit.house.vendors
    there = await visit.read(connections.integrations.of_type, entry.type)
    if there:
        return catalogue.sent_on(visit, words.at(there))
    try:
        found = await connections.tenancy.survey(vendors, visit.by, entry.type, visit.sent.text("token"))
    except Invalid as fault:
        refused = " ".join(words.errors(fault, ("token",)).values())
        # The script takes its pieces out of the page, and browsers complain of what is no success.
        status = 200 if visit.request.headers.get("x-part") else 422
        return await catalogue.form(visit, entry, {}, {}, status, survey=Survey(refused=refused))
    return await catalogue.form(visit, entry, {}, {}, survey=_chosen_from(found))


def _chosen_from(found: Tenancy) -> Survey:
    """By the settings that clouds have for them."""
    return Survey({"tenantId": found.tenants, "subscriptionId": found.subscriptions})


ROUTES = [survey]
