"""What was put right in time, what stands, who did not do what the law asks? Judged as of a day, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.kernel.words import Text
from ximu.notice.domains.d07_urban.rules.placing import KINDS, Row

STATES = {
    "kept": Text("按期", "in time"), "late": Text("逾期办结", "done late"), "open": Text("在办", "in hand"),
    "overdue": Text("逾期未办结", "past term"), "unchecked": Text("已处置，待核查", "done, not checked"),
    "unplaced": Text("待明确责任单位", "no unit yet"), "border": Text("交界事项待认领", "border, not accepted"),
    "dropped": Text("不属实", "unfounded"), "excluded": Text("剔除", "left out"), "standing": Text("未及时拆除", "not removed at once"),
    "removed": Text("及时拆除", "removed at once"), "planned": Text("计划拆除，未拆除", "planned, not removed"),
    "part": Text("部分拆除", "removed in part"), "demolished": Text("已拆除并核查", "removed and checked"),
    "suspended": Text("依法中止", "stopped by law"), "done": Text("已完成，待核查", "done, not checked"),
    "verified": Text("已完成并核查", "done and checked"), "untold": Text("逾期未反馈举报人", "the reporter was not told in time"),
    "told": Text("已反馈", "reporter was told"), "clue": Text("失职线索", "sign of a dereliction"), "unpatrolled": Text("逾期未巡查", "not inspected in time"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A matter that people handle. `done_on`: reported as put right; it counts once another has closed it."""

    uid: str
    title: str
    unit: str
    kind: str
    found_on: date
    how: str = "one"
    units: tuple[str, ...] = ()
    fix_by: date | None = None
    site_by: datetime | None = None
    arrived_at: datetime | None = None
    order_by: date | None = None
    ordered_on: date | None = None
    removed_at: datetime | None = None
    done_on: date | None = None
    closed_on: date | None = None
    closed_as: str = ""
    new: bool = False
    building: bool = False
    lapsed_on: date | None = None
    tell_by: date | None = None
    told_on: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """A structure of the ledger of unlawful structures. `number` is its own number, `matter` that of the case that handles it."""

    number: str
    unit: str
    sort: str
    area: Decimal
    found_on: date
    plan_year: int | None = None
    removed_on: date | None = None
    removed_area: Decimal | None = None
    checked_on: date | None = None
    suspended: bool = False
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """A project of comprehensive governance at an estate or a quasi-residential building."""

    uid: str
    title: str
    unit: str
    kind: str
    listed_on: date
    due_on: date
    done_on: date | None = None
    checked_on: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Patrolled:
    """A line of the duty list that asks for inspections, its unit of the day, and when it was last inspected."""

    row: Row
    unit: str
    title: str
    last: date | None


@dataclass(frozen=True, slots=True)
class Clue:
    """A fact from which a dereliction (`code` 1–4 of `derelictions.toml`) may follow; people decide whether it does."""

    code: str
    unit: str
    about: str
    title: str
    on: date
    words: Text


def site_by(at: datetime, *, building: bool, hours: int, hours_building: int) -> datetime:
    """On site within hours of the dispatch; sooner where it is being built (上海市拆除违法建筑若干规定 art. 7)."""
    return at + timedelta(hours=hours_building if building else hours)


def at_once(found_on: date, removed_on: date | None, days: int, as_of: date) -> bool | None:
    """Was a new structure removed at once? None while there is still time."""
    last = found_on + timedelta(days=days)
    if removed_on is not None and removed_on <= as_of:
        return removed_on <= last
    return None if as_of <= last else False


def verdict(one: Case, as_of: date) -> tuple[str, int]:
    """State and days late of a matter on a day."""
    closed = one.closed_on is not None and one.closed_on <= as_of
    if closed and one.closed_as == "unfounded":
        return "dropped", 0
    if not one.unit or one.fix_by is None:
        return ("border" if one.how == "border" and one.lapsed_on is None else "unplaced"), 0
    done = one.done_on if one.done_on is not None and one.done_on <= as_of else None
    late = max(0, ((done or as_of) - one.fix_by).days)
    if closed:
        return ("late" if late else "kept"), late
    if done is not None:
        return "unchecked", late
    return ("overdue" if late else "open"), late


