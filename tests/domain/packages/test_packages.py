"""Packages: names, versions and their order, what is put and what becomes of it."""

import hashlib
from collections.abc import Callable, Iterator
from functools import cmp_to_key
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain import packages
from hyway.domain.packages import Laid, NewPackage, Package, jobs, laying, rules
from hyway.kernel import clock
from hyway.kernel.blobs import Away, Blobs
from hyway.kernel.faults import Invalid, Missing, Taken
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make.world import World

Later = Callable[[int], None]

# All of them stand on semver.org, as do their opposites below.
VERSIONS = [
    "0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta-valid", "1.0.0-alpha", "1.0.0-alpha.0valid",
    "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay", "2.0.0-rc.1+build.123",
    "1.2.3----RC-SNAPSHOT.12.9.1--.12",
    "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.0.0-0A.is.legal",
    "99999999999999999999999.999999999999999999.99999999999999999",
]  # fmt: skip
NO_VERSIONS = [
    "", "1", "1.2", "1.2.3-0123", "1.2.3-0123.0123", "1.1.2+.123", "+invalid", "-invalid", "alpha", "1.0.0-alpha_beta",
    "1.0.0-alpha..", "01.1.1", "1.01.1", "1.1.01", "1.2.3.DEV", "1.2-SNAPSHOT", "-1.0.3-gamma+b7718", "9.8.7+meta+meta",
    "v1.2.3", "latest", "versions", "1.2.3\n", "1.2.3\0", "\u0661.2.3", "../1.2.3", "1.2.3/..", "1.2.3-" + "a" * 100,
]  # fmt: skip


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "packages")


def new(
    name: str = "hyphen-cli", version: str = "1.0.0", platform: str = "linux", file: str = "hx"
) -> NewPackage:
    return NewPackage(name, version, platform, file)


def added(world: World, blobs: Blobs, version: str = "1.0.0", platform: str = "linux") -> Package:
    laid = packages.lay(blobs, [b"a program, ", version.encode(), platform.encode()])
    return world.db.write_now(packages.add, new(version=version, platform=platform), laid)


def every_key(blobs: Blobs) -> set[str]:
    return {key for page in blobs.laid() for key, _ in page}


def means(world: World, blobs: Blobs) -> Means:
    return Means(world.db, Outgoing(lambda _: False), packages=blobs)


@pytest.mark.parametrize("version", VERSIONS)
def test_versions(version: str) -> None:
    rules.check(new(version=version))


