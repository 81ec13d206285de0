"""How Azure is asked: by its own client, its sign-in and what is meant by what it refuses."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hyway.domain.connections import Declined, Reach, Unclear
from hyway.kernel.outgoing import Answer
from hyway.providers.ways import Way, behind, session, without

_ADDRESS, _SIGN_IN = "https://management.azure.com", "https://login.microsoftonline.com"


class Given:
    """A token that somebody gave us, as the vendor's clients want their credentials."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *scopes: str, **more: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(self._token, int(time.time()) + 3600)


class _SignIn(Way):
    """Where tokens come from: the vendor's client takes all that goes wrong there for wrong credentials."""

    def send(
        self, method: str, url: str, headers: Mapping[str, Any] | None = None, body: bytes = b""
    ) -> Answer:
        answer = super().send(method, url, headers, body)
        if answer.status in (408, 429) or answer.status >= 500:
            raise Unclear(f"Azure cannot do it at the moment: status {answer.status}")
        if answer.status == 200 and not _is_object(answer.body):
            raise Unclear("Azure gave an answer that cannot be read")
        return answer


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def manners(way: Way) -> dict[str, Any]:
    """Once, by a way that is guarded: who calls us tries again."""
    from azure.core.pipeline.transport import RequestsTransport

    sender = RequestsTransport(session=session(way), session_owner=False, use_env_settings=False)
    return {"retry_total": 0, "permit_redirects": False, "transport": sender}


def credential(reach: Reach) -> Any:
    from azure.identity import ClientSecretCredential

    return ClientSecretCredential(
        str(reach.config.get("tenantId") or "none"),
        str(reach.config.get("clientId") or "none"),
        str(reach.config.get("clientSecret") or "none"),
        authority=reach.endpoint or _SIGN_IN,
        disable_instance_discovery=bool(reach.endpoint),
        **manners(_SignIn("Azure", reach)),
    )


def scopes(reach: Reach) -> dict[str, Any]:
    address = reach.endpoint or _ADDRESS
    return {"base_url": address, "credential_scopes": [f"{address}/.default"]}


def dns(reach: Reach) -> Any:
    from azure.mgmt.dns import DnsManagementClient

    subscription = str(reach.config.get("subscriptionId") or "none")
    return DnsManagementClient(
        credential(reach), subscription, **scopes(reach), **manners(Way("Azure", reach))
    )


def subscriptions(reach: Reach, credential: Any) -> Any:
    from azure.mgmt.subscription import SubscriptionClient

    return SubscriptionClient(credential, **scopes(reach), **manners(Way("Azure", reach)))


@contextmanager
def heard() -> Iterator[None]:
    """What goes wrong, as what it means for us."""
    try:
        from azure import identity as _identity  # noqa: F401  # all of the extra is needed, or none
        from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError
        from azure.mgmt import dns as _dns_client  # noqa: F401
        from azure.mgmt import subscription as _subscription_client  # noqa: F401
    except ImportError:
        raise without("azure", "Azure") from None
    try:
        yield
    except ClientAuthenticationError as error:
        if (why := behind(error)) is not None:
            raise why from None
        status = getattr(error.response, "status_code", 401) or 401
        if status >= 500 or status == 429:
            raise Unclear(f"Azure cannot do it at the moment: status {status}") from None
        raise Declined(f"Azure refuses these credentials: {_text(error)}") from None
    except HttpResponseError as error:
        raise _meant(error) from None
    except AzureError as error:
        raise behind(error) or Unclear(f"Azure does not answer: {_text(error)}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unclear(f"Azure gave an answer that cannot be read: {type(error).__name__}") from None


def _meant(error: Any) -> Declined | Unclear:
    status = error.status_code or 500
    if status < 400:
        return Unclear("Azure gave an answer that cannot be read")
    if status in (408, 412, 429) or status >= 500:
        return Unclear(f"Azure cannot do it at the moment: {_text(error)}")
    if status == 403:
        return Declined(f"Azure does not allow this: {_text(error)}")
    return Declined(f"Azure refuses: {_text(error)}")


def _text(error: Any) -> str:
    told = getattr(getattr(error, "error", None), "message", None) or error.message or type(error).__name__
    return str(told).strip().partition("\n")[0]
