"""Whatever people do to each other's memberships, an organization keeps its owner and its order."""

import contextlib
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import identity
from hyway.domain.identity import Caller, Organization, joining, members, organizations, signing_up
from hyway.domain.identity.store.tables import ACCESS_REQUESTS
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Fault
from tests.make.people import alone, somebody

PEOPLE = 2
UNPROVEN = ("u0@example.com",)
NOBODY_YET = ("n0@example.com",)
UNDOING = ("cancel", "reject", "withdraw", "decline")
# Few people and often the same few words, so that they meet.
EVENTS = (
    "ask", "ask", "ask", "invite", "invite", "invite", "confirm", "confirm", "privacy", "privacy", "approve", "accept",
    *UNDOING, "role", "role", "remove", "leave", "arrive",
)  # fmt: skip
event = st.tuples(
    st.sampled_from(EVENTS),
    st.integers(0, PEOPLE),
    st.integers(0, 11),
    st.sampled_from(["admin", "member"]),
)
COUNT = iter(range(10**9))


class Play:
    """One organization and whoever comes near it."""

    def __init__(self, db: Database, privacy: str) -> None:
        self.db, self.turn, self.privacy = db, next(COUNT), privacy
        self.people = [somebody(db, f"p{n}-{self.turn}") for n in range(PEOPLE)]
        self.people += [self._unproven(name) for name in UNPROVEN]
        self.organization = self._found()

    def address(self, name: str) -> str:
        return f"{self.turn}-{name}"

    def _unproven(self, name: str) -> Caller:
        new = signing_up.Newcomer(name, self.address(name), "x")
        return alone(self.db.write_now(signing_up.at_once, new, f"{self.turn}"))

    def _found(self) -> Organization:
        fields = {"name": f"Acme {self.turn}", "privacy_setting": self.privacy}
        return self.db.write_now(organizations.establish, self.people[0], fields)

    def do(self, what: str, who: int, at: int, role: str) -> None:
        # A refusal changes nothing, which is what is looked at afterwards.
        with contextlib.suppress(Fault):
            self.db.write_now(self._do, what, self.people[who % len(self.people)], at, role)

    def _do(self, w: Write, what: str, by: Caller, at: int, role: str) -> None:
        if what in ("ask", "cancel", "accept", "decline", "confirm", "arrive"):
            return self._alone(w, what, by, at)
        inside = {m.person.seq for m in identity.members_of(w, identity.command_line(self.organization))}
        here = [each for each in self.people if each.person in inside]
        by = by if by.person in inside else here[0]
        there = identity.at_organization(w, by, self.organization.seq)
        verbs: dict[str, Any] = {
            "approve": joining.approve,
            "reject": joining.reject,
            "withdraw": joining.withdraw,
            "remove": members.remove,
        }
        if what in verbs:
            verbs[what](w, there, self._number(w, what, at))
        elif what == "leave":
            mine = [m.seq for m in identity.members_of(w, there) if m.person.seq == by.person]
            members.remove(w, there, mine[0])
        elif what == "role":
            members.change_role(w, there, self._number(w, what, at), role)
        elif what == "invite":
            every = [each.email for each in self._persons(w)] + [self.address(n) for n in NOBODY_YET]
            joining.invite(w, there, every[at % len(every)], role)
        else:
            organizations.change(w, there, {"privacy_setting": organizations.PRIVACY[at % 3]})

    def _alone(self, w: Write, what: str, by: Caller, at: int) -> None:
        if what == "ask":
            joining.ask(w, by, self.organization.seq)
        elif what == "confirm":
            name = next(each.email for each in self._persons(w) if each.seq == by.person)
            signing_up.confirm(w, by, signing_up.link(w, name).rpartition("/")[2])
        elif what == "arrive":
            token = signing_up.link(w, self.address(NOBODY_YET[0])).rpartition("/")[2]
            made = signing_up.finish(w, token, signing_up.Newcomer("New", "", "x"))
            self.people.append(alone(made))
        else:
            verb = {"cancel": joining.cancel, "accept": joining.accept, "decline": joining.decline}[what]
            page = joining.my_requests if what == "cancel" else joining.my_invitations
            verb(w, by, page(w, by)[0][0].seq if page(w, by)[0] else at)

    def _persons(self, r: Read) -> list[identity.Person]:
        return list(identity.named(r, [by.person or 0 for by in self.people]).values())

    def _number(self, r: Read, what: str, at: int) -> int:
        owner = replace(identity.command_line(self.organization), person=0)
        if what in ("role", "remove"):
            every = [m.seq for m in members.page(r, owner)[0]]
        else:
            page = joining.invitations if what == "withdraw" else joining.requests
            every = [each.seq for each in page(r, owner)[0]]
        return every[at % len(every)] if every else 0

    def check(self, r: Read) -> None:
        here = identity.members_of(r, identity.command_line(self.organization))
        assert [m.role for m in here].count("owner") == 1
        assert next(m for m in here if m.role == "owner").person.seq == self.people[0].person
        assert max(Counter(m.person.seq for m in here).values()) == 1
        pending = ACCESS_REQUESTS.select().where(
            ACCESS_REQUESTS.c.status == "pending", ACCESS_REQUESTS.c.organization == self.organization.seq
        )
        rows = list(r.run(pending))
        assert all((row.person is None) != (row.email is None) for row in rows)
        known = {p.email: p for p in self._persons(r)}
        # An address that was never shown to be somebody's own is nobody's, so it may wait beside its account's.
        behind = Counter(
            row.person
            or (known[row.email].seq if row.email in known and known[row.email].is_confirmed else row.email)
            for row in rows
        )
        assert not behind or max(behind.values()) == 1
        inside = {m.person.seq for m in here}
        assert not [row for row in rows if row.person in inside]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(privacy=st.sampled_from(organizations.PRIVACY), events=st.lists(event, min_size=15, max_size=50))
def test_there_is_always_an_owner_and_one_matter_at_a_time(db: Database, privacy, events):
    play = Play(db, privacy)
    for each in events:
        play.do(*each)
        db.read_now(play.check)
