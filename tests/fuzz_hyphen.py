"""What the fuzzer needs to get anywhere in the Hyphen API: an organization with everything in it, ids and words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx

from tests import fuzz_third

Known = Mapping[str, Sequence[str]]
_MANY = 30  # some are deleted on the way
_KEY_ID = 1_767_322_800
_ROLES = ("ProjectReader", "ProjectContributor", "ProjectAdmin", "OrganizationMember", "TeamMember")
LOGICS = (
    "true",
    '{"==": [{"var": "user.id"}, "vip"]}',
    '{"segment": "vips-3"}',
    '{"or": [{"var": "segments.vips-4"}, {"rollout": 30}]}',
    '{"in": [{"var": "user.email"}, ["a@example.com"]]}',
)
_WORDS: dict[str, Sequence[Any]] = {
    "alternateId": tuple(f"fuzz-{number}" for number in range(5_000)),
    "email": tuple(f"guest{number}@example.com" for number in range(200)),
    "color": ("#aabbcc", "#FF0000"),
    "type": ("static", "dynamic", "custom", "Project", "boolean", "boolean", "number", "json"),
    "roles": _ROLES,
    "secretKeyId": (_KEY_ID, _KEY_ID, _KEY_ID + 1),
    "secret_key_id": (_KEY_ID, _KEY_ID, _KEY_ID + 1),
    "version": (1, 2, 3, 4, 50, 1_000_000),
    "environmentId": ("development", "production"),
    "types": ("PROJECT", "DOTENV.PUSH", "TEAM.CREATE"),
    "startDate": ("2020-01-01T00:00:00Z",),
    "endDate": ("2100-01-01T00:00:00Z",),
    "key": tuple(f"fuzz-{number}" for number in range(5_000)),
    "logic": LOGICS,
    "value": (True, False, True, False, "192.0.2.0/24"),
    "defaultValue": (True, False),
    "domain": ("localhost", "localhost", *(f"d{number}.example.org" for number in range(500))),
    "long_url": ("https://shop.example/long", "https://example.org/a?b=c"),
    "code": tuple(f"fuzz-{number}" for number in range(5_000)),
    "tags": ("one", "two", "fuzz"),
    "size": ("small", "medium", "large"),
    "backgroundColor": ("#ffffff", "#AABBCC"),
    "notFoundRedirectUrl": ("https://example.org/lost",),
    "fallbackUrlTemplate": ("https://example.org/{code}",),
    "billingCycle": (1, 2),
}
"""What a field must say to get past its rules."""
_FIELDS = {
    "projectIds": "project", "projects": "project", "appIds": "app", "assignmentIds": "holder", "entityIds": "entity",
    "members": "member", "memberIds": "member", "pageCursor": "event", "organizationId": "organization",
    "clientId": "api_key", "clientSecret": "secret_value", "projectId": "project", "availableFor": "segment_name",
}  # fmt: skip
_FIELDS |= fuzz_third.FIELDS
_SIDES = {"assignment": "holder", "entity": "entity", "references": "entity", "resources": "zone_remote"}
_PAIRS = {
    "secretId": ("apiKeyId", "secret"),
    "favoriteId": ("memberId", "favorite"),
    "qrId": ("codeId", "qr"),
    "segmentId": ("projectId", "segment"),
    "toggleKey": ("projectId", "toggle"),
    **fuzz_third.PAIRS,
}
"""Of what is within another thing: the other's place in the path, and pairs that belong together."""
_PATHS = {
    "organizationId": "organization", "projectId": "project", "appId": "app", "teamId": "team",
    "memberId": "member", "accessId": "access", "environmentId": "environment", "apiKeyId": "api_key",
    "favoriteId": "project", "domainId": "domain", "codeId": "code", "id": "public_key", "ip": "address",
    **fuzz_third.PATHS,
}  # fmt: skip


