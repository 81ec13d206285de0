"""Makes docs/images anew: a server with the demonstration in it, looked at with this machine's Chromium.

`python tools/pictures.py`; look at each picture before it is committed.
"""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from hyway import main as house
from hyway.domain import toggles
from hyway.kernel import clock, sqid
from hyway.kernel.clock import HOUR
from hyway.settings import Settings

IMAGES = Path(__file__).parents[1] / "docs" / "images"
HYWAY = Path(sys.executable).with_name("hyway")
PASSWORD = "a password for pictures"
WIDE, PHONE = (1280, 900), (390, 844)


@contextmanager
def serving(data: Path, port: int) -> Iterator[Path]:
    """Gives the file with what the server said when it began."""
    out = data.with_suffix(f".{time.monotonic_ns()}")
    with out.open("w") as said:
        server = subprocess.Popen(  # noqa: S603  # our own program
            [HYWAY, "up", "--port", str(port), "--data", data], stdout=said
        )
    try:
        _await(f"http://localhost:{port}")
        yield out
    finally:
        server.terminate()
        server.wait(60)


def filled(data: Path, port: int) -> str:
    """An owner whose first password this is, and the demonstration. It is made without a server: then visitors are
    from somewhere."""
    with serving(data, port) as out:
        found = re.search(r"Password: +(\S+)", out.read_text())
    hyway("demo", "--clicks", "4000", data=data)
    return found[1] if found else ""