@pytest.mark.parametrize("version", NO_VERSIONS)
def test_no_versions(version: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.check(new(version=version))
    assert caught.value.field == "version"


@pytest.mark.parametrize("name", ["hx", "hyphen-cli", "a", "a.b_c-d", "7zip", "x" * 100])
def test_names(name: str) -> None:
    rules.check(new(name=name))


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "a\\b", "a..b", "-a", "a-", "A", "a b", "a\0", "\u00e9", "a\n", "%2e", "@a/b",
     "x" * 101],
)  # fmt: skip
def test_no_names(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.check(new(name=name))
    assert caught.value.field == "name"


@pytest.mark.parametrize("file", ["hx", "hx.exe", "Hyphen CLI 1.2.dmg", "\u00fc.tar.gz"])
def test_files(file: str) -> None:
    rules.check(new(file=file))


@pytest.mark.parametrize(
    "file",
    ["", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a\0b", "a\nb", 'a"b', "a:b", " a", "a.", "\udcff", "x" * 101],
)  # fmt: skip
def test_no_files(file: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.check(new(file=file))
    assert caught.value.field == "file"


@pytest.mark.parametrize("platform", ["", "Linux", "darwin", "macos-arm64", "linux\0"])
def test_no_platforms(platform: str) -> None:
    with pytest.raises(Invalid) as caught:
        rules.check(new(platform=platform))
    assert caught.value.message == "must be one of linux, macos, macos-arm, windows"


def compare(one: str, other: str) -> int:
    """The rule of semver.org, 11, put down step by step, as slow as it stands there."""

    def cut(version: str) -> tuple[list[int], list[str]]:
        plain, _, before = version.partition("+")[0].partition("-")
        return [int(each) for each in plain.split(".")], before.split(".") if before else []

    (numbers, words), (others, other_words) = cut(one), cut(other)
    for a, b in zip(numbers, others, strict=True):
        if a != b:
            return -1 if a < b else 1
    if not words or not other_words:
        return bool(other_words) - bool(words)
    for c, d in zip(words, other_words, strict=False):
        if c == d:
            continue
        if c.isdigit() and d.isdigit():
            return -1 if int(c) < int(d) else 1
        if c.isdigit() != d.isdigit():
            return -1 if c.isdigit() else 1
        return -1 if c < d else 1
    return (len(words) > len(other_words)) - (len(words) < len(other_words))


_NUMBERS = st.tuples(*[st.integers(0, 11)] * 3).map(lambda three: ".".join(map(str, three)))
_WORDS = st.lists(st.sampled_from(["0", "1", "2", "10", "a", "b", "rc", "a1", "-", "A"]), max_size=3)
ANY_VERSION = st.builds(
    lambda numbers, words: numbers + ("-" + ".".join(words) if words else ""), _NUMBERS, _WORDS
)


@given(st.lists(ANY_VERSION, unique=True, max_size=8))
def test_the_order_is_that_of_semver(versions: list[str]) -> None:
    assert rules.newest_first(versions) == sorted(versions, key=cmp_to_key(compare), reverse=True)
    releases = [each for each in versions if "-" not in each]
    highest = max(releases or versions, key=cmp_to_key(compare), default=None)
    assert rules.latest(versions) == highest


def test_what_lies_there_is_what_came(blobs: Blobs) -> None:
    pieces = [bytes([each]) * 700_000 for each in range(30)]
    laid = packages.lay(blobs, pieces)
    whole = b"".join(pieces)
    assert laid == Laid(laid.key, len(whole), hashlib.sha256(whole).hexdigest())
    assert blobs.get(laid.key) == whole


def test_a_checksum_that_was_expected(blobs: Blobs) -> None:
    right = hashlib.sha256(b"ab").hexdigest()
    assert packages.lay(blobs, [b"a", b"b"], f" {right.upper()}\n").checksum == right
    for wrong in ("0" * 64, right[:-1], "nonsense"):
        with pytest.raises(Invalid) as caught:
            packages.lay(blobs, [b"a", b"b"], wrong)
        assert (caught.value.field, right in caught.value.message) == ("sha256", True)
    assert len(every_key(blobs)) == 1


@pytest.mark.parametrize("pieces", [[], [b""], [b"", b""]])
def test_nothing_at_all_is_no_package(blobs: Blobs, pieces: list[bytes]) -> None:
    with pytest.raises(Invalid, match="is empty"):
        packages.lay(blobs, pieces)
    assert every_key(blobs) == set()


def test_the_most_bytes(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laying, "LARGEST", 10)
    assert packages.lay(blobs, [b"x" * 10]).size == 10

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x"

    with pytest.raises(Invalid, match="is too big"):
        packages.lay(blobs, endless())
    assert len(every_key(blobs)) == 1


def test_a_place_that_keeps_something_else_is_found_out(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Blobs.part

    def rotten(self: Blobs, key: str, start: int, length: int) -> bytes | None:
        return (real(self, key, start, length) or b"")[:-1] + b"?"

    monkeypatch.setattr(Blobs, "part", rotten)
    with pytest.raises(Away, match="not what lies there"):
        packages.lay(blobs, [b"abc"])
    monkeypatch.undo()
    assert every_key(blobs) == set()


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_who_is_stopped_leaves_nothing(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    def stopped(self: Blobs, key: str, start: int, length: int) -> bytes | None:
        raise end

    monkeypatch.setattr(Blobs, "part", stopped)
    with pytest.raises(end):
        packages.lay(blobs, [b"abc"])
    monkeypatch.undo()
    assert every_key(blobs) == set()


def test_verifying(world: World, blobs: Blobs, tmp_path: Path) -> None:
    package = added(world, blobs)
    went: list[int] = []
    assert packages.verify(blobs, package, went.append) == ""
    assert sum(went) == package.size
    (file,) = (tmp_path / "packages").glob("*/*/*")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"?")
    assert packages.verify(blobs, package) == "is not what was added"
    assert packages.measure(blobs, package) == ""
    file.write_bytes(whole + b"?")
    assert (
        packages.verify(blobs, package)
        == packages.measure(blobs, package)
        == f"has {len(whole) + 1} bytes instead of {len(whole)}"
    )
    file.unlink()
    assert packages.verify(blobs, package) == packages.measure(blobs, package) == "is not there"


def test_one_file_for_a_version_and_a_platform(world: World, blobs: Blobs) -> None:
    made = added(world, blobs)
    with pytest.raises(Taken) as caught:
        world.db.read_now(packages.check_new, new())
    assert caught.value.message == "hyphen-cli 1.0.0 for linux is there already; remove it first"
    with pytest.raises(Taken, match="is there already"):
        world.db.write_now(packages.add, new(), Laid("k" * 32, 1, "c"))
    world.db.read_now(packages.check_new, new(platform="macos"))
    assert world.db.read_now(packages.every) == [made]
    assert world.db.write_now(packages.remove, "hyphen-cli", "1.0.0", "linux") == [made]
    again = added(world, blobs)
    assert again.seq > made.seq
    assert world.db.read_now(packages.find, "hyphen-cli", "1.0.0", "linux") == again


def test_every_one_in_order(world: World, blobs: Blobs) -> None:
    for version, platform in (
        ("1.9.0", "windows"),
        ("1.10.0", "macos"),
        ("1.9.0", "linux"),
        ("1.10.0", "linux"),
    ):
        added(world, blobs, version, platform)
    world.db.write_now(packages.add, new("aa"), packages.lay(blobs, [b"x"]))
    found = world.db.read_now(packages.every)
    assert [(each.name, each.version, each.platform) for each in found] == [
        ("aa", "1.0.0", "linux"), ("hyphen-cli", "1.10.0", "linux"), ("hyphen-cli", "1.10.0", "macos"),
        ("hyphen-cli", "1.9.0", "linux"), ("hyphen-cli", "1.9.0", "windows"),
    ]  # fmt: skip
    assert [each.name for each in world.db.read_now(packages.every, "aa")] == ["aa"]
    assert world.db.read_now(packages.every, "nothing") == []


def test_removing(world: World, blobs: Blobs) -> None:
    one, other = added(world, blobs), added(world, blobs, platform="windows")
    kept = added(world, blobs, "1.0.1")
    for name, version, platform in (
        ("hyphen-cli", "1.0.0", "macos"), ("hyphen-cli", "9.0.0", None), ("nothing", "1.0.0", None),
        ("hyphen-cli", "latest", None),
    ):  # fmt: skip
        with pytest.raises(Missing, match="there is no"):
            world.db.write_now(packages.remove, name, version, platform)
    gone = world.db.write_now(packages.remove, "hyphen-cli", "1.0.0")
    assert {each.seq for each in gone} == {one.seq, other.seq}
    assert world.db.read_now(packages.every) == [kept]
    assert world.db.read_now(packages.served, one.checksum, "hx") is None
    with pytest.raises(Missing):
        world.db.write_now(packages.remove, "hyphen-cli", "1.0.0")
    assert blobs.get(one.key) is not None, "somebody may be fetching it"


def test_the_same_bytes_twice_are_served_while_one_of_them_is_there(world: World, blobs: Blobs) -> None:
    for platform in ("linux", "macos"):
        world.db.write_now(packages.add, new(platform=platform), packages.lay(blobs, [b"#!/bin/sh"]))
    one, other = world.db.read_now(packages.every)
    assert packages.address(one) == packages.address(other)
    world.db.write_now(packages.remove, "hyphen-cli", "1.0.0", "linux")
    assert world.db.read_now(packages.served, one.checksum, "hx") == other


def test_removed_bytes_go_a_day_later(world: World, blobs: Blobs, later: Later) -> None:
    one, other = added(world, blobs), added(world, blobs, platform="windows")
    world.db.write_now(packages.remove, "hyphen-cli", "1.0.0", "linux")
    jobs.forget_removed(means(world, blobs))
    later(clock.DAY - clock.MINUTE)
    jobs.forget_removed(means(world, blobs))
    assert every_key(blobs) == {one.key, other.key}
    later(2 * clock.MINUTE)
    jobs.forget_removed(means(world, blobs))
    jobs.drop_orphans(means(world, blobs))
    assert every_key(blobs) == {other.key}
    assert packages.verify(blobs, other) == ""


def test_bytes_that_no_row_named_go_a_day_later(world: World, blobs: Blobs, later: Later) -> None:
    kept, orphan = added(world, blobs), packages.lay(blobs, [b"x"])
    jobs.drop_orphans(means(world, blobs))
    assert every_key(blobs) == {kept.key, orphan.key}, "whoever put it may be about to name it"
    later(clock.DAY + clock.MINUTE)
    jobs.drop_orphans(means(world, blobs))
    assert every_key(blobs) == {kept.key}


def test_what_a_copy_that_was_killed_leaves_goes_too(
    world: World, blobs: Blobs, later: Later, tmp_path: Path
) -> None:
    package = added(world, blobs)
    half = tmp_path / "packages" / "ab" / "cd" / ("abcd" * 8 + "#1")
    half.parent.mkdir(parents=True)
    half.write_bytes(b"the first piece")
    jobs.drop_orphans(means(world, blobs))
    assert half.exists(), "it may be written just now"
    later(clock.DAY + clock.MINUTE)
    jobs.drop_orphans(means(world, blobs))
    assert not half.exists()
    assert packages.verify(blobs, package) == ""
