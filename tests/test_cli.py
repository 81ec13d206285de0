"""The `hyway` command, run as people run it."""

import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.make.running import HYWAY, Running, environment, free_port, hyway, serving

KEY = re.compile(r"hoko_[A-Za-z0-9]{40,}")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli") / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Running]:
    with serving(data) as running:
        yield running


def test_the_first_run_makes_a_place_that_only_its_owner_may_enter(server: Running, data: Path) -> None:
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "key").stat().st_mode) == 0o600
    assert (data / "hyway.db").exists()


def test_the_first_run_says_how_to_begin_and_it_works(server: Running) -> None:
    said = server.said
    assert re.search(r"Password:\s+([a-z2-9]{5}-){3}[a-z2-9]{5}", said)
    assert "/console" in said
    command = said[said.index("curl ") :]
    made = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    link = json.loads(made.stdout)[0]
    visit = httpx.get(link["shortUrl"])
    assert visit.status_code == 302
    assert visit.headers["location"].startswith("https://example.com/?hoko_id=")
    assert visit.headers["x-request-id"] in visit.headers["location"]


def test_health_readiness_numbers_and_documents(server: Running) -> None:
    with httpx.Client(base_url=server.url) as http:
        assert http.get("/healthz").text == "ok\n"
        assert http.get("/readyz").json() == {"ready": True}
        assert "hyway_redirect_clicks_total" in http.get("/metrics").text
        assert http.get("/openapi/hoko.json").json()["openapi"].startswith("3.1")
        assert http.get("/docs/hoko").headers["content-type"].startswith("text/html")
        assert http.get("/openapi/hypertrack.json").json()["openapi"].startswith("3.1")
        assert "/api/v1/users/" in http.get("/docs/hypertrack").text
        assert {"# Hoko API", "# HyperTrack API"} <= set(http.get("/llms.txt").text.splitlines())
        assert "Disallow: /api/" in http.get("/robots.txt").text
        assert http.get("/favicon.ico").status_code == 200
        assert http.get("/").headers["location"] == "/console"


def test_a_key_of_hyphen_opens_its_addresses(server: Running, data: Path) -> None:
    with httpx.Client(base_url=server.url) as http:
        made = hyway("key", "hyphen", "--name", "deploys", data=data)
        secret = made.stdout.strip()
        assert "OrganizationAdmin" in made.stderr
        found = http.get("/api/execution-context/", headers={"x-api-key": secret})
        assert found.status_code == 200
        member = found.json()["member"]
        assert member["name"] == "deploys"
        organization = member["organization"]["id"]
        shown = http.get(f"/api/organizations/{organization}", headers={"x-api-key": secret})
        assert shown.json()["id"] == organization
        # The redirect has every other first word; this one leads to the vault.
        vault = http.get(f"/{organization}/nothing/key", headers={"x-api-key": secret})
        assert (vault.status_code, vault.headers["content-type"]) == (404, "application/json; charset=utf-8")
        reads = hyway("key", "hyphen", "--roles", "OrganizationMember", data=data).stdout.strip()
        keys = http.get(f"/api/organizations/{organization}/api-keys", headers={"x-api-key": reads})
        assert keys.status_code == 403
        assert "/api/organizations/" in http.get("/docs/hyphen").text
        assert http.get("/openapi/hyphen.json").json()["info"]["title"] == "Hyphen API"
        assert "# Hyphen API" in http.get("/llms.txt").text
    refused = hyway("key", "hyphen", "--roles", "Emperor", data=data)
    assert refused.returncode == 1


