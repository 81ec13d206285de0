"""The console as one ASGI app: its pages, its static files, its manners."""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from types import CodeType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket, BytecodeCache
from litestar import Litestar, Router
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.types import Message, Receive, Scope, Send

from hyway.console import arrive, charts, shown, static, voice
from hyway.console.billing import routes as billing_routes
from hyway.console.billing import sheet
from hyway.console.billing import words as billing_words
from hyway.console.integrations import routes as integration_routes
from hyway.console.integrations import words as integration_words
from hyway.console.market import charts as market_charts
from hyway.console.market import routes, words
from hyway.console.pages import (
    consent,
    customers,
    domains,
    external,
    home,
    keys,
    link,
    link_form,
    link_qrs,
    links,
    log,
    notices,
    organization,
    partners,
    shelves,
    sign,
    tracking_actions,
    tracking_day,
    tracking_fences,
    tracking_groups,
    tracking_map,
    tracking_settings,
    tracking_users,
    usage,
    webhooks,
)
from hyway.console.projects import routes as project_routes
from hyway.console.projects import words as project_words
from hyway.console.toggles import routes as toggle_routes
from hyway.console.toggles import words as toggle_words
from hyway.console.visit import HOUSE, House, Maps, Streams, Tiles
from hyway.domain import connections, creators, netinfo, oidc
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.proxies import Proxies

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # `no-referrer` would make browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_SELF = "'self'"
_LARGEST_FORM = 1_000_000
_SIGNED_IN = (
    home,
    links,
    link_form,
    link_qrs,
    link,
    domains,
    shelves,
    partners,
    customers,
    keys,
    organization,
    webhooks,
    notices,
    log,
    usage,
    tracking_map,
    tracking_users,
    tracking_day,
    tracking_groups,
    tracking_actions,
    tracking_fences,
    tracking_settings,
)
logging.getLogger("litestar").addHandler(logging.NullHandler())


def app(
    db: Database,
    *,
    public_url: str,
    trusted_proxies: Sequence[str] = (),
    secure: bool | None = None,
    maps: Maps | None = None,
    tiles: Tiles | None = None,
    streams: Streams | None = None,
    blobs: Blobs | None = None,
    outgoing: Outgoing | None = None,
    services: Mapping[str, str] | None = None,
    vendors: connections.Registry | None = None,
) -> "Console":
    """The console over a database; paths arrive whole (`/console/…`, `/static/…`, `/`).

    Short links begin with `public_url`; `secure` marks cookies for https alone, by default when that URL
    is so; X-Forwarded-For is believed from `trusted_proxies` (networks). Without `maps` the rooms of tracking
    are lists, without `streams` what they show stands still; `tiles` are the operator's. `blobs` keep pictures, and
    `outgoing` leads to the pages of products, and to the social platforms that `services` set up.
    """
    public = public_url.rstrip("/")
    is_secure = public.startswith("https://") if secure is None else secure
    pictures = _pictures(public)
    pictures.globals.update(maps=maps.address if maps else None, tiles=tiles.attributes() if tiles else {})
    house = House(
        db,
        public,
        is_secure,
        Proxies(trusted_proxies),
        pictures,
        streams,
        blobs,
        outgoing,
        _social(services, outgoing),
        oidc.external.chosen(services or {}),
        services or {},
        vendors or connections.Registry(()),
    )
    return Console(_made(policy(tiles)), house)


class Console:
    """The pages of a process, each request of which finds this house."""

    def __init__(self, pages: Litestar, house: House) -> None:
        self._pages, self._house = pages, house
        self.routes = pages.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[HOUSE] = self._house  # type: ignore[literal-required]
        await self._pages(scope, receive, send)


@lru_cache(maxsize=4)
def _made(content: str) -> Litestar:
    """All pages with their manners; `content` is the policy of what they may load.

    They know no house: every request brings its own, so that what costs longest at the start is made once.
    """
    router = Router(
        "/",
        route_handlers=[
            handler
            for page in (*_SIGNED_IN, project_routes, toggle_routes, billing_routes, integration_routes)
            for handler in page.ROUTES
        ],
        dependencies={"visit": Provide(arrive.visit)},
    )
    return Litestar(
        route_handlers=[
            *static.ROUTES,
            *sign.ROUTES,
            *external.ROUTES,
            *consent.ROUTES,
            *sheet.OPEN,
            router,
            *routes.made(),
        ],
        dependencies={"house": Provide(arrive.house, sync_to_thread=False)},
        exception_handlers=voice.HANDLERS,
        before_send=[partial(_guard, {"content-security-policy": content, **_HEADERS})],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=_LARGEST_FORM,
        multipart_form_part_limit=500,
    )


def _social(
    named: Mapping[str, str] | None, outgoing: Outgoing | None
) -> creators.social.services.Services | None:
    return creators.social.services.chosen(named or {}, outgoing) if outgoing else None


class _Compiled(BytecodeCache):
    """Templates that this process has compiled, by what they are made of."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.code


_compiled = _Compiled()


def _pictures(public_url: str) -> Environment:
    """Everything is escaped, and a name that nobody gave is an error."""
    made = Environment(
        loader=PackageLoader("hyway.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled,
    )
    made.filters.update({**shown.FILTERS, **words.FILTERS, **project_words.FILTERS, **toggle_words.FILTERS})
    made.filters.update(integration_words.FILTERS)
    made.filters.update(billing_words.FILTERS)
    made.globals.update(
        asset=static.address,
        area=charts.area,
        bars=charts.bars,
        visit=None,
        public_url=public_url,
        places_credit=netinfo.ATTRIBUTION,
        places_link=netinfo.ATTRIBUTION_LINK,
        csrf="",
        zone="UTC",
        **words.GLOBALS,
        post_chart=market_charts.of_post,
        followers_chart=market_charts.of_account,
    )
    return made


def policy(tiles: Tiles | None) -> str:
    """What pages may load: our own files, and the tiles of maps from where the operator says."""
    pictures, sources = tiles.sources() if tiles else ([], [])
    return (
        f"default-src 'self'; img-src {' '.join((_SELF, *pictures))}; "
        f"connect-src {' '.join((_SELF, *sources))}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


async def _guard(guards: Mapping[str, str], message: Message, scope: Scope) -> None:
    """The strict content policy stands on every answer, errors too; only static files may be stored."""
    if message["type"] != "http.response.start":
        return
    headers: Any = MutableScopeHeaders.from_message(message)
    for name, value in guards.items():
        headers[name] = value
    headers.setdefault("cache-control", "no-store")
