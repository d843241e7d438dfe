"""Was a product used to any effect, was an item right, was a contract left in order, did an index fall? Plain values in, verdicts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ximu.ideas.areas.rules import Line
from ximu.ideas.warnings.rules.backtest import wilson
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

PRODUCTS = {"report": Text("信用报告", "credit report"), "rating": Text("信用评级", "rating"), "monitor": Text("监测预警", "monitoring"),
            "screening": Text("名单核查", "screening"), "other": Text("其他", "other")}
OUTCOMES = {"right": Text("属实", "right"), "wrong": Text("不属实", "wrong"), "undecidable": Text("无法核实", "cannot be verified")}
STATES = {
    "used": Text("已应用", "used"), "unused": Text("未应用", "not used"), "blank": Text("无效果说明", "no effect told"), **OUTCOMES,
    "lead": Text("只作线索", "a lead only"), "unjudged": Text("待核实", "to be verified"),
    "running": Text("履行中", "under way"), "closing": Text("返还期内", "time for the return"),
    "orderly": Text("退出合规", "left in order"),
    "alive": Text("密钥未及时吊销", "key was alive"),
    "unreturned": Text("数据逾期未返还", "data not returned"),
    "unchecked": Text("返还待核查", "return to be checked"), "fell": Text("明显下降", "fell"), "steady": Text("平稳", "steady"),
    "unreliable": Text("属实率过低", "seldom right"),
}
LEAST_JUDGED = 5
"""So few verdicts say nothing of an agency."""


@dataclass(frozen=True, slots=True)
class Use:
    uid: str
    title: str
    unit: str
    used_on: date
    effect: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A monitoring item: `unit` engaged the agency; `outcome` is empty until it is verified."""

    uid: str
    title: str
    unit: str
    agency: str
    observed_on: date
    provenance: bool
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Deal:
    """A contract as its end is judged: when a live key was found after it, when data came back, when somebody else checked that."""

    uid: str
    title: str
    unit: str
    until: date
    key_found_on: date | None = None
    returned_on: date | None = None
    checked_on: date | None = None


def covered(units: Sequence[str], names: Mapping[str, str], uses: Iterable[Use]) -> list[Line]:
    with_effect, without = {one.unit for one in uses if one.effect}, {one.unit for one in uses}
    return [Line(unit, names.get(unit, unit), unit, "unit",
                 state := "used" if unit in with_effect else "blank" if unit in without else "unused", Decimal(state == "used"))
            for unit in units]


def counted(uses: Iterable[Use]) -> list[Line]:
    return [Line(one.uid, one.title, one.unit, "use", "used" if one.effect else "blank", Decimal(1), Decimal(0),
                 why="" if one.effect else "no-effect", on=one.used_on) for one in uses]


def judged(items: Iterable[Item]) -> list[Line]:
    """Right over right and wrong; leads, open and undecidable ones stay out."""
    found = []
    for one in items:
        state = one.outcome or "unjudged" if one.provenance else "lead"
        why = "" if state in ("right", "wrong") else state
        found.append(Line(one.uid, one.title, one.unit, "item", state, Decimal(state == "right"), why=why, on=one.observed_on))
    return found


def unreliable(items: Iterable[Item], names: Mapping[str, str], least: int) -> list[Line]:
    """Agencies of which even the upper end of the interval (Wilson, 95 %) lies beneath `least` per cent; told to each unit that engaged
    them."""
    tally: dict[str, list[Item]] = {}
    for one in items:
        if one.provenance and one.outcome in ("right", "wrong"):
            tally.setdefault(one.agency, []).append(one)
    found = []
    for agency, some in tally.items():
        right, n = sum(one.outcome == "right" for one in some), len(some)
        high = wilson(right, n)[1]
        if n >= LEAST_JUDGED and 100 * high < least:
            words = Text(f"{n}件中{right}件属实", f"{right} of {n} were right")
            found += [Line(agency, names.get(agency, agency), unit, "agency", "unreliable", words=words)
                      for unit in sorted({one.unit for one in some})]
    return found


def left(deals: Iterable[Deal], *, first: date, as_of: date, days: int) -> list[Line]:
    """Contracts that ended in the period: key revoked by the end, data back and checked by somebody else in time."""
    found = []
    for one in deals:
        due = one.until + timedelta(days=days)
        back = one.returned_on is not None and one.returned_on <= as_of
        checked = back and one.checked_on is not None and one.checked_on <= as_of
        alive = one.key_found_on is not None and one.key_found_on <= as_of
        if one.until >= as_of:
            state, why = "running", "running"
        elif alive:
            state, why = "alive", ""
        elif checked:
            state, why = "orderly", ""
        else:
            state = "unchecked" if back else "unreturned" if as_of > due else "closing"
            why = "running" if as_of <= due else ""
        if not why and one.until < first:
            why = "other-year"
        late = (as_of - due).days if state == "unreturned" else 0
        part = Decimal(state == "orderly")
        found.append(Line(one.uid, one.title, one.unit, "contract", state, part, why=why, late_days=late, on=one.until))
    return found


def fallen(series: Mapping[tuple[str, str], Mapping[date, Decimal]], *, names: Mapping[str, str], points: int) -> list[Line]:
    """(contract, district) → day → index. Each value against the mean of the three before it; with fewer nothing is said."""
    found = []
    for (contract, unit), values in series.items():
        days = sorted(values)
        for place in range(3, len(days)):
            day, mean = days[place], sum((values[one] for one in days[place - 3:place]), Decimal(0)) / 3
            fall = mean - values[day]
            if fall >= points:
                words = Text(f"{values[day]}，前三期平均{mean:.1f}", f"{values[day]}, the three before {mean:.1f} on average")
                title = f"{names.get(unit, unit)} {day.year}年{day.month}月"
                found.append(Line(f"{contract}|{unit}|{day}", title, unit, "index", "fell", words=words, on=day))
    return found


def must_be_one_of(value: str, known: Mapping[str, Text], field: str) -> None:
    if value not in known:
        raise Refusal("S5-KIND", field=field, value=value[:20], rule=" ".join(known), zh="所填种类不在可选的范围内。",
                      en="This is not one of the kinds known.")


MOST = {"number": 80, "task": 200, "filing": 80, "code": 40, "reason": 400}


def must_say(field: str, words: str) -> None:
    most = MOST.get(field, 120)
    if not 0 < len(words.strip()) <= most:
        raise Refusal("S5-FIELD", field=field, value=words.strip()[:20], rule=f"1–{most}", zh=f"“{field}”须填写，且不超过{most}字。",
                      en=f"“{field}” is needed, in at most {most} characters.")
