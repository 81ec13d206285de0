"""The vendor's own Python client asks this server where addresses are."""

import httpx
import pytest
from hyphen import NetInfo
from hyphen.types import IpInfo, IpInfoError
from requests import HTTPError

from tests.clients.conftest import Live


@pytest.fixture(scope="module")
def secret(live: Live) -> str:
    return live.new_key("hyphen")


@pytest.fixture
def client(live: Live, secret: str) -> NetInfo:
    return NetInfo(api_key=secret, base_url=live.url)


def requests(live: Live, secret: str) -> int:
    """How many the server has counted."""
    with httpx.Client(base_url=live.url, headers={"x-api-key": secret}) as http:
        (one,) = http.get("/api/organizations/").json()["data"]
        told = http.get(f"/api/organizations/{one['id']}/usage").json()
    return int(told["total"]["netInfo"]["requests"])


def test_an_address(client: NetInfo) -> None:
    found = client.get_ip_info("8.8.8.8")
    assert isinstance(found, IpInfo)
    assert (found.ip, found.ip_type) == ("8.8.8.8", "public")
    place = found.location
    assert (place.country, place.region, place.city) == ("United States", "California", "Mountain View")
    assert (round(place.lat), round(place.lng)) == (37, -122)
    assert type(place.geoname_id) is int
    sixth = client.get_ip_info("2a00:1450:4009:81f::200e")
    assert isinstance(sixth, IpInfo)
    assert sixth.location.country == "United Kingdom"


def test_one_of_a_private_network_and_what_is_none(client: NetInfo) -> None:
    private = client.get_ip_info("192.168.1.1")
    assert isinstance(private, IpInfo)
    assert (private.ip_type, private.location.country) == ("private", "")
    wrong = client.get_ip_info("invalid-ip")
    assert wrong == IpInfoError("invalid-ip", "error", "Invalid IP address")


def test_several_keep_their_order(client: NetInfo) -> None:
    sent = ["1.1.1.1", "nope", "10.0.0.1", "8.8.8.8"]
    found = client.get_ip_infos(sent)
    assert [each.ip for each in found] == sent
    kinds = [each.error_type if isinstance(each, IpInfoError) else each.ip_type for each in found]
    assert kinds == ["public", "error", "private", "public"]


def test_a_thousand_are_one_request(client: NetInfo, live: Live, secret: str) -> None:
    before = requests(live, secret)
    sent = [f"81.2.{at // 250}.{at % 250}" for at in range(1_000)]
    assert [each.ip for each in client.get_ip_infos(sent)] == sent
    client.get_ip_info("8.8.8.8")
    assert requests(live, secret) == before + 2


def test_a_key_that_is_none(live: Live) -> None:
    stranger = NetInfo(api_key="key_nobody", base_url=live.url)
    with pytest.raises(HTTPError) as refused:
        stranger.get_ip_info("8.8.8.8")
    assert refused.value.response is not None
    assert refused.value.response.status_code == 401


def test_nobody_is_refused_in_the_familys_voice(live: Live) -> None:
    assert httpx.get(f"{live.url}/ip").status_code == 401
    assert httpx.get(f"{live.url}/ip/8.8.8.8").json().keys() == {"message", "requestId", "errorCode"}
