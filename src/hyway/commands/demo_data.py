"""What the demonstration is made of: things with plain names, and nobody who could be taken for a person."""

from typing import NamedTuple

from hyway.domain.tracking import Spot

COLLECTIONS = (
    ("Spring campaign", "Everything that points at the spring offers"),
    ("Newsletter", "Links of the weekly letter"),
    ("Print", "Posters, flyers and packages, by QR code"),
    ("Partners", "What partners share"),
)
TAGS = (("email", "blue"), ("social", "pink"), ("print", "amber"), ("paid", "red"), ("evergreen", "green"))
PARTNERS = (
    ("Coffee shop", "coffee@example.com", None),
    ("Outdoor shop", "outdoor@example.com", None),
    ("Design studio", "studio@example.com", None),
    ("Furniture shop", "furniture@example.com", None),
    ("Bakery", "bakery@example.com", None),
    ("Bicycle shop", "bicycles@example.com", None),
)
CUSTOMERS = tuple(f"Customer {number}" for number in range(1, 25))
PRODUCTS = (
    "Spring sale", "Coffee subscription", "Trail jacket", "Gift cards", "Linen collection",
    "Weekend workshop",
    "Bicycle service", "Garden tools", "Recipe book", "Travel mug", "Desk lamp", "Wool blanket", "City guide",
    "Sourdough starter", "Rain boots", "Sketch set", "Running club", "Tea tasting", "Camping stove",
    "Open studio",
)  # fmt: skip
SHORT_IDS = (
    "demo-spring", "demo-coffee", "demo-jacket", "demo-gift", "demo-linen", "demo-workshop", "demo-poster",
    "demo-flyer",
)  # fmt: skip
CAMPAIGNS = ("spring", "welcome", "back-in-stock", "weekend")
SOURCES = (("newsletter", "email"), ("instagram", "social"), ("google", "cpc"), ("flyer", "print"))
REFERRERS = (
    (None, 46), ("https://www.google.com/", 18), ("https://www.instagram.com/", 12),
    ("https://www.facebook.com/", 8), ("https://t.co/", 6), ("https://www.linkedin.com/", 5),
    ("https://news.ycombinator.com/", 2), ("https://www.bing.com/", 3),
)  # fmt: skip


class Where(NamedTuple):
    """The beginning of addresses of one place, what is spoken there, and how many visitors it sends."""

    network: str
    language: str
    weight: int


PLACES = (
    Where("24.48.0.", "en-CA", 5), Where("128.101.101.", "en-US", 12), Where("17.5.7.", "en-US", 14),
    Where("81.2.69.", "en-GB", 12), Where("82.64.10.", "fr-FR", 8), Where("46.4.10.", "de-DE", 9),
    Where("151.20.10.", "it-IT", 4), Where("88.0.10.", "es-ES", 5), Where("145.97.20.", "nl-NL", 4),
    Where("51.36.10.", "ar-SA", 7), Where("94.200.10.", "ar-AE", 5), Where("41.33.10.", "ar-EG", 4),
    Where("126.10.20.", "ja-JP", 4), Where("139.130.4.", "en-AU", 4), Where("157.32.10.", "en-IN", 6),
    Where("189.6.10.", "pt-BR", 4), Where("85.96.10.", "tr-TR", 3), Where("41.0.10.", "en-ZA", 2),
)  # fmt: skip

_MOZILLA = "Mozilla/5.0"
_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IPHONE = f"{_MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_MAC = f"{_MOZILLA} (Macintosh; Intel Mac OS X 10_15_7)"
_WINDOWS = f"{_MOZILLA} (Windows NT 10.0; Win64; x64)"
AGENTS = (
    (f"{_IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", 26),
    (f"{_MOZILLA} (Linux; Android 10; K) {_KIT} Chrome/138.0.0.0 Mobile Safari/537.36", 24),
    (f"{_WINDOWS} {_KIT} Chrome/138.0.0.0 Safari/537.36", 17),
    (f"{_MAC} {_KIT} Chrome/138.0.0.0 Safari/537.36", 8),
    (f"{_MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", 8),
    (f"{_WINDOWS} {_KIT} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0", 5),
    (f"{_MOZILLA} (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", 4),
    (f"{_MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 2),
    (f"{_MOZILLA} (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
     " Version/18.5 Mobile/15E148 Safari/604.1", 3),
    (f"{_MOZILLA} (Linux; Android 10; K) {_KIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
     3),
)  # fmt: skip
BOTS = (
    f"{_MOZILLA} (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"{_MOZILLA} (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "python-requests/2.32.4",
)
# How busy the hours of a day are, from midnight.
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 10, 10, 9, 9, 9, 10, 11, 12, 12, 10, 7, 4)


class Rider(NamedTuple):
    """Somebody of the fleet, by what is driven; one who `ends_early` goes home before the others."""

    name: str
    group: str
    kind: str
    ends_early: bool = False


GROUPS = (("City", ""), ("Vans", "City"), ("Bicycles", "City"), ("On foot", "City"))
"""With the group that each is under."""
RIDERS = (
    Rider("Van 1", "Vans", "van"), Rider("Van 2", "Vans", "van"), Rider("Van 3", "Vans", "van"),
    Rider("Van 4", "Vans", "van", ends_early=True), Rider("Bike 1", "Bicycles", "bicycle"),
    Rider("Bike 2", "Bicycles", "bicycle"), Rider("Team A", "On foot", "walking"),
)  # fmt: skip
IDLE = Rider("Van 5", "Vans", "van")
DEPOT = ("Depot", Spot(52.5290, 13.3890))
SITES = (
    ("Corner shop", Spot(52.5219, 13.4132)), ("Bakery", Spot(52.5075, 13.3904)),
    ("Museum", Spot(52.5194, 13.3967)), ("Flower stall", Spot(52.5346, 13.4086)),
    ("Print shop", Spot(52.4989, 13.4180)), ("Pharmacy", Spot(52.5418, 13.3670)),
    ("Book shop", Spot(52.5063, 13.3320)), ("School kitchen", Spot(52.5163, 13.4542)),
    ("Theatre", Spot(52.5245, 13.3695)), ("Bicycle repair", Spot(52.4930, 13.3878)),
    ("Garden centre", Spot(52.5503, 13.4140)), ("Hotel", Spot(52.5098, 13.3736)),
    ("Workshop", Spot(52.5352, 13.4376)), ("Clinic", Spot(52.5262, 13.3782)),
)  # fmt: skip
CENTRE = (
    (13.3700, 52.5120), (13.4150, 52.5090), (13.4230, 52.5230), (13.3960, 52.5320), (13.3690, 52.5250),
    (13.3700, 52.5120),
)  # fmt: skip
"""Longitudes and latitudes."""
