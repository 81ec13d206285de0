"""Any web page: is it there, and what does its head say? Nothing of what others may have written below is read."""

from collections.abc import Sequence
from html.parser import HTMLParser
from urllib.parse import urljoin

from hyway.domain.creators.social.platforms.addresses import GENERIC, account_key
from hyway.domain.creators.social.platforms.asking import Broken, Gone, Throttled, Trouble, Way, Whose, rest
from hyway.domain.creators.social.records import Post, Profile
from hyway.kernel.outgoing import Answer

_HOPS = 3
_READ = 200_000
_BIO = ("description", "og:description", "twitter:description", "hyway-verification")
_HEADERS = {"Accept": "text/html,application/xhtml+xml"}


class Page:
    """A public page as a profile: of `platform_id`, where a platform is asked this way for want of a key.

    With a reader, a service of the operator's that renders pages, the page is asked for below the reader's address.
    """

    most = 1

    def __init__(self, way: Way, platform_id: str = GENERIC, reader: str = "") -> None:
        self._way = way
        self._platform = platform_id
        self._reader = reader.rstrip("/")

    def profile(self, whose: Whose) -> Profile:
        """The title and what the head says of the page; no figures, as nobody vouches for them."""
        head = _Head()
        head.feed(self._read(whose.url).body[:_READ].decode(errors="replace"))
        return Profile(uid=whose.name.key, handle=whose.name.key, title=head.title[:500], bio=head.bio)

    def bundle(self, whose: Whose | None) -> str | None:
        return None

    def posts(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, Post | None]:
        raise Broken("pages do not tell how often they were seen")

    def _read(self, url: str) -> Answer:
        """The page, also where it is moved to another spelling of its address, and nowhere else."""
        key, at = account_key(self._platform, url), url
        for _ in range(_HOPS + 1):
            answer = self._way.send("GET", f"{self._reader}/{at}" if self._reader else at, _HEADERS)
            if answer.status not in (301, 302, 303, 307, 308):
                return _judged(answer)
            at = urljoin(at, answer.headers.get("location", ""))
            if account_key(self._platform, at) != key:
                raise Broken("the page leads elsewhere")
        raise Broken("the page leads in circles")


def _judged(answer: Answer) -> Answer:
    wrong: Trouble | None = None
    if answer.status in (404, 410):
        wrong = Gone("there is no such page")
    elif answer.status in (429, 503):
        wrong = Throttled(f"the page answered {answer.status}", rest(answer.headers))
    elif answer.status != 200:
        wrong = Broken(f"the page answered {answer.status}")
    if wrong:
        raise wrong
    return answer


class _Head(HTMLParser):
    """The title and the descriptions of a page's head; whatever comes once its body has begun is not heard."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self._bios: list[str] = []
        self._in_title = self._over = False

    @property
    def bio(self) -> str:
        return "\n".join(dict.fromkeys(self._bios))[:5_000].replace("\0", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in ("body", "main", "div", "p", "article", "section"):
            self._over = True
        if self._over:
            return
        self._in_title = tag == "title"
        if tag == "meta" and (said.get("name") or said.get("property") or "").lower() in _BIO:
            self._bios.append(said.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        self._over = self._over or tag == "head"

    def handle_data(self, data: str) -> None:
        if self._in_title and not self._over:
            self.title += data.replace("\0", "")
