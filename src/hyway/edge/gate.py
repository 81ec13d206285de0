"""The password in front of a link: a form that only our own page can send, throttled, remembered by a signed cookie."""

import hmac

from hyway.edge import pages
from hyway.edge.pages import Headers, Page
from hyway.edge.table import Entry
from hyway.edge.visit import Visit, cookie
from hyway.kernel import clock
from hyway.kernel.limits import LocalWindow, household
from hyway.kernel.seal import Seal

_TRIES = 10
_FORM_LIFE = clock.HOUR
_PASS_LIFE = clock.DAY


class Gate:
    """Lets visitors with the password through, for a day each."""

    def __init__(self, seal: Seal, secure: bool) -> None:
        self._seal = seal
        self._secure = b"; Secure" if secure else b""
        self._tries = LocalWindow(seconds=600)

    def open_for(self, entry: Entry, visit: Visit) -> bool:
        """Has this visitor given the link's present password today?"""
        value = cookie(visit.cookie, self._cookie(entry))
        signed = self._seal.signed(value, self._purpose(entry)) if value else None
        return signed is not None and signed.isdigit() and int(signed) > clock.now()

    def ask(self, visitor: str, status: int = 200, error: str = "") -> Page:
        """The form; its token is good for this visitor, for an hour."""
        csrf = self._seal.sign(str(clock.now() + _FORM_LIFE), f"password form {visitor}")
        return pages.password(status, csrf, error)

    def enter(self, entry: Entry, fields: dict[str, str], visitor: str, ip: str) -> Page | Headers:
        """What the form was worth: a page that says no, or the headers of a yes."""
        until = self._seal.signed(fields.get("csrf", ""), f"password form {visitor}")
        if until is None or int(until) < clock.now():
            return pages.UNTRUSTED
        tries = f"{entry.target.seq} {household(ip)}"
        if not self._tries.hit(tries, _TRIES).allowed:
            return self.ask(visitor, 429, "Too many wrong passwords. Wait ten minutes and try again.")
        given, wanted = fields.get("password", "").encode(), (entry.target.password or "").encode()
        if not hmac.compare_digest(given, wanted):
            return self.ask(visitor, 403, "That is not the password.")
        value = self._seal.sign(str(clock.now() + _PASS_LIFE), self._purpose(entry))
        line = f"{self._cookie(entry)}={value}; Max-Age=86400; Path=/{entry.target.short_id}; HttpOnly; SameSite=Lax"
        return [(b"set-cookie", line.encode() + self._secure)]

    def _cookie(self, entry: Entry) -> str:
        return f"hoko_pass_{entry.target.seq}"

    def _purpose(self, entry: Entry) -> str:
        """Binds the cookie to the link and to its present password: a new one closes the gate again."""
        return f"password pass {entry.target.seq} {entry.target.password}"
