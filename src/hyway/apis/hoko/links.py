"""/api/links: short links, in Hoko's voice."""

from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hoko.shapes import (
    DateTime,
    Deleted,
    Foreign,
    Long,
    Skip,
    Sort,
    Take,
    Title,
    Url,
    Uuid,
    filter_id,
    given,
    ids,
    lasting,
)
from hyway.apis.kit import decode
from hyway.apis.kit.operations import Ask, Reply, operation
from hyway.domain import links
from hyway.domain.identity import Caller
from hyway.domain.links import Link, LinkChange, LinkQuery
from hyway.kernel import clock
from hyway.kernel.db import Read

_UTM = Meta(
    extra_json_schema={
        "type": "object",
        "properties": {key: {"type": ["string", "null"], "maxLength": 255} for key in links.UTM_KEYS},
        "additionalProperties": False,
    }
)
_GEO = Meta(
    description="Destinations by ISO 3166 country code.",
    extra_json_schema={
        "propertyNames": {"pattern": "^[A-Za-z]{2}$"},
        "additionalProperties": {"type": "string", "format": "uri"},
    },
)
UtmIn = Annotated[dict[str, str | None], _UTM]
Geo = Annotated[dict[str, str], _GEO]
Password = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 200})]
ShortId = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Za-z0-9_-]{1,64}$"})]
Forwarding = Annotated[str, Meta(extra_json_schema={"enum": list(links.FORWARDING)})]


class _Wish(Struct, rename="camel", kw_only=True):
    """What may be said of a link that is new or old."""

    title: Title | UnsetType | None = UNSET
    description: Long | UnsetType | None = UNSET
    image: Url | UnsetType | None = UNSET
    utm: UtmIn | UnsetType | None = UNSET
    expires_at: DateTime | UnsetType | None = UNSET
    expired_url: Url | UnsetType | None = UNSET
    password: Password | UnsetType | None = UNSET
    cloaked: bool | UnsetType | None = UNSET
    ios: Url | UnsetType | None = UNSET
    android: Url | UnsetType | None = UNSET
    geo: Geo | UnsetType | None = UNSET
    external_id: Foreign | UnsetType | None = UNSET
    tenant_id: Foreign | UnsetType | None = UNSET
    partner_id: Uuid | UnsetType | None = UNSET
    short_id: ShortId | UnsetType = UNSET
    forward_query: Forwarding | UnsetType | None = UNSET
    tag_ids: Annotated[list[Uuid], Meta(extra_json_schema={"maxItems": 50})] | UnsetType | None = UNSET


class LinkNew(_Wish, rename="camel", kw_only=True):
    """A link to create. An `id` is ignored: creating always makes a new link."""

    url: Url
    collection_id: Uuid


class LinkPut(_Wish, rename="camel", kw_only=True):
    """A link to change (with `id`) or to create (without, then `url` and `collectionId` are required)."""

    id: Uuid | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    collection_id: Uuid | UnsetType = UNSET


class LinkOut(Struct, rename="camel"):
    """A link; `forwardQuery` and `tagIds` are additions of ours."""

    id: Uuid
    url: str
    short_url: str
    qr_code: str
    title: str | None
    description: str | None
    image: str | None
    utm: dict[str, str] | None
    collection_id: Uuid
    external_id: str | None
    tenant_id: str | None
    partner_id: Uuid | None
    expires_at: DateTime | None
    expired_url: str | None
    password: str | None
    cloaked: bool
    ios: str | None
    android: str | None
    geo: dict[str, str] | None
    created_at: DateTime
    forward_query: Literal["visitor", "link", "off"]
    tag_ids: tuple[Uuid, ...]


class LinksQuery(Struct, rename="camel"):
    """Several filters: a link matches if it matches any of them."""

    id: Annotated[Uuid, Meta(description="The link of this id.")] | None = None
    external_id: Annotated[str, Meta(description="The link with this id of yours.")] | None = None
    tenant_id: Annotated[str, Meta(description="Links of this tenant.")] | None = None
    partner_id: Annotated[Uuid, Meta(description="Links of this partner.")] | None = None
    take: Take = 50
    skip: Skip = 0
    sort: Sort = "desc"


