"""What do the figures of a year count, and what is warned of? Every section, water, chief and problem comes out with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from ximu.ideas.areas.rules import Line
from ximu.ideas.events.rules.standards import Judged
from ximu.ideas.registry.rules import charges
from ximu.ideas.registry.rules.charges import Charge
from ximu.ideas.warnings.rules.witnesses import Doubt
from ximu.kernel.words import Text
from ximu.notice.domains.d06_rivers.rules import FLAGS, water


@dataclass(frozen=True, slots=True)
class Patrol:
    """A patrol as counted: `who` is the charge by which it was made, `flags` why it is doubted, `explained` by which document."""

    uid: str
    reach: str
    level: str
    who: Charge | None
    on: date
    kind: str
    flags: frozenset[str] = frozenset()
    explained: str = ""

    @property
    def counts(self) -> bool:
        return not self.flags or bool(self.explained)


@dataclass(frozen=True, slots=True)
class Problem:
    uid: str
    title: str
    reach: str
    unit: str
    chief: str
    found_on: date
    due: date
    closed_on: date | None
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """`judged` None where this year has no data of the section."""

    code: str
    reach: str
    unit: str
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Result:
    """A chief's decided result of the year; `score` None where he could not be rated."""

    uid: str
    title: str
    unit: str
    grade: str
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of a year as known at a time. `unit_of` tells who carries a unit's duties on the day; `frequency` level → times and span."""

    first: date
    as_of: date
    names: Mapping[str, str]
    sections: Sequence[Section]
    charges: Sequence[Charge]
    patrols: Sequence[Patrol]
    problems: Sequence[Problem]
    results: Sequence[Result]
    doubts: Sequence[Doubt]
    unmanned: Sequence[Charge]
    frequency: Mapping[str, tuple[int, str]]
    least_samples: int
    unpatrolled: int
    unit_of: Callable[[str], str]

    def name(self, reach: str) -> str:
        return self.names.get(reach, reach)


def _why(facts: Facts, one: Section) -> str:
    if one.judged is None:
        return "no-data"
    return "few" if one.judged.samples < facts.least_samples else "incomplete" if one.judged.missing else ""


def sections(facts: Facts) -> list[Line]:
    """Against the target of each."""
    found = []
    for one in facts.sections:
        why, told = _why(facts, one), one.judged
        state = {"no-data": "unseen", "": "met" if told and told.place <= told.target else "missed"}.get(why, why)
        found.append(Line(one.code, f"{one.code} {facts.name(one.reach)}", facts.unit_of(one.unit), "section", state,
                          Decimal(state == "met"), why=why, on=told.last if told else None, words=water.words(told) if told else None,
                          link=one.reach))
    return found


def waters(facts: Facts) -> list[Line]:
    """Reach by reach: its worst section that can be judged."""
    found = []
    ordered = sorted(facts.sections, key=lambda one: one.reach)
    for reach, some in groupby(ordered, key=lambda one: one.reach):
        listed = list(some)
        known = [one.judged for one in listed if one.judged and not _why(facts, one)]
        worst = max(known, key=lambda one: one.place, default=None)
        beyond = worst is not None and worst.place == water.BEYOND
        found.append(Line(reach, facts.name(reach), facts.unit_of(listed[0].unit), "water",
                          "unseen" if worst is None else "beyond" if beyond else "better", Decimal(beyond),
                          why="" if worst else "no-data", words=water.words(worst) if worst else None, link=reach))
    return found


def kept(facts: Facts) -> list[charges.Duty]:
    """What was due of each chief for each reach, and done in time."""
    made: dict[tuple[str, str], list[tuple[date, str]]] = {}
    for one in facts.patrols:
        if one.counts and one.who:
            made.setdefault((one.reach, one.level), []).append((one.on, one.who.holder))
    found = []
    for place, some in charges.by_place(facts.charges).items():
        times, span = facts.frequency[place[1]]
        found += charges.duties(some, made.get(place, ()), times=times, span=span, first=facts.first, last=facts.as_of)
    return found


