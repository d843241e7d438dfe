"""Can the tree come from a COINr iMeta table? Level, iCode, Parent, Direction, Weight, Target, Denominator, Type."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from ximu.kernel.refusal import Refusal

EMPTY = {"", "NA"}
NEEDED = ("iCode", "Parent", "Type")


def tables(text: str, *, denominate: bool = False, goalposts: bool = False) -> dict[str, Any]:
    """Plain method tables from iMeta. Weights are relative, missing values are left out, as COINr does.

    Denominators are used only with `denominate` (COINr's separate step), the columns `goalpost_lower` and
    `goalpost_upper` only with `goalposts`.
    """
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    lacking = [c for c in NEEDED if not rows or c not in rows[0]]
    if lacking:
        raise Refusal("METH-META", field=lacking[0], value=lacking[0], rule=" ".join(NEEDED),
                      zh=f"iMeta表缺少列“{lacking[0]}”或没有内容。", en=f"The iMeta table lacks “{lacking[0]}” or is empty.")
    indicators = [_row(r, denominate=denominate) for r in rows if r["Type"] == "Indicator"]
    for item in indicators if not goalposts else ():
        item.pop("goalposts", None)
    nodes = [{k: v for k, v in _row(r).items() if k in {"code", "parent", "name", "weight"}} for r in rows if r["Type"] == "Aggregate"]
    return {"indicator": indicators, "node": nodes, "weights": {"method": "relative"}, "missing": {"rule": "omit"}}


def _row(row: Mapping[str, str], *, denominate: bool = False) -> dict[str, Any]:
    cells = {k: (v or "").strip() for k, v in row.items() if k}
    cells = {k: "" if v in EMPTY else v for k, v in cells.items()}
    out: dict[str, Any] = {"code": cells["iCode"], "parent": cells["Parent"], "name": cells.get("iName") or cells["iCode"],
                           "unit": cells.get("Unit", "")}
    if cells.get("Weight"):
        out["weight"] = cells["Weight"]
    if cells.get("Direction"):
        out["direction"] = {"1": 1, "-1": -1}.get(cells["Direction"], 0)
    if cells.get("Target"):
        out["target"] = cells["Target"]
    if denominate and cells.get("Denominator"):
        out["denominator"] = cells["Denominator"]
    if cells.get("goalpost_lower") and cells.get("goalpost_upper"):
        out["goalposts"] = [cells["goalpost_lower"], cells["goalpost_upper"]]
    return out
