"""Logs tell what happened and never a secret; numbers stay few."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from hyway import observe

KEY = "hoko_" + "a1" * 20


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    made = io.StringIO()
    observe.logs("json", stream=made)
    yield made
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_both_ways_of_logging_become_one_line_with_the_request_id(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        logging.getLogger("a").info("one %s", "word")
        structlog.get_logger("b").info("two", count=2)
    one, two = lines(stream)
    assert (one["event"], one["level"], one["request_id"]) == ("one word", "info", "r1")
    assert (two["event"], two["count"], two["request_id"]) == ("two", 2, "r1")


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {KEY}",
        f"the key {KEY} was refused",
        "postgresql://hyway:hunter2hunter2@db/hyway",
        'password="hunter2hunter2"',
        "[SQL: SELECT 1]\n[parameters: ('hunter2hunter2', 7)]\n(Background)",
    ],
)
def test_secrets_in_texts_and_tracebacks_are_hidden(stream: io.StringIO, text: str) -> None:
    logging.getLogger("a").warning(text)
    try:
        raise RuntimeError(text)
    except RuntimeError:
        logging.getLogger("a").exception("it broke")
        structlog.get_logger("b").error("it broke", exc_info=True)
    written = stream.getvalue()
    assert len(lines(stream)) == 3
    assert written.count("Traceback") == 2
    assert KEY not in written
    assert "hunter2" not in written


def test_values_under_telling_names_are_hidden(stream: io.StringIO) -> None:
    structlog.get_logger("b").info(
        "x", password="p1", api_key="p2", headers={"Cookie": "p3", "accept": "yes"}, items=[{"token": "p4"}]
    )
    assert "yes" in stream.getvalue()
    assert not any(secret in stream.getvalue() for secret in ("p1", "p2", "p3", "p4"))


def test_an_address_is_no_secret() -> None:
    text = "listening at http://localhost:8000/console as key hoko"
    assert observe.clean(text) == text


def test_strange_methods_do_not_make_new_numbers() -> None:
    meters = observe.Meters()
    for number in range(50):
        meters.answered("hoko", f"X{number}", 404, 0.001)
    meters.read("part", lambda: {"done": 3, "waiting": 2}, gauges=("waiting",))
    page = meters.page().decode()
    assert 'hyway_http_requests_total{family="hoko",method="OTHER",status="4xx"} 50.0' in page
    assert "part_done_total 3.0" in page
    assert "\npart_waiting 2.0" in page
