"""What should be asked about figures that units report period by period? The checks of `quality`, by unit and column, each explained.

Every answer is kept, also "nothing to ask" and "too few to judge"; a question is put to whoever reported, never held against them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ximu.ideas.warnings.rules import quality
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.words import Text

CHECKS = {
    "benford": Text("首位数", "first digits"), "last-digit": Text("末位数", "last digits"), "heaping": Text("取整占比", "round figures"),
    "duplicate": Text("内容雷同", "the same figures"), "sum": Text("上下级合计", "sum of the level beneath"),
    "late-revision": Text("期后修改", "changed after the due day"), "revision-size": Text("改动幅度", "size of a change"),
}


@dataclass(frozen=True, slots=True)
class Reported:
    """One unit's figures of one period."""

    unit: str
    period: str
    figures: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Revised:
    """A figure that was changed: what it was, what it became, on which day, and when it had been due."""

    unit: str
    period: str
    column: str
    before: Decimal
    after: Decimal
    on: date
    due: date


@dataclass(frozen=True, slots=True)
class Question:
    """`unit` empty: of all units together. `about` names column or periods, or `amounts` or `counts` for all of a kind."""

    unit: str
    about: str
    finding: Finding = field(compare=False)


def digits(rows: Sequence[Reported], amounts: Sequence[str], counts: Sequence[str]) -> list[Question]:
    """First digits of amounts, of all units together; last digits and round figures of counts, of each unit that has enough of them, and
    of all together where none has."""
    found = []
    if amounts:
        found.append(Question("", "amounts", quality.benford(_values(rows, amounts))))
    each = {unit: _values([one for one in rows if one.unit == unit], counts) for unit in dict.fromkeys(one.unit for one in rows)}
    enough = {unit: some for unit, some in each.items() if len(some) >= quality.FEWEST_DIGITS} or {"": _values(rows, counts)}
    for unit, some in enough.items() if counts else ():
        found += [Question(unit, "counts", check(some)) for check in (quality.last_digit, quality.heaping)]
    return found


def _values(rows: Sequence[Reported], columns: Sequence[str]) -> list[float]:
    return [float(value) for one in rows for name in columns if (value := one.figures.get(name)) is not None]


def alike(rows: Sequence[Reported]) -> list[Question]:
    """The same figures twice, by one unit in two periods or by two units; one question to each unit. A row without figures is not asked."""
    listed = [one for one in rows if any(value for value in one.figures.values())]
    found = []
    for finding in quality.duplicates(tuple(sorted(one.figures.items())) for one in listed):
        same = [listed[line - 1] for line in finding.lines]
        for unit in dict.fromkeys(one.unit for one in same):
            periods = "、".join(dict.fromkeys(one.period for one in same))
            units = len({one.unit for one in same})
            words = Text(f"{periods}：{len(same)}份报表（{units}个单位）的数字完全相同",
                         f"{periods}: {len(same)} reports ({units} units) have the same figures")
            found.append(Question(unit, periods, Finding("duplicate", True, words, len(listed), lines=finding.lines)))
    return found


def levels(above: Sequence[Reported], beneath: Sequence[Reported], columns: Mapping[str, Text]) -> list[Question]:
    """Does a figure of the level above equal the sum of those beneath for the same period? Not judged while one of them is missing.

    `columns`: code → what it is called."""
    found = []
    for one in above:
        for code, name in columns.items():
            parts, told = [low.figures.get(code) for low in beneath if low.period == one.period], one.figures.get(code)
            for finding in quality.sums_tie([parts], [told]) if parts else ():
                words = Text(f"{one.period} {name.zh}：有缺数，不能核对下级合计",
                             f"{one.period} {name.en}: one is missing, the sum cannot be checked")
                if finding.suspicious:
                    words = Text(f"{one.period} {name.zh}：填报{told}，下级{len(parts)}个单位之和比它多{finding.statistic:+.2f}",
                                 f"{one.period} {name.en}: reported {told}, {len(parts)} beneath add up to {finding.statistic:+.2f} more")
                made = Finding("sum", finding.suspicious, words, len(parts), finding.statistic)
                found.append(Question(one.unit, f"{one.period} {code}", made))
    return found


def revised(changes: Sequence[Revised], *, bound: Decimal, names: Mapping[str, Text]) -> list[Question]:
    """Each change after the due day, and each that is larger than `bound` per cent of what was said first."""
    found = []
    for one in changes:
        about, name = f"{one.period} {one.column}", names.get(one.column, Text(one.column, one.column))
        zh, en = f"{one.period} {name.zh}由{one.before}改为{one.after}", f"{one.period} {name.en} went from {one.before} to {one.after}"
        if days := max(0, (one.on - one.due).days):
            words = Text(f"{zh}，在期满{days}天之后", f"{en}, {days} days after it was due")
            found.append(Question(one.unit, about, Finding("late-revision", True, words, 1, float(days))))
        share = 100 * abs(one.after - one.before) / abs(one.before) if one.before else None
        if share is None or share > bound:
            shown = "—" if share is None else f"{share:.1f}%"
            words = Text(f"{zh}，幅度{shown}（超过{bound}%即请说明）", f"{en}, by {shown} (above {bound}% it is asked)")
            found.append(Question(one.unit, about, Finding("revision-size", True, words, 1, None if share is None else float(share))))
    return found
