"""The event log: who did what, when, to what."""

from functools import partial
from urllib.parse import urlencode

from litestar import get

from hyway.console.visit import Here, Page
from hyway.domain import audit
from hyway.domain.audit import Event
from hyway.kernel import sqid

_PAGE = 50
KINDS = {
    "": "Everything",
    "link.": "Links",
    "collection.": "Collections",
    "tag.": "Tags",
    "partner.": "Partners",
    "lead.": "Leads",
    "sale.": "Sales",
    "key.": "API keys",
    "webhook.": "Webhooks",
    "person.": "People",
    "member.": "Members",
    "organization.": "Organization",
    "campaign.": "Campaigns",
    "application.": "Applications",
    "submission.": "Posts for campaigns",
    "collab.": "Collabs",
    "collab_submission.": "Work for collabs",
    "funding.": "Fundings",
    "payout.": "Payouts",
}
_ROOMS = {
    "link": "/console/links/",
    "collection": "/console/collections/",
    "tag": "/console/tags/",
    "partner": "/console/partners/",
    "customer": "/console/customers/",
    "webhook": "/console/webhooks/",
}
_PROGRAMMES = {"campaign": "/campaigns/", "collab": "/collabs/"}


def page_of(home: str, event: Event) -> str:
    """The page of what an event is about, if it has one and is there still; `home` is the organization's."""
    base = _ROOMS.get(event.subject_kind, "")
    if event.subject_kind in _PROGRAMMES:
        base = home + _PROGRAMMES[event.subject_kind]
    return base + event.subject_id if base and not event.action.endswith(".deleted") else ""


@get("/console/log")
async def show(visit: Here) -> Page:
    action = visit.asked.one_of("action", KINDS, "")
    before = visit.asked.whole("before", 0, 2**62, 0) or None
    found = await visit.read(audit.recent, before=before, action=action or None, most=_PAGE + 1)
    older = urlencode({"action": action, "before": found[_PAGE - 1].seq}) if len(found) > _PAGE else ""
    return visit.page(
        "log.html",
        events=found[:_PAGE],
        kinds=KINDS,
        action=action,
        older=older,
        before=before,
        page_of=partial(page_of, f"/organizations/{sqid.text(visit.organization.seq)}"),
    )


ROUTES = [show]
