"""The units of an area are appraised by the pack's own method, in the ordinary way of assessment: draft, objections, final, extracts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import datetime
from inspect import signature
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

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


Act = Callable[..., Any]
_acts: dict[str, dict[str, Act]] = {}


def register_acts(code: str, acts: Mapping[str, Act]) -> None:
    """What programs may do in an area beside its cases: the verbs of the pack that its pages have. Called by `config/packed.py` only."""
    _acts[code] = dict(acts)


def acts_of(area: Area) -> dict[str, Act]:
    """Those of the pack, and of every area that has a method."""
    own = _acts.get(queries.pack(area).manifest.code, {})

    def appraise_year(year: int, *, by: Actor, at: datetime) -> Any:
        return appraise(area, year, by=by, at=at)

    def file_own_method(*, by: Actor, at: datetime) -> Any:
        return file_method(area, by=by, at=at)

    return own if not area.method else {**own, "file_method": file_own_method, "appraise": appraise_year}


def asks(act: Act) -> type[BaseModel]:
    """What a verb wants to be told, from its own signature; who acts and when is not asked."""
    kinds = get_type_hints(act)
    fields = {name: (kinds[name], ... if one.default is one.empty else one.default)
              for name, one in signature(act).parameters.items() if name not in ("by", "at")}
    return create_model(act.__name__, __config__=ConfigDict(extra="forbid"), **fields)  # type: ignore[call-overload]


def act(area: Area, verb: str, given: Mapping[str, Any], *, by: Actor, at: datetime) -> str:
    """Do it; the name of what was made, where there is one. Errors: `ACT-NONE`, `API-INPUT`, those of the verb."""
    by.must(area.see)
    known = acts_of(area)
    if verb not in known:
        raise Refusal("ACT-NONE", status=404, field="verb", value=verb[:40], rule=" ".join(known), zh="本领域没有这种操作。",
                      en="This area has no such act.")
    try:
        told = asks(known[verb])(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise Refusal("API-INPUT", field=".".join(map(str, first["loc"]))[:60], value="", rule=first["type"],
                      zh="参数缺少、多余或者不符合要求。",
                      en=f"A parameter is missing, unknown or not acceptable: {first['msg']}.") from error
    made = known[verb](**{name: getattr(told, name) for name in type(told).model_fields}, by=by, at=at)
    return made if isinstance(made, str) else str(getattr(made, "uid", ""))
