"""The guarded way out: which addresses it connects to, and how long it lets itself be held."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from hyway.domain.netinfo import is_public
from hyway.kernel.outgoing import Outgoing, Unreachable
from tests.make.receiver import Receiver, receiving

ANYWHERE = Outgoing(lambda _: True)
GUARDED = Outgoing(is_public)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_an_answer(receiver: Receiver):
    receiver.answers = [(201, {"X-One": "1"}, b"made")]
    answer = ANYWHERE.send("POST", receiver.url + "/a?b=c", {"X-Two": "2"}, b"body")
    assert (answer.status, answer.headers["x-one"], answer.body) == (201, "1", b"made")
    (got,) = receiver.received
    assert (got.path, got.body, got.headers["X-Two"]) == ("/a?b=c", b"body", "2")
    assert got.headers["Host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("path", ["/", "/a;b", "/1,2;3,4?c=d;e", "/a;b/c;d?", "/?q"])
def test_the_whole_path_is_asked_for(receiver: Receiver, path: str):
    ANYWHERE.send("GET", receiver.url + path)
    assert receiver.received[0].path == (path.rstrip("?") or "/")


def test_a_long_answer_is_cut(receiver: Receiver):
    receiver.answers = [(200, {}, b"x" * 1_000_000)]
    assert len(ANYWHERE.send("GET", receiver.url, most=1000).body) == 1000


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1",
     "10.0.0.1", "192.168.1.1", "169.254.169.254", "[fe80::1]", "100.64.0.1"],
)  # fmt: skip
def test_private_addresses_are_refused(receiver: Receiver, host: str):
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"not public|no address"):
        GUARDED.send("POST", f"http://{host}:{receiver.port}/")
    assert time.monotonic() - began < 1, "nothing was connected to"
    assert receiver.received == []


def resolves_to(*answers: list[str]):
    """A resolver that gives these addresses, one list for each time it is asked."""
    real, asked = socket.getaddrinfo, iter(answers)

    def resolve(host: str, port: int, *args: int, **more: int):
        if host[0].isdigit():
            return real(host, port, *args, **more)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(asked)]

    return resolve


def test_a_name_with_one_private_address_is_refused(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolves_to(["93.184.215.14", "127.0.0.1"]))
    with pytest.raises(Unreachable, match="not public"):
        GUARDED.send("POST", f"http://example.com:{receiver.port}/")
    assert receiver.received == []


def test_a_name_that_resolves_anew_gains_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    """A second answer would be a private one: it is never asked for, the first is connected to."""
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *args: object, **more: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(socket, "getaddrinfo", resolves_to(["93.184.215.14"], ["127.0.0.1"]))
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable):
        GUARDED.send("POST", f"http://example.com:{receiver.port}/")
    assert connected == [("93.184.215.14", receiver.port)]


def test_the_name_stays_in_the_request(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "getaddrinfo", resolves_to(["127.0.0.1"]))
    ANYWHERE.send("POST", f"http://hook.example:{receiver.port}/")
    assert receiver.received[0].headers["Host"] == f"hook.example:{receiver.port}"


def test_the_next_address_is_tried(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    real = socket.create_connection

    def connect(address: tuple[str, int], *args: object, **more: object) -> socket.socket:
        if address[0] == "127.0.0.2":
            raise ConnectionRefusedError("nobody there")
        return real(address)

    monkeypatch.setattr(socket, "getaddrinfo", resolves_to(["127.0.0.2", "127.0.0.1"]))
    monkeypatch.setattr(socket, "create_connection", connect)
    assert ANYWHERE.send("POST", f"http://hook.example:{receiver.port}/").status == 200


def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ANYWHERE.send("POST", receiver.url).status == 200


def test_a_name_without_address():
    with pytest.raises(Unreachable, match="no address"):
        GUARDED.send("POST", "http://nowhere.invalid/")


@pytest.mark.parametrize("drip", [b"", b"H", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"])
def test_a_peer_that_drips_is_left_at_the_deadline(drip: bytes):
    """However the bytes are spread, in the head or in the body, the whole request ends in its time."""
    stop = threading.Event()

    def serve(listening: socket.socket) -> None:
        peer, _ = listening.accept()
        with peer:
            while not stop.wait(0.05):
                try:
                    peer.sendall(drip if drip else b"")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unreachable):
            ANYWHERE.send("POST", f"http://127.0.0.1:{listening.getsockname()[1]}/", seconds=0.5, most=10**9)
        took = time.monotonic() - began
        stop.set()
        thread.join()
    assert took < 1.5


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "http://" + "a" * 70 + ".com/", "http://[::1", "http://é.com/"]
)
def test_what_cannot_be_asked(url: str):
    with pytest.raises(Unreachable):
        ANYWHERE.send("GET", url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "10.0.0.1"])
def test_no_certificate_is_looked_for_at_private_addresses(receiver: Receiver, host: str):
    with pytest.raises(Unreachable, match=r"not public|no address"):
        GUARDED.secured(host, receiver.port)


def test_who_does_not_speak_tls_has_no_certificate(receiver: Receiver):
    with pytest.raises(Unreachable):
        ANYWHERE.secured("127.0.0.1", receiver.port)
    assert receiver.received == []


def test_who_never_answers_a_handshake_holds_nobody():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="no answer within"):
            ANYWHERE.secured("127.0.0.1", silent.getsockname()[1], seconds=0.5)
        assert time.monotonic() - began < 3
