"""Azure: DNS zones and their records, subscriptions, and the tenants that a person belongs to."""

import json
import re
from collections.abc import Sequence
from typing import Any

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
    Tenancy,
)
from hyway.providers import azure_parts, zoning
from hyway.providers.zoning import MOST, Deadline, Thingless

_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_GROUP = r"[\w()\-](?:[\w().\-]{0,88}[\w()\-])?"
_ZONE = re.compile(
    rf"/subscriptions/(?P<subscription>{_UUID})/resourceGroups/(?P<group>{_GROUP})"
    r"/providers/Microsoft\.Network/dnszones/(?P<name>[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+)",
    re.ASCII | re.IGNORECASE,
)
_IMAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2"><path d="M12 4 5 20h14z"/><path d="M9 13h6"/></svg>'
)

ENTRY = Entry(
    type="azure",
    name="Microsoft Azure",
    description="DNS zones and their records, and subscriptions.",
    provides=(
        Offer("DNSZone", ("Organization", "Project"), needs_input=True, is_importable=True),
        Offer("CloudSubscription", ("Organization", "Project"), is_importable=True),
    ),
    fields=(
        Field("tenantId", "Directory (tenant) id", pattern=_UUID),
        Field("clientId", "Application (client) id", pattern=_UUID),
        Field("clientSecret", "Client secret", "Its value, not its id.", secret=True),
        Field("subscriptionId", "Subscription id", pattern=_UUID),
        Field(
            "resourceGroup",
            "Resource group",
            "Where zones are made; without it there are those that exist alone.",
            required=False,
            longest=90,
            pattern=_GROUP,
        ),
    ),
    image=_IMAGE,
    color="#0369a1",
    guide=(
        "In the portal of Azure open Microsoft Entra ID, App registrations, and register an application.",
        "Under Certificates & secrets make a client secret, and copy its value, which is shown once.",
        "In the subscription open Access control (IAM) and give the application the roles Reader and"
        " DNS Zone Contributor.",
    ),
)


class Azure(Thingless):
    entry = ENTRY
    name = "Azure"

    def check(self, reach: Reach) -> None:
        with azure_parts.heard():
            next(iter(azure_parts.dns(reach).zones.list(top=1)), None)

    def survey(self, reach: Reach, token: str) -> Tenancy:
        with azure_parts.heard():
            client = azure_parts.subscriptions(reach, azure_parts.Given(token))
            until = Deadline(reach, self.name)
            tenants = _tenants(until, client)
            return Tenancy(tuple(tenants), tuple(_listed(until, client)))

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        with azure_parts.heard():
            until = Deadline(reach, self.name)
            if type == "CloudSubscription":
                return _listed(until, azure_parts.subscriptions(reach, azure_parts.credential(reach)))
            if type == "DNSZone" and parent:
                group, zone = _place(reach, parent)
                found = _all(until, azure_parts.dns(reach).record_sets.list_by_dns_zone(group, zone))
                return [_shown(zone, each) for each in found]
            if type == "DNSZone":
                return [Resource(each.id, zoning.bare(each.name)) for each in _zones(until, reach)]
        raise self._cannot(type)

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        with azure_parts.heard():
            if type == "CloudSubscription":
                return _subscription(reach, input or str(reach.config.get("subscriptionId") or ""))
            if type == "DNSZone":
                return _told(_zone(reach, input))
        raise self._cannot(type)

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """Azure would delete a zone with all that is in it: here it must be empty."""
        from azure.core.exceptions import ResourceNotFoundError

        if type == "CloudSubscription":
            raise Declined("A subscription is cancelled by its owner, at Azure")
        if type != "DNSZone":
            raise self._cannot(type)
        with azure_parts.heard():
            group, name = _place(reach, remote)
            client = azure_parts.dns(reach)
            try:
                # Its own two, SOA and NS, are always there.
                if (client.zones.get(group, name).number_of_record_sets or 0) > 2:
                    raise Declined("The zone has records: delete them at Azure first")
                client.zones.begin_delete(group, name, polling=False)
            except ResourceNotFoundError:
                return

    def records(self, reach: Reach, zone: str, name: str, type: str) -> Sequence[str]:
        with azure_parts.heard():
            found = _found(azure_parts.dns(reach), *_place(reach, zone), name, type)
            return _texts(found) if found else []

    def put_record(self, reach: Reach, zone: str, name: str, type: str, value: str, seconds: int) -> None:
        with azure_parts.heard():
            client, (group, at) = azure_parts.dns(reach), _place(reach, zone)
            found = _found(client, group, at, name, type)
            values = _texts(found) if found else []
            if zoning.has(type, values, value):
                return
            if found is not None and (type != "TXT" or not values):
                raise zoning.led_elsewhere(name, values, "Azure")
            told = _record_set(type, [*values, value], found.ttl if found else seconds)
            _kept(client, (group, at, _relative(name, at), type), told, found)

    def drop_record(self, reach: Reach, zone: str, name: str, type: str, value: str) -> None:
        with azure_parts.heard():
            client, (group, at) = azure_parts.dns(reach), _place(reach, zone)
            found = _found(client, group, at, name, type)
            values = _texts(found) if found else []
            left = [each for each in values if not zoning.has(type, [each], value)]
            if len(left) == len(values):
                return
            place = (group, at, _relative(name, at), type)
            if left:
                _kept(client, place, _record_set(type, left, found.ttl), found)
            else:
                client.record_sets.delete(*place, **_unchanged(found))


def _all(until: Deadline, pages: Any) -> list[Any]:
    found: list[Any] = []
    for page in pages.by_page():
        found += page
        if len(found) >= MOST:
            break
        until.check()
    return found[:MOST]


