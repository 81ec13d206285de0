"""A small client of .env files and vaults, written from the documented wire: what a command line does with them.

The server keeps text that it cannot read: files are encrypted here, with a key that the project's vault hands out.
"""

import base64
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

AT_ONCE = 4
_IV = 16


@dataclass(frozen=True)
class Key:
    """A project's key: `id` is when it was made, in seconds."""

    id: int
    secret: str

    @property
    def _cipher(self) -> Callable[[bytes], Any]:
        key = hashlib.sha256(self.secret.encode()).hexdigest()[:32].encode()
        return lambda iv: Cipher(algorithms.AES(key), CFB(iv))

    def encrypt(self, clear: str, iv: bytes | None = None) -> str:
        """base64url, padded, of the vector and AES-256-CFB128 of the text."""
        iv = iv or os.urandom(_IV)
        work = self._cipher(iv).encryptor()
        return base64.urlsafe_b64encode(iv + work.update(clear.encode()) + work.finalize()).decode()

    def decrypt(self, sent: str) -> str:
        raw = base64.urlsafe_b64decode(sent)
        work = self._cipher(raw[:_IV]).decryptor()
        return str((work.update(raw[_IV:]) + work.finalize()).decode())


def new_key() -> Key:
    return Key(int(time.time()), base64.b64encode(secrets.token_bytes(256)).decode()[:256])


@dataclass(frozen=True)
class File:
    """A version as it was pulled."""

    app: str
    environment: str | None
    version: int
    secret_key_id: int
    data: str


class Refused(Exception):
    """The server said no; `status` and its message."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status, self.message = answer.status_code, answer.json()["message"]
        super().__init__(f"{self.status} {self.message}")


class Client:
    """One organization's .env files, with a key of its API."""

    def __init__(self, http: httpx.Client, organization: str, project: str) -> None:
        self._http, self._organization, self._project = http, organization, project

    def key(self) -> Key | None:
        """The project's key; None where it has none yet, which nothing but a 404 says."""
        answer = self._http.get(f"/{self._organization}/{self._project}/key")
        if answer.status_code == 404:
            return None
        return _key(_good(answer, 200)["key"])

    def save(self, key: Key) -> Key:
        sent = {"secret_key_id": key.id, "secret_key": key.secret}
        answer = self._http.post(f"/{self._organization}/{self._project}/key", json=sent)
        return _key(_good(answer, 200, 201)["key"])

    def ensured(self) -> Key:
        """The project's key, made now where it has none."""
        return self.key() or self.save(new_key())

    def push(
        self, app: str, environment: str | None, clear: str, key: Key, version: int, was: int | None = None
    ) -> dict[str, Any]:
        """`was` is the id of the key of the version before, where it is another one."""
        sent = {
            "size": f"{len(clear.encode())} bytes",
            "countVariables": sum("=" in line for line in clear.splitlines()),
            "data": key.encrypt(clear),
            "version": version,
            "secretKeyId": key.id,
        }
        query = {"secretKeyId": str(was or key.id), **_where(environment)}
        return _good(self._http.put(self._file(app), params=query, json=sent), 201)

    def pull(self, app: str, environment: str | None = None, **wanted: int) -> File | None:
        """`secretKeyId` or `version` among `wanted` narrow it; None where there is nothing."""
        query = {**_where(environment), **{name: str(value) for name, value in wanted.items()}}
        answer = self._http.get(self._file(app), params=query)
        if answer.status_code == 404:
            return None
        told = _good(answer, 200)
        return File(app, environment, told["version"], told["secretKeyId"], told["data"])

    def listed(self, *apps: str) -> list[tuple[str, str | None]]:
        """Each app and environment that has a file, page after page until one is empty."""
        found: list[tuple[str, str | None]] = []
        for page in range(1, 1000):
            query: dict[str, Any] = {"appIds": list(apps), "pageNum": page, "pageSize": 2}
            path = f"/api/organizations/{self._organization}/dot-envs"
            data = _good(self._http.get(path, params=query), 200)["data"]
            if not data:
                break
            for each in data:
                where = each.get("projectEnvironment")
                found.append((each["app"]["id"], where["id"] if where else None))
        return found

    def rotate(self, *apps: str) -> Key:
        """Another key for the project, and every file encrypted with it: none is lost on the way."""
        old = self.ensured()
        pulled = [self.pull(app, environment) for app, environment in self.listed(*apps)]
        files = [each for each in pulled if each is not None]
        fresh = new_key()
        key = self.save(Key(max(fresh.id, old.id + 1), fresh.secret))

        def again(file: File) -> None:
            clear = old.decrypt(file.data)
            self.push(file.app, file.environment, clear, key, file.version + 1, was=file.secret_key_id)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(again, files))
        return key

    def _file(self, app: str) -> str:
        return f"/api/organizations/{self._organization}/apps/{app}/dot-env/"


def _where(environment: str | None) -> dict[str, str]:
    return {} if environment is None else {"environmentId": environment}


def _key(told: dict[str, Any]) -> Key:
    return Key(told["secret_key_id"], told["secret_key"])


def _good(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """Clients compare statuses to the number."""
    if answer.status_code not in statuses:
        raise Refused(answer)
    told: dict[str, Any] = answer.json()
    return told
