"""The batches of one account in one transaction: judged, sorted by user, stored, and followed up."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, Final

from hyway.domain.tracking import accounts
from hyway.domain.tracking.borders import fences
from hyway.domain.tracking.incoming import advancing, signals
from hyway.domain.tracking.incoming.advancing import Advanced
from hyway.domain.tracking.incoming.receiving import (
    AHEAD,
    OLDEST,
    Batch,
    Item,
    Reading,
    Refusal,
    Report,
    Verdict,
    location,
    untimely,
)
from hyway.domain.tracking.records import Account, Happening, Location
from hyway.domain.tracking.store import events, positions, tracks
from hyway.domain.tracking.store import users as profiles
from hyway.domain.tracking.store.positions import Key
from hyway.domain.tracking.store.tracks import Track
from hyway.domain.tracking.telling import happenings, kinds, payloads
from hyway.domain.tracking.work import actions
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Write

Fresh = dict[Key, tuple[Reading, Verdict | None]]
"""Positions by their key, with the batch that each counts for: none for the place of a report."""


_COMPLETED: Final = "action.completed"
_OF_ACTIONS: Final = frozenset({"action.assigned", _COMPLETED})
"""Told as events by the actions themselves."""
_OURS: Final = frozenset(kinds.ALL) - kinds.FROM_DEVICES


class Intake:
    """One account's intake; used once."""

    def __init__(self, w: Write, account: Account) -> None:
        self._w = w
        self._account = account
        self._now = clock.now()
        days = account.retention_days
        self._oldest: Instant = OLDEST if days is None else max(OLDEST, self._now - days * DAY)
        self._tracks: dict[str, Track | None] = {}
        self._heard: dict[int, Track] = {}
        self._fresh: dict[int, Fresh] = {}
        self._plain: set[int] = set()
        self._known: set[tuple[int, str, Instant, str]] = set()
        self._told: list[Happening] = []
        self._profiles: dict[int, dict[str, Any]] = {}
        self._completed: list[tuple[Track, Report, Location | None]] = []

    def take(self, mine: Sequence[tuple[Batch, Verdict]]) -> None:
        """Fills the verdicts."""
        wanted = {item.user for batch, _ in mine for item in batch.items}
        wanted.update(batch.only for batch, _ in mine if batch.only)
        for id in sorted(
            wanted
        ):  # in one order for all who lock users, so that none waits for another in a ring
            self._tracks[id] = tracks.locked(self._w, self._account.seq, id)
        for batch, verdict in mine:
            self._batch(batch, verdict)
        advanced = self._store()
        self._save()
        self._tell()
        self._work(advanced)

    def _batch(self, batch: Batch, verdict: Verdict) -> None:
        if batch.only is not None and self._tracks[batch.only] is None:
            verdict.standing = "missing"
            return
        users = [track for id in {item.user for item in batch.items} if (track := self._tracks[id])]
        for track in users:
            if signals.is_secondary(track, batch):
                verdict.standing = "secondary"
                told = {"device_id": batch.device}
                self._note(
                    "device.secondary.ignored", track, batch.received_at, batch.device or "", info=told
                )
        if verdict.standing != "taken":
            return
        newest = self._items(batch, verdict)
        for track in users:
            self._hear(track, batch, newest)

    def _items(self, batch: Batch, verdict: Verdict) -> Instant | None:
        """Judges and collects; the time of the newest item that was taken."""
        newest: Instant | None = None
        oldest, latest = self._oldest, batch.received_at + AHEAD - batch.skew
        user, track, fresh = "", None, Fresh()
        for item in batch.items:
            if item.user != user:
                user, track = item.user, self._tracks[item.user]
                fresh = self._fresh.setdefault(track.seq, {}) if track else {}
            if track is None:
                text = f'Invalid pk "{user[:64]}" - object does not exist.'
                verdict.refused.append(Refusal(item.place, "user_id", text))
                continue
            reading, report = item.reading, item.report
            at = reading.at if reading is not None else report.at if report is not None else 0
            if not oldest <= at <= latest or (report is not None and not oldest <= report.at <= latest):
                verdict.refused.append(self._untimely(item, batch))
                continue
            if report is not None and report.type in _OURS:
                text = f'"{report.type}" is not for devices to tell.'
                verdict.refused.append(Refusal(item.place, "type", text))
                continue
            if newest is None or at > newest:
                newest = at
            if reading is not None:
                _add(fresh, reading, None if report else verdict)
            if report is not None:
                self._report(item, report, track, verdict)
        return newest

    def _untimely(self, item: Item, batch: Batch) -> Refusal:
        times = [part.at for part in (item.reading, item.report) if part is not None]
        wrong = (untimely(at, batch.skew, batch.received_at, self._oldest) for at in times)
        return Refusal(item.place, "recorded_at", next(text for text in wrong if text))

    def _report(self, item: Item, report: Report, track: Track, verdict: Verdict) -> None:
        known = (track.seq, report.type, report.at, _dedupe(item, report))
        if known in self._known or events.is_told(self._w, *known):
            verdict.duplicates += 1
            return
        self._known.add(known)
        verdict.accepted += 1
        spot = location(item.reading) if item.reading else None
        if report.type in _OF_ACTIONS:
            if report.type == _COMPLETED:
                self._completed.append((track, report, spot))
            return
        called, told = track.device_name, dict(report.data)
        follows = signals.apply(track, report)
        if track.device_name != called:
            self._profiles.setdefault(track.seq, {})["device_name"] = track.device_name
        self._note(report.type, track, report.at, known[3], spot, told)
        if follows:
            self._note(follows, track, report.at, "", spot, told)

    def _hear(self, track: Track, batch: Batch, newest: Instant | None) -> None:
        self._heard[track.seq] = track
        if batch.plain:
            self._plain.add(track.seq)
        if signals.hear(track, batch, newest):
            self._note("user.network.online", track, batch.received_at)
        if zone := signals.zone(track, batch):
            track.timezone = self._profiles.setdefault(track.seq, {})["timezone"] = zone

    def _note(
        self,
        type: str,
        track: Track,
        at: Instant,
        dedupe: str = "",
        spot: Location | None = None,
        info: dict[str, Any] | None = None,
    ) -> None:
        self._told.append(Happening(type, track.seq, track.id, at, dedupe, location=spot, info=info))

    def _store(self) -> list[Advanced]:
        """Writes the positions that are new, and what follows of them for each user."""
        new = [(track, self._new(track)) for seq, track in self._heard.items() if self._fresh.get(seq)]
        positions.add(self._w, [(track.seq, readings) for track, readings in new])
        advanced: list[Advanced] = []
        for track, readings in new:
            if readings:
                fixes, plain = [location(each) for each in readings], track.seq in self._plain
                done = advancing.advance(self._w, self._account, track, fixes, plain, self._now)
                self._told += done.happened
                advanced.append(done)
        return advanced

    def _new(self, track: Track) -> list[Reading]:
        """Those of a user that are not stored, in order; each batch is told how many of its own are."""
        fresh, last = self._fresh[track.seq], track.last
        keys = sorted(fresh)
        late = keys[: bisect_right(keys, last.at, key=itemgetter(0))] if last else []
        known = positions.stored(self._w, track.seq, late) if late else set[Key]()
        new: list[Reading] = []
        for key in keys:
            reading, verdict = fresh[key]
            if key in known:
                if verdict is not None:
                    verdict.duplicates += 1
                continue
            if verdict is not None:
                verdict.accepted += 1
            new.append(reading)
        return new

    def _save(self) -> None:
        if not self._heard:
            return
        heard = list(self._heard.values())
        last = accounts.frame(self._w, self._account, len(heard))
        for number, track in enumerate(heard, last - len(heard) + 1):
            track.frame = number
            advancing.place(track)
        tracks.save(self._w, heard)
        for seq, values in self._profiles.items():
            profiles.change(self._w, self._account.seq, seq, self._now, **values)

    def _tell(self) -> None:
        """Events show their user as he is now."""
        shown: dict[int, dict[str, Any]] = {}
        for at, told in enumerate(self._told):
            if told.object is None:
                if told.user_seq not in shown:
                    user = profiles.by_seq(self._w, told.user_seq)
                    body = payloads.user(user, self._account, self._now, self._w.home) if user else {}
                    shown[told.user_seq] = body
                self._told[at] = replace(told, object=shown[told.user_seq])
        happenings.tell(self._w, self._account, self._told)

    def _work(self, advanced: Sequence[Advanced]) -> None:
        """What positions and reports do to the work of their users, and to geofences."""
        fenced = fences.any_for(self._w, self._account)
        for track, later, late, _ in advanced:
            user = profiles.by_seq(self._w, track.seq) if later and (track.pending or fenced) else None
            if user is not None and track.pending:
                actions.on_positions(self._w, self._account, user, later)
            if user is not None and fenced:
                fences.on_positions(self._w, self._account, user, later)
            # An action may have ended on a server before its user's device told of the way there.
            since = late if late is not None else later[0].at if later else None
            if since is not None:
                actions.recount(self._w, self._account, track.seq, since)
        for track, report, spot in self._completed:
            actions.by_device(self._w, self._account, track.seq, report.data, report.at, spot)


def _add(fresh: Fresh, reading: Reading, verdict: Verdict | None) -> None:
    key = reading[:3]
    known = fresh.get(key)
    if known is None or known[1] is None:
        fresh[key] = (reading, verdict)
    elif verdict is not None:
        verdict.duplicates += 1


def _dedupe(item: Item, report: Report) -> str:
    """What tells two reports of one type at one instant apart, as the vendor's clients number them."""
    for name in ("stop_id", "action_id", "lookup_id"):
        said = report.data.get(name)
        if isinstance(said, str) and said:
            return said[:100]
    return f"{item.reading.lon},{item.reading.lat}" if item.reading else ""


__all__ = ["Intake"]
