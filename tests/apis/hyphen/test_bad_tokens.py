"""Tokens that are over, forged, or of somebody else: no operation takes one, wherever it is shown."""

import base64
import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from hyway.apis import hyphen
from hyway.apis.hyphen import style
from hyway.domain import identity, oidc
from hyway.domain.identity import Session
from hyway.domain.oidc import keys
from hyway.domain.oidc.authorizing import Back
from hyway.kernel import clock, migrate
from hyway.kernel.db import Database, Read
from hyway.kernel.seal import Seal
from tests.apis.hyphen.conftest import PUBLIC, Acme, make_world, refused
from tests.make.stored import rows

GUARDED = [each for each in hyphen.OPERATIONS if each.scopes]
_NEIGHBOURS = cycle(range(1, 255))
NO_TOKEN = "Unable to get a token. Please log in again."


def part(of: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(of).encode()).decode().rstrip("=")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Database]:
    """Another server, with keys of its own."""
    url = f"sqlite:///{tmp_path}/other.db"
    migrate.upgrade(url)
    opened = Database(url, Seal(b"o" * 32), home="https://other.example")
    yield opened
    opened.close()


def forged(acme: Acme, token: str, other: Database) -> dict[str, str]:
    """Tokens that say what a good one says, but are none that were given here."""
    head, body, mark = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    longer = {**claims, "exp": claims["exp"] + 86_400}
    public = acme.db.read_now(_public)
    stranger = RSAKey.generate_key(2048, private=True)
    kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
    theirs = make_world(other, "Other")
    person = theirs.person("Olga", "owner")
    return {
        "another claim": f"{head}.{part(longer)}.{mark}",
        "another mark": f"{head}.{body}.{'A' * len(mark)}",
        "no mark": f"{head}.{body}.",
        "alg none": f"{part({'alg': 'none', 'typ': 'at+jwt'})}.{body}.",
        "alg None": f"{part({'alg': 'None', 'typ': 'at+jwt', 'kid': kid})}.{body}.{mark}",
        "the public key as a secret": jwt.encode(
            {"alg": "HS256", "kid": kid}, claims, OctKey.import_key(public)
        ),
        "a stranger's key": jwt.encode({"alg": "RS256", "kid": kid}, claims, stranger),
        "a key that it brings": jwt.encode(
            {"alg": "RS256", "jwk": stranger.as_dict(private=False)}, claims, stranger
        ),
        "our key, given to nobody": acme.db.write_now(keys.signed, longer, "at+jwt"),
        "another issuer": acme.db.write_now(
            keys.signed, {**longer, "iss": "https://other.example"}, "at+jwt"
        ),
        "another server's": theirs.token(person),
    }


def _public(r: Read) -> str:
    """The key that everybody may see."""
    return json.dumps(keys.shown(r))


def shown(token: str) -> list[dict[str, str]]:
    """Everywhere that a credential can be."""
    return [
        {"authorization": f"Bearer {token}"},
        {"x-api-key": token},
        {"cookie": f"access_token={token}", "origin": PUBLIC},
    ]


async def nothing_opens(acme: Acme, headers: dict[str, str]) -> list[str]:
    """The operations that say anything else than that they know nobody."""
    wrong = []
    # From one address so many wrong credentials would be too many.
    async with acme.client("", headers=headers, address=f"198.51.100.{next(_NEIGHBOURS)}") as nobody:
        for each in GUARDED:
            path = re.sub(r"\{\w+\}", "x", each.path.replace("{organizationId}", acme.id))
            answer = await nobody.request(each.method, path, json={})
            if answer.status_code != 401:
                wrong.append(f"{each.method} {path}: {answer.text}")
                continue
            refused(answer, 401, style.UNKNOWN)
    return wrong


async def test_no_forged_token_opens_anything(acme: Acme, elsewhere: Database) -> None:
    token = acme.token(acme.owner)
    tokens = forged(acme, token, elsewhere)
    before = acme.db.read_now(rows)
    for what, bad in tokens.items():
        for headers in shown(bad):
            assert not await nothing_opens(acme, headers), what
    assert acme.db.read_now(rows) == before
    async with acme.client("", headers={"authorization": f"Bearer {token}"}) as client:
        assert (await client.get(acme.base)).status_code == 200, "while the good one does"


async def test_a_token_that_is_over_opens_nothing(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    token = acme.token(acme.owner)
    real = clock.now
    async with acme.client("", headers={"authorization": f"Bearer {token}"}) as client:
        monkeypatch.setattr(clock, "now", lambda: real() + clock.HOUR - 10 * clock.SECOND)
        assert (await client.get(acme.base)).status_code == 200
        before = acme.db.read_now(rows)
        monkeypatch.setattr(clock, "now", lambda: real() + clock.HOUR + clock.SECOND)
        refused(await client.get(acme.base), 401, style.UNKNOWN)
    for headers in shown(token):
        assert not await nothing_opens(acme, headers)
    assert acme.db.read_now(rows) == before


async def test_what_was_given_along_with_a_token_is_none(acme: Acme) -> None:
    given = acme.db.write_now(oidc.issue, acme.owner.seq)
    before = acme.db.read_now(rows)
    for other in (given.id_token, given.refresh_token):
        assert other is not None
        for headers in shown(other):
            assert not await nothing_opens(acme, headers)
    assert acme.db.read_now(rows) == before


async def test_a_code_that_comes_again_ends_the_login(acme: Acme) -> None:
    opened = acme.db.write_now(identity.sign_in, acme.owner.email, "correct horse battery", "A browser")
    assert opened is not None
    _, session = opened
    async with acme.client("") as browser:
        began = await browser.get("/api/auth/login?state=mine")
        header = "; ".join(f"{name}={value}" for name, value in began.cookies.items())
        query = coded(acme.db, began, session)
        first = await browser.get("/api/auth/token-exchange", params=query, headers={"cookie": header})
        assert first.status_code == 302
        async with acme.client(
            "", headers={"cookie": f"access_token={first.cookies['access_token']}"}
        ) as kim:
            assert (await kim.get(acme.base)).status_code == 200
            again = await browser.get("/api/auth/token-exchange", params=query, headers={"cookie": header})
            refused(again, 403, NO_TOKEN)
            assert "set-cookie" not in again.headers
            refused(await kim.get(acme.base), 401, style.UNKNOWN)


def coded(db: Database, began: httpx.Response, session: Session) -> dict[str, str]:
    """What the provider sends the browser back with, after it was sent there."""
    pairs = [
        (name, values[0]) for name, values in parse_qs(urlsplit(began.headers["location"]).query).items()
    ]
    back = db.write_now(oidc.authorizing.begin, pairs, session, oidc.Origin("A browser"))
    assert isinstance(back, Back), back
    return {name: values[0] for name, values in parse_qs(urlsplit(back.to).query).items()}
