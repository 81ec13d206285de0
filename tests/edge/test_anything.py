"""Whatever is sent to the lane, it answers, and with a status that it means."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.edge.redirect import Lane
from tests.make.world import World, make_lane

MEANT = {200, 302, 303, 400, 403, 404, 405, 410, 413, 429, 503}
NAMES = ["plain", "locked", "framed", "late", "aimed", "nothing", "analytics.js", "qrcode", ""]
PATHS = st.one_of(
    st.sampled_from(NAMES).map("/{}".format),
    st.sampled_from(NAMES).map("/{}/analytics.js".format),
    st.text(st.characters(exclude_categories=()), max_size=80).map("/{}".format),
)
WORDS = [
    b"qr=1",
    b"bot=1",
    b"utm_source=x",
    b"hoko_id=y",
    b"text=hello",
    b"size=300",
    b"format=png",
    b"%00",
    b"=",
    b"&&",
    b"+",
]
QUERIES = st.binary(max_size=60) | st.lists(st.sampled_from(WORDS) | st.binary(max_size=8), max_size=6).map(
    b"&".join
)
KNOWN = [
    b"host", b"user-agent", b"cookie", b"referer", b"origin", b"accept-language", b"x-forwarded-for",
    b"x-forwarded-proto", b"purpose", b"sec-purpose", b"content-type",
]  # fmt: skip
VALUES = st.binary(max_size=80) | st.sampled_from(
    [
        b"Twitterbot/1.0", b"hoko_visitor=aaaaaaaaaaaa; hoko_session=bbbbbbbbbbbb", b"https://example.com/", b"null",
        b"https://[", b"hoko_pass_2=9.9", b"1.2.3.4, ::1, x", b"x" * 5_000, b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)",
    ]
)  # fmt: skip
HEADERS = st.lists(st.tuples(st.sampled_from(KNOWN), VALUES), max_size=6)
METHODS = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "OPTIONS", "DELETE", "BREW"])
BODIES = st.binary(max_size=60) | st.sampled_from(
    [
        b"csrf=a.b&password=p",
        b'{"token":"\\ud800","url":1}',
        b'{"token":"a.b.c","session":[]}',
        b"{" * 3_000,
        b"x" * 9_000,
    ]
)


async def ask(
    lane: Lane, method: str, path: str, query: bytes, headers: list, body: bytes
) -> tuple[int, dict]:
    sent: list[Any] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query,
        "headers": headers,
        "client": ("10.0.0.1", 1),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    await lane(scope, receive, send)
    start, *rest = sent
    content = b"".join(each.get("body", b"") for each in rest)
    told = dict(start["headers"])
    assert method == "HEAD" or int(told[b"content-length"]) == len(content)
    for name, value in start["headers"]:
        assert isinstance(name, bytes)
        assert isinstance(value, bytes)
    return start["status"], told


def test_anything_gets_an_answer_that_is_meant(world: World):
    world.link(short_id="plain", utm={"source": "s"})
    world.link(short_id="locked", password="p")
    world.link(short_id="framed", cloaked=True, title="</title>")
    world.link(short_id="late", expires_at=1)
    world.link(short_id="aimed", ios="https://ios.example/", geo={"GB": "https://gb.example/"})
    with asyncio.Runner() as runner:
        lane = make_lane(world, trusted_proxies=("10.0.0.0/8",))
        runner.run(lane.start())

        @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
        @given(METHODS, PATHS, QUERIES, HEADERS, BODIES)
        def anything(method: str, path: str, query: bytes, headers: list, body: bytes) -> None:
            status, told = runner.run(ask(lane, method, path, query, headers, body))
            assert status in MEANT or (
                status == 204 and method == "OPTIONS" and path.endswith("/analytics.js")
            )
            assert status != 503
            if b"location" in told:
                told[b"location"].decode("ascii")

        try:
            anything()
        finally:
            runner.run(lane.stop())