def _await(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(url + "/healthz", timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def hyway(*words: str, data: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HYWAY_")}
    done = subprocess.run(  # noqa: S603  # our own program
        [HYWAY, *words, "--data", data], env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def ask(method: str, url: str, key: str) -> Any:
    return httpx.request(method, url, headers={"Authorization": f"token {key}"}, timeout=20).json()


def opened(
    browser: Browser,
    url: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"] = "light",
    like: Page | None = None,
) -> Page:
    """A page; signed in as another one is."""
    width, height = size
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        timezone_id="Europe/Berlin",
        locale="en-GB",
        storage_state=like.context.storage_state() if like else None,
    )
    return context.new_page()


def sign_in(page: Page, password: str) -> None:
    page.goto("/console/sign-in")
    page.fill("#email", "owner@example.com")
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_load_state()
    page.fill("#old", password)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.press("#again", "Enter")
    page.wait_for_load_state()


def choose_demo(page: Page) -> None:
    page.goto("/console")
    page.locator("summary", has_text="My organization").first.click()
    page.get_by_role("button", name="Demo").first.click()
    page.wait_for_load_state()


def keep(page: Page, name: str) -> None:
    page.wait_for_timeout(1_500)
    page.screenshot(path=IMAGES / f"{name}.png")


def console(browser: Browser, url: str, password: str, shown: str) -> Page:
    """Gives a page on which the owner is signed in."""
    page = opened(browser, url, WIDE)
    sign_in(page, password)
    choose_demo(page)
    page.goto("/console?range=30d")
    keep(page, "console")
    page.goto("/console/tracking")
    page.wait_for_timeout(1_500)
    keep(page, "tracking-map")
    dark = opened(browser, url, WIDE, "dark", page)
    dark.goto(f"/console/links/{shown}?range=30d")
    keep(dark, "link")
    phone = opened(browser, url, PHONE, like=page)
    phone.goto("/console?range=30d")
    keep(phone, "console-phone")
    return page


def market(browser: Browser, url: str, like: Page, organization: str, campaign: str) -> None:
    """The creators' part, as an organization sees it; two of its pages on a phone, side by side."""
    here = f"/organizations/{organization}"
    page, phone = opened(browser, url, WIDE, like=like), opened(browser, url, PHONE, like=like)
    paths = {
        "market-board": "/board",
        "market-campaign": f"{here}/campaigns/{campaign}",
        "market-review": f"{here}/submissions",
        "market-money": f"{here}/money",
    }
    for name, path in paths.items():
        page.goto(path)
        keep(page, name)
    shots = []
    for name in ("market-board", "market-campaign"):
        phone.goto(paths[name])
        phone.wait_for_timeout(1_500)
        shots.append(phone.screenshot())
    beside(shots, "market-phone")


def filled_projects(url: str, secret: str) -> None:
    """People, a team, a project and the .env files that a program has pushed, by the API."""
    with httpx.Client(base_url=url, headers={"x-api-key": secret}, timeout=20) as http:
        here = http.get("/api/execution-context/").json()["member"]["organization"]["id"]
        root = f"/api/organizations/{here}"

        def made(method: str, path: str, **body: Any) -> Any:
            answer = http.request(method, root + path, json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None

        people = [
            made("POST", "/members/", email=f"{first.lower()}@shop.example", firstName=first, lastName=last)
            for first, last in (
                ("Chiara", "Rossi"),
                ("Deniz", "Yılmaz"),
                ("Emeka", "Okafor"),
                ("Freya", "Sørensen"),
            )
        ]
        criteria = [{"type": "property", "field": "email", "operator": "endsWith", "value": "@shop.example"}]
        team = made("POST", "/teams/", name="Shop people", type="dynamic", criteria=criteria)
        project = made("POST", "/projects/", name="Shop", alternateId="shop", isMonorepo=True)
        made("POST", "/projects/", name="Field service", alternateId="field-service")
        for name, alternate in (("Web shop", "web"), ("Orders", "orders")):
            made("POST", "/projects/shop/apps/", name=name, alternateId=alternate)
        for entity, holder, kind, role in (
            (project, team, "Team", "ProjectReader"),
            (project, people[0], "Member", "ProjectAdmin"),
            (project, people[1], "Member", "ProjectContributor"),
        ):
            sides = {
                "entity": {"type": "Project", "id": entity["id"]},
                "assignment": {"type": kind, "id": holder["id"]},
            }
            made("POST", "/access/", **sides, roles=[role])
        http.post(f"/{here}/shop/key", json={"secret_key_id": 1767322800, "secret_key": "c2VjcmV0LWtleQ=="})
        for version in range(1, 5):
            for environment in ("development", "production"):
                size = {
                    "size": f"{300 + 19 * version} bytes",
                    "countVariables": 8 + version,
                    "data": "AAECAw==",
                }
                path = f"/apps/web/dot-env/?secretKeyId=1767322800&environmentId={environment}"
                made("PUT", path, **size, version=version, secretKeyId=1767322800)


def projects(browser: Browser, url: str, like: Page) -> None:
    """Roles and an app on a desk, projects on a phone."""
    page, phone = opened(browser, url, WIDE, like=like), opened(browser, url, PHONE, like=like)
    for name, path in (
        ("projects-roles", "/console/roles"),
        ("projects-app", "/console/projects/shop/apps/web"),
    ):
        page.goto(path)
        keep(page, name)
    shots = []
    for path in ("/console/projects/shop", "/console/projects/shop/apps/web/envs/production"):
        phone.goto(path)
        phone.wait_for_timeout(1_000)
        shots.append(phone.screenshot())
    beside(shots, "projects-phone")


def seen_toggles(data: Path) -> None:
    """A week of programs that asked for the demonstration's new checkout."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HYWAY_")}
    db = house.open_database(Settings.read(environ, data), threads=1)
    try:
        with closing(sqlite3.connect(data / "hyway.db")) as rows:
            ((project,),) = rows.execute("SELECT project FROM toggles WHERE key = 'new-checkout'")
        now, counts = clock.now(), toggles.counting.Tally()
        compiled = toggles.deciding.Compiled(*filter(None, [db.read_now(toggles.ruleset, project)]))
        of = [each for each in compiled.outcomes if each.key == "new-checkout"]
        for ago in range(7 * 24):
            at = now - ago * HOUR
            awake = max(12 - abs(at // HOUR % 24 - 13), 1) * (6 + at // (24 * HOUR) * 5 % 7)
            share = 25 if ago > 60 else 50
            for each, part in zip(of, (9, share, 91 - share), strict=True):
                counts.decided(each, part * awake // 10, at)
        db.write_now(toggles.counting.add, counts.take(), [])
    finally:
        db.close()


def switches(browser: Browser, url: str, like: Page, secret: str) -> None:
    """A toggle, tried for somebody; a domain that waits for its record."""
    with httpx.Client(base_url=url, headers={"x-api-key": secret}, timeout=20) as http:
        here = http.get("/api/organizations/").json()["data"][0]["id"]
        sent = {"domain": "go.brand.example", "fallbackUrlTemplate": "https://old.brand.example/{code}"}
        domain = http.post(f"/api/organizations/{here}/domains/", json=sent).raise_for_status().json()["id"]
    desk = opened(browser, url, WIDE, like=like)
    desk.goto(f"/console/domains/{domain}")
    keep(desk, "domain")
    page = opened(browser, url, (1280, 1240), like=like)
    page.goto("/console/toggles/storefront/new-checkout")
    page.get_by_label("Targeting key").fill("customer-1")
    page.wait_for_timeout(1_000)
    keep(page, "toggle")


def belongings(browser: Browser, url: str, like: Page) -> None:
    """What is owed and whom the organization works with on a desk, both on a phone; programs to be fetched."""
    page, phone = opened(browser, url, WIDE, like=like), opened(browser, url, PHONE, like=like)
    for name, path in (
        ("billing", "/console/billing"),
        ("integrations", "/console/integrations"),
        ("connections", "/console/connections"),
        ("packages", "/console/packages"),
    ):
        page.goto(path)
        keep(page, name)
    shots = []
    for path in ("/console/billing", "/console/connections"):
        phone.goto(path)
        phone.wait_for_timeout(1_000)
        shots.append(phone.screenshot())
    beside(shots, "billing-phone")


def link(browser: Browser, url: str, key: str) -> None:
    """The customer's page twice, side by side: somebody is on the way; it is done."""
    found = ask("GET", f"{url}/api/v1/actions/?status=started", key)["results"]
    action = next(each for each in found if each["sub_status"] == "on_the_way")
    page = opened(browser, url, PHONE)
    page.goto(action["tracking_url"])
    page.wait_for_timeout(3_000)
    before = page.screenshot()
    ask("POST", f"{url}/api/v1/actions/{action['id']}/complete/", key)
    page.wait_for_timeout(3_000)
    beside([before, page.screenshot()], "tracking-link")


def beside(shots: list[bytes], name: str) -> None:
    """Two pictures of one size as one."""
    left, right = (Image.open(BytesIO(shot)) for shot in shots)
    width, height = left.size
    both = Image.new("RGB", (2 * width + 24, height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (width + 24, 0))
    both.save(IMAGES / f"{name}.png")


def main() -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder) / "data"
        password = filled(data, port)
        key = hyway("key", "hypertrack", "--org", "Demo", data=data)
        secret = hyway("key", "hyphen", "--org", "Demo", "--name", "Build server", data=data)
        with closing(sqlite3.connect(data / "hyway.db")) as db:
            (shown,) = db.execute("SELECT id FROM links WHERE short_id = 'demo-spring'").fetchone()
            (demo,) = db.execute("SELECT seq FROM organizations WHERE name = 'Demo'").fetchone()
            (jacket,) = db.execute("SELECT seq FROM campaigns WHERE name = 'Trail jacket'").fetchone()
        seen_toggles(data)
        with serving(data, port):
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = console(browser, f"http://localhost:{port}", password, shown)
            belongings(browser, f"http://localhost:{port}", page)
            market(browser, f"http://localhost:{port}", page, sqid.text(demo), sqid.text(jacket))
            filled_projects(f"http://localhost:{port}", secret)
            projects(browser, f"http://localhost:{port}", page)
            switches(browser, f"http://localhost:{port}", page, secret)
            link(browser, f"http://localhost:{port}", key)
            browser.close()


if __name__ == "__main__":
    main()
