"""Pure decisions about links: what may be stored, and what a change makes of what is there."""

import re
import unicodedata
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import idna

from hyway.domain.billing import Feature, Plan, require
from hyway.domain.identity import check_email
from hyway.domain.links import codes
from hyway.domain.links.records import LinkChange
from hyway.domain.netinfo import COUNTRY_CODES
from hyway.kernel.faults import Invalid
from hyway.kernel.patch import UNSET

UTM_KEYS = ("source", "medium", "campaign", "term", "content", "referral")
TAG_COLORS = (
    "slate",
    "gray",
    "zinc",
    "neutral",
    "stone",
    "red",
    "orange",
    "amber",
    "yellow",
    "lime",
    "green",
    "emerald",
    "teal",
    "cyan",
    "sky",
    "blue",
    "indigo",
    "violet",
    "purple",
    "fuchsia",
    "pink",
    "rose",
)
FORWARDING = ("visitor", "link", "off")
LONGEST_URL = 8_192
_LONGEST = {
    "title": 500,
    "description": 5_000,
    "externalId": 255,
    "tenantId": 255,
    "password": 200,
    "name": 255,
    "phone": 50,
}
# Half a surrogate pair is no character: no encoding can store it.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}\u00a0\u2028\u2029\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLANNED: dict[str, Feature] = {
    "expires_at": "link expiration",
    "expired_url": "link expiration",
    "password": "password protection",
    "cloaked": "link cloaking",
    "ios": "device targeting",
    "android": "device targeting",
    "geo": "geo targeting",
}


def text(field: str, value: str, most: int | None = None, least: int = 0) -> str:
    """Text as stored: bounded, and without control characters, which no page can show and PostgreSQL refuses."""
    most = most or _LONGEST[field]
    if len(value) > most:
        raise Invalid(field, "must be at most {most} characters", most=most)
    if len(value) < least:
        raise Invalid(field, "must not be empty")
    if _CONTROL.search(value):
        raise Invalid(field, "must not contain control characters")
    return value


def web_url(field: str, value: str) -> SplitResult:
    """An absolute http or https URL with a host, in parts."""
    if len(value) > LONGEST_URL:
        raise Invalid(field, "must be at most {most} characters", most=LONGEST_URL)
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Invalid(field, "must be an http or https URL") from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or _NOT_IN_URL.search(value):
        raise Invalid(field, "must be an http or https URL")
    # Browsers read %2E in a host as a dot; nobody writes one there in good faith.
    if host.startswith(".") or ".." in host or "%" in host or len(host) > 253:
        raise Invalid(field, "must be an http or https URL")
    return parts


def host_of(parts: SplitResult) -> str:
    """`host[:port]` as browsers ask for it: in ASCII, without a final dot, without the scheme's own port."""
    host = _in_ascii(parts.hostname or "").removesuffix(".")
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f"{shown}:{parts.port}"


def _in_ascii(host: str) -> str:
    """A name as the Domain Name System has it; what cannot be one in a single form of each letter."""
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return unicodedata.normalize("NFKC", host).lower().replace("。", ".")


def destination(field: str, value: str, ours: frozenset[str]) -> str:
    """Where a short link may lead: anywhere on the web but back to a short link."""
    parts = web_url(field, value)
    here = _is_here(parts.hostname or "") and any(own.endswith(f":{parts.port}") for own in ours)
    if here or host_of(parts) in ours:
        raise Invalid(field, "must not lead back to a short link")
    return value


def _is_here(host: str) -> bool:
    """This machine by another name, under which the server answers as well."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        found = ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def country_map(value: Mapping[str, str], ours: frozenset[str]) -> dict[str, str]:
    """Destinations by upper-case ISO 3166 country code."""
    checked: dict[str, str] = {}
    for code, url in value.items():
        if code.upper() not in COUNTRY_CODES:
            raise Invalid("geo", "knows no country {code}", code=code[:20])
        checked[code.upper()] = destination("geo", url, ours)
    return checked


def merged_utm(old: Mapping[str, str] | None, new: Mapping[str, str | None] | None) -> dict[str, str] | None:
    """UTM merges by key: a mentioned key changes, null or empty removes it, null for all removes all."""
    if new is None:
        return None
    kept = dict(old or {})
    for name, value in new.items():
        if name not in UTM_KEYS:
            raise Invalid("utm", "knows no key {name}", name=name[:50])
        if value:
            kept[name] = text(f"utm.{name}", value, 255)
        else:
            kept.pop(name, None)
    return kept or None


def apply(
    change: LinkChange, old: Mapping[str, Any] | None, plan: Plan, ours: frozenset[str]
) -> dict[str, Any]:
    """The columns a change sets: for a new link (`old` is None) all that it mentions, with what it must mention.

    Raises Invalid with the wire's field name, Refused where the plan lacks the feature.
    """
    row: dict[str, Any] = {}
    for column, check in _CHECKS.items():
        value = getattr(change, column)
        if value is UNSET:
            continue
        planned = _PLANNED.get(column)
        if planned and value:
            require(plan, planned)
        row[column] = check(value, ours) if value is not None else _null(column)
    if change.utm is not UNSET:
        row["utm"] = merged_utm(old["utm"] if old else None, change.utm)
    if old is None:
        _whole(row)
    return row


def _whole(row: dict[str, Any]) -> None:
    for column, field in (("url", "url"), ("collection_id", "collectionId")):
        if row.get(column) is None:
            raise Invalid(field, "is required")


def _null(column: str) -> Any:
    if column in ("url", "collection_id"):
        raise Invalid("url" if column == "url" else "collectionId", "must not be null")
    return {"cloaked": False, "forward_query": "visitor", "tag_ids": []}.get(column)


def _forwarding(value: str, _: frozenset[str]) -> str:
    if value not in FORWARDING:
        raise Invalid("forwardQuery", "must be one of {choices}", choices=", ".join(FORWARDING))
    return value


def _tags(value: list[str], _: frozenset[str]) -> list[str]:
    if len(value) > 50:
        raise Invalid("tagIds", "must be at most {most} tags", most=50)
    return sorted(set(value))


_CHECKS: dict[str, Any] = {
    "url": lambda v, ours: destination("url", v, ours),
    "collection_id": lambda v, _: v,
    "short_id": lambda v, _: codes.check_custom(v),
    "title": lambda v, _: text("title", v),
    "description": lambda v, _: text("description", v),
    "image": lambda v, _: web_url("image", v).geturl(),
    "expires_at": lambda v, _: v,
    "expired_url": lambda v, ours: destination("expiredUrl", v, ours),
    "password": lambda v, _: text("password", v, least=1),
    "cloaked": lambda v, _: v,
    "ios": lambda v, ours: destination("ios", v, ours),
    "android": lambda v, ours: destination("android", v, ours),
    "geo": lambda v, ours: country_map(v, ours) or None,
    "external_id": lambda v, _: text("externalId", v, least=1),
    "tenant_id": lambda v, _: text("tenantId", v, least=1),
    "partner_id": lambda v, _: v,
    "forward_query": _forwarding,
    "tag_ids": _tags,
}


def color(value: str) -> str:
    if value not in TAG_COLORS:
        raise Invalid("color", "must be one of {choices}", choices=", ".join(TAG_COLORS))
    return value


def label(value: str) -> str:
    """The name of a collection, tag or partner."""
    if not value.strip():
        raise Invalid("name", "must not be empty")
    return text("name", value)


def address(value: str) -> str:
    """A partner's e-mail address, normalised."""
    return check_email("email", value)


def phone(value: str) -> str:
    return text("phone", value, least=1)


def description(value: str) -> str:
    return text("description", value)
