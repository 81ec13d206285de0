"""The documents tell the truth: their commands run, their links lead somewhere, their lists are whole.

A ```bash block under `<!-- run -->` is run. The blocks of a page share one shell, in order; the pages share one
server with a new data folder. A block under `<!-- output -->` shows what the commands above it print: white space
does not count, and `…` stands for anything.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hyway.apis.hoko import OPERATIONS as SPOKEN
from hyway.apis.hypemarket import OPERATIONS as MARKETED
from hyway.apis.hypertrack import OPERATIONS as TRACKED
from hyway.apis.hyphen import OPERATIONS as PERMITTED
from hyway.cli import app
from hyway.domain.webhooks import rules
from tests.make.running import HYWAY, Running, environment, free_port, serving

ROOT = Path(__file__).parents[2]
OPERATING = ROOT / "docs" / "operations.md"
HOKO = ROOT / "docs" / "hoko.md"
HYPERTRACK = ROOT / "docs" / "hypertrack.md"
HYPEMARKET = ROOT / "docs" / "hypemarket.md"
HYPHEN = ROOT / "docs" / "hyphen.md"
RUNNABLE = (
    "README.md", "docs/hoko.md", "docs/hypertrack.md", "docs/hypemarket.md", "docs/hyphen.md", "docs/tour.md",
    "docs/operations.md",
)  # fmt: skip
"""In this order: the last one adds an organization, and a key is then no longer asked for without naming one."""
WRITTEN_AS = "http://localhost:8000"
"""Where the documents say that the server is; the tests put their own in its place."""
RECEIVER = re.compile(r"\b9000\b")
"""The port that the documents have for a program that receives webhooks."""
SECONDS = 300

_FENCE = re.compile(r"(?:^<!-- (run|output) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!`)!?\[[^\]\n]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_VARIABLE = re.compile(r"\bHYWAY_[A-Z_]+\b")


@dataclass
class Block:
    """`shown` is the text of the output block that follows; None where none does."""

    line: int
    commands: str
    shown: str | None = None


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(found)


def blocks(text: str) -> list[Block]:
    made: list[Block] = []
    for found in _FENCE.finditer(text):
        mark, _, content = found.groups()
        if mark == "run":
            made.append(Block(text.count("\n", 0, found.start()) + 1, content))
        elif mark == "output":
            made[-1].shown = content
    return made


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def differs(shown: str, printed: str) -> str | None:
    """The first piece of `shown` that is not in `printed`, in order; None when all are there."""
    rest = re.sub(r"\s+", "", printed)
    for piece in filter(None, re.sub(r"\s+", "", shown).split("…")):
        _, found, rest = rest.partition(piece)
        if not found:
            return piece
    return None


def script(page: list[Block]) -> str:
    """One shell for all blocks; a line after each one's output tells where it ends."""
    parts = [f"{block.commands}\nprintf '\\n@@%s@@\\n' {block.line}\n" for block in page]
    return "set -euo pipefail\n" + "".join(parts)


@pytest.fixture(scope="module", autouse=True)
def only_once(engine_name: str) -> None:
    if engine_name != "sqlite":
        pytest.skip("documents are run once, by the suite on SQLite: their server keeps its own SQLite file")


@pytest.fixture(scope="module")
def tools(only_once: None) -> None:
    missing = [name for name in ("bash", "curl", "grep", "openssl") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)} on this machine: the documents' commands use them")


@pytest.fixture(scope="module")
def server(tools: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("docs") / "data", HYWAY_PRIVATE_WEBHOOKS="1") as running:
        yield running


@pytest.mark.timeout(900)  # many pages, and some wait for positions a second apart
def test_the_commands_do_what_the_pages_show(server: Running, tmp_path: Path) -> None:
    url = server.url.replace("127.0.0.1", "localhost")
    for name in RUNNABLE:
        page = blocks(RECEIVER.sub(str(free_port()), (ROOT / name).read_text()))
        assert page, f"{name} has no block to run"
        printed = run(name, script(page).replace(WRITTEN_AS, url), server, tmp_path)
        for block, said in zip(page, printed, strict=True):
            missing = differs((block.shown or "").replace(WRITTEN_AS, url), said)
            assert missing is None, f"{name}:{block.line} does not print {missing}\nbut:\n{said}"


def run(name: str, commands: str, server: Running, place: Path) -> list[str]:
    """What each block printed."""
    path = f"{HYWAY.parent}{os.pathsep}{os.environ['PATH']}"
    data = str(server.out.with_suffix(""))
    ran = subprocess.run(
        ["bash", "-c", commands], cwd=place, capture_output=True, text=True, timeout=SECONDS,
        env=environment(PATH=path, HYWAY_DATA=data),
    )  # fmt: skip
    printed = re.split(r"\n@@(\d+)@@\n", ran.stdout)
    last = f"{name}:{printed[-2]}" if len(printed) > 1 else f"{name}: nothing"
    assert ran.returncode == 0, (
        f"the last block that ended well is {last}; then:\n{printed[-1]}\n{ran.stderr}"
    )
    return printed[:-1:2]


def test_an_output_that_is_not_printed_is_noticed() -> None:
    assert differs('{"a": 1, …}', '{"a":1,"b":2}') is None
    assert differs('{"a": 1, … "c"}', '{"a":1,"b":2}') == '"c"}'
    assert differs("b … a", "a b") == "a"


