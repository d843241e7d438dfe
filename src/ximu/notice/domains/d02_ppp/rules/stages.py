"""Which stage set judges a project, how far has it come, and which steps must therefore be on record?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ximu.kernel.words import Text

Row = Mapping[str, Any]
PROMISE, BREACH = "合同义务", "违约当日"
"""Steps of every trace beside those of the stage set: who promised, and who was in office on the day of the breach."""
FIRST = frozenset({"first", "charge"})
"""Posts that answer for a unit on a day."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`public`: what must be published; `after`: the step after which each of it is due."""

    code: str
    name: Text
    steps: Mapping[str, Text]
    public: Mapping[str, Text]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StageSet:
    """One regime, as it held from a day on."""

    code: str
    name: Text
    since: date
    source: str
    stages: tuple[Stage, ...]
    sure: bool = True

    def of_step(self, step: str) -> Stage | None:
        return next((one for one in self.stages if step in one.steps), None)


def read_sets(raw: Mapping[str, Any]) -> list[StageSet]:
    """The sets of `stages.toml`, earliest first; all have the same stages in the same order."""
    def words(rows: Iterable[Sequence[str]]) -> dict[str, Text]:
        return {row[0]: Text(row[0], row[1]) for row in rows}

    found = [StageSet(one["code"], Text(one["zh"], one["en"]), one["since"], one["source"],
                      tuple(Stage(s["code"], Text(s["zh"], s["en"]), words(s["steps"]), words(s["public"]),
                                  {row[0]: row[2] for row in s["public"]}) for s in one["stage"]),
                      not one.get("to_be_confirmed", False)) for one in raw["set"]]
    if len({tuple(s.code for s in one.stages) for one in found}) != 1:
        raise ValueError("the stage sets have different stages")
    if strange := {step for one in found for s in one.stages for step in s.after.values() if step not in s.steps}:
        raise ValueError(f"no such step: {sorted(strange)}")
    return sorted(found, key=lambda one: one.since)


def set_on(sets: Sequence[StageSet], day: date) -> StageSet:
    """The newest that has begun; before the first the first."""
    return ([one for one in sets if one.since <= day] or [sets[0]])[-1]


def set_of(sets: Sequence[StageSet], project: Row, on: date) -> StageSet:
    """The set of the day on which the project was initiated; from its conversion on that of the conversion."""
    converted = project["converted_on"]
    return set_on(sets, converted if converted and converted <= on else project["initiated_on"])


def reached(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> dict[str, date]:
    """Stages in which something was decided by that day, with the first day, in the order of the set."""
    first: dict[str, date] = {}
    for act in sorted(acts, key=lambda one: one["acted_on"]):
        stage = set_of(sets, project, act["acted_on"]).of_step(act["step"])
        if stage and act["acted_on"] <= on:
            first.setdefault(stage.code, act["acted_on"])
    return {one.code: first[one.code] for one in sets[0].stages if one.code in first}


def now_in(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> Stage:
    """The furthest stage reached; the first while nothing is on record."""
    stages = set_of(sets, project, on).stages
    code = next(reversed(reached(sets, project, acts, on)), stages[0].code)
    return next(one for one in stages if one.code == code)


def expected(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> list[str]:
    """Steps that must be on record by then: all of the stages that are over, and of the present one those that were taken.

    A stage that was over before a conversion is judged by the set of its own time.
    """
    listed = [one for one in acts if one["acted_on"] <= on]
    begun = reached(sets, project, listed, on)
    present = now_in(sets, project, listed, on).code
    found: list[str] = []
    for stage in sets[0].stages:
        held = set_of(sets, project, begun.get(stage.code, _after(begun, stage.code, sets[0]) or on))
        steps = list(next(one for one in held.stages if one.code == stage.code).steps)
        taken = [one["step"] for one in listed]
        if stage.code == present:
            return found + [step for step in steps if step in taken]
        found += steps
    return found


def due_items(sets: Sequence[StageSet], project: Row, acts: Iterable[Row], on: date) -> Iterator[tuple[Stage, dict[str, date]]]:
    """Each stage reached: what must be published of it, with the day from which its term runs.

    A step that is not on record excuses nothing: once a later stage has begun its items are due from that day.
    """
    listed = [one for one in acts if one["acted_on"] <= on]
    begun = reached(sets, project, listed, on)
    for code, day in begun.items():
        stage = next(one for one in set_of(sets, project, day).stages if one.code == code)
        over = _after(begun, code, sets[0])
        days = {item: min((one["acted_on"] for one in listed if one["step"] == step), default=over) for item, step in stage.after.items()}
        yield stage, {item: since for item, since in days.items() if since is not None}


def _after(begun: Mapping[str, date], code: str, of: StageSet) -> date | None:
    """The day of the next stage that left a trace: by then this one was over."""
    order = [one.code for one in of.stages]
    return min((day for other, day in begun.items() if order.index(other) > order.index(code)), default=None)
