"""A person's browser without a screen: it keeps cookies, signs in, says yes, and can be followed step by step."""

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

PASSWORD = "correct horse battery"


@dataclass
class Browser:
    """At a server; it stops at the border: an address of another server is told, not fetched."""

    http: httpx.Client
    agent: str = "Test browser"

    def sees(self, address: str) -> httpx.Response:
        """The page behind an address, after every redirect within the server; the last redirect where it leads out."""
        answer = self.http.get(address)
        while answer.has_redirect_location:
            to = urljoin(str(answer.url), answer.headers["location"])
            if not self._is_here(to):
                return answer
            answer = self.http.get(to)
        return answer

    def sends(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """The form of a page, with what it hides and what is written into it, and where that leads."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        form = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert form, page.text
        data = {**{name: html.unescape(value) for name, value in hidden.items()}, **fields}
        answer = self.http.post(form[1], data=data)
        if not answer.has_redirect_location:
            return answer
        to = urljoin(str(answer.url), answer.headers["location"])
        return self.sees(to) if self._is_here(to) else answer

    def signs_in(self, page: httpx.Response, email: str, password: str = PASSWORD) -> httpx.Response:
        return self.sends(page, email=email, password=password)

    def _is_here(self, address: str) -> bool:
        return urlsplit(address).netloc == self.http.base_url.netloc.decode()


def browser(url: str) -> Browser:
    return Browser(httpx.Client(base_url=url, timeout=30, headers={"user-agent": "Test browser"}))


def location(answer: httpx.Response) -> str:
    """Where a redirect leads, without its query."""
    assert answer.has_redirect_location, (answer.status_code, answer.text[:500])
    return answer.headers["location"].partition("?")[0]


def told(answer: httpx.Response) -> dict[str, str]:
    """What a redirect carries in its query."""
    assert answer.has_redirect_location, (answer.status_code, answer.text[:500])
    query = parse_qs(urlsplit(answer.headers["location"]).query, keep_blank_values=True)
    return {name: values[0] for name, values in query.items()}
