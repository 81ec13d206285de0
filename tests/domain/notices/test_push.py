"""Browsers are woken: a receiver on the loopback takes what a push service would, and reads it as a browser does."""

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from hyway.domain import notices
from hyway.domain.identity import Caller
from hyway.domain.notices import Telling
from hyway.kernel import clock, outbox
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal
from tests.domain.notices.conftest import run
from tests.make.people import somebody
from tests.make.receiver import Receiver, receiving

TYPE = "Membership::RequestAcceptedNotifier"
PARAMS = {"user_name": "x", "organization_name": "Acmé"}


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Browser:
    """One that has subscribed: its keys, as its owner alone knows them."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def point(self) -> str:
        return text(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def reads(self, body: bytes) -> dict[str, str]:
        clear = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return json.loads(clear)

    def subscribe(self, db: Database, by: Caller) -> None:
        db.write_now(notices.subscribe, by, self.endpoint, self.point, text(self.auth), "Firefox")


@pytest.fixture
def service() -> Iterator[Receiver]:
    with receiving() as made:
        made.otherwise = (201, {}, b"")
        yield made


@pytest.fixture
def means(opened) -> Means:
    return opened(None)


def tell(means: Means, by: Caller, **more) -> int:
    return means.db.write_now(notices.tell, Telling(by.person or 0, TYPE, PARAMS, "Membership", 7, **more))


def count(means: Means, by: Caller) -> int:
    return means.db.read_now(notices.preferences, by).push_subscription_count


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def test_only_the_browser_can_read_it_and_it_is_signed(means: Means, service: Receiver):
    ann = somebody(means.db, "Ann")
    browser = Browser(f"{service.url}/wake/1?a=b")
    browser.subscribe(means.db, ann)
    tell(means, ann, link="/organizations/x")
    assert run(means) == []
    (got,) = service.received
    assert got.path == "/wake/1?a=b"
    assert browser.reads(got.body) == {
        "title": "You are a member of Acmé",
        "body": "Your request to join Acmé was approved.",
        "url": "https://go.example/organizations/x",
        "tag": "notification/1",
    }
    with pytest.raises(http_ece.ECEException):
        Browser("", auth=browser.auth).reads(got.body)
    head = {name.lower(): value for name, value in got.headers.items()}
    assert (head["content-encoding"], head["ttl"], head["urgency"]) == ("aes128gcm", "86400", "normal")
    assert Vapid02.verify(head["authorization"])
    token, key = (each.split("=", 1)[1] for each in head["authorization"].split(" ", 1)[1].split(","))
    assert key == means.db.read_now(notices.push_key)
    said = claims(token)
    assert (said["aud"], said["sub"]) == (service.url, "https://go.example")
    assert 0 < int(str(said["exp"])) - clock.now() // clock.SECOND <= 86_400


def test_the_servers_key_is_the_same_in_every_process_and_with_no_other_key_file(means: Means, database_url):
    keys = []
    for raw in (b"k" * 32, b"k" * 32, b"x" * 32):
        db = Database(database_url, Seal(raw))
        keys.append(db.read_now(notices.push_key))
        db.close()
    assert keys[0] == keys[1] != keys[2]
    assert len(base64.urlsafe_b64decode(keys[0] + "=")) == 65


def test_every_browser_of_the_person_and_of_nobody_else(means: Means, service: Receiver):
    ann, bob = somebody(means.db, "Ann"), somebody(means.db, "Bob")
    browsers = [Browser(f"{service.url}/{n}") for n in range(3)]
    for browser, by in zip(browsers, (ann, ann, bob), strict=True):
        browser.subscribe(means.db, by)
    tell(means, ann)
    run(means)
    assert sorted(each.path for each in service.received) == ["/0", "/1"]


def test_no_longer_after_it_was_switched_off(means: Means, service: Receiver):
    ann = somebody(means.db, "Ann")
    Browser(f"{service.url}/1").subscribe(means.db, ann)
    tell(means, ann)
    means.db.write_now(notices.prefer, ann, push=False)
    tell(means, ann)
    assert run(means) == []
    assert (service.received, count(means, ann)) == ([], 1)
    means.db.write_now(notices.prefer, ann, push=True)
    tell(means, ann)
    run(means)
    assert len(service.received) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(means: Means, service: Receiver, status: int):
    ann = somebody(means.db, "Ann")
    Browser(f"{service.url}/1").subscribe(means.db, ann)
    Browser(f"{service.url}/2").subscribe(means.db, ann)
    service.answers += [(status, {}, b"")]
    tell(means, ann)
    assert run(means) == []
    assert count(means, ann) == 1
    tell(means, ann)
    run(means)
    assert [each.path for each in service.received] == ["/1", "/2", "/2"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_is_busy_is_asked_again_by_the_engine(means: Means, service: Receiver, status: int):
    ann = somebody(means.db, "Ann")
    Browser(f"{service.url}/1").subscribe(means.db, ann)
    service.answers += [(status, {}, b"")]
    tell(means, ann)
    assert run(means) == [f"notices.push: the push service answered {status}"]
    assert count(means, ann) == 1


@pytest.mark.parametrize("status", [400, 403, 413])
def test_what_the_service_refuses_is_not_sent_again(means: Means, service: Receiver, status: int):
    ann = somebody(means.db, "Ann")
    Browser(f"{service.url}/1").subscribe(means.db, ann)
    service.answers += [(status, {}, b"")]
    tell(means, ann)
    assert run(means) == []
    assert count(means, ann) == 1


def test_forty_failures_in_a_row_are_enough(means: Means, service: Receiver):
    ann = somebody(means.db, "Ann")
    Browser(f"{service.url}/1").subscribe(means.db, ann)
    service.otherwise = (403, {}, b"")
    for turn in range(79):
        if turn == 39:
            service.answers += [(201, {}, b"")]
        tell(means, ann)
        run(means)
    assert count(means, ann) == 1
    tell(means, ann)
    run(means)
    assert count(means, ann) == 0


def test_it_goes_to_no_private_address(means: Means, service: Receiver):
    ann = somebody(means.db, "Ann")
    Browser(f"{service.url}/1").subscribe(means.db, ann)
    tell(means, ann)
    guarded = Means(means.db, Outgoing(lambda _: False))
    assert run(guarded) == ["notices.push: the host has an address that is not public"]
    assert service.received == []


@pytest.mark.parametrize("letter", ["\u2603", "\U0001f600", '"', "\n"])
def test_a_long_text_fits(means: Means, service: Receiver, letter: str):
    ann = somebody(means.db, "Ann")
    browser = Browser(f"{service.url}/1")
    browser.subscribe(means.db, ann)
    told = Telling(ann.person or 0, TYPE, {"organization_name": letter * 5_000})
    means.db.write_now(notices.tell, told)
    run(means)
    (got,) = service.received
    assert len(got.body) <= 4_096
    assert browser.reads(got.body)["body"].startswith(f"Your request to join {letter}")


def test_a_browser_has_one_owner(means: Means):
    ann, bob = somebody(means.db, "Ann"), somebody(means.db, "Bob")
    browser = Browser("https://push.example/1")
    browser.subscribe(means.db, ann)
    browser.subscribe(means.db, ann)
    assert count(means, ann) == 1
    browser.subscribe(means.db, bob)
    assert (count(means, ann), count(means, bob)) == (0, 1)
    means.db.write_now(notices.unsubscribe, ann, browser.endpoint)
    assert count(means, bob) == 1
    means.db.write_now(notices.unsubscribe, bob, browser.endpoint)
    assert count(means, bob) == 0


def test_the_oldest_of_too_many_are_forgotten(means: Means):
    ann = somebody(means.db, "Ann")
    for n in range(22):
        Browser(f"https://push.example/{n}").subscribe(means.db, ann)
    assert count(means, ann) == 20
    tell(means, ann)
    assert len(means.db.read_now(outbox.waiting)) == 20


GOOD = Browser("https://push.example/1")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("endpoint", ("javascript:alert(1)", GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://", GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://x.example/" + "x" * 2_000, GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://[x", GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://[::1]/", GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://x.example:99999/", GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://me@x.example/", GOOD.point, text(GOOD.auth))),
        ("endpoint", ("https://x.example/é", GOOD.point, text(GOOD.auth))),
        ("p256dh", (GOOD.endpoint, "x" * 87, text(GOOD.auth))),
        ("p256dh", (GOOD.endpoint, "", text(GOOD.auth))),
        ("p256dh", (GOOD.endpoint, GOOD.point[:-4], text(GOOD.auth))),
        ("auth", (GOOD.endpoint, GOOD.point, "é")),
        ("auth", (GOOD.endpoint, GOOD.point, text(b"x" * 15))),
    ],
)
def test_what_is_no_subscription(means: Means, field: str, values: tuple[str, str, str]):
    ann = somebody(means.db, "Ann")
    with pytest.raises(Invalid) as wrong:
        means.db.write_now(notices.subscribe, ann, *values)
    assert (wrong.value.field, wrong.value.message) == (field, "is invalid")
    assert count(means, ann) == 0
