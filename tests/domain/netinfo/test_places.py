import sys
import timeit
from concurrent.futures import ThreadPoolExecutor

import pytest
from babel import Locale

from hyway.domain.netinfo import COUNTRY_CODES, NOWHERE, Places, country_name
from hyway.domain.netinfo.places import place_of
from hyway.kernel.faults import Invalid


@pytest.fixture(scope="module")
def places():
    opened = Places.bundled()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("ip", "code", "country", "city"),
    [
        ("81.2.69.142", "GB", "United Kingdom", "London"),
        ("213.42.20.20", "AE", "United Arab Emirates", "Dubai"),
        ("::ffff:213.42.20.20", "AE", "United Arab Emirates", "Dubai"),
        ("2001:4860:4860::8888", "CA", "Canada", "Montreal"),
    ],
)
def test_public_addresses_have_a_place(places, ip, code, country, city):
    place = places.find(ip)
    assert (place.country_code, place.country, place.city) == (code, country, city)
    assert place.region
    assert isinstance(place.latitude, float)
    assert isinstance(place.longitude, float)
    assert len(place.continent) == 2


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "192.168.1.1",
        "10.0.0.1",
        "::1",
        "fe80::1%eth0",
        "",
        "nonsense",
        "8.8.8.8:80",
        "1" * 5000,
        "8.8\0",
        "\udcff",
    ],
)
def test_other_addresses_are_nowhere(places, ip):
    assert places.find(ip) == NOWHERE


def test_a_remembered_address_costs_less_than_a_microsecond(places):
    places.find("81.2.69.142")
    best = min(timeit.repeat(lambda: places.find("81.2.69.142"), number=20_000, repeat=5)) / 20_000
    assert best < 1e-6


def test_threads_may_ask_together(places):
    asked = [f"{first}.{second}.4.9" for first in range(1, 224, 4) for second in range(0, 256, 16)]
    alone = Places.bundled()
    expected = [alone.find(ip) for ip in asked]
    with ThreadPoolExecutor(4) as threads:
        assert all(list(threads.map(places.find, asked)) == expected for _ in range(2))


def test_names_of_countries_are_kept_once(places):
    one, other = places.find("81.2.69.142"), places.find("81.2.69.160")
    assert one.country_code is other.country_code
    assert one.city is sys.intern("London")


def test_about_tells_the_edition(places):
    about = places.about()
    assert about.type == "DBIP-City-Lite"
    assert about.built_at == 1_680_308_777_000_000
    assert about.path.endswith(".mmdb")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    wrong = tmp_path / "wrong.mmdb"
    wrong.write_bytes(b"not a database" * 100)
    for path in (wrong, tmp_path / "absent.mmdb"):
        with pytest.raises(Invalid) as refused:
            Places.open(path)
        assert refused.value.field == "file"


def test_a_flat_record_is_read_too():
    place = place_of(
        {
            "country_code": "QA",
            "state1": "Baladiyat ad Dawhah",
            "city": "Doha",
            "postcode": "",
            "latitude": "25.2854",
            "longitude": 51.531,
            "timezone": "Asia/Qatar",
        }
    )
    assert (place.country, place.region, place.city) == ("Qatar", "Baladiyat ad Dawhah", "Doha")
    assert (place.latitude, place.longitude, place.timezone, place.postal) == (
        25.2854,
        51.531,
        "Asia/Qatar",
        None,
    )


def test_a_nested_record_may_lack_its_country():
    place = place_of(
        {"continent": {"code": "EU"}, "location": {"time_zone": "Europe/Berlin"}, "postal": {"code": "1"}}
    )
    assert (place.country_code, place.continent, place.timezone, place.postal) == (
        None,
        "EU",
        "Europe/Berlin",
        "1",
    )


def test_country_codes_are_those_of_iso_3166():
    territories = {code for code in map(str, Locale("en").territories) if len(code) == 2}
    # Named by the CLDR, not assigned by ISO.
    others = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
    assert territories - others == COUNTRY_CODES
    assert all(country_name(code) for code in COUNTRY_CODES)
    assert country_name("SA") == "Saudi Arabia"
    assert country_name("XK") == "Kosovo"
    assert country_name("ZZ") is None
