"""A place with one of everything that roles speak of, and a request that would succeed for each operation on it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hyway.domain import billing, connections, envs, identity, links, projects, toggles
from hyway.domain.connections import working
from hyway.domain.connections.providing import Made
from hyway.domain.envs import NewVersion, VaultKey
from hyway.domain.identity import Caller, NewMember
from hyway.domain.links import NewDomain, NewQr, NewShortCode
from hyway.domain.projects import NewApp, NewProject
from hyway.domain.toggles import NewSegment, NewToggle
from hyway.kernel.db import Write
from tests.apis.hyphen.conftest import VENDORS
from tests.apis.hyphen.party import invoiced
from tests.make.clouds import PERSONS
from tests.make.vendor import STILL_IDS, TOKEN

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Place:
    """Ids by the names that paths have for them, and the smallest role and the entity of the role that walks."""

    ids: dict[str, str]
    entity: str
    smallest: str
    other_team: str
    other_member: str

    def path(self, template: str) -> str:
        return template.format_map(self.ids)


def furnished(w: Write, by: Caller, home: str, kind: str) -> Place:
    """New things in the organization with the id `home`; `kind` is that of the entity with an access to look at."""
    n = next(_numbers)
    project = projects.create(w, by, NewProject(f"shop-{n}", "Shop", False))
    app = projects.apps.create(w, by, project.id, NewApp(f"web-{n}", "Web"))
    environment = projects.environments.page(w, by, project, 0, 1)[0][0]
    envs.vault.write(w, by, project.id, VaultKey(1_700_000_000, "secret"))
    envs.versions.push(w, by, app.id, None, 1_700_000_000, NewVersion(1, 1_700_000_000, "9 bytes", 1, "AAAA"))
    member = identity.profiles.create(w, by, NewMember(f"m{n}@example.com"))
    team, other = (identity.teams.create(w, by, f"{name} {n}") for name in ("Core", "Other"))
    identity.teams.replace_members(w, by, team.id, [member.id])
    key, secret = identity.api_keys.create(w, by, f"Robot {n}")
    domain = links.domains.create(w, by, NewDomain(f"d{n}.example.org"))
    code = links.short_codes.create(w, by, NewShortCode(f"https://{n}.example/", "localhost"))
    qr = links.kept_qr.keep(w, by, code.id, links.kept_qr.drawn(code.address, NewQr()))
    segment = toggles.segments.create(w, by, project.id, NewSegment("vips", "VIPs", "true"))
    toggle = toggles.create(w, by, project.id, NewToggle("look", "boolean", (), False))
    smallest = {"Organization": "OrganizationMember", "Team": "TeamMember"}.get(kind, "ProjectReader")
    entity = {"Organization": home, "Project": project.id, "App": app.id, "Team": team.id}[kind]
    access = identity.access.create(w, by, entity, other.id, [smallest])
    ids = {
        "organizationId": home,
        "projectId": project.id,
        "appId": app.id,
        "environmentId": environment.id,
        "memberId": member.id,
        "teamId": team.id,
        "apiKeyId": key.id,
        "secretId": secret.id,
        "accessId": access.id,
        "domainId": domain.id,
        "codeId": code.id,
        "qrId": qr.id,
        "segmentId": segment.id,
        "toggleKey": toggle.key,
        "invoiceProviderId": _invoice(w, by),
        **_connected(w, by, app.id, f"verify-{n}"),
    }
    return Place(ids, entity, smallest, other.id, member.id)


def _invoice(w: Write, by: Caller) -> str:
    """The one that the organization's account has."""
    account = billing.accounts.of(w, by.organization)
    found, _ = billing.invoices.page(w, account)
    return (found[0] if found else invoiced(w, by, account)).provider_id


def _connected(w: Write, by: Caller, app: str, input: str) -> dict[str, str]:
    """A connection that waits to be verified, of the one integration of its type."""
    integrations = connections.integrations
    other = integrations.of_type(w, by, "atelier")
    if other is not None:
        integrations.drop(w, by, other.id)
    draft = integrations.draft(w, by, VENDORS, "workshop", {"token": TOKEN})
    of = integrations.of_type(w, by, "workshop") or integrations.create(w, by, draft)
    made = connections.connections.create(w, by, VENDORS, of.id, "GitRepository", app, input)
    working.settled(w, made, Made(input, {}, ("owner@example.com",)))
    zone = connections.zones.adopt(w, by, of, input, f"{input}.example.com")
    return {"integrationId": of.id, "connectionId": made.id, "zoneId": zone.id}