def furnish(url: str, key: str, data: Path) -> Known:
    """An organization of the key's with many of everything; ids by noun, and the `credential` of its owner."""
    with httpx.Client(base_url=url, headers={"x-api-key": key}, timeout=30) as client:
        (own,) = client.get("/api/organizations/").json()["data"]
        base = f"/api/organizations/{own['id']}"
        known: dict[str, list[str]] = {
            "organization": [own["id"]],
            "environment": ["development", "production"],
            "address": ["8.8.8.8", "10.0.0.1", "2001:4860:4860::8888", "nope"],
        }
        (mine,) = client.get(f"{base}/api-keys/").json()["data"]
        granted = client.get(f"{base}/access/?assignmentIds={mine['id']}").json()["data"]
        known["kept"] = [mine["id"], mine["memberId"], *(each["id"] for each in granted)]
        for number in range(_MANY):
            _people(client, base, number, known)
            _project(client, base, number, known)
            _links(client, base, number, known)
            _toggles(client, base, number, known)
        fuzz_third.furnish(client, base, data, known)
        known["kept"] += [each["id"] for each in client.get(f"{base}/members/?search=owner").json()["data"]]
        found = client.post(f"/api/events/{own['id']}/search", json={}).json()["data"]
        known["event"] = [each["id"] for each in found]
        known["holder"] = [*known["member"], *known["team"], *known["api_key"]]
        known["entity"] = [own["id"], *known["project"], *known["app"], *known["team"]]
        return known


