"""Every operation with every role: each answers as the table of roles says, and the page of it is as generated."""

from pathlib import Path

import httpx
import pytest

from hyway.apis.hyphen import OPERATIONS, permissions
from hyway.apis.kit.operations import Operation
from hyway.domain import identity
from hyway.domain.identity import access, api_keys
from hyway.kernel import seal
from hyway.kernel.db import Write
from tests.apis.hyphen.conftest import Acme, outside
from tests.apis.hyphen.walking import BODIES, QUERIES, Place, furnished

PAGE = Path(__file__).parents[3] / "docs" / "access.md"
INSIDE = "/api/organizations/{organizationId}/"
BILLING = "/api/billing-accounts/{billingAccountId}/"
NEEDING = [each for each in OPERATIONS if each.needs is not None]
FOR_ANYBODY = {
    "GET /api/me/",
    "GET /api/execution-context/",
    "GET /api/organizations/",
    "POST /api/organizations/",
    # Its owners may do everything with a billing account, and nobody else anything: the verbs judge.
    "GET /api/billing-accounts/",
    f"GET {BILLING}",
    f"PATCH {BILLING}",
    f"GET {BILLING}usage",
    f"PUT {BILLING}subscription/status",
    f"POST {BILLING}owners/",
    f"DELETE {BILLING}owners/{{userId}}/",
    f"POST {BILLING}payment-methods/",
    f"PATCH {BILLING}payment-methods/{{providerId}}/",
    f"DELETE {BILLING}payment-methods/{{providerId}}/",
    f"GET {BILLING}invoices/{{invoiceProviderId}}/urls",
    "GET /ip",
    "GET /ip/{ip}",
    "POST /ip",
    # The organization is no part of their path: the verbs judge, as the tests of public keys say.
    "GET /api/public-keys/",
    "POST /api/public-keys/",
    "GET /api/public-keys/{id}",
    "DELETE /api/public-keys/{id}",
    f"GET {INSIDE}projects/",
    f"GET {INSIDE}apps/",
    f"POST {INSIDE}members/{{memberId}}/favorites",
    f"DELETE {INSIDE}members/{{memberId}}/favorites/{{favoriteId}}",
    f"PATCH {INSIDE}members/{{memberId}}/favorites/{{favoriteId}}",
}
"""What needs no role: about whoever asks, or lists that show what they may see."""
STRANGERS = ("/api/downloads/", "/api/auth/", "/api/integrations/", "/oauth2/", "/userinfo", "/.well-known/")
"""Where those come who are not known yet."""
ON = [(name, kind) for kind in ("Organization", "Project", "App", "Team") for name in access.of_kind(kind)]


class Walker:
    """A key with one role, on things that are new after whatever it changed."""

    def __init__(self, acme: Acme, role: str, kind: str) -> None:
        self.acme, self.role, self.kind = acme, role, kind
        self.id, self.secret = acme.db.write_now(self._key)

    def _key(self, w: Write) -> tuple[str, str]:
        by, is_whole = self.acme.by, self.kind == "Organization"
        made, secret = api_keys.create(w, by, "Walker", (self.role if is_whole else "OrganizationMember",))
        if not is_whole:
            (own,), _ = access.page(w, by, None, [made.id])
            access.drop(w, by, own.id)
        assert secret.value is not None
        return made.id, secret.value

    def place(self) -> Place:
        """New things to do something to."""
        return self.acme.db.write_now(furnished, self.acme.by, self.acme.id, self.kind)

    def own_place(self) -> Place:
        """The same, where the walker has its role."""
        made = self.place()
        if self.kind != "Organization":
            self.acme.db.write_now(access.create, self.acme.by, made.entity, self.id, [self.role])
        return made

    async def call(self, client: httpx.AsyncClient, of: Operation, at: Place) -> httpx.Response:
        body = BODIES.get((of.method, of.path.removeprefix(INSIDE)))
        query = next(
            (q for end, q in QUERIES.items()
             if of.method == end.split()[0] and of.path.endswith(end.split()[1])),
            "",
        )  # fmt: skip
        sent = {} if body is None else {"json": body(at)}
        return await client.request(of.method, at.path(of.path) + query, **sent)


