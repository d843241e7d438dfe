"""Who must do what on a day, and how each duty stands: units × tasks, read set-wise from the register and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case as Case_
from django.db.models import Q, When

from ximu.foundation.once import reading
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.plan.models import Evidence, Plan, PlanRow, Reading
from ximu.notice.plan.queries import standing
from ximu.notice.plan.rules import lights

Proofs = tuple[tuple[Any, ...], ...]
"""Per proof: its day, the day after which it proves nothing standing, whether it proves completion."""
Case = tuple[date | None, bool, date | None]
"""Due day, standing, day of issue: all that the light of a task depends on beside its proofs."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who must do a row on a day; `words` is how the notice names them, `via` the phrase or the predecessor."""

    unit: str
    name: str
    role: str
    words: str


class Bearers:
    """The units that the words of a plan mean on one day; the register is asked once for all names of all tasks."""

    def __init__(self, targets: Iterable[PlanRow], *, as_of: date) -> None:
        self.as_of = as_of
        self._meant: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._borne: dict[Any, dict[str, tuple[str, str]]] = {}
        self._read_already: dict[tuple[int, date | None], tuple[Any, dict[str, tuple[str, str]]]] = {}
        try:
            self._owners = registry.owners(as_of)
        except Refusal:
            self._owners = {}
        lists = {(id(t.units), t.plan.issued_on or as_of): t.units for t in targets}
        asked = list({(u["words"], on): None for (_, on), units in lists.items() for u in units if not u["phrase"]})
        answers = registry.resolve_many([(words, "", on) for words, on in asked])
        self._named = {key: self._carriers(answer) for key, answer in zip(asked, answers, strict=True)}

    def _carriers(self, answer: registry.Resolution) -> list[str]:
        """The unit that was named, or the one that carries its duties now; nothing for a name that `unread` tells."""
        carrier = self.carrier(answer.candidates[0].uid, "") if answer.status == "exact" else ""
        return [carrier] if carrier else []

    def of(self, target: PlanRow) -> dict[str, tuple[str, str]]:
        """Unit → (role, words): open expressions resolved, dissolved units replaced by those that carry their duties.

        Tasks with the same words share one answer: it is not to be changed.
        """
        same = (id(target.units), target.plan.issued_on)
        if same not in self._read_already:
            self._read_already[same] = (target.units, self._alike(target))
        return self._read_already[same][1]

    def _alike(self, target: PlanRow) -> dict[str, tuple[str, str]]:
        key = (target.plan.issued_on, *((one["role"], one["words"], one["phrase"]) for one in target.units))
        if key not in self._borne:
            self._borne[key] = self._read(target)
        return self._borne[key]

    def _read(self, target: PlanRow) -> dict[str, tuple[str, str]]:
        on, known = target.plan.issued_on or self.as_of, self._named
        named = tuple(uid for u in target.units if not u["phrase"] for uid in known[u["words"], on])
        found: dict[str, tuple[str, str]] = {}
        for unit in target.units:
            words = unit["words"]
            mark = (unit["role"], words)
            for uid in self.meant(words, named) if unit["phrase"] else known[words, on]:
                if uid not in found or mark[0] == "lead":
                    found[uid] = mark
        return found

    def meant(self, phrase: str, named: tuple[str, ...]) -> list[str]:
        """An open expression that the register cannot read stays without units; `unread` tells it."""
        if (phrase, named) not in self._meant:
            try:
                self._meant[phrase, named] = registry.expand(phrase, as_of=self.as_of, named=named)
            except Refusal:
                self._meant[phrase, named] = []
        return self._meant[phrase, named]

    def carrier(self, unit: str, otherwise: str) -> str:
        """Who carries the duties of a unit that day; `otherwise` where the register does not say."""
        if unit not in self._owners:
            try:
                self._owners[unit] = registry.owner_of(unit, on=self.as_of)
            except Refusal:
                return otherwise
        return self._owners[unit]

    def names(self, uids: Iterable[str]) -> dict[str, str]:
        return {uid: name for (uid, _), name in registry.names_on((uid, self.as_of) for uid in uids).items()}


def duties(target: PlanRow, *, as_of: date) -> list[Duty]:
    """Units responsible on that day: open expressions resolved, dissolved units replaced by their successors."""
    bearers = Bearers([target], as_of=as_of)
    held = bearers.of(target)
    names = bearers.names(held)
    return [Duty(uid, names[uid], role, words) for uid, (role, words) in held.items()]