def _made(client: httpx.Client, path: str, body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, (path, answer.text)
    return answer.json()


def _people(client: httpx.Client, base: str, number: int, known: dict[str, list[str]]) -> None:
    """A member, in a team by hand or by criteria, and a program with a secret."""
    member = _made(client, f"{base}/members/", {"email": f"member{number}@example.com"})["id"]
    team: dict[str, Any] = {"name": f"Team {number}"}
    if number % 2:
        rule = {"type": "property", "field": "email", "operator": "contains", "value": str(number)}
        team |= {"type": "dynamic", "criteria": [rule]}
    known.setdefault("member", []).append(member)
    known.setdefault("team", []).append(_made(client, f"{base}/teams/", team)["id"])
    if not number % 2:
        client.put(f"{base}/teams/{known['team'][-1]}/members", json=[member]).raise_for_status()
    program = _made(client, f"{base}/api-keys/", {"name": f"Program {number}"})
    known.setdefault("api_key", []).append(program["id"])
    known.setdefault("secret", []).append(f"{program['id']} {program['secrets'][0]['id']}")
    known.setdefault("secret_value", []).append(program["secrets"][0]["value"])


def _project(client: httpx.Client, base: str, number: int, known: dict[str, list[str]]) -> None:
    """A project with an app that has a .env file, a key, an access, and somebody who likes it."""
    project = _made(client, f"{base}/projects/", {"alternateId": f"shop-{number}", "name": f"S{number}"})[
        "id"
    ]
    app = _made(client, f"{base}/projects/{project}/apps/", {"alternateId": f"web-{number}", "name": "W"})[
        "id"
    ]
    key = {"secret_key_id": _KEY_ID, "secret_key": "x" * 100}
    _made(client, f"/{known['organization'][0]}/{project}/key", key)
    version = {"size": "9", "countVariables": 1, "data": "AAAA", "version": 1, "secretKeyId": _KEY_ID}
    for where in ("", "&environmentId=production"):
        path = f"{base}/apps/{app}/dot-env/?secretKeyId={_KEY_ID}{where}"
        client.put(path, json=version).raise_for_status()
    member = known["member"][-1]
    sides = {"entity": {"id": project}, "assignment": {"id": member}}
    access = _made(client, f"{base}/access/", {**sides, "roles": ["ProjectReader"]})["id"]
    _made(client, f"{base}/members/{member}/favorites", {"id": project})
    for noun, id in (("project", project), ("app", app), ("access", access)):
        known.setdefault(noun, []).append(id)
    known.setdefault("favorite", []).append(f"{member} {project}")


def _links(client: httpx.Client, base: str, number: int, known: dict[str, list[str]]) -> None:
    """A short link with a QR code, and a domain that nobody has proved."""
    domain = _made(client, f"{base}/domains/", {"domain": f"go{number}.example.net"})["id"]
    link = {"long_url": f"https://shop.example/{number}", "domain": "localhost", "tags": ["one"]}
    code = _made(client, f"{base}/link/codes/", link)["id"]
    qr = _made(client, f"{base}/link/codes/{code}/qrs", {"title": "Poster"})["id"]
    known.setdefault("domain", []).append(domain)
    known.setdefault("code", []).append(code)
    known.setdefault("qr", []).append(f"{code} {qr}")


def _toggles(client: httpx.Client, base: str, number: int, known: dict[str, list[str]]) -> None:
    """In each project a segment, a toggle that needs it, and a public key; in the first one, segments to name."""
    project = known["project"][number]
    there = f"{base}/projects/{project}"
    segment = {"alternateId": f"vips-{number}", "name": "VIPs", "logic": LOGICS[1]}
    if number:
        client.post(f"{base}/projects/{known['project'][0]}/segments/", json=segment).raise_for_status()
    made = client.post(f"{there}/segments/", json=segment).raise_for_status().json()["id"]
    targets = [{"logic": f'{{"segment": "vips-{number}"}}', "value": True}]
    toggle = {"key": f"look-{number}", "type": "boolean", "targets": targets, "defaultValue": False}
    client.post(f"{there}/toggles/", json=toggle).raise_for_status()
    key = {"organizationId": known["organization"][0], "projectId": project, "name": "Web"}
    public = client.post("/api/public-keys/", json=key).raise_for_status().json()
    known.setdefault("segment", []).append(f"{project} {made}")
    known.setdefault("segment_name", []).append(f"vips-{number}")
    known.setdefault("toggle", []).append(f"{project} look-{number}")
    known.setdefault("public_key", []).append(public["id"])
    known.setdefault("asking", []).append(public["key"])


def in_path(path: str, sent: Any, known: Known) -> Any:
    """Path parameters of which three in four name something; the others stay what they were made."""
    if not isinstance(sent, dict):
        return sent
    roll = _roll(sent)
    made = {name: _chosen(value, known.get(_PATHS.get(name, ""), ())) for name, value in sent.items()}
    for last, (first, noun) in _PAIRS.items():
        if last in sent:
            pair = _chosen("", known[noun], roll).split(" ")
            made |= dict(zip((first, last), pair, strict=True)) if len(pair) == 2 else {}
    if roll % 16 and "{organizationId}" in path:
        made["organizationId"] = known["organization"][0]
    return made


def harmless(method: str, sent: Any, known: Known) -> Any:
    """Path parameters that neither delete the key of all this nor change what it may do."""
    if method not in ("DELETE", "PATCH") or not isinstance(sent, dict):
        return sent
    kept = {*known["kept"], *(known["integration"][:2] if "connectionId" not in sent else ())}
    return {name: "aaaaaa" if value in kept else value for name, value in sent.items()}


def without_credentials(*sent: Any) -> None:
    """Takes away the made-up ones: the good one comes in another header, and speaks where those are empty."""
    for each in sent:
        for name in [name for name in each or () if name.lower() in ("x-api-key", "access_token")]:
            del each[name]


def in_body(path: str, sent: Any, known: Known) -> Any:
    """A body whose ids and words name something, three times in four."""
    if path.endswith("/favorites") and isinstance(sent, dict) and "id" in sent:
        return {**sent, "id": _chosen(sent["id"], known["entity"])}
    if path.endswith("/members") and isinstance(sent, list):
        return [_chosen(each, known["member"]) for each in sent]
    return in_fields(path, sent, known)


def in_fields(path: str, sent: Any, known: Known, side: str = "") -> Any:
    """A query or a part of a body; `side`: of what an `id` in it is."""
    if isinstance(sent, list):
        return [in_fields(path, each, known, side) for each in sent]
    if not isinstance(sent, dict):
        return sent
    return {name: _field(path, name, value, known, side) for name, value in sent.items()}


def _field(path: str, name: str, value: Any, known: Known, side: str) -> Any:
    if name == "config":
        return _chosen(value, fuzz_third.WORDS[name])
    if isinstance(value, dict):
        return in_fields(path, value, known, _SIDES.get(name, ""))
    if isinstance(value, list):
        return [_field(path, name, each, known, _SIDES.get(name, side)) for each in value]
    if not isinstance(value, str | int):
        return value
    if name == "id" and side:
        return _chosen(value, known.get(side, ()))
    return _chosen(value, known.get(_FIELDS.get(name, ""), ()) or _words(path, name))


def _words(path: str, name: str) -> Sequence[Any]:
    """What a word says depends on what it is said of."""
    third = fuzz_third.WORDS if any(each in path for each in fuzz_third.MARKS) else {}
    return third.get(name) or _WORDS.get(name, ())


def _roll(value: Any) -> int:
    return crc32(repr(value).encode(errors="replace"))


def _chosen(value: Any, among: Sequence[Any], roll: int | None = None) -> Any:
    number = _roll(value) if roll is None else roll
    return among[number // 4 % len(among)] if among and number % 4 else value
