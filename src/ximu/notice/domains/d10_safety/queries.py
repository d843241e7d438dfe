"""Who must inspect what by when, what was entered when, and what the year's figures are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import Area, Line, Period, Section, in_term, together
from ximu.ideas.events import queries as events
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import there
from ximu.kernel.words import Text
from ximu.notice.domains.d10_safety import rules
from ximu.notice.domains.d10_safety.models import Duty, Inspection, Plan

HERE = Path(__file__).parent
SEE, METHOD = "d10.see", "d10"
ACCIDENTS, YEARS, SAMPLES, HAZARDS, SPECIAL = (
    "safety_accidents", "safety_years", "safety_samples", "safety_hazards", "safety_special")
SUMMED = ("gdp", "equipment", "accidents")
DATASETS = (ACCIDENTS, YEARS, SAMPLES, HAZARDS, SPECIAL)
ADOPTED, INSPECTED, MISSED = "safety.plan", "safety.inspected", "safety.missed"
KINDS = (ADOPTED, INSPECTED, MISSED)


def plans_for(by: Actor, on: date) -> list[tuple[Plan, int]]:
    """Plans of which this person may see lines, with how many."""
    return [(row, count) for row in Plan.objects.order_by("-year", "number", "-pk") if (count := len(lines_for(row, by, on)))]


def plan(uid: str) -> Plan:
    """Errors: `PLAN-NONE`."""
    return there("PLAN-NONE", Plan.objects.filter(uid=uid).first(), field="plan", value=uid[:16], zh="份监管计划", en="plan of supervision")


def lines_for(row: Plan, by: Actor, on: date) -> list[dict[str, Any]]:
    """All lines for who sees the unit that planned; for others those of units that they may see."""
    heirs = registry.owners(on, {row.maker, *(line["unit"] for line in row.lines)})
    return [line for line in row.lines if by.can(SEE, heirs[row.maker]) or by.can(SEE, heirs[line["unit"]])]


def duty(key: str) -> Duty:
    """By uid or number. Errors: `DUTY-NONE`."""
    found = Duty.objects.select_related("plan").filter(Q(uid=key) | Q(number=key)).first()
    return there("DUTY-NONE", found, field="duty", value=key[:60], zh="项监管任务", en="duty of supervision")


def inspection(uid: str) -> Inspection:
    """Errors: `INSP-NONE`."""
    found = Inspection.objects.select_related("duty").filter(uid=uid).first()
    return there("INSP-NONE", found, field="inspection", value=uid[:16], zh="次检查", en="inspection")


def inspections(of: Duty) -> list[Inspection]:
    return list(of.inspections.order_by("inspected_at", "pk"))


def title_of(row: Duty) -> str:
    return f"{rules.FIELDS[row.field].zh}{rules.MODES[row.mode].zh}：{row.category} {row.object}（{row.number}）"


@dataclass(frozen=True, slots=True)
class Listed:
    """A duty with the unit that carries it and its verdict on the day."""

    row: Duty
    unit: str
    line: Line


def listed(rows: QuerySet[Duty], *, as_of: date, known_at: datetime, first: date | None = None) -> list[Listed]:
    """As it was known at a time: an entry of later is not seen, and one that was withdrawn later still is."""
    duties = list(rows.select_related("plan").order_by("due", "unit", "number"))
    owners = registry.owners(as_of, {one.unit for one in duties})
    seen: dict[int, list[rules.Seen]] = defaultdict(list)
    for one in Inspection.objects.filter(Q(voided_at__isnull=True) | Q(voided_at__gt=known_at), duty__in=rows, entered_at__lte=known_at):
        seen[one.duty_id].append(rules.Seen(clock.city_day(one.inspected_at), clock.city_day(one.entered_at), one.result != "failed"))
    return [Listed(row, owners[row.unit], rules.judged(_task(row, owners[row.unit], seen[row.pk]), first or row.judged_on, as_of))
            for row in duties]


def _task(row: Duty, unit: str, seen: Sequence[rules.Seen]) -> rules.Task:
    return rules.Task(row.uid, title_of(row), unit, row.first, row.due, row.judged_on, row.ended_on, tuple(seen),
                      reverse("d10:duty", args=[row.uid]))


def of_year(period: Period) -> list[Listed]:
    """Duties that are judged in the year or run out in it."""
    last = date(period.year, 12, 31)
    rows = Duty.objects.filter(Q(judged_on__range=(period.first, last)) | Q(due__range=(period.first, last)),
                               plan__decided_at__lte=period.known_at)
    return listed(rows, as_of=period.as_of, known_at=period.known_at, first=period.first)


def rows_of(dataset: str, period: Period) -> list[dict[str, Any]]:
    """Events up to the day as known then, units that carry the matter on the day; yearly data by their year: they come after it."""
    asked = {"year": period.year} if dataset == YEARS else {}
    rows = events.rows_of(dataset, known_at=period.known_at, as_of=None if asked else period.as_of, **asked)
    owners = registry.owners(period.as_of, {row["unit"] for row in rows})
    made = [{**row, "unit": owners[row["unit"]], "own": owners[row["unit"]] == row["unit"]} for row in rows]
    return together(made, SUMMED) if asked else made


def scale(on: date) -> dict[str, tuple[int, int, int]]:
    """The grades of accidents as they stood on a day."""
    return {grade: (value_on(HERE, f"{grade}_deaths", on), value_on(HERE, f"{grade}_injured", on), value_on(HERE, f"{grade}_loss", on))
            for grade in ("gravest", "major", "larger")}


def _samples(period: Period) -> list[dict[str, Any]]:
    return [{**row, "due": row["reported_on"] + timedelta(days=int(value_on(HERE, "dispose_days", row["reported_on"]))),
             "out": "passed" if row["result"] == "合格" else "drug" if row["field"] == "药品" else ""}
            for row in rows_of(SAMPLES, period)]


def lines(period: Period) -> Mapping[str, Sequence[Line]]:
    first, as_of = period.first, period.as_of
    told, years = rows_of(ACCIDENTS, period), rows_of(YEARS, period)
    hazards = [{**row, "due": row["due_on"], "out": "" if row["grade"] == "重大" else "ordinary"} for row in rows_of(HAZARDS, period)]
    special = [{**row, "due": row["due_on"]} for row in rows_of(SPECIAL, period)]
    return {
        "D10-1": rules.rates(told, years, first, as_of, base="gdp"),
        "D10-2": in_term(_samples(period), first, as_of, kind="sample", key="sample", done="disposed_on", title="field"),
        "D10-3": in_term(hazards, first, as_of, kind="hazard", key="hazard", done="closed_on", title="field"),
        "D10-4": [one.line for one in of_year(period)],
        "D10-5": rules.accidents(told, years, first, as_of, {row["accident"]: scale(row["occurred_on"]) for row in told}),
        "D10-6": rules.rates(told, years, first, as_of, base="equipment", field="特种设备"),
        "D10-7": in_term(special, first, as_of, kind="special", key="problem", done="closed_on", title="theme"),
    }


def things(period: Period) -> Sequence[Line]:
    return rules.told_apart(rows_of(ACCIDENTS, period), rows_of(YEARS, period), period.year)


def passing(period: Period) -> list[Section]:
    """How many samples of the year passed: a figure about goods, not about the office."""
    here = [row for row in rows_of(SAMPLES, period) if period.first <= row["reported_on"] <= period.as_of]
    found = []
    for field in ("食品", "药品"):
        results = [row["result"] for row in here if row["field"] == field]
        good = results.count("合格")
        share = f"{Decimal(100 * good) / len(results):.2f}%" if results else "—"
        found.append((rules.FIELDS[rules.code_of(rules.FIELDS, field)], len(results), good, share))
    heads = (Text("领域", "Field"), Text("抽检批次", "Samples"), Text("合格批次", "Passed"), Text("合格率", "Share"))
    return [Section(Text("抽检合格率", "Samples that passed"), heads, found, Text("按检验报告日期归年。", "By the day of the report."))]


def sections(period: Period, by: Actor) -> Sequence[Section]:
    """Beside the figures: entries of long after, and special supervision by unit."""
    seen = {one.row.pk: one for one in of_year(period) if one.line.state == "backdated" and by.can(SEE, one.unit)}
    entries = Inspection.objects.filter(duty__in=list(seen), voided_at=None, entered_at__lte=period.known_at).order_by("entered_at")
    late = [(seen[x.duty_id].unit, seen[x.duty_id].line.title, clock.city_day(x.inspected_at), clock.city_day(x.entered_at),
             seen[x.duty_id].row.due) for x in entries]
    return [
        Section(Text("到期之后补录的检查", "Inspections entered after the duty had run out"),
                (Text("单位", "Unit"), Text("任务", "Duty"), Text("检查日期", "Inspected on"), Text("录入日期", "Entered on"),
                 Text("到期日", "Due")), late,
                Text("两个时间都留存；不计入按期完成。", "Both times are kept; not counted as done in time."), unit_column=0),
        *passing(period), _special(period, by)]


def _special(period: Period, by: Actor) -> Section:
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows_of(SPECIAL, period):
        if row["found_on"] >= period.first and by.can(SEE, row["unit"]):
            count = counts[row["theme"], row["unit"]]
            count[0] += 1
            closed = bool(row["closed_on"]) and row["closed_on"] <= period.as_of
            count[1] += closed
            count[2] += not closed and row["due_on"] < period.as_of
    return Section(Text("专项督查结果", "Results of special supervision"),
                   (Text("专项督查", "Supervision"), Text("单位", "Unit"), Text("发现问题", "Found"), Text("已销号", "Closed"),
                    Text("逾期未改", "Overdue")), [(theme, unit, *count) for (theme, unit), count in sorted(counts.items())], unit_column=1)


AREA = Area(
    here=HERE, see=SEE, lines=lines, states=rules.STATES, things=things, sections=sections, public_sections=passing,
    open_to_all=("D10-1", "D10-2", "D10-3", "D10-4", "D10-5", "D10-6", "D10-7"),
    tabs=(("d10:duties", Text("监管任务日历", "Calendar of duties"), SEE), ("d10:plans", Text("监管计划", "Plans of supervision"), SEE)),
    of_people=("D10-2", "D10-3"), method="appraisal.toml")


def calendar(year: int, *, by: Actor, now: datetime) -> list[Listed]:
    """Duties of a year's plans or that run out in it, of the units that this person may see, the earliest first."""
    found = listed(Duty.objects.filter(Q(due__year=year) | Q(plan__year=year)), as_of=clock.city_day(now), known_at=now)
    return [one for one in found if by.can(SEE, one.unit)]