def evidence_of(target: PlanRow, *, unit: str = "", as_of: date | None = None) -> list[Evidence]:
    """What was handed in for a task, newest first; with `unit` only what counts for that unit on the day."""
    found = list(target.evidence.order_by("-submitted_at"))
    if not unit or as_of is None:
        return found
    bearers = Bearers([], as_of=as_of)
    return [one for one in found if bearers.carrier(one.unit, one.unit) == unit]


def unread(target: PlanRow, *, as_of: date) -> list[dict[str, Any]]:
    """Expressions of a row that stand for no unit that day, each with the code and the sentence that say why."""
    named_on = target.plan.issued_on or as_of
    found = []
    for unit in target.units:
        try:
            if unit["phrase"]:
                registry.expand(unit["words"], as_of=as_of, named=[])
                continue
            answer = registry.resolve(unit["words"], as_of=named_on)
            if answer.status != "exact":
                near = "、".join(c.name for c in answer.candidates[:3])
                raise Refusal("ORG-UNKNOWN", field="负责单位", value=unit["words"], rule="registry",
                              zh=f"机构名录中没有“{unit['words']}”，相近的有：{near or '无'}。",
                              en=f"The register has no “{unit['words']}”; near: {near or 'none'}.")
            registry.owner_of(answer.candidates[0].uid, on=as_of)
        except Refusal as refusal:
            found.append({"row": target.row, "words": unit["words"], **refusal.envelope()})
    return found


class Shown:
    """What each unit has shown for each task by then, and the light that follows; equal cases share one answer."""

    def __init__(
        self, targets: Sequence[PlanRow], bearers: Bearers, *, known_at: datetime, signed: dict[int, Reading] | None = None,
    ) -> None:
        self.as_of = bearers.as_of
        self._proofs: dict[int, dict[str, Proofs]] = {target.pk: {} for target in targets}
        accepted = Evidence.objects.filter(
            row__in=[target.pk for target in targets], state=Evidence.State.ACCEPTED, reviewed_at__lte=known_at).order_by()
        carriers: dict[str, str] = {}
        for row, unit, dated, expires, completes in accepted.values_list("row_id", "unit", "dated", "expires_on", "completes"):
            if unit not in carriers:
                carriers[unit] = bearers.carrier(unit, unit)
            shown, carrier = self._proofs[row], carriers[unit]
            proof = ((dated, expires, completes),)
            shown[carrier] = shown[carrier] + proof if carrier in shown else proof
        self._signed = signed if signed is not None else standing.signed_readings(targets[0].plan, known_at) if targets else {}
        self._known: dict[Case, dict[Proofs, lights.Light]] = {}

    def of(self, target: PlanRow, units: Iterable[str]) -> Iterator[tuple[str, lights.Light, int]]:
        """Unit by unit the light of its duty and the number of its accepted proofs."""
        shown = self._proofs[target.pk]
        for unit in units:
            proofs = shown.get(unit, ())
            yield unit, self._judged(target, proofs), len(proofs)

    def _judged(self, target: PlanRow, proofs: Proofs) -> lights.Light:
        case = (standing.due_of(target, signed=self._signed)[0], target.standing, target.plan.issued_on)
        known = self._known.setdefault(case, {})
        if proofs not in known:
            known[proofs] = standing.judge(*case, [lights.Proof(*one) for one in proofs], self.as_of)
        return known[proofs]

    def unread(self, target: PlanRow) -> lights.Light:
        """Of a duty that no unit is known to have."""
        return self._judged(target, ())

    def anybody(self, target: PlanRow) -> lights.Light:
        """What all that was handed in shows, whoever did."""
        return self._judged(target, sum(self._proofs[target.pk].values(), ()))

    def count(self, target: PlanRow) -> int:
        return sum(map(len, self._proofs[target.pk].values()))


