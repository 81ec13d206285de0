import time

import pytest

from hyway.domain.links import codes
from hyway.kernel.faults import Invalid


def test_generated_ids_are_short_unlike_and_unambiguous():
    made = codes.generate_many(10_000)
    assert len(set(made)) == len(made) == 10_000
    assert {len(code) for code in made} == {7}
    used = set("".join(made))
    assert used == set(codes.ALPHABET)
    assert not used & set("0O1lI")


def test_each_letter_is_equally_likely():
    text = "".join(codes.generate_many(20_000, 9))
    expected = len(text) / len(codes.ALPHABET)
    # Letters of refused fragments come a little less often: never by a tenth.
    assert all(0.85 < text.count(letter) / expected < 1.15 for letter in codes.ALPHABET)


def test_ten_thousand_take_a_fraction_of_a_second():
    started = time.perf_counter()
    codes.generate_many(10_000)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "rude", ["xFuCkyz", "a55hat2", "sh1tabc", "5Ex2345", "N4zibcd", "p0rnxyz", "2z3bi45"]
)
def test_rude_ids_are_refused_in_digits_too(rude):
    assert not codes._is_fit(rude)


@pytest.mark.parametrize("reserved", ["metrics", "CONSOLE", "Healthz", "toggles"])
def test_reserved_ids_are_refused(reserved):
    assert not codes._is_fit(reserved)


def test_generation_passes_over_what_is_unfit(monkeypatch):
    drawn = iter(["console" + "fuck234" + "abcdefg", "abcdefg" + "hjkmnpq"])
    monkeypatch.setattr(codes, "_random_letters", lambda least: next(drawn))
    assert codes.generate_many(2) == ["abcdefg", "hjkmnpq"]


def test_one_of_another_length():
    assert len(codes.generate(12)) == 12
    assert codes.generate_many(0) == []


@pytest.mark.parametrize("text", ["a", "Summer-2024_x", "-", "x" * 64, "00O1lI"])
def test_custom_ids(text):
    assert codes.check_custom(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 65,
        "🎉",
        "سلام",
        "a b",
        "a/b",
        "a.b",
        "a\n",
        "a\0",
        "é",
        "１",
        "api",
        "API",
        "Console",
        "qrcode",
        "sdk_events",
    ],
)
def test_refused_custom_ids(text):
    with pytest.raises(Invalid) as refused:
        codes.check_custom(text)
    assert refused.value.field == "shortId"
    assert refused.value.message


def test_what_the_server_answers_itself_is_reserved():
    served = """api console healthz readyz metrics openapi docs static qrcode analytics.js llms.txt robots.txt
        favicon.ico .well-known oauth2 toggle ofrep login logout assets track live sdk_events users
        ip"""
    assert set(served.split()) <= codes.RESERVED
    assert all(word == word.lower() for word in codes.RESERVED)
