"""What was put right in time, what stands, who did not do what the law asks, what is wrong with a row? Pure, judged as of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.ideas.places.rules import Routed, Sign, must_say, unentered, unwatched
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

GRID, STRUCTURES = "grid_cases", "structures"
SHEETS = (GRID, STRUCTURES)
UNITS = {"unit_name": "unit", "checker_name": "checker"}
KIND_OF = {"安全隐患": "hazard", "违法建筑": "illegal", "脏乱": "disorder", "类住宅": "quasi", "其他": "other"}
TRUE = (True, "true")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A matter that people handle. `done_on`: reported as put right; it counts once another has closed it. `then`: its unit
    on the day on which it was found, where that is another; `finder`: that of who entered it."""

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
    project: bool = False
    patrolled: bool = False
    tell_by: date | None = None
    told_on: date | None = None
    link: str = ""
    then: str = ""
    finder: str = ""


def at_once(found_on: date, removed_on: date | None, days: int, as_of: date) -> bool | None:
    """Was a new structure removed at once? None while there is still time."""
    last = found_on + timedelta(days=days)
    if removed_on is not None and removed_on <= as_of:
        return removed_on <= last
    return None if as_of <= last else False


def _unfounded(one: Case, as_of: date) -> bool:
    return one.closed_as == "unfounded" and one.closed_on is not None and one.closed_on <= as_of


def verdict(one: Case, as_of: date) -> tuple[str, int]:
    """State and days late of a matter on a day."""
    closed = one.closed_on is not None and one.closed_on <= as_of
    if _unfounded(one, as_of):
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
    by_hand = (one for one in cases if one.kind == "hazard" and not one.project)
    return matter_lines(by_hand, period) + [one for one in grid if one.kind == "安全隐患"]


def grid_lines(groups: Iterable[dict[str, Any]], period: Period) -> list[Line]:
    """Grid cases of a unit, a kind and a verdict together: how many closed in time, of how many due."""
    found = []
    for one in groups:
        state, count = one["verdict"], Decimal(int(one["n"]))
        why = {"excluded": "excluded", "open": "not-due"}.get(state, "")
        words = Text(f"{one['n']}件", f"{one['n']} cases")
        found.append(Line(f"{one['unit']}:{one['kind']}:{state}", f"网格案件 {one['kind']}", one["unit"], one["kind"], state,
                          count * (state == "kept"), count, why, on=period.as_of, words=words))
    return found


def new_structures(cases: Iterable[Case], built: Iterable[Row], period: Period, days: int) -> list[Line]:
    """New unlawful structures found in the period, handled one by one or in the ledger: counted where they were not removed at once."""
    found = []
    for one in cases:
        if one.kind == "illegal" and one.new and period.first <= one.found_on <= period.as_of:
            gone = one.removed_at.date() if one.removed_at else None
            found.append(_new(one.uid, one.title, one.unit, one.found_on, gone, period, days,
                              "unfounded" if _unfounded(one, period.as_of) else "", one.link))
    return found + [_new(row["number"], row["number"], row["unit"], row["found_on"], row["removed_on"], period, days,
                         "handled" if row["matter"] else "")
                    for row in built if row["sort"] == "新增" and period.first <= row["found_on"] <= period.as_of]


def _new(uid: str, title: str, unit: str, found_on: date, gone: date | None, period: Period, days: int, why: str, link: str = "") -> Line:
    soon = at_once(found_on, gone, days, period.as_of)
    still = gone is None or gone > period.as_of
    state = "dropped" if why == "unfounded" else "excluded" if why else "open" if soon is None else "removed" if soon else "standing"
    late = ((period.as_of if still or gone is None else gone) - found_on).days - days
    return Line(uid, title, unit, "new", state, Decimal(soon is False), why=why or ("not-due" if soon is None else ""),
                late_days=max(0, late) if soon is False else 0, on=found_on, link=link)


def old_structures(built: Iterable[Row], period: Period) -> list[Line]:
    """Standing structures planned for the year, in square metres: removed and checked by another, over planned."""
    found = []
    for row in built:
        if row["sort"] != "存量" or row["plan_year"] != period.year or row["found_on"] > period.as_of:
            continue
        gone = row["removed_on"] is not None and row["removed_on"] <= period.as_of
        checked = gone and row["checked_on"] is not None and row["checked_on"] <= period.as_of
        removed = row["area"] if row["removed_area"] is None else row["removed_area"]
        state = "suspended" if row["suspended"] else "planned" if not gone else "done" if not checked else \
            "part" if removed < row["area"] else "demolished"
        found.append(Line(row["number"], row["number"], row["unit"], "old", state, removed if checked else Decimal(0), row["area"],
                          "suspended" if row["suspended"] else "", on=row["removed_on"] if gone else None))
    return found


