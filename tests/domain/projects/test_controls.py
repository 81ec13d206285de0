"""From which networks .env files may be read: what settings may say, and how it is kept."""

import contextlib
import ipaddress
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.projects import controls
from hyway.kernel.faults import Invalid

AT = "settings/env/accessControls"
NAMES = {"production": "production", "pevr_0123456789abcdef01234567": "production", "qa": "qa"}
ADDRESS = st.ip_addresses()
_MAPPED = ipaddress.ip_network("::ffff:0:0/96")


def kept(access_controls: Any) -> Any:
    """What is kept of these access controls."""
    whole = controls.settings({"env": {"accessControls": access_controls}}, NAMES)
    assert controls.settings(whole, NAMES) == whole, "what is shown can be sent back"
    return whole["env"]["accessControls"]


def rule(cidr: Any = "10.0.0.0/8", **more: Any) -> dict[str, Any]:
    return {"description": "", "type": "cidr", "cidr": cidr, **more}


@given(ADDRESS, st.integers(0, 128))
def test_a_network_is_kept_in_its_one_spelling(address: Any, length: int) -> None:
    length = min(length, address.max_prefixlen)
    found = ipaddress.ip_network(controls.network(f"{address}/{length}", "x"))
    meant = ipaddress.ip_network(f"{address}/{length}", strict=False)
    if meant.version == 6 and length >= 96 and meant.network_address in _MAPPED:
        assert (found.version, found.prefixlen) == (4, length - 96)
        assert found.network_address == meant.network_address.ipv4_mapped
    else:
        assert found == meant
    assert controls.network(str(found), "x") == str(found)


@given(ADDRESS)
def test_an_address_without_a_length_is_a_network_of_its_own(address: Any) -> None:
    found = ipaddress.ip_network(controls.network(str(address), "x"))
    assert found.num_addresses == 1


@given(st.text("0123456789abcdefABCDEF:./%[] \n", max_size=50))
def test_whatever_else_is_refused(said: str) -> None:
    try:
        meant = ipaddress.ip_network(said, strict=False) if "%" not in said else None
    except ValueError:
        meant = None
    if meant is None:
        with pytest.raises(Invalid, match="format") as refused:
            controls.network(said, "here")
        assert refused.value.field == "here"
    else:
        with contextlib.suppress(Invalid):  # a mask written out is none of the spellings that are taken
            assert ipaddress.ip_network(controls.network(said, "here"))


@pytest.mark.parametrize(
    "said",
    [
        "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "256.0.0.0/8", "010.0.0.0/8", "::/129", ":::/8",
        "10.0.0.0/255.0.0.0", "fe80::1%eth0/64", "10.0.0.0/8 ", "10.0.0.0/8\n", "1" * 60, "10.0.0.0/٨", "example.com",
        "167772160",
    ],
)  # fmt: skip
def test_networks_that_are_none(said: str) -> None:
    with pytest.raises(Invalid, match="format"):
        controls.network(said, "x")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        ("::/0", "::/0"),
        ("::1", "::1/128"),
        ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("::ffff:0:0/95", "::fffe:0:0/95"),
    ],
)
def test_networks_as_they_are_kept(said: str, found: str) -> None:
    assert controls.network(said, "x") == found


def test_the_page_sends_value_and_shows_cidr() -> None:
    sent = {"type": "cidr", "description": "Prod servers", "value": "10.10.0.0/16"}
    assert kept({"allow": [sent]}) == {"allow": [rule("10.10.0.0/16", description="Prod servers")]}
    # Both will do where they say the same.
    assert kept({"deny": [rule("10.0.0.0/8", value="10.1.0.0/8")]}) == {"deny": [rule()]}
    with pytest.raises(Invalid, match="equal to cidr"):
        kept({"deny": [rule("10.0.0.0/8", value="10.0.0.0/9")]})


def test_lists_that_are_absent_stay_absent() -> None:
    wholes: list[dict[str, Any]] = [{}, {"env": {}}, {"env": {"accessControls": {}}}]
    for whole in wholes:
        assert controls.settings(whole, NAMES) == whole
    present: list[Any] = [{"allow": []}, {"deny": []}, {"environments": {}}, {"environments": {"qa": {}}}]
    for lists in present:
        assert kept(lists) == lists


