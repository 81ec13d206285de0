"""What may be stored: any text is either good or refused, and never anything worse."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hyway.domain.billing import PLANS
from hyway.domain.links import UTM_KEYS, LinkChange, host_of, rules, web_url
from hyway.edge.table import Entry, destination
from hyway.kernel.faults import Invalid, Refused
from tests.domain.links.targets import target

OURS = frozenset({"go.example", "localhost:8000"})
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)  # half characters, too
URLISH = st.from_regex(r"\A(https?|HTTP|ftp)?:?/{0,3}[^\n]{0,40}\Z")
HOSTS = st.from_regex(r"\A[a-zA-Z0-9üß。.-]{1,30}(:[0-9]{0,5})?\Z")
UTM = st.dictionaries(st.sampled_from(UTM_KEYS), st.none() | st.text("abc ", max_size=5), max_size=6)
STORED = st.dictionaries(st.sampled_from(UTM_KEYS), st.text("abc", min_size=1, max_size=5), max_size=6)


@given(ANYTHING | URLISH | st.builds("https://{}/{}".format, HOSTS, ANYTHING))
@example("http://[::1")
@example("http://a:99999/")
@example("http://exa℀mple/")
@example("https://\ud800/")
def test_any_text_as_a_url_is_good_or_invalid(text: str):
    try:
        rules.destination("url", text, OURS)
    except Invalid:
        return
    assert urlsplit(text).scheme in ("http", "https")
    assert urlsplit(text).hostname
    # What was let in can be sent to: a Location is ASCII, has no blanks, and leads where it should.
    entry = Entry(target(text))
    assert b" " not in entry.head + entry.tail
    entry.destination.encode("ascii")
    assert urlsplit(entry.destination).scheme == urlsplit(text).scheme
    destination(target(text), text, [("a", "b")])[0].encode("ascii")


@given(ANYTHING)
def test_any_text_in_any_field_is_good_or_invalid(text: str):
    plan = PLANS["self-hosted"]
    names = (
        "title",
        "description",
        "image",
        "password",
        "external_id",
        "tenant_id",
        "short_id",
        "expired_url",
        "ios",
    )
    for name in names:
        try:
            row = rules.apply(LinkChange(id="x", **{name: text}), {}, plan, OURS)  # type: ignore[arg-type]
        except Invalid:
            continue
        row[name].encode()
        assert "\0" not in row[name]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "JaVaScRiPt:alert(1)",
        "//example.com/",
        "example.com",
        "https://",
        "https:///path",
        "https://exa mple.com/",
        "https://example.com/a b",
        "https://example.com/\n",
        "https://example.com/\0",
        "https://example.com:0/",
        "https://example.com:x/",
        "https://example.com/" + "x" * 8_200,
        "ftp://example.com/",
        "mailto:a@example.com",
        "https://.example.com/",
        "https://a..example.com/",
    ],
)
def test_what_is_no_web_address(url: str):
    with pytest.raises(Invalid):
        rules.destination("url", url, OURS)


@pytest.mark.parametrize(
    "url",
    [
        "https://go.example/abc",
        "http://GO.example:80/abc",
        "https://go.example:443/",
        "https://go.example:0443/",
        "https://go.example./abc",
        "https://user:word@go.example/abc",
        "https://ｇo.example/abc",
        "https://go。example/abc",
        "http://localhost:8000/abc",
        "http://127.0.0.1:8000/abc",
        "http://[::1]:8000/abc",
        "http://go.localhost:8000/abc",
    ],
)
def test_no_way_back_to_a_short_link(url: str):
    with pytest.raises(Invalid, match="lead back"):
        rules.destination("url", url, OURS)


@pytest.mark.parametrize(
    "url", ["https://go.example.com/", "https://go.example:444/", "http://localhost/", "http://[::1]:8001/"]
)
def test_other_hosts_are_other_hosts(url: str):
    assert rules.destination("url", url, OURS) == url


def test_host_of():
    assert host_of(web_url("url", "https://a@[::1]:80/")) == "[::1]:80"
    assert host_of(web_url("url", "https://B.example:443")) == "b.example"


@given(STORED, UTM, UTM)
def test_utm_merges_by_key(old: dict[str, str], first: dict, second: dict):
    once = rules.merged_utm(old, first)
    assert rules.merged_utm(once, first) == once
    assert rules.merged_utm(rules.merged_utm(old, first), second) == rules.merged_utm(
        old, {**first, **second}
    )
    assert rules.merged_utm(old, {}) == (old or None)
    assert rules.merged_utm(old, None) is None
    for key in UTM_KEYS:
        wanted = (first[key] or None) if key in first else old.get(key)
        assert (once or {}).get(key) == wanted
    assert once is None or all(once.values())


@pytest.mark.parametrize(
    "utm", [{"colour": "red"}, {"utm_source": "x"}, {"source": "x" * 256}, {"source": "a\0b"}]
)
def test_utm_that_is_refused(utm: dict):
    with pytest.raises(Invalid):
        rules.merged_utm({"source": "old"}, utm)


GATED = {
    "expires_at": (10**15, "link expiration"),
    "expired_url": ("https://late.example/", "link expiration"),
    "password": ("word", "password protection"),
    "cloaked": (True, "link cloaking"),
    "ios": ("https://ios.example/", "device targeting"),
    "android": ("https://android.example/", "device targeting"),
    "geo": ({"DE": "https://de.example/"}, "geo targeting"),
}


@pytest.mark.parametrize("column", GATED)
def test_a_feature_needs_its_plan_but_clearing_does_not(column: str):
    value, feature = GATED[column]
    old = {"utm": None}

    def apply(plan: str, wish: object) -> dict:
        return rules.apply(LinkChange(id="x", **{column: wish}), old, PLANS[plan], OURS)  # type: ignore[arg-type]

    assert apply("business", value)[column] == value
    with pytest.raises(Refused) as refused:
        apply("free", value)
    assert feature in refused.value.message
    assert not apply("free", None)[column]
    if column == "cloaked":
        assert apply("free", False)[column] is False
    if column == "geo":
        assert apply("free", {})[column] is None


@pytest.mark.parametrize(
    "geo",
    [
        {"QQ": "https://x.example"},
        {"": "https://x.example"},
        {"DE": "nowhere"},
        {"DE": "https://go.example/"},
    ],
)
def test_geo_that_is_refused(geo: dict):
    with pytest.raises(Invalid):
        rules.country_map(geo, OURS)


def test_geo_is_kept_in_capitals():
    assert rules.country_map({"de": "https://x.example"}, OURS) == {"DE": "https://x.example"}