def governed(cases: Iterable[Case], period: Period, *, kind: str = "quasi") -> list[Line]:
    """Projects at quasi-residential buildings or at estates: done and checked by another, over listed."""
    found = []
    for one in cases:
        if one.project and one.kind == kind and one.found_on <= period.as_of:
            state, late = verdict(one, period.as_of)
            closed = one.closed_on if one.closed_on is not None and one.closed_on <= period.as_of else None
            verified = closed is not None and one.closed_as == "closed"
            why = "unfounded" if state == "dropped" else "earlier" if closed is not None and closed < period.first else ""
            found.append(Line(one.uid, one.title, one.unit, "project", "verified" if verified else state, Decimal(verified), why=why,
                              late_days=late, on=one.fix_by, link=one.link))
    return found


def told_late(cases: Iterable[Case], period: Period) -> list[Line]:
    """Reports of which the reporter was not told the result within the term."""
    found = []
    for one in cases:
        if one.tell_by is None or _unfounded(one, period.as_of) or not period.first <= one.tell_by < period.as_of:
            continue
        told_on = one.told_on if one.told_on is not None and one.told_on <= period.as_of else None
        late = ((told_on or period.as_of) - one.tell_by).days
        if late > 0:
            found.append(Line(one.uid, one.title, one.unit, "report", "untold" if told_on is None else "told", late_days=late,
                              on=one.tell_by, link=one.link))
    return found


def clues(cases: Sequence[Case], duties: Iterable[Any], patrols: Iterable[Any], period: Period) -> list[Sign]:
    """Codes 1–4 from facts; 5 and 6 are entered by people with a document. Each thing once for each code and unit.

    `duties`: lines of the duty list that ask for inspections; `patrols`: inspections of the period.
    """
    told = Counter((unit, one.found_on) for one in cases if one.patrolled for unit in {one.then or one.unit, one.finder})
    found = unwatched("1", duties, period.as_of) + unentered("1", patrols, told, period.as_of)
    for case in cases:
        gone = case.closed_on is not None and case.closed_on < period.first
        if case.found_on <= period.as_of and not gone and not _unfounded(case, period.as_of):
            found += _of_case(case, period)
    return found


def _of_case(one: Case, period: Period) -> list[Sign]:
    day, name, found = period.as_of, one.title, []
    settled = min((on for on in (one.ordered_on, one.done_on) if on is not None and on <= day), default=day)
    if one.order_by is not None and settled > one.order_by and one.unit and one.order_by >= period.first:
        found.append(Sign("2", one.unit, one.uid, name, one.order_by, Text(
            f"“{name}”应于{one.order_by}前作出处理决定，未作出", f"“{name}” needed a decision by {one.order_by}")))
    if one.lapsed_on is not None and one.lapsed_on <= day and one.lapsed_on >= period.first:
        found += [Sign("3", unit, one.uid, name, one.lapsed_on, Text(
            f"“{name}”为交界事项，期限内无单位认领", f"“{name}” lies on a border and nobody accepted it in time")) for unit in one.units]
    stopped = one.removed_at if one.removed_at is not None and one.removed_at.date() <= day else None
    if one.building and one.unit and one.site_by is not None and one.site_by.date() >= period.first:
        over = stopped > one.site_by if stopped else one.site_by.date() < day
        if over:
            found.append(Sign("4", one.unit, one.uid, name, one.site_by.date(), Text(
                f"“{name}”正在搭建，未即时制止并拆除", f"“{name}” was being built and was not stopped and removed at once")))
    return found


def site_by(at: datetime, *, building: bool, hours: int, hours_building: int) -> datetime:
    """On site within hours of the dispatch; sooner where it is being built (上海市拆除违法建筑若干规定 art. 7)."""
    return at + timedelta(hours=hours_building if building else hours)


def must_be_new(kind: str, *, new: bool, found_at: datetime, at: datetime) -> None:
    """Errors: `MATTER-NEW`, `TIME-FUTURE`."""
    if new and kind != "illegal":
        raise Refusal("MATTER-NEW", field="is_new", value=kind[:20], rule="illegal", zh="只有违法建筑可以标为新增或者正在搭建。",
                      en="Only an illegal structure can be new or being built.")
    if found_at > at:
        raise Refusal("TIME-FUTURE", field="found_at", value=found_at.isoformat(), rule="≤ now", zh="发现时间不能晚于现在。",
                      en="It cannot have been found in the future.")


