"""What the fuzzer needs to get anywhere in the creators' API: a world to find, ids in it, and words that pass."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx

from hyway.domain import identity
from hyway.domain.creators import money
from hyway.domain.identity import Caller
from hyway.kernel import clock, seal, sqid
from hyway.kernel.db import Database
from hyway.main import open_database
from hyway.settings import Settings
from tests.make.campaigns import WHOLE, verify
from tests.make.people import person, somebody

Known = Mapping[str, Sequence[str]]
Post = Callable[..., str]
_MANY = 30  # some are deleted on the way
_POST = "https://www.youtube.com/watch?v={:a<11}"
_COLLAB = {"website": "https://shop.example.com/lipstick", "brief": "<p>Show it.</p>", "countries": ["US"]}
_HOME = {"address_one": "1 Loop", "city": "Cupertino", "postal_code": "95014", "country_code": "US"}
_WORDS: dict[str, Sequence[Any]] = {
    "currency": ("usd", "usd", "usd", "eur", "jpy"),
    "countries": ("US", "GB", "DE"),
    "platform_ids": ("youtube", "tiktok", "instagram", "twitter"),
    "platform_id": ("generic", "instagram", "twitter"),
    "content_type": ("ugc", "clipping", "review", "other"),
    "category": ("product", "app", "music", "other"),
    "country_code": ("US", "GB", "DE"),
    "website": ("https://shop.example.com/lipstick", "http://example.org/"),
    "email": tuple(f"guest{number}@example.com" for number in range(200)),
    "role": ("admin", "member"),
    "privacy_setting": ("public", "restricted", "private"),
    "permission": ("read", "write"),
    "provider": ("manual",),
    "reason": ("invalidProof", "duplicateSubmission", "other"),
    "days": (7, 30, 60, 365),
    "ends_at": ("2030-01-01T00:00:00Z", "2000-01-01T00:00:00Z"),
    "url": tuple(_POST.format(f"fuzz{number}") for number in range(5_000)),
    "account_url": tuple(f"https://www.instagram.com/fuzz{number}" for number in range(200)),
}
"""What a field must say to get past its validation."""
_PATHS = {
    "members": "member", "join_requests": "join_request", "invitations": "invitation", "campaigns": "campaign",
    "collabs": "collab", "applications": "application", "payouts": "payout", "access_tokens": "access_token",
    "social_accounts": "social_account", "collab_submissions": "collab_submission",
}  # fmt: skip
_FIELDS = {"campaign_id": "campaign", "collab_id": "collab", "user_id": "user"}


def furnish(url: str, key: str, data: Path) -> Known:
    """An organization of the token's person, who is its creator as well, in every stage; ids by noun."""
    db = open_database(Settings.read({}, data))
    me = db.read_now(identity.tokens.caller, seal.digest(key))
    assert me is not None
    known: dict[str, list[str]] = {}
    headers = {"Authorization": f"Bearer {key}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as client:
            post = _poster(client)
            own = str(client.get("/organizations.json").json()[0]["id"])
            known["organization"] = [own]
            known["kept"] = [own, str(client.get("/me/access_tokens.json").json()[0]["id"])]
            _accounts(db, me, known)
            client.patch("/me/address.json", json={"address": _HOME}).raise_for_status()
            for number in range(_MANY):
                _campaign(post, f"/organizations/{own}", number, known)
                _collab(post, f"/organizations/{own}", number, known)
                _small(post, f"/organizations/{own}", number, known)
            _people(db, me, own, known)
            _payouts(db, me, own, known)
    finally:
        db.close()
    return known


def _poster(client: httpx.Client) -> Post:
    """Sends a body, and gives the id of what is answered."""

    def post(path: str, **body: Any) -> str:
        answer = client.post(f"{path}.json", json=body)
        assert answer.is_success, (path, answer.text)
        return str(answer.json()["id"])

    return post


def _accounts(db: Database, me: Caller, known: dict[str, list[str]]) -> None:
    for number in range(_MANY):
        seq = db.write_now(verify, me, "youtube", f"https://www.youtube.com/@fuzz{number}", f"UC{number}")
        known.setdefault("social_account", []).append(sqid.text(seq))


def _campaign(post: Post, at: str, number: int, known: dict[str, list[str]]) -> None:
    """A draft, a draft with money, a running one with a post in it, or one whose post counts."""
    id = post(f"{at}/campaigns", campaign={**WHOLE, "name": f"C{number}"})
    known.setdefault("campaign", []).append(id)
    if number % 4 == 0:
        return
    paid = post(f"{at}/campaigns/{id}/fundings", funding={"amount": 100_000})
    known.setdefault("campaigns/fundings", []).append(f"{id} {paid}")
    if number % 4 == 1:
        return
    post(f"{at}/campaigns/{id}/publish")
    application = post(f"/board/campaigns/{id}/applications", application={"message": "Me!"})
    known.setdefault("application", []).append(application)
    if number % 8 == 2:
        return
    post(f"{at}/applications/{application}/accept")
    sent = post("/me/submissions", submission={"campaign_id": id, "url": _POST.format(f"own{number}")})
    known.setdefault("campaigns/submissions", []).append(f"{id} {sent}")
    known.setdefault("submission", []).append(sent)
    if number % 4 == 3:
        post(f"{at}/campaigns/{id}/submissions/{sent}/approve")


def _collab(post: Post, at: str, number: int, known: dict[str, list[str]]) -> None:
    """A draft, one that is open, or one with a submission that has come some way."""
    terms = {"name": f"B{number}", "reward_amount": 500, "requires_product_shipment": number % 3 == 0}
    id = post(f"{at}/collabs", collab={**_COLLAB, **terms, "require_spark_ads": number % 7 == 0})
    known.setdefault("collab", []).append(id)
    paid = post(f"{at}/collabs/{id}/fundings", funding={"amount": 10_000}) if number % 6 else ""
    known.setdefault("collabs/fundings", []).extend([f"{id} {paid}"] if paid else [])
    if number % 6 == 0:
        return
    post(f"{at}/collabs/{id}/submit")
    sent = post("/me/collab_submissions", collab_submission={"collab_id": id, "message": "Me!"})
    known.setdefault("collab_submission", []).append(sent)
    known.setdefault("collabs/submissions", []).append(f"{id} {sent}")
    if number % 6 == 1:
        return
    post(f"{at}/collabs/{id}/submissions/{sent}/accept")
    if number % 3 == 0:
        return
    mine, there = f"/me/collab_submissions/{sent}", f"{at}/collabs/{id}/submissions/{sent}"
    if number % 6 >= 4:
        post(f"{mine}/submit_content", content={"url": "https://example.com/video"})
    if number % 6 == 5:
        post(f"{there}/approve_content")


def _small(post: Post, at: str, number: int, known: dict[str, list[str]]) -> None:
    """What may be deleted without anybody missing it, the organizations among it."""
    known.setdefault("spare", []).append(post("/organizations", organization={"name": f"Spare {number}"}))
    token = post("/me/access_tokens", access_token={"description": "Spare"})
    known.setdefault("access_token", []).append(token)
    guest = {"email": f"invited{number}@example.com"}
    known.setdefault("invitation", []).append(post(f"{at}/invitations", invitation=guest))


def _people(db: Database, me: Caller, own: str, known: dict[str, list[str]]) -> None:
    """Members, people who ask to join, and organizations elsewhere that want the token's person, or may be asked."""
    number = _number(own)
    here = db.read_now(identity.at_organization, me, number)
    db.write_now(identity.organizations.change, here, {"privacy_setting": "restricted"})
    for each in range(5):
        who, asks = somebody(db, f"Member{each}"), somebody(db, f"Asker{each}")
        db.write_now(identity.join, here, person(db, who), "member")
        known.setdefault("user", []).append(sqid.text(identity.person_of(who)))
        asked = db.write_now(identity.joining.ask, asks, number)
        known.setdefault("join_request", []).append(sqid.text(asked.seq))
        there = db.write_now(identity.organizations.establish, who, {"name": f"Elsewhere {each}"})
        by = db.read_now(identity.at_organization, who, there.seq)
        db.write_now(identity.organizations.change, by, {"privacy_setting": "restricted"})
        known.setdefault("elsewhere", []).append(sqid.text(there.seq))
        invited = db.write_now(identity.joining.invite, by, person(db, me).email)
        known.setdefault("my invitation", []).append(sqid.text(invited.seq))
    members, _ = db.read_now(identity.members.page, here, 0, 20)
    known["member"] = [sqid.text(each.seq) for each in members]


def _payouts(db: Database, me: Caller, own: str, known: dict[str, list[str]]) -> None:
    """A payout for every post."""
    here, person = db.read_now(identity.at_organization, me, _number(own)), identity.person_of(me)
    for pair in known["campaigns/submissions"]:
        campaign, post = map(_number, pair.split(" "))
        work = money.Work(here.organization, "campaign", campaign, "campaign", post, person, "usd")
        db.write_now(money.earn, here, work, "work", 500)
        db.write_now(money.hold, here, work, 0)
        db.write_now(money.mature, clock.now())
        known.setdefault("payout", []).extend(
            sqid.text(each.seq) for each in db.write_now(money.pay_out, here)
        )


def _number(id: str) -> int:
    number = sqid.number(id)
    assert number is not None
    return number


def in_path(method: str, path: str, sent: Any, known: Known) -> Any:
    """Path parameters of which three in four name something; the others stay what they were made.

    The organization of everything else stays: what is deleted is a spare one.
    """
    if not isinstance(sent, dict):
        return sent
    steps = path.removesuffix(".json").split("/")
    programme = next((name for name in ("campaign_id", "collab_id") if name in sent), "")
    if programme:
        pair = _chosen("", known.get(f"{steps[3]}/{steps[5]}", ()), _roll(sent)).split(" ")
        sent = {**sent, **dict(zip((programme, "id"), pair, strict=False))} if len(pair) == 2 else sent
    else:
        sent = {
            name: _chosen(value, known.get(_noun(method, steps, name), ())) for name, value in sent.items()
        }
    if "organization_id" in sent and sent["organization_id"] not in known["elsewhere"]:
        sent["organization_id"] = known["organization"][0] if _roll(sent) % 16 else sent["organization_id"]
    return sent


def harmless(method: str, sent: Any, known: Known) -> Any:
    """Path parameters, wherever they came from, that delete neither the organization nor the token of all this."""
    if method != "DELETE" or not isinstance(sent, dict) or sent.get("id") not in known["kept"]:
        return sent
    return {**sent, "id": "aaaaaa"}


def _noun(method: str, steps: Sequence[str], name: str) -> str:
    """What the id of this name is of, by the words before it."""
    if name != "id":
        return "elsewhere" if steps[-1] == "join_requests" and method == "POST" else ""
    before = steps[steps.index("{id}") - 1]
    if before == "organizations":
        return "spare" if method == "DELETE" else "organization"
    if steps[1] == "me" and before in ("invitations", "submissions"):
        return "my invitation" if before == "invitations" else "submission"
    return _PATHS.get(before, "")


def in_fields(sent: Any, known: Known) -> Any:
    """A query or a body whose ids and words name something, three times in four."""
    if isinstance(sent, list):
        return [in_fields(each, known) for each in sent]
    if not isinstance(sent, dict):
        return sent
    return {name: _field(name, value, known) for name, value in sent.items()}


def _field(name: str, value: Any, known: Known) -> Any:
    if isinstance(value, dict):
        return in_fields(value, known)
    if isinstance(value, list):
        return [_field(name, each, known) for each in value]
    if not isinstance(value, str | int):
        return value
    return _chosen(value, known.get(_FIELDS.get(name, ""), ()) or _WORDS.get(name, ()))


def _roll(value: Any) -> int:
    return crc32(repr(value).encode(errors="replace"))


def _chosen(value: Any, among: Sequence[Any], roll: int | None = None) -> Any:
    number = _roll(value) if roll is None else roll
    return among[number // 4 % len(among)] if among and number % 4 else value
