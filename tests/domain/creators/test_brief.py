"""Briefs: what stays, what goes, and that nothing in one can run."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.creators import brief
from hyway.kernel.faults import Invalid

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    '<a href="//elsewhere.example/x">x</a>',
    '<p onclick="alert(1)" style="position:fixed" class="modal" id="app">x</p>',
    "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<form action=https://elsewhere.example><input name=password></form>",
    '<meta http-equiv=refresh content="0;url=https://elsewhere.example">',
    '<base href="https://elsewhere.example/">',
    "<style>@import 'https://elsewhere.example'</style>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    '<object data="x"></object><embed src=x>',
    "<template><img src=x onerror=alert(1)></template>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '"><img src=x onerror=alert(1)//',
]
ALLOWED = {"href", "title", "rel", "start", "type", "colspan", "rowspan", "scope"}


class Harmless(HTMLParser):
    """Reads as a browser would, and fails on what could run or reach out."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in brief._TAGS, tag
        for name, value in attrs:
            assert name in ALLOWED, name
            if name == "href":
                assert re.match(r"(https?|mailto|tel):", value or "", re.I), value
        if tag == "a":
            assert dict(attrs)["rel"] == "noopener nofollow ugc"

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")


def check(html: str) -> None:
    kept = brief.clean(html)
    Harmless().feed(kept)
    assert brief.clean(kept) == kept


@pytest.mark.parametrize("html", HOSTILE)
def test_what_could_run_or_reach_out_is_gone(html: str) -> None:
    check(html)


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), max_size=6))
def test_so_it_is_in_any_mixture(parts: list[str]) -> None:
    check("".join(parts))


def test_what_an_editor_makes_stays() -> None:
    html = (
        "<h1>Say</h1><div>two <strong>words</strong>, <em>kindly</em><br><del>not three</del></div>"
        "<ul><li>one</li></ul><ol><li>two</li></ol><blockquote>so</blockquote><pre>code</pre>"
    )
    assert brief.clean(html) == html


def test_links_say_that_a_user_made_them() -> None:
    kept = brief.clean('<a href="https://shop.example/a?b=1&c=2" target="_top" rel="opener">x</a>')
    assert kept == '<a href="https://shop.example/a?b=1&amp;c=2" rel="noopener nofollow ugc">x</a>'


def test_characters_that_cannot_be_stored_are_left_out() -> None:
    assert brief.clean("<p>a\0b\ud800c</p>") == "<p>abc</p>"


def test_long_is_refused_by_what_would_be_kept() -> None:
    assert len(brief.clean("x" * 50_000)) == 50_000
    assert brief.clean(f"<p style='{'x' * 50_000}'>ok</p>") == "<p>ok</p>"
    for html in ("x" * 50_001, "<b></b>" * 40_000):
        with pytest.raises(Invalid, match=r"is too long \(maximum is 50000 characters\)"):
            brief.clean(html)


def test_deep_nesting_costs_little() -> None:
    began = time.perf_counter()
    kept = brief.clean("<b>" * 5_000 + "x")
    assert "x" in kept
    assert time.perf_counter() - began < 5


def test_words_alone() -> None:
    assert (
        brief.text("<h1>Salt &amp; pepper</h1><p>for  <b>you</b></p><script>x</script>")
        == "Salt & pepper for you"
    )
    assert brief.text("<div><br></div>") == ""


def test_a_brief_of_plain_words() -> None:
    assert (
        brief.of_words(" Salt & <b>pepper</b>\n for you")
        == "<p>Salt &amp; &lt;b&gt;pepper&lt;/b&gt; for you</p>"
    )
    assert brief.of_words(" \n") == ""
