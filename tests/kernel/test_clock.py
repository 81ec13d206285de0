"""Instants and their text."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.kernel import clock
from hyway.kernel.faults import Invalid

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 3), datetime(9999, 12, 29), timezones=ZONES)


@given(MOMENTS)
def test_any_moment_with_a_zone_is_read_to_the_microsecond(at: datetime):
    assert clock.moment(clock.parse("x", at.isoformat())) == at.astimezone(UTC)
    assert clock.instant(at) == clock.parse("x", at.isoformat())


@given(MOMENTS)
def test_text_is_utc_to_the_millisecond_and_reads_back(at: datetime):
    instant = clock.instant(at)
    text = clock.text(instant)
    assert text.endswith("Z")
    assert clock.parse("x", text) == instant // 1000 * 1000
    assert clock.text(clock.parse("x", text)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01t00:00z", "2024-01-01T00:00:00Z"),
        ("2024-01-01 02:00:00,25+02:00", "2024-01-01T00:00:00.250Z"),
        ("2024-01-01T00:00:00.000999Z", "2024-01-01T00:00:00Z"),
        ("2023-12-31T19:00:00-0500", "2024-01-01T00:00:00Z"),
    ],
)
def test_the_forms_of_iso_8601(text: str, shown: str):
    assert clock.text(clock.parse("x", text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-01T00:00:00",
        "2024-01-01",
        "",
        "now",
        "2024-02-30T00:00:00Z",
        "2024-01-01T24:01:00Z",
        "0001-01-01T00:00:00+23:00x",
        "٢٠٢٤-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z\n",
        "1704067200",
    ],
)
def test_without_a_zone_or_a_date_it_is_refused(text: str):
    with pytest.raises(Invalid) as refused:
        clock.parse("expiresAt", text)
    assert refused.value.field == "expiresAt"


@given(st.text())
def test_no_text_does_worse_than_being_refused(text: str):
    with contextlib.suppress(Invalid):
        clock.parse("x", text)
