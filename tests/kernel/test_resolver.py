"""Questions to the name system, against a server of the test's own."""

from collections.abc import Iterator

import pytest

from hyway.kernel.faults import Invalid
from hyway.kernel.outgoing import Unreachable
from hyway.kernel.resolver import Resolver, split
from hyway.settings import Settings
from tests.make.names import Names, name_server


@pytest.fixture
def names() -> Iterator[Names]:
    with name_server() as made:
        yield made


def test_texts_are_put_together_of_their_parts(names: Names):
    names.texts["_hyway.links.example"] = ["hyway-1", "a long |one in parts"]
    assert sorted(Resolver(names.address).texts("_hyway.links.example")) == ["a long one in parts", "hyway-1"]


def test_an_alias_is_told_in_small_letters_without_its_last_dot(names: Names):
    names.aliases["links.example"] = "Go.Example.COM"
    assert Resolver(names.address).alias("links.example") == "go.example.com"


def test_a_name_that_does_not_exist_and_one_without_such_records_say_nothing(names: Names):
    names.aliases["links.example"] = "go.example"
    asked = Resolver(names.address)
    assert asked.texts("nowhere.example") == []
    assert asked.alias("nowhere.example") is None
    assert asked.texts("links.example") == []


def test_a_server_that_fails_says_something_else_than_nothing(names: Names):
    names.fails = True
    with pytest.raises(Unreachable, match="the name servers gave no answer"):
        Resolver(names.address).texts("links.example")


@pytest.mark.parametrize("name", ["a" * 64 + ".example", ".".join(["a" * 60] * 5), "a..example"])
def test_a_name_that_cannot_be_asked_for(names: Names, name: str):
    with pytest.raises(Unreachable):
        Resolver(names.address).texts(name)
    assert names.asked == []


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("9.9.9.9", ("9.9.9.9", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("[::1]", ("::1", 53)),
        ("[2001:db8::1]:54", ("2001:db8::1", 54)),
    ],
)
def test_addresses(address: str, parts: tuple[str, int]):
    assert split(address) == parts


@pytest.mark.parametrize("address", ["", "9.9.9.9", "127.0.0.1:5353", "[::1]", "[2001:db8::1]:53"])
def test_settings(address: str):
    settings = Settings.read({"HYWAY_RESOLVER": address})
    assert settings.services.get("resolver", "") == address


@pytest.mark.parametrize(
    "address",
    ["dns.example", "9.9.9", "9.9.9.9:0", "9.9.9.9:70000", "::1", "[::1", "[9]:53", "x:y", "udp://9.9.9.9"],
)
def test_settings_that_cannot_be(address: str):
    with pytest.raises(Invalid, match="must be an address"):
        Settings.read({"HYWAY_RESOLVER": address})
