"""Another issuer that is down, or says nonsense of itself."""

import json
from typing import Any

import pytest

from hyway.domain import identity, oidc
from hyway.domain.oidc import external
from hyway.domain.oidc.external import Issuer
from hyway.kernel import seal
from hyway.kernel.faults import Refused
from hyway.kernel.outgoing import Answer, Unreachable
from tests.make.signing import Signing

HERE = "https://id.example"
OURS = json.loads(oidc.keys.fresh().public)


class Wire:
    """Answers with a body for each address; nothing is reached without one."""

    def __init__(self, bodies: dict[str, Any] | None = None) -> None:
        self.bodies, self.asked = bodies or {}, list[str]()

    def send(self, _method: str, url: str, *_: Any, **__: Any) -> Answer:
        self.asked.append(url.removeprefix(HERE))
        if url.removeprefix(HERE) not in self.bodies:
            raise Unreachable("nobody there")
        return Answer(200, {}, json.dumps(self.bodies[url.removeprefix(HERE)]).encode())


def issuer(wire: Wire) -> Issuer:
    return Issuer(HERE, "us", "secret", "Id", wire)  # type: ignore[arg-type]


def test_one_that_is_down_is_asked_once_in_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("hyway.domain.oidc.external.time.monotonic", lambda: now[0])
    wire = Wire()
    down = issuer(wire)
    for _ in range(20):
        with pytest.raises(Refused):
            down.known()
    assert len(wire.asked) == 1
    now[0] += 6
    wire.bodies = {"/.well-known/openid-configuration": {"issuer": HERE, "jwks_uri": f"{HERE}/keys"},
                   "/keys": {"keys": [{"kty": "AKP", "alg": "of days to come"}, OURS]}}  # fmt: skip
    assert down.known().about["issuer"] == HERE
    assert down.known(fresh=True).about["issuer"] == HERE, "one that answers is asked whenever it must be"
    assert len(wire.asked) == 5


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": [{"kty": "nope"}]}, {"keys": [{}]}, {"keys": ["x"]},
                                  {"keys": [{"kty": "RSA"}]}, {"keys": {}}])  # fmt: skip
def test_one_whose_keys_are_none_confirms_nobody(keys: Any) -> None:
    about = {"issuer": HERE, "jwks_uri": f"{HERE}/keys"}
    odd = issuer(Wire({"/.well-known/openid-configuration": about, "/keys": keys}))
    with pytest.raises(Refused):
        external._signed(odd, "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.e30.e30")


@pytest.mark.parametrize("about", [{}, {"issuer": None}, {"issuer": 1}, {"issuer": ["https://id.example"]},
                                   {"issuer": "https://id.example.evil"}])  # fmt: skip
def test_one_that_names_another_is_not_believed(about: Any) -> None:
    with pytest.raises(Refused):
        issuer(Wire({"/.well-known/openid-configuration": about, "/keys": {"keys": []}})).known()


def test_what_programs_signed_in_for_ends_with_their_organization(kim: Signing) -> None:
    key, secret = kim.db.write_now(identity.api_keys.create, kim.by, "Robot")
    assert secret.value is not None
    given = kim.db.write_now(oidc.machines.sign_in, key.id, secret.value, "203.0.113.7")
    assert given is not None
    heard: list[str] = []
    kim.db.changes.hear("key", heard.append)
    kim.db.write_now(identity.organizations.close, kim.by)
    assert {seal.digest(secret.value), seal.digest(given.access_token)} <= set(heard)
