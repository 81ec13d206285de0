"""What the operator says of platforms: read, or refused by the setting's name."""

import pytest

from hyway.domain.creators.social import services
from hyway.kernel.faults import Invalid
from hyway.kernel.outgoing import Outgoing
from hyway.settings import Settings

SAID = {
    "HYWAY_YOUTUBE_KEY": "k",
    "HYWAY_YOUTUBE_CLIENT": "id:secret:with:colons",
    "HYWAY_TIKTOK_URL": "http://127.0.0.1:9",
    "HYWAY_INSTAGRAM_BUSINESS": "178:token",
    "HYWAY_PAGES_READER": "https://reader.example.com",
}


def test_every_name_reaches_the_platforms():
    every = {f"HYWAY_{key.upper().replace('.', '_')}": "https://a.example:b" for key in services.KEYS}
    assert set(Settings.read(every).services) == set(services.KEYS)
    read = Settings.read(SAID).services
    made = services.chosen(read, Outgoing(lambda _: False))
    assert made.keyed == {"youtube", "instagram"}
    assert made.clients == {"youtube": services.Client("id", "secret:with:colons")}
    assert "secret" not in repr(made.clients)
    assert Settings.read({}).services == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("HYWAY_TIKTOK_CLIENT", "id"),
        ("HYWAY_TIKTOK_CLIENT", ":secret"),
        ("HYWAY_INSTAGRAM_BUSINESS", "178:"),
        ("HYWAY_TWITTER_URL", "127.0.0.1:9"),
        ("HYWAY_PAGES_READER", "ftp://reader.example.com"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name: str, said: str):
    with pytest.raises(Invalid) as refused:
        Settings.read({name: said})
    assert refused.value.field == name
