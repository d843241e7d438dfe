"""Can a delivered table be what really happened? Checks of figures, each with its reason.

A finding is a question to the unit that delivered, never a verdict: every check also passes by honest chance.
Benford: F. Benford, Proc. Am. Phil. Soc. 78 (1938) 551-572, judged by mean absolute deviation (M. Nigrini, "Benford's Law",
2012: above 0.015 no conformity). Last digits and heaping: chi-square and binomial tests against even spread.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import scipy

from ximu.kernel.words import Text

BENFORD = np.log10(1 + 1 / np.arange(1, 10))
FEWEST_BENFORD, FEWEST_DIGITS, SPAN_BENFORD = 100, 50, 100.0
NONCONFORMITY = 0.015
SUSPICIOUS = 0.001


@dataclass(frozen=True, slots=True)
class Finding:
    """`suspicious` is None where the check does not apply; `lines` are the places (1-based) that it speaks of."""

    check: str
    suspicious: bool | None
    reason: Text
    n: int
    statistic: float | None = None
    p_value: float | None = None
    lines: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def _too_few(check: str, n: int, needed: int) -> Finding:
    return Finding(check, None, Text(f"仅 {n} 个可用数值，少于 {needed} 个，不作判断",
                                     f"only {n} usable values, fewer than {needed}: not judged"), n)


def benford(values: Iterable[float]) -> Finding:
    """First digits of amounts; applies to at least 100 positive values that span two orders of magnitude."""
    used = [abs(v) for v in values if v and math.isfinite(v)]
    if len(used) < FEWEST_BENFORD:
        return _too_few("benford", len(used), FEWEST_BENFORD)
    if max(used) / min(used) < SPAN_BENFORD:
        return Finding("benford", None, Text("数值跨度不足两个数量级，首位数规律不适用",
                                             "the values span less than two orders of magnitude: the law does not apply"), len(used))
    digits = [int(repr(float(v)).lstrip("0.")[0]) for v in used]  # not rounded: 9,999,999.99 begins with 9
    counts = np.bincount(digits, minlength=10)[1:]
    shares = counts / len(used)
    apart = float(np.abs(shares - BENFORD).mean())
    chi = float(((counts - len(used) * BENFORD) ** 2 / (len(used) * BENFORD)).sum())
    p_value = float(scipy.special.chdtrc(8, chi))
    bad = apart > NONCONFORMITY and p_value < SUSPICIOUS
    worst = int(np.argmax(np.abs(shares - BENFORD)))
    facts = {"shares": [round(float(s), 4) for s in shares], "mean_absolute_deviation": apart}
    return Finding("benford", bad, Text(
        f"首位数平均偏差 {apart:.4f}；首位 {worst + 1} 占 {shares[worst]:.1%}，按规律应为 {BENFORD[worst]:.1%}",
        f"mean deviation of first digits {apart:.4f}; digit {worst + 1} leads {shares[worst]:.1%}, the law says {BENFORD[worst]:.1%}",
    ), len(used), chi, p_value, facts=facts)


def last_digit(values: Iterable[float], *, rounded: bool = True) -> Finding:
    """Last digits of whole counts of at least two figures; invented numbers avoid and prefer some.

    Without `rounded` values that end in zero are left out and 1 to 9 compared: prices are rounded honestly.
    """
    used = [int(v) for v in values if math.isfinite(v) and float(v).is_integer() and v >= 10 and (rounded or v % 10)]
    if len(used) < FEWEST_DIGITS:
        return _too_few("last-digit", len(used), FEWEST_DIGITS)
    counts = np.bincount([v % 10 for v in used], minlength=10)
    judged = counts if rounded else counts[1:]
    even = len(used) / len(judged)
    chi = float(((judged - even) ** 2 / even).sum())
    p_value = float(scipy.special.chdtrc(len(judged) - 1, chi))
    worst = int(np.argmax(np.abs(judged - even))) + (not rounded)
    return Finding("last-digit", p_value < SUSPICIOUS, Text(
        f"末位 {worst} 出现 {counts[worst]} 次，均匀时约 {even:.0f} 次（p = {p_value:.2g}）",
        f"last digit {worst} appears {counts[worst]} times, about {even:.0f} if even (p = {p_value:.2g})",
    ), len(used), chi, p_value, facts={"counts": counts.tolist()})


def heaping(values: Iterable[float], *, base: int = 10) -> Finding:
    """More multiples of `base` than even spread allows: estimates instead of counts."""
    used = [int(v) for v in values if math.isfinite(v) and float(v).is_integer() and v >= base]
    if len(used) < FEWEST_DIGITS:
        return _too_few("heaping", len(used), FEWEST_DIGITS)
    lines = sum(v % base == 0 for v in used)
    p_value = float(scipy.special.bdtrc(lines - 1, len(used), 1 / base)) if lines else 1.0
    return Finding("heaping", p_value < SUSPICIOUS, Text(
        f"{len(used)} 个数值中 {lines} 个是 {base} 的倍数，均匀时约 {len(used) / base:.0f} 个（p = {p_value:.2g}）",
        f"{lines} of {len(used)} values are multiples of {base}, about {len(used) / base:.0f} if even (p = {p_value:.2g})",
    ), len(used), lines / len(used), p_value)


def duplicates(rows: Iterable[Hashable]) -> list[Finding]:
    """One finding per value that stands on more than one line."""
    given = list(rows)
    n, often = len(given), Counter(given)
    places: dict[Hashable, list[int]] = defaultdict(list)
    for line, row in enumerate(given, start=1) if len(often) < n else ():
        if often[row] > 1:
            places[row].append(line)
    return [Finding("duplicate", True, Text(f"第 {'、'.join(map(str, lines))} 行内容相同",
                                            f"lines {', '.join(map(str, lines))} are the same"), n, lines=tuple(lines))
            for lines in places.values()]


def sums_tie(
    parts: Sequence[Sequence[Decimal | None]], totals: Sequence[Decimal | None], *, tolerance: Decimal = Decimal(0),
) -> list[Finding]:
    """One finding per line whose parts do not add up to its total; a line with a missing figure is not judged."""
    found = []
    for line, (row, total) in enumerate(zip(parts, totals, strict=True), start=1):
        if total is None or any(v is None for v in row):
            found.append(Finding("sum", None, Text(f"第 {line} 行有缺项，无法核对合计",
                                                   f"line {line} has a missing figure: the sum cannot be checked"), 1, lines=(line,)))
            continue
        added = sum((v for v in row if v is not None), Decimal(0))
        if abs(added - total) > tolerance:
            found.append(Finding("sum", True, Text(
                f"第 {line} 行分项之和 {added}，合计填报 {total}，相差 {added - total}",
                f"line {line}: the parts add up to {added}, the total says {total}, {added - total} apart",
            ), 1, float(added - total), lines=(line,)))
    return found


def late_revisions(revisions: Iterable[tuple[datetime, datetime]]) -> list[Finding]:
    """One finding per figure changed after its deadline: (changed at, deadline) pairs."""
    found = []
    for line, (changed, deadline) in enumerate(revisions, start=1):
        if changed > deadline:
            days = (changed - deadline).total_seconds() / 86400
            found.append(Finding("late-revision", True, Text(f"第 {line} 项在截止后 {days:.1f} 天修改",
                                                             f"item {line} was changed {days:.1f} days after its deadline"),
                                 1, days, lines=(line,)))
    return found


def relined(finding: Finding, line: int) -> Finding:
    """The same finding about another line."""
    words = Text(finding.reason.zh.replace(f"第 {finding.lines[0]} 项", f"第 {line} 项", 1),
                 finding.reason.en.replace(f"item {finding.lines[0]} ", f"item {line} ", 1))
    return replace(finding, lines=(line,), reason=words)
