"""Console pages of the plan: board, matrix, Gantt, one task with its readings and evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ximu.foundation import clock
from ximu.foundation.web import actor_of, kept_file
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.plan import queries
from ximu.notice.plan.rules import gantt as gantts
from ximu.notice.plan.rules.lights import LIGHTS
from ximu.notice.plan.rules.table import COLUMN_WORDS
from ximu.notice.plan.services import evidence, importing, readings


def _as_of(request: HttpRequest) -> date:
    return day_of(request.GET.get("as_of") or clock.today().isoformat(), "as_of")


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What each tab of the plan shows: the plan, the day, the units to filter by."""
    actor_of(request).must("plan.view")
    found = queries.plan(request.GET.get("plan", "")) if queries.plans() else None
    return {"plan": found, "as_of": _as_of(request), "unit": request.GET.get("unit", ""),
            "may_import": actor_of(request).can("plan.import")}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Every task with its light; `?unit=` keeps the tasks of one unit."""
    frame = _frame(request)
    if frame["plan"] is None:
        return render(request, "plan/empty.html", frame)
    lines = queries.status(frame["plan"], as_of=frame["as_of"], known_at=clock.now())
    held = queries.matrix(frame["plan"], as_of=frame["as_of"])
    mine = next((u["cells"] for u in held["units"] if u["uid"] == frame["unit"]), None)
    shown = [line | {"role": (mine or {}).get(line["row"])} for line in lines if not frame["unit"] or line["row"] in (mine or {})]
    counts = {name: sum(line["light"] == name for line in shown) for name in ("overdue", "at_risk", "evidence_expired", "on_time",
                                                                              "not_started", "done")}
    return render(request, "plan/board.html", frame | {"lines": shown, "units": held["units"], "counts": counts, "tab": "board"})


@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """Unit × task."""
    frame = _frame(request)
    if frame["plan"] is None:
        return render(request, "plan/empty.html", frame)
    lights = {line["row"]: line for line in queries.status(frame["plan"], as_of=frame["as_of"], known_at=clock.now())}
    table = queries.matrix(frame["plan"], as_of=frame["as_of"], known_at=clock.now())
    units = [u | {"cells": [_cell(u, lights[r]) for r in table["rows"]]}
             for u in table["units"] if not frame["unit"] or u["uid"] == frame["unit"]]
    return render(request, "plan/matrix.html", frame | {"rows": [lights[r] for r in table["rows"]], "units": units, "tab": "matrix"})


def _cell(unit: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    """One duty in the matrix: its own light, and the page of the task opened at what this unit has shown."""
    row = line["row"]
    light = unit["lights"].get(row, "")
    return {"row": row, "task": line["uid"], "role": unit["cells"].get(row), "light": light, "words": LIGHTS.get(light),
            "evidence": unit["evidence"].get(row, 0)}


@require_GET
def gantt(request: HttpRequest) -> HttpResponse:
    """Tasks over the months, as a drawing with the same facts as a table beneath."""
    frame = _frame(request)
    if frame["plan"] is None:
        return render(request, "plan/empty.html", frame)
    lines = queries.status(frame["plan"], as_of=frame["as_of"], known_at=clock.now())
    drawing = gantts.draw(lines, start=frame["plan"].issued_on or frame["as_of"], as_of=frame["as_of"])
    return render(request, "plan/gantt.html", frame | {"drawing": drawing, "lines": lines, "tab": "gantt"})


@require_http_methods(["GET", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Upload a notice: first what it says, then the import."""
    actor_of(request).must("plan.import")
    found = None
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            raise Refusal("FILE-NONE", field="file", value="", rule="required", zh="请选择文件。", en="Choose a file.")
        content = upload.read()
        if "preview" in request.POST:
            found = importing.read_plan(upload.name or "", content, as_of=clock.today())
        else:
            found = importing.import_plan(upload.name or "", content, by=actor_of(request), at=clock.now(), on=clock.today())
    return render(request, "plan/import.html", {"found": found.envelope() if found else None, "preview": "preview" in request.POST})


@require_GET
def row_page(request: HttpRequest, uid: str) -> HttpResponse:
    """One task: words as written, readings, duties on the day, evidence."""
    actor_of(request).must("plan.view")
    target, day = queries.row(uid), _as_of(request)
    line = next(one for one in queries.status(target.plan, as_of=day, known_at=clock.now()) if one["uid"] == uid)
    only = request.GET.get("unit", "")
    held = queries.duty_lights(target, as_of=day, known_at=clock.now())
    by = actor_of(request)
    judges = by.can("plan.review") or by.can("plan.examine")
    given = [{"one": e, "unit": registry.name(e.unit, as_of=day),
              "opens": judges or by.can("plan.report", e.unit)} for e in queries.evidence_of(target, unit=only, as_of=day)]
    read = queries.readings(target)
    names = accounts.names_of(who for r in read for who in (r.chosen_by, r.signed_by, r.withdrawn_by))
    rights = ("plan.read_schedule", "plan.report", "plan.review")
    return render(request, "plan/row.html", {
        "row": target, "inherited": [COLUMN_WORDS[name] for name in target.inherited],
        "line": line, "as_of": day, "duties": held, "evidence": given,
        "only": only, "only_name": registry.name(only, as_of=day) if only else "", "unread": queries.unread(target, as_of=day),
        "readings": [{"one": r, "chosen": names.get(r.chosen_by, ""), "signed": names.get(r.signed_by, ""),
                      "withdrawn": names.get(r.withdrawn_by, "")} for r in read],
        "decided": any(r.withdrawn_at is None for r in read),
        "may": {right.split(".")[1]: actor_of(request).can(right) for right in rights},
    })


@require_POST
def choose(request: HttpRequest, uid: str) -> HttpResponse:
    readings.choose_reading(uid, due=day_of(request.POST.get("due", ""), "due"), reason=request.POST.get("reason", ""),
                            by=actor_of(request), at=clock.now())
    return redirect("plan:row", uid)


@require_POST
def decide(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """Sign or withdraw a reading."""
    act = {"sign": readings.sign_reading, "withdraw": readings.withdraw_reading}.get(verb)
    if act is None:
        raise Refusal("STATE-EDGE", field="verb", value=verb, rule="sign | withdraw", zh="没有这种办理方式。", en="There is no such act.")
    return redirect("plan:row", act(uid, by=actor_of(request), at=clock.now()).row.uid)


@require_POST
def submit(request: HttpRequest, uid: str) -> HttpResponse:
    """A unit hands in evidence."""
    upload, actor = request.FILES.get("file"), actor_of(request)
    given = evidence.Given(request.POST.get("title", ""), day_of(request.POST.get("dated", ""), "dated"),
                           "completes" in request.POST, upload.read() if upload else b"")
    evidence.submit_evidence(uid, given, unit=request.POST.get("unit") or actor.unit or "", by=actor, at=clock.now())
    return redirect("plan:row", uid)


@require_GET
def evidence_file(request: HttpRequest, uid: str) -> HttpResponseBase:
    """What was handed in, for those who judge it and for the unit itself."""
    return kept_file(queries.evidence_for(uid, actor_of(request)).digest)


@require_POST
def review(request: HttpRequest, uid: str) -> HttpResponse:
    """Accept or return evidence."""
    made = evidence.review_evidence(uid, accept=request.POST.get("verdict") == "accept", reason=request.POST.get("reason", ""),
                                    by=actor_of(request), at=clock.now())
    return redirect("plan:row", made.row.uid)
