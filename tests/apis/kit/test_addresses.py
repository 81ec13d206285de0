"""Whom a request came from, when what it says of itself may be a lie."""

import pytest

from hyway.apis.kit import addresses

TRUSTED = addresses.networks(["10.0.0.0/8", "fd00::/8"])


def scope(peer: str | None, *forwarded: str, proto: str | None = None) -> dict:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    if proto is not None:
        headers.append((b"x-forwarded-proto", proto.encode()))
    return {"client": (peer, 1) if peer else None, "headers": headers, "scheme": "http"}


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),  # nobody we trust says so
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),  # the left one is the client's own words
        ("10.0.0.1", ["203.0.113.9", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("fd00::1", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], ""),
    ],
)
def test_the_client_is_the_last_hop_that_is_not_ours(peer, forwarded, client) -> None:
    assert addresses.client(scope(peer, *forwarded), TRUSTED) == client


@pytest.mark.parametrize(
    ("peer", "proto", "found"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "http, https", "https"),
        ("10.0.0.1", "gopher", "http"),
        ("192.0.2.1", "https", "http"),
        ("10.0.0.1", None, "http"),
        (None, "https", "http"),
    ],
)
def test_the_scheme_is_what_a_trusted_proxy_says(peer, proto, found) -> None:
    assert addresses.scheme(scope(peer, proto=proto), TRUSTED) == found


def test_an_ipv6_client_is_counted_with_its_network() -> None:
    assert addresses.bucket("2001:db8:0:1::1") == addresses.bucket("2001:db8:0:1:ffff::2")
    assert addresses.bucket("2001:db8:0:1::1") != addresses.bucket("2001:db8:0:2::1")
    assert addresses.bucket("192.0.2.1") == "192.0.2.1"
    assert addresses.bucket("") == ""
