"""/api/billing-accounts/{billingAccountId}/: who owns it, and how it pays."""

import asyncio

from hyway.apis.hyphen import billing_shapes as shapes
from hyway.apis.hyphen.asking import SIGNED_IN, operation
from hyway.apis.hyphen.billing_shapes import (
    BillingOwner,
    OwnerIn,
    PaymentMethod,
    PaymentMethodChange,
    PaymentMethodIn,
)
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit.operations import Ask
from hyway.domain import billing

_OWNERS = "/api/billing-accounts/{billingAccountId}/owners/"
_METHODS = "/api/billing-accounts/{billingAccountId}/payment-methods/"


@operation("POST", _OWNERS, needs=SIGNED_IN, takes=OwnerIn, gives=BillingOwner)
async def add_owner(ask: Ask, sent: OwnerIn) -> BillingOwner:
    """Add an owner.

    Whoever signs in with the address may do everything with the account from now on. An address that nobody has is a
    404, an owner already a 409.
    """
    return shapes.owner(
        await ask.db.write(billing.owners.add, ask.by, ask.path["billingAccountId"], sent.email)
    )


@operation("DELETE", f"{_OWNERS}{{userId}}/", needs=SIGNED_IN, status=204)
async def drop_owner(ask: Ask) -> None:
    """Remove an owner.

    The last one stays: a 409.
    """
    await ask.db.write(billing.owners.drop, ask.by, ask.path["billingAccountId"], ask.path["userId"])


@operation("POST", _METHODS, needs=SIGNED_IN, takes=PaymentMethodIn, gives=PaymentMethod)
async def add_method(ask: Ask, sent: PaymentMethodIn) -> PaymentMethod:
    """Add a payment method.

    By a confirmation token of the provider's, or `offline_transfer` where this server issues the invoices itself. The
    first one is the default. A token of nobody's or of another account's is a 404, one that was used a 409.
    """
    desk = billing.paying.Desk(tools(ask).services, tools(ask).outgoing)
    id, token = ask.path["billingAccountId"], sent.confirmation_token
    return shapes.method(await asyncio.to_thread(billing.paying.add, ask.db, desk, ask.by, id, token))


@operation(
    "PATCH", f"{_METHODS}{{providerId}}/", needs=SIGNED_IN, takes=PaymentMethodChange, gives=PaymentMethod
)
async def prefer_method(ask: Ask, sent: PaymentMethodChange) -> PaymentMethod:
    """Make a payment method the default.

    The default stays it until another one is made the default: a 409 for `false`.
    """
    id, method = ask.path["billingAccountId"], ask.path["providerId"]
    return shapes.method(await ask.db.write(billing.paying.prefer, ask.by, id, method, sent.is_default))


@operation("DELETE", f"{_METHODS}{{providerId}}/", needs=SIGNED_IN, status=204)
async def drop_method(ask: Ask) -> None:
    """Remove a payment method.

    The default one goes last, and the only one of a subscription that costs something not at all: 409.
    """
    await ask.db.write(billing.paying.drop, ask.by, ask.path["billingAccountId"], ask.path["providerId"])


OPERATIONS = (add_owner, drop_owner, add_method, prefer_method, drop_method)
