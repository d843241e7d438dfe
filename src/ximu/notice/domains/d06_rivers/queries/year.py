"""The year of rivers: what lies behind each figure, what is warned of, what everybody may read, what the log should say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.urls import reverse

from ximu.foundation import clock, packs
from ximu.ideas.areas import queries as areas
from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.casework import queries as cases
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules.standards import Sample, judged
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules import charges
from ximu.ideas.warnings import queries as alarms_kept
from ximu.ideas.warnings.rules import witnesses
from ximu.kernel.actor import Actor
from ximu.kernel.spans import intervals
from ximu.kernel.words import Text
from ximu.notice.domains.d06_rivers.models import Appraisal
from ximu.notice.domains.d06_rivers.queries import store
from ximu.notice.domains.d06_rivers.rules import LEVELS, measures, water

SEE, APPRAISED, YEAR = "d06.see", "river.appraised", timedelta(days=365)
KINDS = (APPRAISED,)
RULES = {witnesses.CONTRADICTED: "D06-W1", witnesses.SILENT: "D06-W2"}


def pack() -> packs.Pack:
    return packs.load(store.HERE)


def facts(year: int, as_of: date, *, known_at: datetime) -> measures.Facts:
    """All that the year's figures read; what was read stays while the log has no new entry."""
    return _facts(year, as_of, known_at, ledger.head().root)


@lru_cache(maxsize=4)
def _facts(year: int, day: date, known_at: datetime, root: bytes) -> measures.Facts:
    first, settings = date(year, 1, 1), store.test_settings(day)
    held, reaches = store.known_charges(day, known_at=known_at), store.known_reaches(day, known_at=known_at)
    made, _ = store.known_patrols(min(first, day - settings.days * charges.DAY), day, held, known_at=known_at)
    seen: dict[str, list[Sample]] = {}
    for sample in store.samples(day, known_at=known_at):
        seen.setdefault(sample.point, []).append(sample)
    by = {lake: store.standard(day, lake=lake) for lake in (False, True)}
    sections = [measures.Section(code, some[-1].whole, some[-1].unit, judged(now, by[lake]) if now else None)
                for code, some in sorted(seen.items()) if some[-1].on >= first - YEAR
                for now in [[one for one in some if one.on >= first]]
                for lake in [some[-1].whole in reaches and reaches[some[-1].whole].lake]]
    heard, _ = store.reports(day, known_at=known_at)
    return measures.Facts(
        first, day, {code: one.name for code, one in reaches.items()}, sections, held, [one for one in made if one.on >= first],
        problems(day, known_at=known_at), _results(year, known_at), witnesses.tested(visits(made), heard, settings, last=day),
        [one for one in charges.in_charge(held, day) if not registry.charged(one, day)],
        {level: tuple(store.setting(f"patrol.{level}", day)) for level in LEVELS}, *(store.setting(name, day) for name in (
            "least_samples", "unpatrolled_spans", "unseen_days")), lambda unit: registry.owner_of(unit, day))


def visits(made: Sequence[measures.Patrol]) -> list[witnesses.Visit]:
    """Patrols whose chief is known, as the tests see them."""
    return [witnesses.Visit(one.uid, one.who.who, one.reach, one.level, one.on, bool(one.kind)) for one in made if one.who]


def problems(last: date, *, known_at: datetime) -> list[measures.Problem]:
    """By case; a case that was closed later than `known_at` was open then."""
    found = []
    for case in cases.cases_of("river_problem"):
        if case.opened_at > known_at or clock.city_day(case.opened_at) > last:
            continue
        told, closed = case.values, case.closed_at if case.closed_at and case.closed_at <= known_at else None
        found.append(measures.Problem(case.uid, f"{case.about} {told['kind']}", told["reach"], case.source, told["chief"],
                                      date.fromisoformat(told["found_on"]), date.fromisoformat(told["due"]),
                                      clock.city_day(closed) if closed else None, case.state == "dropped"))
    return found


def _results(year: int, known_at: datetime) -> list[measures.Result]:
    newest: dict[tuple[str, str], Appraisal] = {}
    for row in Appraisal.objects.filter(year=year, state="decided", decided_at__lte=known_at).order_by("decided_at", "pk"):
        newest[row.unit, row.post] = row
    return [measures.Result(row.uid, row.post, row.unit, row.grade, row.score) for row in newest.values()]


