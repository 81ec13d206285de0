"""Visits of the demonstration: those that were and those that are made now, all from one source of chance."""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hyway.commands import demo_data
from hyway.domain.attribution import Capture, Trigger
from hyway.domain.links import Link
from hyway.kernel import clock, ids
from hyway.kernel.clock import Instant

_DAYS = 30
_BOT, _SCAN, _REPEAT = 0.08, 0.12, 0.15


class Visitor(NamedTuple):
    ip: str
    agent: str
    language: str
    name: str


class Request(NamedTuple):
    """One visit to make."""

    path: str
    headers: Mapping[str, str]
    bot: bool


def past(
    organization: int,
    links: Sequence[Link],
    count: int,
    chance: random.Random,
    days: int = _DAYS,
    now: Instant | None = None,
) -> list[Capture]:
    """Visits from so many days ago until yesterday at this time, in the order in which they happened."""
    known: list[Visitor] = []
    return [
        _capture(organization, at, _link(links, chance), _visitor(known, chance), chance)
        for at in _times(count, days, now or clock.now(), chance)
    ]


def present(links: Sequence[Link], count: int, chance: random.Random) -> list[Request]:
    """Visits to make now."""
    known: list[Visitor] = []
    made = []
    for _ in range(count):
        visitor, link = _visitor(known, chance), _link(links, chance)
        bot, scan = chance.random() < _BOT, chance.random() < _SCAN
        headers = {
            "user-agent": chance.choice(demo_data.BOTS) if bot else visitor.agent,
            "accept-language": visitor.language,
            "x-forwarded-for": visitor.ip,
        }
        referrer = _weighted(demo_data.REFERRERS, chance)
        if referrer and not scan:
            headers["referer"] = referrer
        made.append(Request(f"/{link.short_id}{'?qr=1' if scan else ''}", headers, bot))
    return made


def _times(count: int, of: int, now: Instant, chance: random.Random) -> list[Instant]:
    """More each week, fewer at weekends and at night."""
    end = now - clock.DAY
    days = [(of - 1 - ago, ago) for ago in range(of - 1)]
    weights = []
    for grown, ago in days:
        weekday = clock.moment(end - ago * clock.DAY).weekday()
        weights.append((20 + grown) * (0.6 if weekday >= 5 else 1.0))
    picked = chance.choices([ago for _, ago in days], weights, k=count)
    midnight = end - end % clock.DAY
    return sorted(min(end, midnight - ago * clock.DAY + _hour(chance)) for ago in picked)


def _hour(chance: random.Random) -> int:
    hour = chance.choices(range(24), demo_data.HOURS)[0]
    return hour * clock.HOUR + chance.randrange(clock.HOUR)


def _capture(organization: int, at: int, link: Link, visitor: Visitor, chance: random.Random) -> Capture:
    id, bot = ids.uuid7(), chance.random() < _BOT
    trigger: Trigger = "qr" if chance.random() < _SCAN else "link"
    return Capture(
        id=id,
        at=at,
        organization=organization,
        link_seq=link.seq,
        link_id=link.id,
        short_id=link.short_id,
        partner_id=link.partner_id,
        external_id=link.external_id,
        tenant_id=link.tenant_id,
        trigger=trigger,
        user_agent=chance.choice(demo_data.BOTS) if bot else visitor.agent,
        ip=visitor.ip,
        visitor_id=visitor.name,
        session_id=id,
        referrer=None if trigger == "qr" else _weighted(demo_data.REFERRERS, chance),
        destination=f"{link.url}?hoko_id={id}",
        utm=link.utm,
        language=visitor.language,
        marked_bot=bot,
    )


def _link(links: Sequence[Link], chance: random.Random) -> Link:
    """A few are popular, most are not."""
    return links[min(int(chance.paretovariate(0.7)) - 1, len(links) - 1)]


def _visitor(known: list[Visitor], chance: random.Random) -> Visitor:
    """Somebody new, or one who was here before."""
    if known and chance.random() < _REPEAT:
        return chance.choice(known[-200:])
    where = chance.choices(demo_data.PLACES, [each.weight for each in demo_data.PLACES])[0]
    agent = _weighted(demo_data.AGENTS, chance) or ""
    made = Visitor(
        f"{where.network}{chance.randrange(1, 255)}", agent, where.language, f"{chance.getrandbits(96):024x}"
    )
    known.append(made)
    return made


def _weighted(choices: Sequence[tuple[str | None, int]], chance: random.Random) -> str | None:
    return chance.choices([value for value, _ in choices], [weight for _, weight in choices])[0]
