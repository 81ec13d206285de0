"""/api/organizations/{organizationId}/link/codes/: short links, the same that the API of links has."""

from hyway.apis.hyphen import codes_shapes as shapes
from hyway.apis.hyphen import lists
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.codes_shapes import CODE, CODES, Code, CodeIn, CodePatch, CodesQuery
from hyway.apis.hyphen.lists import PageOut
from hyway.apis.kit.operations import Ask
from hyway.domain import links


@operation("GET", CODES, needs=("read", "Link"), query=CodesQuery, gives=PageOut[Code])
async def page(ask: Ask, query: CodesQuery) -> PageOut[Code]:
    """List short codes.

    Newest first, those included that were made by the API of links or in the console. Of several `tags` any one is
    enough; other filters must all be met.
    """
    wanted = links.ShortCodeQuery(query.title, query.search, query.tags, query.offset, query.limit)
    found, total = await ask.db.read(links.short_codes.page, await at(ask), wanted)
    return lists.page(query, total, [shapes.out(each) for each in found])


@operation("POST", CODES, needs=("create", "Link"), takes=CodeIn, gives=Code, status=201)
async def create(ask: Ask, sent: CodeIn) -> Code:
    """Create a short code.

    On a domain a code is there once, and is not given away again when it was deleted.
    """
    return shapes.out(await ask.db.write(links.short_codes.create, await at(ask), shapes.new(sent)))


@operation("GET", f"{CODES}tags", needs=("read", "Link"), gives=list[str])
async def tags(ask: Ask) -> list[str]:
    """List tags.

    Their names, in the order of letters.
    """
    return await ask.db.read(links.short_codes.tags, await at(ask))


@operation("GET", CODE, needs=("read", "Link"), gives=Code)
async def find(ask: Ask) -> Code:
    """Show a short code.

    By its id; by the code itself, too, where the organization has it on one domain only.
    """
    return shapes.out(await ask.db.read(links.short_codes.find, await at(ask), ask.path["codeId"]))


@operation("PATCH", CODE, needs=("update", "Link"), takes=CodePatch, gives=Code)
async def change(ask: Ask, sent: CodePatch) -> Code:
    """Change a short code.

    The code and its domain stay what they are.
    """
    wish = shapes.wish(sent)
    return shapes.out(await ask.db.write(links.short_codes.change, await at(ask), ask.path["codeId"], wish))


@operation("DELETE", CODE, needs=("delete", "Link"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a short code.

    Its QR codes go with it; its clicks stay in the organization's numbers.
    """
    await ask.db.write(links.short_codes.drop, await at(ask), ask.path["codeId"])


OPERATIONS = (page, create, tags, find, change, drop)
