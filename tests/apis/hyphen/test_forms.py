"""Forms: whatever is sent as one is read or refused, and nothing else happens."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.apis.hyphen import forms
from hyway.apis.hyphen.codes_qr import QrIn
from hyway.apis.hyphen.fields import reader
from hyway.kernel.faults import Invalid

KINDS = [b"multipart/form-data; boundary=x", b"Multipart/Form-Data", b'multipart/form-data; boundary="\xe4"']
PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [b"--x", b"--x--", b"\r\n", b"\n", b"--", b'Content-Disposition: form-data; name="size"', b"small",
             b'Content-Disposition: form-data; name="logo"; filename="l.png"', b"Content-Type: image/png"]
        ),
        st.binary(max_size=8),
    ),
    max_size=20,
).map(b"".join)  # fmt: skip


class Asked:
    """A request as the reader of a form looks at it."""

    def __init__(self, kind: bytes) -> None:
        self.headers = {b"content-type": kind}


def parsed(kind: bytes, whole: bytes) -> Any:
    asked: Any = Asked(kind)
    return asyncio.run(forms.parse(asked, whole))


@given(
    st.sampled_from(
        [b"multipart/form-data; boundary=x", b"Multipart/Form-Data", b'multipart/form-data; boundary="\xe4"']
    ),
    PIECES,
)
def test_no_form_is_an_accident(kind: bytes, whole: bytes) -> None:
    try:
        found = parsed(kind, whole)
        reader(QrIn)(found, "body")
    except Invalid:
        return
    assert set(map(type, found.values())) <= {str, bytes}


@pytest.mark.parametrize("named", ["nope", "base64", "idna", "undefined", "utf-16", "unicode_escape"])
def test_texts_are_utf_8_whatever_they_are_said_to_be(named: str) -> None:
    part = f'Content-Disposition: form-data; name="title"\r\nContent-Type: text/plain; charset={named}'
    form = f"--x\r\n{part}\r\n\r\nä\r\n--x--\r\n".encode()
    assert parsed(KINDS[0], form) == {"title": "ä"}


@given(st.text(max_size=40))
def test_no_logo_is_an_accident(text: str) -> None:
    try:
        found = reader(QrIn)({"logo": text}, "body").logo
    except Invalid:
        return
    assert isinstance(found, bytes)


def test_fields_are_texts_and_files_bytes() -> None:
    whole = (
        b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nPlakat \xc3\xa4\r\n'
        b'--x\r\nContent-Disposition: form-data; name="logo"; filename="l.png"\r\n\r\n\x89PNG\r\n--x--\r\n'
    )
    found = parsed(b"multipart/form-data; boundary=x", whole)
    assert found == {"title": "Plakat ä", "logo": b"\x89PNG"}
