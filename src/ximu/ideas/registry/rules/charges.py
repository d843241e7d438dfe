"""Which post is in charge of a thing on a day, and did it do what was due? Of two appointments the later holds; both are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, groupby

from ximu.kernel.spans import intervals
from ximu.kernel.words import Text

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Charge:
    """A post is put in charge of a thing by a document, from a day until (not including) a day. `known` tells the order of entry."""

    thing: str
    level: str
    unit: str
    post: str
    since: date
    until: date | None = None
    document: str = ""
    known: str = ""

    @property
    def holder(self) -> str:
        """One post, whatever its things: a short name of its own that fits an address."""
        return hashlib.sha256(f"{self.unit}/{self.post}".encode()).hexdigest()[:12]

    @property
    def who(self) -> str:
        return f"{self.thing}/{self.level}/{self.holder}"

    @property
    def key(self) -> str:
        return f"{self.thing}-{self.level}-{self.holder}-{self.since}"

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two appointments of one level to one thing with days in common; `winner` holds on these days."""

    winner: Charge
    loser: Charge
    first: date
    until: date | None

    @property
    def words(self) -> Text:
        end_zh, end_en = (f"至{self.until - DAY}", f"to {self.until - DAY}") if self.until else ("起", "on")
        return Text(f"{self.first}{end_zh}有两名{self.winner.level}任职，以任命在后的（{self.winner.since}，{self.winner.document}）为准",
                    f"two in charge from {self.first} {end_en}: the later appointment holds ({self.winner.since}, {self.winner.document})")


@dataclass(frozen=True, slots=True)
class Planned:
    """A span in which so much was due; `charge` None where nobody held the thing, or not for all of it."""

    first: date
    last: date
    times: int
    charge: Charge | None
    why: str = ""


def _rank(one: Charge) -> tuple[date, str, str]:
    return one.since, one.known, one.key


def charge_on(charges: Iterable[Charge], on: date) -> Charge | None:
    """Of one level of one thing: the latest appointment that holds; of two on one day the one entered last."""
    return max((one for one in charges if one.holds(on)), key=_rank, default=None)


def by_place(charges: Iterable[Charge]) -> dict[tuple[str, str], list[Charge]]:
    """(thing, level) → its appointments."""
    ordered = sorted(charges, key=lambda one: (one.thing, one.level))
    return {place: sorted(some, key=_rank) for place, some in groupby(ordered, key=lambda one: (one.thing, one.level))}


def overlaps(charges: Iterable[Charge]) -> list[Overlap]:
    found = []
    for some in by_place(charges).values():
        for one, other in combinations(some, 2):
            until = min((end for end in (one.until, other.until) if end), default=None)
            if one.holder != other.holder and (until is None or other.since < until):
                found.append(Overlap(other, one, other.since, until))
    return found


def overlapping(charges: Iterable[Charge]) -> dict[str, list[Overlap]]:
    """Appointment (its key) → the overlaps in which it stands."""
    found: dict[str, list[Overlap]] = {}
    for two in overlaps(charges):
        for one in (two.winner, two.loser):
            found.setdefault(one.key, []).append(two)
    return found


def in_charge(charges: Iterable[Charge], on: date) -> list[Charge]:
    """Who is in charge of what on the day."""
    return [one for some in by_place(charges).values() if (one := charge_on(some, on))]


def spells(charges: Sequence[Charge], first: date, last: date) -> list[tuple[date, date, Charge | None]]:
    """The span by whoever holds the thing, without holes: who, or None, from a day to a day."""
    turns = sorted({first, *(day for one in charges for day in (one.since, one.until) if day and first < day <= last)})
    ends = [*(day - DAY for day in turns[1:]), last]
    found: list[tuple[date, date, Charge | None]] = []
    for start, end in zip(turns, ends, strict=True):
        who = charge_on(charges, start)
        if found and found[-1][2] == who:
            found[-1] = (found[-1][0], end, who)
        else:
            found.append((start, end, who))
    return found


def planned(charges: Sequence[Charge], *, times: int, span: str, first: date, last: date) -> list[Planned]:
    """What is due of one level of one thing: an interval belongs to whoever held the reach through all of it."""
    if not charges:
        return []
    begun = min(one.since for one in charges)
    held = spells(charges, first, last)
    found = []
    for start, end in intervals(span, max(first, begun), last):
        among = [who for since, until, who in held if since <= end and until >= start]
        whole = among[0] if len({who.holder if who else "" for who in among}) == 1 else None
        found.append(Planned(start, end, times, whole, "" if whole else "changed" if any(among) else "vacant"))
    return found


@dataclass(frozen=True, slots=True)
class Duty:
    """What was due of one post for one thing, what was done, for how many spans nothing was; `vacant`: while nobody was in charge."""

    charge: Charge
    due: int
    done: int
    idle: int
    changed: int
    vacant: bool
    last: date | None


def duties(charges: Sequence[Charge], done: Iterable[tuple[date, str]], *, times: int, span: str, first: date, last: date) -> list[Duty]:
    """Of one level of one thing, by post; `done` are days with the post that did it. A span counts its own number at most, so that making
    up later is not being in time. While nobody is in charge it stays due with the last one's unit, so that a vacancy improves nothing;
    a span in which the post changed is in `changed` only."""
    listed = list(done)
    tally: dict[tuple[str, bool], Duty] = {}
    for plan in planned(charges, times=times, span=span, first=first, last=last):
        charge = plan.charge or max((one for one in charges if one.since <= plan.last), key=_rank)
        days = [day for day, who in listed if plan.first <= day <= plan.last and who == charge.holder]
        vacant, counts = plan.why == "vacant", plan.why != "changed"
        old = tally.get((charge.holder, vacant), Duty(charge, 0, 0, 0, 0, vacant, None))
        tally[charge.holder, vacant] = Duty(
            charge, old.due + counts * plan.times, old.done + counts * min(len(days), plan.times), 0 if days else old.idle + counts,
            old.changed + (not counts) * plan.times, vacant, max(days, default=old.last))
    return list(tally.values())