def test_blocks_are_found_with_their_output() -> None:
    text = "<!-- run -->\n```bash\nls\n```\n\n<!-- output -->\n```text\nx\n```\n```bash\nnever\n```\n"
    assert blocks(text) == [Block(1, "ls\n", "x\n")]


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(path: Path) -> None:
    lost = [target for target in _LINK.findall(prose(path.read_text())) if not resolves(path, target)]
    assert not lost, f"{path.relative_to(ROOT)} leads nowhere: {lost}"


def resolves(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    name, _, anchor = target.partition("#")
    there = (page.parent / name).resolve() if name else page
    if not there.exists():
        return False
    return not anchor or anchor in anchors(there.read_text())


def anchors(text: str) -> set[str]:
    """What headings are called in an address: as common viewers of Markdown make it."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose(text)))
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_a_link_to_nowhere_is_noticed() -> None:
    readme = ROOT / "README.md"
    assert resolves(readme, "docs/hoko.md")
    assert resolves(readme, "docs/hoko.md#keys")
    assert not resolves(readme, "docs/nothing.md")
    assert not resolves(readme, "docs/hoko.md#nothing")


def test_every_setting_is_documented_and_no_other() -> None:
    told = set(re.findall(r"^\| `(HYWAY_[A-Z_]+)` \|", OPERATING.read_text(), re.MULTILINE))
    source = (ROOT / "src" / "hyway" / "settings.py").read_text()
    assert told == set(_VARIABLE.findall(source))


def test_documents_name_no_setting_that_does_not_exist() -> None:
    known = set(_VARIABLE.findall((ROOT / "src" / "hyway" / "settings.py").read_text()))
    named = {name for page in pages() for name in _VARIABLE.findall(page.read_text())}
    assert named <= known | {"HYWAY_TEST_ENGINE"}


def commands() -> set[str]:
    """Every command of the program: `up`, `user add` …"""
    found: set[str] = set()
    for name in app:
        if name.startswith("-"):
            continue
        inner = [each for each in app[name] if not each.startswith("-")]
        found |= {f"{name} {each}" for each in inner} or {name}
    return found


def test_every_command_is_documented() -> None:
    text = OPERATING.read_text()
    untold = [name for name in sorted(commands()) if f"`hyway {name}" not in text]
    assert not untold


def test_documents_name_no_command_that_does_not_exist() -> None:
    known = commands() | {name.split()[0] for name in commands()}
    starts = r"(?:^|[`$(|;] ?|\bsudo -u hyway |/bin/)hyway ([a-z][a-z-]*)"
    for page in pages():
        for word in re.findall(starts, page.read_text(), re.MULTILINE):
            assert word in known, f"{page.relative_to(ROOT)} names hyway {word}"


def test_documents_name_no_verb_that_make_does_not_know() -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in pages():
        for word in re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text()):
            assert word in known, f"{page.relative_to(ROOT)} names make {word}"


def test_every_operation_is_documented_and_no_other() -> None:
    text = HOKO.read_text()
    told = re.findall(r"^#+ `?(GET|POST|PUT|DELETE) (/api/[a-z/]+)`?", text, re.MULTILINE)
    assert set(told) == {(each.method, each.path) for each in SPOKEN}


def test_every_operation_of_tracking_is_documented_with_its_keys_and_no_other() -> None:
    letters = {"secret": "s", "publishable": "p", "group": "g"}
    spoken = {
        (f"{each.method} {each.path}", ", ".join(f"`{letters[scope]}`" for scope in each.scopes or ()))
        for each in TRACKED
    }
    told = re.findall(r"^\| `([A-Z]+ /api/v1/\S*)` \| (\S.*?) \|", HYPERTRACK.read_text(), re.MULTILINE)
    assert set(told) == spoken


def test_every_operation_of_the_market_is_documented_with_its_token_and_no_other() -> None:
    spoken = {(f"{each.method} {each.path}.json", each.scopes[0]) for each in MARKETED if each.scopes}
    told = re.findall(r"^\| `([A-Z]+ /\S*)` \| (read|write) \|", HYPEMARKET.read_text(), re.MULTILINE)
    assert set(told) == spoken


def test_every_operation_of_projects_is_documented_with_what_it_needs_and_no_other() -> None:
    spoken = {
        (
            f"{each.method} {each.path}",
            " ".join(each.needs or (["a credential"] if each.scopes else ["nothing"])),
        )
        for each in PERMITTED
    }
    told = re.findall(r"^\| `([A-Z]+ /\S*)` \| (\w[\w ]*) \|", HYPHEN.read_text(), re.MULTILINE)
    assert set(told) == spoken


def test_the_example_of_a_signature_is_what_we_send() -> None:
    text = HOKO.read_text()
    found = re.search(r"^SECRET=(.+)\nSIGNATURE=(t=(\d+),.+)\nprintf '(.+)' > body.json$", text, re.MULTILINE)
    assert found
    secret, signature, seconds, body = found.groups()
    sent = rules.headers(secret, "", "", body.encode(), int(seconds))
    assert sent["Hyway-Signature"] == signature


def test_every_number_of_the_metrics_page_is_documented(server: Running) -> None:
    page = httpx.get(server.url + "/metrics").text
    names = set(re.findall(r"^# TYPE (hyway_\w+)", page, re.MULTILINE))
    text = OPERATING.read_text()
    untold = [name for name in sorted(names) if not name.endswith("_created") and f"`{name}`" not in text]
    assert not untold