def matter_lines(cases: Iterable[Case], period: Period) -> list[Line]:
    """Each matter found or due in the period; in the base once its term has passed or it is closed."""
    found = []
    for one in cases:
        if one.found_on > period.as_of or (one.closed_on is not None and one.closed_on < period.first):
            continue
        state, late = verdict(one, period.as_of)
        why = {"dropped": "unfounded", "unplaced": "unplaced", "border": "unplaced"}.get(state, "")
        if not why and one.fix_by is not None:
            earlier = one.fix_by < period.first
            why = "earlier" if earlier else "not-due" if state in ("open", "unchecked") and one.fix_by >= period.as_of else ""
        found.append(Line(one.uid, one.title, one.unit, one.kind, state, Decimal(state == "kept"), why=why, late_days=late, on=one.found_on,
                          link=one.link))
    return found


def hazards(cases: Iterable[Case], grid: Sequence[Line], period: Period) -> list[Line]:
    """Hazards: those that people handle one by one, and those of the grid in full volume."""
    return matter_lines((one for one in cases if one.kind == "hazard"), period) + [one for one in grid if one.kind == "安全隐患"]


def grid_lines(groups: Iterable[dict[str, Any]], period: Period) -> list[Line]:
    """Grid cases of a unit, a kind and a verdict together: how many closed in time, of how many due."""
    found = []
    for one in groups:
        state, count = one["verdict"], Decimal(int(one["n"]))
        why = {"excluded": "excluded", "open": "not-due"}.get(state, "")
        words = Text(f"{one['n']}件", f"{one['n']} cases")
        title = f"{one['kind']} {STATES[state].zh} {one['n']}件"
        found.append(Line(f"{one['unit']}:{one['kind']}:{state}", title, one["unit"], one["kind"], state, count * (state == "kept"), count, why,
                          on=period.as_of, words=words))
    return found


def new_structures(cases: Iterable[Case], built: Iterable[Built], period: Period, days: int) -> list[Line]:
    """New unlawful structures found in the period: counted where they were not removed at once."""
    found = []
    for one in cases:
        if one.kind == "illegal" and one.new and period.first <= one.found_on <= period.as_of:
            dropped = one.closed_as == "unfounded" and one.closed_on is not None and one.closed_on <= period.as_of
            gone = one.removed_at.date() if one.removed_at else None
            found.append(_new(one.uid, one.title, one.unit, one.found_on, gone, period, days, "unfounded" if dropped else "", one.link))
    for row in built:
        if row.sort == "新增" and period.first <= row.found_on <= period.as_of:
            found.append(_new(row.number, row.number, row.unit, row.found_on, row.removed_on, period, days, "handled" if row.matter else ""))
    return found


def _new(uid: str, title: str, unit: str, found_on: date, gone: date | None, period: Period, days: int, why: str, link: str = "") -> Line:
    soon = at_once(found_on, gone, days, period.as_of)
    still = gone is None or gone > period.as_of
    state = "dropped" if why == "unfounded" else "open" if soon is None else "removed" if soon else "standing"
    late = ((period.as_of if still or gone is None else gone) - found_on).days - days
    return Line(uid, title, unit, "new", state, Decimal(soon is False), why=why or ("not-due" if soon is None else ""),
                late_days=max(0, late) if soon is False else 0, on=found_on, link=link)


