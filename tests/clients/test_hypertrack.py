"""The vendor's own Python client, `hypertrack` 1.1.1 as it was published, against a live server.

Nothing of it is changed: it is told its key and where the server is, as its README says.
"""

import io
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import hypertrack
import pytest
from hypertrack import Action, Event, Group, Place, User, exceptions
from PIL import Image

from hyway.kernel import clock
from tests.clients.conftest import Live

NOBODY = "00000000-0000-4000-8000-000000000000"
DOOR = {"type": "Point", "coordinates": [-122.42434, 37.77629]}
PLACE = {"name": "Hayes Valley", "address": "270 Linden Street", "city": "San Francisco", "location": DOOR}


@pytest.fixture(autouse=True, params=["v1", "v2"])
def client(request: pytest.FixtureRequest, live: Live, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its configuration; its tests of groups ask for v2."""
    monkeypatch.setattr(hypertrack, "secret_key", key)
    monkeypatch.setattr(hypertrack, "base_url", live.url + "/api/")
    monkeypatch.setattr(hypertrack, "api_version", request.param)


def some() -> str:
    return uuid.uuid4().hex


def today(hours: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def user() -> User:
    return User.create(name="Tapan", vehicle_type="car")


@pytest.fixture
def moved(live: Live, key: str, user: User) -> User:
    """Drove ten minutes to the north, from an hour ago."""
    begin = clock.now() - clock.HOUR
    fixes = [
        {
            "geojson": {"type": "Point", "coordinates": [-122.42, 37.77 + step * 0.001]},
            "recorded_at": clock.text(begin + step * 10 * clock.SECOND),
            "accuracy": 8,
            "speed": 11.1,
        }
        for step in range(60)
    ]
    with live.http(key) as http:
        said = http.post(f"/api/v1/users/{user.id}/locations/", json=fixes).json()
    assert said == {"accepted": 60, "duplicates": 0, "rejected": []}
    return user


# Users.


def test_a_user_is_created_found_changed_and_deleted() -> None:
    lookup = some()
    made = User.create(name="Tapan Pandita", phone="+16502469293", lookup_id=lookup, vehicle_type="car")
    assert (made.name, made.phone, made.availability_status) == ("Tapan Pandita", "+16502469293", "offline")
    assert made.last_location == {}
    assert made.pending_actions == []
    found = User.retrieve(made.id)
    assert found.hypertrack_id == made.id
    assert dict(found) == dict(made)
    found.name, found.city = "Tapan", "San Francisco"  # the client's own tests send a city
    saved = found.save()
    assert (saved.id, saved.name, saved.vehicle_type) == (made.id, "Tapan", "car")
    assert User.create(lookup_id=lookup).id == made.id
    assert saved.delete() is saved
    with pytest.raises(exceptions.InvalidRequestException) as gone:
        User.retrieve(made.id)
    assert gone.value.http_status == 404


def test_a_users_photo_travels_as_a_file(live: Live) -> None:
    made = User.create(name="Ana", lookup_id=some(), files={"photo": ("me.png", picture(), "image/png")})
    assert made.name == "Ana"
    assert httpx.get(live.url + urlsplit(made.photo).path).content[:4] == b"\x89PNG"
    made.name = "Anna"
    saved = made.save(files={"photo": io.BytesIO(picture())})
    assert (saved.id, saved.name) == (made.id, "Anna")
    again = User.retrieve(made.id)
    again.photo = "https://example.com/me.png"
    assert again.save().photo == "https://example.com/me.png"


def test_users_are_listed_page_by_page() -> None:
    group = Group.create(name="Page by page")
    made = [User.create(name=f"U{number}", group_id=group.id).id for number in range(5)]
    first = User.list(group_id=group.id, page_size=2)
    assert first["count"] == 5
    assert [type(each) for each in first] == [User, User]
    second = first.next_page()
    third = second.next_page()
    assert [each.id for page in (first, second, third) for each in page] == made[::-1]
    assert [each.id for each in third.previous_page()] == [each.id for each in second]
    assert list(third.next_page()) == []
    assert list(first.previous_page()) == []
    assert [each.id for each in User.list(id=",".join(made[:2]), ordering="created_at")] == made[:2]
    assert [each.name for each in User.list(name="u3", group_id=group.id)] == ["U3"]


def test_work_is_assigned_and_canceled(user: User) -> None:
    one, two = Action.create(type="pickup"), Action.create(type="delivery", expected_place=PLACE)
    busy = user.assign_actions(action_ids=[one.id, two.id])
    assert isinstance(busy, User)
    assert (busy.pending_actions, busy.availability_status) == ([one.id, two.id], "active")
    assert Action.retrieve(two.id).user["id"] == user.id
    idle = user.cancel_actions()
    assert (idle.id, idle.pending_actions) == (user.id, [])
    assert Action.retrieve(one.id).status == "canceled"


def test_tracking_is_stopped(moved: User) -> None:
    assert User.retrieve(moved.id).last_location["geojson"]["coordinates"] == [-122.42, 37.829]
    stopped = moved.stop_tracking()
    assert (stopped.id, stopped.availability_status) == (moved.id, "offline")
    assert moved.stop_tracking().availability_status == "offline"


def test_a_users_day_and_how_far_he_went(moved: User) -> None:
    on = today(-1)[:10]
    day = moved.placeline(date=on)
    assert isinstance(day, User)
    assert (day.id, day.timeline_date) == (moved.id, on)
    assert "trip" in [each["type"] for each in day.segments]
    assert moved.placeline().timeline_date == today()[:10]
    assert 6_000 < moved.mileage(date=on).distance + moved.mileage(date=today()[:10]).distance < 14_000
    none = moved.mileage(min_recorded_at=today(-5), max_recorded_at=today(-4))
    assert (none.distance, none.duration) == (0, 0)


# Actions.


def test_an_action_is_created_found_changed_and_deleted() -> None:
    lookup = some()
    made = Action.create(type="delivery", expected_place=PLACE, lookup_id=lookup, scheduled_at=today(1))
    assert (made.type, made.status, made.sub_status) == ("delivery", "created", "not_started")
    assert made.expected_place["location"] == DOOR
    assert made.tracking_url.endswith(made.short_code)
    assert Action.retrieve(made.id).id == made.id
    made.lookup_id, made.city = lookup + "x", "San Francisco"  # its tests send a city here, too
    assert made.save().lookup_id == lookup + "x"
    assert [each.id for each in Action.list(lookup_id=lookup + "x")] == [made.id]
    made.delete()
    with pytest.raises(exceptions.InvalidRequestException):
        Action.retrieve(made.id)


def test_an_action_is_completed(user: User) -> None:
    made = Action.create(type="task", user_id=user.id)
    done = made.complete(completion_location=DOOR, completion_time=today())
    assert isinstance(done, Action)
    assert (done.status, done.completed_place["location"]) == ("completed", DOOR)
    assert made.complete().completed_at == done.completed_at


def test_an_action_is_completed_and_canceled_without_a_word() -> None:
    assert Action.create().complete().status == "completed"
    assert Action.create().cancel().status == "canceled"


def test_an_action_is_canceled_at_a_time() -> None:
    made, at = Action.create(type="visit"), today()
    off = made.cancel(cancelation_time=at)
    assert off.status == "canceled"
    assert off.canceled_at[:19] == at[:19]
    with pytest.raises(exceptions.InvalidRequestException) as refused:
        made.complete()
    assert refused.value.http_body == '{"detail":"Canceled actions cannot be completed."}'


def test_what_was_travelled_for_an_action(moved: User) -> None:
    made = Action.create(type="task", user_id=moved.id)
    meter = made.mileage()
    assert (meter.id, meter.user_id) == (made.id, moved.id)
    assert meter.distance >= 0
    assert made.mileage(date=today()[:10]).id == made.id


def test_actions_are_listed_with_their_ways_and_page_by_page(user: User) -> None:
    made = [Action.create(user_id=user.id, type="task").id for _ in range(3)]
    first = Action.placeline(user_id=user.id, page_size=2)
    assert {"encoded_polyline", "time_aware_polyline"} <= first.results[0].keys()
    assert [each.id for each in first] == made[:0:-1]
    rest = first.next_page()  # which the client asks of actions/
    assert [each.id for each in rest] == made[:1]
    assert isinstance(rest.results[0], Action)
    assert [each.id for each in rest.previous_page()] == made[:0:-1]
    assert Action.list(user_id=user.id, status="assigned,started")["count"] == 3


# Places, groups, events.


def test_a_place_is_created_found_changed_and_deleted() -> None:
    made = Place.create(**PLACE)
    assert (made.location, made.city) == (DOOR, "San Francisco")
    bare = Place.create(address="270 Linden Street", zip_code="94102", country="US")  # its tests' own
    assert (bare.location, bare.zip_code) == (None, "94102")
    found = Place.retrieve(made.id)
    found.city = "Oakland"
    assert found.save().city == "Oakland"
    assert made.id in [each.id for each in Place.list(city="Oakland", page_size=500)]
    found.delete()
    with pytest.raises(exceptions.InvalidRequestException):
        Place.retrieve(made.id)


def test_a_group_is_created_found_and_changed() -> None:
    above = Group.create(name="Country", lookup_id=some())
    made = Group.create(name="Southern group", parent_group_id=above.id)
    assert made.token.startswith("gk_")
    assert made.parent_group_id == above.id
    found = Group.retrieve(made.id)
    found.name = "South"
    assert found.save().name == "South"
    assert [each.name for each in Group.list(parent_group_id=above.id)] == ["South"]
    assert above.id in [each.id for each in Group.list(has_parent="false", page_size=500)]


def test_events_are_listed_and_found(user: User) -> None:
    action = Action.create(user_id=user.id)
    page = Event.list(user_id=user.id, page_size=1)
    assert page["count"] >= 2
    assert all(isinstance(each, Event) for each in page)
    kinds = [each.type for each in [*page, *page.next_page()]]
    assert "action.assigned" in kinds
    found = Event.retrieve(page.results[0].id)
    assert (found.user_id, found.id) == (user.id, page.results[0].id)
    assert [each.type for each in Event.list(action_id=action.id, type="action.assigned")] == [
        "action.assigned"
    ]


# What goes wrong.


@pytest.fixture
def wrong_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypertrack, "secret_key", "sk_" + "0" * 40)


@pytest.mark.usefixtures("wrong_key")
def test_a_wrong_key_is_an_authentication_exception() -> None:
    with pytest.raises(exceptions.AuthenticationException) as refused:
        User.list()
    assert (refused.value.http_status, refused.value.http_body) == (401, '{"detail":"Invalid token."}')
    assert refused.value.headers["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("kind", ["hypertrack-public"])
def test_an_apps_key_may_not_list(live: Live, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypertrack, "secret_key", live.new_key(kind))
    made = User.create(name="From an app")
    assert User.retrieve(made.id).name == "From an app"
    with pytest.raises(exceptions.AuthenticationException) as refused:
        User.list()
    assert refused.value.http_status == 403


@pytest.mark.parametrize("resource", [User, Action, Place, Group, Event])
@pytest.mark.parametrize("id", [NOBODY, "x", "a%00b"])
def test_what_is_not_there_is_an_invalid_request(resource: type, id: str) -> None:
    with pytest.raises(exceptions.InvalidRequestException) as refused:
        resource.retrieve(id)  # type: ignore[attr-defined]
    assert (refused.value.http_status, refused.value.http_body) == (404, '{"detail":"Not found."}')


def test_what_is_wrong_is_said_by_field(user: User) -> None:
    with pytest.raises(exceptions.InvalidRequestException) as refused:
        Action.create(type="dance", expected_place=PLACE, user_id="x")
    assert refused.value.http_status == 400
    assert '"x\\" is not a valid UUID."' in str(refused.value.http_body)
    with pytest.raises(exceptions.InvalidRequestException) as twice:
        Action.create(expected_place=PLACE, expected_place_id=NOBODY)
    assert twice.value.http_body == (
        '{"non_field_errors":["Only one of expected_place or expected_place_id must be specified."]}'
    )
    with pytest.raises(exceptions.InvalidRequestException) as unknown:
        user.assign_actions(action_ids=[NOBODY])
    assert unknown.value.http_body == (
        f'{{"action_ids":["Invalid pk \\"{NOBODY}\\" - object does not exist."]}}'
    )
    with pytest.raises(exceptions.InvalidRequestException):
        Group.create()


def test_no_server_is_a_connection_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypertrack, "base_url", "http://127.0.0.1:9/api/")
    with pytest.raises(exceptions.APIConnectionException):
        User.list()


def test_the_test_environment_is_a_world_of_its_own(live: Live, user: User, monkeypatch: pytest.MonkeyPatch):
    key = live.new_key("hypertrack", "--test")
    assert key.startswith("sk_test_")
    monkeypatch.setattr(hypertrack, "secret_key", key)
    with pytest.raises(exceptions.InvalidRequestException):
        User.retrieve(user.id)
    name = some()
    made = User.create(name=name)
    assert [each.id for each in User.list(name=name)] == [made.id]
