"""What the demonstration is made of: things with believable names that belong to nobody."""

from typing import NamedTuple

COLLECTIONS = (
    ("Spring campaign", "Everything that points at the spring offers"),
    ("Newsletter", "Links of the weekly letter"),
    ("Print", "Posters, flyers and packages, by QR code"),
    ("Partners", "What partners share"),
)
TAGS = (("email", "blue"), ("social", "pink"), ("print", "amber"), ("paid", "red"), ("evergreen", "green"))
PARTNERS = (
    ("Blue Harbor Coffee", "hello@blue-harbor.example", None),
    ("Northwind Outdoors", "team@northwind.example", None),
    ("Studio Meridian", "studio@meridian.example", None),
    ("Cedar & Stone", "office@cedar-stone.example", None),
    ("The Morning Crumb", "crumb@morning.example", None),
    ("Atlas Bicycles", "ride@atlas-bicycles.example", None),
)
CUSTOMERS = (
    "Acorn Bakery", "Beacon Books", "Copper Kettle", "Dune Travel", "Elm Street Dental", "Fable Toys",
    "Glasshouse Plants", "Harvest Kitchen", "Indigo Print", "Juniper Yoga", "Kite & Key", "Lantern Hotel",
    "Maple Furniture", "Nimbus Cloud", "Olive Table", "Pebble Ceramics", "Quartz Clinic", "River Cycles",
    "Saffron Foods", "Tidal Surf", "Umber Leather", "Velvet Theatre", "Willow Spa", "Yonder Camping",
)  # fmt: skip
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
