"""Bytes in a folder and in a bucket: the same words for both."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hyway import worker
from hyway.kernel import clock
from hyway.kernel.blobs import Away, Blobs, Bucket
from hyway.kernel.faults import Invalid
from hyway.settings import Settings
from tests.make import bucket
from tests.make.bucket import KEY, SECRET, Service


@pytest.fixture
def service() -> Iterator[Service]:
    with bucket.service() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return Blobs(tmp_path / "files")
    made: Service = request.getfixturevalue("service")
    return Blobs(Bucket("ours", made.endpoint, "eu-west-1", "hyway/one", KEY, SECRET))


def test_put_get_drop(blobs: Blobs) -> None:
    key = blobs.put(b"bytes\0\xff")
    assert blobs.get(key) == b"bytes\0\xff"
    assert blobs.size(key) == 7
    assert blobs.put(b"bytes\0\xff") != key
    blobs.drop(key)
    assert blobs.get(key) is None
    assert blobs.size(key) is None
    blobs.drop(key)


def test_what_comes_in_pieces_is_had_in_parts(blobs: Blobs) -> None:
    whole = bytes(range(256)) * 80_000  # more than two pieces of an upload
    key = blobs.pour(whole[at : at + 1_000_000] for at in range(0, len(whole), 1_000_000))
    assert blobs.size(key) == len(whole)
    assert blobs.part(key, 0, 10) == whole[:10]
    assert blobs.part(key, 17_000_001, 70_000) == whole[17_000_001:17_070_001]
    assert blobs.part(key, len(whole) - 5, 100) == whole[-5:]
    assert blobs.get(key) == whole
    assert [each[0] for page in blobs.laid() for each in page] == [key]
    blobs.drop(key)
    assert blobs.part(key, 0, 10) is None


def test_what_breaks_off_on_its_way_leaves_nothing(blobs: Blobs, request: pytest.FixtureRequest) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x" * 20_000_000
        raise Invalid("file", "is too big")

    with pytest.raises(Invalid, match="too big"):
        blobs.pour(pieces())
    assert [each for page in blobs.laid() for each in page] == []
    if "bucket" in request.node.name:
        service: Service = request.getfixturevalue("service")
        assert (service.held, service.parts, service.refused) == ({}, {}, 0)


def test_what_was_laid(blobs: Blobs) -> None:
    keys = {blobs.put(bytes([each])) for each in range(20)}
    laid = [each for page in blobs.laid() for each in page]
    assert {key for key, _ in laid} == keys
    assert all(abs(at - clock.now()) < 10 * clock.SECOND for _, at in laid)


def test_the_check(blobs: Blobs) -> None:
    blobs.check()
    assert [each for page in blobs.laid() for each in page] == []


def test_of_others_in_the_folder_nothing_is_said(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")
    (tmp_path / "files" / "notes.txt").write_text("mine")
    (tmp_path / "files" / "aa").mkdir()
    (tmp_path / "files" / "aa" / ("b" * 32)).write_text("not where its name says")
    assert [each for page in blobs.laid() for each in page] == []


def test_a_folder_for_its_owner_alone_whose_bytes_are_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        settled.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    folder = tmp_path / "files"
    key = Blobs(folder).put(b"x")
    assert folder.stat().st_mode & 0o777 == 0o700
    file = folder / key[:2] / key[2:4] / key
    assert settled == [str(each) for each in (file, file.parent, file.parent.parent, folder)]


def test_a_bucket_of_ones_own_part(service: Service) -> None:
    one = Blobs(Bucket("ours", service.endpoint, "eu-west-1", "one", KEY, SECRET))
    two = Blobs(Bucket("ours", service.endpoint, "eu-west-1", "two", KEY, SECRET))
    key = one.put(b"x")
    assert list(service.held) == [f"ours/one/{key[:2]}/{key[2:4]}/{key}"]
    assert two.get(key) is None
    assert list(two.laid()) in ([], [[]])
    assert service.refused == 0


def test_a_wrong_secret_is_refused_and_told_to_nobody(service: Service) -> None:
    wrong = Bucket("ours", service.endpoint, "eu-west-1", "", KEY, "another secret")
    with pytest.raises(Away) as caught:
        Blobs(wrong).put(b"x")
    assert service.held == {}
    assert "another secret" not in f"{caught.value}{wrong!r}"


def test_a_service_that_is_down(service: Service) -> None:
    blobs = Blobs(Bucket("ours", service.endpoint, "eu-west-1", "", KEY, SECRET))
    key = blobs.put(b"x")
    service.down = True
    with pytest.raises(Away):
        blobs.put(b"y")
    with pytest.raises(Away):
        blobs.get(key)
    with pytest.raises(Away):
        blobs.pour(iter([b"y"]))
    with pytest.raises(Away):
        blobs.part(key, 0, 1)
    with pytest.raises(Away):
        blobs.drop(key)
    with pytest.raises(Away):
        list(blobs.laid())


def settings(tmp_path: Path, **said: str) -> Settings:
    return Settings.read({f"HYWAY_{name}": value for name, value in said.items()}, tmp_path)


def test_the_setting_leads_to_the_bucket(service: Service, tmp_path: Path) -> None:
    named = settings(
        tmp_path, FILES=f"s3://ours/a/b/?endpoint={service.endpoint}", S3_KEY=KEY, S3_SECRET=SECRET
    )
    key = worker.open_blobs(named).put(b"x")
    assert list(service.held) == [f"ours/a/b/{key[:2]}/{key[2:4]}/{key}"]
    assert SECRET not in repr(named)
    assert KEY not in repr(named)


def test_packages_lie_below_the_files_and_neither_takes_the_others_for_its_own(
    service: Service, tmp_path: Path
) -> None:
    for url in ("s3://ours/a/", "s3://ours"):
        named = settings(tmp_path, FILES=f"{url}?endpoint={service.endpoint}", S3_KEY=KEY, S3_SECRET=SECRET)
        files, packages = worker.open_blobs(named), worker.open_packages(named)
        one, other = files.put(b"x"), packages.pour(iter([b"y"]))
        assert [each[0] for page in files.laid() for each in page] == [one]
        assert [each[0] for page in packages.laid() for each in page] == [other]
        assert f"{url[5:].rstrip('/')}/packages/{other[:2]}/{other[2:4]}/{other}" in service.held
        files.drop(one)
        packages.drop(other)


def test_without_a_setting_it_is_a_folder_of_the_data(tmp_path: Path) -> None:
    worker.open_blobs(settings(tmp_path)).put(b"x")
    assert (tmp_path / "files").is_dir()


@pytest.mark.parametrize(
    "url",
    ["s3://", "s3:///x?endpoint=https://a", "s3://ours", "s3://ours?endpoint=a", "s3://ours?endpoint=ftp://a",
     "https://ours?endpoint=https://a", "/var/files", "s3://ours?endpoint=https://a&acl=public"],
)  # fmt: skip
def test_settings_that_cannot_be(url: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        settings(tmp_path, FILES=url, S3_KEY=KEY, S3_SECRET=SECRET)
    assert caught.value.field == "HYWAY_FILES"


@pytest.mark.parametrize("said", [{}, {"S3_KEY": KEY}, {"S3_SECRET": SECRET}])
def test_a_bucket_needs_its_keys(said: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="HYWAY_S3_KEY"):
        settings(tmp_path, FILES="s3://ours?endpoint=https://s3.example.com", **said)
