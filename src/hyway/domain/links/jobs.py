"""What happens to domains later: those that wait are looked at again, and those that are well once a day."""

from hyway.domain import identity
from hyway.domain.links import domains, inquiry
from hyway.kernel.jobs import Means, every

_AT_ONCE = 20


@every(10)
def look_again(means: Means) -> None:
    """One after the other, the longest due first."""
    house = means.db.house
    for domain in means.db.read_now(domains.due, _AT_ONCE):
        found = inquiry.look(means.outgoing, means.services, domain, house.hosts, house.home)
        means.db.write_now(domains.settle, identity.server(domain.organization), domain.seq, found)
