"""The vendor's Python client, its OpenFeature provider, and OpenFeature's own provider, against a running server."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
from hyphen import FeatureToggle, ToggleContext
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason
from openfeature_provider_hyphen import HyphenProvider, HyphenProviderOptions
from openfeature_provider_hyphen.types import HyphenEvaluationContext, HyphenUser

from tests.clients.conftest import Live

TARGETS = [
    ('{"==": [{"var": "user.id"}, "the-vip-user"]}', True),
    ('{"==": [{"var": "customAttributes.plan"}, "premium"]}', True),
    ('{"==": [{"var": "targetingKey"}, "the-beta-tester"]}', True),
]


@dataclass(frozen=True)
class Ground:
    """A project with toggles, as the vendor's live tests expect them; a secret and a public key."""

    live: Live
    organization: str
    secret: str
    public: str

    @property
    def base(self) -> str:
        return f"/api/organizations/{self.organization}/projects/shop"

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.live.url, headers={"x-api-key": self.secret}, timeout=30)

    def make(self, key: str, type: str, default: Any, targets: Any = ()) -> None:
        listed = [{"logic": logic, "value": value} for logic, value in targets]
        sent = {
            "key": key,
            "type": type,
            "defaultValue": default,
            "targets": listed,
            "description": "",
            "tags": [],
        }
        with self.http() as http:
            answer = http.post(f"{self.base}/toggles/", json=sent)
        assert answer.status_code == 200, answer.text

    def usage(self) -> dict[str, Any]:
        with self.http() as http:
            found: dict[str, Any] = http.get(f"/api/organizations/{self.organization}/usage").json()["total"]
        return found


@pytest.fixture(scope="module")
def ground(live: Live) -> Ground:
    secret = live.new_key("hyphen")
    with httpx.Client(base_url=live.url, headers={"x-api-key": secret}, timeout=30) as http:
        organization = http.get("/api/organizations/").json()["data"][0]["id"]
        of = f"/api/organizations/{organization}"
        sent = {"alternateId": "shop", "name": "Shop", "isMonorepo": False}
        made = http.post(f"{of}/projects/", json=sent)
        assert made.status_code == 201, made.text
        project = made.json()["id"]
        sent = {"organizationId": organization, "projectId": project, "name": "Clients"}
        answer = http.post("/api/public-keys/", json=sent)
        assert answer.status_code == 200, answer.text
    ground = Ground(live, organization, secret, answer.json()["key"])
    ground.make("hyphen-sdk-boolean", "boolean", True)
    ground.make("hyphen-sdk-number", "number", 42)
    ground.make("hyphen-sdk-string", "string", "Hyphen!")
    ground.make("hyphen-sdk-json", "json", '{ "id": "Hello World!"}')
    ground.make("targeted", "boolean", False, TARGETS)
    return ground


@pytest.fixture(params=["public", "secret"])
def client(ground: Ground, request: pytest.FixtureRequest) -> FeatureToggle:
    """With either key: this client takes a secret one where it finds it."""
    key = ground.public if request.param == "public" else ground.secret
    return FeatureToggle("web", "development", key, base_url=ground.live.url)


def test_values_of_every_type(client: FeatureToggle) -> None:
    assert client.get_boolean("hyphen-sdk-boolean") is True
    assert client.get_number("hyphen-sdk-number") == 42
    assert client.get_string("hyphen-sdk-string") == "Hyphen!"
    assert client.get_toggle("hyphen-sdk-json") == '{ "id": "Hello World!"}'
    assert client.get_boolean("no-such-toggle", default=True) is True


def test_all_toggles_at_once(client: FeatureToggle) -> None:
    found = client.evaluate().toggles
    assert {"hyphen-sdk-boolean", "hyphen-sdk-json", "targeted"} <= found.keys()
    number = found["hyphen-sdk-number"]
    assert (number.value, number.value_type, number.reason) == (42, "number", "no target matched")
    assert number.error_message is None
    assert client.get_toggles(["hyphen-sdk-string", "no-such-toggle"]) == {"hyphen-sdk-string": "Hyphen!"}


@pytest.mark.parametrize(
    ("context", "place"),
    [
        (ToggleContext(user={"id": "the-vip-user"}), 0),
        (ToggleContext(custom_attributes={"plan": "premium"}), 1),
        (ToggleContext(targeting_key="the-beta-tester"), 2),
        (
            ToggleContext(
                user={"id": "somebody", "email": "a@b.c", "custom_attributes": {"plan": "premium"}}
            ),
            None,
        ),
    ],
)
def test_targets(client: FeatureToggle, context: ToggleContext, place: int | None) -> None:
    assert client.get_boolean("targeted", context=context) is (place is not None)
    reason = client.evaluate(context).toggles["targeted"].reason
    assert reason == ("no target matched" if place is None else f"matched target {place}")


def test_a_key_that_is_none(ground: Ground) -> None:
    wrong = FeatureToggle("web", api_key="public_bm9ib2R5", base_url=ground.live.url)
    with pytest.raises(requests.HTTPError) as refusal:
        wrong.get_boolean("hyphen-sdk-boolean")
    assert refusal.value.response is not None
    assert refusal.value.response.status_code == 401


def test_a_public_key_opens_nothing_else(ground: Ground) -> None:
    with httpx.Client(base_url=ground.live.url, headers={"x-api-key": ground.public}) as http:
        answer = http.get("/api/organizations/")
    assert answer.status_code == 403
    assert "public key" in answer.json()["message"]


