"""Connectors: `/connect/owntracks/` and `/connect/osmand/` take in what other vendors' phone apps send.

These apps know no tokens, so a publishable key stands in the address, or where they have a password. Users are
found by the name that the app has for its phone: it is their `lookup_id`, or their id.
"""

import base64
import binascii
import re
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Batch, Item
from hyway.edge import connect_wire as apps
from hyway.edge.connect_wire import Said
from hyway.edge.http import Receive, Send
from hyway.edge.ingest import Ingest
from hyway.edge.ingest_request import Answer, Asked, Headers, body, query, said
from hyway.kernel import clock
from hyway.kernel.faults import Missing, Unknown

_PATH = re.compile(r"/connect/(owntracks|osmand)(?:/([^/]{1,100}))?/?")
_NO_KEY: Final = "Authentication credentials were not provided."
_METHODS: Final = {"owntracks": ("POST",), "osmand": ("GET", "POST")}
_SHOWN = 8


class Connect:
    """The ASGI app of `/connect/`, which hands batches to the ingest lane."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest

    @staticmethod
    def takes(scope: Any) -> bool:
        """All of `/connect/` is taken."""
        return bool(scope["path"])

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        found = _PATH.fullmatch(scope["path"])
        try:
            if found is None:
                raise Missing("Not found")
            allowed = _METHODS[found[1]]
            if scope["method"] not in allowed:
                text = f'Method "{scope["method"]}" not allowed.'
                done = Answer(405, {"detail": text}, ((b"allow", ", ".join(allowed).encode()),))
            else:
                asked = Asked(scope["path"], headers, query(scope), await body(receive, headers))
                speak = self._owntracks if found[1] == "owntracks" else self._osmand
                done = await speak(scope, asked, found[2])
        except Exception as error:
            done = self._ingest.refusal(error)
        await self._ingest.say(send, done)

    async def _owntracks(self, scope: Any, asked: Asked, key: str | None) -> Answer:
        """The answer is a list of commands for the app, of which we have none."""
        name, password = _basic(asked.headers)
        by = await self._caller(scope, asked, key or password)
        if not asked.body:  # a friend was removed in the app
            return Answer(200, [])
        names = [said(asked.headers, b"x-limit-u", 200), asked.query.get("u"), None if key else name]
        message = apps.owntracks(asked.body)
        if message is not None:
            refused = await self._take(by, message, [*filter(None, names), *message.names])
            if refused is not None:
                return refused
        return Answer(200, [])

    async def _osmand(self, scope: Any, asked: Asked, key: str | None) -> Answer:
        """The form of the OsmAnd app, and the JSON that newer versions of Traccar's own app send."""
        fields = asked.query
        is_json = asked.body.lstrip()[:1] == b"{"
        if asked.body and not is_json:
            text = asked.body[:8_192].decode("utf-8", "replace")
            fields = {**fields, **dict(parse_qsl(text, max_num_fields=100))}
        by = await self._caller(scope, asked, key or fields.get("key"))
        message = apps.traccar(asked.body) if is_json else apps.osmand(fields)
        refused = await self._take(by, message, message.names)
        return refused or Answer(200, {})

    async def _caller(self, scope: Any, asked: Asked, key: str | None) -> Caller:
        if key:  # it stands in an address, and addresses stand in logs
            scope["path"] = scope["path"].replace(key, key[:_SHOWN] + "...")
        return await self._ingest.caller(scope, partial(_given, key), asked.headers)

    async def _take(self, by: Caller, message: Said, names: list[str]) -> Answer | None:
        """Stores the position; an answer where that cannot be."""
        names = [each for each in dict.fromkeys(names) if each.isprintable() and len(each) <= 200]
        user = await self._ingest.db.read(tracking.ingest.whose, by, names)
        if user is None:
            called = ", ".join(names) or "nothing"
            return Answer(404, {"detail": f"No user has one of these lookup ids: {called}."})
        if message.reading is None:
            return None
        items = [Item(0, user, message.reading, None)]
        batch = Batch(by, clock.now(), items, battery=message.battery, plain=True, only=user)
        verdict = await self._ingest.put(batch)
        if verdict.refused:
            return Answer(400, {each.field: [each.text] for each in verdict.refused})
        return None


def _given(key: str | None, headers: Headers) -> str:
    if key:
        return key
    raise Unknown(_NO_KEY)


def _basic(headers: Headers) -> tuple[str | None, str | None]:
    """Name and password of HTTP's Basic authentication."""
    kind, _, text = headers.get(b"authorization", b"").partition(b" ")
    if kind.lower() != b"basic":
        return None, None
    try:
        name, _, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return name or None, password or None
