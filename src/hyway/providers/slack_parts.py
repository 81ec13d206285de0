"""What the provider of Slack is made of: the client, what its refusals mean, and the operator's app."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from hyway.domain.connections import Declined, Reach, Unclear
from hyway.providers.basis import MOST
from hyway.providers.ways import Way, without
from hyway.providers.wire import words

if TYPE_CHECKING:
    from urllib.request import Request

    from slack_sdk import WebClient

HOME = "https://slack.com"
SCOPES = (
    "channels:join",
    "channels:manage",
    "channels:read",
    "groups:read",
    "groups:write",
    "users:read",
    "users:read.email",
)
_PAGE = 200
_LATER = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_MEANT = {
    "account_inactive": "the app was removed from the workspace",
    "bad_client_secret": "the secret of the server's app is wrong",
    "bad_redirect_uri": "the server's app does not know the address that people come back to",
    "cant_kick_from_general": "nobody can be taken out of the workspace's general channel",
    "channel_not_found": "there is no such channel, or our app is not in it",
    "invalid_auth": "the token is not valid",
    "invalid_client_id": "the server's app is not known",
    "invalid_code": "the code was used already, or has ended",
    "invalid_name_specials": "a channel's name has letters, digits, hyphens and underscores alone",
    "not_authed": "the token is not valid",
    "restricted_action": "the workspace lets our app not do this",
    "token_expired": "the token has ended",
    "token_revoked": "the token was revoked",
    "user_is_bot": "a bot cannot be let in",
    "user_is_restricted": "a guest cannot be let in",
    "user_is_ultra_restricted": "a guest cannot be let in",
    "user_not_found": "there is nobody of that id",
}
"""What Slack's words for refusals mean; others are shown as they are."""
_WORD = re.compile(r"[a-z0-9_.\-]{1,60}")


@dataclass(frozen=True, slots=True)
class Said:
    """What Slack answered; `error` is its word for a refusal, empty where there is none."""

    fields: Mapping[str, Any]
    error: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class App:
    """The operator's app; a public one has no secret."""

    client: str
    secret: str
    home: str

    @property
    def api(self) -> str:
        return f"{self.home}/api/"


class Slack:
    """Slack as one call asks it; Declined and Unclear are all that it raises."""

    def __init__(self, client: "WebClient") -> None:
        self._client = client

    def ask(self, method: str, /, fine: Collection[str] = (), **params: str) -> Said:
        """The answer, or one with an error that is `fine`."""
        return self._said(method, fine, params=params)

    def ask_as(self, app: App, method: str, told: Mapping[str, str]) -> Said:
        """The same, asked by the app itself. A public one says who it is among what it tells."""
        if app.secret:
            auth = {"client_id": app.client, "client_secret": app.secret}
            return self._said(method, (), data=dict(told), auth=auth)
        return self._said(method, (), data={**told, "client_id": app.client})

    def pages(self, method: str, name: str, **params: str) -> Iterator[Any]:
        """What is in all pages of a list."""
        cursor = ""
        for _ in range(MOST // _PAGE):
            more = {"cursor": cursor} if cursor else {}
            fields = self.ask(method, **params, limit=str(_PAGE), **more).fields
            found = fields.get(name)
            if not isinstance(found, list):
                raise Unclear("Slack gave an answer that makes no sense")
            yield from found
            cursor = words(fields, "response_metadata", "next_cursor")
            if not cursor:
                return

    def _said(self, method: str, fine: Collection[str], **how: Any) -> Said:
        from slack_sdk.errors import SlackApiError, SlackClientError  # only where there is the package

        try:
            answer = self._client.api_call(method, **how)
        except SlackApiError as error:
            return _refused(error.response, fine)
        except (SlackClientError, OSError) as error:
            raise Unclear(f"Slack does not answer: {type(error).__name__}") from None
        except (AttributeError, LookupError, TypeError, ValueError):
            raise Unclear("Slack gave an answer that makes no sense") from None
        fields = answer.data
        if not isinstance(fields, dict):
            raise Unclear("Slack gave an answer that makes no sense")
        return Said(fields, "", _scopes(answer.headers))


def _refused(answer: Any, fine: Collection[str]) -> Said:
    fields = answer.data if isinstance(answer.data, dict) else {}
    error = words(fields, "error")
    if error in fine:
        return Said(fields, error, frozenset())
    if answer.status_code in (408, 429) or answer.status_code >= 500 or error in _LATER:
        raise Unclear(f"Slack cannot answer now: {error if _WORD.fullmatch(error) else answer.status_code}")
    if not _WORD.fullmatch(error):
        raise Unclear("Slack gave an answer that makes no sense")
    if error == "missing_scope":
        raise Declined(f"Slack refuses: the token lacks the scope {words(fields, 'needed')}")
    raise Declined(f"Slack refuses: {_MEANT.get(error, error)}")


def _scopes(headers: Mapping[str, str]) -> frozenset[str]:
    """What the token may, as answers say in a header."""
    told = next((text for name, text in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return frozenset(each.strip() for each in told.split(",") if each.strip())


def asking(token: str, base: str, reach: Reach) -> Slack:
    """Nothing is tried twice here, and nobody waits for a limit to pass: that is for who asks."""
    try:
        from slack_sdk import WebClient
    except ImportError:
        raise without("slack", "Slack") from None
    way = Way("Slack", reach)

    class Client(WebClient):
        def _perform_urllib_http_request_internal(self, url: str, req: "Request") -> dict[str, Any]:
            """The one place where the client meets the network."""
            body = req.data if isinstance(req.data, bytes) else b""
            answer = way.send(req.get_method(), url, dict(req.header_items()), body)
            return {"status": answer.status, "headers": answer.headers, "body": answer.body.decode()}

    return Slack(Client(token or None, base_url=base, retry_handlers=[]))


def api(endpoint: str) -> str:
    return f"{_home(endpoint)}/api/"


def _home(endpoint: str) -> str:
    """The address without who we are there."""
    if not endpoint:
        return HOME
    parts = urlsplit(endpoint)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))


def app(reach: Reach) -> App:
    """The one that the operator named; Declined where there is none."""
    parts = urlsplit(reach.endpoint)
    if not parts.username:
        raise Declined("This server has no app at Slack: give it a bot token instead")
    return App(unquote(parts.username), unquote(parts.password or ""), _home(reach.endpoint))


def page(of: App, redirect: str, state: str, challenge: str) -> str:
    """Where somebody lets us into their workspace."""
    asked = {"client_id": of.client, "scope": ",".join(SCOPES), "redirect_uri": redirect, "state": state}
    if challenge:
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    return f"{of.home}/oauth/v2/authorize?{urlencode(asked)}"
