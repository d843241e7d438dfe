"""Which checks does a committed delivery get by itself? By the kind of each figure; a finding is a question, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ximu.ideas.warnings.rules import quality
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.words import Text

MONEY = frozenset({"money-yuan", "money-wan"})
MOST = 20


def examined(given: Any) -> list[dict[str, Any]]:
    """`given` has `figures` (column → (kind, values)), `alike` (contents without their key, by line), `sums` (total → (totals, parts)),
    `corrected` and `overdue` (months whose due day had passed, with that day).

    Amounts of money are tried by their first digits, counts by last digits and heaping.
    """
    found: list[tuple[str, Finding]] = []
    for column, (kind, values) in given.figures.items():
        used = [float(value) for value in values if value is not None]
        if not used:
            continue
        checks = (quality.benford,) if kind in MONEY else (quality.last_digit, quality.heaping)
        found += [(column, check(used)) for check in checks]
    found += [("", one) for one in quality.duplicates(given.alike)[:MOST]]
    for total, (totals, parts) in given.sums.items():
        found += [(total, one) for one in quality.sums_tie(parts, totals) if one.suspicious][:MOST]
    if given.corrected and given.overdue:
        found.append(("", _late(given.corrected, given.overdue)))
    return [plain(column, one) for column, one in found]


def plain(column: str, one: Finding) -> dict[str, Any]:
    """As it is kept with the delivery; no value of a row."""
    return {"check": one.check, "column": column, "suspicious": one.suspicious, "n": one.n, "statistic": one.statistic,
            "p_value": one.p_value, "lines": list(one.lines[:MOST]), "zh": one.reason.zh, "en": one.reason.en}


def _late(corrected: int, overdue: Mapping[str, date]) -> Finding:
    months = "、".join(f"{month}（{day}）" for month, day in sorted(overdue.items()))
    return Finding("late-revision", True, Text(f"更正{corrected}行，而以下月份的报送期限已过：{months}",
                                               f"{corrected} rows corrected although these months were due before: {months}"), corrected)
