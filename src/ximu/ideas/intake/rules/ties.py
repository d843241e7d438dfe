"""Do the totals of a row tie to their parts? Declared in a dataset's schema, checked to the last place that was delivered.

    "ximu:ties": [{"total": "balance", "parts": ["general", "special"]}, {"total": "principal", "parts": ["outstanding"], "least": true}]

`-name` is taken off; with `least` the total may be more than its parts, never less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ximu.ideas.events.rules import added
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Untied:
    """A total that its parts do not make."""

    line: int
    field: str
    said: Decimal
    made: Decimal
    rule: str

    @property
    def difference(self) -> Decimal:
        return self.said - self.made

    def plain(self) -> dict[str, Any]:
        return {"line": self.line, "field": self.field, "value": str(self.said), "code": "BAL-TIE", "rule": self.rule,
                "difference": str(self.difference)}


def untied(ties: Iterable[Mapping[str, Any]], row: Mapping[str, Any], line: int = 0) -> list[Untied]:
    """A total or a part that was not delivered ties to nothing."""
    found = []
    for tie in ties:
        said, made = row[tie["total"]], added(tie["parts"], [row])
        if said is None or made is None or said == made or (tie.get("least") and said > made):
            continue
        sign = "≥" if tie.get("least") else "="
        parts = "".join(f" − {one[1:]}" if one[0] == "-" else f" + {one}" for one in tie["parts"]).removeprefix(" + ")
        found.append(Untied(line, tie["total"], said, made, f"{tie['total']} {sign} {parts}"))
    return found


def must_tie(ties: Iterable[Mapping[str, Any]], rows: Iterable[tuple[int, Mapping[str, Any]]], titles: Mapping[str, Text]) -> None:
    """Errors: `BAL-TIE` with the first difference, and all of them beside it."""
    listed = list(ties)
    wrong = [one for line, row in rows for one in untied(listed, row, line)]
    if not wrong:
        return
    one = wrong[0]
    raise Refusal("BAL-TIE", field=one.field, value=str(one.said), rule=one.rule,
                  extra={"line": one.line, "difference": str(one.difference), "faults": [other.plain() for other in wrong]},
                  zh=f"第{one.line}行“{titles[one.field].zh}”{one.said}与分项{one.made}不符，相差{one.difference}（{one.rule}）；整份文件未入库。",
                  en=f"Line {one.line}, “{titles[one.field].en}”: {one.said} and its parts {one.made} differ by {one.difference} "
                     f"({one.rule}); nothing of the file was taken.")
