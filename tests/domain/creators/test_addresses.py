"""What addresses of profiles and posts name: every spelling of one thing has one key, and nothing else has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.creators.social import platforms
from hyway.domain.creators.social.platforms import account_key, post_key

CHANNEL = "UCBR8-60-B28hp2BmDPdntcQ"

ACCOUNTS = {
    "youtube:someone.new": [
        "https://youtube.com/@someone.new",
        "http://www.youtube.com/@Someone.New/",
        "https://m.youtube.com/@SOMEONE.NEW/videos?view=0#top",
        "https://www.youtube.com/%40someone.new/shorts",
        "  https://YOUTUBE.com//@someone.new  ",
        "https://youtube.com:443/@someone.new",
    ],
    "youtube:日本語": ["https://www.youtube.com/@日本語", "https://youtube.com/@%E6%97%A5%E6%9C%AC%E8%AA%9E"],
    f"youtube:channel/{CHANNEL}": [
        f"https://www.youtube.com/channel/{CHANNEL}",
        f"http://m.youtube.com/channel/{CHANNEL}/about",
    ],
    "youtube:user/googlecode": [
        "https://www.youtube.com/user/GoogleCode",
        "http://youtube.com/user/googlecode/",
    ],
    "tiktok:example": [
        "https://tiktok.com/@example",
        "https://www.tiktok.com/@Example?lang=en&is_from_webapp=1",
        "http://m.tiktok.com/@example/",
    ],
    "instagram:some_one.x": [
        "https://www.instagram.com/some_one.x/",
        "http://instagram.com/Some_One.X?igshid=abc",
        "https://instagr.am/some_one.x",
        "https://www.instagram.com/_u/some_one.x",
        "https://www.instagram.com/some_one.x/reels/",
    ],
    "twitter:example": [
        "https://x.com/example",
        "https://twitter.com/Example",
        "http://www.twitter.com/example/",
        "https://mobile.twitter.com/example?s=20",
        "https://m.twitter.com/@example/media",
        "https://x.com/example/with_replies",
    ],
    "twitter:id/783214": ["https://x.com/i/user/783214", "http://twitter.com/i/user/783214/"],
    "generic:blog.example.com/~me": [
        "https://blog.example.com/~me",
        "http://www.blog.example.com/%7Eme/?utm_source=x&fbclid=1#about",
    ],
    "generic:example.com": [
        "https://example.com",
        "http://www.example.com/",
        "https://EXAMPLE.com.:443/?utm_medium=a",
    ],
    "generic:example.com/p?a=1&b=2": [
        "https://example.com/p?b=2&a=1",
        "https://m.example.com/p/?a=1&b=2&gclid=9",
    ],
}

POSTS = {
    "youtube:dQw4w9WgXcQ": [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=42s",
        "http://m.youtube.com/watch/?v=dQw4w9WgXcQ",
        "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ",
        "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share",
        "https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1",
        "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
        "https://youtube.com/v/dQw4w9WgXcQ",
    ],
    "tiktok:7038475063498387456": [
        "https://www.tiktok.com/@example/video/7038475063498387456",
        "https://tiktok.com/@Renamed.Since/video/7038475063498387456?is_copy_url=1&lang=en",
        "http://m.tiktok.com/v/7038475063498387456.html",
        "https://www.tiktok.com/@example/photo/7038475063498387456/",
        "https://www.tiktok.com/embed/v2/7038475063498387456",
        "https://www.tiktok.com/embed/7038475063498387456",
        "https://www.tiktok.com/player/v1/7038475063498387456",
        "https://www.tiktok.com/share/video/7038475063498387456/",
        "https://www.tiktok.com/@/video/7038475063498387456",
    ],
    "instagram:CxYz_12-abC": [
        "https://www.instagram.com/p/CxYz_12-abC/",
        "http://instagram.com/reel/CxYz_12-abC?igsh=1",
        "https://instagr.am/p/CxYz_12-abC/embed/captioned/",
        "https://m.instagram.com/reels/CxYz_12-abC/",
        "https://www.instagram.com/tv/CxYz_12-abC",
        "https://www.instagram.com/some_one/reel/CxYz_12-abC/",
        "https://www.instagram.com/some_one/p/CxYz_12-abC/",
    ],
    "twitter:1460323737035677698": [
        "https://twitter.com/TwitterDev/status/1460323737035677698",
        "https://x.com/twitterdev/status/1460323737035677698?s=20&t=x",
        "http://mobile.twitter.com/anybody/status/1460323737035677698/photo/1",
        "https://x.com/i/status/1460323737035677698",
        "https://twitter.com/i/web/status/1460323737035677698",
        "https://www.x.com/TwitterDev/statuses/1460323737035677698/",
    ],
    "generic:blog.example.com/2026/a%20post": [
        "https://blog.example.com/2026/a%20post/",
        "http://www.blog.example.com/2026//a%20post?utm_campaign=1",
    ],
    "generic:example.com?p=12": ["https://example.com/?p=12", "http://example.com?utm_source=a&p=12"],
}

NO_ACCOUNTS = [
    ("youtube", "https://youtube.com/"),
    ("youtube", "https://youtube.com/c/somebody"),
    ("youtube", "https://youtube.com/watch?v=dQw4w9WgXcQ"),
    ("youtube", "https://youtube.com/channel/nonsense"),
    ("youtube", "https://youtube.com.example.com/@a.b.c"),
    ("youtube", "https://notyoutube.com/@somebody"),
    ("youtube", "https://tiktok.com/@somebody"),
    ("tiktok", "https://tiktok.com/somebody"),
    ("tiktok", "https://tiktok.com/@somebody/video/7038475063498387456"),
    ("tiktok", "https://vm.tiktok.com/ZMabc/"),
    ("tiktok", "https://tiktok.com/@some%20body"),
    ("instagram", "https://instagram.com/p/CxYz_12-abC/"),
    ("instagram", "https://instagram.com/explore"),
    ("instagram", "https://instagram.com/some..one"),
    ("instagram", "https://instagram.com/someone."),
    ("twitter", "https://x.com/home"),
    ("twitter", "https://x.com/name_that_is_too_long"),
    ("twitter", "https://x.com/somebody/status/1460323737035677698"),
    ("twitter", "https://x.com/somebody%2Fother"),
    ("generic", "https://www.tiktok.com/@example"),
    ("generic", "https://business.instagram.com/example"),
    ("generic", "https://127.0.0.1/me"),
    ("generic", "https://[::1]/me"),
    ("generic", "https://localhost/me"),
    ("generic", "https://example.com:8443/me"),
    ("generic", "https://me@example.com/"),
    ("generic", "ftp://example.com/me"),
    ("generic", "javascript:alert(1)"),
    ("generic", "example.com/me"),
    ("generic", "https://example.com/a b"),
    ("generic", "https://example.com/a/../b"),
    ("generic", "https://exam\u200bple.com/"),
    ("generic", "https://example.com/" + "a" * 2_000),
    ("generic", ""),
    ("nobody", "https://example.com/me"),
]

NO_POSTS = [
    ("youtube", "https://youtube.com/@somebody"),
    ("youtube", "https://youtube.com/watch?v=short"),
    ("youtube", "https://youtube.com/watch"),
    ("youtube", "https://youtu.be/"),
    ("youtube", "https://youtube.com/playlist?list=PL1"),
    ("tiktok", "https://vm.tiktok.com/ZMabc/"),
    ("tiktok", "https://vt.tiktok.com/ZSabc/"),
    ("tiktok", "https://www.tiktok.com/t/ZTabc/"),
    ("tiktok", "https://www.tiktok.com/@example"),
    ("tiktok", "https://www.tiktok.com/@example/video/x"),
    ("instagram", "https://instagram.com/somebody"),
    ("instagram", "https://instagram.com/stories/somebody/3141592653589793238"),
    ("instagram", "https://instagram.com/share/reel/abcdefg"),
    ("twitter", "https://x.com/somebody"),
    ("twitter", "https://x.com/somebody/status/0"),
    ("twitter", "https://x.com/somebody/lists/1"),
    ("generic", "https://example.com/"),
    ("generic", "https://x.com/somebody/status/1460323737035677698"),
    ("nobody", "https://youtu.be/dQw4w9WgXcQ"),
]


def spellings(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, url) for key, urls in table.items() for url in urls]


@pytest.mark.parametrize(("key", "url"), spellings(ACCOUNTS))
def test_a_profile_has_one_key(key: str, url: str):
    assert account_key(key.partition(":")[0], url) == key


@pytest.mark.parametrize(("key", "url"), spellings(POSTS))
def test_a_post_has_one_key(key: str, url: str):
    assert post_key(key.partition(":")[0], url) == key


@pytest.mark.parametrize(("platform_id", "url"), NO_ACCOUNTS)
def test_no_profile(platform_id: str, url: str):
    assert account_key(platform_id, url) is None


@pytest.mark.parametrize(("platform_id", "url"), NO_POSTS)
def test_no_post(platform_id: str, url: str):
    assert post_key(platform_id, url) is None


def test_every_platform_has_a_name():
    assert [platforms.name(each) for each in platforms.IDS] == [
        "YouTube",
        "TikTok",
        "Instagram",
        "X (Twitter)",
        "Website",
    ]


decorations = st.tuples(
    st.sampled_from(["http://", "https://"]),
    st.sampled_from(["", "www.", "m."]),
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "?utm_source=mail", "?si=1&utm_medium=a"]),
    st.sampled_from(["", "#top"]),
)
NUMBER = st.integers(10**9, 10**18).map(str)
CODE = st.text("abcXYZ019_-", min_size=11, max_size=11)
BARE = {
    "youtube": ("youtube.com/shorts/{}", CODE),
    "tiktok": ("tiktok.com/@a.creator/video/{}", NUMBER),
    "instagram": ("instagram.com/reel/{}", CODE),
    "twitter": ("x.com/somebody/status/{}", NUMBER),
    "generic": ("blog.example.com/{}", CODE),
}


@pytest.mark.parametrize("platform_id", platforms.IDS)
@given(data=st.data())
def test_decoration_changes_nothing_and_another_post_has_another_key(platform_id: str, data: st.DataObject):
    shape, ids = BARE[platform_id]
    one, other = data.draw(ids), data.draw(ids)
    scheme, door, slash, query, fragment = data.draw(decorations)
    bare = post_key(platform_id, f"https://{shape.format(one)}")
    assert bare is not None
    assert post_key(platform_id, f"{scheme}{door}{shape.format(one)}{slash}{query}{fragment}") == bare
    assert (post_key(platform_id, f"https://{shape.format(other)}") == bare) == (one == other)


@given(st.sampled_from(platforms.IDS), st.one_of(st.text(), st.text().map("https://x.com/".__add__)))
def test_any_text_is_an_address_or_none(platform_id: str, url: str):
    for key in (account_key(platform_id, url), post_key(platform_id, url)):
        assert key is None or key.startswith(f"{platform_id}:")
