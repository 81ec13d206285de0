"""Amazon Web Services: hosted zones of Route 53 and their records, and repositories of the container registry."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    Unclear,
)
from hyway.providers import zoning
from hyway.providers.ways import Way, without
from hyway.providers.zoning import MOST, Deadline, Thingless

_ZONE = re.compile(r"[A-Z0-9]{4,32}")
_REPOSITORY = re.compile(r"(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*")
_LATER = {
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "PriorRequestNotComplete",
    "ConcurrentModification",
    "RequestTimeout",
    "ServiceUnavailable",
}
_REFUSED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "ExpiredToken",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_MARK, _KEY = {"Key": "managed-by", "Value": "hyway"}, "hyway-connection"
_IMAGE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
    ' stroke-width="2"><path d="M7 17h10a4 4 0 0 0 .6-7.95A6 6 0 0 0 6.1 10.5 3.3 3.3 0 0 0 7 17z"/></svg>'
)

ENTRY = Entry(
    type="aws",
    name="Amazon Web Services",
    description="DNS zones of Route 53, and repositories of the Elastic Container Registry.",
    provides=(
        Offer("DNSZone", ("Organization", "Project"), needs_input=True, is_importable=True),
        Offer("ContainerRegistry", ("Project", "App"), is_importable=True),
    ),
    fields=(
        Field(
            "accessKeyId", "Access key id", "Of a user made for this server.", pattern=r"[A-Za-z0-9]{4,128}"
        ),
        Field("secretAccessKey", "Secret access key", secret=True),
        Field(
            "region",
            "Region",
            "Where repositories are, such as us-east-1. Zones are everywhere.",
            pattern=r"[a-z]{2}(-[a-z]{2,12}){1,2}-\d{1,2}",
        ),
    ),
    image=_IMAGE,
    color="#b45309",
    guide=(
        "In the console of AWS open IAM, Users, and create a user without access to the console.",
        "Give it a policy that allows route53:List*, route53:Get*, route53:CreateHostedZone,"
        " route53:DeleteHostedZone, route53:ChangeResourceRecordSets, ecr:DescribeRepositories,"
        " ecr:CreateRepository, ecr:DeleteRepository, ecr:ListTagsForResource and ecr:TagResource.",
        "Under Security credentials create an access key for an application outside of AWS, and copy its two parts.",
    ),
)


class Aws(Thingless):
    """Every call makes its own client of AWS, with the keys given and no others that lie about."""

    entry = ENTRY
    name = "AWS"

    def check(self, reach: Reach) -> None:
        with _heard():
            _client(reach, "sts").get_caller_identity()
            _client(reach, "route53").list_hosted_zones(MaxItems="1")
            _client(reach, "ecr").describe_repositories(maxResults=1)

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        with _heard():
            if type == "DNSZone":
                return _records(reach, parent) if parent else _zones(reach)
            if type == "ContainerRegistry":
                return [
                    Resource(each["repositoryName"], each["repositoryName"], {"uri": each["repositoryUri"]})
                    for each in _pages(reach, "ecr", "describe_repositories", "repositories")
                ]
        raise self._cannot(type)

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        with _heard():
            if type == "DNSZone":
                return _zone_made(_client(reach, "route53"), input, key)
            if type == "ContainerRegistry":
                return _repository_made(_client(reach, "ecr"), input, _slug(entity.name), key)
        raise self._cannot(type)

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        with _heard():
            if type == "DNSZone":
                _quietly(
                    "NoSuchHostedZone", _client(reach, "route53").delete_hosted_zone, Id=_zone_id(remote)
                )
            elif type == "ContainerRegistry":
                drop = _client(reach, "ecr").delete_repository
                _quietly("RepositoryNotFoundException", drop, repositoryName=remote)
            else:
                raise self._cannot(type)

    def records(self, reach: Reach, zone: str, name: str, type: str) -> Sequence[str]:
        with _heard():
            found = _record_set(_client(reach, "route53"), zone, name, type)
            return [each["Value"] for each in found.get("ResourceRecords", [])] if found else []

    def put_record(self, reach: Reach, zone: str, name: str, type: str, value: str, seconds: int) -> None:
        text = zoning.quoted(value) if type == "TXT" else value
        with _heard():
            client = _client(reach, "route53")
            found = _record_set(client, zone, name, type)
            values = found.get("ResourceRecords", []) if found else []
            if zoning.has(type, [each["Value"] for each in values], value):
                return
            if found is None:
                new = {"Name": name, "Type": type, "TTL": seconds, "ResourceRecords": [{"Value": text}]}
                _write(client, zone, ("CREATE", new))
                return
            if type != "TXT" or not values or "SetIdentifier" in found:
                raise zoning.led_elsewhere(name, [each["Value"] for each in values], "AWS")
            new = {**found, "ResourceRecords": [*values, {"Value": text}]}
            _write(client, zone, ("DELETE", found), ("CREATE", new))

    def drop_record(self, reach: Reach, zone: str, name: str, type: str, value: str) -> None:
        with _heard():
            client = _client(reach, "route53")
            try:
                found = _record_set(client, zone, name, type)
            except client.exceptions.NoSuchHostedZone:
                return
            values = found.get("ResourceRecords", []) if found else []
            left = [each for each in values if not zoning.has(type, [each["Value"]], value)]
            if found is None or len(left) == len(values):
                return
            if left:
                _write(client, zone, ("DELETE", found), ("CREATE", {**found, "ResourceRecords": left}))
            else:
                _write(client, zone, ("DELETE", found))


def _client(reach: Reach, service: str) -> Any:
    try:
        import boto3
        import botocore.session
        from botocore.config import Config
    except ImportError:
        raise without("aws", "AWS") from None
    core = botocore.session.Session()
    # Files of whoever runs the server have no say in what an organization does.
    core.set_config_variable("config_file", "/dev/null")
    core.set_config_variable("credentials_file", "/dev/null")
    session = boto3.Session(
        reach.config.get("accessKeyId") or "none",
        reach.config.get("secretAccessKey") or "none",
        region_name=reach.config.get("region") or "us-east-1",
        botocore_session=core,
    )
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"}, ignore_configured_endpoint_urls=True
    )
    client = session.client(service, endpoint_url=reach.endpoint or None, config=config)
    client.meta.events.register("before-send", _sender(Way("AWS", reach)))
    return client


def _sender(way: Way) -> Any:
    """What asks in place of the client's own connections."""
    from botocore.awsrequest import AWSResponse

    def send(request: Any, **more: Any) -> Any:
        answer = way.send(request.method, request.url, dict(request.headers.items()), _content(request.body))
        return AWSResponse(request.url, answer.status, answer.headers, _Raw(answer.body))

    return send


