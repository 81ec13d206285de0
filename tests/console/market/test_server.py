"""The pages of creators behind the front door of a running server, where programs and people share addresses."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from hyway.domain import identity
from hyway.main import open_database
from hyway.settings import Settings
from tests.make.people import somebody
from tests.make.running import hyway, serving

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-site": "same-origin"}


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{40})"', page)
    assert found is not None
    return found[1]


def test_a_letters_link_makes_an_account_that_founds_and_drafts(tmp_path: Path) -> None:
    """From the letter of an invitation to a draft, with nothing but a browser."""
    data = tmp_path / "data"
    with serving(data) as server:
        settings = Settings.read({}, data)
        db = open_database(settings)
        ann = somebody(db, "Ann")
        acme = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
        there = db.read_now(identity.at_organization, ann, acme.seq)
        db.write_now(identity.joining.invite, there, "new@example.com")
        link = db.read_now(identity.signing_up.link, "new@example.com")
        db.close()
        _goes_on(server.url, urlsplit(link).path)
        assert link.rpartition("/")[2] not in server.log.read_text()
    assert "To: new@example.com" in hyway("mails", data=data).stdout


def _goes_on(url: str, path: str) -> None:
    with httpx.Client(base_url=url, headers=HTML) as browser:
        page = browser.get(path)
        assert "Your account for new@example.com" in page.text
        fields = {"csrf": csrf(page.text), "name": "Kim", "password": "a long password"}
        assert browser.post(path, data=fields).headers["location"] == "/me"
        assert "You are invited" in browser.get("/me").text
        page = browser.get("/organizations/new")
        sent = {"csrf": csrf(page.text), "name": "Lantern", "privacy_setting": "private", "website": ""}
        base = browser.post("/organizations", data=sent).headers["location"]
        campaign = {**sent, "name": "First", "currency": "eur", "brief": "<p>x</p>"}
        made = browser.post(
            f"{base}/campaigns", data={**campaign, "content_type": "ugc", "category": "product"}
        )
        here = made.headers["location"]
        refused = browser.post(here + "/publish", data={"csrf": sent["csrf"]})
        assert refused.status_code == 422
        assert "Website can&#39;t be blank." in refused.text
        as_json = browser.get(here + ".json")
        assert (as_json.status_code, as_json.headers["www-authenticate"]) == (
            401,
            'Token realm="Application"',
        )
        assert browser.get("/mailbox").status_code == 200
        away = httpx.get(url + here, headers=HTML)
        assert away.headers["location"].startswith("/console/sign-in?next=")
