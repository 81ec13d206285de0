"""Where a visitor goes: the link's UTM, the visitor's query, and the three ways they meet."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.links import UTM_KEYS
from hyway.edge.table import destination, split_at_click
from tests.domain.links.targets import target

NAMES = st.sampled_from(["a", "b", "utm_source", "utm_medium", "ref", "ü &="])
PAIRS = st.lists(st.tuples(NAMES, st.text(max_size=5)), max_size=6)
UTM = st.dictionaries(st.sampled_from(UTM_KEYS), st.text("xyz ü&", min_size=1, max_size=5), max_size=3)


def going(url: str, visitor: list[tuple[str, str]] | None = None, **more) -> str:
    return destination(target(url, **more), url, visitor or [])[0]


def said(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


BOTH = "https://example.com/?a=1&b=2"
VISITOR = [("b", "v"), ("c", "3")]


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("visitor", [("a", "1"), ("b", "v"), ("c", "3")]),
        ("link", [("a", "1"), ("b", "2"), ("c", "3")]),
        ("off", [("a", "1"), ("b", "2")]),
    ],
)
def test_who_wins(policy: str, found: list[tuple[str, str]]):
    assert said(going(BOTH, VISITOR, forward_query=policy)) == found


@given(PAIRS, UTM, st.sampled_from(["visitor", "link", "off"]))
def test_the_laws_of_the_three_policies(visitor: list[tuple[str, str]], utm: dict[str, str], policy: str):
    own = dict(said(going(BOTH, utm=utm)))
    found = said(going(BOTH, visitor, utm=utm, forward_query=policy))
    names = {name for name, _ in visitor}
    for name, value in own.items():
        if policy == "visitor" and name in names:
            assert [v for n, v in found if n == name] == [v for n, v in visitor if n == name]
        else:
            assert [v for n, v in found if n == name] == [value]
    brought = {name for name, _ in found} - own.keys()
    assert brought == (set() if policy == "off" else names - own.keys())


def test_the_links_utm_replaces_what_its_url_says():
    url = "https://example.com/?utm_source=old&x=1"
    where, utm = destination(target(url, utm={"source": "new", "referral": "r"}), url, [])
    assert said(where) == [("x", "1"), ("utm_source", "new"), ("ref", "r")]
    assert utm == {"source": "new", "referral": "r"}


def test_the_click_keeps_the_utm_that_the_visitor_arrives_with():
    url = "https://example.com/?utm_term=t"
    _, utm = destination(target(url, utm={"source": "link"}), url, [("utm_source", "visitor"), ("ref", "")])
    assert utm == {"term": "t", "source": "visitor"}


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/?sig=a%2Fb%20c+d&empty&x=",
        "https://example.com/p%C3%BC/?q=%E2%82%AC",
        "https://example.com/a;b,c/@x!$&'()*?a=[1]#frag?end/",
        "http://user:word@example.com:8080/",
        "http://[::1]:8080/x",
        "https://example.com",
    ],
)
def test_a_url_that_is_ready_is_sent_as_it_is(url: str):
    assert going(url) == url


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://example.com/ü?x=é#ñ", "https://example.com/%C3%BC?x=%C3%A9#%C3%B1"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://me@bücher.example:8443/p", "https://me@xn--bcher-kva.example:8443/p"),
        ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
        ("https://example.com/😀", "https://example.com/%F0%9F%98%80"),
    ],
)
def test_other_scripts_travel_in_ascii(url: str, sent: str):
    assert going(url) == sent


@pytest.mark.parametrize(
    ("url", "head", "tail"),
    [
        ("https://e.example", b"https://e.example/?hoko_id=", b""),
        ("https://e.example/p?a=1", b"https://e.example/p?a=1&hoko_id=", b""),
        ("https://e.example/p?a=1#f", b"https://e.example/p?a=1&hoko_id=", b"#f"),
        ("https://e.example/?hoko_id=old&a=1", b"https://e.example/?a=1&hoko_id=", b""),
        ("https://e.example/?a=1&hoko_id=old", b"https://e.example/?a=1&hoko_id=", b""),
        ("https://e.example/?hoko_id=", b"https://e.example/?hoko_id=", b""),
        ("https://e.example/?not_hoko_id=1", b"https://e.example/?not_hoko_id=1&hoko_id=", b""),
    ],
)
def test_where_the_click_id_stands(url: str, head: bytes, tail: bytes):
    assert split_at_click(url) == (head, tail)