def patrolled(facts: Facts) -> list[Line]:
    """Each chief on each reach; what falls in a span with a change of chief is a line of its own, left out. Where nobody delivered a single
    patrol all year there are no data, which is not the same as nobody having gone."""
    found, nothing = [], "" if facts.patrols else "no-data"
    for one in kept(facts):
        title, unit = f"{facts.name(one.charge.thing)} {one.charge.level} {one.charge.post}", facts.unit_of(one.charge.unit)
        state = ("vacant" if one.vacant else "unpatrolled" if one.idle >= facts.unpatrolled else "kept" if one.done == one.due else "short")
        words = Text(f"应巡{one.due}次，按期{one.done}次", f"{one.done} of {one.due} in time")
        if one.due:
            found.append(Line(f"{one.charge.key}{'/vacant' if one.vacant else ''}", title, unit, "post" if one.vacant else "chief", state,
                              Decimal(one.done), Decimal(one.due), why=nothing, on=one.last, words=words, link=one.charge.thing))
        if one.changed:
            found.append(Line(f"{one.charge.key}/changed", title, unit, "chief", "changed", whole=Decimal(one.changed), why="changed",
                              link=one.charge.thing))
    return found


def problems(facts: Facts) -> list[Line]:
    """Found in the year; closed on the last day of the term is in time."""
    found = []
    for one in facts.problems:
        if not facts.first <= one.found_on <= facts.as_of:
            continue
        closed = one.closed_on if one.closed_on and one.closed_on <= facts.as_of else None
        over = ((closed or facts.as_of) - one.due).days
        state = ("dropped" if one.dropped and closed else ("closed" if over <= 0 else "late") if closed
                 else "overdue" if over > 0 else "open")
        found.append(Line(one.uid, one.title, facts.unit_of(one.unit), "problem", state, Decimal(state == "closed"),
                          why={"dropped": "dropped", "open": "not-due"}.get(state, ""), late_days=max(over, 0) if state != "dropped" else 0,
                          on=one.found_on, words=Text(f"期限{one.due}", f"due {one.due}"), link=one.reach))
    return found


def results(facts: Facts) -> list[Line]:
    """Decided results; without any, each chief stands as not decided."""
    if not facts.results:
        by_chief = {one.holder: one for one in facts.charges if one.since <= facts.as_of and (not one.until or one.until > facts.first)}
        return [Line(chief, one.post, facts.unit_of(one.unit), "result", "unrated", why="no-data")
                for chief, one in sorted(by_chief.items())]
    return [Line(one.uid, one.title, facts.unit_of(one.unit), "result", "unrated" if one.score is None else "rated",
                 one.score or Decimal(0), why="not-rated" if one.score is None else "", words=Text(one.grade, one.grade))
            for one in facts.results]


MEASURES: dict[str, Callable[[Facts], list[Line]]] = {
    "D06-1": sections, "D06-2": waters, "D06-3": patrolled, "D06-4": problems, "D06-5": results}


def about(test: str, reach: str, level: str, year: int) -> str:
    """What an alarm of a test is about: once a year for each level of a reach."""
    return f"{reach}-{level}-{year}-{test}"


def things(facts: Facts) -> list[Line]:
    """What only warning rules read: doubts, flags, black water, sections without data, reaches without a chief or with two."""
    year, charged = facts.first.year, {one.who: one for one in facts.charges}
    found = [Line(about(one.test, one.place, one.level, year), f"{facts.name(one.place)} {one.level} {charged[one.who].post}",
                  facts.unit_of(charged[one.who].unit), "doubt", one.test, words=one.words, link=one.place)
             for one in facts.doubts if one.rings]
    found += [Line(one.uid, f"{one.uid} {facts.name(one.reach)}", facts.unit_of(one.who.unit), "patrol", "flagged", on=one.on,
                   link=one.reach, words=Text("；".join(FLAGS[flag].zh for flag in sorted(one.flags)),
                              "; ".join(FLAGS[flag].en for flag in sorted(one.flags))))
              for one in facts.patrols if not one.counts and one.who and one.on >= facts.first]
    for one in facts.sections:
        title, unit = f"{one.code} {facts.name(one.reach)}", facts.unit_of(one.unit)
        if one.judged is None:
            found.append(Line(f"{one.code}-{year}", title, unit, "gap", "unseen", link=one.reach))
        elif one.judged.degree:
            found.append(Line(f"{one.code}-{year}", title, unit, "odour", "black", words=water.GRADES[one.judged.degree], link=one.reach))
    found += [Line(one.key, f"{facts.name(one.thing)} {one.level} {one.post}", facts.unit_of(one.unit), "post", "vacant",
                   words=Text("岗位无人", "nobody holds the post"), link=one.thing) for one in facts.unmanned]
    return found + [Line(one.winner.key, f"{facts.name(one.winner.thing)} {one.winner.level}", facts.unit_of(one.winner.unit), "charge",
                         "twice", words=one.words, link=one.winner.thing)
                    for one in charges.overlaps(facts.charges) if one.first <= facts.as_of and (not one.until or one.until > facts.first)]
