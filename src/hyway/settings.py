"""Settings: read once from the environment, by `main` and the command line alone.

Every variable is optional; what each one does stands beside it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from hyway.kernel.faults import Invalid


@dataclass(frozen=True, slots=True)
class Settings:
    """One running Hyway."""

    data: Path
    """HYWAY_DATA: the folder of the database file, the key file and the jobs' own database. Default `./var`."""
    database_url: str
    """HYWAY_DATABASE_URL: `postgresql://…` for PostgreSQL. Default: `hyway.db` in the data folder (SQLite)."""
    public_url: str
    """HYWAY_PUBLIC_URL: where people reach this server; short links begin with it. Default: where it listens."""
    hosts: frozenset[str]
    """HYWAY_HOSTS: more `host[:port]` names to answer under, comma-separated. Addresses and localhost always work."""
    key_file: Path
    """HYWAY_KEY_FILE: the file that seals stored secrets. Default: `key` in the data folder, made with mode 0600."""
    redis_url: str | None
    """HYWAY_REDIS_URL: counts rate limits over several processes, `redis://…`. Default: in memory."""
    geo_file: Path | None
    """HYWAY_GEO_FILE: an MMDB file for IP addresses. Default: the bundled DB-IP City Lite."""
    trusted_proxies: tuple[str, ...]
    """HYWAY_TRUSTED_PROXIES: networks whose X-Forwarded-For and -Proto are believed, comma-separated. Default none."""
    body_limit: int
    """HYWAY_BODY_LIMIT: the largest request body in bytes. Default 32 MiB: 10,000 full links fit."""
    private_webhooks: bool
    """HYWAY_PRIVATE_WEBHOOKS=1: webhooks and requests to vendors may go to private addresses, too. Default no."""
    router: str
    """HYWAY_ROUTER: who knows the roads, `valhalla+https://…` or `osrm+https://…`. Default: nobody, straight lines."""
    geocoder: str
    """HYWAY_GEOCODER: who knows addresses, `nominatim+https://…`. Default: nobody."""
    unknown_token: int
    """HYWAY_HYPERTRACK_UNKNOWN_TOKEN: what the tracking API answers to a token of nobody's, 401 or 403. Default 401."""
    files: str
    """HYWAY_FILES: where pictures are kept, `s3://bucket/prefix?endpoint=https://…&region=…`, which no other server may
    share. Default: `files` in the data folder."""
    s3_key: str = field(repr=False)
    """HYWAY_S3_KEY: the access key of the bucket."""
    s3_secret: str = field(repr=False)
    """HYWAY_S3_SECRET: and its secret."""
    smtp: str = field(repr=False)
    """HYWAY_SMTP: who takes letters, `smtp://user:password@host:port` or `smtps://…`. Default: nobody; they are read in
    each person's mailbox here."""
    mail_from: str
    """HYWAY_MAIL_FROM: whom letters come from, `Hyway <hyway@example.com>`. Needed with HYWAY_SMTP."""
    social: Mapping[str, str]
    """HYWAY_YOUTUBE_KEY, HYWAY_TWITTER_KEY, HYWAY_INSTAGRAM_BUSINESS (`account:token`): with what public figures are
    read. HYWAY_YOUTUBE_CLIENT, HYWAY_TIKTOK_CLIENT, HYWAY_INSTAGRAM_CLIENT, HYWAY_TWITTER_CLIENT (`id:secret`): what
    this server is called in OAuth. HYWAY_YOUTUBE_URL, HYWAY_TIKTOK_URL, HYWAY_INSTAGRAM_URL, HYWAY_TWITTER_URL: asked
    in place of the platform's own hosts. HYWAY_PAGES_READER: who renders pages, asked for `address/https://…`."""
    stripe: str
    """HYWAY_STRIPE_KEY: the secret key (`sk_…`) of the Stripe account through which campaigns are funded and
    creators paid. Default: none; money comes and goes by hand. HYWAY_STRIPE_URL: asked in place of
    `https://api.stripe.com`."""
    billing: str
    """HYWAY_BILLING: `stripe` lets Stripe collect what billing accounts owe, by HYWAY_STRIPE_KEY; `offline`: Hyway
    issues the invoices itself, and a person says which have been paid. Default `offline`, even with a key."""
    stripe_webhook_secret: str
    """HYWAY_STRIPE_WEBHOOK_SECRET: what Stripe signs its events with (`whsec_…`, several with commas between them),
    sent to `/hooks/stripe`. Without it Stripe is asked by the clock."""
    platform_fee: int
    """HYWAY_PLATFORM_FEE: what the platform keeps of each funding, in percent, `2.5`. Default 0. Kept in hundredths."""
    prices: Mapping[str, int]
    """HYWAY_PLANS: a TOML file with what plans cost, in which currency and with which tax (docs/billing.md). Default:
    the prices that Hyway comes with, in dollars, without tax."""
    sign_up: str
    """HYWAY_SIGN_UP: `open` lets strangers make accounts for themselves, `closed` only who is invited. Default open."""
    oidc: str = field(repr=False)
    """HYWAY_OIDC_ISSUER: another OpenID provider by which people may sign in, too, `https://id.example.com`, with
    HYWAY_OIDC_CLIENT_ID and HYWAY_OIDC_CLIENT_SECRET (empty for a public client), and HYWAY_OIDC_NAME for what the page
    calls it. It must send people back to `HYWAY_PUBLIC_URL/console/sign-in/callback`. Default: none."""
    oidc_sign_up: str
    """HYWAY_OIDC_SIGN_UP: whether whom that provider vouches for may make an account, `open` or `closed`. Default: as
    HYWAY_SIGN_UP. Who is invited always may."""
    collab_review: str
    """HYWAY_COLLAB_REVIEW: `staff`: `hyway collab approve` lets a collab be published that was submitted; `auto`: it is
    at once. Default `auto`."""
    vendors: Mapping[str, str] = field(repr=False)
    """HYWAY_VENDORS: by type of integration, where its vendor is asked in place of its own address, or what this server
    is called there: `slack=https://id:secret@slack.com, aws=http://127.0.0.1:5000`. Default: none."""
    resolver: str
    """HYWAY_RESOLVER: the name server that is asked for the records of domains, `9.9.9.9` or `127.0.0.1:5353`. Default:
    the system's."""
    tiles: str
    """HYWAY_TILES: what maps are drawn of, `https://…/{z}/{x}/{y}.png` or a `.pmtiles` archive. Default: a plain map of
    the world that needs no network."""
    tiles_attribution: str
    """HYWAY_TILES_ATTRIBUTION: who has made the tiles, shown on every map, `© OpenStreetMap contributors`."""
    log_format: str
    """HYWAY_LOG: `text` for people, `json` for machines. Default: `text` on a terminal, else `json`."""

    @classmethod
    def read(
        cls, environ: Mapping[str, str], data: Path | None = None, listens: str | None = None
    ) -> "Settings":
        """Settings from the environment; `data` and `listens` are what the command line said."""
        folder = (data or Path(environ.get("HYWAY_DATA") or "var")).expanduser().resolve()
        public = (environ.get("HYWAY_PUBLIC_URL") or listens or "http://localhost:8000").rstrip("/")
        parts = urlsplit(public)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
            raise Invalid("HYWAY_PUBLIC_URL", "must be like https://example.com, without a path")
        more = _words(environ.get("HYWAY_HOSTS", ""))
        return cls(
            data=folder,
            database_url=_database(environ.get("HYWAY_DATABASE_URL"), folder),
            public_url=public,
            hosts=frozenset({parts.netloc.lower(), *(word.lower() for word in more)}),
            key_file=Path(environ.get("HYWAY_KEY_FILE") or folder / "key"),
            redis_url=environ.get("HYWAY_REDIS_URL") or None,
            geo_file=Path(environ["HYWAY_GEO_FILE"]) if environ.get("HYWAY_GEO_FILE") else None,
            trusted_proxies=_networks(environ.get("HYWAY_TRUSTED_PROXIES", "")),
            body_limit=_whole("HYWAY_BODY_LIMIT", environ, 32 * 1024 * 1024),
            private_webhooks=environ.get("HYWAY_PRIVATE_WEBHOOKS", "") in ("1", "true", "yes"),
            router=environ.get("HYWAY_ROUTER") or "",
            geocoder=environ.get("HYWAY_GEOCODER") or "",
            unknown_token=_one_of("HYWAY_HYPERTRACK_UNKNOWN_TOKEN", environ, (401, 403)),
            **_files(environ),
            **_mail(environ),
            **_money(environ),
            prices=_prices(environ.get("HYWAY_PLANS") or ""),
            oidc=_issuer(environ),
            oidc_sign_up=_choice("HYWAY_OIDC_SIGN_UP", environ, ("", "open", "closed")),
            social=_social(environ),
            collab_review=_choice("HYWAY_COLLAB_REVIEW", environ, ("auto", "staff")),
            vendors=_vendors(environ.get("HYWAY_VENDORS") or ""),
            resolver=_resolver(environ.get("HYWAY_RESOLVER", "").strip()),
            tiles=_tiles(environ.get("HYWAY_TILES") or ""),
            tiles_attribution=environ.get("HYWAY_TILES_ATTRIBUTION") or "",
            log_format=environ.get("HYWAY_LOG") or "",
        )

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def services(self) -> dict[str, str]:
        """The outside services that are named, by kind."""
        smtp = f"{self.smtp}?from={quote(self.mail_from)}" if self.smtp else ""
        named = {
            "router": self.router,
            "geocoder": self.geocoder,
            "smtp": smtp,
            "stripe": self.stripe,
            "billing": self.stripe if self.billing == "stripe" else "",
            "oidc": self.oidc,
            "resolver": self.resolver,
            **self.social,
        }
        return {kind: address for kind, address in named.items() if address}

    @property
    def terms(self) -> dict[str, int]:
        """The operator's numbers, by the names that contexts give them."""
        return {
            "sign_up": int(self.sign_up == "open"),
            "oidc_sign_up": int((self.oidc_sign_up or self.sign_up) == "open"),
            "platform_fee": self.platform_fee,
            "collab_review": int(self.collab_review == "staff"),
            **self.prices,
        }

    @property
    def jobs_url(self) -> str:
        """Where the background engine keeps its own state."""
        return f"sqlite:///{self.data / 'jobs.db'}" if self.is_sqlite else self.database_url


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _database(url: str | None, folder: Path) -> str:
    if not url:
        return f"sqlite:///{folder / 'hyway.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if url.startswith(("postgresql+psycopg://", "sqlite:///")):
        return url
    raise Invalid("HYWAY_DATABASE_URL", "must begin with postgresql:// or sqlite:///")


