"""Sliding windows: ours against a naive one, and the shared one against a real Redis."""

import math
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.kernel.limits import LocalWindow, SharedWindow, Standing, household

STEPS = st.lists(
    st.tuples(st.integers(0, 400).map(lambda tenths: tenths / 10), st.sampled_from("ab")), max_size=60
)


class Naive:
    """Every hit ever, counted anew each time."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.hits = seconds, list[tuple[float, str]]()

    def hit(self, key: str, limit: int, at: float) -> Standing:
        recent = [when for when, whose in self.hits if whose == key and when > at - self.seconds]
        allowed = len(recent) < limit
        if allowed:
            recent.append(at)
            self.hits.append((at, key))
        frees = (min(recent) if recent else at) + self.seconds
        wait = 0 if allowed else max(1, math.ceil(frees - at))
        return Standing(allowed, limit, limit - len(recent), math.ceil(frees), wait)


@given(STEPS, st.integers(1, 5))
def test_the_window_slides_exactly(steps, limit: int):
    ours, naive, at = LocalWindow(60), Naive(60), 1_000_000.0
    for pause, key in steps:
        at += pause
        assert ours.hit(key, limit, at) == naive.hit(key, limit, at)


@given(STEPS, st.integers(1, 5))
def test_whoever_waits_as_told_gets_through(steps, limit: int):
    window, at = LocalWindow(60), 1_000_000.0
    for pause, key in steps:
        at += pause
        standing = window.hit(key, limit, at)
        if not standing.allowed:
            at += standing.retry_after
            assert window.hit(key, limit, at).allowed


def test_memory_is_bounded():
    window = LocalWindow(60, size=10)
    for i in range(100):
        window.hit(f"k{i}", 5, 1000.0)
    assert len(window._hits) == 10


def test_the_shared_window_counts_over_processes(redis_url: str):
    one, other = SharedWindow(redis_url, 60), SharedWindow(redis_url, 60)
    first = one.hit("org", 3)
    assert (first.allowed, first.limit, first.remaining, first.retry_after) == (True, 3, 2, 0)
    assert other.hit("org", 3).remaining == 1
    assert one.hit("org", 3).remaining == 0
    refused = other.hit("org", 3)
    assert not refused.allowed
    assert refused.remaining == 0
    assert 1 <= refused.retry_after <= 60
    assert abs(refused.reset - (time.time() + 60)) < 5
    assert one.hit("another", 3).allowed


def test_the_shared_window_slides(redis_url: str):
    window = SharedWindow(redis_url, 1)
    assert [window.hit("k", 2).allowed for _ in range(3)] == [True, True, False]
    time.sleep(1.1)
    assert window.hit("k", 2).allowed


def test_the_shared_window_is_exact_under_threads(redis_url: str):
    windows = [SharedWindow(redis_url, 60) for _ in range(4)]
    allowed: list[bool] = []
    threads = [
        threading.Thread(target=lambda w=w: allowed.extend(w.hit("k", 25).allowed for _ in range(10)))
        for w in windows
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(allowed) == 25


@pytest.mark.parametrize("limit", [0, 1])
def test_small_limits(limit: int):
    window = LocalWindow(60)
    assert [window.hit("k", limit, 100.0).allowed for _ in range(2)] == [limit == 1, False]


def test_while_the_shared_server_is_away_the_process_counts_alone() -> None:
    window = SharedWindow("redis://127.0.0.1:1")
    assert [window.hit("one", 2).allowed for _ in range(3)] == [True, True, False]


def test_an_ipv6_client_is_counted_with_its_network() -> None:
    assert household("2001:db8:0:1::1") == household("2001:db8:0:1:ffff::2")
    assert household("2001:db8:0:1::1") != household("2001:db8:0:2::1")
    assert household("192.0.2.1") == household("::ffff:192.0.2.1") == "192.0.2.1"
    assert household("") == ""
