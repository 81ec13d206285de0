# ruff: noqa: E501  (user agents are quoted whole)
import json
from importlib.resources import files
from ipaddress import ip_network
from pathlib import Path

import pytest

from hyway.domain.attribution import scanners
from hyway.domain.attribution.bots import is_bot_agent, is_prefetch, is_social_preview, verdict

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
IOS_VIEW = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21D50 "
HOME = "82.11.4.7"


def test_a_person_is_a_person():
    assert not verdict(CHROME, HOME, "GET", "https://news.example/", False)
    assert not verdict(CHROME, "2a00:23c5::7", "GET", "", False)
    assert not verdict(CHROME, "", "GET", "", False)


def test_each_layer_decides_alone():
    assert verdict("", HOME, "GET", "", False)
    assert verdict(CHROME, HOME, "HEAD", "", False)
    assert verdict(CHROME, HOME, "GET", "", True)
    assert verdict("curl/8.5.0", HOME, "GET", "", False)
    assert verdict(CHROME, "66.249.66.1", "GET", "", False)
    assert verdict(CHROME, HOME, "GET", "https://protect-eu.mimecast.com/s/abc", False)


@pytest.mark.parametrize(
    "referrer",
    [
        "https://notmimecast.com/",
        "https://news.example/?about=mimecast.com",
        "https://[broken",
        "mimecast.com",
        "\0",
    ],
)
def test_a_referrer_that_only_mentions_mail_protection_does_not_count(referrer):
    assert not verdict(CHROME, HOME, "GET", referrer, False)


def test_real_browsers_are_not_called_bots():
    lines = files("fake_useragent.data").joinpath("browsers.jsonl").read_text().splitlines()
    people = {json.loads(line)["useragent"] for line in lines}
    called = [agent for agent in people if is_bot_agent(agent)]
    assert len(people) > 500
    assert len(called) < len(people) / 100, called


def test_known_crawlers_are_called_bots():
    crawlers = json.loads((Path(__file__).parents[2] / "data" / "crawlers.json").read_text())["user_agents"]
    missed = [agent for agent in crawlers if not is_bot_agent(agent)]
    assert len(crawlers) > 500
    assert len(missed) <= len(crawlers) * 0.03, missed


@pytest.mark.parametrize(
    "user_agent",
    [
        "curl/8.5.0",
        "Wget/1.21.4",
        "python-requests/2.31.0",
        "python-httpx/0.27.0",
        "axios/1.6.7",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "node",
        "Java/17.0.9",
        "Dalvik/2.1.0 (Linux; U; Android 9; SM-G960U)",
        "MyApp/1 CFNetwork/1492.0.1 Darwin/23.3.0",
        "Mozilla/5.0",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
        "   ",
    ],
)
def test_scripts_and_libraries_are_bots(user_agent):
    assert is_bot_agent(user_agent)


PAGE_VIEWS = [
    "Mozilla/5.0 (Linux; Android 14; Pixel 7 Build/UQ1A.240205.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/121.0.6167.178 Mobile Safari/537.36 Instagram 319.0.0.43.110 Android (34/14; 420dpi; 1080x2209; Google/google; Pixel 7; panther; panther; en_US; 567310203)",
    IOS_VIEW + "[FBAN/FBIOS;FBAV/450.0.0.38.108;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.3;FBLC/en_US;FBOP/5]",
    IOS_VIEW + "[Pinterest/iOS]",
    IOS_VIEW + "[LinkedInApp]/9.29",
    IOS_VIEW + "Twitter for iPhone/10.30",
    IOS_VIEW + "Snapchat/12.50.0.37 (like Safari/8615.3.12.10.2, panda)",
    "Mozilla/5.0 (Linux; Android 13; CUBOT_X50) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0 Mobile Safari/537.36 musical_ly_2023 BytedanceWebview/d8a21c6",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; en) Presto/2.8.119 Version/11.10",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 3.5.30729; .NET4.0C)",
    "NokiaC3-00/5.0 (07.20) Profile/MIDP-2.1 Configuration/CLDC-1.1 Mozilla/5.0 AppleWebKit/420+ (KHTML, like Gecko) Safari/420+",
]  # fmt: skip


@pytest.mark.parametrize("user_agent", PAGE_VIEWS)
def test_apps_page_views_and_old_phones_are_people(user_agent):
    assert not is_bot_agent(user_agent)
    assert not is_social_preview(user_agent)


@pytest.mark.parametrize(
    "user_agent",
    [
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Twitterbot/1.0",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "WhatsApp/2.23.20.0 A",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)",
        "Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)",
        "Mastodon/4.2.1 (http.rb/5.1.1; +https://mastodon.social/)",
        "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
    ],
)
def test_link_previews_are_bots_that_want_a_card(user_agent):
    assert is_social_preview(user_agent)
    assert is_bot_agent(user_agent)


def test_search_crawlers_and_people_get_no_card():
    assert not is_social_preview("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    assert not is_social_preview(CHROME)
    assert not is_social_preview("")


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ({b"purpose": b"prefetch"}, True),
        ({b"sec-purpose": b"prefetch;prerender"}, True),
        ({b"x-purpose": b"preview"}, True),
        ({b"x-moz": b"Prefetch"}, True),
        ({b"accept": b"prefetch"}, False),
        ({b"purpose": b""}, False),
        ({}, False),
    ],
)
def test_prefetching_is_told_by_its_headers(headers, ahead):
    assert is_prefetch(headers) is ahead


@pytest.mark.parametrize(
    "ip",
    [
        "66.249.64.0",
        "66.249.95.255",
        "157.240.1.1",
        "::ffff:157.240.1.1",
        "2a03:2880:f0ff::1",
        "2001:4860:4801:2::7",
    ],
)
def test_networks_of_machines_in_both_families(ip):
    assert scanners.is_scanner(ip)


@pytest.mark.parametrize(
    "ip", ["66.249.63.255", "66.249.96.0", "0.0.0.0", "::", "2a03:2881::", "", "x", "9" * 999]
)
def test_neighbours_and_nonsense_are_not_in_them(ip):
    assert not scanners.is_scanner(ip)


def test_networks_of_machines_do_not_overlap_and_are_small():
    for starts, ends in scanners._RANGES.values():
        assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    starts, ends = scanners._RANGES[4]
    assert (
        sum(end - start + 1 for start, end in zip(starts, ends, strict=True))
        < ip_network("0.0.0.0/10").num_addresses
    )