class Shown:
    """How links look from one public address: the parts of their URLs that never change are made once."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._short = public_url + "/"
        self._any_qr = f"{public_url}/qrcode?text="
        self._qr = self._any_qr + quote(self._short, safe=_UNRESERVED)

    def urls(self, link: Link) -> tuple[str, str]:
        """`shortUrl` and `qrCode`; a short id has no letter that a URL must escape."""
        if link.host is None:
            return self._short + link.short_id, f"{self._qr}{link.short_id}{_QR_END}"
        short = links.hosting.address(link, self._public_url)
        return short, f"{self._any_qr}{quote(short, safe=_UNRESERVED)}{_QR_END}"


_encode = msgspec.json.Encoder().encode
_UNRESERVED = "!~*'()"  # with letters, digits and -_. this is what encodeURIComponent leaves alone
_QR_END = "%3Fqr%3D1&size=512&errorCorrection=H&foreground=000000&background=FFFFFF&margin=1&format=svg"
_shown: dict[str, Shown] = {}


def shown(public_url: str) -> Shown:
    """The one for a public address; a server has one, or few."""
    found = _shown.get(public_url)
    if found is None:
        found = _shown[public_url] = Shown(public_url)
    return found


def out(link: Link, shown: Shown) -> LinkOut:
    short_url, qr_code = shown.urls(link)
    return LinkOut(
        link.id,
        link.url,
        short_url,
        qr_code,
        link.title,
        link.description,
        link.image,
        link.utm,
        link.collection_id,
        link.external_id,
        link.tenant_id,
        link.partner_id,
        None if link.expires_at is None else clock.text(link.expires_at),
        link.expired_url,
        link.password,
        link.cloaked,
        link.ios,
        link.android,
        link.geo,
        clock.text(link.created_at),
        link.forward_query,
        link.tag_ids,
    )


def _change(sent: _Wish) -> LinkChange:
    said = dict(given(sent))
    for name, field in (("id", "id"), ("collection_id", "collectionId"), ("partner_id", "partnerId")):
        if said.get(name) is not None:
            said[name] = decode.uuid(field, said[name])
    if said.get("expires_at") is not None:
        said["expires_at"] = lasting("expiresAt", said["expires_at"])
    if said.get("tag_ids"):
        said["tag_ids"] = [decode.uuid("tagIds", id) for id in said["tag_ids"]]
    return LinkChange(**said)


async def _put(ask: Ask, sent: list[LinkNew] | list[LinkPut]) -> list[LinkOut]:
    links.bounds(ask.by, len(sent))
    stored = await ask.db.write(links.put, ask.by, decode.each(sent, _change))
    view = shown(ask.public_url)
    return [out(link, view) for link in stored]


@operation("GET", "/api/links", scope="linksRead", query=LinksQuery, gives=list[LinkOut])
async def page(ask: Ask, query: LinksQuery) -> Reply:
    """Get links.

    Links of the workspace, newest first unless asked otherwise. Several filters are joined with OR.
    """
    wanted = LinkQuery(
        ids=(decode.uuid("id", query.id),) if query.id is not None else (),
        external_id=query.external_id,
        tenant_id=query.tenant_id,
        partner_id=filter_id("partnerId", query.partner_id),
        take=query.take,
        skip=query.skip,
        ascending=query.sort == "asc",
    )
    return Reply(await ask.db.read(_page, ask.by, wanted, shown(ask.public_url)))


def _page(r: Read, by: Caller, wanted: LinkQuery, view: Shown) -> bytes:
    """The answer, made where it is read: handing 50 links to the event loop costs more than encoding them."""
    return _encode([out(link, view) for link in links.page(r, by, wanted)])


@operation("POST", "/api/links", scope="linksWrite", takes=list[LinkNew], gives=list[LinkOut], status=201)
async def create(ask: Ask, sent: list[LinkNew]) -> list[LinkOut]:
    """Create links.

    Up to 10,000 in one request, all or none; the answer is in the order sent.
    """
    return await _put(ask, sent)


@operation("PUT", "/api/links", scope="linksWrite", takes=list[LinkPut], gives=list[LinkOut])
async def upsert(ask: Ask, sent: list[LinkPut]) -> list[LinkOut]:
    """Update or create links.

    With an `id` the link is changed: only the fields that are sent, null clears, `utm` merges by key. Without
    one it is created. An unknown `id` fails the whole request. The answer is in the order sent.
    """
    return await _put(ask, sent)


@operation("DELETE", "/api/links", scope="linksWrite", takes=list[Uuid], gives=Deleted)
async def delete(ask: Ask, sent: list[str]) -> Deleted:
    """Delete links.

    Their analytics are kept, and their short ids are never given to another link.
    """
    links.bounds(ask.by, len(sent))
    return Deleted(await ask.db.write(links.drop, ask.by, ids(sent)))


OPERATIONS = (page, create, upsert, delete)
