"""What the provider of GitHub is made of: the client, and what its exceptions mean."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from hyway.domain.connections import Declined, Reach, Resource, Unclear
from hyway.providers.basis import MOST
from hyway.providers.ways import Way, behind, session, without
from hyway.providers.wire import items, words

if TYPE_CHECKING:
    from github import Github, GithubException
    from github.NamedUser import NamedUser
    from github.Organization import Organization

T = TypeVar("T")
LOGIN = r"[A-Za-z0-9][A-Za-z0-9_\-]{0,99}"
_PAGE = 100
_NUMBER = re.compile(r"[0-9]{1,15}")
_PEOPLE = """query($name: String!, $after: String) { organization(login: $name) {
 membersWithRole(first: 100, after: $after) { pageInfo { endCursor hasNextPage }
 nodes { login name email organizationVerifiedDomainEmails(login: $name) } } } }"""


@dataclass(frozen=True, slots=True)
class Hub:
    """The client, and the organization of that name."""

    client: "Github"
    org: "Organization"
    name: str


@contextmanager
def asking(name: str, token: str, reach: Reach) -> Iterator[Hub]:
    """The organization, with whatever the client raises told as Declined or Unclear. Nothing is tried twice here, and
    nobody waits for a limit to pass: that is for who asks."""
    try:
        import github
        import requests
    except ImportError:
        raise without("github", "GitHub") from None
    client = github.Github(
        auth=github.Auth.Token(token),
        base_url=reach.endpoint.rstrip("/") or "https://api.github.com",
        user_agent="hyway",
        per_page=_PAGE,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    _lead(client, Way("GitHub", reach))
    try:
        yield Hub(client, client.get_organization(name), name)
    except github.GithubException as error:
        raise _meant(error) from None
    except requests.RequestException as error:
        raise behind(error) or Unclear(f"GitHub does not answer: {type(error).__name__}") from None
    except (github.BadAttributeException, AssertionError, AttributeError, LookupError, TypeError, ValueError):
        raise Unclear("GitHub gave an answer that makes no sense") from None
    finally:
        client.close()


def _lead(client: "Github", way: Way) -> None:
    """Has the client ask by that way: the kind of its connections is the one place where that can be said."""
    from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass

    class Safe(HTTPSRequestsConnectionClass):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self.session = session(way)

    class Plain(HTTPRequestsConnectionClass):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self.session = session(way)

    requester: Any = client.requester
    safe = requester._Requester__connectionClass is HTTPSRequestsConnectionClass
    requester._Requester__connectionClass = Safe if safe else Plain


def _meant(error: "GithubException") -> Exception:
    import github

    why = _why(error)
    limited = isinstance(error, github.RateLimitExceededException) or "rate limit" in why.casefold()
    if limited or error.status == 429 or error.status >= 500:
        return Unclear(f"GitHub cannot answer now: {why}")
    if error.status < 400:
        return Unclear("GitHub gave an answer that makes no sense")
    if error.status in (401, 403):
        return Declined(f"GitHub does not let us in: {why}")
    if error.status == 404:
        return Declined("GitHub has no such thing, or the token may not see it")
    return Declined(f"GitHub refuses: {why}")


def _why(error: "GithubException") -> str:
    """The message, with those of its `errors`."""
    data: Any = error.data
    if not isinstance(data, dict):
        return f"status {error.status}"
    more = data.get("errors")
    texts = [words(each, "message") for each in more] if isinstance(more, list) else []
    told = [words(data, "message"), *texts]
    return "; ".join(text for text in told if text) or f"status {error.status}"


def found(look: Callable[[], T]) -> T | None:
    """None for what is not there."""
    import github

    try:
        return look()
    except github.UnknownObjectException:
        return None
    except github.GithubException as error:
        if error.status == 404:
            return None
        raise


@contextmanager
def absent() -> Iterator[None]:
    """What is not there any more need not be taken away."""
    import github

    try:
        yield
    except github.GithubException as error:
        if error.status != 404:
            raise


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def tail(text: str) -> str:
    """The name at the end of an address, or the name itself."""
    return text.strip().rstrip("/").rpartition("/")[2].removeprefix("@")


def person(hub: Hub, login: str) -> "NamedUser":
    """Somebody with an account of their own; Declined for a name that nobody has."""
    known = found(lambda: hub.client.get_user(login)) if re.fullmatch(LOGIN, login) else None
    if known is None or known.type != "User":
        raise Declined(f"Nobody at GitHub is called {login}")
    return known


def people(hub: Hub) -> Iterator[Resource]:
    """Everybody in the organization, with the address that it may see: of a domain of its own, or shown by them."""
    after: str | None = None
    for _ in range(MOST // _PAGE):
        variables = {"name": hub.name, "after": after}
        _, said = hub.client.requester.graphql_query(_PEOPLE, variables)
        of = said["data"]["organization"]["membersWithRole"]
        for each in items("GitHub", of, "nodes"):
            yield _shown(each)
        after = words(of, "pageInfo", "endCursor")
        if of["pageInfo"]["hasNextPage"] is not True or not after:
            return


def _shown(of: Any) -> Resource:
    own = items("GitHub", of, "organizationVerifiedDomainEmails")
    email = next((each for each in own if isinstance(each, str)), "") or words(of, "email")
    name = words(of, "name")
    start, _, end = name.rpartition(" ")
    more = {"email": email, "firstName": start or end, "lastName": end if start else ""}
    return Resource(
        words(of, "login").casefold(), name or words(of, "login"), {k: v for k, v in more.items() if v}
    )
