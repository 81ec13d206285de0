"""What may be a domain, where its lost visitors may be sent, and when it is looked at again."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from dns import name as dns_name
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.links import domain_rules as rules
from hyway.domain.links.domain_rules import Standing
from hyway.domain.links.records import Finding
from hyway.kernel.clock import DAY, HOUR, MINUTE
from hyway.kernel.faults import Invalid

OURS = frozenset({"go.example", "localhost:8000", "hyway.example:8443"})
SSL = st.sampled_from(["notReady", "pending", "active", "failed"])
DNS = st.sampled_from(["pending", "verified", "failed"])
STANDINGS = st.builds(Standing, DNS, SSL, st.integers(0, 60), st.none() | st.integers(0, 10 * DAY))
FINDINGS = st.builds(Finding, st.none() | st.booleans(), st.none() | st.booleans(), st.just("said"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("links.example.com", "links.example.com"),
        ("Links.Example.COM.", "links.example.com"),
        (" links.example ", "links.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("1.2.example", "1.2.example"),
    ],
)
def test_names(text: str, kept: str):
    assert rules.name("domain", text, OURS) == kept


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "example", "localhost", "a.localhost", "127.0.0.1", "[::1]", "::1", "a.123", "links.example:80",
        "https://links.example", "links.example/x", "links..example", "-a.example", "a-.example", "a_b.example",
        "*.example", "a b.example", "a" * 64 + ".example", ".".join(["a" * 60] * 5), "a.\0.example", "a.exam\u2028ple",
        "x" * 5_000, "a.example\n", "\ud800.example",
    ],
)  # fmt: skip
def test_what_is_no_name(text: str):
    if text == "a.example\n":
        assert rules.name("domain", text, OURS) == "a.example"  # blanks around it are no part of it
        return
    with pytest.raises(Invalid, match="hostname"):
        rules.name("domain", text, OURS)


def test_the_longest_name_has_a_record_that_can_be_asked_for():
    longest = ".".join(["a" * 61] * 3 + ["b" * 60])
    assert dns_name.from_text(f"_hyway.{rules.name('domain', longest, OURS)}")
    with pytest.raises(Invalid, match="hostname"):
        rules.name("domain", f"{longest}b", OURS)


@pytest.mark.parametrize("text", ["go.example", "GO.example.", "hyway.example"])
def test_the_servers_own_names_are_nobodys(text: str):
    with pytest.raises(Invalid, match="name of this server"):
        rules.name("domain", text, OURS)


@given(st.text(max_size=300))
def test_whatever_is_kept_is_a_host_name(text: str):
    try:
        found = rules.name("domain", text, OURS)
    except Invalid:
        return
    assert re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", found)
    assert len(found) <= 253
    assert rules.name("domain", found, OURS) == found


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("A.Example:80", "a.example"),
        ("a.example.", "a.example"),
        ("[::1]:80", "[::1]"),
        ("::1", "::1"),
        ("", ""),
    ],
)
def test_bare(host: str, name: str):
    assert rules.bare(host) == name


@pytest.mark.parametrize("url", ["https://example.com/lost?a=1#b", "http://other.example:8080"])
def test_where_lost_visitors_go(url: str):
    assert rules.not_found("notFoundRedirectUrl", url, "links.example", OURS) == url


@pytest.mark.parametrize(
    "url",
    [
        "x", "ftp://example.com", "javascript:alert(1)", "//example.com", "https://", "https://exa mple.com",
        "https://links.example/x", "https://LINKS.example:8443/", "http://go.example/", "https://example.com/\n",
    ],
)  # fmt: skip
def test_where_they_do_not(url: str):
    with pytest.raises(Invalid):
        rules.not_found("notFoundRedirectUrl", url, "links.example", OURS)


@pytest.mark.parametrize(
    "host", ["käse.example", "KÄSE.example.", "xn--kse-qla.example", "k\u00adäse。example:8443"]
)
def test_an_international_name_is_known_however_it_is_written(host: str):
    with pytest.raises(Invalid, match="lead back"):
        rules.not_found("notFoundRedirectUrl", f"https://{host}/", "xn--kse-qla.example", OURS)


@pytest.mark.parametrize(
    "template",
    ["https://example.com/{code}", "https://example.com/a?code={code}&b=1", "http://example.com/x#{code}"],
)
def test_templates(template: str):
    assert rules.fallback("fallbackUrlTemplate", template, "links.example", OURS) == template


@pytest.mark.parametrize(
    "template",
    [
        "https://example.com/", "https://{code}.example.com/", "https://example.com{code}", "{code}://example.com/",
        "https://example.com:{code}/", "https://u:{code}@example.com/", "{code}", "https://example.com/{code}{code}",
        "https://example.com/{code}/{other}", "https://example.com/{{code}}", "ftp://example.com/{code}",
        "https://links.example/{code}", "https://go.example/{code}", "https:///{code}", "https://example.com\\{code}",
    ],
)  # fmt: skip
def test_what_is_no_template(template: str):
    with pytest.raises(Invalid):
        rules.fallback("fallbackUrlTemplate", template, "links.example", OURS)


@given(st.text(min_size=1, max_size=80))
def test_a_code_stays_in_its_place(code: str):
    url = rules.filled("https://example.com/a/{code}?b=c#d", code)
    parts = urlsplit(url)
    assert (parts.netloc, parts.query, parts.fragment) == ("example.com", "b=c", "d")
    assert url.isascii()
    if not any("\ud800" <= each <= "\udfff" for each in code):
        assert unquote(parts.path) == f"/a/{code}"


@given(STANDINGS, FINDINGS, st.booleans(), st.booleans())
def test_a_finding_never_says_more_than_was_found(old: Standing, found: Finding, secure: bool, anew: bool):
    now = 20 * DAY
    new = rules.after(old, found, now, secure=secure, anew=anew)
    if new.dns == "verified":
        assert found.proved or old.dns == "verified"
    if found.proved:
        assert new.dns == "verified"
    if found.proved is None and old.dns == "verified":
        assert new.dns == "verified"
    if new.ssl == "active":
        assert secure
        assert found.secured or (found.secured is None and old.ssl == "active")
    assert (new.dns == "verified" and secure) or new.ssl == "notReady"
    is_ready = rules.status(new.dns, new.ssl, new.asks, secure=secure) == "ready"
    assert is_ready == (new.dns == "verified" and (not secure or new.ssl == "active"))


def waits(finding: Finding, times: int) -> list[tuple[str, int | None]]:
    """What a domain is after so many looks with the same finding, and when the next one comes."""
    found: list[tuple[str, int | None]] = []
    at, stands = 0, Standing("pending", "notReady", 0, None)
    for _ in range(times):
        stands = rules.after(stands, finding, at, secure=False, anew=False)
        wait = rules.wait(stands.asks)
        found.append((stands.dns, wait))
        at += wait or 0
    return found


def test_who_never_makes_the_record_is_looked_for_less_and_less_and_given_up():
    seen = waits(Finding(False, None, ""), rules.GIVEN_UP)
    assert [wait for _, wait in seen[:5]] == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE]
    assert seen[12] == ("pending", 6 * HOUR)
    first = next(n for n, (dns, _) in enumerate(seen) if dns == "failed")
    took = sum(wait or 0 for _, wait in seen[:first])
    assert 2 * DAY < took < 4 * DAY
    assert {wait for _, wait in seen[first:-1]} == {DAY}
    assert seen[-1] == ("failed", None)


def test_a_verified_domain_is_lost_after_three_days_without_its_record():
    stands = Standing("verified", "notReady", 0, None)
    missing = Finding(False, None, "")
    for at, dns in ((0, "verified"), (DAY, "verified"), (3 * DAY - 1, "verified"), (3 * DAY, "failed")):
        stands = rules.after(stands, missing, at, secure=False, anew=False)
        assert stands.dns == dns
    assert rules.after(stands, Finding(True, None, ""), 4 * DAY, secure=False, anew=False) == Standing(
        "verified", "notReady", 0, None
    )


def test_a_record_that_comes_back_in_time_is_as_if_it_had_never_gone():
    stands = Standing("verified", "notReady", 0, None)
    for at, proved in ((0, False), (DAY, True), (3 * DAY, False), (5 * DAY, False)):
        stands = rules.after(stands, Finding(proved, None, ""), at, secure=False, anew=False)
        assert stands.dns == "verified"


def test_looking_by_hand_begins_anew():
    given_up = Standing("failed", "notReady", rules.GIVEN_UP, None)
    assert rules.wait(given_up.asks) is None
    again = rules.after(given_up, Finding(False, None, ""), 0, secure=False, anew=True)
    assert (again.dns, rules.wait(again.asks)) == ("pending", MINUTE)
