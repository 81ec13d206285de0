"""A vendor as it is asked: whatever a provider does, what comes of it is an answer, Declined or Unclear.

What a vendor says of its refusal is shown to people, so it is cut, and no secret that it repeats comes through.
"""

import base64
import json
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, quote_plus

from hyway.domain.connections.providing import (
    Declined,
    Directory,
    DnsProvider,
    Inviting,
    Made,
    Provider,
    Reach,
    Unclear,
)
from hyway.domain.connections.records import ConnectionType, Entity, Resource

P = ParamSpec("P")
T = TypeVar("T")
LONGEST_TEXT, LONGEST_ID, MOST = 300, 600, 10_000
MOST_PEOPLE = 100_000
LONGEST_PAUSE = 3_600.0
_SHORTEST_SECRET, _SHORTEST_PART = 4, 16
log = logging.getLogger(__name__)


class Vendor:
    """A provider with the configuration of one integration; Declined and Unclear are all that it raises."""

    def __init__(self, provider: Provider, reach: Reach) -> None:
        self.provider = provider
        self.entry = provider.entry
        self.reach = reach
        secret = [each.name for each in provider.entry.fields if each.secret] + ["code", "codeVerifier"]
        told = [str(reach.config.get(name) or "") for name in secret]
        self._secrets = _written({each for each in told if len(each) >= _SHORTEST_SECRET})

    def check(self) -> None:
        self._ask(self.provider.check, self.reach)

    def resources(self, type: ConnectionType, parent: str = "") -> list[Resource]:
        """Those whose ids and names can be used, each once."""
        found: dict[str, Resource] = {}
        listed = self._ask(lambda: list(islice(self.provider.resources(self.reach, type, parent), MOST)))
        for each in listed:
            if isinstance(each, Resource) and _is_text(each.id) and isinstance(each.name, str):
                found.setdefault(each.id, replace(each, name=shown(each.name), more=_texts(each.more)))
        return list(found.values())

    def make(self, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        return self._made(self._ask(self.provider.make, self.reach, type, entity, input, key))

    def verify(self, type: ConnectionType, remote: str, code: str) -> Made:
        try:
            return self._made(self._ask(self.provider.verify, self.reach, type, remote, code))
        except Declined as why:
            raise Declined(_masked(str(why), (code,))) from None
        except Unclear as why:
            raise Unclear(_masked(str(why), (code,)), why.after) from None

    def remove(self, type: ConnectionType, remote: str) -> None:
        self._ask(self.provider.remove, self.reach, type, remote)

    def members(self, type: ConnectionType, remote: str) -> frozenset[str]:
        """Unclear where they are more than anybody would look at: some of them would be taken for missing."""
        found = self._ask(
            lambda: list(islice(self.provider.members(self.reach, type, remote), MOST_PEOPLE + 1))
        )
        if len(found) > MOST_PEOPLE:
            raise Unclear(f"{self.entry.name} has too many people there")
        return frozenset(each for each in found if _is_text(each))

    def admit(self, type: ConnectionType, remote: str, who: str) -> None:
        self._ask(self.provider.admit, self.reach, type, remote, who)

    def dismiss(self, type: ConnectionType, remote: str, who: str) -> None:
        self._ask(self.provider.dismiss, self.reach, type, remote, who)

    def records(self, zone: str, name: str, type: str) -> list[str]:
        """The values of a name and type in a zone, those of TXT in quotes or not."""
        return [str(each) for each in self._ask(self._dns().records, self.reach, zone, name, type)]

    def put_record(self, zone: str, name: str, type: str, value: str, seconds: int) -> None:
        self._ask(self._dns().put_record, self.reach, zone, name, type, value, seconds)

    def drop_record(self, zone: str, name: str, type: str, value: str) -> None:
        self._ask(self._dns().drop_record, self.reach, zone, name, type, value)

    def _dns(self) -> DnsProvider:
        if not isinstance(self.provider, DnsProvider):
            raise Declined(f"The zones of {self.entry.name} cannot be written")
        return self.provider

    @property
    def knows_ids(self) -> bool:
        """Whether people are known by the vendor's ids of them."""
        return isinstance(self.provider, Directory)

    def whom(self, email: str, accounts: Mapping[str, str]) -> str:
        """What somebody is known by there; empty where it knows nobody such."""
        if not isinstance(self.provider, Directory):
            return email.casefold()
        found = self._ask(self.provider.whom, self.reach, email, accounts)
        return found if _is_text(found) else ""

    def redeem(self, redirect: str) -> Mapping[str, Any]:
        """The configuration that a code of an invitation stands for."""
        if not isinstance(self.provider, Inviting):
            raise Declined(f"{self.entry.name} invites nobody")
        return dict(self._ask(self.provider.redeem, self.reach, redirect))

    def _made(self, found: Made) -> Made:
        if not isinstance(found, Made) or not _is_text(found.remote):
            raise Unclear(f"{self.entry.name} gave an answer that makes no sense")
        config = {str(name): _plain(value) for name, value in found.config.items()}
        return Made(found.remote, config, tuple(shown(str(each)) for each in found.verification_emails))

    def _ask(self, run: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        try:
            return run(*args, **more)
        except Declined as why:
            raise Declined(self._told(why)) from None
        except Unclear as why:
            raise Unclear(self._told(why), min(max(why.after, 0.0), LONGEST_PAUSE)) from None
        except Exception as error:  # a client of a vendor may raise anything
            # Where it was, and not what it says: clients put addresses and headers into their texts.
            place = "".join(traceback.format_tb(error.__traceback__))
            log.warning("the provider of %s failed: %s\n%s", self.entry.type, type(error).__name__, place)
            raise Unclear(f"{self.entry.name} gave an answer that makes no sense") from None

    def _told(self, why: Exception) -> str:
        return shown(_masked(str(why), self._secrets)) or f"{self.entry.name} did not say why"


def shown(text: str) -> str:
    """One line that fits."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= LONGEST_TEXT else clean[: LONGEST_TEXT - 1] + "…"


def _masked(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


def _written(secrets: Iterable[str]) -> tuple[str, ...]:
    """Secrets, and parts of them, as they come to be in addresses, headers and JSON; the longest first."""
    found: set[str] = set()
    for secret in secrets:
        for each in {secret, *_parts(secret)}:
            plain = base64.b64encode(each.encode()).decode().rstrip("=")
            found |= {
                each,
                quote(each),
                quote(each, safe=""),
                quote_plus(each),
                json.dumps(each)[1:-1],
                plain,
            }
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


def _parts(secret: str) -> Iterator[str]:
    """Lines of a key, and of the texts in a key that is JSON."""
    try:
        told = json.loads(secret)
    except (ValueError, RecursionError):
        told = None
    texts = (
        [secret, *(each for each in told.values() if isinstance(each, str))]
        if isinstance(told, dict)
        else [secret]
    )
    for text in texts:
        yield from (line for line in text.splitlines() if len(line) >= _SHORTEST_PART)


def _texts(more: Any) -> dict[str, str]:
    """What of the rest of a resource is text that can be kept."""
    told = more.items() if isinstance(more, Mapping) else ()
    return {str(name): shown(value) for name, value in told if isinstance(value, str)}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ID and value.isprintable()


def _plain(value: Any) -> Any:
    """What of a configuration may be kept: JSON's scalars."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    return shown(str(value))