def _env(_: Place) -> dict[str, Any]:
    return {
        "version": 2,
        "secretKeyId": 1_700_000_000,
        "size": "9 bytes",
        "countVariables": 1,
        "data": "AAAA",
    }


BODIES: dict[tuple[str, str], Callable[[Place], Any]] = {
    ("POST", "access/"): lambda of: {
        "entity": {"id": of.entity},
        "assignment": {"id": of.ids["apiKeyId" if of.smallest != "OrganizationMember" else "teamId"]},
        "roles": [of.smallest],
    },
    ("POST", "integrations/"): lambda of: {"type": "atelier", "config": {"token": TOKEN}},
    ("POST", "integrations/test"): lambda of: {"type": "atelier", "config": {"token": TOKEN}},
    ("POST", "integrations/azure/context"): lambda of: {"token": PERSONS},
    ("POST", "integration-invites/"): lambda of: {"type": "workshop"},
    ("POST", "integrations/{integrationId}/import/"): lambda of: {
        "type": "User", "resources": [{"id": STILL_IDS[0]}],
    },
    ("POST", "integrations/{integrationId}/connections/"): lambda of: {
        "type": "ContainerRegistry", "entity": {"id": of.ids["appId"]}, "input": f"n{next(_numbers)}",
    },
    ("POST", "integrations/{integrationId}/connections/{connectionId}/verify"): lambda of: {"code": "424242"},
    ("PATCH", "access/{accessId}/"): lambda of: {"roles": [of.smallest]},
    ("POST", "api-keys/"): lambda of: {"name": "Robot"},
    ("PUT", "apps/{appId}/dot-env/"): _env,
    ("PATCH", "apps/{appId}/"): lambda of: {"name": "Web 2"},
    ("POST", "members/"): lambda of: {"email": f"n{next(_numbers)}@example.org"},
    ("POST", "domains/"): lambda of: {"domain": f"d{next(_numbers)}.example.net"},
    ("PATCH", "domains/{domainId}/"): lambda of: {"notFoundRedirectUrl": "https://example.net/"},
    ("POST", "link/codes/"): lambda of: {"long_url": "https://new.example/", "domain": "localhost"},
    ("PATCH", "link/codes/{codeId}"): lambda of: {"title": "Another"},
    ("PATCH", "members/{memberId}/"): lambda of: {"nickname": "Nick"},
    ("PATCH", ""): lambda of: {"name": f"Acme {next(_numbers)}"},
    ("POST", "projects/"): lambda of: {"alternateId": f"new-{next(_numbers)}", "name": "New"},
    ("PATCH", "projects/{projectId}/"): lambda of: {"name": "Shop 2"},
    ("POST", "projects/{projectId}/apps/"): lambda of: {"alternateId": f"a-{next(_numbers)}", "name": "A"},
    ("POST", "projects/{projectId}/environments/"): lambda of: {"alternateId": "qa", "name": "QA"},
    ("PATCH", "projects/{projectId}/environments/{environmentId}/"): lambda of: {"name": "Live"},
    ("POST", "projects/{projectId}/toggles/"): lambda of: {
        "key": f"t-{next(_numbers)}", "type": "boolean", "targets": [], "defaultValue": True,
    },
    ("PATCH", "projects/{projectId}/toggles/{toggleKey}"): lambda of: {"defaultValue": True},
    ("POST", "projects/{projectId}/segments/"): lambda of: {
        "alternateId": f"s-{next(_numbers)}", "name": "S", "logic": "true",
    },
    ("PATCH", "projects/{projectId}/segments/{segmentId}"): lambda of: {"logic": "false"},
    ("POST", "teams/"): lambda of: {"name": f"Team {next(_numbers)}"},
    ("PATCH", "teams/{teamId}/"): lambda of: {"name": f"Team {next(_numbers)}"},
    ("PUT", "teams/{teamId}/members"): lambda of: [of.other_member],
    ("POST", "/{organizationId}/{projectId}/key"): lambda of: {
        "secret_key_id": 1_700_000_001, "secret_key": "another",
    },
    ("POST", "/api/events/{organizationId}/search"): lambda of: {},
}  # fmt: skip
"""What is sent, by method and by the path inside the organization, or the whole path of another."""

QUERIES = {
    "GET resources/": "?type=User",
    "PUT dot-env/": "?secretKeyId=1700000000",
    "DELETE dot-env/versions/": "?secretKeyId=1700000000",
}
"""Queries without which an operation refuses, by the method and the end of the path."""
