"""Whatever happens to members and to criteria, a dynamic team holds just those for whom its criteria hold."""

import contextlib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import identity
from hyway.domain.identity import Account, Caller, Member, NewMember, Organization, Team, members, signing_up
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Fault

# Few words, so that they meet.
WORDS = ("ann", "ANNA", "Bob", "bobby", "Ö", "ö%")
PARTS = (*WORDS, "a", "B", "@", "b")
TYPES = ("github", "npm")
COUNT = iter(range(10**9))
word, part = st.sampled_from(WORDS), st.sampled_from(PARTS)
property_ = st.fixed_dictionaries({
    "type": st.just("property"), "field": st.sampled_from(["firstName", "lastName", "nickname", "email"]),
    "operator": st.sampled_from(["equals", "notEquals", "contains", "startsWith", "endsWith"]), "value": part,
})  # fmt: skip
among = st.fixed_dictionaries({
    "type": st.just("property"), "field": st.sampled_from(["firstName", "nickname"]), "operator": st.just("in"),
    "value": st.lists(word, min_size=1, max_size=3) | st.just("ann, BOB"),
})  # fmt: skip
account = st.fixed_dictionaries(
    {"type": st.just("account"), "field": st.sampled_from(TYPES), "operator": st.just("connected")}
)
criterion = st.one_of(property_, property_, account, among)
some_criteria = st.lists(criterion, min_size=1, max_size=1) | st.lists(criterion, min_size=2, max_size=2)
at = st.integers(0, 9)
event = st.one_of(
    st.tuples(st.just("create"), word, word | st.none(), st.sampled_from([*TYPES, ""])),
    st.tuples(st.just("join"), word),
    st.tuples(
        st.just("change"), at, st.sampled_from(["first_name", "last_name", "nickname"]), word | st.just("")
    ),
    st.tuples(st.just("address"), at, word),
    st.tuples(st.just("arrive"), at, word),
    st.tuples(st.just("connect"), at, st.sampled_from(TYPES)),
    st.tuples(st.just("disconnect"), at, st.sampled_from(TYPES)),
    st.tuples(st.just("drop"), at),
    st.tuples(st.just("leave"), at),
    st.tuples(st.just("team"), some_criteria | st.just([])),
    st.tuples(st.just("aim"), at, some_criteria),
    st.tuples(st.just("freeze"), at),
    st.tuples(st.just("choose"), at, st.lists(at, max_size=3)),
    st.tuples(st.just("disband"), at),
)


