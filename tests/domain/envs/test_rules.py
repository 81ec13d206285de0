"""From where an env file may be fetched: the rule beside a naive reading of it."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hyway.domain.envs import rules

HOME, FAR, SIX = "10.10.3.4", "198.51.100.9", "2001:db8:7::5"


def settings(allow: Any = (), deny: Any = (), **environments: dict[str, Any]) -> dict[str, Any]:
    def entries(networks: Any) -> list[dict[str, str]]:
        return [{"description": "", "type": "cidr", "cidr": each} for each in networks]

    said = {name: {kind: entries(lists[kind]) for kind in lists} for name, lists in environments.items()}
    return {"env": {"accessControls": {"allow": entries(allow), "deny": entries(deny), "environments": said}}}


@pytest.mark.parametrize(
    "empty",
    [{}, {"env": {}}, {"env": {"accessControls": {}}}, {"env": {"accessControls": {"environments": {}}}}],
)
@pytest.mark.parametrize("client", [HOME, SIX, ""])
def test_whom_no_list_names_may_come(empty: dict[str, Any], client: str) -> None:
    assert rules.may_come(empty, None, client)
    assert rules.may_come(empty, "production", client)


def test_the_order_of_the_lists() -> None:
    controls = settings(
        allow=["10.0.0.0/8"],
        deny=["0.0.0.0/0"],
        production={"allow": ["10.10.3.4/32"], "deny": ["10.10.0.0/16"]},
    )
    assert rules.may_come(controls, "production", HOME)  # its allow before its deny
    assert not rules.may_come(controls, "production", "10.10.3.5")  # its deny before the general allow
    assert rules.may_come(controls, "production", "10.11.0.1")  # the general allow before the general deny
    assert not rules.may_come(controls, "production", FAR)
    assert rules.may_come(controls, "staging", "10.10.3.5")  # another environment's lists are not its own
    assert rules.may_come(controls, None, "10.10.3.5")  # nor the default one's


def test_everybody_is_everybody() -> None:
    for client in (HOME, SIX, "::ffff:10.10.3.4", ""):
        assert not rules.may_come(settings(deny=["0.0.0.0/0"]), None, client)
        assert rules.may_come(settings(allow=["0.0.0.0/0"], deny=["0.0.0.0/0"]), None, client)


def test_all_of_ipv6_is_not_everybody() -> None:
    controls = settings(deny=["::/0"])
    assert rules.may_come(controls, None, HOME)
    assert rules.may_come(controls, None, "::ffff:10.10.3.4")
    assert not rules.may_come(controls, None, SIX)


@pytest.mark.parametrize("client", ["", "unknown", "10.0.0", "fe80::1%eth0x/"])
def test_an_address_that_is_not_known_fits_every_denial_and_no_other_allowance(client: str) -> None:
    assert not rules.may_come(settings(deny=["203.0.113.0/24"]), None, client)
    assert not rules.may_come(settings(allow=["10.0.0.0/8"], deny=["203.0.113.0/24"]), None, client)
    assert rules.may_come(settings(allow=["10.0.0.0/8"]), None, client)


# Few bits that differ, so that addresses and networks meet.
_FOUR = st.integers(0, 15).map(lambda low: str(ip_address(0x0A00_0000 + low)))
_SIX = st.integers(0, 15).map(lambda low: str(ip_address((0x2001_0DB8 << 96) + low)))
_MAPPED = _FOUR.map(lambda text: f"::ffff:{text}")
_CLIENTS = st.one_of(_FOUR, _SIX, _MAPPED)
_NETWORKS = st.one_of(
    st.just("0.0.0.0/0"),
    st.just("::/0"),
    st.tuples(_FOUR, st.integers(1, 32)).map(lambda of: str(ip_network(f"{of[0]}/{of[1]}", strict=False))),
    st.tuples(_SIX, st.integers(1, 128)).map(lambda of: str(ip_network(f"{of[0]}/{of[1]}", strict=False))),
)
_LISTS = st.lists(_NETWORKS, max_size=3)


def naive(networks: list[str], client: str) -> bool:
    """Whether one of the networks has the address, bit by bit."""
    if client.startswith("::ffff:"):
        client = client.removeprefix("::ffff:")
    address = ip_address(client)
    width = 32 if address.version == 4 else 128
    for text in networks:
        if text == "0.0.0.0/0":
            return True
        base, _, length = text.partition("/")
        if ip_address(base).version == address.version:
            bits = [format(int(each), f"0{width}b")[: int(length)] for each in (address, ip_address(base))]
            if bits[0] == bits[1]:
                return True
    return False


@given(_LISTS, _LISTS, _LISTS, _LISTS, _CLIENTS, st.sampled_from([None, "production", "other"]))
@example(["10.0.0.1/32"], ["0.0.0.0/0"], [], [], "::ffff:10.0.0.1", "production")
def test_as_a_naive_reader_would(
    allow: list[str],
    deny: list[str],
    own_allow: list[str],
    own_deny: list[str],
    client: str,
    where: str | None,
) -> None:
    controls = settings(allow, deny, production={"allow": own_allow, "deny": own_deny})
    if where == "production" and naive(own_allow, client):
        expected = True
    elif where == "production" and naive(own_deny, client):
        expected = False
    elif naive(allow, client):
        expected = True
    else:
        expected = not naive(deny, client)
    assert rules.may_come(controls, where, client) is expected
