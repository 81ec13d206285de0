"""One link: its numbers, its latest clicks as they come, its QR code, its end."""

from litestar import get, post

from hyway.console.pages import numbers
from hyway.console.pages.links import domains, shelves
from hyway.console.visit import Here, Page, Visit
from hyway.domain import links
from hyway.domain.links import Link
from hyway.kernel import clock
from hyway.kernel.faults import Missing


async def this(visit: Visit) -> Link:
    """The link that the path names, if it is the organization's."""
    found = await visit.read(links.find, str(visit.request.path_params["link"]))
    if found is None:
        raise Missing("there is no such link")
    return found


def _base(link: Link) -> str:
    return f"/console/links/{link.id}"


@get("/console/links/{link:uuid}")
async def show(visit: Here) -> Page:
    link = await this(visit)
    collections, tags, partners = await visit.read(shelves)
    return visit.page(
        "link.html",
        link=link,
        now=clock.now(),
        domain=next((each for each in await domains(visit) if each.seq == link.domain), None),
        collection=next((each for each in collections if each.id == link.collection_id), None),
        partner=next((each for each in partners if each.id == link.partner_id), None),
        tags=[tag for tag in tags if tag.id in link.tag_ids],
        **await numbers.facts(visit, _base(link), link_id=link.id),
    )


@get("/console/links/{link:uuid}/figures")
async def figures(visit: Here) -> Page:
    link = await this(visit)
    return await numbers.figures(visit, _base(link), link_id=link.id)


@get("/console/links/{link:uuid}/latest")
async def latest(visit: Here) -> Page:
    link = await this(visit)
    return await numbers.stream(visit, _base(link), link_id=link.id)


@post("/console/links/{link:uuid}/delete")
async def delete(visit: Here) -> Page:
    link = await this(visit)
    if not visit.confirmed():
        question = (
            f"Delete the link /{link.short_id}? Its visitors get “not found” from now on; its numbers stay."
        )
        return visit.confirm(question, "Delete link", _base(link))
    await visit.write(links.drop, [link.id])
    return visit.go("/console/links", f"The link /{link.short_id} is deleted.")


ROUTES = [show, figures, latest, delete]
