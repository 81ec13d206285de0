"""A server that is really running, a shop beside it, and browsers of visitors and of the owner."""

import re
import shlex
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.journey.shop import BRAND, FOREIGN, WWW, Shop, selling
from tests.make import postgres
from tests.make.running import serving

PASSWORD = "correct horse battery"
DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/130.0.0.0 Safari/537.36"
)
"""A visitor's: the name of a headless Chromium is a bot's."""
HOSTS = ", ".join([*(f"MAP {host} 127.0.0.1" for host in (BRAND, WWW, FOREIGN)), "MAP *.invalid ~NOTFOUND"])
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    f"--host-resolver-rules={HOSTS}",
)


@dataclass
class Hyway:
    """A running server as its first run left it: what it printed to begin with."""

    url: str
    email: str
    password: str
    key: str
    request: list[str]
    """The printed request, as the shell would take it apart."""
    http: httpx.Client

    def link(self, url: str, **more: Any) -> dict[str, Any]:
        """A new short link, made by the API."""
        wish = {"url": url, "collectionId": self.collection(), **more}
        answer = self.http.post("/api/links", json=[wish])
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()[0]
        return made

    def collection(self) -> str:
        return str(self.http.get("/api/collections").json()[0]["id"])

    def clicks(self, link: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        answer = self.http.get("/api/analytics", params={"linkId": link["id"], **query})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found


@contextmanager
def first_run(folder: Path, database_url: str | None) -> Iterator[Hyway]:
    """`hyway up` in a fresh data folder, on a fresh database."""
    more = {"HYWAY_DATABASE_URL": database_url} if database_url else {}
    with serving(folder / "data", **more) as running:
        said = running.said
        url = running.url.replace("127.0.0.1", "localhost")
        request = shlex.split(said[said.index("curl ") :])
        key = next(word for word in request if word.startswith("Authorization")).split()[-1]
        email, password = _word(r"E-mail:\s+(\S+)", said), _word(r"Password:\s+(\S+)", said)
        with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as http:
            yield Hyway(url, email, password, key, request, http)


def _word(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


@pytest.fixture(scope="session")
def fresh_database(engine_name: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], str | None]]:
    """Makes empty PostgreSQL databases, without tables; nothing on SQLite, where the data folder has the file."""
    if engine_name == "sqlite":
        yield lambda: None
        return
    server: postgres.Postgres = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def make() -> str:
        made.append(f"journey_{uuid.uuid4().hex}")
        server.run(f'CREATE DATABASE "{made[-1]}"')
        return server.url(made[-1])

    yield make
    for name in made:
        server.drop(name)


@pytest.fixture(scope="session")
def hyway(
    chromium_path: str,  # nothing is started where there is no browser
    tmp_path_factory: pytest.TempPathFactory,
    fresh_database: Callable[[], str | None],
) -> Iterator[Hyway]:
    """One server for the tests that do not ask for a first run of their own."""
    with first_run(tmp_path_factory.mktemp("hyway"), fresh_database()) as running:
        yield running


@pytest.fixture
def new_hyway(
    chromium_path: str, tmp_path: Path, fresh_database: Callable[[], str | None]
) -> Iterator[Hyway]:
    """A server that nobody has used yet."""
    with first_run(tmp_path, fresh_database()) as running:
        yield running


@pytest.fixture(scope="session")
def shop(hyway: Hyway) -> Iterator[Shop]:
    with selling(hyway.url, hyway.key) as made:
        yield made


@pytest.fixture(scope="session")
def session_cookie(hyway: Hyway) -> str:
    """The owner's session; the one-time password has been changed on the way."""
    with httpx.Client(base_url=hyway.url) as http:

        def send(path: str, **fields: str) -> None:
            csrf = _word(r'name="csrf" value="([0-9a-f]+)"', http.get(path).text)
            answer = http.post(path, data={"csrf": csrf, **fields})
            assert answer.status_code == 303, answer.text

        send("/console/sign-in", email=hyway.email, password=hyway.password)
        send("/console/password", old=hyway.password, password=PASSWORD, again=PASSWORD)
        return http.cookies["hyway_session"]


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class People:
    """Opens a browser profile for each person who takes part; `complaints` are what the browsers grumbled."""

    browser: Browser
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def visitor(self, **more: Any) -> Page:
        """A stranger at a desktop."""
        return self._open(**{"user_agent": DESKTOP, "locale": "en-GB", **more})

    def owner(self, hyway: Hyway, session: str | None = None, **more: Any) -> Page:
        """Whoever runs the server, signed in if there is a session."""
        page = self._open(base_url=hyway.url, **more)
        if session:
            page.context.add_cookies([{"name": "hyway_session", "value": session, "url": hyway.url}])
        return page

    def _open(self, **more: Any) -> Page:
        context = self.browser.new_context(**more)
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location['url']})")


@pytest.fixture
def people(browser: Browser) -> Iterator[People]:
    """The test fails on anything a browser complains of, unless it clears `complaints` itself."""
    made = People(browser)
    yield made
    for context in made.contexts:
        context.close()
    assert made.complaints == []
