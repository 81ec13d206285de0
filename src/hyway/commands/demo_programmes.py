"""What the creators' part of the demonstration is made of: programmes, channels that are nobody's, and their posts."""

from typing import Any, NamedTuple

SITE = "https://example.com"


class Channel(NamedTuple):
    """A creator by what is shown there; `handle` is at all platforms the same, `followers` in thousands."""

    name: str
    handle: str
    platform_ids: tuple[str, ...]
    followers: int

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '-')}@example.com"


class Post(NamedTuple):
    """A post for a campaign: handed in and decided so many days ago; `views` are what it has in the end.

    `decision` is `approve`, a reason to reject it for, or empty where nobody has decided.
    """

    channel: str
    platform_id: str
    number: int
    days: float
    decision: str
    views: int
    drops: bool = False


DESK = ("Demo desk", "demo-desk@example.com")
"""Who decides for the organization."""
CHANNELS = (
    Channel("Hiking channel", "hyway.demo.hikes", ("youtube", "instagram"), 84),
    Channel("Travel channel", "hyway.demo.trips", ("instagram", "tiktok"), 41),
    Channel("Bicycle channel", "hyway.demo.bikes", ("tiktok",), 126),
    Channel("Cooking channel", "hyway.demo.cooks", ("youtube", "instagram"), 57),
    Channel("Sketching channel", "hyway.demo.draws", ("instagram",), 12),
    Channel("Garden channel", "hyway.demo.grows", ("youtube",), 23),
)
_BRIEF = (
    "<h3>What it is</h3><p>{about}</p>"
    "<h3>What to show</h3><ul><li>The product in use, outdoors if you can</li>"
    "<li>What you like about it, and what you do not</li></ul>"
    "<h3>Please do not</h3><ul><li>Promise prices or delivery times</li></ul>"
)


def brief(about: str) -> str:
    return _BRIEF.format(about=about)


JACKET: dict[str, Any] = {
    "name": "Trail jacket",
    "website": f"{SITE}/trail-jacket",
    "countries": ["DE", "GB", "US"],
    "platform_ids": ["youtube", "tiktok", "instagram"],
    "content_type": "review",
    "category": "product",
    "cpm_amount": 500,
    "min_payout_amount": 500,
    "max_payout_amount": 40_000,
    "base_reward_amount": 1_000,
    "sale_share": 800,
    "brief": brief("A light jacket that keeps out the rain and folds into its own pocket."),
}
GUIDE: dict[str, Any] = {
    "name": "City guide",
    "website": f"{SITE}/city-guide",
    "countries": ["US"],
    "platform_ids": ["instagram"],
    "content_type": "ugc",
    "category": "app",
    "cpm_amount": 350,
    "max_payout_amount": 15_000,
    "brief": brief("An app with walks through towns, made by those who live there."),
}
RECIPES: dict[str, Any] = {
    "name": "Recipe book",
    "website": f"{SITE}/recipe-book",
    "currency": "eur",
    "countries": ["DE", "FR", "IT"],
    "platform_ids": ["youtube", "instagram"],
    "content_type": "other",
    "cpm_amount": 700,
    "min_payout_amount": 1_000,
    "max_payout_amount": 60_000,
    "approves": True,
    "brief": brief("Sixty dishes for two, each ready in half an hour."),
}
DRAFT: dict[str, Any] = {"name": "Gift cards", "website": f"{SITE}/gift-cards", "cpm_amount": 300}
MUG: dict[str, Any] = {
    "name": "Travel mug, with a sample",
    "website": f"{SITE}/travel-mug",
    "countries": ["DE"],
    "requires_product_shipment": True,
    "reward_amount": 12_000,
    "sale_share": 500,
    "brief": brief("A mug that stays warm for six hours. We send you one, and you keep it."),
}
STOVE: dict[str, Any] = {
    "name": "Camping stove",
    "website": f"{SITE}/camping-stove",
    "countries": ["DE", "FR"],
    "reward_amount": 20_000,
    "brief": brief("A stove that burns twigs, so there is no gas to carry."),
}
BUDGETS = {
    "Trail jacket": 250_000,
    "City guide": 40_000,
    "Recipe book": 150_000,
    "Travel mug, with a sample": 90_000,
    "Camping stove": 100_000,
}
POSTS = (
    Post("Hiking channel", "youtube", 1, 20, "approve", 58_400),
    Post("Travel channel", "instagram", 2, 17, "approve", 21_300),
    Post("Bicycle channel", "tiktok", 3, 13.5, "approve", 96_700),
    Post("Travel channel", "tiktok", 4, 12.4, "duplicateSubmission", 800),
    Post("Hiking channel", "instagram", 5, 9.5, "approve", 33_900),
    Post("Cooking channel", "youtube", 6, 8, "approve", 1_900, drops=True),
    Post("Travel channel", "tiktok", 7, 5, "approve", 44_100),
    Post("Bicycle channel", "tiktok", 8, 2.5, "approve", 71_000),
    Post("Cooking channel", "instagram", 9, 1.2, "", 9_600),
    Post("Hiking channel", "youtube", 10, 0.5, "", 14_200),
)
HOME = {
    "address_one": "5 Example Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country_code": "DE",
}
IBAN = "DE89370400440532013000"
"""The one that documentation of banks has for an example."""


def account_url(platform_id: str, handle: str) -> str:
    at = "" if platform_id == "instagram" else "@"
    return f"https://www.{platform_id}.com/{at}{handle}"


def post_url(platform_id: str, handle: str, number: int) -> str:
    """An address that reads like a post's, and leads to none."""
    match platform_id:
        case "youtube":
            return f"https://www.youtube.com/watch?v=hywaydemo{number:02}"
        case "tiktok":
            return f"https://www.tiktok.com/@{handle}/video/10000000{number:02}"
    return f"https://www.instagram.com/reel/hyway-demo-{number:02}/"
