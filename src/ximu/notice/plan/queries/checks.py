"""A check: what was frozen, what was found, what became of the last finding, and its report with a source for each figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ximu.foundation.parameters import value_on
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.plan.models import Check, Finding, NextPlan, Plan, SelfReport
from ximu.notice.plan.queries import bearers as bearing
from ximu.notice.plan.queries import tasks
from ximu.notice.plan.rules import checks as rules

CHECKED = "plan.check.frozen"


def set_day(year: int, half: str) -> date:
    """The day on which the check of a year looks, by the dated parameter that holds on it."""
    written = value_on(Path(__file__).parents[1], "mid_year_day" if half == "mid" else "year_end_day", date(year, 12, 31))
    month, day = (int(part) for part in written.split("-"))
    return date(year, month, day)


def checks(of: Plan | None = None) -> list[Check]:
    rows = Check.objects.order_by("-year", "half")
    return list(rows.filter(plan=of) if of else rows)


def check(uid: str) -> Check:
    """Errors: `CHECK-NONE`."""
    found = Check.objects.select_related("plan").filter(uid=uid).first()
    if found is None:
        raise absent("CHECK-NONE", field="check", value=uid[:16], zh="次检查", en="check")
    return found


def self_reports(of: Check) -> list[SelfReport]:
    return list(of.reports.order_by("row", "unit"))


def inputs_of(of: Check, *, known_at: datetime) -> dict[str, Any]:
    """Everything that a check looks at, as plain values: tasks with lights, duties with lights, self-reports."""
    lines = [tasks.envelope(line) for line in tasks.status(of.plan, as_of=of.as_of, known_at=known_at)]
    return {
        "plan": of.plan.uid, "number": of.plan.number, "year": of.year, "half": of.half, "as_of": of.as_of.isoformat(),
        "known_at": known_at.isoformat(), "log_size": ledger.size(), "lines": lines,
        "duties": bearing.duty_status(of.plan, as_of=of.as_of, known_at=known_at),
        "self": [[r.row, r.unit, r.claim, r.words] for r in self_reports(of)],
    }


def previous(of: Check) -> Check | None:
    """For a year-end check the mid-year one of the same year, when it was signed."""
    return Check.objects.filter(plan=of.plan, year=of.year, half="mid", state="closed").first() if of.half == "end" else None


@dataclass(frozen=True, slots=True)
class Line:
    """A duty on the sheet: what the unit says, what the system and the examiner find, and what became of the mid-year finding."""

    row: str
    unit: str
    name: str
    role: str
    light: str
    reason: Text
    claim: str
    claimed: str
    finding: Finding
    before: Finding | None
    became: str


def lines(of: Check, *, unit: str = "") -> list[Line]:
    """Empty until the check is frozen."""
    if not of.inputs:
        return []
    last = previous(of)
    before = {(f.row, f.unit): f for f in last.findings.all()} if last else {}
    bearers = bearing.Bearers([], as_of=of.as_of)
    owners = {u: bearers.carrier(u, u) for _, u in before}
    carried = {(row, owners[u]): f for (row, u), f in before.items()}
    found = {(f.row, f.unit): f for f in of.findings.all()}
    said = {(row, u): (claim, words) for row, u, claim, words in of.inputs["self"]}
    return [_line(duty, found[(duty["row"], duty["unit"])], said.get((duty["row"], duty["unit"]), ("", "")),
                  carried.get((duty["row"], duty["unit"])), half=of.half)
            for duty in of.inputs["duties"] if not unit or duty["unit"] == unit]


def _line(duty: dict[str, Any], finding: Finding, said: tuple[str, str], before: Finding | None, *, half: str) -> Line:
    now = finding.verdict or finding.system
    became = rules.became(before.verdict if before else None, now) if half == "end" else ""
    return Line(duty["row"], duty["unit"], duty["name"], duty["role"], duty["light"], Text(*duty["reason"]), said[0], said[1], finding,
                before,
                became)


def missing(of: Check) -> int:
    """Duties that nobody has examined yet."""
    return of.findings.filter(verdict="").count()


def report_figures(of: Check) -> list[rules.Figure]:
    return rules.figures(of.inputs) if of.inputs else []


def stale_figures(of: Check, *, known_at: datetime) -> list[tuple[rules.Figure, str]]:
    """Figures of the report that would be another with what is known now about the same day."""
    return rules.stale(report_figures(of), rules.figures(inputs_of(of, known_at=known_at))) if of.inputs else []



def followers(of: Plan) -> list[NextPlan]:
    return list(of.followers.order_by("-year"))


def follower(uid: str) -> NextPlan:
    """Errors: `PLAN-NONE`."""
    found = NextPlan.objects.select_related("plan").filter(uid=uid).first()
    if found is None:
        raise absent("PLAN-NONE", field="next", value=uid[:16], zh="份下年度草案", en="draft of a following year")
    return found


def checked_body(row: Check) -> dict[str, Any]:
    return {"check": row.uid, "plan": row.plan.uid, "year": row.year, "half": row.half, "as_of": row.as_of.isoformat(),
            "digest": row.digest}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about frozen checks."""
    for row in Check.objects.select_related("plan").filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(CHECKED, checked_body(row), row.frozen_at), f"检查 {row.year} {row.half}"
