"""Requests that a careless or a hostile program may send, and what each is told."""

from itertools import groupby
from typing import Any, NamedTuple

from tests.apis.hypemarket.conftest import PUBLIC
from tests.make import pictures

BLANK, LISTED, INVALID, TAKEN = (
    "can't be blank",
    "is not included in the list",
    "is invalid",
    "has already been taken",
)
NO_NUMBER, NO_WHOLE = "is not a number", "must be an integer"
NEGATIVE, NOTHING, EXISTS = "must be greater than or equal to 0", "must be greater than 0", "must exist"
BIG = "must be less than or equal to 1000000000000"
BIGGEST, SMALLEST = (
    f"must be less than or equal to {2**63 - 1}",
    f"must be greater than or equal to {1 - 2**63}",
)
MB = 1024 * 1024


def long(most: int) -> str:
    return f"is too long (maximum is {most} characters)"


class Row(NamedTuple):
    """A request to a path in which nouns stand for our ids, `their noun` for somebody else's.

    `sent` is JSON, or a body as it is when it is bytes; `told` are the errors of a 422, or the answer itself.
    """

    group: str
    to: str
    sent: Any
    told: Any
    status: int = 422
    headers: dict[str, str] = {}  # noqa: RUF012


def refused(group: str, to: str, root: str, *cases: tuple[dict[str, Any], dict[str, list[str]]]) -> list[Row]:
    """What a record may not say, each with the errors that are told."""
    return [Row(group, to, {root: fields} if root else fields, told) for fields, told in cases]


def one(field: str, *cases: tuple[Any, str]) -> list[tuple[dict[str, Any], dict[str, list[str]]]]:
    """Values of a field, each with what is told of it."""
    return [({field: value}, {field: [told]}) for value, told in cases]


AMOUNTS = ((-1, NEGATIVE), ("-0.5", NO_WHOLE), (1.5, NO_WHOLE), ("12abc", NO_NUMBER), ("", NO_NUMBER),
           (None, NO_NUMBER), (True, NO_NUMBER), ("0x1F", NO_NUMBER), ("1,000", NO_NUMBER), ("\u0663", NO_NUMBER),
           (10**12 + 1, BIG), (2**63, BIGGEST), (-(2**70), SMALLEST), ("9" * 25, BIGGEST),
           ("9" * 400, NO_NUMBER), (1e308, NO_WHOLE))  # fmt: skip
CAMPAIGN, DRAFT = (
    "PATCH /organizations/organization/campaigns/campaign",
    "PATCH /organizations/organization/campaigns/draft",
)
NEW_CAMPAIGN, NEW_COLLAB = (
    "POST /organizations/organization/campaigns",
    "POST /organizations/organization/collabs",
)
COLLAB, PLAN = (
    "PATCH /organizations/organization/collabs/collab",
    "PATCH /organizations/organization/collabs/plan",
)
OURS, FUND = (
    "PATCH /organizations/organization",
    "POST /organizations/organization/campaigns/campaign/fundings",
)
HOME = "PATCH /me/address"
MINE = "POST /me/collab_submissions"