class _Raw:
    """A body that was read already, as the client reads one."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, *amount: int) -> Iterator[bytes]:
        yield self._body


def _content(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else bytes(body)


@contextmanager
def _heard() -> Iterator[None]:
    """What goes wrong, as what it means for us."""
    try:
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectionError,
            HTTPClientError,
            ParamValidationError,
        )
    except ImportError:
        raise without("aws", "AWS") from None
    try:
        yield
    except ClientError as error:
        raise _meant(error) from None
    except ParamValidationError as error:
        raise Declined(f"AWS cannot be asked for this: {error}") from None
    except (HTTPClientError, ConnectionError) as error:
        raise Unclear(f"AWS does not answer: {error}") from None
    except (BotoCoreError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unclear(f"AWS gave an answer that cannot be read: {type(error).__name__}") from None


def _meant(error: Any) -> Declined | Unclear:
    code = str(error.response.get("Error", {}).get("Code", ""))
    text = str(error.response.get("Error", {}).get("Message") or code)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500))
    if code in _LATER or status in (408, 429) or not 400 <= status < 500:
        return Unclear(f"AWS cannot do it at the moment: {text}")
    if code in _REFUSED:
        return Declined(f"AWS refuses these credentials: {text}")
    return Declined(f"AWS refuses: {text}")


def _quietly(code: str, run: Any, **told: Any) -> None:
    """Runs it; that there is nothing such is as good."""
    from botocore.exceptions import ClientError

    try:
        run(**told)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != code:
            raise


def _pages(reach: Reach, service: str, operation: str, items: str, **told: Any) -> list[dict[str, Any]]:
    until = Deadline(reach, "AWS")
    found: list[dict[str, Any]] = []
    for page in _client(reach, service).get_paginator(operation).paginate(**told):
        found += page[items]
        if len(found) >= MOST:
            break
        until.check()
    return found[:MOST]


def _zones(reach: Reach) -> list[Resource]:
    """Public ones; what only a private network can ask is not of use to anybody else."""
    found = _pages(reach, "route53", "list_hosted_zones", "HostedZones")
    return [
        Resource(_tail(each["Id"]), _plain(each["Name"]))
        for each in found
        if not each.get("Config", {}).get("PrivateZone")
    ]


def _records(reach: Reach, zone: str) -> list[Resource]:
    told = {"HostedZoneId": _zone_id(zone)}
    found = _pages(reach, "route53", "list_resource_record_sets", "ResourceRecordSets", **told)
    return [
        Resource(
            f"{_plain(each['Name'])}/{each['Type']}",
            f"{_plain(each['Name'])} {each['Type']}",
            {"value": ", ".join(value["Value"] for value in each.get("ResourceRecords", []))},
        )
        for each in found
    ]


def _zone_made(client: Any, input: str, key: str) -> Made:
    """By its id, or by name: the one there is, else a new one; the same reference never makes two."""
    if _ZONE.fullmatch(input):
        return _zone_told(client.get_hosted_zone(Id=input))
    name = zoning.domain_name(input)
    found = _zone_named(client, name)
    if found is None:
        try:
            return _zone_told(client.create_hosted_zone(Name=name, CallerReference=key))
        except client.exceptions.HostedZoneAlreadyExists:
            found = _zone_named(client, name)
    if found is None:
        raise Unclear(f"AWS is still making {name}")
    return _zone_told(client.get_hosted_zone(Id=found))


def _zone_named(client: Any, name: str) -> str | None:
    """The public one of that name; Declined where there are several, as AWS lets there be."""
    page = client.list_hosted_zones_by_name(DNSName=name, MaxItems="20")
    found = [
        _tail(each["Id"])
        for each in page["HostedZones"]
        if _plain(each["Name"]) == name and not each.get("Config", {}).get("PrivateZone")
    ]
    if len(found) > 1:
        raise zoning.several(name, found, "AWS")
    return found[0] if found else None


def _zone_told(answer: dict[str, Any]) -> Made:
    zone, servers = answer["HostedZone"], answer.get("DelegationSet", {}).get("NameServers", [])
    return Made(_tail(zone["Id"]), {"name": _plain(zone["Name"]), "nameServers": " ".join(servers)})


def _repository_made(client: Any, input: str, otherwise: str, key: str) -> Made:
    """The one that was named, there already or new; without a name the one of the key, or a new one."""
    name = input or otherwise
    if not _REPOSITORY.fullmatch(name):
        raise Declined("What was chosen is not the name of a repository: small letters, digits, . _ - and /")
    try:
        found = client.create_repository(repositoryName=name, tags=[_MARK, {"Key": _KEY, "Value": key}])
        found = found["repository"]
    except client.exceptions.RepositoryAlreadyExistsException:
        found = client.describe_repositories(repositoryNames=[name])["repositories"][0]
        if not input and not _is_ours(client, found["repositoryArn"], key):
            raise Declined(f"AWS has a repository {name} already: connect to it by its name") from None
    return Made(found["repositoryName"], {"uri": found["repositoryUri"], "arn": found["repositoryArn"]})


def _is_ours(client: Any, arn: str, key: str) -> bool:
    tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
    return {"Key": _KEY, "Value": key} in tags


def _record_set(client: Any, zone: str, name: str, type: str) -> dict[str, Any] | None:
    page = client.list_resource_record_sets(
        HostedZoneId=_zone_id(zone), StartRecordName=name, StartRecordType=type, MaxItems="1"
    )
    for each in page["ResourceRecordSets"]:
        if _plain(each["Name"]) == zoning.bare(name) and each["Type"] == type:
            return dict(each)
    return None


def _write(client: Any, zone: str, *changes: tuple[str, dict[str, Any]]) -> None:
    """All together or not at all: what was changed by others meanwhile is not what is to be deleted."""
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
    client.change_resource_record_sets(HostedZoneId=_zone_id(zone), ChangeBatch=batch)


def _zone_id(text: str) -> str:
    if not _ZONE.fullmatch(text):
        raise Declined("This is not the id of a hosted zone")
    return text


def _tail(id: str) -> str:
    return id.rsplit("/", 1)[-1]


def _plain(name: str) -> str:
    r"""Route 53 writes what is unusual in a name as `\052`."""
    return zoning.bare(re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), name))


def _slug(name: str) -> str:
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:200] or "repository"


provider = Aws()