def _networks(text: str) -> tuple[str, ...]:
    for word in _words(text):
        try:
            ip_network(word, strict=False)
        except ValueError:
            raise Invalid("HYWAY_TRUSTED_PROXIES", "{word} is no IP network", word=word) from None
    return tuple(_words(text))


def _files(environ: Mapping[str, str]) -> dict[str, Any]:
    """What is said of the bucket: all that it takes, or nothing."""
    url = environ.get("HYWAY_FILES") or ""
    key, secret = environ.get("HYWAY_S3_KEY") or "", environ.get("HYWAY_S3_SECRET") or ""
    if url:
        parts = urlsplit(url)
        told = dict(parse_qsl(parts.query))
        where = urlsplit(told.get("endpoint", ""))
        if (
            parts.scheme != "s3"
            or not parts.netloc
            or where.scheme not in ("http", "https")
            or not where.hostname
        ):
            raise Invalid("HYWAY_FILES", "must be like s3://bucket/prefix?endpoint=https://s3.example.com")
        if told.keys() - {"endpoint", "region"}:
            raise Invalid("HYWAY_FILES", "may say endpoint and region, nothing else")
        if not key or not secret:
            raise Invalid("HYWAY_FILES", "needs HYWAY_S3_KEY and HYWAY_S3_SECRET")
    return {"files": url, "s3_key": key, "s3_secret": secret}