def rates(last: date) -> tuple[date, list[witnesses.Rate]] | None:
    """How often each test rings without cause: shuffled, and at the end of each month of the history. None without patrols."""
    span = events.span(store.PATROLS)
    if span is None:
        return None
    true = frozenset(about for rule, _, about, _ in alarms_kept.confirmed(pack().manifest.row) if rule in RULES.values())
    known = tuple(events.manifest(name).digest for name in store.DATASETS)
    return span[0], _rates(known, last, span[0], true)


@lru_cache(maxsize=8)
def _rates(known: Any, last: date, first: date, true: frozenset[str]) -> list[witnesses.Rate]:
    made, _ = store.known_patrols(first, last, store.known_charges(last, known_at=None), known_at=None)
    named = {measures.about(test, one.place, one.level, year): (test, one.who) for one in visits(made) for test in RULES
             for year in range(first.year, last.year + 1)}
    ends = [end for start, end in intervals("month", first.replace(day=1), last) if start >= first]
    heard, _ = store.reports(last, known_at=None)
    return witnesses.rates(visits(made), heard, store.test_settings(last), ends=ends[-12:], true={named[one] for one in true & set(named)})


def _linked(lines: Sequence[Line]) -> list[Line]:
    return [replace(one, link=reverse("casework:case", args=[one.uid]) if one.kind == "problem" else
                    reverse("d06:reach", args=[one.link]) if one.link else "") for one in lines]


def lines(period: Period) -> dict[str, list[Line]]:
    known = facts(period.year, period.as_of, known_at=period.known_at)
    return {code: _linked(measures.MEASURES[code](known)) for code in pack().indicators}


def things(period: Period) -> list[Line]:
    return _linked(measures.things(facts(period.year, period.as_of, known_at=period.known_at)))


def public_sections(period: Period) -> list[Section]:
    """The water of each section, and whether its reach was patrolled: no chief, no track, no doubt."""
    known = facts(period.year, period.as_of, known_at=period.known_at)
    rows = [[one.code, known.name(one.reach), known.unit_of(one.unit), water.CLASSES[told.target] if told else None,
             water.NAMES[told.place] if told else None,
             water.worst(told) if told else None, water.GRADES[told.degree] if told else None, store.STATES[line.state]]
            for one, line in zip(known.sections, measures.sections(known), strict=True) for told in [one.judged]]
    heads = [("断面", "Section"), ("河段", "Reach"), ("单位", "Unit"), ("目标", "Target"), ("类别", "Class"), ("最差项目", "Worst item"),
             ("黑臭", "Black and odorous"), ("结论", "Verdict")]
    return [Section(Text("断面水质", "Water quality of sections"), [Text(*one) for one in heads], rows, unit_column=2, note=Text(
        "按GB 3838-2002逐项评价，取最差一项；没有数据不作达标。",
        "By GB 3838-2002: the worst item decides; no data, not reached."))]


def sections(period: Period, by: Actor) -> list[Section]:
    return [replace(one, rows=[row for row in one.rows if areas.sees(AREA, by, row[2])]) for one in public_sections(period)]


def appraised_body(row: Appraisal) -> dict[str, Any]:
    return {"appraisal": row.uid, "year": row.year, "unit": row.unit, "grade": row.grade, "digest": row.digest}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about decided results."""
    for row in Appraisal.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(APPRAISED, appraised_body(row), row.decided_at), f"河长考核 {row.year} {row.post}"


def pages_of(case: Any, by: Actor) -> list[tuple[Text, str]]:
    """From a problem to its reach."""
    return [(Text("所在河段", "Its reach"), reverse("d06:reach", args=[case.values["reach"]]))] if by.can(SEE) else []


AREA = Area(
    here=store.HERE, see=SEE, lines=lines, things=things, states=store.STATES, open_to_all=tuple(measures.MEASURES), sections=sections,
    public_sections=public_sections, tabs=(
        ("d06:reaches", Text("河段与河长", "Reaches and chiefs"), SEE), ("d06:doubts", Text("巡河核验", "Patrols checked"), SEE),
        ("d06:appraisal", Text("河长考核", "Assessment"), SEE), ("d06:deliver", Text("报送", "Deliver"), "d06.patrol")))
PUBLIC: dict[str, Any] = {}
PAGES = {"river_problem": pages_of}