def spoken(of: Operation) -> str:
    return f"{of.method} {of.path}"


def is_allowed(role: str, kind: str, of: Operation) -> bool:
    """Read from the table; on an app alone, what is the project's own is out of reach."""
    if of.needs not in access.powers(frozenset({role})):
        return False
    return kind != "App" or "{projectId}" not in of.path


def test_an_operation_needs_a_role_or_is_known_to_need_none():
    assert {spoken(each) for each in OPERATIONS if each.needs is None and each.scopes} == FOR_ANYBODY
    assert all(each.path.startswith(STRANGERS) for each in OPERATIONS if not each.scopes)
    for each in NEEDING:
        action, subject = each.needs or ("", "")
        assert subject in access.SUBJECTS
        assert action in access.actions_on(subject)


@pytest.mark.parametrize(("role", "kind"), ON)
async def test_an_answer_is_what_the_table_says(acme: Acme, role: str, kind: str) -> None:
    walker, wrong = Walker(acme, role, kind), []
    async with acme.client(walker.secret) as client:
        here = walker.own_place()
        for each in NEEDING:
            answer = await walker.call(client, each, here)
            expected = (each.status,) if is_allowed(role, kind, each) else (403, 404)
            if answer.is_success and each.method != "GET":
                here = walker.own_place()
            if answer.status_code not in expected:
                wrong.append(f"{spoken(each)}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize(("role", "kind"), [each for each in ON if each[1] != "Organization"])
async def test_a_role_on_one_thing_opens_no_other(acme: Acme, role: str, kind: str) -> None:
    walker, wrong = Walker(acme, role, kind), []
    own = {"Project": "project", "App": "app", "Team": "team"}[kind]
    async with acme.client(walker.secret) as client:
        walker.own_place()
        there = walker.place()
        for each in NEEDING:
            answer = await walker.call(client, each, there)
            if answer.status_code in (403, 404):
                continue
            # Lists show what is the walker's own.
            seen = answer.text
            ids = [there.ids[name] for name in ("projectId", "appId", "teamId", "accessId")]
            if answer.status_code != 200 or each.method != "GET" or any(id in seen for id in ids):
                wrong.append(f"{own}: {spoken(each)}: {answer.status_code} {seen[:200]}")
    assert wrong == []


@pytest.mark.parametrize(("role", "kind"), ON)
async def test_a_member_or_a_team_with_a_role_may_what_a_key_with_it_may(
    acme: Acme, role: str, kind: str
) -> None:
    walker = Walker(acme, role, kind)
    here = walker.own_place()
    alone, teamed = acme.person("Una", "member"), acme.person("Tim", "member")

    def give(w: Write) -> None:
        by = acme.by
        for person in (alone, teamed):
            member = access.enter(w, outside(person), acme.id).member
            (own,), _ = access.page(w, by, [acme.id], [member])
            access.drop(w, by, own.id)
            if person is alone:
                access.create(w, by, here.entity, member, [role])
                continue
            team = identity.teams.create(w, by, "Tim's")
            identity.teams.replace_members(w, by, team.id, [member])
            access.create(w, by, here.entity, team.id, [role])

    acme.db.write_now(give)
    key = acme.db.read_now(api_keys.caller, seal.digest(walker.secret))
    assert key is not None
    grants = acme.db.read_now(access.enter, key, acme.id).grants
    assert acme.inside(teamed).grants == grants
    if role == "OrganizationBilling":  # whoever has a role on the organization is a member of it, too
        assert acme.inside(alone).grants == identity.Grants(frozenset({role, "OrganizationMember"}))
    else:
        assert acme.inside(alone).grants == grants


def test_the_page_is_as_generated():
    assert PAGE.read_text() == permissions.page(), "python -m hyway.apis.hyphen.permissions > docs/access.md"
