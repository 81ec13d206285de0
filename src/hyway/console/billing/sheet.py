"""An invoice for whoever has its address, signed in or not: a page, and a PDF."""

import asyncio

from litestar import Response, get
from litestar.params import FromPath

from hyway.console.billing import words
from hyway.console.billing.pdf import pdf
from hyway.console.visit import Asked, Home, House
from hyway.domain import billing
from hyway.domain.billing import Sheet
from hyway.kernel.faults import Missing

_PDF = ".pdf"
_HIDDEN = {"x-robots-tag": "noindex", "referrer-policy": "no-referrer"}


@get(billing.sheets.PATH + "{token:str}")
async def show(request: Asked, house: Home, token: FromPath[str]) -> Response[str] | Response[bytes]:
    """The one or the other, by how the address ends."""
    if token.endswith(_PDF):
        return await _file(house, await _found(house, token.removesuffix(_PDF)))
    sheet = await _found(house, token)
    paper = words.paper(sheet.account, sheet.invoice, house.public_url)
    answer = house.page(
        request, "billing/invoice.html", paper=paper, until=sheet.until, pdf=f"{request.url.path}{_PDF}"
    )
    answer.headers.update(_HIDDEN)
    return answer


async def _found(house: House, token: str) -> Sheet:
    sheet = await house.db.read(billing.sheets.read, token)
    if sheet is None:
        raise Missing(
            "This address leads to no invoice, or has led to one for long enough: ask for a new one"
        )
    return sheet


async def _file(house: House, of: Sheet) -> Response[bytes]:
    paper = words.paper(of.account, of.invoice, house.public_url)
    made = await asyncio.to_thread(pdf, paper)
    name = f'inline; filename="invoice-{of.invoice.number or "draft"}.pdf"'
    headers = {"content-disposition": name, **_HIDDEN}
    return Response(made, media_type="application/pdf", headers=headers)


OPEN = [show]
"""For everybody."""
