"""Rows that a program or a form sends go the road of a file; a bad row is told with its reason, not by a code alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ximu.foundation import scratch
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

MOST_ROWS = 1000
Row = dict[str, Any]
Loader = Callable[..., dict[str, Any]]


class Judging:
    """`judge` of `deliver_rows` by a check that raises a `Refusal` for a row; `good` are the rows that passed."""

    def __init__(self, check: Callable[[Row], object]) -> None:
        self.check, self.good, self.refused = check, list[Row](), dict[int, Refusal]()

    def judge(self, rows: list[tuple[int, Row]]) -> list[tuple[int, str, str]]:
        found = []
        for line, row in rows:
            try:
                self.check(row)
                self.good.append(row)
            except Refusal as refusal:
                self.refused[line] = refusal
                found.append((line, refusal.field, refusal.code))
        return found

    def explained(self, told: dict[str, Any]) -> dict[str, Any]:
        """The faults of a delivery with value, rule and reason."""
        for fault in told["faults"]:
            if (refusal := self.refused.get(fault["line"])) and refusal.code == fault["code"]:
                fault |= {"value": str(refusal.value), "rule": refusal.rule, "zh": refusal.zh, "en": refusal.en,
                          "status": refusal.status}
        return told


def push_rows(rows: Sequence[Row], loader: Loader, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """As the loader takes a file. One row alone that is bad is refused with its reason. Errors: `PUSH-SIZE`, those of the loader."""
    if not 0 < len(rows) <= MOST_ROWS:
        raise Refusal("PUSH-SIZE", field="rows", value=len(rows), rule=f"1–{MOST_ROWS}", zh=f"一次报送1至{MOST_ROWS}行。",
                      en=f"Between 1 and {MOST_ROWS} rows at a time.")
    with scratch.folder() as place:
        path = place / "rows.json"
        path.write_text(json.dumps(list(rows), ensure_ascii=False), "utf-8")
        told = loader(path, batch=batch, by=by, at=at)
    if len(rows) == 1 and told["faults"]:
        one = told["faults"][0]
        raise Refusal(one["code"], status=one.get("status", 422), field=one["field"], value=one.get("value", ""),
                      rule=one.get("rule", one["code"]), zh=one.get("zh", f"“{one['field']}”不合要求（{one['code']}）。"),
                      en=one.get("en", f"“{one['field']}” is not acceptable ({one['code']})."))
    return told
