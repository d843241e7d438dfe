"""Two pages that every area has: figures with warnings, and the lines behind a figure. A pack adds its own beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of, int_of, known_of
from ximu.ideas.areas import queries, services
from ximu.ideas.areas.rules import CITY, FIRST_YEAR, LAST_YEAR, Area, Line
from ximu.ideas.assessment import services as assessing
from ximu.kernel.actor import Actor
from ximu.kernel.given import whole_of
from ximu.kernel.words import Text

MOST_LINES = 500


def pages(area: Area) -> list[URLPattern]:
    """The patterns `index` and `indicator` for the `urls.py` of a pack, and `appraisal` where it has a method."""
    found = [path("", _index(area), name="index"), path("figures/<str:code>", _indicator(area), name="indicator")]
    return found + ([path("appraisal", _appraisal(area), name="appraisal")] if area.method else [])


def tabs(area: Area, by: Actor, here: str = "") -> list[dict[str, Any]]:
    """The area's figures and its own pages, as far as this person may open them; `here` is the named address of the page shown."""
    code = queries.pack(area).manifest.code
    first = (f"{code}:index", Text("指标与预警", "Figures and warnings"), area.see)
    last = [(f"{code}:appraisal", Text("评价与摘录", "Appraisal and extracts"), "assessment.see")] if area.method else []
    return [{"address": reverse(name), "name": words, "here": name == here}
            for name, words, permission in (first, *area.tabs, *last) if by.can(permission)]


def _sheet(request: HttpRequest, area: Area) -> tuple[Actor, queries.Sheet]:
    by = actor_of(request)
    by.must(area.see)
    year = int_of(request, "year", area.usual(clock.today()), least=FIRST_YEAR, most=LAST_YEAR)
    return by, queries.asked(area, year, known_at=known_of(request))


def _index(area: Area) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def index(request: HttpRequest) -> HttpResponse:
        """The city's figures, those of the units that this person may see, what is warned of, and the area's tables."""
        by, found = _sheet(request, area)
        pack = queries.pack(area)
        code, units = pack.manifest.code, [unit for unit in found.units if queries.sees(area, by, unit)]
        whole = queries.sees_whole(area, by)
        warned, names = queries.told_of(found, by, most=MOST_LINES + 1), queries.names(found.units, found.as_of)
        return render(request, "areas/index.html", {
            "pack": pack, "code": code, "year": found.year, "as_of": found.as_of, "known": _known(found),
            "tabs": tabs(area, by, f"{code}:index"),
            "whole": [(name, one, found.figures[name, CITY]) for name, one in pack.indicators.items()] if whole else [],
            "address": f"{code}:indicator", "rules": pack.rules, "heads": list(pack.indicators.items()),
            "rows": [{"uid": unit, "name": names[unit],
                      "values": [(c, found.figures[c, unit], one.unit) for c, one in pack.indicators.items()]} for unit in units],
            "warned": warned[:MOST_LINES],
            "more": len(warned) > MOST_LINES,
            "chart": 0 < len(units) <= queries.MOST_DRAWN and any(one.unit == "%" for one in pack.indicators.values()),
            "sections": queries.told(area.sections(found.period, by), found.as_of, most=MOST_LINES), "most": MOST_LINES})

    return index


def _indicator(area: Area) -> Callable[..., HttpResponse]:
    @require_safe
    def indicator(request: HttpRequest, code: str) -> HttpResponse:
        """One indicator: its method, the lines counted, the base, and those left out with the reason. Errors: `IND-NONE`, `YEAR`."""
        by, found = _sheet(request, area)
        one, unit = queries.indicator(area, code), request.GET.get("unit", "")[:16]
        may, value = queries.seen(found, code, by, unit)
        names = queries.names({line.unit for line in may} | ({unit} if unit else set()), found.as_of)
        base, left = [x for x in may if not x.why], [x for x in may if x.why]
        return render(request, "areas/indicator.html", {
            "pack": queries.pack(area), "home": f"{queries.pack(area).manifest.code}:index", "code": code, "one": one,
            "year": found.year, "as_of": found.as_of, "figure": value, "known": _known(found), "tabs": tabs(area, by),
            "unit": names.get(unit, ""), "counted": sum(1 for x in base if x.part), "based": len(base), "out": len(left),
            "base": [_shown(area, x, names) for x in base[:MOST_LINES]],
            "left": [{**_shown(area, x, names), "why": one.exclusions.get(x.why, Text(x.why, x.why))} for x in left[:MOST_LINES]],
            "most": MOST_LINES})

    return indicator


def _known(found: queries.Sheet) -> date | None:
    """The day of knowing, where it is an earlier one."""
    day = clock.city_day(found.period.known_at)
    return day if day < clock.today() else None


def _shown(area: Area, line: Line, names: dict[str, str]) -> dict[str, Any]:
    return {"line": line, "unit": names.get(line.unit, line.unit), "state": area.states.get(line.state, Text(line.state, line.state))}


def _appraisal(area: Area) -> Callable[[HttpRequest], HttpResponse]:
    @require_http_methods(["GET", "POST"])
    def appraisal(request: HttpRequest) -> HttpResponse:
        """By which method units are appraised, what came out, and the signed extracts for the appraisal of leaders."""
        by, now, post = actor_of(request), clock.now(), request.POST
        by.must(area.see)
        by.must("assessment.see")
        code = queries.pack(area).manifest.code
        if request.method == "POST":
            if post.get("verb") == "file":
                services.file_method(area, by=by, at=now)
            elif post.get("verb") == "run":
                services.appraise(area, whole_of(post.get("year", ""), "year"), by=by, at=now)
            else:
                assessing.extract(post.get("run", ""), post.get("unit", ""), by=by, at=now)
            return redirect(f"{code}:appraisal")
        return render(request, "areas/appraisal.html", {
            "pack": queries.pack(area), "tabs": tabs(area, by, f"{code}:appraisal"), "year": clock.city_day(now).year - 1,
            "methods": queries.methods_of(area), "filed": queries.filed(area), "results": queries.results(area, by),
            "may_file": by.can("assessment.method"), "may_run": by.can("assessment.run"), "may_extract": by.can("assessment.finish")})

    return appraisal


@require_safe
def every(request: HttpRequest) -> HttpResponse:
    """All areas that this person may see, in the order of the notice, with their indicators; three have a page of their own make."""
    by = actor_of(request)
    by.must("areas.see")
    listed = {code: {"name": queries.pack(area).manifest.name, "row": queries.pack(area).manifest.row, "address": reverse(f"{code}:index"),
                     "indicators": [one.name for one in queries.pack(area).indicators.values()], "rules": len(queries.pack(area).rules)}
              for code, area in queries.areas().items() if by.can(area.see)}
    others = {code: {"name": name, "row": f"D{int(code[1:])}", "address": reverse(url)}
              for code, name, url, permission in queries.others() if by.can(permission)}
    return render(request, "areas/every.html", {"areas": [one for _, one in sorted({**listed, **others}.items())]})
