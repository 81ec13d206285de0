"""Captures become clicks: a whole batch is enriched and stored in one transaction, off the event loop."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from hyway.domain import webhooks
from hyway.domain.attribution import agents, bots
from hyway.domain.attribution.payloads import click_payload
from hyway.domain.attribution.records import Capture
from hyway.domain.attribution.store import clicks as store
from hyway.domain.netinfo import Places
from hyway.kernel import clock
from hyway.kernel.db import Write

_REMEMBERED = 50_000
_TEXTS = 8_000
"""Of what strangers write, such as user agents, fewer: each may be two thousand characters."""
# Made once: `json.dumps` makes an encoder for each text that it does not escape.
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_TRIGGER_NUMBERS = {name: number for number, name in enumerate(store.TRIGGERS)}


class Recorder:
    """Writes batches of captures and remembers what most of them share: agents, places, recent visits.

    What it remembers it learns from durable commits alone, so a batch that fails leaves no trace here either.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self._agents: dict[str, tuple[int, bool]] = {}
        self._places: dict[tuple[str, str, str], int] = {}
        self._visits: dict[tuple[int, str], int] = {}
        self._hosts: dict[str, str | None] = {}

    def record(self, w: Write, captures: Sequence[Capture]) -> None:
        """Stores the clicks: bots flagged, repeats of a visitor within the hour marked; durable with the commit."""
        learnt = _Learnt()
        rows = [self._row(w, each, learnt) for each in captures]
        known = _reported(w, captures)
        store.add(w, rows)
        self._tell(w, [each for each in captures if each.id not in known])
        w.after(lambda: self._learn(learnt))

    def _row(self, w: Write, each: Capture, learnt: "_Learnt") -> tuple[Any, ...]:
        """In the order of `store.NAMES`."""
        agent, bot_agent = self._agent(w, each.user_agent, learnt)
        bot = each.marked_bot or bot_agent
        return (
            each.id,
            each.organization,
            each.link_seq,
            each.at,
            agent,
            self._place(w, each.ip, learnt),
            _TRIGGER_NUMBERS[each.trigger],
            1 if bot else 0,
            0 if bot else self._first(w, each, learnt),
            each.visitor_id,
            each.session_id,
            each.destination,
            each.link_id,
            each.short_id,
            each.partner_id,
            each.external_id,
            each.tenant_id,
            each.referrer,
            self._host(each.referrer) if each.referrer else None,
            _as_json(each.utm) if each.utm else None,
            each.language,
        )

    def _agent(self, w: Write, user_agent: str, learnt: "_Learnt") -> tuple[int, bool]:
        known = self._agents.get(user_agent) or learnt.agents.get(user_agent)
        if known is None:
            agent = agents.read(user_agent)
            seq = store.agent_seq(w, user_agent[: agents.LONGEST], agent)
            known = learnt.agents[user_agent] = (seq, bots.is_bot_agent(user_agent))
        return known

    def _place(self, w: Write, ip: str, learnt: "_Learnt") -> int:
        # By place, not by address: nearly every visitor has another address, but there are few places.
        found = self.places.find(ip)
        place = (found.country_code or "", found.region or "", found.city or "")
        known = self._places.get(place) or learnt.places.get(place)
        if known is None:
            known = learnt.places[place] = store.place_seq(w, *place)
        return known

    def _first(self, w: Write, each: Capture, learnt: "_Learnt") -> int:
        """1 for the visitor's first click of the hour on this link; the hour runs from the first, not the last."""
        key = (each.link_seq, each.visitor_id)
        began = learnt.visits.get(key) or self._visits.get(key)
        if began is not None and 0 <= each.at - began < clock.HOUR:
            return 0
        first = store.visit(w, each.link_seq, each.visitor_id, each.at)
        if first:
            learnt.visits[key] = each.at
        return int(first)

    def _host(self, referrer: str) -> str | None:
        host = self._hosts.get(referrer, "")
        if host == "":
            try:
                host = urlsplit(referrer).hostname
            except ValueError:
                host = None
            _bound(self._hosts, _TEXTS)
            self._hosts[referrer] = host
        return host

    def _learn(self, learnt: "_Learnt") -> None:
        for known, new, most in (
            (self._agents, learnt.agents, _TEXTS),
            (self._places, learnt.places, _REMEMBERED),
            (self._visits, learnt.visits, _REMEMBERED),
        ):
            if new:
                _bound(known, most)
                known.update(new)  # type: ignore[arg-type]

    def _tell(self, w: Write, captures: Sequence[Capture]) -> None:
        """Leaves `link.clicked` deliveries of people's clicks for the organizations that want them."""
        for organization in {each.organization for each in captures}:
            if webhooks.wants(w, organization, "link.clicked"):
                mine = [each.id for each in captures if each.organization == organization]
                stored = store.by_click_ids(w, organization, mine)
                people = [click_payload(click) for click in stored if not click.bot]
                webhooks.queue(w, organization, "link.clicked", people)


def _reported(w: Write, captures: Sequence[Capture]) -> set[str]:
    """Clicks that a page's script has reported before: sent again, they are no second event."""
    said = [each for each in captures if each.trigger == "embed"]
    known: set[str] = set()
    for organization in {each.organization for each in said}:
        mine = [each.id for each in said if each.organization == organization]
        known.update(click.id for click in store.by_click_ids(w, organization, mine))
    return known


class _Learnt:
    """What one batch found out; kept when the batch is."""

    def __init__(self) -> None:
        self.agents: dict[str, tuple[int, bool]] = {}
        self.places: dict[tuple[str, str, str], int] = {}
        self.visits: dict[tuple[int, str], int] = {}


def _bound(known: dict[Any, Any], most: int) -> None:
    if len(known) > most:
        known.clear()