def _mail(environ: Mapping[str, str]) -> dict[str, Any]:
    """Who takes letters and whom they come from: both or neither; and who may come in."""
    server, sender = environ.get("HYWAY_SMTP") or "", environ.get("HYWAY_MAIL_FROM") or ""
    if server:
        parts = urlsplit(server)
        try:
            good = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good or parts.path.strip("/") or parts.query:
            raise Invalid("HYWAY_SMTP", "must be like smtp://user:password@mail.example.com:587")
        if "@" not in parseaddr(sender)[1] or not sender.isprintable():
            raise Invalid("HYWAY_MAIL_FROM", "must be an address such as Hyway <hyway@example.com>")
    door = environ.get("HYWAY_SIGN_UP") or "open"
    if door not in ("open", "closed"):
        raise Invalid("HYWAY_SIGN_UP", "must be open or closed")
    return {"smtp": server.rstrip("/"), "mail_from": sender, "sign_up": door}


def _money(environ: Mapping[str, str]) -> dict[str, Any]:
    """The account at Stripe with its key, what its events are signed with, and the platform's fee."""
    key = environ.get("HYWAY_STRIPE_KEY", "").strip()
    base = urlsplit(environ.get("HYWAY_STRIPE_URL") or "https://api.stripe.com")
    if base.scheme not in ("http", "https") or not base.hostname or base.username or base.path.strip("/"):
        raise Invalid("HYWAY_STRIPE_URL", "must be like https://api.stripe.com, without a path")
    fee = environ.get("HYWAY_PLATFORM_FEE") or "0"
    if not _PERCENT.fullmatch(fee) or (hundredths := round(float(fee) * 100)) > 10_000:
        raise Invalid("HYWAY_PLATFORM_FEE", "must be a percentage such as 2.5, with at most two decimals")
    billing = _choice("HYWAY_BILLING", environ, ("offline", "stripe"))
    if billing == "stripe" and not key:
        raise Invalid("HYWAY_BILLING", "needs HYWAY_STRIPE_KEY to be stripe")
    return {
        "billing": billing,
        "stripe": f"{base.scheme}://{quote(key, safe='')}@{base.netloc}" if key else "",
        "stripe_webhook_secret": environ.get("HYWAY_STRIPE_WEBHOOK_SECRET", "").strip(),
        "platform_fee": hundredths,
    }


