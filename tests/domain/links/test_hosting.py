"""Names under which links answer, and where that is: the same names that the front door knows."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain import links
from hyway.domain.links import hosting
from hyway.hosts import Hosts
from tests.make.world import World

OURS = frozenset({"go.example", "go.example:8443"})
HOSTS = st.one_of(
    st.sampled_from(
        [
            "go.example",
            "go.example:8443",
            "go.example:1",
            "localhost",
            "a.localhost:9",
            "localhost.",
            "x.example",
            "[::1%zone]",
            "[fe80::1%a b/c]:80",
            "localhost:８０",
        ]
    ),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda each: f"[{each}]"),
    st.tuples(st.ip_addresses(v=4), st.integers(0, 65_535)).map(lambda each: f"{each[0]}:{each[1]}"),
    st.tuples(st.ip_addresses(v=6), st.integers(0, 65_535)).map(lambda each: f"[{each[0]}]:{each[1]}"),
    st.text("localhst.:[]0123456789ex-", max_size=30),
)


@given(HOSTS)
def test_a_name_of_ours_is_one_that_is_answered(host: str) -> None:
    assert not hosting.is_ours(host, OURS) or Hosts(OURS).look(host.encode())


@given(HOSTS.filter(lambda host: hosting.is_ours(host, OURS)))
def test_a_name_of_ours_stands_in_an_address(host: str) -> None:
    assert urlsplit(f"http://{host}/x").netloc == host


@pytest.mark.parametrize("host", ["[::1%x]", "[::1%@evil.example]:80", "[fe80::1%a b/c?d]", "localhost:８０"])
def test_what_can_hold_anything_is_no_name_of_ours(host: str) -> None:
    assert not hosting.is_ours(host, OURS)


@pytest.mark.parametrize(
    ("host", "home", "address"),
    [
        (None, "https://go.example", "https://go.example/short"),
        (None, "http://localhost:8000", "http://localhost:8000/short"),
        ("links.example", "https://go.example", "https://links.example/short"),
        ("links.example", "http://go.example:8000", "http://links.example:8000/short"),
        ("127.0.0.1:4000", "http://go.example:8000", "http://127.0.0.1:4000/short"),
        ("[::1]", "http://go.example:8000", "http://[::1]:8000/short"),
        ("[::1]:80", "http://go.example:8000", "http://[::1]:80/short"),
    ],
)
def test_where_a_link_answers(world: World, host: str | None, home: str, address: str) -> None:
    link = world.link(short_id="short")._replace(host=host)
    assert hosting.address(link, home) == address


def test_ids_tell_the_number_and_nothing_else_is_one(world: World) -> None:
    link = world.link()
    id = links.short_codes.wire_id(link)
    assert links.short_codes.number(id) == link.seq
    assert id[5:17] == link.id.replace("-", "")[:12]
    for other in (
        id.upper(),
        id[:-1],
        f"{id}0",
        f"evnt{id[4:]}",
        id.replace("code_", ""),
        "",
        "code_" + "g" * 24,
    ):
        assert links.short_codes.number(other) is None


@given(st.integers(1, 2**48 - 1))
def test_every_number_fits_an_id(seq: int) -> None:
    assert links.short_codes.number(f"code_{'0' * 12}{seq:012x}") == seq
