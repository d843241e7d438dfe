"""What counts as in time, traceable, signed, wrong, fabricated? Plain facts in; one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ximu.ideas.areas.rules import Line
from ximu.kernel.words import Text

ONE, NOTHING = Decimal(1), Decimal(0)
STATES = {
    "missing": Text("未报送", "not reported"), "late": Text("迟报", "late"), "ontime": Text("按时", "in time"),
    "waiting": Text("未到期", "not due yet"), "traced": Text("可追溯", "traceable"), "untraced": Text("不可追溯", "not traceable"),
    "signed": Text("已签订", "signed"), "unsigned": Text("未签订", "not signed"),
    "changed": Text("换人未重签", "not signed by the present holder"),
    "ended": Text("已到期", "run out"), "vacant": Text("岗位空缺", "vacant"), "accurate": Text("差错在允许范围内", "within the bound"),
    "inaccurate": Text("差错超过允许范围", "beyond the bound"), "incomparable": Text("核查数为零", "checked figure is zero"),
    "clean": Text("核查未认定造假", "checked, no fabrication upheld"), "found": Text("认定造假", "fabrication upheld"),
    "past": Text("不在统计期内", "not in the period"), "open": Text("未生效", "not final"),
    "dropped": Text("不予认定或撤销", "dropped or overturned"),
    "question": Text("待说明", "to be explained"), "passed": Text("未见异常", "nothing to ask"), "unjudged": Text("不作判断", "not judged"),
    "broken": Text("交接链不完整", "lineage does not hold"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One table of one unit for one period. `reported_on` None: nothing came, which is not zero."""

    uid: str
    title: str
    unit: str
    due: date
    reported_on: date | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a filing that was due. `approved` and `missing` say what may be asked of it; `refuted`: a check found no records."""

    uid: str
    title: str
    unit: str
    due: date
    approved: bool
    missing: bool
    traced: bool
    refuted: bool
    link: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """A post that must answer for figures. `holder_since` None: vacant that day; `signed` (day, until) of its letters."""

    uid: str
    title: str
    unit: str
    holder_since: date | None
    signed: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    uid: str
    filing: str
    title: str
    unit: str
    on: date
    reported: Decimal
    checked: Decimal
    link: str = ""

    @property
    def rate(self) -> Decimal | None:
        """|reported − checked| ÷ |checked|; nothing where nothing should have been and nothing was, not to be said where it should."""
        if self.checked:
            return abs(self.reported - self.checked) / abs(self.checked)
        return None if self.reported else NOTHING


@dataclass(frozen=True, slots=True)
class Found:
    """`upheld` None while undecided; `final_on`: no longer open to appeal; `closed_on`: final, not upheld or overturned."""

    uid: str
    filing: str
    title: str
    unit: str
    found_on: date
    upheld: bool | None
    final_on: date | None
    link: str = ""
    closed_on: date | None = None


def in_time(duties: Iterable[Duty], first: date, as_of: date) -> list[Line]:
    """D15-2. What is missing stays in the base; it is never taken as zero nor left out."""
    lines = []
    for one in duties:
        came = one.reported_on if one.reported_on and one.reported_on <= as_of else None
        why = "not-due" if one.due > as_of else "earlier" if one.due < first else ""
        state = ("late" if came > one.due else "ontime") if came else "waiting" if one.due > as_of else "missing"
        late = max(0, ((came or as_of) - one.due).days) if state in ("late", "missing") else 0
        lines.append(Line(one.uid, one.title, one.unit, "filing", state, ONE if state == "ontime" else NOTHING, ONE, why, late, one.due,
                          link=one.link))
    return lines


def traceable(figures: Iterable[Figure], first: date, as_of: date) -> list[Line]:
    """D15-5."""
    lines = []
    for one in figures:
        good = one.traced and not one.refuted
        why = "" if first <= one.due <= as_of else "not-in-period"
        why = why or ("blank" if one.missing else "" if one.approved else "not-approved")
        words = Text("核查未见原始记录或台账", "a check found no original record or ledger") if one.refuted else None
        lines.append(Line(one.uid, one.title, one.unit, "figure", "traced" if good else "untraced", ONE if good else NOTHING, ONE, why, 0,
                          one.due, words, one.link))
    return lines


def signed(posts: Iterable[Post], as_of: date) -> list[Line]:
    """D15-3. A letter that a predecessor signed binds the predecessor."""
    lines = []
    for one in posts:
        held = [(day, until) for day, until in one.signed if day <= as_of]
        mine = [(day, until) for day, until in held if one.holder_since and day >= one.holder_since]
        running = [day for day, until in mine if until is None or until >= as_of]
        state = ("vacant" if one.holder_since is None else "signed" if running else "ended" if mine else "changed" if held else "unsigned")
        lines.append(Line(one.uid, one.title, one.unit, "pledge", state, ONE if state == "signed" else NOTHING, ONE,
                          "vacant" if state == "vacant" else "", on=max(running, default=None)))
    return lines


def accurate(checks: Iterable[Checked], first: date, as_of: date, bound: Decimal) -> list[Line]:
    """D15-1: the mean of the error rates of single items, so that large amounts do not drown small ones."""
    lines = []
    for one in checks:
        rate = one.rate
        why = "not-in-period" if not first <= one.on <= as_of else "zero-checked" if rate is None else ""
        state = "past" if why == "not-in-period" else "incomparable" if rate is None else "inaccurate" if rate * 100 > bound else "accurate"
        shown = "—" if rate is None else f"{rate * 100:.2f}%"
        words = Text(f"填报{one.reported}，核查{one.checked}，差错率{shown}",
                     f"reported {one.reported}, checked {one.checked}, error {shown}")
        lines.append(Line(one.uid, one.title, one.unit, "check", state, rate or NOTHING, ONE, why, 0, one.on, words, one.link))
    return lines


def fabricated(findings: Sequence[Found], checks: Iterable[Checked], first: date, as_of: date) -> list[Line]:
    """D15-4: findings that became final in the period. Checked without a finding, and a case that was open in the period,
    count as looked at; never looked at is no data."""
    lines, open_here = [], False
    for one in findings:
        final = one.final_on is not None and one.final_on <= as_of
        why = "dropped" if one.upheld is False else "" if final else "not-final"
        why = why or ("" if one.final_on and one.final_on >= first else "not-in-period")
        open_here |= why in ("", "not-final") or bool(one.closed_on and one.closed_on >= first)
        lines.append(Line(one.uid, one.title, one.unit, "finding", "dropped" if why == "dropped" else "found" if final else "open",
                          ONE, ONE, why, 0, one.final_on, link=one.link))
    told = {one.filing for one in findings if one.upheld is not False}
    looked = {(one.filing, one.unit): one for one in checks if first <= one.on <= as_of and one.filing not in told}
    lines += [Line(one.filing, one.title, one.unit, "filing", "clean", NOTHING, ONE, on=one.on, link=one.link) for one in looked.values()]
    return lines if open_here or looked else []
