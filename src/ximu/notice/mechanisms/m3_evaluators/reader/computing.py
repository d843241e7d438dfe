"""What happens inside: columns are made of facts, the method scores them, the canonical bytes come out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ximu.ideas.assessment.rules import frozen
from ximu.kernel.canonical import canonical
from ximu.notice.mechanisms.m3_evaluators.rules import measures


def compute(content: Mapping[str, Any], text: str, pins: Mapping[str, Any]) -> bytes:
    """The inner result: never shown as it is; `rules.outward` decides what leaves. Errors: `EVAL-FIELD`, those of the engine."""
    method, wanted = measures.load(text)
    measures.must_be_granted(method, wanted, columns=content["columns"], items=content["items"])
    units = [row["unit"] for row in content["units"]]
    cells = {one.column: measures.computed(one, content["facts"].get(one.item, []), units) for one in wanted}
    data = table(content, cells)
    result = frozen.outcome(method, data, pins)
    told = {"measures": {c: {u: cell.plain() for u, cell in column.items()} for c, column in cells.items()}, "data": data}
    return canonical(told)[:-1] + b',"result":' + result + b"}"


def table(content: Mapping[str, Any], cells: Mapping[str, Mapping[str, measures.Cell]]) -> str:
    """One CSV: granted columns, surveys, measures; a measure without a value is missing, a count of nothing is zero."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [c for c in content["columns"] if c not in cells]
    writer.writerow(["unit", "name", *columns, *cells])
    for row in content["units"]:
        made = [_text(column[row["unit"]].value) for column in cells.values()]
        writer.writerow([row["unit"], row["name"], *(row.get(c, "") for c in columns), *made])
    return out.getvalue()


def _text(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize() + 0, "f")
