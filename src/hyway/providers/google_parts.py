"""How the provider of Google Workspace is let in: google-auth makes the token, over the same way out as the rest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hyway.domain.connections import Declined, Reach, Unclear
from hyway.providers.basis import setting
from hyway.providers.ways import Way, without
from hyway.providers.wire import Said, Wire, words

if TYPE_CHECKING:
    from google.oauth2.service_account import Credentials

API, TOKENS = "https://admin.googleapis.com", "https://oauth2.googleapis.com/token"
SCOPES = (
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
)
_LATER = {"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "backendError"}
_KEY_NEEDED = ("client_email", "private_key")


def wire(reach: Reach) -> Wire:
    """The Directory API with a token of an hour, which is asked for each time: nothing is kept between calls."""
    endpoint = reach.endpoint.rstrip("/")
    credentials = _credentials(reach, f"{endpoint}/token" if endpoint else TOKENS)
    way = Way("Google", reach)
    headers = {"Authorization": f"Bearer {_token(credentials, way)}"}
    return Wire(way, endpoint or API, headers, busy=_busy)


def _busy(said: Said) -> bool:
    """Google says 403 to too many requests as well, with the reason in `errors`."""
    errors = said.fields.get("error")
    reasons = errors.get("errors") if isinstance(errors, Mapping) else None
    return isinstance(reasons, list) and any(words(each, "reason") in _LATER for each in reasons)


def _credentials(reach: Reach, tokens: str) -> "Credentials":
    try:
        from google.oauth2 import service_account
    except ImportError:
        raise without("google", "Google") from None
    told = _key(setting(reach, "serviceAccount"))
    info = {name: told[name] for name in _KEY_NEEDED}
    try:
        made: Credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            {**info, "token_uri": tokens}, scopes=SCOPES, subject=setting(reach, "administrator")
        )
    except ValueError:
        raise Declined("The key of the service account cannot be read: give the whole JSON file") from None
    return made


def _key(text: str) -> Mapping[str, str]:
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("type") != "service_account":
        raise Declined("This is not the key of a service account: give the whole JSON file")
    if not all(isinstance(told.get(name), str) for name in _KEY_NEEDED):
        raise Declined("The key of the service account is not whole: give the whole JSON file")
    return told


def _token(credentials: "Credentials", out: Way) -> str:
    from google.auth.exceptions import GoogleAuthError, RefreshError

    way = _Way(out)
    try:
        credentials.refresh(way)  # type: ignore[no-untyped-call]
    except RefreshError as error:
        if 200 <= way.status < 300:
            raise Unclear("Google gave an answer that makes no sense") from None
        raise Declined(f"Google does not let the service account in: {_why(error)}") from None
    except (GoogleAuthError, LookupError, TypeError, ValueError) as error:
        raise Unclear(f"Google does not answer: {error}") from None
    if not isinstance(credentials.token, str):
        raise Unclear("Google gave an answer that makes no sense")
    return credentials.token


def _why(error: Exception) -> str:
    """What Google says of it, in its own fields where there are any."""
    told: Any = error.args[1] if len(error.args) > 1 else None
    return words(told, "error_description") or words(told, "error") or str(error.args[0])


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer as google-auth reads it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class _Way:
    """What google-auth asks through. It would wait and try again what fails for now: that is for who asks."""

    def __init__(self, out: Way) -> None:
        self._out = out
        self.status = 0

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **more: object,
    ) -> _Answer:
        answer = self._out.send(method, url, headers, body or b"")
        self.status = answer.status
        if answer.status in (408, 429) or answer.status >= 500:
            raise Unclear(f"Google cannot answer now: status {answer.status}")
        return _Answer(answer.status, answer.headers, answer.body)