def must_move(row: Any, verb: str, values: dict[str, Any]) -> None:
    """`row` is a matter. Errors: `MATTER-FIXED`, `FEEDBACK-NONE`, `REPORTER-NONE`, `MATTER-KIND`, `FIELD-NEED`, `STATE-EDGE`."""
    if verb == "hand_back" and (row.fixed or row.arrived_at):
        raise Refusal("MATTER-FIXED", status=409, field="matter", value=row.uid, rule="hand_back",
                      zh="经指定、认领或者已经到场的事项不得退回。", en="What was named, accepted or begun cannot be handed back.")
    if verb in ("close", "unfounded") and row.tell_by and not row.told_on:
        raise Refusal("FEEDBACK-NONE", status=409, field="told_on", value="", rule=f"≤ {row.tell_by}", zh="结案前须先反馈举报人。",
                      en="The reporter is told before the matter is closed.")
    if verb == "tell_reporter" and not row.tell_by:
        raise Refusal("REPORTER-NONE", status=409, field="matter", value=row.uid, rule="report | hotline", zh="该事项没有举报人。",
                      en="Nobody reported this matter.")
    if verb == "order" and row.kind != "illegal":
        raise Refusal("MATTER-KIND", field="kind", value=row.kind, rule="illegal", zh="只有违法建筑须作出处理决定。",
                      en="Only an illegal structure needs a decision.")
    if verb == "order":
        must_say("document", str(values.get("document", "")), most=120)
    if (verb == "order" and row.ordered_on) or (verb == "arrive" and row.arrived_at):
        raise Refusal("STATE-EDGE", status=409, field=verb, value=row.uid, rule="once", zh="已经登记过，不能再次登记。",
                      en="It is on record and cannot be entered again.")


def faults(dataset: str, rows: Iterable[tuple[int, Row]]) -> list[tuple[int, str, str]]:
    """(line, field, code): who did it does not check it, an exclusion names its decision, a check follows what it checks."""
    judge = _grid if dataset == GRID else _structure
    return [(line, field, code) for line, row in rows for field, code in judge(row)]


def _grid(row: Row) -> list[tuple[str, str]]:
    found = [("excluded_by", "FIELD-NEED")] if row["excluded"] in TRUE and not row["excluded_by"] else []
    found += _checked(row, row["closed_on"])
    return found + ([("disposed_on", "FIELD-NEED")] if row["closed_on"] and not row["disposed_on"] else [])


def _structure(row: Row) -> list[tuple[str, str]]:
    found = [("suspended_by", "FIELD-NEED")] if row["suspended"] in TRUE and not row["suspended_by"] else []
    found += [("plan_year", "FIELD-NEED")] if row["sort"] == "存量" and row["plan_year"] is None else []
    found += [("removed_on", "FIELD-NEED")] if row["checked_on"] and not row["removed_on"] else []
    over = row["removed_area"] is not None and row["removed_area"] > row["area"]
    return found + ([("removed_area", "NUM-RANGE")] if over else []) + _checked(row, row["checked_on"])


def _checked(row: Row, on: date | None) -> list[tuple[str, str]]:
    if on is None:
        return []
    if not row["checker_name"]:
        return [("checker_name", "FIELD-NEED")]
    return [("checker_name", "DUAL")] if row["checker"] and row["checker"] == row["unit"] else []


def derived(dataset: str, row: Row, routed: Callable[[str, date, str], Routed], days: int) -> Row:
    """The unit that was told, else the one that the duty list names; what neither names stays, without a unit."""
    where = row["address"] or f"{row['district'] or ''}{row['street'] or ''}"
    if dataset == STRUCTURES:
        found = routed("illegal", row["found_on"], where)
        return {"unit": _unit(row, found), "how": found.how, "duty": "|".join(found.units), "suspended": row["suspended"] in TRUE}
    found = routed(KIND_OF[row["kind"]], row["filed_on"], where)
    return {"unit": _unit(row, found), "how": found.how, "duty": "|".join(found.units), "excluded": row["excluded"] in TRUE,
            "due_by": row["due_on"] or (row["dispatched_on"] or row["filed_on"]) + timedelta(days=days)}


def _unit(row: Row, found: Routed) -> str | None:
    return row["unit"] or (found.units[0] if found.how == "one" else None)
