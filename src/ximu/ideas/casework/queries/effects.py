"""What did this record do, what runs on this unit, and what did not confirm that it has stopped?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from ximu.ideas.casework.models import Case, Effect
from ximu.ideas.casework.rules import CAUSES, EFFECT_STATES, KINDS
from ximu.ideas.catalogue.rules import RECEIVERS
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.words import Text

MANY = 800
PLACES = {"publication": Text("公众门户", "public portal"), "measure": Text("联合奖惩措施", "joint measure"),
          "score": Text("考核结果", "assessment result")}
EFFECTS = "casework.effects_see"


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A line as pages and certificates show it."""

    uid: str
    number: str
    version: int
    kind: Text
    target: str
    unit: str
    state: str
    state_name: Text
    paused: bool
    policy: str
    edition: str
    made_at: datetime
    cause: Text | None
    stopping_at: datetime | None
    receipt: str
    ended_at: datetime | None
    code: str
    attempts: int

    @property
    def where(self) -> Text:
        """The target in words: a page names no identifier, and keeps what somebody wrote in words."""
        if not self.target.isascii():
            return Text(self.target, self.target)
        if self.code == "share":
            channel = self.target.partition(":")[0]
            name = RECEIVERS.get(channel, Text(channel, channel))
            return Text(f"通道 {name.zh}", f"channel {name.en}")
        return PLACES.get(self.code) or Text(self.target, self.target)


def _row(e: Effect) -> EffectRow:
    return EffectRow(e.uid, e.number, e.version, KINDS[e.kind], e.target, e.unit, e.state, EFFECT_STATES[e.state], e.paused, e.policy,
                     e.edition, e.made_at, CAUSES.get(e.cause), e.stopping_at, e.receipt, e.ended_at, e.kind, e.attempts)


def effects_of(number: str) -> list[EffectRow]:
    """Everything that this record did, oldest first."""
    return [_row(e) for e in Effect.objects.filter(number=number).order_by("pk")]


def effects_of_many(numbers: Collection[str]) -> list[EffectRow]:
    """Everything that these records did, oldest first."""
    wanted = sorted(numbers)
    return [_row(e) for start in range(0, len(wanted), MANY)
            for e in Effect.objects.filter(number__in=wanted[start:start + MANY]).order_by("pk")]


def to_stop(uids: Collection[str]) -> list[tuple[Effect, EffectRow]]:
    """For this room only: those of the lines that are still to be stopped."""
    return [(e, _row(e)) for e in Effect.objects.filter(uid__in=uids, state__in=["stopping", "open"]).order_by("pk")]


def effects_on(numbers: Collection[str], *, kind: str = "") -> list[EffectRow]:
    """What runs on these records now."""
    rows = Effect.objects.filter(number__in=list(numbers), state="live")
    return [_row(e) for e in (rows.filter(kind=kind) if kind else rows).order_by("pk")]


def unconfirmed() -> QuerySet[Effect]:
    """Ordered to stop, and no receipt yet: who chases it stands in `unit`."""
    return Effect.objects.filter(state__in=["stopping", "open"]).order_by("stopping_at", "pk")


def open_effects() -> list[EffectRow]:
    return [_row(e) for e in unconfirmed()]


def within_reach(rows: list[EffectRow], by: Actor) -> list[EffectRow]:
    """Of these lines, those that somebody may know of: for a unit, what runs at the unit or comes of a record that it delivered."""
    units = by.units_with(EFFECTS)
    if units is None:
        return rows
    numbers = {row.number for row in rows}
    own = {number for unit in units for number in records.delivered_by(numbers, unit)}
    return [row for row in rows if row.unit in units or row.number in own]


def counts(number: str) -> dict[str, int]:
    return dict(Effect.objects.filter(number=number).order_by().values_list("state").annotate(Count("pk")))


def paused_now() -> set[str]:
    """Records whose effects are paused today: the public does not see them meanwhile."""
    return set(Case.objects.filter(paused=True).values_list("about", flat=True))


def paused_numbers(numbers: Collection[str]) -> set[str]:
    """Those whose effects are paused because an objection was not decided in time."""
    return set(Effect.objects.filter(number__in=list(numbers), paused=True).values_list("number", flat=True))