def duty_status(of: Plan, *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """Per unit × task its own light: only what this unit showed counts, and for tasks of its forebears what they showed."""
    return _status(standing.rows(of), as_of=as_of, known_at=known_at)


def _status(targets: Sequence[PlanRow], *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    bearers = Bearers(targets, as_of=as_of)
    shown = Shown(targets, bearers, known_at=known_at)
    held = [(target, bearers.of(target)) for target in targets]
    names = bearers.names({uid for _, units in held for uid in units})
    return [
        {"row": target.row, "unit": unit, "name": names[unit], "role": units[unit][0], "words": units[unit][1], "light": light.light,
         "due": light.due.isoformat() if light.due else None, "evidence": count, "reason": [light.reason.zh, light.reason.en]}
        for target, units in held for unit, light, count in shown.of(target, units)
    ]


def duty_lights(target: PlanRow, *, as_of: date, known_at: datetime) -> list[dict[str, Any]]:
    """The duties of one task, each with its own light and the number of its accepted proofs."""
    return [one | {"light_words": lights.LIGHTS[one["light"]], "reason": Text(*one["reason"])}
            for one in _status([target], as_of=as_of, known_at=known_at)]


class _Seen:
    """For the matrix: of each task and unit the number of proofs and what they amount to on the day, told apart by the database."""

    def __init__(self, targets: Sequence[PlanRow], bearers: Bearers, *, known_at: datetime) -> None:
        self.as_of, day = bearers.as_of, Q(dated__lte=bearers.as_of)
        self._found: dict[int, dict[str, tuple[int, int]]] = {target.pk: {} for target in targets}
        valid, completes = Q(expires_on__gte=self.as_of), Q(completes=True)
        amounts = Case_(When(~day, then=0), When(valid & completes, then=7), When(valid, then=3), When(completes, then=5), default=1)
        rows = Evidence.objects.filter(row__in=list(self._found), state=Evidence.State.ACCEPTED, reviewed_at__lte=known_at).order_by()
        carriers: dict[str, str] = {}
        for row, what, units in rows.values_list("row_id").annotate(what=amounts).annotate(units=standing.Joined("unit")):
            held, given = self._found[row], units.split()
            for unit in set(given).difference(carriers):
                carriers[unit] = bearers.carrier(unit, unit)
            borne = [carriers[unit] for unit in given]
            fresh = dict.fromkeys(borne, (1, what))
            if len(fresh) == len(borne) and held.keys().isdisjoint(fresh):
                held.update(fresh)
                continue
            for carrier in borne:
                count, before = held.get(carrier, NOTHING)
                held[carrier] = (count + 1, before | what)
        self._lights: dict[Case, list[str]] = {}

    def of(self, target: PlanRow, units: Sequence[str]) -> tuple[list[str], list[int]]:
        """(lights, numbers of proofs) in the order of the units."""
        case = (target.known_due or target.proposed_due, target.standing, target.plan.issued_on)
        if case not in self._lights:
            self._lights[case] = [standing.judge(*case, _standing_for(what, self.as_of), self.as_of).light for what in range(8)]
        lights_of, shown = self._lights[case], self._found[target.pk]
        found = [shown.get(unit, NOTHING) for unit in units]
        return [lights_of[what] for _, what in found], [count for count, _ in found]


NOTHING = (0, 0)


def _standing_for(what: int, day: date) -> list[lights.Proof]:
    """One proof that stands for all: 1 there is one of that day or before, 2 one is still valid, 4 one proves completion."""
    until = day if what & 2 else date.fromordinal(day.toordinal() - 1)
    return [lights.Proof(day, until, bool(what & 4))] if what & 1 else []


def matrix(of: Plan, *, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Unit × task with the role in each cell; units in the order in which the notice first names them.

    With `known_at` also `lights` and `evidence`: the light of each duty and the number of its accepted proofs. Tasks that the same
    units bear are filled in together.
    """
    with reading():
        return _matrix(standing.borne_rows(of, known_at), as_of=as_of, known_at=known_at)


def _matrix(targets: Sequence[PlanRow], *, as_of: date, known_at: datetime | None) -> dict[str, Any]:
    bearers = Bearers(targets, as_of=as_of)
    seen = _Seen(targets, bearers, known_at=known_at) if known_at else None
    alike: dict[tuple[str, ...], list[tuple[PlanRow, list[str]]]] = {}
    for target in targets:
        bears = bearers.of(target)
        alike.setdefault(tuple(bears), []).append((target, [role for role, _ in bears.values()]))
    names = bearers.names(dict.fromkeys(unit for units in alike for unit in units))
    table: dict[str, dict[str, Any]] = {
        uid: {"uid": uid, "name": name, "cells": {}, "lights": {}, "evidence": {}} for uid, name in names.items()}
    for units, group in alike.items():
        rows = [target.row for target, _ in group]
        _fill(table, units, rows, "cells", [roles for _, roles in group])
        if seen:
            shown = [seen.of(target, units) for target, _ in group]
            _fill(table, units, rows, "lights", [one for one, _ in shown])
            _fill(table, units, rows, "evidence", [one for _, one in shown])
    return {"rows": [target.row for target in targets], "units": list(table.values())}


def _fill(table: dict[str, dict[str, Any]], units: Sequence[str], rows: list[str], what: str, columns: list[Any]) -> None:
    """`columns`: a list of values for each row, in the order of the units."""
    for unit, values in zip(units, zip(*columns, strict=True), strict=True):
        table[unit][what].update(zip(rows, values, strict=True))