def old_structures(built: Iterable[Built], period: Period) -> list[Line]:
    """Standing structures planned for the year, in square metres: removed and checked by another, over planned."""
    found = []
    for one in built:
        if one.sort != "存量" or one.plan_year != period.year or one.found_on > period.as_of:
            continue
        gone = one.removed_on is not None and one.removed_on <= period.as_of
        checked = gone and one.checked_on is not None and one.checked_on <= period.as_of
        area = min(one.area, one.removed_area if one.removed_area is not None else one.area)
        state = "suspended" if one.suspended else "planned" if not gone else "done" if not checked else "part" if area < one.area \
            else "demolished"
        found.append(Line(one.number, one.number, one.unit, "old", state, area if checked else Decimal(0), one.area,
                          "suspended" if one.suspended else "", on=one.removed_on if gone else None,
                          words=Text(f"{one.area}平方米", f"{one.area} m²")))
    return found


def governed(works: Iterable[Work], period: Period, *, kind: str = "quasi") -> list[Line]:
    """Projects at quasi-residential buildings: done and checked by another, over listed."""
    found = []
    for one in works:
        if one.kind != kind or one.listed_on > period.as_of:
            continue
        checked = one.checked_on is not None and one.checked_on <= period.as_of
        done = one.done_on is not None and one.done_on <= period.as_of
        late = 0 if done else max(0, (period.as_of - one.due_on).days)
        why = "earlier" if checked and one.checked_on is not None and one.checked_on < period.first else ""
        state = "verified" if checked else "done" if done else "overdue" if late else "open"
        found.append(Line(one.uid, one.title, one.unit, "project", state, Decimal(checked), why=why, late_days=late, on=one.due_on, link=one.link))
    return found


def told_late(cases: Iterable[Case], period: Period) -> list[Line]:
    """Reports of which the reporter was not told the result within the term."""
    found = []
    for one in cases:
        if one.tell_by is None or one.closed_as == "unfounded" or not period.first <= one.tell_by < period.as_of:
            continue
        late = ((one.told_on or period.as_of) - one.tell_by).days
        if late > 0:
            found.append(Line(one.uid, one.title, one.unit, "report", "untold" if one.told_on is None else "told", late_days=late,
                              on=one.tell_by, link=one.link))
    return found


def clues(cases: Iterable[Case], duties: Iterable[Patrolled], period: Period) -> list[Clue]:
    """Codes 1–4 from facts; 5 and 6 are entered by people with a document. Each thing once for each code and unit."""
    found = [Clue("1", one.unit, one.row.uid, one.title, since, Text(
        f"{one.title}自{since}起超过{one.row.every}天未巡查", f"{one.title} was not inspected for more than {one.row.every} days since {since}"))
        for one in duties if one.row.every and one.row.holds(period.as_of)
        and (since := max(one.last or one.row.since, one.row.since)) + timedelta(days=one.row.every) < period.as_of]
    for case in cases:
        if case.found_on <= period.as_of and (case.closed_on is None or case.closed_on >= period.first) and case.closed_as != "unfounded":
            found += _of_case(case, period)
    return found


def _of_case(one: Case, period: Period) -> list[Clue]:
    day, name, found = period.as_of, one.title, []
    if one.order_by is not None and (one.ordered_on or day) > one.order_by and one.unit and one.order_by >= period.first:
        found.append(Clue("2", one.unit, one.uid, name, one.order_by, Text(
            f"“{name}”应于{one.order_by}前作出处理决定，未作出", f"“{name}” needed a decision by {one.order_by}")))
    if one.lapsed_on is not None and one.lapsed_on <= day and one.lapsed_on >= period.first:
        found += [Clue("3", unit, one.uid, name, one.lapsed_on, Text(
            f"“{name}”为交界事项，期限内无单位认领", f"“{name}” lies on a border and nobody accepted it in time")) for unit in one.units]
    stopped = one.removed_at if one.removed_at is not None and one.removed_at.date() <= day else None
    if one.building and one.unit and one.site_by is not None and one.site_by.date() >= period.first:
        over = stopped > one.site_by if stopped else one.site_by.date() < day
        if over:
            found.append(Clue("4", one.unit, one.uid, name, one.site_by.date(), Text(
                f"“{name}”正在搭建，未即时制止并拆除", f"“{name}” was being built and was not stopped and removed at once")))
    return found


def kind_words(kind: str) -> Text:
    return KINDS[kind]