def test_environments_by_either_id_and_in_capitals() -> None:
    lists = {"allow": [rule()]}
    for name in ("production", "PRODUCTION", "pevr_0123456789abcdef01234567"):
        assert kept({"environments": {name: lists}}) == {"environments": {"production": lists}}
    with pytest.raises(Invalid, match="twice"):
        kept({"environments": {"production": lists, "pevr_0123456789abcdef01234567": {}}})
    for name in ("", "staging", "qa ", "pevr_0123456789abcdef01234568", "{qa}"):
        with pytest.raises(Invalid, match="names of the project's environments"):
            kept({"environments": {name: lists}})


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ([], AT, "must be object"),
        ({"denny": []}, AT, "must NOT have additional properties"),
        ({"deny": None}, f"{AT}/deny", "must be array"),
        ({"deny": {"0": rule()}}, f"{AT}/deny", "must be array"),
        ({"deny": ["10.0.0.0/8"]}, f"{AT}/deny/0", "must be object"),
        ({"deny": [rule(), {"cidr": "10.0.0.0/8"}]}, f"{AT}/deny/1", "must have required property 'type'"),
        ({"deny": [{"type": "cidr"}]}, f"{AT}/deny/0", "must have required property 'cidr'"),
        ({"deny": [rule(type="ip")]}, f"{AT}/deny/0/type", "must be equal to constant"),
        ({"deny": [rule(7)]}, f"{AT}/deny/0/cidr", "must be string"),
        ({"deny": [rule(None)]}, f"{AT}/deny/0/cidr", "must be string"),
        ({"deny": [rule(note="x")]}, f"{AT}/deny/0", "must NOT have additional properties"),
        ({"deny": [rule(description=None)]}, f"{AT}/deny/0/description", "must be string"),
        ({"deny": [rule(description="d" * 256)]}, f"{AT}/deny/0/description", "must NOT have more than 255"),
        ({"deny": [rule(description="a\x00")]}, f"{AT}/deny/0/description", "must NOT have control"),
        ({"deny": [rule()] * 101}, f"{AT}/deny", "must NOT have more than 100 items"),
        ({"environments": []}, f"{AT}/environments", "must be object"),
        ({"environments": {"qa": []}}, f"{AT}/environments/qa", "must be object"),
        ({"environments": {"qa": {"permit": []}}}, f"{AT}/environments/qa", "additional properties"),
        ({"environments": {"qa": {"allow": [rule("x")]}}}, f"{AT}/environments/qa/allow/0/cidr", "format"),
    ],
)
def test_what_is_refused(wrong: Any, field: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        kept(wrong)
    assert refused.value.field == field
    assert text in refused.value.message


@pytest.mark.parametrize("wrong", [None, [], {"other": {}}, {"env": []}, {"env": {"controls": {}}}])
def test_settings_that_are_refused(wrong: Any) -> None:
    with pytest.raises(Invalid):
        controls.settings(wrong, NAMES)


def test_as_much_as_is_allowed() -> None:
    full = [rule(description="d" * 255)] * 100
    assert kept({"allow": full, "environments": {"qa": {"deny": full}}})["environments"]["qa"]["deny"] == full


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | ADDRESS.map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "env",
                    "accessControls",
                    "allow",
                    "deny",
                    "environments",
                    "production",
                    "type",
                    "cidr",
                    "value",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_shape_gets_past_the_rules(said: Any) -> None:
    """It is refused, or kept as something that is kept as it is."""
    for whole in (said, {"env": {"accessControls": said}}):
        try:
            found = controls.settings(whole, NAMES)
        except Invalid:
            continue
        assert controls.settings(found, NAMES) == found
        assert json.loads(json.dumps(found)) == found


def test_an_environment_that_is_no_more_leaves_the_settings() -> None:
    lists = {"allow": [rule(description="qa")]}
    whole = {"env": {"accessControls": {**lists, "environments": {"qa": lists, "production": lists}}}}
    left = {"env": {"accessControls": {**lists, "environments": {"production": lists}}}}
    assert controls.without(whole, "qa") == left
    assert controls.without(left, "qa") == left
    assert controls.without({}, "qa") == {}
    assert controls.without({"env": {}}, "qa") == {"env": {}}
