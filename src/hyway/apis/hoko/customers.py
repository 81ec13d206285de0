"""/api/customers: who became a lead or bought; written by conversions alone."""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hoko.shapes import DateTime, Skip, Sort, Take, Uuid, filter_id
from hyway.apis.kit.operations import Ask, operation
from hyway.domain import attribution
from hyway.domain.attribution import Customer, CustomerQuery
from hyway.kernel import clock


class CustomersQuery(Struct, rename="camel"):
    """Both filters: a customer matches if it matches any of them."""

    id: Annotated[Uuid, Meta(description="The customer of this id.")] | None = None
    external_id: Annotated[str, Meta(description="The customer with this id of yours.")] | None = None
    take: Take = 50
    skip: Skip = 0
    sort: Sort = "desc"


class CustomerOut(Struct, rename="camel"):
    id: Uuid
    external_id: str
    name: str
    email: str | None
    phone: str | None
    avatar: str | None
    created_at: DateTime
    updated_at: DateTime


def out(customer: Customer) -> CustomerOut:
    return CustomerOut(
        customer.id,
        customer.external_id,
        customer.name,
        customer.email,
        customer.phone,
        customer.avatar,
        clock.text(customer.created_at),
        clock.text(customer.updated_at),
    )


@operation("GET", "/api/customers", scope="customersRead", query=CustomersQuery, gives=list[CustomerOut])
async def page(ask: Ask, query: CustomersQuery) -> list[CustomerOut]:
    """Get customers.

    Customers are created and changed by leads and sales.
    """
    wanted = CustomerQuery(
        id=filter_id("id", query.id),
        external_id=query.external_id,
        take=query.take,
        skip=query.skip,
        ascending=query.sort == "asc",
    )
    return [out(customer) for customer in await ask.db.read(attribution.customers, ask.by, wanted)]


OPERATIONS = (page,)
