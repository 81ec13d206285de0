"""Secrets: hashed when they need only be compared, sealed when they must be read back, signed when they travel."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hyway.kernel.faults import Fault

_NONCE = 12
_hasher = PasswordHasher()


def token(prefix: str, size: int = 32) -> str:
    """A new credential: `prefix` and `size` random bytes as URL-safe text."""
    return prefix + secrets.token_urlsafe(size).replace("-", "a").replace("_", "b")


def digest(value: str) -> str:
    """SHA-256 in hex: enough for a token with full entropy, never for a password."""
    return hashlib.sha256(value.encode()).hexdigest()


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Takes the same time whether or not there is a password to compare with."""
    try:
        return _hasher.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _make_key(path: Path) -> None:
    """A new key file that appears whole: of several who make it at once, the first one's stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as out:
            out.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):  # somebody was faster: theirs is read
            os.link(draft, path)
    finally:
        draft.unlink()


@cache
def _nobodys() -> str:
    """What nobody's password is compared with; made when first needed, because it takes a tenth of a second."""
    return _hasher.hash(secrets.token_hex(16))


class Seal:
    """The server's own key: seals what must be read back and signs what leaves and returns."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the key must be 32 bytes")
        self._box = AESGCM(hashlib.sha256(b"seal" + key).digest())
        self._sign = hashlib.sha256(b"sign" + key).digest()

    @classmethod
    def from_file(cls, path: Path) -> "Seal":
        """The key in `path`, made with mode 0600 where there is none."""
        if not path.exists():
            _make_key(path)
        return cls(base64.b64decode(path.read_text().strip(), validate=True))

    def close(self, clear: str, purpose: str) -> str:
        """Sealed text; only the same purpose opens it."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._box.encrypt(nonce, clear.encode(), purpose.encode())).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """The clear text; a Fault when the key file is not the one that sealed it."""
        raw = base64.b64decode(sealed)
        try:
            return self._box.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
        except InvalidTag:
            raise Fault(
                "a stored secret cannot be opened: the key file is not the one it was sealed with"
            ) from None

    def mark(self, value: bytes, purpose: bytes) -> bytes:
        """A keyed digest of 32 bytes, the same on every run."""
        return hmac.digest(self._sign, purpose + b"\0" + value, "sha256")

    def sign(self, value: str, purpose: str) -> str:
        """`value.signature`, URL-safe when the value is."""
        mark = base64.urlsafe_b64encode(self.mark(value.encode(), purpose.encode())[:18]).decode()
        return f"{value}.{mark}"

    def signed(self, text: str, purpose: str) -> str | None:
        """The value of a text that we signed for this purpose, else None."""
        value, _, _ = text.rpartition(".")
        good = self.sign(value, purpose)
        return value if hmac.compare_digest(good.encode(), text.encode()) else None
