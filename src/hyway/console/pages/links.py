"""All links: search, filters, pages."""

from collections.abc import Sequence
from urllib.parse import urlencode

from litestar import get

from hyway.console.visit import Here, Page, Visit
from hyway.domain import attribution, links
from hyway.domain.identity import Caller
from hyway.domain.links import Collection, Domain, LinkQuery, Partner, ShelfQuery, Tag
from hyway.kernel.db import Read

PAGE = 25
OWN = "own"
"""What stands for the server's own names where a domain is chosen."""
_ALL = ShelfQuery(take=1000, ascending=True)


def shelves(r: Read, by: Caller) -> tuple[list[Collection], list[Tag], list[Partner]]:
    """What a link may be put on, oldest first, a thousand of each at most."""
    return (
        links.page_of_shelf(r, by, links.COLLECTIONS, _ALL),
        links.page_of_shelf(r, by, links.TAGS, _ALL),
        links.page_of_shelf(r, by, links.PARTNERS, _ALL),
    )


async def domains(visit: Visit) -> list[Domain]:
    """Those of the organization; none where the person may not see them."""
    return (await visit.read(links.domains.page))[0] if visit.may("read", "Domain") else []


def _place(visit: Visit, there: Sequence[Domain]) -> int | None:
    """The number of the domain that the filter names, 0 for the server's own names; None for every place."""
    said = visit.asked.text("domain")
    return 0 if said == OWN else next((each.seq for each in there if each.id == said), None)


def _find(
    r: Read, by: Caller, query: LinkQuery
) -> tuple[list[links.Link], int, dict[str, attribution.Counts]]:
    """A page of links, how many there are, and what each of the page has brought."""
    found = links.page(r, by, query)
    counts = attribution.of_links(r, by, [each.id for each in found])
    return found, links.count(r, by, query), counts


@get("/console/links")
async def show(visit: Here) -> Page:
    asked = visit.asked
    page = asked.whole("page", 1, 1_000_000, 1)
    there = await domains(visit)
    query = LinkQuery(
        search=asked.text("q")[:200] or None,
        collection_id=asked.uuid("collection"),
        tag_id=asked.uuid("tag"),
        partner_id=asked.uuid("partner"),
        domain=_place(visit, there),
        take=PAGE,
        skip=(page - 1) * PAGE,
    )
    found, total, counts = await visit.read(_find, query)
    collections, tags, partners = await visit.read(shelves)
    is_narrow = any(
        (query.search, query.collection_id, query.tag_id, query.partner_id, query.domain is not None)
    )
    return visit.page(
        "links.html",
        links=found,
        counts=counts,
        total=total,
        collections=collections,
        tags=tags,
        partners=partners,
        domains=there,
        own=OWN,
        tag_by_id={tag.id: tag for tag in tags},
        query=query,
        is_narrow=is_narrow,
        pages=paging(visit, page, total, PAGE),
    )


def paging(visit: Visit, page: int, total: int, size: int) -> dict[str, object]:
    """First and last item of this page, and where the pages before and after are."""
    kept = {
        name: visit.asked.text(name)
        for name in ("q", "collection", "tag", "partner", "domain")
        if visit.asked.text(name)
    }
    path = visit.request.url.path

    def at(number: int) -> str:
        return f"{path}?{urlencode({**kept, 'page': str(number)})}"

    return {
        "first": min((page - 1) * size + 1, total),
        "last": min(page * size, total),
        "total": total,
        "before": at(page - 1) if page > 1 else "",
        "after": at(page + 1) if page * size < total else "",
    }


ROUTES = [show]
