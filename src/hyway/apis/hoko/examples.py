"""Examples of the documentation: those of Hoko's page, with our additions."""

from typing import Any

from hyway.apis.kit.openapi import Example

_ID = "550e8400-e29b-41d4-a716-446655440000"
_AT = "2024-01-01T00:00:00Z"
_QR = (
    "https://hoko.to/qrcode?text=https%3A%2F%2Fhoko.to%2Fabc123%3Fqr%3D1&size=512&errorCorrection=H"
    "&foreground=000000&background=FFFFFF&margin=1&format=svg"
)
_UTM = {"source": "google", "medium": "cpc", "campaign": "summer", "term": "keyword", "content": "ad_content"}
_LINK: dict[str, Any] = {
    "id": _ID,
    "url": "https://example.com",
    "shortUrl": "https://hoko.to/abc123",
    "qrCode": _QR,
    "title": "Example Link",
    "description": "An example link",
    "image": "https://example.com/image.jpg",
    "utm": _UTM,
    "collectionId": _ID,
    "externalId": "ext_123",
    "tenantId": "tenant_123",
    "partnerId": _ID,
    "expiresAt": None,
    "expiredUrl": None,
    "password": None,
    "cloaked": False,
    "ios": None,
    "android": None,
    "geo": None,
    "createdAt": _AT,
    "forwardQuery": "visitor",
    "tagIds": [],
}
_TRACKED = {
    **{
        name: _LINK[name]
        for name in ("id", "url", "shortUrl", "qrCode", "title", "description", "image", "utm")
    },
    **{name: _LINK[name] for name in ("collectionId", "partnerId", "tenantId", "externalId", "createdAt")},
}
_NEW_LINK = {
    "url": "https://example.com",
    "title": "Example Link",
    "description": "An example link",
    "collectionId": _ID,
    "utm": {"source": "google", "medium": "cpc", "campaign": "summer"},
}
_COLLECTION = {
    "id": _ID,
    "name": "Marketing Campaigns",
    "description": "All marketing links",
    "createdAt": _AT,
    "updatedAt": _AT,
}
_TAG = {"id": _ID, "name": "Marketing", "color": "blue"}
_PARTNER = {
    "id": _ID,
    "name": "Partner Name",
    "email": "partner@example.com",
    "phone": "+1234567890",
    "createdAt": _AT,
    "updatedAt": _AT,
}
_NEW_PARTNER = {name: _PARTNER[name] for name in ("name", "email", "phone")}
_CLICK = {
    "id": _ID,
    "linkId": _ID,
    "partnerId": _ID,
    "visitorId": "visitor_123",
    "visitorSessionId": "session_123",
    "referrer": "https://google.com",
    "destination": "https://example.com",
    "shortId": "abc123",
    "utm": {"source": "google", "medium": "cpc", "campaign": "summer"},
    "externalId": "ext_123",
    "tenantId": "tenant_123",
    "browserName": "Chrome",
    "browserVersion": "120.0",
    "osName": "Windows",
    "osVersion": "10",
    "deviceType": "desktop",
    "country": "United States",
    "countryCode": "US",
    "city": "New York",
    "createdAt": _AT,
    "trigger": "link",
    "bot": False,
    "unique": True,
    "language": "en",
}
_CUSTOMER = {
    "id": _ID,
    "externalId": "customer_123",
    "name": "John Doe",
    "email": "john@example.com",
    "phone": "+1234567890",
    "avatar": "https://example.com/avatar.jpg",
    "createdAt": _AT,
    "updatedAt": _AT,
}
_BUYER = {name: _CUSTOMER[name] for name in ("id", "name", "email", "phone", "avatar", "externalId")}
_LEAD = {
    "clickId": "click_abc123",
    "eventName": "Sign up",
    "customerExternalId": "customer_123",
    "customerName": "John Doe",
    "customerEmail": "john@example.com",
    "metadata": {"source": "website"},
}
_SALE = {
    "customerExternalId": "customer_123",
    "amount": 12900,
    "currency": "usd",
    "eventName": "Invoice paid",
    "customerName": "John Doe",
    "customerEmail": "john@example.com",
    "metadata": {"invoiceId": "inv_123"},
}
_DELETED = Example({"deletedIds": [_ID]}, [_ID])

EXAMPLES: dict[str, Example] = {
    "GET /api/links": Example([_LINK]),
    "POST /api/links": Example([_LINK], [_NEW_LINK]),
    "PUT /api/links": Example([_LINK], [{"id": _ID, "title": "Example Link", "expiresAt": None}]),
    "DELETE /api/links": _DELETED,
    "GET /api/collections": Example([_COLLECTION]),
    "POST /api/collections": Example(
        [_COLLECTION], [{"name": "Marketing Campaigns", "description": "All marketing links"}]
    ),
    "PUT /api/collections": Example([_COLLECTION], [{"id": _ID, "description": "All marketing links"}]),
    "DELETE /api/collections": _DELETED,
    "GET /api/tags": Example([_TAG]),
    "POST /api/tags": Example([_TAG], [{"name": "Marketing", "color": "blue"}]),
    "PUT /api/tags": Example([_TAG], [{"id": _ID, "color": "blue"}]),
    "DELETE /api/tags": _DELETED,
    "GET /api/partners": Example([_PARTNER]),
    "POST /api/partners": Example([_PARTNER], [_NEW_PARTNER]),
    "PUT /api/partners": Example([_PARTNER], [{"id": _ID, "email": "partner@example.com"}]),
    "DELETE /api/partners": _DELETED,
    "GET /api/analytics": Example([_CLICK]),
    "GET /api/customers": Example([_CUSTOMER]),
    "POST /api/track/lead": Example(
        {
            "click": {"id": "click_abc123"},
            "link": _TRACKED,
            "lead": {"eventName": "Sign up", "metadata": {"source": "website"}},
            "customer": _BUYER,
        },
        _LEAD,
    ),
    "POST /api/track/sale": Example(
        {
            "click": {"id": "click_abc123"},
            "link": _TRACKED,
            "customer": _BUYER,
            "sale": {
                "amount": 12900,
                "currency": "usd",
                "eventName": "Invoice paid",
                "metadata": {"invoiceId": "inv_123"},
            },
        },
        _SALE,
    ),
}
