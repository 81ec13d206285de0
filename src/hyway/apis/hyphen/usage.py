"""Usage: what an organization, and an account that pays, have used in a billing cycle."""

from typing import Annotated

from msgspec import Meta, Struct

from hyway.apis.hyphen import refs
from hyway.apis.hyphen.asking import SIGNED_IN, at, moment, operation
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import billing
from hyway.domain.billing import Cycle, OrganizationUsage, Totals, Usage

_MILLISECOND = 1_000


class UsageQuery(Struct, kw_only=True, rename="camel"):
    billing_cycle: (
        Annotated[int, Meta(ge=1, description="The number of the cycle, from 1; the running one if absent.")]
        | None
    ) = None


class UserUsage(Struct):
    """Members who did something that the event log tells of."""

    active: int


class SeatUsage(Struct):
    """`total` are the members; no plan bounds them, so there is none that is `open`."""

    total: int
    open: int


class EnvUsage(Struct):
    pull: int
    push: int


class LinkUsage(Struct):
    created: int


class NetInfoUsage(Struct):
    requests: int


class ToggleUsage(Struct):
    """Answered requests to evaluate, and reports of clients."""

    evaluations: int
    telemetry: int


class DeployUsage(Struct):
    """Nothing is deployed by this server."""

    seconds: int


class AgentUsage(Struct):
    """This server has none."""

    total: int


class UsageTotal(Struct, rename="camel"):
    user: UserUsage
    seat: SeatUsage
    env: EnvUsage
    link: LinkUsage
    net_info: NetInfoUsage
    toggle: ToggleUsage
    deploy: DeployUsage
    agent: AgentUsage


class UsageOf(Struct, rename="camel"):
    """One of the organizations that an account pays for."""

    organization: OrganizationRef
    last_updated: str
    total: UsageTotal


class UsageOfOrganization(Struct, rename="camel"):
    """`startDate` to `endDate` is the cycle, `remainingDays` are what is left of it, today among them."""

    billing_cycle: int
    total_days: int
    remaining_days: int
    start_date: str
    end_date: str
    last_updated: str
    total: UsageTotal
    organization: OrganizationRef


class UsageOfAccount(Struct, rename="camel"):
    """The same of all organizations that an account pays for, and of each."""

    billing_cycle: int
    total_days: int
    remaining_days: int
    start_date: str
    end_date: str
    last_updated: str
    organizations: list[UsageOf]
    total: UsageTotal


@operation(
    "GET",
    "/api/organizations/{organizationId}/usage",
    needs=("read", "Usage"),
    query=UsageQuery,
    gives=UsageOfOrganization,
)
async def of_organization(ask: Ask, query: UsageQuery) -> UsageOfOrganization:
    """Show an organization's usage.

    Cycles are months in UTC from the day on which the account that pays was made. A cycle that has not begun is not
    found.
    """
    used = await ask.db.read(billing.usage.of_organization, await at(ask), query.billing_cycle)
    (only,) = used.organizations
    return UsageOfOrganization(
        *_cycle(used.cycle), moment(used.as_of), total(used.total), refs.organization(only.organization)
    )


@operation(
    "GET",
    "/api/billing-accounts/{billingAccountId}/usage",
    needs=SIGNED_IN,
    query=UsageQuery,
    gives=UsageOfAccount,
)
async def of_account(ask: Ask, query: UsageQuery) -> UsageOfAccount:
    """Show an account's usage.

    Of all organizations that the account pays for, and of each; for its owners.
    """
    id = ask.path["billingAccountId"]
    used = await ask.db.read(billing.usage.of_account, ask.by, id, query.billing_cycle)
    return UsageOfAccount(
        *_cycle(used.cycle),
        moment(used.as_of),
        [_one(used, each) for each in used.organizations],
        total(used.total),
    )


def _cycle(cycle: Cycle) -> tuple[int, int, int, str, str]:
    """`endDate` is the last millisecond, as the vendor's example has the last second."""
    ends = moment(cycle.ends_at - _MILLISECOND)
    return cycle.number, cycle.total, cycle.remaining, moment(cycle.starts_at), ends


def _one(used: Usage, of: OrganizationUsage) -> UsageOf:
    return UsageOf(refs.organization(of.organization), moment(used.as_of), total(of.totals))


def total(of: Totals) -> UsageTotal:
    """Every member is there and a number, whatever was counted."""
    counted = of.counted
    return UsageTotal(
        user=UserUsage(of.active),
        seat=SeatUsage(of.seats, 0),
        env=EnvUsage(counted["env.pull"], counted["env.push"]),
        link=LinkUsage(counted["link.created"]),
        net_info=NetInfoUsage(counted["net_info.requests"]),
        toggle=ToggleUsage(counted["toggle.evaluations"], counted["toggle.telemetry"]),
        deploy=DeployUsage(0),
        agent=AgentUsage(0),
    )


OPERATIONS = (of_organization, of_account)
