"""Is a step's clock sound, is it a burst, what does a source weigh, and what does each thing add to a figure? Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ximu.ideas.areas.rules import Line, Period
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LEVELS = {
    5: Text("非常满意", "very satisfied"), 4: Text("满意", "satisfied"), 3: Text("基本满意", "fairly satisfied"),
    2: Text("不满意", "not satisfied"), 1: Text("非常不满意", "very dissatisfied"),
}
GOOD = 3
"""From here up a rating is good; below it is poor and is followed up."""
AT_A_DESK = {"speed": Text("办事效率", "speed"), "skill": Text("服务水平", "skill"), "manner": Text("服务态度", "manner")}
ONLINE = {
    "speed": AT_A_DESK["speed"], "guide": Text("办事指南精确度", "accuracy of the guide"), "ease": Text("办事便捷度", "ease"),
    "platform": Text("平台操作性", "handling of the platform"),
}
ASPECTS = AT_A_DESK | ONLINE
KINDS = {"terminal": Text("窗口、终端", "window or terminal"), "platform": Text("实名平台", "platform with verified accounts")}
WITHDRAWN = "撤回"
Row = Mapping[str, Any]
Due = Callable[[date, int], date | None]
"""The last of so many working days after a day; none where no calendar knows the year."""
STATES = {
    "counted": Text("计入", "counted"), "held": Text("暂扣待审查", "held"), "void": Text("已剔除", "taken out"),
    "in_time": Text("按时办结", "in time"), "late": Text("超时办结", "finished late"), "open": Text("在办", "in hand"),
    "case_overdue": Text("超时未办结", "open beyond its promise"), "step_late": Text("环节超时", "step late"),
    "withdrawn": Text("撤回", "withdrawn"), "poor_open": Text("差评整改中", "being put right"),
    "poor_silent": Text("差评未按期联系", "not contacted in time"), "poor_overdue": Text("差评逾期未整改", "not put right in time"),
    "poor_done": Text("差评已办结", "closed"), "listed": Text("在册", "listed"), "promise_long": Text("承诺长于法定", "longer than the law"),
    "delisted": Text("已取消", "no longer in force"), "guide_right": Text("准确", "accurate"), "guide_wrong": Text("不准确", "wrong"),
    "guide_mended": Text("已改正", "mended"), "online": Text("全程网办", "wholly online"), "offline": Text("非全程网办", "not wholly online"),
    "rated": Text("已评价", "rated"), "unrated": Text("没有评价", "not rated"),
}


def level_of(text: object) -> int:
    """By number, or by its words. Errors: `RATE-LEVEL`."""
    asked = str(text).strip()
    for level, words in LEVELS.items():
        if asked in (str(level), words.zh, f"{level}星"):
            return level
    raise Refusal("RATE-LEVEL", field="level", value=asked[:20], rule="1–5", zh="评价分五级：5非常满意、4满意、3基本满意、2不满意、1非常不满意。",
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


def bursts(times: Sequence[datetime], *, most: int, span: timedelta) -> set[int]:
    """The places of those that lie with `most` or more, themselves included, within one span of time."""
    order, found, first = sorted(range(len(times)), key=lambda place: times[place]), set[int](), 0
    for last, place in enumerate(order):
        while times[place] - times[order[first]] > span:
            first += 1
        if last - first + 1 >= most:
            found.update(order[first:last + 1])
    return found


def weights(sources: Iterable[str], cap: int) -> dict[str, Decimal]:
    """What one rating of each source weighs: 1 up to the cap, beyond it the cap shared among all of them."""
    return {source: min(Decimal(1), Decimal(cap) / n) for source, n in Counter(sources).items()}


def bound(held: Iterable[Decimal], cap: int) -> Decimal | None:
    """By how many points any one source can move the figure at most, however many ratings it adds. `held`: what each source weighs now.

    A source weighs w ≤ cap and all others W together, so the figure lies between M/(W+w) and (M+w)/(W+w), where M is what the others
    found good; both widen with w, so that before and after lie within 100 × cap ÷ (W + cap). The smallest W leaves out the heaviest.
    """
    some = list(held)
    return Decimal(100 * cap) / (sum(some) - max(some) + cap) if some else None


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is refused: its line, the field and the code."""

    line: int
    field: str
    code: str


