"""Integrations by their pages: set up, tried, connected, failed and tried again, imported, let go."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hyway.domain import connections, packages
from hyway.domain.packages import NewPackage
from hyway.kernel.blobs import Blobs
from tests.console.conftest import PUBLIC, Browser
from tests.console.integrations.conftest import Works
from tests.console.projects.conftest import Place
from tests.make.vendor import CODE, TOKEN, TYPE

HERE = "/console/integrations"


@pytest.fixture
async def owner(works: Works) -> Browser:
    return await works.place.browser("owner")


def at(answer: object) -> str:
    found: str = answer.headers["location"]  # type: ignore[attr-defined]
    return found


async def test_a_configuration_is_tried_and_nothing_kept(works: Works, owner: Browser) -> None:
    page = await owner.see(f"{HERE}/new/{TYPE}")
    assert "Make a token." in page.text
    assert 'type="password"' in page.text
    answer = await owner.send(f"{HERE}/new/{TYPE}/test", token=TOKEN)
    assert "Workshop lets us in with this." in answer.text
    assert TOKEN not in answer.text
    wrong = await owner.send(f"{HERE}/new/{TYPE}/test", token="wk_wrong")
    assert wrong.status_code == 422
    assert "is not known" in wrong.text
    assert "wk_wrong" not in wrong.text
    db, by = works.place.db, works.place.by()
    assert db.read_now(connections.integrations.page, by)[1] == 0


async def test_what_is_wrong_stands_at_its_field(works: Works, owner: Browser) -> None:
    await owner.see(f"{HERE}/new/{TYPE}")
    missing = await owner.send(f"{HERE}/new/{TYPE}", region="eu")
    assert missing.status_code == 422
    assert '<p class="wrong" id="wrong-token">Is missing.</p>' in missing.text
    assert 'value="eu"' in missing.text
    shaped = await owner.send(f"{HERE}/new/{TYPE}", token="sk_1", region="e" * 30)
    assert "Is no token, as it is made there." in shaped.text
    assert works.vendor.asked == []


async def test_it_is_set_up_shown_without_secrets_tried_and_deleted(works: Works, owner: Browser) -> None:
    await owner.see(f"{HERE}/new/{TYPE}")
    made = await owner.send(f"{HERE}/new/{TYPE}", token=TOKEN, region="eu")
    assert made.status_code == 303
    page = await owner.see(at(made))
    assert "Workshop has let us in." in page.text
    assert "sealed" in page.text
    assert TOKEN not in page.text
    again = await owner.see(f"{HERE}/new/{TYPE}")
    assert at(again) == at(made)
    assert (await owner.send(f"{HERE}/new/{TYPE}", token=TOKEN)).status_code == 409
    await owner.send(at(made) + "/check")
    assert "Workshop lets us in." in (await owner.see(at(made))).text
    works.vendor.trouble.append("refuses")
    await owner.send(at(made) + "/check")
    assert "does not let us in: Workshop said: the plan" in (await owner.see(at(made))).text
    asked = await owner.send(at(made) + "/delete")
    assert "and all its connections?" in asked.text
    assert at(await owner.send(at(made) + "/delete", confirmed="yes")) == HERE
    assert (await owner.see(at(made))).status_code == 404


async def test_the_script_is_told_where_to_go_and_what_is_wrong(works: Works, owner: Browser) -> None:
    await owner.see(f"{HERE}/new/{TYPE}")
    part = {"x-part": "1"}
    wrong = await owner.send(f"{HERE}/new/{TYPE}", headers=part, token="sk_1")
    assert wrong.status_code == 200
    assert "<b>Token:</b> Is no token" in wrong.text
    assert "<html" not in wrong.text
    made = await owner.send(f"{HERE}/new/{TYPE}", headers=part, token=TOKEN)
    assert made.status_code == 200
    assert made.headers["x-go"].startswith(f"{HERE}/intg_")


async def test_a_connection_is_made_and_seen_to_be_ready(works: Works, owner: Browser) -> None:
    of = await works.integrate()
    form = await owner.see(f"{HERE}/{of.id}/connect?type=DistributionList")
    assert "Backend" in form.text
    none = await owner.send(f"{HERE}/{of.id}/connect", type="DistributionList", entity="")
    assert "Choose one of these." in none.text
    team = works.place.ids["team"]
    made = await owner.send(f"{HERE}/{of.id}/connect", type="DistributionList", entity=team, input="")
    assert made.status_code == 303
    assert "Under way" in (await owner.see(at(made))).text
    works.work()
    ready = await owner.see(at(made))
    assert "Ready" in ready.text
    assert f'href="/console/teams/{team}"' in ready.text
    part = await owner.see(at(made) + "/state")
    assert "<html" not in part.text
    assert "Ready" in part.text
    again = await owner.send(f"{HERE}/{of.id}/connect", type="DistributionList", entity=team, input="")
    assert again.status_code == 409
    assert "This is connected already." in again.text


async def test_one_that_failed_says_why_and_is_tried_again(works: Works, owner: Browser) -> None:
    of = await works.integrate()
    works.vendor.trouble.append("refuses")
    made = works.connect(of, "DistributionList", works.place.ids["team"])
    works.work()
    here = f"{HERE}/{of.id}/connections/{made.id}"
    page = await owner.see(here)
    assert "the plan does not include this" in page.text
    listed = await owner.see("/console/connections?status=Failed")
    assert "the plan does not include this" in listed.text
    assert "1 failed" in (await owner.see(HERE)).text
    assert "None stands so." in (await owner.see("/console/connections?status=Ready")).text
    assert (await owner.see("/console/connections/rows?status=Failed")).text.count("row-item") == 1
    (failed,) = works.all()
    answer = await owner.send(here + "/retry")
    if failed.is_retryable:
        assert answer.status_code == 303
        works.work()
        assert "Ready" in (await owner.see(here)).text
    else:
        assert answer.status_code == 409
        assert "remove it first" in answer.text


async def test_what_is_unclear_is_tried_again_by_itself_and_by_hand(works: Works, owner: Browser) -> None:
    of = await works.integrate()
    works.vendor.trouble.append("busy")
    made = works.connect(of, "DistributionList", works.place.ids["team"])
    works.work()
    page = await owner.see(f"{HERE}/{of.id}/connections/{made.id}")
    assert re.search(r"Tried 1 time; again <time", page.text)
    assert "Workshop is not well (503)" in page.text


async def test_what_is_at_the_vendors_goes_only_when_asked(works: Works, owner: Browser) -> None:
    of = await works.integrate()
    team, project = works.place.ids["team"], works.place.ids["project"]
    kept = works.connect(of, "DistributionList", team)
    gone = works.connect(of, "GitRepository", project)
    works.work()
    base = f"{HERE}/{of.id}/connections/"
    await owner.see(base + gone.id)
    asked = await owner.send(base + gone.id + "/delete", decommission="yes")
    assert 'name="decommission" value="yes"' in asked.text
    assert "is deleted at the vendor’s, too" in asked.text
    await owner.send(base + gone.id + "/delete", decommission="yes", confirmed="yes")
    assert "is being taken away" in (await owner.see(base + gone.id)).text
    await owner.send(base + kept.id + "/delete", confirmed="yes")
    works.work()
    assert len(works.vendor.removed) == 1
    assert len(works.vendor.things) == 1
    assert works.all() == []
    assert (await owner.see(base + gone.id + "/state")).status_code == 404
    told = await owner.see(base + gone.id + "/state", headers={"x-part": "1"})
    assert "It is taken away." in told.text


async def test_things_are_chosen_and_brought_in_with_progress(works: Works, owner: Browser) -> None:
    of = await works.integrate()
    chosen = [works.vendor.put("GitRepository", f"acme/site-{n}").id for n in range(3)]
    works.vendor.put("GitRepository", "acme/old")
    page = await owner.see(f"{HERE}/{of.id}/import?type=GitRepository")
    assert page.text.count('name="resource"') == 4
    found = await owner.see(f"{HERE}/{of.id}/import?type=GitRepository&q=SITE")
    assert found.text.count('name="resource"') == 3
    none = await owner.send(f"{HERE}/{of.id}/import", type="GitRepository")
    assert "Choose at least one." in none.text
    data: dict[str, Any] = {"type": "GitRepository", "resource": [*chosen, "nowhere"]}
    assert (await owner.send(f"{HERE}/{of.id}/import", **data)).status_code == 303
    before = await owner.see(f"{HERE}/{of.id}")
    assert f'data-live="{HERE}/{of.id}/imports"' in before.text
    assert "0 of 4" in before.text
    works.work()
    part = await owner.see(f"{HERE}/{of.id}/imports")
    assert "4 of 4, 1 could not be taken in" in part.text
    assert "nowhere: is not there" in part.text
    assert "site-2" in (await owner.see("/console/projects")).text


@pytest.mark.parametrize("trouble", ["busy", "refuses", "nonsense", "cut"])
async def test_a_vendor_in_trouble_is_told_of_not_an_error(
    works: Works, owner: Browser, trouble: str
) -> None:
    of = await works.integrate()
    for path in ("/import?type=User", "/connect?type=GitTeam&look=yes"):
        works.vendor.trouble.append(trouble)
        page = await owner.see(f"{HERE}/{of.id}{path}")
        assert page.status_code == 200
        assert re.search(r"Workshop (said|is not well|did not answer|gave an answer)", page.text), path
    works.vendor.trouble.append(trouble)
    await owner.see(f"{HERE}/new/badge")
    works.place.db.write_now(connections.integrations.drop, works.place.by(), of.id)
    failed = await owner.send(f"{HERE}/new/{TYPE}", token=TOKEN)
    assert failed.status_code == 422
    assert TOKEN not in failed.text


async def test_an_id_that_leads_elsewhere_is_refused_before_anybody_is_asked(
    works: Works, owner: Browser
) -> None:
    of = await works.integrate()
    await owner.see(f"{HERE}/{of.id}")
    asked = len(works.vendor.asked)
    answer = await owner.send(
        f"{HERE}/{of.id}/connect", type="GitTeam", entity=works.place.ids["team"], input="../x"
    )
    assert (answer.status_code, "Must NOT lead elsewhere" in answer.text) == (422, True)
    bad = await owner.send(f"{HERE}/{of.id}/import", type="GitTeam", resource="../../people")
    assert bad.status_code == 422
    works.work()
    assert all(each == "GET /things" for each in works.vendor.asked[asked:])


async def test_somebody_is_let_in_at_the_vendors_page(works: Works, owner: Browser) -> None:
    assert "Add to Badge" in (await owner.see(f"{HERE}/new/badge")).text
    assert "Add to Workshop" not in (await owner.see(f"{HERE}/new/{TYPE}")).text
    away = await owner.see(f"{HERE}/new/badge/invite")
    to = urlsplit(at(away))
    assert to.netloc == "badge.example"
    state = parse_qs(to.query)["state"][0]
    refused = await owner.see(f"{HERE}/callback", params={"state": state, "error": "access_denied"})
    assert "Badge has not let us in: access_denied." in refused.text
    away = await owner.see(f"{HERE}/new/badge/invite")
    state = parse_qs(urlsplit(at(away)).query)["state"][0]
    back = await owner.see(f"{HERE}/callback", params={"state": state, "code": CODE})
    assert at(back).startswith(f"{HERE}/intg_")
    assert "Badge has let us in." in (await owner.see(at(back))).text


async def test_a_code_of_somebody_elses_is_not_taken(works: Works, owner: Browser) -> None:
    forged = await owner.see(f"{HERE}/callback", params={"state": "1-99999999999.abc", "code": CODE})
    assert forged.status_code == 403
    start, db = connections.invites.start, works.place.db
    theirs = db.read_now(start, works.place.by(), works.known, "badge").state
    await owner.see(f"{HERE}/new/badge/invite")
    shown = await owner.see(f"{HERE}/callback", params={"state": theirs, "code": "c0de"})
    assert "A program of yours asked for this invitation" in shown.text
    assert "c0de" in shown.text
    assert db.read_now(connections.integrations.page, works.place.by())[1] == 0


async def test_accounts_and_packages(works: Works, owner: Browser, place: Place) -> None:
    of = await works.integrate()
    works.connect(of, "User", place.member("member"))
    works.work()
    assert "member@north.example" in (await owner.see("/console/accounts")).text
    assert "Nobody is called so." in (await owner.see("/console/accounts?q=zzz")).text
    assert "No packages" in (await owner.see("/console/packages")).text


async def test_packages_with_files(works: Works, owner: Browser, place: Place, tmp_path: Path) -> None:
    """The command leads to what there is: the highest version may be no release, and for others."""
    blobs = Blobs(tmp_path / "packages")
    for version, platform in (("1.0.0", "linux"), ("1.1.0", "windows"), ("2.0.0-rc.1", "macos")):
        laid = packages.lay(blobs, [f"{version} {platform}".encode()])
        new = NewPackage("hx", version, platform, "hx")
        place.db.write_now(packages.add, new, laid)
    page = (await owner.see("/console/packages")).text
    assert f"curl -LOJ &#39;{PUBLIC}/api/downloads/hx/latest?os=windows&#39;" in page
    opened = re.findall(r'<details class="version"( open)?><summary><b>([^<]*)', page)
    assert opened == [("", "2.0.0-rc.1"), (" open", "1.1.0"), ("", "1.0.0")]
    assert "/api/downloads/hx/2.0.0-rc.1?os=macos" in page
    assert place.db.read_now(packages.find, "hx", "latest", "windows").version == "1.1.0"
