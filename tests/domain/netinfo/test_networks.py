import pytest

from hyway.domain.netinfo import is_public


@pytest.mark.parametrize(
    "ip",
    ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_of_the_internet_are_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",  # carrier-grade NAT
        "100.100.100.200",  # metadata of Alibaba Cloud
        "169.254.169.254",  # metadata of most clouds
        "168.63.129.16",  # Azure's host agent
        "192.0.0.192",  # metadata of Oracle Cloud
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",  # metadata of AWS
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b:1::1",
    ],
)
def test_addresses_that_reach_inside_are_not(ip):
    assert not is_public(ip)


@pytest.mark.parametrize(
    "text", ["", "localhost", "2130706433", "0x7f.1", "8.8.8.8:80", "8.8.8.0/24", "[::1]", "8.8.8.8\0"]
)
def test_text_that_is_no_address_is_not_public(text):
    assert not is_public(text)