def _tenants(until: Deadline, client: Any) -> list[Resource]:
    """By name: the client's own records of tenants leave the names out that the vendor sends."""
    names: dict[str, str] = {}

    def note(answer: Any) -> None:
        told = (
            json.loads(answer.http_response.text()).get("value")
            if answer.http_response.status_code == 200
            else []
        )
        for each in told:
            names[each["tenantId"]] = each.get("displayName") or each.get("defaultDomain") or ""

    found = _all(until, client.tenants.list(api_version="2022-12-01", raw_response_hook=note))
    return [Resource(each.tenant_id, names.get(each.tenant_id) or each.tenant_id) for each in found]


def _listed(until: Deadline, client: Any) -> list[Resource]:
    return [
        Resource(each.subscription_id, each.display_name or each.subscription_id)
        for each in _all(until, client.subscriptions.list())
    ]


def _subscription(reach: Reach, id: str) -> Made:
    if not re.fullmatch(_UUID, id):
        raise Declined("This is not the id of a subscription")
    found = azure_parts.subscriptions(reach, azure_parts.credential(reach)).subscriptions.get(id)
    return Made(found.subscription_id, {"name": found.display_name, "state": str(found.state or "")})


def _zones(until: Deadline, reach: Reach) -> list[Any]:
    return [
        each
        for each in _all(until, azure_parts.dns(reach).zones.list())
        if str(each.zone_type or "Public") == "Public"
    ]


def _zone(reach: Reach, input: str) -> Any:
    """By its id, or by name: the one there is in the subscription, else a new one in the group that was named."""
    from azure.core.exceptions import ResourceModifiedError
    from azure.mgmt.dns.models import Zone

    if input.startswith("/"):
        return azure_parts.dns(reach).zones.get(*_place(reach, input))
    name = zoning.domain_name(input)
    found = [each for each in _zones(Deadline(reach, "Azure"), reach) if zoning.bare(each.name) == name]
    if len(found) > 1:
        raise zoning.several(name, [each.id for each in found], "Azure")
    if found:
        return found[0]
    group = str(reach.config.get("resourceGroup") or "")
    if not group:
        raise Declined(f"Azure has no zone {name}, and none can be made without the name of a resource group")
    client = azure_parts.dns(reach)
    try:
        return client.zones.create_or_update(group, name, Zone(location="global"), if_none_match="*")
    except ResourceModifiedError:
        return client.zones.get(group, name)


def _told(zone: Any) -> Made:
    servers = " ".join(zoning.bare(each) for each in zone.name_servers or [])
    return Made(zone.id, {"name": zoning.bare(zone.name), "nameServers": servers})


def _place(reach: Reach, zone: str) -> tuple[str, str]:
    """The group and the name of a zone of the integration's subscription."""
    found = _ZONE.fullmatch(zone)
    if found is None:
        raise Declined("This is not the id of a zone of Azure's")
    if found["subscription"].lower() != str(reach.config.get("subscriptionId") or "").lower():
        raise Declined("This zone is of another subscription")
    return found["group"], found["name"]


def _relative(name: str, zone: str) -> str:
    whole, at = zoning.bare(name), zoning.bare(zone)
    if whole == at:
        return "@"
    if not whole.endswith(f".{at}"):
        raise Declined(f"{whole} is not within {at}")
    return whole.removesuffix(f".{at}")


def _record_set(type: str, values: Sequence[str], seconds: int | None) -> Any:
    from azure.mgmt.dns.models import ARecord, CnameRecord, RecordSet, TxtRecord

    if type == "TXT":
        texts = [[each[at : at + 255] for at in range(0, len(each), 255)] for each in values]
        return RecordSet(ttl=seconds, txt_records=[TxtRecord(value=each) for each in texts])
    if type == "CNAME":
        return RecordSet(ttl=seconds, cname_record=CnameRecord(cname=values[0]))
    if type == "A":
        return RecordSet(ttl=seconds, a_records=[ARecord(ipv4_address=each) for each in values])
    raise Declined(f"Records of the type {type} are not written at Azure")


def _found(client: Any, group: str, zone: str, name: str, type: str) -> Any:
    """The record set of a name and type; None where there is none."""
    from azure.core.exceptions import ResourceNotFoundError

    try:
        return client.record_sets.get(group, zone, _relative(name, zone), type)
    except ResourceNotFoundError:
        return None


def _kept(client: Any, place: tuple[str, str, str, str], told: Any, found: Any) -> None:
    """In place of what was found, or of nothing; not of what others wrote meanwhile."""
    if found is not None:
        told.metadata = found.metadata
    client.record_sets.create_or_update(*place, told, **_unchanged(found))


def _unchanged(found: Any) -> dict[str, Any]:
    if found is None:
        return {"if_none_match": "*"}
    return {"if_match": found.etag} if found.etag else {}


def _texts(of: Any) -> list[str]:
    texts = ["".join(each.value or []) for each in of.txt_records or []]
    aliases = [of.cname_record.cname] if of.cname_record and of.cname_record.cname else []
    addresses = [each.ipv4_address for each in of.a_records or []]
    return texts + aliases + addresses + [each.nsdname for each in of.ns_records or []]


def _shown(zone: str, of: Any) -> Resource:
    name = zone if of.name == "@" else f"{of.name}.{zone}"
    type = str(of.type).rsplit("/", 1)[-1]
    return Resource(of.id, f"{zoning.bare(name)} {type}", {"value": ", ".join(_texts(of))})


provider = Azure()
