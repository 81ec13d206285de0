"""Nouns of short links."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hyway.domain.identity import Organization
from hyway.kernel.clock import Instant
from hyway.kernel.patch import UNSET, Unset

Utm = dict[str, str]
"""Keys among source, medium, campaign, term, content, referral."""
ForwardQuery = Literal["visitor", "link", "off"]
"""What becomes of the visitor's own query: it wins over the destination's, yields to it, or is dropped."""


@dataclass(frozen=True, slots=True)
class Collection:
    id: str
    name: str
    description: str | None
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class Tag:
    id: str
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Partner:
    """Whom a link works for: its clicks and sales are the partner's."""

    id: str
    name: str
    email: str | None
    phone: str | None
    created_at: Instant
    updated_at: Instant


class Link(NamedTuple):
    """A short link as its owner sees it; `password` is in clear, for the owner alone.

    A tuple because a page of them is made for each request: a frozen dataclass takes five times as long.
    """

    seq: int
    id: str
    short_id: str
    url: str
    title: str | None
    description: str | None
    image: str | None
    utm: Utm | None
    expires_at: Instant | None
    expired_url: str | None
    password: str | None
    cloaked: bool
    ios: str | None
    android: str | None
    geo: dict[str, str] | None
    collection_id: str
    external_id: str | None
    tenant_id: str | None
    partner_id: str | None
    forward_query: ForwardQuery
    tag_ids: tuple[str, ...]
    created_at: Instant
    updated_at: Instant
    domain: int
    """The number of the organization's domain under which it answers; 0 for the server's own names."""
    host: str | None
    """Its name in an address: the domain's, or the one of the server's that it was asked for; None for its home."""


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A wish: without `id` a new link, with it a change of that one. UNSET is not mentioned, None is null.

    Where a link answers, `domain` and `host`, is settled when it is made.
    """

    id: str | None = None
    short_id: str | Unset = UNSET
    url: str | Unset | None = UNSET
    collection_id: str | Unset | None = UNSET
    title: str | Unset | None = UNSET
    description: str | Unset | None = UNSET
    image: str | Unset | None = UNSET
    utm: dict[str, str | None] | Unset | None = UNSET
    expires_at: Instant | Unset | None = UNSET
    expired_url: str | Unset | None = UNSET
    password: str | Unset | None = UNSET
    cloaked: bool | Unset | None = UNSET
    ios: str | Unset | None = UNSET
    android: str | Unset | None = UNSET
    geo: dict[str, str] | Unset | None = UNSET
    external_id: str | Unset | None = UNSET
    tenant_id: str | Unset | None = UNSET
    partner_id: str | Unset | None = UNSET
    forward_query: ForwardQuery | Unset | None = UNSET
    tag_ids: list[str] | Unset | None = UNSET
    domain: int | Unset = UNSET
    host: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class LinkQuery:
    """Filters join with OR, as Hoko's page says. The console's narrow: search, collection, tag and domain."""

    ids: tuple[str, ...] = ()
    external_id: str | None = None
    tenant_id: str | None = None
    partner_id: str | None = None
    search: str | None = None
    collection_id: str | None = None
    tag_id: str | None = None
    domain: int | None = None
    take: int = 50
    skip: int = 0
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class ShelfQuery:
    """A page of collections, tags or partners."""

    id: str | None = None
    search: str | None = None
    take: int = 50
    skip: int = 0
    ascending: bool = False


DnsStatus = Literal["pending", "verified", "failed"]
SslStatus = Literal["notReady", "pending", "active", "failed"]
DomainStatus = Literal["notReady", "pending", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Domain:
    """A name under which an organization's links answer, once it is shown to be the organization's."""

    seq: int
    id: str
    organization: int
    domain: str
    status: DomainStatus
    dns_status: DnsStatus
    ssl_status: SslStatus
    not_found_redirect_url: str | None
    """Where visitors of codes that do not exist go."""
    fallback_url_template: str | None
    """The same with `{code}` for the code that was asked for; it comes first."""
    challenge: str
    """What the TXT record of `_hyway.<domain>` has to say."""
    found: str | None
    """What the last look found, for people to read."""
    created_at: Instant
    updated_at: Instant
    asked_at: Instant | None
    """When it was last looked at."""


@dataclass(frozen=True, slots=True)
class NewDomain:
    domain: str
    not_found_redirect_url: str | None = None
    fallback_url_template: str | None = None


@dataclass(frozen=True, slots=True)
class DomainChange:
    """UNSET is not mentioned; None takes it away."""

    not_found_redirect_url: str | Unset | None = UNSET
    fallback_url_template: str | Unset | None = UNSET


@dataclass(frozen=True, slots=True)
class Place:
    """A verified domain as the redirect needs it."""

    domain: int
    name: str
    not_found_redirect_url: str | None
    fallback_url_template: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the Domain Name System that the owner of a domain has to make."""

    type: Literal["TXT", "CNAME"]
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at a domain found. `proved`: a record shows that it is the organization's; None: nobody could tell.

    `secured`: whether it answers with a certificate of its own; None where nobody looked. `by_alias`: the proof is that
    the name leads here, which does not say for whom.
    """

    proved: bool | None
    secured: bool | None
    said: str
    by_alias: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A live link as the redirect needs it."""

    seq: int
    id: str
    organization: int
    short_id: str
    url: str
    title: str | None
    description: str | None
    image: str | None
    utm: Utm | None
    expires_at: Instant | None
    expired_url: str | None
    password: str | None
    cloaked: bool
    ios: str | None
    android: str | None
    geo: dict[str, str] | None
    external_id: str | None
    tenant_id: str | None
    partner_id: str | None
    forward_query: ForwardQuery
    domain: int
    host: str | None


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A link as the wire of projects shows it: `tags` by name, `domain` the name that it answers under."""

    link: Link
    id: str
    domain: str
    tags: tuple[str, ...]
    organization: Organization
    address: str


@dataclass(frozen=True, slots=True)
class NewShortCode:
    long_url: str
    domain: str
    code: str | None = None
    title: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortCodeChange:
    """UNSET is not mentioned; no title is None."""

    long_url: str | Unset = UNSET
    title: str | Unset | None = UNSET
    tags: tuple[str, ...] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class ShortCodeQuery:
    """Filters join with AND; of `tags` any one is enough. `search` looks at the URL and the code, too."""

    title: str = ""
    search: str = ""
    tags: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 100


QrSize = Literal["small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class KeptQr:
    """A QR code of a link, drawn once: what was drawn stays as it is. Colours are `#rrggbb`."""

    id: str
    title: str | None
    size: QrSize
    color: str
    background: str
    png: bytes
    created_at: Instant


@dataclass(frozen=True, slots=True)
class NewQr:
    """`logo` is a picture as it was sent, for the middle of the code."""

    title: str | None = None
    size: QrSize = "medium"
    color: str = "#000000"
    background: str = "#ffffff"
    logo: bytes | None = field(default=None, repr=False)
