"""What webhooks carry: plain JSON, in the words of the API that the events belong to."""

from typing import Any

from hyway.domain.attribution.records import Click, Conversion
from hyway.kernel import clock


def click_payload(click: Click) -> dict[str, Any]:
    """A click as `GET /api/analytics` shows it."""
    return {
        "id": click.id,
        "linkId": click.link_id,
        "partnerId": click.partner_id,
        "visitorId": click.visitor_id,
        "visitorSessionId": click.session_id,
        "referrer": click.referrer,
        "destination": click.destination,
        "shortId": click.short_id,
        "utm": click.utm,
        "externalId": click.external_id,
        "tenantId": click.tenant_id,
        "browserName": click.browser_name,
        "browserVersion": click.browser_version,
        "osName": click.os_name,
        "osVersion": click.os_version,
        "deviceType": click.device_type,
        "country": click.country,
        "countryCode": click.country_code,
        "city": click.city,
        "createdAt": clock.text(click.at),
        "trigger": click.trigger,
        "bot": click.bot,
        "unique": click.first,
        "language": click.language,
    }


def conversion_payload(made: Conversion) -> dict[str, Any]:
    """A lead or a sale with its click, link and customer."""
    customer = made.customer
    shown: dict[str, Any] = {
        "id": made.id,
        "clickId": made.click_id,
        "linkId": made.link.id,
        "shortId": made.link.short_id,
        "partnerId": made.partner_id,
        "eventName": made.event_name,
        "metadata": made.metadata,
        "customer": {
            "id": customer.id,
            "externalId": customer.external_id,
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "avatar": customer.avatar,
        },
        "createdAt": clock.text(made.at),
    }
    if made.amount is not None:
        shown |= {"amount": made.amount, "currency": made.currency}
    return shown