def moment(day: date, clock: str | None, *, end: bool) -> tuple[date, str]:
    """A day without a time of day begins at its beginning and ends at its end."""
    return day, clock or ("24:00" if end else "00:00")


def step_faults(rows: Iterable[tuple[int, Row]], *, known: Iterable[Row], cases: Mapping[str, Row]) -> list[Fault]:
    """No step ends before it began, none begins before an earlier one of its case, none is of a case that is not on record.

    Codes: `SEQ`, `STEP-NOCASE`.
    """
    found, ladder = list[Fault](), dict[str, dict[int, tuple[int, Row]]]()
    for row in known:
        ladder.setdefault(row["case"], {})[int(row["place"])] = (0, row)
    for line, row in rows:
        if row["case"] not in cases:
            found.append(Fault(line, "case", "STEP-NOCASE"))
            continue
        if row["ended_on"] and (moment(row["ended_on"], row["ended_time"], end=True)
                                < moment(row["started_on"], row["started_time"], end=False)):
            found.append(Fault(line, "ended_time" if row["ended_on"] == row["started_on"] else "ended_on", "SEQ"))
        ladder.setdefault(row["case"], {})[int(row["place"])] = (line, row)
    for steps in ladder.values():
        begun: tuple[date, str] | None = None
        for _, (line, row) in sorted(steps.items()):
            now = moment(row["started_on"], row["started_time"], end=False)
            if begun and now < begun and line:
                found.append(Fault(line, "started_on", "SEQ"))
            begun = max(begun or now, now)
    return sorted(set(found), key=lambda one: (one.line, one.field))


def case_faults(rows: Iterable[tuple[int, Row]]) -> list[Fault]:
    """Days that the law leaves out have a reason of the law; a case with an outcome is finished, and one that is finished has one."""
    found = []
    for line, row in rows:
        if bool(row["paused_days"]) != bool(row["paused_for"]):
            found.append(Fault(line, "paused_for", "PAUSE-WHY"))
        if bool(row["finished_on"]) != bool(row["result"]):
            found.append(Fault(line, "result", "CASE-RESULT"))
    return found


def term_of(row: Row, due: Due) -> date | None:
    """The last day of the promise: promised working days and those that the law leaves out, after the day of acceptance."""
    if row["promised_days"] is None:
        return None
    return due(row["accepted_on"], int(row["promised_days"]) + int(row["paused_days"] or 0))


def step_term(row: Row, due: Due) -> date | None:
    return None if row["promised_days"] is None else due(row["started_on"], int(row["promised_days"]))


def case_line(row: Row, period: Period, due: Due) -> Line:
    """One case for the share finished in time: the clock is judged on the last day of the period, or today."""
    last, done = term_of(row, due), row["finished_on"] if row["finished_on"] and row["finished_on"] <= period.as_of else None
    late = max(0, ((done or period.as_of) - last).days) if last else 0
    why = ("withdrawn" if row["result"] == WITHDRAWN and done else "no_promise" if row["promised_days"] is None
           else "no_calendar" if last is None else "not_due" if not done and last >= period.as_of else "")
    state = ("withdrawn" if why == "withdrawn" else "case_overdue" if not done and late else "open" if not done
             else "late" if late else "in_time")
    said = Text(f"承诺{row['promised_days']}个工作日", f"promised {row['promised_days']} working days") if last else None
    return Line(row["case"], f"{row['case']} {row['item_name']}", row["unit"], row["kind"], state, part=Decimal(int(bool(done) and not late)),
                why=why, late_days=late, on=last, words=said, link=row.get("link", ""))


def online_line(row: Row) -> Line:
    whole = row["online"] == "是"
    return Line(row["case"], f"{row['case']} {row['item_name']}", row["unit"], row["kind"], "online" if whole else "offline",
                part=Decimal(int(whole)), why="withdrawn" if row["result"] == WITHDRAWN else "", on=row["accepted_on"], link=row.get("link", ""))


