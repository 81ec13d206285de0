"""Short codes as they come and go on this wire, which spells some of their fields unlike all others."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import refs
from hyway.apis.hyphen.asking import moment
from hyway.apis.hyphen.fields import Words
from hyway.apis.hyphen.lists import PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.domain import links
from hyway.kernel import patch

CODES = "/api/organizations/{organizationId}/link/codes/"
CODE = "/api/organizations/{organizationId}/link/codes/{codeId}"

LongUrl = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=8_192,
        description="Where the link leads: http or https, and not back to a short link.",
    ),
]
Title = Annotated[str, Meta(max_length=500)]
Tags = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=255)]],
    Meta(max_length=50, description="By name; those that are not there yet are made."),
]


class CodesQuery(PageQuery, kw_only=True, rename="camel"):
    title: Annotated[str, Meta(max_length=500, description="Part of a title, in any case.")] = ""
    search: Annotated[
        str, Meta(max_length=500, description="Part of a title, an address or a code, in any case.")
    ] = ""
    tags: Words = ()


class CodeIn(Struct, kw_only=True):
    long_url: LongUrl
    domain: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=259,
            description="Without a scheme: a name of this server, or a domain of the organization that is ready.",
        ),
    ]
    code: (
        Annotated[
            str,
            Meta(
                max_length=64, description="Letters A to Z, digits, hyphens, underscores; drawn if not sent."
            ),
        ]
        | UnsetType
        | None
    ) = UNSET
    title: Title | UnsetType | None = UNSET
    tags: Tags | UnsetType | None = UNSET


class CodePatch(Struct, kw_only=True):
    """What is not sent stays; null takes the title or the tags away."""

    long_url: LongUrl | UnsetType = UNSET
    title: Title | UnsetType | None = UNSET
    tags: Tags | UnsetType | None = UNSET


class Code(Struct, kw_only=True, rename={"created_at": "createdAt"}):
    id: str
    code: str
    long_url: str
    domain: str
    created_at: str
    title: str | UnsetType = UNSET
    tags: list[str]
    organization: OrganizationRef
    """Not `organizationId` beside it: the vendor's clients do not agree on what that would be."""


def new(sent: CodeIn) -> links.NewShortCode:
    return links.NewShortCode(
        sent.long_url, sent.domain, sent.code or None, sent.title or None, tuple(sent.tags or ())
    )


def wish(sent: CodePatch) -> links.ShortCodeChange:
    return links.ShortCodeChange(
        long_url=patch.UNSET if sent.long_url is UNSET else sent.long_url,
        title=patch.UNSET if sent.title is UNSET else sent.title or None,
        tags=patch.UNSET if sent.tags is UNSET else tuple(sent.tags or ()),
    )


def out(of: links.ShortCode) -> Code:
    return Code(
        id=of.id,
        code=of.link.short_id,
        long_url=of.link.url,
        domain=of.domain,
        created_at=moment(of.link.created_at),
        title=of.link.title or UNSET,
        tags=list(of.tags),
        organization=refs.organization(of.organization),
    )
