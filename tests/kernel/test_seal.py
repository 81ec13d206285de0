"""Secrets: sealed, signed, hashed, and the file of the key."""

import base64
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.kernel import seal
from hyway.kernel.faults import Fault
from hyway.kernel.seal import Seal

ONE = Seal(b"1" * 32)


@given(st.text(), st.text())
def test_what_is_sealed_opens_for_its_purpose(clear: str, purpose: str):
    sealed = ONE.close(clear, purpose)
    assert ONE.open(sealed, purpose) == clear
    with pytest.raises(Fault):
        ONE.open(sealed, purpose + "x")
    with pytest.raises(Fault):
        Seal(b"2" * 32).open(sealed, purpose)


@given(st.binary(max_size=60), st.integers(0), st.integers(1, 255))
def test_tampering_is_noticed(clear: bytes, place: int, flip: int):
    raw = bytearray(base64.b64decode(ONE.close(clear.hex(), "p")))
    raw[place % len(raw)] ^= flip
    with pytest.raises(Fault):
        ONE.open(base64.b64encode(raw).decode(), "p")


def test_sealing_twice_looks_different():
    assert ONE.close("a", "p") != ONE.close("a", "p")


@given(st.text(), st.text())
def test_a_signature_is_for_one_value_and_one_purpose(value: str, purpose: str):
    text = ONE.sign(value, purpose)
    assert ONE.signed(text, purpose) == value
    assert ONE.signed(text, purpose + "x") is None
    assert ONE.signed("x" + text, purpose) is None
    assert Seal(b"2" * 32).signed(text, purpose) is None


@given(st.text())
def test_nobody_signs_by_chance(text: str):
    assert ONE.signed(text, "p") is None


def test_passwords():
    stored = seal.hash_password("correct horse")
    assert "correct" not in stored
    assert seal.password_matches(stored, "correct horse")
    assert not seal.password_matches(stored, "correct house")
    assert not seal.password_matches(None, "correct horse")
    assert not seal.password_matches("no hash at all", "correct horse")


def test_tokens_are_plain_words_and_never_the_same():
    made = {seal.token("hoko_") for _ in range(500)}
    assert len(made) == 500
    assert all(each.startswith("hoko_") and each[5:].isalnum() and len(each) >= 45 for each in made)


def test_the_key_file_is_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "key"
    old = os.umask(0)
    try:
        first = Seal.from_file(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Seal.from_file(path).signed(first.sign("v", "p"), "p") == "v"
    assert os.listdir(tmp_path) == ["key"]


def test_creators_at_the_same_time_have_one_key(tmp_path: Path):
    for trial in range(20):
        path, made, gate = tmp_path / f"key{trial}", list[str](), threading.Barrier(6)

        def create(path: Path = path, made: list[str] = made, gate: threading.Barrier = gate) -> None:
            gate.wait()
            made.append(Seal.from_file(path).sign("v", "p"))

        threads = [threading.Thread(target=create) for _ in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(made) == 6
        assert len(set(made)) == 1


@pytest.mark.parametrize("content", ["", "c2hvcnQ=", "not base64!", base64.b64encode(b"x" * 33).decode()])
def test_a_damaged_key_file_is_refused_and_left_as_it_is(tmp_path: Path, content: str):
    path = tmp_path / "key"
    path.write_text(content)
    with pytest.raises(ValueError):  # noqa: PT011 any word of it will do
        Seal.from_file(path)
    assert path.read_text() == content