def rated_line(row: Row, rated: set[str]) -> Line:
    there = row["case"] in rated
    return Line(row["case"], f"{row['case']} {row['item_name']}", row["unit"], row["kind"], "rated" if there else "unrated",
                part=Decimal(int(there)), why="withdrawn" if row["result"] == WITHDRAWN else "", on=row["finished_on"], link=row.get("link", ""))


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating as the figures see it; days are empty until they come. `state` is counted, held or void."""

    uid: str
    title: str
    unit: str
    source: str
    level: int
    state: str
    on: date
    contact: bool = False
    contact_due: date | None = None
    contacted_on: date | None = None
    fix_due: date | None = None
    fixed_on: date | None = None
    closed_on: date | None = None
    closed_as: str = ""
    held_on: date | None = None
    link: str = ""

    @property
    def why(self) -> str:
        """What keeps it out of every figure."""
        return self.state if self.state != "counted" else "dismissed" if self.closed_as == "dismissed" else ""


def rating_lines(rated: Sequence[Rated], cap: int, period: Period) -> list[Line]:
    """Each rating with its weight: what a source brings beyond the cap shares the cap."""
    heavy = weights((one.source for one in rated if not one.why), cap)
    lines = []
    for one in rated:
        weight = heavy.get(one.source, Decimal(0)) if not one.why else Decimal(1)
        waits = (period.as_of - one.held_on).days if one.state == "held" and one.held_on else 0
        lines.append(Line(one.uid, one.title, one.unit, "good" if one.level >= GOOD else "poor", one.state, why=one.why,
                          part=weight if one.level >= GOOD else Decimal(0), whole=weight, late_days=max(0, waits), on=one.on,
                          words=Text(f"{LEVELS[one.level].zh}，按{weight:.2f}件计", f"{LEVELS[one.level].en}, weighs {weight:.2f}"), link=one.link))
    return lines


def _poor(one: Rated, why: str, part: bool, last: date | None, done: date | None, period: Period) -> Line:
    late = max(0, ((done or period.as_of) - last).days) if last else 0
    silent = bool(one.contact and one.contact_due and not one.contacted_on and one.contact_due < period.as_of)
    overdue = bool(one.fix_due and not one.closed_on and not one.fixed_on and one.fix_due < period.as_of)
    state = (one.state if one.state != "counted" else "poor_done" if one.closed_on
             else "poor_silent" if silent else "poor_overdue" if overdue else "poor_open")
    return Line(one.uid, one.title, one.unit, "poor", state, part=Decimal(int(part)), why=why, late_days=late, on=last, link=one.link)


def fix_line(one: Rated, period: Period) -> Line:
    """Put right within the first term, and confirmed by somebody else than the unit."""
    in_time = bool(one.fixed_on and one.fix_due and one.fixed_on <= one.fix_due)
    why = one.why or ("" if one.closed_on else "pending" if in_time
                      else "not_due" if not one.fix_due or one.fix_due >= period.as_of else "")
    return _poor(one, why, in_time and bool(one.closed_on), one.fix_due, one.fixed_on, period)


def contact_line(one: Rated, period: Period) -> Line:
    in_time = bool(one.contacted_on and one.contact_due and one.contacted_on <= one.contact_due)
    why = one.why or ("no_contact" if not one.contact else ""
                      if one.contacted_on or (one.contact_due and one.contact_due < period.as_of) else "not_due")
    return _poor(one, why, in_time, one.contact_due, one.contacted_on, period)


def guide_line(row: Row) -> Line:
    right, mended = row["accurate"] == "是", bool(row["mended_on"])
    state = "guide_right" if right else "guide_mended" if mended else "guide_wrong"
    return Line(row["check"], f"{row['item_name']}（{row['point']}）", row["unit"], "guide", state, part=Decimal(int(right)),
                why="no_verdict" if row["accurate"] == "作废" else "", on=row["checked_on"],
                words=Text(row["fault"], row["fault"]) if row["fault"] else None)


def item_line(row: Row, period: Period) -> Line:
    """The promise of an item against the law's own limit."""
    gone = bool(row["delisted_on"] and row["delisted_on"] <= period.as_of)
    legal, promised = row["legal_days"], row["promised_days"]
    bare = not legal or promised is None
    state = "delisted" if gone else "promise_long" if not bare and promised > legal else "listed"
    said = Text("没有时限", "no limit") if bare else Text(f"承诺{promised}、法定{legal}个工作日", f"promised {promised}, legal {legal} working days")
    return Line(row["item"], row["item_name"], row["unit"], row["kind"], state, part=Decimal(promised or 0), whole=Decimal(legal or 0),
                why="delisted" if gone else "no_legal" if bare else "", on=row["listed_on"], words=said)
