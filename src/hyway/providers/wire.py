"""Vendors that are asked over plain HTTP and JSON: what came of a request is an answer, Declined or Unclear."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from hyway.domain.connections import Declined, Unclear
from hyway.kernel.outgoing import Answer
from hyway.providers.ways import Way

_SECRET = 8
"""Shorter ones no vendor gives; without them no word of an answer would be left whole."""


def part(text: str) -> str:
    """One part of a path, whatever it holds; `.` and `..` lead nowhere."""
    if text in (".", "..", ""):
        raise Declined("This cannot be the name of anything there")
    return quote(text, safe="")


@dataclass(frozen=True, slots=True)
class Said:
    """What a vendor answered: `body` is JSON's value, None where nothing was said."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body's fields; none where it is no object."""
        return self.body if isinstance(self.body, dict) else {}


def told(said: Said) -> str:
    """Why a vendor refused, as most say it: `message`, or `error` as text or with a message of its own."""
    error = said.fields.get("error")
    if isinstance(error, Mapping):
        error = error.get("message")
    why = said.fields.get("message") or error
    return why if isinstance(why, str) else ""


def never(said: Said) -> bool:
    return False


@dataclass
class Wire:
    """Requests of one call to a vendor at `base`. `why` finds the text of a refusal in an answer; `busy` says whether
    a refusal is one to be asked again."""

    way: Way
    base: str
    headers: Mapping[str, str] = field(default_factory=dict)
    why: Callable[[Said], str] = told
    busy: Callable[[Said], bool] = never

    @property
    def vendor(self) -> str:
        return self.way.vendor

    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
        fine: Collection[int] = (),
    ) -> Said:
        """The answer of a status of 2xx, or one that is `fine`; else Declined or Unclear."""
        said = self._said(self.send(method, path, query, body), fine)
        if 200 <= said.status < 300 or said.status in fine:
            return said
        why = self._masked(self.why(said)) or f"status {said.status}"
        if said.status in (408, 429) or said.status >= 500 or self.busy(said):
            raise Unclear(f"{self.vendor} cannot answer now: {why}")
        if said.status in (401, 403):
            raise Declined(f"{self.vendor} does not let us in: {why}")
        raise Declined(f"{self.vendor} refuses: {why}")

    def _masked(self, text: str) -> str:
        """Without what we are let in by, which may have been made for this call alone."""
        for value in self.headers.values():
            if len(secret := value.rpartition(" ")[2]) >= _SECRET:
                text = text.replace(secret, "***")
        return text

    def send(
        self, method: str, path: str, query: Mapping[str, str | int] | None = None, body: Any = None
    ) -> Answer:
        """The bare answer; Unclear where there is none."""
        url = self.base.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "User-Agent": "hyway", **self.headers}
        content = b""
        if body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        return self.way.send(method, url, headers, content)

    def _said(self, answer: Answer, fine: Collection[int]) -> Said:
        """JSON that cannot be read matters where the answer itself does; of refusals the status is enough."""
        try:
            return Said(answer.status, json.loads(answer.body) if answer.body else None, answer.headers)
        except ValueError:
            if 200 <= answer.status < 300 or answer.status in fine:
                raise nonsense(self.vendor) from None
            return Said(answer.status, None, answer.headers)


def nonsense(vendor: str) -> Unclear:
    """An answer that has not what was asked for."""
    return Unclear(f"{vendor} gave an answer that makes no sense")


def items(vendor: str, body: Any, *names: str) -> list[Any]:
    """The list at the end of a path of fields; Unclear where there is none."""
    found = body
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, list):
        raise nonsense(vendor)
    return found


def words(of: Any, *names: str) -> str:
    """A text, or a number as text, at the end of a path of fields; empty where there is none."""
    found = of
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, bool):
        return ""
    return str(found) if isinstance(found, str | int) else ""
