# ruff: noqa: E501  (user agents are quoted whole)

import pytest
import ua_parser_rs

from hyway.domain.attribution import agents

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Mobile/15E148 Safari/604.1"
)
PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Mobile Safari/537.36"
TAB = "Mozilla/5.0 (Linux; Android 13; SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Safari/605.1.15"


@pytest.mark.parametrize(
    ("user_agent", "browser", "version", "system", "system_version", "device"),
    [
        (CHROME, "Chrome", "120.0", "Windows", "10", "desktop"),
        (IPHONE, "Mobile Safari", "17.2", "iOS", "17.2", "mobile"),
        (PIXEL, "Chrome Mobile", "121.0", "Android", "14", "mobile"),
        (TAB, "Chrome", "121.0", "Android", "13", "tablet"),
        (IPAD, "Mobile Safari", "16.5", "iOS", "16.5", "tablet"),
        (MAC, "Safari", "17.2", "Mac OS X", "10.15", "desktop"),
    ],
)
def test_the_usual_browsers(user_agent, browser, version, system, system_version, device):
    agent = agents.read(user_agent)
    assert (agent.browser_name, agent.browser_version) == (browser, version)
    assert (agent.os_name, agent.os_version) == (system, system_version)
    assert agent.device_type == device


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", "console"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox One) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/58.0.3029.110 Safari/537.36 Edge/18.19041", "console"),
        ("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/538.1 (KHTML, like Gecko) Version/6.0 TV Safari/538.1", "tv"),
        ("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.3945.79 Safari/537.36 WebAppManager", "tv"),
        ("Mozilla/5.0 (Linux; Android 9; AFTMM) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0 Mobile Safari/537.36", "tv"),
        ("Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/30.0 Chrome/118.0 Safari/537.36", "wearable"),
        ("Mozilla/5.0 (Linux; Android 11; SM-R890) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0 Mobile Safari/537.36", "wearable"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3.1 Mobile/15E148 Safari/604.1", "tablet"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:122.0) Gecko/20100101 Firefox/122.0", "desktop"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36", "desktop"),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; Tablet PC 2.0)", "desktop"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"),
        ("", "bot"),
        ("Mozilla/5.0 (Plan 9) Unheard/1.0", "unknown"),
    ],
)  # fmt: skip
def test_the_kinds_of_device(user_agent, device):
    assert agents.read(user_agent).device_type == device


def test_targeting_flags():
    assert [
        (agents.read(ua).is_ios, agents.read(ua).is_android) for ua in (IPHONE, IPAD, PIXEL, TAB, CHROME, MAC)
    ] == [
        (True, False),
        (True, False),
        (False, True),
        (False, True),
        (False, False),
        (False, False),
    ]
    lumia = "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0 Mobile Safari/537.36 Edge/15.15254 like iPhone"
    assert not agents.read(lumia).is_android
    assert not agents.read(lumia).is_ios
    assert agents.read(lumia).device_type == "mobile"


ODD = [
    "\0",
    "\udcff Mozilla",
    "𓀀" * 2000,
    *(
        text * 1024
        for text in ("(", "a ", "a-", "a.", "-", "webos ", "iPhone)", "Mobile", "compatible;", "bot-", "www.")
    ),
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    "start", ["", "Mozilla/5.0 (", "Mozilla/5.0 (iPhone; ", "Mozilla/5.0 (Linux; Android 9) tizen "]
)
@pytest.mark.timeout(20)
def test_odd_text_is_read_and_no_pattern_runs_away(start, odd):
    # A pattern that backtracks without end takes minutes here, an honest one milliseconds.
    assert agents.read(start + odd).device_type


def test_only_the_first_1024_characters_count():
    assert agents.read(CHROME + " " * (1024 - len(CHROME)) + "iPhone Googlebot") == agents.read(CHROME)


def test_matching_is_done_by_the_rust_extension():
    assert isinstance(agents._resolve.ua, ua_parser_rs.UserAgentExtractor)
    assert isinstance(agents._resolve.os, ua_parser_rs.OSExtractor)
