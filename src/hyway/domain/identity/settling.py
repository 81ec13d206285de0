"""The one place that keeps dynamic teams and the search for members true: whoever changes a member or a team's
criteria calls it in the same transaction. It waits for others who do so in the organization, or each would miss what
the other has not written yet."""

from hyway.domain.identity import criteria, profiling
from hyway.domain.identity.member_records import Team
from hyway.domain.identity.store import members, profiles
from hyway.domain.identity.store import teams as store
from hyway.kernel import clock
from hyway.kernel.db import Write


def settle(w: Write, organization: int, membership: int) -> None:
    """One member has come or has changed: in just the dynamic teams whose criteria hold, and found by what they are."""
    members.lock(w, organization)
    for seq, of in profiles.profiles(w, organization, membership):
        profiles.find_by(w, [(seq, profiling.found_by(of))])
        wanted = {team for team, text in store.dynamic(w, organization) if criteria.holds(text, of)}
        is_in = store.dynamic_of(w, seq)
        out, into = sorted(is_in - wanted), sorted(wanted - is_in)
        store.move(
            w, organization, [(team, seq) for team in out], [(team, seq) for team in into], clock.now()
        )


def settle_person(w: Write, person: int) -> None:
    """A person calls themselves otherwise: wherever they belong."""
    for organization, membership in profiles.places_of(w, person):
        settle(w, organization, membership)


def fill(w: Write, organization: int, team: Team) -> None:
    """A dynamic team has come, or its criteria have changed: in it are just those for whom they hold."""
    members.lock(w, organization)
    text = criteria.stored(team.criteria)
    wanted = {seq for seq, of in profiles.profiles(w, organization) if criteria.holds(text, of)}
    is_in = store.members(w, team.seq)
    out, into = sorted(is_in - wanted), sorted(wanted - is_in)
    store.move(
        w, organization, [(team.seq, seq) for seq in out], [(team.seq, seq) for seq in into], clock.now()
    )
