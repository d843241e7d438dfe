"""The units of an area are appraised by the pack's own method, in the ordinary way of assessment: draft, objections, final, extracts."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.areas import queries
from ximu.ideas.areas.rules import Area
from ximu.ideas.assessment import services as assessing
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.cells import safe_cell
from ximu.kernel.refusal import Refusal

ADOPTED = "adopted"


def file_method(area: Area, *, by: Actor, at: datetime) -> Any:
    """Hand the pack's method to assessment as a draft. Errors: `PERM-DENIED`, the `METH-*` of loading, `METH-VERSION`."""
    return assessing.add_method(queries.method_text(area), code=queries.pack(area).manifest.code, by=by, at=at)


def appraise(area: Area, year: int, *, by: Actor, at: datetime) -> Any:
    """Compute a year by the newest adopted version of the area's method.

    Errors: `PERM-DENIED`, `METH-NONE`, `YEAR`, `GRADE-EMPTY`, those of the engine.
    """
    by.must("assessment.run")
    method = next((one for one in queries.methods_of(area) if one.state == ADOPTED), None)
    if method is None:
        raise Refusal("METH-NONE", status=409, field="method", value=queries.pack(area).manifest.code, rule="adopted",
                      zh="本领域还没有经决议通过的评价方法。", en="No method of this area has been adopted yet.")
    found = queries.sheet(area, year, today=clock.city_day(at), known_at=at)
    units = queries.appraised_units(found)
    if not units:
        raise Refusal("GRADE-EMPTY", field="year", value=year, rule="≥ 1", zh="这一年没有可以评价的单位。",
                      en="There is no unit to be appraised in that year.")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["unit", "name"])
    writer.writerows([unit, safe_cell(registry.name(unit, as_of=found.as_of))] for unit in units)
    clocks = assessing.Clocks(found.as_of, at)
    return assessing.run(method.uid, out.getvalue(), period=str(year), clocks=clocks, by=by, at=at)
