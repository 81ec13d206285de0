"""Setting up a cloud by what somebody has there: shown with a token of theirs, which nothing keeps and no page says."""

import logging
import re
from collections.abc import Sequence
from typing import Any

import pytest

from hyway import console
from hyway.domain import connections
from hyway.domain.connections import Reach, Registry, Resource, Tenancy
from hyway.domain.connections.providing import Declined
from hyway.providers.azure import ENTRY
from tests.console.conftest import PUBLIC, Browser
from tests.console.integrations.conftest import Works
from tests.make.clouds import PERSONS, Cloud

NEW = "/console/integrations/new/azure"
ACME, OTHER = (f"{n * 8}-1111-4111-8111-111111111111" for n in "12")
MAIN = "33333333-3333-4333-8333-333333333333"
SECRET = "s3cr3t~of-the-application"
APPLICATION = "44444444-4444-4444-8444-444444444444"


class Azure(Cloud):
    """Lets in who names the application's secret, and shows a person two tenants and a subscription."""

    def __init__(self) -> None:
        super().__init__("azure")
        self.entry = ENTRY
        self.tenants: Sequence[Resource] = (Resource(ACME, "Acme"), Resource(OTHER, "<b>Other</b>"))

    def check(self, reach: Reach) -> None:
        if reach.config["clientSecret"] != SECRET:
            raise Declined("the secret is not known")

    def survey(self, reach: Reach, token: str) -> Tenancy:
        return Tenancy(tuple(self.tenants), super().survey(reach, token).subscriptions)


@pytest.fixture
def azure(works: Works) -> Azure:
    made = Azure()
    works.known = Registry([made])
    works.place.app = console.app(works.place.db, public_url=PUBLIC, vendors=works.known)
    return made


@pytest.fixture
async def owner(works: Works, azure: Azure) -> Browser:
    return await works.place.browser("owner")


def select(page: str, name: str) -> list[str]:
    """The values that a setting may be chosen from."""
    found = re.search(rf'<select id="f-{name}" name="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r'value="([^"]*)"', found[0]) if found else []


async def test_tenants_and_subscriptions_are_chosen_and_set_up_with(works: Works, owner: Browser) -> None:
    before = (await owner.see(NEW)).text
    assert "Show my tenants and subscriptions" in before
    assert "<select" not in before.split("data-setup")[1]
    shown = await owner.send(f"{NEW}/survey", token=f" {PERSONS}\n")
    assert shown.status_code == 200
    assert select(shown.text, "tenantId") == ["", ACME, OTHER]
    assert select(shown.text, "subscriptionId") == [MAIN]
    assert f"Main ({MAIN})" in shown.text
    assert "2 tenants to choose from." in shown.text
    assert "1 subscription to choose from." in shown.text
    assert "&lt;b&gt;Other&lt;/b&gt;" in shown.text
    chosen = {"tenantId": ACME, "subscriptionId": MAIN, "clientId": APPLICATION, "clientSecret": SECRET}
    made = await owner.send(NEW, **chosen)
    assert made.status_code == 303
    (of,), _ = works.place.db.read_now(connections.integrations.page, works.place.by())
    assert (of.config["tenantId"], of.config["subscriptionId"]) == (ACME, MAIN)
    again = await owner.send(f"{NEW}/survey", token=PERSONS)
    assert again.headers["location"] == f"/console/integrations/{of.id}"


async def test_the_token_is_in_no_answer_no_log_and_nowhere_kept(
    works: Works, owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await owner.see(NEW)
    for token in (PERSONS, "eyJ-unknown-one", "eyJ-at-night", "eyJ-without-a-client", "eyJ two words"):
        answer = await owner.send(f"{NEW}/survey", token=token)
        assert token not in answer.text + str(answer.headers) + str(answer.request.url)
        assert answer.headers["cache-control"] == "no-store"
        assert token not in (await owner.see(NEW)).text
        assert token not in caplog.text
    assert works.place.db.read_now(connections.integrations.page, works.place.by())[1] == 0


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("eyJ-unknown-one", "Azure refuses these credentials: *** is not valid."),
        ("eyJ-at-night", "Azure did not answer."),
        ("eyJ-without-a-client", "The vendor gave an answer that makes no sense."),
        ("eyJ two words", "Must be an access token."),
        ("", "Must be an access token."),
        ("e" * 20_001, "Must be an access token."),
    ],
    ids=["unknown", "at night", "without a client", "words", "empty", "long"],
)
async def test_refusals_are_said_in_words(owner: Browser, token: str, words: str) -> None:
    await owner.see(NEW)
    answer = await owner.send(f"{NEW}/survey", token=token)
    assert answer.status_code == 422
    assert f'role="alert" id="wrong-survey">{words}</p>' in answer.text
    assert not select(answer.text, "tenantId")
    assert 'name="tenantId" type="text"' in answer.text


async def test_the_script_gets_pages_that_no_browser_complains_of(owner: Browser) -> None:
    await owner.see(NEW)
    part = {"x-part": "1"}
    wrong = await owner.send(f"{NEW}/survey", headers=part, token="eyJ-unknown-one")
    assert (wrong.status_code, "*** is not valid" in wrong.text) == (200, True)
    right = await owner.send(f"{NEW}/survey", headers=part, token=PERSONS)
    assert select(right.text, "tenantId") == ["", ACME, OTHER]
    chosen = {"tenantId": ACME, "subscriptionId": MAIN, "clientId": APPLICATION, "clientSecret": SECRET}
    await owner.send(NEW, **chosen)
    again = await owner.send(f"{NEW}/survey", headers=part, token=PERSONS)
    assert (again.status_code, again.headers["x-go"][:26]) == (200, "/console/integrations/intg")


async def test_who_has_none_types_the_ids(owner: Browser, azure: Azure) -> None:
    azure.tenants = ()
    await owner.see(NEW)
    answer = await owner.send(f"{NEW}/survey", token=PERSONS)
    assert "Microsoft Azure shows you no tenant: type its id." in answer.text
    assert 'name="tenantId" type="text"' in answer.text
    assert select(answer.text, "subscriptionId") == [MAIN]


async def test_nobody_asks_who_may_not_and_no_form_that_is_not_ours(
    works: Works, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*args: Any) -> Tenancy:
        raise AssertionError("a vendor was asked")

    monkeypatch.setattr(Azure, "survey", never)
    member = await works.place.browser("member")
    assert (await member.send(f"{NEW}/survey", token=PERSONS)).status_code in (403, 404)
    assert (await owner.send(f"{NEW}/survey", csrf="0" * 40, token=PERSONS)).status_code == 403
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await owner.send(f"{NEW}/survey", headers=foreign, token=PERSONS)).status_code == 403
    assert (await owner.see(f"{NEW}/survey", params={"token": PERSONS})).status_code == 405


async def test_only_what_can_be_surveyed_offers_it(works: Works) -> None:
    owner = await works.place.browser("owner")
    assert "Show my tenants" not in (await owner.see("/console/integrations/new/badge")).text
    answer = await owner.send("/console/integrations/new/badge/survey", token=PERSONS)
    assert answer.status_code == 404
