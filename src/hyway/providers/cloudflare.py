"""Cloudflare: zones and their records."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hyway.domain.connections import (
    ConnectionType,
    Declined,
    Entity,
    Entry,
    Field,
    Made,
    Offer,
    Reach,
    Resource,
    Unclear,
)
from hyway.providers import zoning
from hyway.providers.ways import Way, behind, without
from hyway.providers.zoning import MOST, Deadline, Thingless

if TYPE_CHECKING:
    import httpx

_OTHERS = frozenset({"x-auth-email", "x-auth-key", "x-auth-user-service-key"})
"""Headers of credentials that are not an organization's."""
_ZONE = re.compile(r"[0-9a-f]{32}")
_PAGE = 50
_PATH = "/client/v4"
_EXISTS, _SAME = 1061, 81058
"""The vendor's own numbers for a zone, and for an identical record, that is there already."""
_IMAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2"><path d="M4 17h16M6 13a4 4 0 0 1 4-4 5 5 0 0 1 9 3"/></svg>'
)

ENTRY = Entry(
    type="cloudflare",
    name="Cloudflare",
    description="DNS zones and their records.",
    provides=(Offer("DNSZone", ("Organization", "Project"), needs_input=True, is_importable=True),),
    fields=(
        Field("apiToken", "API token", secret=True, pattern=r"[!-~]+"),
        Field(
            "accountId",
            "Account id",
            "Of the account in which zones are made; without it there are those that exist alone.",
            required=False,
            pattern=r"[0-9a-f]{32}",
        ),
    ),
    image=_IMAGE,
    color="#c2410c",
    guide=(
        "In the dashboard of Cloudflare open My Profile, API Tokens, and create a custom token.",
        "Give it the permissions Zone: Zone: Read and Zone: DNS: Edit, for the zones that this server may see;"
        " Zone: Zone: Edit too, if it is to make zones.",
        "Copy the token, which is shown once. The account's id is on the page of any of its zones.",
    ),
)


class Cloudflare(Thingless):
    entry = ENTRY
    name = "Cloudflare"

    def check(self, reach: Reach) -> None:
        with _asked(reach) as client:
            _first(client.zones.list(per_page=5, **_account(reach)))

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        if type != "DNSZone":
            raise self._cannot(type)
        with _asked(reach) as client:
            if parent:
                pages = client.dns.records.list(zone_id=_zone_id(parent), per_page=_PAGE)
                return [
                    Resource(each.id, f"{each.name} {each.type}", {"value": str(each.content or "")})
                    for each in _all(reach, pages)
                ]
            pages = client.zones.list(per_page=_PAGE, **_account(reach))
            return [Resource(each.id, zoning.bare(each.name)) for each in _all(reach, pages)]

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        if type != "DNSZone":
            raise self._cannot(type)
        with _asked(reach) as client:
            if _ZONE.fullmatch(input):
                return _told(client.zones.get(zone_id=input))
            name = zoning.domain_name(input)
            return _told(_named(client, reach, name) or _new(client, reach, name))

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """Cloudflare would delete a zone with all that is in it: here it must be empty."""
        if type != "DNSZone":
            raise self._cannot(type)
        from cloudflare import NotFoundError

        with _asked(reach) as client:
            try:
                if _first(client.dns.records.list(zone_id=_zone_id(remote), per_page=5)):
                    raise Declined("The zone has records: delete them at Cloudflare first")
                client.zones.delete(zone_id=remote)
            except NotFoundError:
                return

    def records(self, reach: Reach, zone: str, name: str, type: str) -> Sequence[str]:
        with _asked(reach) as client:
            return [str(each.content or "") for each in _record_set(client, reach, zone, name, type)]

    def put_record(self, reach: Reach, zone: str, name: str, type: str, value: str, seconds: int) -> None:
        text = zoning.quoted(value) if type == "TXT" else value
        # Only DNS: visitors are to come here, not to a proxy of Cloudflare's.
        told: Any = {"zone_id": zone, "name": name, "type": type, "content": text, "ttl": max(seconds, 60)}
        told |= {"proxied": False} if type in ("A", "AAAA", "CNAME") else {}
        with _asked(reach) as client:
            values = [str(each.content or "") for each in _record_set(client, reach, zone, name, type)]
            if zoning.has(type, values, value):
                return
            if type != "TXT" and values:
                raise zoning.led_elsewhere(name, values, "Cloudflare")
            _added(client, told)

    def drop_record(self, reach: Reach, zone: str, name: str, type: str, value: str) -> None:
        from cloudflare import NotFoundError

        with _asked(reach) as client:
            try:
                for each in _record_set(client, reach, zone, name, type):
                    if zoning.has(type, [str(each.content or "")], value):
                        client.dns.records.delete(each.id, zone_id=zone)
            except NotFoundError:
                return