@pytest.mark.parametrize("kind", ["hypertrack", "hypertrack-public"])
@pytest.mark.parametrize("test", ["", "--test"])
def test_keys_of_the_tracking_api(server: Running, data: Path, kind: str, test: str) -> None:
    made = hyway("key", kind, *([test] if test else []), data=data).stdout.strip()
    start = ("pk_" if kind.endswith("public") else "sk_") + ("test_" if test else "")
    assert re.fullmatch(f"{start}[0-9a-f]{{40}}", made)
    token = {"Authorization": f"token {made}"}
    with httpx.Client(base_url=server.url, headers=token, follow_redirects=True) as http:
        assert http.get("/api/v1/groups").status_code == (403 if kind.endswith("public") else 200)
        assert http.get("/api/v2/places/search", params={"q": "x"}).json() == {"results": []}


def test_other_apis_have_no_test_keys(server: Running, data: Path) -> None:
    refused = hyway("key", "hoko", "--test", data=data)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "test" in refused.stderr


def test_a_second_server_is_refused_in_a_sentence(server: Running, data: Path, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    taken = hyway("up", "--port", port, data=tmp_path / "other")
    assert (taken.returncode, taken.stdout) == (1, "")
    assert taken.stderr.count("\n") == 1
    assert f"port {port} " in taken.stderr
    assert not (tmp_path / "other").exists()
    locked = hyway("up", "--port", free_port(), data=data)
    assert locked.returncode == 1
    assert "running" in locked.stderr
    assert locked.stderr.count("\n") == 1


def test_key_prints_one_line_that_opens_the_api(server: Running, data: Path) -> None:
    made = hyway("key", "hoko", "--name", "test", "--scopes", "linksRead", data=data)
    assert made.returncode == 0
    assert KEY.fullmatch(made.stdout.strip())
    assert made.stdout.count("\n") == 1
    headers = {"authorization": f"Bearer {made.stdout.strip()}"}
    assert httpx.get(f"{server.url}/api/links", headers=headers).status_code == 200
    refused = httpx.get(f"{server.url}/api/customers", headers=headers)
    assert refused.status_code == 403
    assert refused.json()["missingScopes"] == ["customersRead"]


def test_what_is_not_understood_is_2_and_what_fails_is_1(server: Running, data: Path) -> None:
    for line in ("key nonsense", "frobnicate", "key hoko --permission all", "up --port many"):
        met = hyway(*line.split(), data=data)
        assert (met.returncode, met.stdout) == (2, ""), line
    for words in (
        ("key", "hoko", "--scopes", "linksread"),
        ("key", "hoko", "--org", "nobody"),
        ("org", "plan", "My organization", "golden"),
        ("user", "reset-password", "nobody@example.com"),
        ("user", "add", "no address", "--name", "X"),
        ("geoip", "use", "/dev/null"),
    ):
        met = hyway(*words, data=data)
        assert (met.returncode, met.stdout) == (1, ""), words
        assert "Traceback" not in met.stderr
        assert met.stderr.startswith("hyway: ")


def test_people_and_organizations(server: Running, data: Path) -> None:
    assert hyway("org", "add", "Second", data=data).returncode == 0
    listed = hyway("org", "list", data=data).stdout.splitlines()
    assert [line.split("\t")[1:] for line in listed] == [
        ["My organization", "self-hosted"],
        ["Second", "self-hosted"],
    ]
    assert "2 organizations" in hyway("key", "hoko", data=data).stderr
    words = ("user", "add", "kim@example.com", "--name", "Kim", "--org", "Second", "--role", "admin")
    added = hyway(*words, "--password-stdin", data=data, input="correct horse battery\n")
    assert (added.returncode, added.stdout) == (0, "")
    assert "kim@example.com\tKim\tadmin\tSecond" in hyway("user", "list", data=data).stdout.splitlines()
    assert "taken" in hyway(*words, data=data).stderr
    fresh = hyway("user", "reset-password", "kim@example.com", data=data)
    assert re.fullmatch(r"([a-z2-9]{5}-){3}[a-z2-9]{5}\n", fresh.stdout)
    assert hyway("org", "plan", "Second", "free", data=data).returncode == 0
    assert hyway("org", "list", data=data).stdout.splitlines()[1].endswith("\tfree")


def test_doctor_beside_a_running_server(server: Running, data: Path) -> None:
    met = hyway("doctor", "--json", data=data)
    found = {each["about"]: each for each in json.loads(met.stdout)}
    assert met.returncode == 0
    assert found["durability"]["mark"] == "ok"
    assert found["integrity"]["mark"] == "ok"
    assert "served at" in found["background work"]["words"]


def test_doctor_says_what_to_do(tmp_path: Path) -> None:
    data = tmp_path / "data"
    nothing = hyway("doctor", data=data)
    assert nothing.returncode == 1
    assert "-> run hyway up" in nothing.stdout
    assert hyway("migrate", data=data).stdout.strip()
    (data / "key").chmod(0o644)
    loose = hyway("doctor", data=data)
    assert loose.returncode == 1
    assert f"-> chmod 600 {data / 'key'}" in loose.stdout


def test_help_and_version_need_no_database(tmp_path: Path) -> None:
    for words in ((), ("key",), ("user", "add"), ("backup",), ("restore",), ("demo",), ("doctor",), ("up",)):
        met = subprocess.run(
            [HYWAY, *words, "--help"], capture_output=True, text=True, env=environment(), cwd=tmp_path
        )
        assert met.returncode == 0
        assert "Usage: hyway" in met.stdout
    assert not list(tmp_path.iterdir())


def test_a_reader_who_goes_away_is_no_accident(server: Running, data: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    met = subprocess.run(
        [HYWAY, "user", "list", "--data", data], stdout=write, stderr=subprocess.PIPE, env=environment()
    )
    os.close(write)
    assert b"Traceback" not in met.stderr
    assert b"Exception" not in met.stderr


def test_serve_wants_a_ready_database_and_one_process_on_sqlite(tmp_path: Path) -> None:
    data = tmp_path / "data"
    unready = hyway("serve", "--port", free_port(), data=data)
    assert unready.returncode == 1
    assert "hyway up" in unready.stderr
    hyway("migrate", data=data)
    many = hyway("serve", "--port", free_port(), "--workers", "2", data=data)
    assert many.returncode == 1
    assert "SQLite" in many.stderr
    assert many.stderr.count("\n") == 1
    with serving(data, "serve") as server:
        assert httpx.get(server.url + "/healthz").status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_loses_no_acknowledged_click(tmp_path: Path, number: int) -> None:
    data = tmp_path / "data"
    seen: list[str] = []
    with serving(data) as server:
        said = server.said
        made = subprocess.run(
            ["bash", "-c", said[said.index("curl ") :]], capture_output=True, text=True, check=True
        )
        path = json.loads(made.stdout)[0]["shortUrl"].rpartition("/")[2]

        def visit() -> None:
            with httpx.Client(base_url=server.url) as http:
                try:
                    while True:
                        seen.append(http.get(f"/{path}").headers["x-request-id"])
                except httpx.HTTPError:
                    return  # the server is gone

        visitors = [threading.Thread(target=visit) for _ in range(8)]
        for each in visitors:
            each.start()
        while len(seen) < 200:
            visitors[0].join(0.01)
        assert server.stop(number) == 0
        for each in visitors:
            each.join(10)
        assert "Traceback" not in server.log.read_text()
    assert stored(data) == sorted(seen)


def stored(data: Path) -> list[str]:

    with sqlite3.connect(data / "hyway.db") as connection:
        return [row[0] for row in connection.execute("SELECT id FROM clicks ORDER BY id")]


def test_demo_fills_an_organization_through_the_real_redirect(server: Running, data: Path) -> None:
    before = len(stored(data))
    made = hyway("demo", "--clicks", "100", data=data)
    assert made.returncode == 0, made.stderr
    assert len(stored(data)) == before + 100
    with sqlite3.connect(data / "hyway.db") as connection:
        found = dict(connection.execute("SELECT status, count(*) FROM tracking_actions GROUP BY 1"))
        assert {"created", "assigned", "started", "completed", "canceled"} <= found.keys()
        assert connection.execute("SELECT count(*) FROM tracking_segments").fetchone()[0] > 100
        late = connection.execute("SELECT max(at) FROM tracking_positions").fetchone()[0]
        assert late <= time.time() * 1_000_000
        assert connection.execute("SELECT count(*) FROM campaigns").fetchone() == (0,)
    assert "no creators: stop the server" in made.stderr
    assert any(line.split("\t")[1] == "Demo" for line in hyway("org", "list", data=data).stdout.splitlines())


def test_demo_tells_of_creators_while_no_server_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hyway("migrate", data=data)
    made = hyway("demo", "--clicks", "20", data=data)
    assert made.returncode == 0, made.stderr
    assert "6 creators, 10 new posts" in made.stderr
    with closing(sqlite3.connect(data / "hyway.db")) as connection:
        assert_creators_were_busy(connection)
    again = hyway("demo", "--clicks", "20", data=data)
    assert "6 creators, 0 new posts" in again.stderr


def assert_creators_were_busy(connection: sqlite3.Connection) -> None:
    """Every page of theirs has something to show, the books balance, and no platform is asked about it."""

    def kinds(column: str, table: str) -> set[str]:
        return {row[0] for row in connection.execute(f"SELECT DISTINCT {column} FROM {table}")}

    assert {"draft", "active", "finished"} <= kinds("status", "campaigns")
    assert {"applied", "accepted", "declined"} <= kinds("status", "campaign_applications")
    posts = {"submitted", "flagged", "rejected", "tracking", "held", "payable", "paid"}
    assert posts <= kinds("status", "campaign_submissions")
    work = {"applied", "awaiting_shipment", "shipped", "content_submitted", "completed"}
    assert work <= kinds("status", "collab_submissions")
    assert {"accrued", "held", "payable", "paying", "paid"} <= kinds("stage", "earnings")
    assert {"pending", "completed"} <= kinds("status", "payouts")
    assert connection.execute("SELECT sum(amount) FROM ledger_lines").fetchone() == (0,)
    (on_the_map,) = connection.execute(
        "SELECT count(*) FROM collab_submissions JOIN tracking_actions ON action_id = tracking_actions.id"
        " JOIN tracking_places ON expected_place = tracking_places.seq WHERE lat IS NOT NULL"
    ).fetchone()
    assert on_the_map == 1
    assert connection.execute("SELECT count(*) FROM submission_messages").fetchone()[0] > 4
    looks = "SELECT next_sync_at FROM social_accounts UNION ALL SELECT next_sync_at FROM campaign_submissions"
    later = (time.time() + 365 * 86_400) * 1_000_000
    assert all(at is None or at > later for (at,) in connection.execute(looks))


def test_a_database_that_is_not_to_be_had_is_told_in_a_sentence_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://hyway:hunter2hunter2@127.0.0.1:{free_port()}/hyway"
    for words in (("up", "--port", free_port()), ("migrate",), ("key", "hoko"), ("serve",)):
        met = hyway(*words, data=tmp_path / "data", HYWAY_DATABASE_URL=url)
        assert met.returncode == 1, words
        assert "does not answer" in met.stderr
        assert met.stderr.count("\n") == 1
        assert "hunter2" not in met.stderr
    bad = hyway("up", data=tmp_path / "data", HYWAY_DATABASE_URL="mysql://x")
    assert bad.stderr == "hyway: HYWAY_DATABASE_URL must begin with postgresql:// or sqlite:///\n"


def test_a_database_of_a_newer_hyway_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    hyway("migrate", data=data)
    with sqlite3.connect(data / "hyway.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("up", "--port", free_port()), ("migrate",)):
        met = hyway(*words, data=data)
        assert met.returncode == 1
        assert "newer Hyway" in met.stderr
        assert met.stderr.count("\n") == 1
