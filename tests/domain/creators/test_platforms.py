"""Adapters against a server that speaks the platforms' documented wires: figures, refusals, limits, nonsense."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.creators.social import platforms
from hyway.domain.creators.social.platforms.asking import (
    Adapter,
    Broken,
    Denied,
    Gone,
    Throttled,
    Trouble,
    Way,
    Whose,
    instant,
    rate,
)
from hyway.domain.creators.social.platforms.generic import Page
from hyway.domain.creators.social.platforms.instagram import Business, Instagram
from hyway.domain.creators.social.platforms.tiktok import TikTok
from hyway.domain.creators.social.platforms.twitter import Twitter
from hyway.domain.creators.social.platforms.urls import Name
from hyway.domain.creators.social.platforms.youtube import YouTube
from hyway.domain.creators.social.records import Grant, Post
from hyway.kernel.clock import SECOND
from hyway.kernel.outgoing import Answer, Outgoing
from tests.make import platforms as fakes
from tests.make.platforms import Fake, Platforms

OUT = Outgoing(lambda _: True)
AT = 1_767_225_600
IDS = {
    "youtube": ("dQw4w9WgXcQ", "9bZkp7q19f0"),
    "tiktok": ("7038475063498387456", "7038475063498387457"),
    "instagram": ("CxYz_12-abC", "CxYz_12-abD"),
    "twitter": ("1460323737035677698", "1460323737035677699"),
}


@pytest.fixture
def world() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


def someone(world: Platforms, platform: str) -> Fake:
    one, other = IDS[platform]
    posts = {
        one: {"at": AT, "views": 1_000, "likes": 40, "comments": 10},
        other: {"at": AT + 60, "views": 3_000, "likes": 100, "comments": 50},
    }
    return world.add(
        platform, "some.one" if platform != "twitter" else "some_one", posts=posts, bio="Hi hy-ABC234"
    )


def whose(of: Fake, token: str = "", uid: str | None = None) -> Whose:
    return Whose(Name("handle", of.handle), "", uid, Grant(token, None, None) if token else None)


def by_key(world: Platforms, platform: str) -> Adapter:
    way = Way(OUT, world.url)
    made: dict[str, Adapter] = {
        "youtube": YouTube(way, fakes.KEY),
        "instagram": Instagram(way, Business(*fakes.BUSINESS.split(":"))),
        "twitter": Twitter(way, fakes.BEARER),
    }
    return made[platform]


def by_grant(world: Platforms, platform: str) -> Adapter:
    way = Way(OUT, world.url)
    made: dict[str, Adapter] = {
        "youtube": YouTube(way),
        "tiktok": TikTok(way),
        "instagram": Instagram(way),
        "twitter": Twitter(way),
    }
    return made[platform]


KEYED = ["youtube", "instagram", "twitter"]
GRANTED = ["youtube", "tiktok", "instagram", "twitter"]
FIGURES = {  # subscribers, views, videos, likes, rate
    "youtube": (100, 10_000, 2, 140, "5.0"),
    "tiktok": (100, None, 2, 140, "5.0"),
    "instagram": (100, None, 2, 140, "100.0"),
    "twitter": (100, None, 2, 7, None),
}


@pytest.mark.parametrize("platform", KEYED)
def test_a_profile_by_the_operators_key(world: Platforms, platform: str):
    of = someone(world, platform)
    check_profile(by_key(world, platform).profile(whose(of)), of, platform)


@pytest.mark.parametrize("platform", GRANTED)
def test_a_profile_by_its_owners_grant(world: Platforms, platform: str):
    of = someone(world, platform)
    token, _ = world.grant(platform, of.handle)
    adapter = by_grant(world, platform)
    nobody_named = Whose(Name("handle", ""), "", None, Grant(token, None, None))
    check_profile(adapter.profile(nobody_named), of, platform)
    with pytest.raises(Denied):
        adapter.profile(whose(of))
    with pytest.raises(Denied):
        adapter.profile(whose(of, "stolen"))


def check_profile(found: object, of: Fake, platform: str) -> None:
    names = ("subscriber_count", "view_count", "video_count", "likes_count", "engagement_rate")
    assert tuple(getattr(found, name) for name in names) == FIGURES[platform]
    assert [getattr(found, name) for name in ("uid", "handle", "title", "bio")] == [
        of.uid,
        of.handle,
        of.handle.title(),
        of.bio,
    ]


@pytest.mark.parametrize("platform", KEYED)
def test_posts_by_the_operators_key(world: Platforms, platform: str):
    of = someone(world, platform)
    check_posts(by_key(world, platform), whose(of), of, platform)


@pytest.mark.parametrize("platform", GRANTED)
def test_posts_by_their_owners_grant(world: Platforms, platform: str):
    of = someone(world, platform)
    token, _ = world.grant(platform, of.handle)
    check_posts(by_grant(world, platform), whose(of, token, of.uid), of, platform)


def check_posts(adapter: Adapter, asked: Whose, of: Fake, platform: str) -> None:
    one, other = IDS[platform]
    never = one[:-1] + "1"
    assert adapter.posts(asked, [one, other, never]) == {
        one: Post(of.uid, AT * SECOND, 1_000, 40, 10),
        other: Post(of.uid, (AT + 60) * SECOND, 3_000, 100, 50),
        never: None,
    }


def test_bundles(world: Platforms):
    of = someone(world, "youtube")
    for platform in KEYED:
        assert (by_key(world, platform).bundle(whose(of)) == "") == (platform != "instagram")
    for platform in GRANTED:
        adapter = by_grant(world, platform)
        assert adapter.bundle(whose(of)) is None
        assert adapter.bundle(whose(of, "a")) != adapter.bundle(whose(of, "b"))


def test_other_names_of_a_channel(world: Platforms):
    of = someone(world, "youtube")
    adapter = by_key(world, "youtube")
    assert adapter.profile(Whose(Name("channel", of.uid), "")).handle == of.handle
    assert adapter.profile(Whose(Name("handle", "renamed"), "", of.uid)).handle == of.handle
    x = someone(world, "twitter")
    assert by_key(world, "twitter").profile(Whose(Name("id", x.uid), "")).handle == x.handle


def test_a_hidden_count_is_not_told_and_no_videos_are_no_rate(
    world: Platforms, monkeypatch: pytest.MonkeyPatch
):
    of = world.add("youtube", "shy")
    told = fakes._channel

    def hidden(each: Fake) -> dict[str, object]:
        made = told(each)
        made["statistics"]["hiddenSubscriberCount"] = True
        return made

    monkeypatch.setattr(fakes, "_channel", hidden)
    found = by_key(world, "youtube").profile(whose(of))
    assert (found.subscriber_count, found.likes_count, found.engagement_rate) == (None, None, None)


@pytest.mark.parametrize("platform", KEYED)
def test_nobody_there(world: Platforms, platform: str):
    with pytest.raises(Gone):
        by_key(world, platform).profile(Whose(Name("handle", "nobody"), ""))


WAITS = {"youtube": (1, 86_400), "tiktok": (60, 60), "instagram": (3_600, 3_600), "twitter": (25, 31)}


@pytest.mark.parametrize("platform", GRANTED)
def test_enough_was_asked(world: Platforms, platform: str):
    of = someone(world, platform)
    token, _ = world.grant(platform, of.handle)
    world.throttle[platform] = 1
    with pytest.raises(Throttled) as refused:
        by_grant(world, platform).posts(whose(of, token), list(IDS[platform]))
    least, most = WAITS[platform]
    assert least <= refused.value.retry_after <= most
    assert by_grant(world, platform).posts(whose(of, token), list(IDS[platform]))


def test_instagrams_posts_are_found_on_later_pages_and_unknown_beyond_them(world: Platforms):
    world.page_size = 5
    codes = [f"CODE_{at:02}" for at in range(30)]
    of = world.add(
        "instagram", "busy", posts={c: {"at": AT, "views": 1, "likes": 1, "comments": 0} for c in codes}
    )
    token, _ = world.grant("instagram", "busy")
    for adapter, asked in (
        (by_grant(world, "instagram"), whose(of, token)),
        (by_key(world, "instagram"), whose(of)),
    ):
        found = adapter.posts(asked, [codes[0], codes[12], codes[29], "NEVER_00"])
        assert {code: bool(post) for code, post in found.items()} == {codes[0]: True, codes[12]: True}
        world.asked.clear()
        assert len(adapter.posts(asked, codes[:5])) == 5
        assert world.count("media") <= 1 + 5, "no more pages than are needed"


def test_secrets_travel_in_headers_where_the_platform_takes_them_there(world: Platforms):
    for platform in ("youtube", "twitter"):
        of = someone(world, platform)
        by_key(world, platform).profile(whose(of))
    assert not [
        each for each in world.asked if fakes.KEY in str(each.query) or fakes.BEARER in str(each.query)
    ]


# --- pages


def page(world: Platforms, url: str, head: str, body: str = "") -> None:
    html = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    world.pages[url] = (200, {"Content-Type": "text/html"}, html)


def asked_page(world: Platforms, url: str, platform: str = "generic") -> Whose:
    name = platforms.profile(platform, url)
    assert name is not None
    return Whose(name, url)


def test_a_page_is_believed_by_its_head_alone(world: Platforms):
    url = "https://blog.example.com/me"
    page(
        world,
        url,
        "<title>Me &amp; mine</title><meta property='og:description' content='I am me. hy-ABC234'>"
        "<meta name='hyway-verification' content='hy-DEF567'>",
        "<p>A comment: hy-EVIL22</p><meta name='description' content='hy-EVIL33'><title>hy-EVIL44</title>",
    )
    found = Page(Way(OUT), reader=f"{world.url}/page").profile(asked_page(world, url))
    assert (found.uid, found.title) == ("blog.example.com/me", "Me & mine")
    assert found.bio == "I am me. hy-ABC234\nhy-DEF567"
    assert "EVIL" not in found.bio + found.title


def test_a_page_moves_to_another_spelling_of_itself_only(world: Platforms):
    url = "http://blog.example.com/me"
    adapter = Page(Way(OUT), reader=f"{world.url}/page")
    world.pages[url] = (301, {"Location": "https://www.blog.example.com/me/"}, "")
    page(world, "https://www.blog.example.com/me/", "<title>here</title>")
    assert adapter.profile(asked_page(world, url)).title == "here"
    world.pages[url] = (302, {"Location": "https://evil.example.com/me"}, "")
    with pytest.raises(Broken, match="elsewhere"):
        adapter.profile(asked_page(world, url))
    world.pages[url] = (302, {"Location": url}, "")
    with pytest.raises(Broken, match="circles"):
        adapter.profile(asked_page(world, url))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, Gone), (410, Gone), (429, Throttled), (503, Throttled), (500, Broken), (403, Broken)],
)
def test_a_page_that_is_not_shown(world: Platforms, status: int, kind: type[Trouble]):
    url = "https://x.com/somebody"
    world.pages[url] = (status, {"Retry-After": "7"}, "")
    with pytest.raises(kind) as refused:
        Page(Way(OUT), "twitter", f"{world.url}/page").profile(asked_page(world, url, "twitter"))
    if isinstance(refused.value, Throttled):
        assert refused.value.retry_after == 7


def test_a_private_address_is_not_asked():
    adapter = Page(Way(Outgoing(lambda _: False)))
    with pytest.raises(Broken, match=r"not public|no address"):
        adapter.profile(Whose(Name("handle", "localhost"), "http://localhost/"))


# --- nonsense

NONSENSE = [
    b"", b"no", b"null", b"[]", b"7", b'"x"', b"[" * 100_000, b"\xff\xfe", b"{}", b'{"data":[]}', b'{"data":7}',
    b'{"items":[7]}', b'{"items":[{}]}', b'{"items":[{"id":"a","snippet":[],"statistics":{"viewCount":"x"}}]}',
    b'{"error":7}', b'{"error":{"errors":[7]}}', b'{"error":{"code":"ok"},"data":{"videos":{}}}',
    b'{"data":{"user":{"open_id":null}}}', b'{"business_discovery":[]}', b'{"data":[{"permalink":7}]}',
    b'{"data":{"id":"1","public_metrics":{"followers_count":-1}}}',
    b'{"data":[{"id":"1","created_at":"9999-99-99","public_metrics":{"impression_count":1e99}}]}',
]  # fmt: skip


class Says:
    """A platform that answers everything in the same way."""

    def __init__(self, status: int, body: bytes) -> None:
        self._answer = Answer(status, {}, body)

    def send(self, *args: object, **more: object) -> Answer:
        return self._answer


def everybody(says: Says) -> list[Adapter]:
    way = Way(says)  # type: ignore[arg-type]
    return [
        YouTube(way, "k"),
        TikTok(way),
        Instagram(way),
        Instagram(way, Business("1", "t")),
        Twitter(way, "b"),
        Page(way),
    ]


@pytest.mark.parametrize("status", [200, 400, 403, 500])
@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_is_trouble_and_never_a_crash(body: bytes, status: int):
    asked = Whose(Name("handle", "me"), "https://example.com/me", None, Grant("t", None, None))
    for adapter in everybody(Says(status, body)):
        with contextlib.suppress(Trouble):
            adapter.profile(asked)
        with contextlib.suppress(Trouble):
            for post in adapter.posts(asked, ["1"]).values():
                assert post is None or post.views is None or post.views >= 0


@given(st.binary(max_size=200), st.sampled_from([200, 302, 403]))
def test_any_bytes_are_no_crash(body: bytes, status: int):
    asked = Whose(Name("handle", "me"), "https://example.com/me", None, Grant("t", None, None))
    for adapter in everybody(Says(status, body)):
        with contextlib.suppress(Trouble):
            adapter.profile(asked)


def test_rates():
    assert [rate(52, 1_000), rate(0, 10), rate(1, 3), rate(1, 0), rate(1, None), rate(2_000, 3)] == [
        "5.2",
        "0.0",
        "33.3",
        None,
        None,
        "66666.7",
    ]


def test_times():
    assert instant(AT) == AT * SECOND
    for text in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+0000", "2026-01-01T01:00:00.000+01:00"):
        assert instant(text) == AT * SECOND
    nothing: list[object] = ["soon", "", None, True, -1, 10**30, [], "9999-12-31T99:00:00Z"]
    for wrong in nothing:
        assert instant(wrong) is None
