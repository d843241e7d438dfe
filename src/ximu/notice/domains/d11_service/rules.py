"""Is a step's clock sound, what does a rating say, and what does it add to a figure? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.ideas.commitments.rules.figures import CENT
from ximu.ideas.events.rules import capped, part_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LEVELS = {
    5: Text("非常满意", "very satisfied"), 4: Text("满意", "satisfied"), 3: Text("基本满意", "fairly satisfied"),
    2: Text("不满意", "not satisfied"), 1: Text("非常不满意", "very dissatisfied"),
}
GOOD = 3
"""From here up a rating is good; below it is poor and is followed up."""
PLATFORM = "P-"
"""Codes of platforms with verified accounts begin so; all other points of the roster are windows and terminals."""
AT_A_DESK = {"speed": Text("办事效率", "speed"), "skill": Text("服务水平", "skill"), "manner": Text("服务态度", "manner")}
ONLINE = {
    "speed": AT_A_DESK["speed"], "guide": Text("办事指南精确度", "accuracy of the guide"), "ease": Text("办事便捷度", "ease"),
    "platform": Text("平台操作性", "handling of the platform"),
}
ASPECTS = AT_A_DESK | ONLINE
Row = Mapping[str, Any]
Fault = tuple[int, str, str]
"""A row that is refused: its line, the field and the code."""
Due = Callable[[date, int], date | None]
"""The last of so many working days after a day; none where no calendar knows the year."""


def level_of(text: object) -> int:
    """By number, or by its words. Errors: `RATE-LEVEL`."""
    asked = str(text).strip()
    for level, words in LEVELS.items():
        if asked in (str(level), words.zh, f"{level}星"):
            return level
    told = "、".join(f"{level}{words.zh}" for level, words in LEVELS.items())
    raise Refusal("RATE-LEVEL", field="level", value=asked[:20], rule="1–5", zh=f"评价分五级：{told}。",
                  en="A rating has five levels, from 5 very satisfied to 1 very dissatisfied.")


def aspects_of(given: Row, *, online: bool) -> dict[str, int]:
    """The second-level items of the way in which the case was handled. Errors: `RATE-ASPECT`, `RATE-LEVEL`."""
    allowed = ONLINE if online else AT_A_DESK
    said = {name: given[name] for name in ASPECTS if given.get(name) not in (None, "")}
    if strangers := sorted(set(said) - set(allowed)):
        raise Refusal("RATE-ASPECT", field=strangers[0], value=str(said[strangers[0]])[:20], rule=" ".join(allowed),
                      zh=f"“{ASPECTS[strangers[0]].zh}”不是这种办理方式的评价项。",
                      en=f"“{ASPECTS[strangers[0]].en}” is not asked for this way of handling.")
    return {name: level_of(value) for name, value in said.items()}


def _moment(row: Row, which: str) -> tuple[date, str]:
    """A day without a time of day begins at its beginning and ends at its end."""
    return row[f"{which}_on"], row[f"{which}_time"] or ("00:00" if which == "started" else "24:00")


def step_faults(rows: Iterable[tuple[int, Row]], *, known: Iterable[Row], cases: Iterable[str]) -> list[Fault]:
    """No step ends before it began or begins before an earlier one of its case, none is without a case (`SEQ`, `STEP-NOCASE`)."""
    found, there = set[Fault](), set(cases)
    ladder: dict[str, dict[int, tuple[int, Row]]] = {}
    for line, row in [*((0, one) for one in known), *rows]:
        if row["case_no"] not in there:
            found.add((line, "case_no", "STEP-NOCASE"))
            continue
        if line and row["ended_on"] and _moment(row, "ended") < _moment(row, "started"):
            found.add((line, "ended_time" if row["ended_on"] == row["started_on"] else "ended_on", "SEQ"))
        ladder.setdefault(row["case_no"], {})[int(row["place"])] = (line, row)
    for steps in ladder.values():
        latest = ((date.min, ""), 0)
        for _, (line, row) in sorted(steps.items()):
            if _moment(row, "started") < latest[0] and (line or latest[1]):
                found.add((line or latest[1], "started_on", "SEQ"))
            latest = max(latest, (_moment(row, "started"), line))
    return sorted(found)


def case_faults(rows: Iterable[tuple[int, Row]]) -> list[Fault]:
    """Days that the law leaves out have a reason of the law; an outcome and the day of finishing go together."""
    return [(line, field, code) for line, row in rows for field, other, code in (
        ("paused_for", "paused_days", "PAUSE-WHY"), ("result", "finished_on", "CASE-RESULT")) if bool(row[field]) != bool(row[other])]


def term_of(row: Row, started: date, due: Due) -> date | None:
    """The last day of the promise: promised working days and those that the law leaves out, after the day on which it began."""
    days = row["promised_days"]
    return None if days is None else due(started, int(days) + int(row.get("paused_days") or 0))


def why(row: Any) -> str:
    """What keeps a rating out of every figure. `row.state` is counted, held or void."""
    return str(row.state) if row.state != "counted" else "dismissed" if row.closed_as == "dismissed" else ""


def _voices(rated: Iterable[Any]) -> list[tuple[str, bool]]:
    return [(row.source, row.level >= GOOD) for row in rated]


def rating_lines(rated: Sequence[Any], cap: int) -> list[Line]:
    """Each rating with its weight: what a source brings beyond the cap shares the cap."""
    kept = [row for row in rated if not why(row)]
    heavy, lines = dict(zip((row.uid for row in kept), capped(_voices(kept), cap).each, strict=True)), []
    for row in rated:
        weight, good = heavy.get(row.uid, Decimal(1)), row.level >= GOOD
        said = Text(f"按{weight:.2f}件计", f"weighs {weight:.2f}") if row.uid in heavy else None
        lines.append(Line(row.uid, row.title, row.unit, "good" if good else "poor", row.state, weight if good else Decimal(0), weight,
                          why(row), on=row.on, words=said, link=row.link))
    return lines


def _poor(row: Any, *, late_as: str, pending: str, last: date | None, done: date | None, closed: bool, period: Period) -> Line:
    """Done by the last day and, where that is asked, closed; `pending` says why it may not be judged yet."""
    in_time, past = bool(done and last and done <= last), bool(last and last < period.as_of)
    left_out = why(row) or pending or ("" if row.closed_on or past or (done and not closed) else "not_due")
    late = ((done or period.as_of) - last).days if last and not left_out else 0
    state = row.state if row.state != "counted" else "poor_done" if row.closed_on else late_as if late > 0 and not done else "poor_open"
    part = in_time and (bool(row.closed_on) or not closed)
    return Line(row.uid, row.title, row.unit, "poor", state, Decimal(int(part)), why=left_out, late_days=max(0, late), on=last,
                link=row.link)


def fix_line(row: Any, period: Period) -> Line:
    """Put right within the first term, and confirmed by somebody else than the unit."""
    pending = "pending" if row.fixed_on and row.fix_due and row.fixed_on <= row.fix_due and not row.closed_on else ""
    return _poor(row, late_as="poor_overdue", pending=pending, last=row.fix_due, done=row.fixed_on, closed=True, period=period)


def contact_line(row: Any, period: Period) -> Line:
    """Contacted within the term, where a contact was left."""
    return _poor(row, late_as="poor_silent", pending="" if row.contact else "no_contact", last=row.contact_due, done=row.contacted_on,
                 closed=False, period=period)


def counts(rated: Sequence[Any], lines: Sequence[Line], cap: int, unit: str = "") -> list[Any]:
    """Received, held, taken out, appealed away, counted; the robust and the raw rate; what one source can do. `lines`: of all ratings."""
    some = [(row, line) for row, line in zip(rated, lines, strict=True) if not unit or row.unit == unit]
    out, kept = Counter(line.why for _, line in some), [(row, line) for row, line in some if not line.why]
    told, good = part_of(_voices(row for row, _ in kept), [line.whole for _, line in kept], cap), sum(row.level >= GOOD for row, _ in some)
    raw = (Decimal(100) * good / len(some)).quantize(CENT, ROUND_HALF_UP) if some else None
    return [len(some), out["held"], out["void"], out["dismissed"], out[""], told.share, raw, told.bound]
