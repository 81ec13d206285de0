"""A name server of the test's own, on 127.0.0.1, over UDP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Names:
    """Answers what `texts` and `aliases` say; what is in neither does not exist. `fails` makes it refuse."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.aliases: dict[str, str] = {}
        self.fails = False
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        """What HYWAY_RESOLVER has to say."""
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                raw, peer = self._socket.recvfrom(4096)
            except OSError:
                return
            if raw == b"end":
                return
            self._socket.sendto(self._answer(dns.message.from_wire(raw)).to_wire(), peer)

    def end(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", self._socket.getsockname())

    def close(self) -> None:
        self._socket.close()

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        asked = query.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((kind, name))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if self.fails:
            answer.set_rcode(dns.rcode.SERVFAIL)
            return answer
        if name not in self.texts and name not in self.aliases:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if kind == "TXT" and self.texts.get(name):
            said = [" ".join(f'"{part}"' for part in text.split("|")) for text in self.texts[name]]
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "TXT", *said))
        if kind == "CNAME" and name in self.aliases:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "CNAME", f"{self.aliases[name]}."))
        return answer


@contextmanager
def name_server() -> Iterator[Names]:
    """One that answers until the end of the block."""
    made = Names()
    thread = threading.Thread(target=made.serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.end()
        thread.join(5)
        made.close()