def test_the_next_evaluation_sees_what_an_administrator_does(ground: Ground, client: FeatureToggle) -> None:
    ground.make("fleeting", "string", "first")
    assert client.get_string("fleeting") == "first"
    with ground.http() as http:
        answer = http.patch(f"{ground.base}/toggles/fleeting", json={"defaultValue": "second"})
        assert answer.status_code == 200, answer.text
        assert client.get_string("fleeting") == "second"
        assert http.delete(f"{ground.base}/toggles/fleeting").status_code == 204
    assert client.get_string("fleeting", default="gone") == "gone"


def provided(provider: Any) -> OpenFeatureClient:
    name = f"domain-{id(provider)}"
    api.set_provider(provider, name)
    return api.get_client(name)


@pytest.fixture
def hyphen(ground: Ground) -> Iterator[OpenFeatureClient]:
    """OpenFeature with the vendor's provider, which tells of each evaluation."""
    options = HyphenProviderOptions(
        application="web",
        environment="development",
        horizon_urls=[ground.live.url],
        generate_cache_key_fn=lambda _: str(time.monotonic_ns()),
    )
    yield provided(HyphenProvider(ground.public, options))
    api.clear_providers()


def test_the_vendors_provider(ground: Ground, hyphen: OpenFeatureClient) -> None:
    before = told(ground)
    context = HyphenEvaluationContext(targeting_key="somebody")
    assert hyphen.get_boolean_value("hyphen-sdk-boolean", False, context) is True
    assert hyphen.get_integer_value("hyphen-sdk-number", 0, context) == 42
    assert hyphen.get_float_value("hyphen-sdk-number", 0.0, context) == 42.0
    assert hyphen.get_string_value("hyphen-sdk-string", "", context) == "Hyphen!"
    assert hyphen.get_object_value("hyphen-sdk-json", {}, context) == {"id": "Hello World!"}
    mismatch = hyphen.get_string_details("hyphen-sdk-number", "x", context)
    assert (mismatch.value, mismatch.error_code) == ("x", ErrorCode.TYPE_MISMATCH)
    assert hyphen.get_boolean_details("no-such", False, context).error_code == ErrorCode.FLAG_NOT_FOUND
    deadline = time.monotonic() + 20
    while (now := told(ground)) != before + 5:  # errors are not told; counts are written each second
        assert time.monotonic() < deadline, (before, now)
        time.sleep(0.2)


def told(ground: Ground) -> int:
    return int(ground.usage()["toggle"]["telemetry"])


@pytest.mark.parametrize(
    ("user", "attributes", "expected"),
    [
        (HyphenUser(id="the-vip-user"), None, True),
        (None, {"plan": "premium"}, True),
        (HyphenUser(id="x", email="a@b.c", name="X", custom_attributes={"a": 1}), {"plan_type": "x"}, False),
    ],
)
def test_the_vendors_provider_hits_targets(
    hyphen: OpenFeatureClient, user: HyphenUser | None, attributes: dict[str, Any] | None, expected: bool
) -> None:
    given: dict[str, Any] = {"user": user, "custom_attributes": attributes, "ip_address": None}
    context = HyphenEvaluationContext(targeting_key="k", attributes=given)
    assert hyphen.get_boolean_value("targeted", not expected, context) is expected


@pytest.fixture
def ofrep(ground: Ground) -> Iterator[OpenFeatureClient]:
    """OpenFeature with its own remote provider, which knows nothing of the vendor."""
    provider = OFREPProvider(
        ground.live.url, headers_factory=lambda: {"Authorization": f"Bearer {ground.public}"}
    )
    yield provided(provider)
    api.clear_providers()


def test_openfeatures_own_provider(ofrep: OpenFeatureClient) -> None:
    context = EvaluationContext("the-beta-tester", {"plan": "free"})
    assert ofrep.get_boolean_value("hyphen-sdk-boolean", False, context) is True
    assert ofrep.get_integer_value("hyphen-sdk-number", 0, context) == 42
    assert ofrep.get_string_value("hyphen-sdk-string", "", context) == "Hyphen!"
    assert ofrep.get_object_value("hyphen-sdk-json", {}, context) == {"id": "Hello World!"}
    found = ofrep.get_boolean_details("targeted", False, context)
    assert (found.value, found.reason, found.variant) == (True, Reason.TARGETING_MATCH, "target-2")
    flat = EvaluationContext("somebody", {"plan": "premium"})
    assert ofrep.get_boolean_details("targeted", False, flat).variant == "target-1"
    missing = ofrep.get_boolean_details("no-such", False, context)
    assert missing.error_code == ErrorCode.FLAG_NOT_FOUND


def test_a_stream_tells_of_changes(ground: Ground) -> None:
    """As a browser's EventSource reads it, with the key in the address."""
    ground.make("streamed", "number", 0)
    lines: list[str] = []
    ready, done = threading.Event(), threading.Event()

    def listen() -> None:
        url = f"{ground.live.url}/toggle/stream"
        with httpx.stream("GET", url, params={"key": ground.public}, timeout=30) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["access-control-allow-origin"] == "*"
            for line in answer.iter_lines():
                lines.append(line)
                if line == "event: ready":
                    ready.set()
                if line.startswith("data: ") and "refetch" in line:
                    break
        done.set()

    thread = threading.Thread(target=listen)
    thread.start()
    assert ready.wait(20)
    with ground.http() as http:
        began = time.monotonic()
        http.patch(f"{ground.base}/toggles/streamed", json={"defaultValue": 1})
    assert done.wait(20)
    assert time.monotonic() - began < 10
    thread.join(5)
    assert json.loads(lines[-1].removeprefix("data: ")) == {"type": "refetchEvaluation"}


def test_a_stream_wants_a_key(ground: Ground) -> None:
    for key in ("", "public_bm9ib2R5"):
        answer = httpx.get(f"{ground.live.url}/toggle/stream", params={"key": key})
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "*"