def _prices(path: str) -> dict[str, int]:
    """What the operator's file says of prices."""
    if not path:
        return {}
    from hyway.domain import billing  # few servers have prices of their own

    try:
        return billing.price_list.numbers(Path(path).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not UTF-8"
        raise Invalid("HYWAY_PLANS", "cannot be read: {why}", why=why) from None


def _issuer(environ: Mapping[str, str]) -> str:
    """The provider with what we are called there, as one address; empty for none."""
    url = environ.get("HYWAY_OIDC_ISSUER", "").strip()
    client = environ.get("HYWAY_OIDC_CLIENT_ID", "").strip()
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise Invalid("HYWAY_OIDC_ISSUER", "must be like https://id.example.com")
    if not client:
        raise Invalid("HYWAY_OIDC_ISSUER", "needs HYWAY_OIDC_CLIENT_ID")
    secret = environ.get("HYWAY_OIDC_CLIENT_SECRET", "").strip()
    name = environ.get("HYWAY_OIDC_NAME", "").strip()
    who = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    return f"{parts.scheme}://{who}@{parts.netloc}{parts.path.rstrip('/')}?name={quote(name, safe='')}"


def _vendors(text: str) -> dict[str, str]:
    """Addresses by type of integration."""
    found = {}
    for word in _words(text):
        type, _, address = word.partition("=")
        parts = urlsplit(address.strip())
        if not type.strip() or parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid("HYWAY_VENDORS", "must be like slack=https://id:secret@slack.com")
        found[type.strip()] = address.strip().rstrip("/")
    return found


def _resolver(address: str) -> str:
    """An address with or without a port; one of IPv6 stands in brackets where it has one."""
    if not address:
        return ""
    found = _NAME_SERVER.fullmatch(address)
    try:
        ip_address(found[1] or found[2] if found else "")
        good = found is not None and 0 < int(found[3] or 53) < 65_536
    except ValueError:
        good = False
    if not good:
        raise Invalid("HYWAY_RESOLVER", "must be an address such as 9.9.9.9, 127.0.0.1:5353 or [::1]:53")
    return address


def _tiles(url: str) -> str:
    parts = urlsplit(url)
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    if url and not (is_web or (not parts.scheme and url.startswith("/"))):
        raise Invalid("HYWAY_TILES", "must be an http or https address, or a path of this server")
    if url and not parts.path.lower().endswith(".pmtiles") and not all(each in url for each in _TILE):
        raise Invalid(
            "HYWAY_TILES", "must hold {z}, {x} and {y}, or end in .pmtiles", z="{z}", x="{x}", y="{y}"
        )
    return url


_SOCIAL = {
    "youtube": ("key", "client", "url"),
    "tiktok": ("client", "url"),
    "instagram": ("business", "client", "url"),
    "twitter": ("key", "client", "url"),
    "pages": ("reader",),
}
_PAIRS = ("client", "business")
_PLACES = ("url", "reader")


def _social(environ: Mapping[str, str]) -> dict[str, str]:
    """What is set for the platforms, by `platform.what`."""
    found = {}
    for platform, kinds in _SOCIAL.items():
        for what in kinds:
            name = f"HYWAY_{platform}_{what}".upper()
            said = environ.get(name, "").strip()
            if what in _PAIRS and said and not all(said.partition(":")):
                raise Invalid(name, "must be an id and a secret with a colon between them")
            if what in _PLACES and said and urlsplit(said).scheme not in ("http", "https"):
                raise Invalid(name, "must begin with https:// or http://")
            if said:
                found[f"{platform}.{what}"] = said
    return found


_NAME_SERVER = re.compile(r"(?:\[([0-9a-f:]+)\]|([0-9.]+))(?::([0-9]{1,5}))?", re.IGNORECASE | re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)
_TILE = ("{z}", "{x}", "{y}")


def _one_of(name: str, environ: Mapping[str, str], choices: tuple[int, ...]) -> int:
    """The first choice is the default."""
    return int(_choice(name, environ, tuple(map(str, choices))))


def _choice(name: str, environ: Mapping[str, str], choices: tuple[str, ...]) -> str:
    """The first choice is the default."""
    said = environ.get(name) or choices[0]
    if said not in choices:
        raise Invalid(name, "must be one of {choices}", choices=", ".join(choices))
    return said


def _whole(name: str, environ: Mapping[str, str], default: int) -> int:
    text = environ.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not int(text):
        raise Invalid(name, "must be a whole number above zero")
    return int(text)
