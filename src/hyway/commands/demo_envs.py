""".env files for the demonstration: of each app a few versions, encrypted with the key of its project's vault as a
client would, so that a client can read them."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from itertools import cycle

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from hyway.domain import envs, projects
from hyway.domain.envs import NewVersion, VaultKey
from hyway.domain.identity import Caller
from hyway.domain.projects import App, AppQuery
from hyway.kernel import clock
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Missing

_VARIABLES = (
    ("LOG_LEVEL", "info"),
    ("PAGE_SIZE", "50"),
    ("CACHE_SECONDS", "300"),
    ("SHOP_URL", "https://example.com"),
    ("MAIL_FROM", "shop@example.com"),
    ("FEATURE_WISHLIST", "true"),
)


def fill(db: Database, by: Caller, apps: Sequence[App]) -> int:
    """How many versions were pushed: none into apps that have .env files already."""
    return sum(db.write_now(_fill, by, app) for app in apps)


def _fill(w: Write, by: Caller, app: App) -> int:
    if envs.versions.latest(w, by, AppQuery(apps=(app.id,)))[1]:
        return 0
    key, pushed = _key(w, by, app), 0
    where = (None, *(each.id for each in projects.environments.every(w, by, app)))
    for environment, last in zip(where, cycle((2, 4, 3)), strict=False):
        for number in range(1, last + 1):
            clear = _text(len(_VARIABLES) - last + number)
            new = NewVersion(
                number, key.secret_key_id, f"{len(clear)} bytes", clear.count("="), _encrypted(clear, key)
            )
            envs.versions.push(w, by, app.id, environment, key.secret_key_id, new)
        pushed += last
    return pushed


def _key(w: Write, by: Caller, app: App) -> VaultKey:
    """The key of the app's project, made where it has none."""
    try:
        return envs.vault.read(w, by, app.project.id)
    except Missing:
        secret = base64.b64encode(secrets.token_bytes(256)).decode()[:256]
        return envs.vault.write(w, by, app.project.id, VaultKey(clock.now() // clock.SECOND, secret))


def _text(many: int) -> str:
    return "".join(f"{name}={value}\n" for name, value in _VARIABLES[:many])


def _encrypted(clear: str, key: VaultKey) -> str:
    """As the vendor's command line does: AES-256-CFB, the vector in front, in base64url."""
    vector = secrets.token_bytes(16)
    digest = hashlib.sha256(key.secret_key.encode()).hexdigest()[:32].encode()
    work = Cipher(algorithms.AES(digest), CFB(vector)).encryptor()
    return base64.urlsafe_b64encode(vector + work.update(clear.encode()) + work.finalize()).decode()
