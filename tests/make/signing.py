"""A person who signs in at clients, on a database of the test's own, without a browser."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hyway.domain import audit, identity, oidc
from hyway.domain.identity import Caller, Organization, Person, Session
from hyway.domain.oidc.authorizing import Back, Step
from hyway.domain.oidc.server import Reply, Sent
from hyway.kernel import seal
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.make.people import PASSWORD

HX_BACK = "http://localhost:5001/token"
HOME = "https://go.example"


@dataclass
class Signing:
    """Somebody with a session in a browser, and their organization."""

    db: Database
    organization: Organization
    person: Person
    token: str
    who: Session

    @property
    def by(self) -> Caller:
        """The server's own command in the organization."""
        return identity.command_line(self.organization)

    @property
    def me(self) -> Caller:
        return self.who.caller()

    def new_client(self, *uris: str, is_public: bool = False, name: str = "Shop") -> oidc.IssuedClient:
        return self.db.write_now(
            oidc.clients.create, self.by, name, uris or ("https://shop.example/back",), is_public
        )

    def begins(self, pairs: dict[str, str], who: Session | None = None, nobody: bool = False) -> Step:
        """What happens with a browser that comes with these parameters."""
        found = None if nobody else (who or self.who)
        return self.db.write_now(oidc.authorizing.begin, list(pairs.items()), found, oidc.Origin("A browser"))

    def code(self, pairs: dict[str, str]) -> str:
        return told(self.begins(pairs))["code"]

    def trades(self, headers: dict[str, str] | None = None, /, **form: str) -> Reply:
        """What the token endpoint answers."""
        return self.db.write_now(oidc.server.token, Sent(tuple(form.items()), headers or {}))

    def signs_in(self, wish: "Wish | None" = None) -> dict[str, Any]:
        """Tokens of a whole sign-in."""
        wish = wish or Wish()
        reply = self.trades(**wish.form(self.code(wish.pairs())))
        assert reply.status == 200, reply.body
        return dict(reply.body)

    def refreshes(self, token: str, client: str = oidc.COMMAND_LINE) -> Reply:
        return self.trades(grant_type="refresh_token", client_id=client, refresh_token=token)

    def caller(self, access_token: str) -> Caller | None:
        return self.db.read_now(oidc.caller, seal.digest(access_token))


@dataclass(frozen=True)
class Wish:
    """A request for a code, and the proof that goes with it."""

    client: str = oidc.COMMAND_LINE
    back: str = HX_BACK
    scope: str = "openid offline_access profile email"
    proof: str = "v" * 43
    state: str = "s-1"

    def pairs(self, **more: str) -> dict[str, str]:
        digest = hashlib.sha256(self.proof.encode()).digest()
        return {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.back,
            "scope": self.scope,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
            **more,
        }

    def form(self, code: str, **more: str) -> dict[str, str]:
        return {
            "grant_type": "authorization_code",
            "client_id": self.client,
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": self.proof,
            **more,
        }


def told(step: Step) -> dict[str, str]:
    """What a browser carries back to the client."""
    assert isinstance(step, Back), step
    return {name: values[0] for name, values in parse_qs(urlsplit(step.to).query).items()}


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


@contextmanager
def signing_at(url: str) -> Iterator[Signing]:
    db = Database(url, Seal(secrets.token_bytes(32)), hosts=frozenset({"go.example"}), home=HOME)
    db.hearers += [audit.record, oidc.hearing.hear]
    organization = db.write_now(identity.found_organization, "Acme")
    person = db.write_now(identity.add_person, "kim@example.com", "Kim Lee Doe", PASSWORD)
    db.write_now(identity.join, identity.command_line(organization), person, "member")
    opened = db.write_now(identity.sign_in, person.email, PASSWORD, "A browser")
    assert opened is not None
    yield Signing(db, organization, person, *opened)
    db.close()