CAMPAIGNS = [
    *refused(
        "campaigns", DRAFT, "campaign",
        *one("name", ("", BLANK), (" \t\n", BLANK), (None, BLANK), ("\x01\x02", BLANK), ("x" * 256, long(255)),
             ("x" * MB, long(255))),
        *one("currency", ("xxx", LISTED), ("USD", LISTED), ("", LISTED), (None, LISTED), (840, LISTED)),
        *one("countries", (["ZZ"], LISTED), (["US", "us"], LISTED), ([0], LISTED), (["US"] * 5 + ["EU"], LISTED)),
        *one("platform_ids", (["myspace"], LISTED), (["youtube", "YouTube"], LISTED)),
        *one("content_type", ("poem", LISTED), (None, LISTED)), *one("category", ("weather", LISTED)),
        *one("cpm_amount", *AMOUNTS), *one("base_reward_amount", *AMOUNTS[:5]),
        *one("min_payout_amount", *AMOUNTS[:5]),
        *one("sale_share", (-1, NEGATIVE), (10_001, "must be less than or equal to 10000"), (0.5, NO_WHOLE)),
        *one("website", ("javascript:alert(1)", INVALID), ("//x.example", INVALID), ("http://[::1", INVALID),
             ("https://x.example:99999/", INVALID), (f"{PUBLIC}/abc", INVALID)),
        *one("ends_at", ("tomorrow", INVALID), ("2026-13-45T00:00:00Z", INVALID)),
        *one("banner_image", ("picture.png", INVALID), (5, INVALID)),
        *one("brief", ("x" * 50_001, long(50_000)), ("<b>" * MB, long(50_000))),
        ({"min_payout_amount": 11, "max_payout_amount": 10},
         {"max_payout_amount": ["must be greater than or equal to 11"]}),
        ({"base_reward_amount": "x", "name": "", "cpm_amount": -1, "currency": "xxx", "countries": ["ZZ"]},
         {"name": [BLANK], "currency": [LISTED], "countries": [LISTED], "cpm_amount": [NEGATIVE],
          "base_reward_amount": [NO_NUMBER]}),
    ),
    *refused("campaigns", CAMPAIGN, "campaign", ({"name": ""}, {"name": [BLANK]})),
    *refused("campaigns", NEW_CAMPAIGN, "campaign", ({"name": ""}, {"name": [BLANK]})),
    Row("campaigns", "DELETE /organizations/organization/campaigns/funded", None,
        {"base": ["Cannot delete record because dependent fundings exist"]}),
    Row("campaigns", "DELETE /organizations/organization/campaigns/campaign", None, {"error": "Not authorized"}, 403),
    Row("campaigns", "POST /organizations/organization/campaigns/draft/publish", None,
        {"base": ["Unused budget must be at least 200 to publish."]}),
    Row("campaigns", "POST /organizations/organization/campaigns/draft/pause", None,
        {"base": ["Campaign is not active."]}),
]  # fmt: skip
COLLABS = [
    *refused(
        "collabs", PLAN, "collab",
        *one("name", ("", BLANK), ("x" * 256, long(255))), *one("currency", ("xxx", LISTED), ("Usd", LISTED)),
        *one("countries", (["ZZ"], LISTED), (["USA"], LISTED)),
        *one("website", ("ftp://x.example/", INVALID), (f"{PUBLIC}/abc", INVALID), ("x" * 10_000, INVALID)),
        *one("brief", ("x" * 50_001, long(50_000))), *one("banner_image", ("x", INVALID)),
        *one("reward_amount", *AMOUNTS),
        *one("usage_days", (0, NOTHING), (3_651, "must be less than or equal to 3650")),
    ),
    *refused("collabs", NEW_COLLAB, "collab", ({"currency": "xxx"}, {"currency": [LISTED]})),
    *refused("collabs", COLLAB, "collab", *one("brief", ("", BLANK)), *one("website", ("", BLANK))),
    Row("collabs", "DELETE /organizations/organization/collabs/collab", None, {"error": "Not authorized"}, 403),
    Row("collabs", "DELETE /organizations/organization/collabs/paid", None,
        {"base": ["Cannot delete record because dependent fundings exist"]}),
    Row("collabs", "DELETE /organizations/organization/collabs/asked", None,
        {"base": ["Cannot delete record because dependent submissions exist"]}),
    Row("collabs", f"{NEW_COLLAB}?website=http://169.254.169.254/", {},
        {"website": ["could not be read: the host has an address that is not public"]}),
]  # fmt: skip
OTHERS = [
    *refused(
        "organizations", OURS, "organization",
        *one("name", ("", BLANK), ("x" * 300, long(100)), ("a\u202eb", INVALID), ("SOMEBODY", TAKEN)),
        *one("privacy_setting", ("open", LISTED), ("", LISTED), (None, LISTED)),
        *one("website", ("javascript:alert(1)", INVALID), ("http://a b", INVALID)), *one("logo", ("logo.png", INVALID)),
    ),
    *refused("organizations", "PATCH /organizations/organization/members/member", "membership",
             *one("role", ("owner", LISTED), ("", BLANK))),
    *refused("organizations", "POST /organizations/organization/invitations", "invitation",
             *one("email", ("", BLANK), ("x@", INVALID), ("visitor-member@example.com", "is already a member")),
             ({"email": "x", "role": "king"}, {"email": [INVALID], "role": [LISTED]})),
    *refused("own", "POST /me/access_tokens", "access_token",
             *one("description", ("", BLANK), ("x" * 256, long(255))),
             ({"description": "", "permission": "all"}, {"description": [BLANK], "permission": [LISTED]})),
    *refused("own", HOME, "address", (
        {"country_code": "ZZ"},
        {"address_one": [BLANK], "city": [BLANK], "postal_code": [BLANK], "country_code": [LISTED]})),
    *refused("own", HOME, "address", (
        {"address_one": "x" * 256, "city": "a\x1bb", "postal_code": "", "country_code": "USA"},
        {"address_one": [long(255)], "city": [INVALID], "postal_code": [BLANK], "country_code": [LISTED]})),
    *refused("own", "POST /me/payout_methods", "payout_method", *one("provider", ("gold", LISTED)),
             ({"iban": "GB00"}, {"account_holder": [BLANK], "iban": [INVALID]})),
    *refused("own", "POST /me/social_accounts", "social_account",
             ({"platform_id": "tiktok", "account_url": ""}, {"platform_id": [LISTED], "account_url": [BLANK]})),
    *refused("money", FUND, "funding",
             *one("amount", (0, NOTHING), (-5, NOTHING), (0.5, NO_WHOLE), ("12abc", NO_NUMBER), (10**13, BIG),
                  (2**63, BIGGEST)),
             ({"amount": 5, "currency": "eur"}, {"currency": ["doesn't match the currency of the programme"]}),
             ({"amount": 5, "currency": "xxx"}, {"currency": ["doesn't match the currency of the programme"]}),
             ({"amount": 5, "provider": "gold"}, {"provider": [LISTED]}),
             ({"amount": 5, "note": "x" * 2_001}, {"note": [long(2_000)]})),
    *refused("money", "POST /organizations/organization/campaigns/campaign/fundings/funding/refund", "refund",
             *one("amount", (0, NOTHING), (-1, NOTHING), (10**9, "must be less than or equal to 99000"))),
    *refused("money", "POST /organizations/organization/payouts/payout/mark_paid", "payout",
             *one("note", ("x" * 501, long(500)))),
    Row("money", "POST /organizations/organization/payouts/payout/retry", None,
        {"base": ["Payout cannot be tried again because it is pending."]}),
    *refused("work", "POST /me/collab_submissions/content/messages", "message",
             *one("text", ("", BLANK), ("x" * 4_001, long(4_000)))),
    *refused("work", "POST /organizations/organization/campaigns/campaign/submissions/submission/reverse",
             "submission",
             *one("reason", ("because", LISTED), ("", LISTED))),
    *refused("work", "POST /me/collab_submissions/content/extend_usage", "usage_rights",
             *one("days", (0, "must be in 1..3650"), (10**6, "must be in 1..3650"))),
    *refused("work", MINE, "collab_submission",
             *(({"collab_id": id}, {"collab": [EXISTS]}) for id in ("their collab", "12", "", "aaaaaa"))),
]  # fmt: skip
MISSING = {"error": "Not authorized"}
FOREIGN = [
    Row("foreign", "POST /organizations/organization/payouts", {"payout": {"user_id": "12"}}, {"user": [EXISTS]}),
    Row("foreign", "POST /organizations/organization/payouts", {"payout": {"user_id": "their user"}}, [], 201),
    Row("foreign", "GET /organizations/organization/ledger?campaign_id=their campaign", None, [], 200),
    Row("foreign", "GET /organizations/organization/applications?campaign_id=their campaign", None, [], 200),
    Row("foreign", "POST /me/submissions", {"submission": {"campaign_id": "their campaign", "url": "https://x.example"}},
        None, 404),
    Row("foreign", "DELETE /me/access_tokens/their access_token", None, None, 404),
    Row("foreign", "DELETE /me/social_accounts/their social_account", None, None, 404),
    Row("foreign", "POST /me/invitations/their invitation/accept", None, None, 404),
    *(Row("foreign", to, None, MISSING, 404) for to in (
        "GET /organizations/their organization", "DELETE /organizations/their organization",
        "POST /organizations/organization/applications/their application/accept",
        "POST /organizations/organization/campaigns/their campaign/publish",
        "POST /organizations/organization/campaigns/campaign/submissions/their submission/approve",
        "POST /organizations/organization/campaigns/their campaign/submissions/submission/approve",
        "POST /organizations/organization/campaigns/campaign/fundings/their funding/refund",
        "POST /organizations/organization/campaigns/draft/fundings/funding/refund",
        "POST /organizations/organization/collabs/collab/submissions/their collab_submission/accept",
        "POST /organizations/organization/collabs/plan/submissions/collab_submission/accept",
        "POST /organizations/organization/payouts/their payout/mark_paid",
        "POST /organizations/organization/join_requests/their join_request/approve",
        "DELETE /organizations/organization/invitations/their invitation",
        "DELETE /organizations/organization/members/their member",
    )),
]  # fmt: skip
BAD = {"status": 400, "error": "Bad Request"}
FORM, JSON = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "application/json"}
PARTS = {"Content-Type": "multipart/form-data; boundary=b"}
BODIES = [
    *(Row("bodies", to, body, BAD, 400, JSON) for to in (OURS, DRAFT, HOME) for body in (
        b"", b"{", b"[]", b"null", b"5", b'"x"', b'[{"name":"x"}]', b"[" * 50_000, b'{"a":' * 50_000, b"\xff\xfe",
        b"\xef\xbb\xbf{}", b'{"name":"x"} {"name":"y"}', b"{'name':'x'}", b'{"name":NaN}',
        b'{"other":{"name":"x"}}', b'{"name\\u0000":"x"}', b'{"organization":[],"campaign":[],"address":[]}',
        b'{"organization":{"name":{}},"campaign":{"name":[[]]},"address":{"city":[["x"]]}}',
        b'{"organization":{"name":"a\\u0000b"},"campaign":{"name":"\\u0000"},"address":{"city":"\\u0000"}}',
        b'{"organization":{"name":"\\ud800"},"campaign":{"name":"\\udfff"},"address":{"city":"\\udc00x"}}')),
    *(Row("bodies", OURS, b'{"organization":{"name":"x"}}', BAD, 400, {"Content-Type": kind}) for kind in (
        "text/plain", "application/xml", "application/x-hyway", "x", "", "image/png", "multipart/mixed; boundary=b",
        "multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary="')),
    *(Row("bodies", OURS, body, BAD, 400, FORM) for body in (
        b"organization[name]=%", b"organization[name]=%ff", b"organization[name]=a%00b", b"organization%5Bname",
        b"organization[name][]=x", b"organization[name]=x&organization=y")),
    Row("bodies", OURS, b"--b\r\nContent-Disposition: form-data; name=organization[name]\r\n\r\nx", BAD, 400, PARTS),
    *(Row("bodies", f"GET /me/access_tokens?{query}", None, BAD, 400)
      for query in ("page=%00", "a=%", "a=%zz", "%ff=1", "a=1&a[b]=1")),
    Row("bodies", DRAFT, b'{"campaign":{"name":"good","name":""}}', {"name": [BLANK]}, 422, JSON),
    Row("bodies", DRAFT, b'{"campaign":{"name":"good"},"campaign":{"cpm_amount":-1}}', 
        {"cpm_amount": [NEGATIVE]}, 422, JSON),
]  # fmt: skip


def file(
    raw: bytes, name: str = "logo.png", kind: str = "image/png", root: str = "organization[logo]"
) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{root}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
    return head.encode() + raw + b"\r\n--b--\r\n"


NO_PICTURE = "has an invalid content type"
BANNERS = [
    Row("pictures", DRAFT, file(raw, root="campaign[banner_image]"), {"banner_image": [told]}, 422, PARTS)
    for raw, told in (
        (pictures.SVG, NO_PICTURE),
        (pictures.HTML, NO_PICTURE),
        (pictures.gif_and_script(), NO_PICTURE),
        (pictures.with_a_zip("JPEG"), NO_PICTURE),
        (pictures.encoded("PNG")[:-20], "is not a valid image"),
        (pictures.bomb(30_000, 30_000), "is too large (maximum is 25 megapixels)"),
    )
]
LOGO = Row("pictures", OURS, file(b"x" * 40 * MB), {"status": 413, "error": "Content Too Large"}, 413, PARTS)
ROWS = [*CAMPAIGNS, *COLLABS, *OTHERS, *FOREIGN, *BODIES, *BANNERS, LOGO]
GROUPS = {
    name: list(rows) for name, rows in groupby(sorted(ROWS, key=lambda row: row.group), lambda row: row.group)
}