class Play:
    """One organization, and what its static teams are to hold."""

    def __init__(self, db: Database) -> None:
        self.db, self.turn = db, next(COUNT)
        self.organization: Organization = db.write_now(identity.found_organization, f"Acme {self.turn}")
        self.by: Caller = identity.command_line(self.organization)
        self.chosen: dict[str, set[str]] = {}

        for n, name in enumerate(("Ann", "bob")):
            self.do("create", name, WORDS[n + 3], TYPES[n])
        self.do("join", "Anna")
        self.do("team", [])

    def do(self, what: str, *more: Any) -> None:
        with contextlib.suppress(Fault):  # a refusal changes nothing, which is what is looked at afterwards
            self.db.write_now(getattr(self, f"_{what}"), *more)

    def address(self, name: str) -> str:
        return f"{name.casefold().replace('ö', 'o').replace('%', '')}{self.turn}@example.com"

    def members(self, r: Read) -> list[Member]:
        return identity.profiles.page(r, self.by)[0]

    def _pick(self, r: Read, at: int) -> Member:
        every = self.members(r)
        return every[at % len(every)] if every else identity.profiles.find(r, self.by, "")

    def _team_at(self, r: Read, at: int) -> Team:
        every = identity.teams.page(r, self.by)
        return every[at % len(every)] if every else identity.teams.find(r, self.by, "")

    def _create(self, w: Write, first: str, last: str | None, type: str) -> None:
        accounts = (Account(type, "x"),) if type else ()
        new = NewMember(self.address(f"{first}{len(self.members(w))}"), first, last, accounts=accounts)
        identity.profiles.create(w, self.by, new)

    def _join(self, w: Write, name: str) -> None:
        email = self.address(name)
        person = identity.person_by_email(w, email) or identity.add_person(w, email, name, "x" * 12)
        identity.join(w, self.by, person, "member")

    def _change(self, w: Write, at: int, field: str, value: str) -> None:
        identity.profiles.change(w, self.by, self._pick(w, at).id, **{field: value})

    def _address(self, w: Write, at: int, name: str) -> None:
        identity.profiles.change(w, self.by, self._pick(w, at).id, email=self.address(name))

    def _arrive(self, w: Write, at: int, name: str) -> None:
        """Who was made a member follows the letter, and says what they are called."""
        email = self._pick(w, at).email or ""
        token = signing_up.link(w, email).rpartition("/")[2]
        signing_up.finish(w, token, signing_up.Newcomer(name, email, "x"))

    def _connect(self, w: Write, at: int, type: str) -> None:
        identity.accounts.connect(w, self.by, self._pick(w, at).id, Account(type, "x"))

    def _disconnect(self, w: Write, at: int, type: str) -> None:
        identity.accounts.disconnect(w, self.by, self._pick(w, at).id, type, "x")

    def _drop(self, w: Write, at: int) -> None:
        gone = self._pick(w, at)
        identity.profiles.drop(w, self.by, gone.id)
        self._forget(gone)

    def _leave(self, w: Write, at: int) -> None:
        """As the other APIs remove a member."""
        gone = self._pick(w, at)
        members.remove(w, self.by, gone.seq or 0)
        self._forget(gone)

    def _forget(self, gone: Member) -> None:
        for chosen in self.chosen.values():
            chosen.discard(gone.id)

    def _team(self, w: Write, criteria: list[Any]) -> None:
        made = identity.teams.create(
            w, self.by, f"Team {len(identity.teams.page(w, self.by))}", None, criteria
        )
        if not criteria:
            self.chosen[made.id] = set()

    def _aim(self, w: Write, at: int, criteria: list[Any]) -> None:
        team = self._team_at(w, at)
        identity.teams.change(w, self.by, team.id, type="dynamic", criteria_=criteria)
        self.chosen.pop(team.id, None)

    def _freeze(self, w: Write, at: int) -> None:
        team = self._team_at(w, at)
        self.chosen[team.id] = {each.id for each in identity.teams.members(w, self.by, team.id)}
        identity.teams.change(w, self.by, team.id, type="static")

    def _choose(self, w: Write, at: int, whom: list[int]) -> None:
        ids = [self._pick(w, each).id for each in whom]
        team = self._team_at(w, at)
        identity.teams.replace_members(w, self.by, team.id, ids)
        self.chosen[team.id] = set(ids)

    def _disband(self, w: Write, at: int) -> None:
        team = self._team_at(w, at)
        identity.teams.drop(w, self.by, team.id)
        self.chosen.pop(team.id, None)

    def check(self, r: Read) -> None:
        every = self.members(r)
        for team in identity.teams.page(r, self.by):
            inside = [each.id for each in identity.teams.members(r, self.by, team.id)]
            assert team.member_count == len(inside) == len(set(inside))
            if team.type == "dynamic":
                assert set(inside) == {
                    each.id for each in every if all(holds(c, each) for c in team.criteria)
                }
            else:
                assert set(inside) == self.chosen[team.id]
        for each in every:
            for told in (each.first_name or "", each.nickname, each.email or ""):
                assert each.id in [
                    found.id for found in identity.profiles.page(r, self.by, search=told.upper())[0]
                ]
        assert len({each.email for each in every}) == len(every)


def holds(criterion: Any, of: Member) -> bool:
    """The rule, written once more from its description."""
    if criterion["type"] == "account":
        return criterion["field"] in [each.type for each in of.accounts]
    shown = {"firstName": of.first_name, "lastName": of.last_name, "nickname": of.nickname, "email": of.email}
    is_, value = (shown[criterion["field"]] or "").casefold(), criterion["value"]
    if criterion["operator"] == "in":
        return is_ in [
            each.strip().casefold() for each in (value.split(",") if isinstance(value, str) else value)
        ]
    value = value.casefold()
    return {
        "equals": is_ == value, "notEquals": is_ != value, "contains": value in is_,
        "startsWith": is_[: len(value)] == value, "endsWith": is_[-len(value) :] == value,
    }[criterion["operator"]]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(some_criteria, min_size=2, max_size=4), st.lists(event, min_size=12, max_size=25))
def test_teams_hold_who_they_are_for(
    db: Database, criteria: list[list[Any]], events: list[tuple[Any, ...]]
) -> None:
    play = Play(db)
    for each in criteria:
        play.do("team", each)
    db.read_now(play.check)
    for what, *more in events:
        play.do(what, *more)
        db.read_now(play.check)