@contextmanager
def _asked(reach: Reach) -> Iterator[Any]:
    """Cloudflare's client; what goes wrong with it, as what it means for us."""
    try:
        from cloudflare import APIConnectionError, APIStatusError, Cloudflare, CloudflareError
    except ImportError:
        raise without("cloudflare", "Cloudflare") from None
    client = Cloudflare(
        api_token=str(reach.config.get("apiToken") or "none"),
        base_url=(reach.endpoint.rstrip("/") or "https://api.cloudflare.com") + _PATH,
        max_retries=0,
        http_client=_http(Way("Cloudflare", reach)),
    )
    # What lies about in the environment of whoever runs the server is not the organization's.
    client.api_key = client.api_email = client.user_service_key = None
    try:
        with client:
            yield client
    except APIStatusError as error:
        raise _meant(error) from None
    except APIConnectionError as error:
        raise behind(error) or Unclear(f"Cloudflare does not answer: {error.message}") from None
    except (CloudflareError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unclear(f"Cloudflare gave an answer that cannot be read: {type(error).__name__}") from None


def _http(way: Way) -> "httpx.Client":
    """What the vendor's client asks through."""
    import httpx

    class Transport(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            told = {name: value for name, value in request.headers.items() if name not in _OTHERS}
            answer = way.send(request.method, str(request.url), told, request.read())
            return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    return httpx.Client(transport=Transport(), trust_env=False, follow_redirects=False)


def _meant(error: Any) -> Declined | Unclear:
    status = error.status_code
    text = "; ".join(_errors(error)) or f"status {status}"
    if status in (408, 425, 429) or status >= 500:
        return Unclear(f"Cloudflare cannot do it at the moment: {text}")
    if status in (401, 403):
        return Declined(f"Cloudflare refuses this token: {text}")
    return Declined(f"Cloudflare refuses: {text}")


def _errors(error: Any) -> list[str]:
    """What it says, with its numbers; nothing, of an answer that is not in its form."""
    body = error.body if isinstance(error.body, dict) else {}
    told = [each for each in body.get("errors") or [] if isinstance(each, dict)]
    return [f"{each.get('message', 'no reason given')} ({each.get('code', '?')})" for each in told[:3]]


def _account(reach: Reach) -> dict[str, Any]:
    id = reach.config.get("accountId")
    return {"account": {"id": id}} if id else {}


def _first(page: Any) -> list[Any]:
    found = page.result
    if not isinstance(found, list):
        raise TypeError("no list")
    return found


def _all(reach: Reach, page: Any) -> list[Any]:
    until = Deadline(reach, "Cloudflare")
    found = list(_first(page))
    while len(found) < MOST and page.has_next_page():
        until.check()
        page = page.get_next_page()
        found += _first(page)
    return found[:MOST]


def _named(client: Any, reach: Reach, name: str) -> Any | None:
    """The one of that name; Declined where accounts that the token may see have one each."""
    zones = _first(client.zones.list(name=name, **_account(reach)))
    found = [each for each in zones if zoning.bare(each.name) == name]
    if len(found) > 1:
        raise zoning.several(name, [each.id for each in found], "Cloudflare")
    return found[0] if found else None


def _new(client: Any, reach: Reach, name: str) -> Any:
    from cloudflare import BadRequestError

    id = reach.config.get("accountId")
    if not id:
        raise Declined(f"Cloudflare has no zone {name}, and none can be made without the id of an account")
    try:
        return client.zones.create(account={"id": id}, name=name, type="full")
    except BadRequestError as error:
        # Made by a try whose answer was lost, perhaps.
        found = _named(client, reach, name) if _is(error, _EXISTS) else None
        if found is None:
            raise
        return found


def _told(zone: Any) -> Made:
    servers = " ".join(zone.name_servers or [])
    return Made(zone.id, {"name": zoning.bare(zone.name), "nameServers": servers})


def _record_set(client: Any, reach: Reach, zone: str, name: str, type: str) -> list[Any]:
    asked = client.dns.records.list(zone_id=_zone_id(zone), name={"exact": name}, type=type, per_page=_PAGE)
    found = _all(reach, asked)
    return [each for each in found if zoning.bare(each.name) == zoning.bare(name) and each.type == type]


def _added(client: Any, told: dict[str, Any]) -> None:
    from cloudflare import BadRequestError

    try:
        client.dns.records.create(**told)
    except BadRequestError as error:
        if not _is(error, _SAME):
            raise


def _is(error: Any, number: int) -> bool:
    return f"({number})" in " ".join(_errors(error))


def _zone_id(text: str) -> str:
    if not _ZONE.fullmatch(text):
        raise Declined("This is not the id of a zone of Cloudflare's")
    return text


provider = Cloudflare()
