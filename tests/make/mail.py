"""A mail server on the loopback that keeps what it is handed, or refuses it as it is told."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from tests.make import tls
from tests.make.running import free_port

USER, PASSWORD = "hyway", "s:e/c@ret"


@dataclass(frozen=True)
class Letter:
    """`addresses` are the envelope's: from, then to whom."""

    addresses: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())


@dataclass
class Postman:
    """`answers` are given to letters one after the other, then they are taken."""

    port: int
    letters: list[Letter] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    """What recipients are refused with."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    def url(self, user: str = "", scheme: str = "smtp") -> str:
        return f"{scheme}://{user}127.0.0.1:{self.port}?from=Hyway%20%3Chyway%40go.example%3E"

    async def handle_RCPT(
        self, server: Any, _: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            parsed = message_from_bytes(cast("bytes", envelope.content), policy=default)
            there = (envelope.mail_from or "", *envelope.rcpt_tos)
            self.letters.append(Letter(there, parsed))
            self.encrypted.append(session.ssl is not None)
        return answer

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        # What is not handled is refused with 535; left handled, the client would wait for an answer until it gives up.
        good = self.logins[-1] == (USER, PASSWORD)
        return AuthResult(success=good, handled=good)


@contextlib.contextmanager
def receiving_mail(folder: Path | None = None, *, auth: bool = False) -> Iterator[Postman]:
    """With a folder, STARTTLS is required, with a certificate that is left there as `cert.pem`."""
    made = Postman(free_port())
    more: dict[str, Any] = {}
    if folder is not None:
        more |= {"tls_context": tls.context(folder), "require_starttls": True}
    if auth:
        more |= {
            "authenticator": made.authenticate,
            "auth_required": True,
            "auth_require_tls": folder is not None,
        }
    server = Controller(made, hostname="127.0.0.1", port=made.port, **more)
    server.start()
    try:
        yield made
    finally:
        server.stop()
