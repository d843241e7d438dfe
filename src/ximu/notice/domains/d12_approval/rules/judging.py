"""Is an approval in time, judged by the catalogue in force on the day of its application? Working days; suspended time does not count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.ideas.casework.rules.clocks import Term, begin
from ximu.ideas.casework.rules.matters import Judged, as_known, judge
from ximu.kernel.given import YES
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.kernel.workdays import Calendar
from ximu.notice.domains.d12_approval.rules.catalogue import CLOSING

Row = Mapping[str, Any]
Limits = Mapping[str, Term]
"""The dated terms that hold on the day of an application, by `TERMS`."""
TERMS = ("CORRECT", "DECIDE", "DECIDE-MORE", "JOINT", "JOINT-MORE", "DELIVER", "CHECK", "RECORD")
ART32 = Text("行政许可法第三十二条：逾期不告知补正即为受理", "Permit Law art 32: no notice in time, accepted from the application on")
HANGS = {"result": "decided_on", "check_result": "checked_on"}
ONE, NONE = Decimal(1), Decimal(0)


def on_list(item: Mapping[str, Any] | None) -> bool:
    return item is not None and item["state"] != CLOSING


def judged(row: Row, item: Mapping[str, Any] | None, limits: Limits, calendar: Calendar, as_of: date) -> Judged:
    """`item`: as the catalogue in force on the day of application has it. Errors: `CAL-NONE`."""
    if row["result"] in ("撤回", "不予受理"):
        return Judged("withdrawn" if row["result"] == "撤回" else "not-accepted", row["decided_on"])
    joint = row["mode"] == "联合" or (item is not None and item["joint"] == YES)
    base, more = (limits["JOINT"], limits["JOINT-MORE"]) if joint else (limits["DECIDE"], limits["DECIDE-MORE"])
    law, promise = (replace(base, value=item[name]) if item else base for name in ("statutory", "promised"))
    return judge(row, limits["CORRECT"], law, promise, more, calendar=calendar, as_of=as_of)


def tie_part(state: str, due: date, as_of: date) -> dict[str, Any]:
    """What a tie adds to D12-3, by the state of its case ("" while it was open): what is only reported is not done."""
    late = max(0, (as_of - due).days) if state in ("", "open", "reported") else 0
    return {"state": "tie-overdue" if late else state or "open", "late_days": late, "part": ONE if state == "done" else NONE,
            "why": state if state in ("kept", "ended") else ""}


def report_part(state: str) -> dict[str, Any]:
    """What a report about an approval off the catalogue adds to D12-2."""
    final = state in ("upheld", "unfounded")
    return {"state": f"report-{state if final else 'open'}", "part": ONE if state == "upheld" else NONE, "why": "" if final else "open"}


def approval_lines(
    rows: Iterable[Row], period: Period, *, item_of: Callable[[str, date], Any], limits_on: Callable[[date], Limits], calendar: Calendar,
    owner: Callable[[str], str],
) -> dict[str, list[Line]]:
    """D12-1, D12-2, D12-4 and further things that only warn. `item_of` is None off the list, and "" where no version was in force."""
    found: dict[str, list[Line]] = {"D12-1": [], "D12-2": [], "D12-4": [], "things": []}
    for whole in rows:
        if whole["applied_on"] > period.as_of:
            continue
        row, unit = as_known(whole, period.as_of, HANGS), owner(whole["unit"])
        item, limits = item_of(row["item"], row["applied_on"]), limits_on(row["applied_on"])
        try:
            one = judged(row, item or None, limits, calendar, period.as_of)
            things = _things(row, unit, one, limits, calendar, period)
        except Refusal:
            one, things = Judged("unknown"), []
        found["things"] += things
        _in_time(row, unit, item, one, period, found["D12-1"])
        _off_list(row, unit, item, period, found["D12-2"])
        _pledge(row, unit, limits, calendar, period, found)
    return found


def _line(row: Row, unit: str, kind: str, state: str, **more: Any) -> Line:
    return Line(row["approval"], f"{row['approval']} {row['item']}", unit, kind, state, on=row["applied_on"], **more)


def _in_time(row: Row, unit: str, item: Any, one: Judged, period: Period, lines: list[Line]) -> None:
    """Each approval belongs to one year: that of its decision or of its last day, whichever came first."""
    why = {"withdrawn": "withdrawn", "not-accepted": "not-accepted", "running": "not-due", "suspended": "suspended",
           "unknown": "no-calendar"}
    reason = "no-list" if item == "" else "off-list" if not on_list(item) else why.get(one.state, "")
    on = one.settled or row["applied_on"]
    if not period.first <= on <= period.as_of and not (one.settled is None and reason in ("not-due", "suspended")):
        return
    late = one.late_days if one.state in ("late", "overdue", "promise-late") else 0
    lines.append(_line(row, unit, "approval", one.state, part=ONE if one.state == "in-time" else NONE, why=reason, late_days=late,
                       words=ART32 if one.deemed else None))


def _off_list(row: Row, unit: str, item: Any, period: Period, lines: list[Line]) -> None:
    """What is off the list and not accepted is rightly refused."""
    if period.first <= row["applied_on"] <= period.as_of:
        off = item != "" and not on_list(item) and row["result"] != "不予受理"
        lines.append(_line(row, unit, "off-list", "off-list" if off else "on-list" if item else "unknown" if item == "" else "not-accepted",
                           part=ONE if off else NONE, whole=NONE, why="no-list" if item == "" else ""))


def _things(row: Row, unit: str, one: Judged, limits: Limits, calendar: Calendar, period: Period) -> list[Line]:
    found = [_line(row, unit, "notice", "notice-late", words=ART32)] if one.deemed and row["applied_on"] >= period.first else []
    if row["result"] == "准予":
        last, end = begin(limits["DELIVER"], row["decided_on"], calendar).due.day, row["delivered_on"] or period.as_of
        found += [_line(row, unit, "delivery", "deliver-late", late_days=(end - last).days)] if end > max(last, period.first) else []
    return found


def _pledge(row: Row, unit: str, limits: Limits, calendar: Calendar, period: Period, found: dict[str, list[Line]]) -> None:
    """Granted on a pledge: checked later, in time; a pledge that is not met is put right, or the permit is revoked and it is recorded."""
    if row["mode"] != "告知承诺" or row["result"] != "准予":
        return
    try:
        last = begin(limits["CHECK"], row["decided_on"], calendar).due.day
        state, late, words = _pledge_state(row, last, limits, calendar, period.as_of)
    except Refusal:
        found["D12-4"].append(_line(row, unit, "pledge", "unknown", why="no-calendar"))
        return
    checked = row["checked_on"]
    settled = min(checked, last) if checked else last
    why = "gone" if state == "gone" else "not-due" if state == "waiting" else ""
    part = ONE if checked and checked <= last else NONE
    line = _line(row, unit, "pledge", state, part=part, why=why, late_days=late, words=words)
    inside = period.first <= (row["revoked_on"] if why == "gone" else settled) <= period.as_of or why == "not-due"
    found["D12-4" if inside else "things"].append(line)


def _pledge_state(row: Row, last: date, limits: Limits, calendar: Calendar, as_of: date) -> tuple[str, int, Text | None]:
    checked, gone = row["checked_on"], row["revoked_on"]
    if checked is None:
        if gone is not None and gone <= last:
            return "gone", 0, None
        return ("unchecked", (as_of - last).days, None) if as_of > last else ("waiting", 0, None)
    if row["check_result"] != "不实":
        return ("checked-late", (checked - last).days, None) if checked > last else ("checked", 0, None)
    if gone is not None:
        record_by = begin(limits["RECORD"], gone, calendar).due.day
        if row["recorded_on"] is None and as_of > record_by:
            return "unrecorded", (as_of - record_by).days, Text("撤销后没有记入信用记录", "revoked, not recorded")
        return "unmet-revoked", 0, None
    if row["rectified_on"] is not None and row["rectified_on"] <= (row["rectify_by"] or row["rectified_on"]):
        return "unmet-fixed", 0, None
    due = row["rectify_by"] or checked
    return ("unmet-open", (as_of - due).days, Text("整改期满没有撤销", "time is over and it is not revoked")) if as_of > due else (
        "unmet-waiting", 0, None)