def chosen(found: Sequence[Listed], *, unit: str = "", month: int = 0, state: str = "") -> list[Listed]:
    return [one for one in found if month in (0, one.row.due.month) and unit in ("", one.unit) and state in ("", one.line.state)]


def plan_body(row: Plan) -> dict[str, Any]:
    return {"plan": row.uid, "year": row.year, "maker": row.maker, "lines": row.digest}


def inspected_body(row: Inspection) -> dict[str, Any]:
    """Both times stand in the log, so that neither can be moved later."""
    return {"inspection": row.uid, "duty": row.duty.uid, "inspected": row.inspected_at.astimezone(UTC).isoformat(), "result": row.result,
            "backdated": row.backdated, "evidence": row.evidence}


def missed_body(row: Duty) -> dict[str, Any]:
    return {"duty": row.uid, "unit": row.unit, "due": row.due.isoformat()}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say of plans, inspections and missed duties."""
    span = {"log_index__gte": first, "log_index__lt": last}
    for plan_ in Plan.objects.filter(**span):
        yield plan_.log_index or 0, entry_bytes(ADOPTED, plan_body(plan_), plan_.decided_at or plan_.entered_at), f"监管计划 {plan_.uid}"
    for one in Inspection.objects.filter(**span).select_related("duty"):
        yield one.log_index or 0, entry_bytes(INSPECTED, inspected_body(one), one.entered_at), f"监督检查 {one.uid}"
    for row in Duty.objects.filter(**span):
        if row.missed_at:
            yield row.log_index or 0, entry_bytes(MISSED, missed_body(row), row.missed_at), f"任务逾期 {row.uid}"
