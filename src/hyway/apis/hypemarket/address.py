"""/me/address: where the caller has samples sent."""

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import Show, operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask
from hyway.domain import creators
from hyway.kernel import sqid

ADDRESS = Root(
    "address",
    address_one=params.text("The street and the number."),
    address_two=params.text(),
    city=params.text(),
    state=params.text(),
    postal_code=params.text(),
    country_code=params.text("ISO 3166-1 alpha-2."),
)


class Address(Struct):
    id: str
    address_one: str
    address_two: str | None
    city: str
    state: str | None
    postal_code: str
    country_code: str
    created_at: str
    updated_at: str


def out(address: creators.addresses.Address) -> Address:
    return Address(
        id=sqid.text(address.seq),
        address_one=address.address_one,
        address_two=address.address_two,
        city=address.city,
        state=address.state,
        postal_code=address.postal_code,
        country_code=address.country_code,
        created_at=asking.at(address.created_at),
        updated_at=asking.at(address.updated_at),
    )


@operation("GET", "/me/address", scope=READ, gives=Address)
async def show(ask: Ask) -> Show:
    """Show the address.

    404 without a body where none is set.
    """
    found = await asking.read(ask, creators.addresses.find)
    return Show(out(found), found.updated_at)


@operation("PATCH", "/me/address", scope=WRITE, takes=ADDRESS, gives=Address)
async def put(ask: Ask, sent: Sent) -> Address:
    """Create or change the address.

    What is not sent stays as it is.
    """
    return out(await asking.write(ask, creators.addresses.put, sent.fields, sent=sent))


@operation("DELETE", "/me/address", scope=WRITE, gives=None, status=204)
async def drop(ask: Ask) -> None:
    """Delete the address."""
    await asking.write(ask, creators.addresses.drop)


OPERATIONS = (show, put, drop)
