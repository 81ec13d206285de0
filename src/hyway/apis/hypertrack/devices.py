"""/api/v1/gcmdevices/ and the like: where push services reach phones, and what phones log."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.shapes import Id
from hyway.apis.hypertrack.style import APP
from hyway.apis.hypertrack.values import Upload
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking

_encode = msgspec.json.Encoder().encode
_Filled = Annotated[str, Meta(min_length=1)]


class ApnsIn(Struct, kw_only=True):
    user_id: _Filled
    device_id: _Filled
    registration_id: _Filled


class GcmIn(ApnsIn, kw_only=True):
    cloud_message_type: Annotated[str, Meta(extra_json_schema={"enum": ["FCM", "GCM"]})] = "FCM"


class DeviceOut(Struct):
    user_id: Id
    device_id: str
    registration_id: str
    cloud_message_type: str


class Received(Struct):
    """How many letters came; the last 65,536 of them are kept, for seven days."""

    received: int


async def _register(ask: Ask, sent: ApnsIn, kind: str) -> DeviceOut:
    named = sent.user_id, sent.device_id, sent.registration_id
    await ask.db.write(tracking.phones.register, ask.by, *named, kind)
    return DeviceOut(sent.user_id.lower(), sent.device_id, sent.registration_id, kind)


@operation("POST", "/api/v1/gcmdevices/", scope=APP, takes=GcmIn, gives=DeviceOut, status=201)
async def gcm(ask: Ask, sent: GcmIn) -> DeviceOut:
    """Register a phone with Google's push service.

    A device serves one user: the one who registered it last, with the newest token.
    """
    return await _register(ask, sent, sent.cloud_message_type.upper())


@operation("POST", "/api/v1/apnsdevices/", scope=APP, takes=ApnsIn, gives=DeviceOut, status=201)
async def apns(ask: Ask, sent: ApnsIn) -> DeviceOut:
    """Register a phone with Apple's push service."""
    return await _register(ask, sent, "APNS")


async def _log(ask: Ask, sent: Any) -> Received:
    text = _text(sent)
    device = ask.headers.get(b"device-id", b"").decode("latin-1") or None
    await ask.db.write(tracking.phones.log, ask.by, _user_of(sent), device, text)
    return Received(len(text))


def _text(sent: Any) -> str:
    """The files of a form as they are, anything else as JSON."""
    files = [each for each in sent.values() if isinstance(each, Upload)] if isinstance(sent, dict) else []
    if files:
        return "\n".join(each.data.decode("utf-8", "replace") for each in files)
    return _encode(sent).decode()


def _user_of(sent: Any) -> str | None:
    first = sent[0] if isinstance(sent, list) and sent else sent
    user = first.get("user_id") if isinstance(first, dict) else None
    return user if isinstance(user, str) else None


@operation("POST", "/api/v1/logs/", scope=APP, takes=Any, gives=Received, status=201)
async def logs(ask: Ask, sent: Any) -> Received:
    """Keep what a phone logged."""
    return await _log(ask, sent)


@operation("POST", "/api/v1/logs_file/", scope=APP, takes=Any, gives=Received, status=201)
async def logs_file(ask: Ask, sent: Any) -> Received:
    """Keep a file that a phone logged to: the files of a form."""
    return await _log(ask, sent)


OPERATIONS = (gcm, apns, logs, logs_file)
