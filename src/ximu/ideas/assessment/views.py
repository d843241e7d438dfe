"""Pages of assessment: methods, runs with ranks and their intervals, one unit's reasons, quality, the report card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import city, clock, documents, tiles
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.assessment import queries, services
from ximu.ideas.assessment.rules import grading
from ximu.ideas.casework import queries as cases
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of, day_or_none
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

STATES = {"draft": Text("初稿", "draft"), "sent": Text("征求意见", "out for objections"), "final": Text("定稿", "final"),
          "published": Text("已公布", "published"), "replaced": Text("已重新计算", "computed anew")}
TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
LINKS = {"promise": "/console/commitments/", "case": "/console/casework/", "record": "/console/disclosure/records/"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must("assessment.see")
    rows = [{"row": r, "state": STATES[r.state]} for r in queries.runs()
            if by.can("assessment.run") or by.can("assessment.finish") or r.state != "draft"]
    return render(request, "assessment/index.html", {
        "methods": queries.methods(), "rows": rows, "may_run": by.can("assessment.run"), "may_add": by.can("assessment.method"),
        "year": clock.today().year - 1})


@require_safe
def method(request: HttpRequest, uid: str) -> HttpResponse:
    """The method's text as it was adopted: the published rule itself; for a draft, what it would have done to past years."""
    by = actor_of(request)
    by.must("assessment.see")
    row = queries.method_row(uid)
    return render(request, "assessment/method.html", {
        "row": row, "may_adopt": row.state == "draft" and by.can("assessment.method"), "warnings": queries.warned(row),
        "tests": queries.backtest(uid) if by.can("assessment.run") else []})


@require_safe
def measures(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """The management measures that go with the method, as an official document."""
    actor_of(request).must("assessment.see")
    if form not in TYPES:
        raise Http404
    day, row = clock.today(), queries.method_row(uid)
    return _file(queries.measures(row, on=day, issuer=_issuer(day)), form, f"measures-{row.version}")


def _issuer(day: date) -> str:
    return registry.name(city.office(), as_of=day) if city.office() else "政务诚信建设综合协调部门"


def _file(letter: documents.Letter, form: str, name: str) -> HttpResponse:
    answer = HttpResponse(documents.pdf(letter) if form == "pdf" else documents.docx(letter), content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer


def _text(request: HttpRequest) -> str:
    """The file of a form. Errors: `FILE-ENC` for what is not UTF-8."""
    given = request.FILES.get("file")
    try:
        return str(given.read().decode("utf-8-sig")) if isinstance(given, UploadedFile) else ""
    except UnicodeDecodeError as error:
        raise Refusal("FILE-ENC", field="file", value=f"byte {error.start}", rule="UTF-8", zh="文件不是UTF-8编码，请另存为UTF-8后再提交。",
                      en="The file is not in UTF-8; save it as UTF-8 and hand it in again.") from error


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new version of a method, kept as a draft."""
    made = services.add_method(_text(request), code=request.POST.get("code", "").strip()[:40], by=actor_of(request), at=clock.now())
    return redirect("assessment:method", made.uid)


@require_POST
def adopt(request: HttpRequest, uid: str) -> HttpResponse:
    services.adopt(uid, resolution=request.POST.get("resolution", ""), accept=request.POST.getlist("accept"), by=actor_of(request),
                   at=clock.now())
    messages.success(request, t("方法已通过。", "The method is in force."))
    return redirect("assessment:method", uid)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Compute a period."""
    by, at, post, attached = actor_of(request), clock.now(), request.POST, _text(request)
    queries.year(post.get("period", ""))
    clocks = services.Clocks(min(date(int(post["period"]), 12, 31), clock.city_day(at)), at)
    made = services.run(post.get("method", ""), attached, period=post["period"], clocks=clocks, accept=post.getlist("accept"), by=by,
                        at=at)
    return redirect("assessment:run", made.uid)


@require_safe
def run(request: HttpRequest, uid: str) -> HttpResponse:
    """Ranking with intervals; a unit of a draft sees only its own line."""
    by = actor_of(request)
    by.must("assessment.see")
    row = queries.run_row(uid)
    own = set(queries.own_draft(row, by))
    rows = [one for one in queries.ranking(row) if one["unit"] in own]
    cells = {r["unit"]: tiles.Cell(r["unit"], r["short"], None if r["score"] is None else float(r["score"]), r["score"] or "—",
                                   reverse("assessment:unit", args=[uid, r["unit"]])) for r in rows}
    blocks = _blocks(cells, row.as_of)
    return render(request, "assessment/run.html", {
        "map": tiles.tile_map(list(cells.values()), city.places()) if not blocks else tiles.block_map(
            blocks, city.places(), city.street_places()), "streets": bool(blocks), "placed": bool(city.street_places()),
        "row": row, "state": STATES[row.state], "rows": rows, "may": {v: by.can(f"assessment.{v}") for v in ("run", "finish", "publish")},
        "objections": [{"row": o, "case": cases.case_for(o.case)} for o in queries.objections(row)] if by.can("assessment.run") else [],
        "stale": [{"cause": one.cause, "at": one.at, **_link(f"record:{one.number}")} for one in queries.stale_seen(row, by)],
        "extracts": queries.extracts(row) if by.can("assessment.finish") else []})


def _blocks(cells: dict[str, tiles.Cell], on: date) -> list[tiles.Block]:
    """Where streets or towns were scored: each district with its own, in the order of the register."""
    streets = [u for u in registry.units(as_of=on, level="street") if u.uid in cells]
    if not streets:
        return []
    return [tiles.Block(cells.get(d.uid) or tiles.Cell(d.uid, d.short_name, None, "", "#ranks"),
                        tuple(cells[u.uid] for u in streets if u.district == d.uid))
            for d in registry.units(as_of=on, level="district", kind="government")
            if d.uid in cells or any(u.district == d.uid for u in streets)]


@require_safe
def quality(request: HttpRequest, uid: str) -> HttpResponse:
    by = actor_of(request)
    by.must("assessment.run")
    row = queries.run_row(uid)
    return render(request, "assessment/quality.html", {"row": row, "found": queries.quality_of(row), "names": queries.names_of(row)})


def _seen(uid: str, unit: str, by: Any) -> Any:
    """Errors: `SCORE-NONE` for a draft that is not his to see."""
    row = queries.run_row(uid)
    if not queries.seen_by(row, unit, by):
        row = queries.run_row("")
    return row


def _flat(node: dict[str, Any], depth: int = 0) -> list[dict[str, Any]]:
    found = []
    for part in node.get("parts", []):
        found.append(part | {"depth": depth, "parts": None, "leaf": "raw" in part})
        found += _flat(part, depth + 1)
    return found


@require_safe
def unit(request: HttpRequest, uid: str, unit: str) -> HttpResponse:
    """Why this place? Score, parts, rule steps, the facts beneath; and last year by the same rule."""
    by = actor_of(request)
    row = _seen(uid, unit, by)
    found = queries.explained(uid, unit)
    seen = queries.opened(found["facts"], by=by, at=clock.now())
    facts = [{"column": column, "refs": [_link(ref) for ref in dict.fromkeys(told["refs"])], "hidden": told["hidden"]}
             for column, told in seen.items()]
    before, why = _or_why(queries.same_rule, uid, unit)
    changed, _ = _or_why(queries.changed, uid, unit)
    again, why_not = _again(request, row, unit)
    return render(request, "assessment/unit.html", {
        "row": row, "found": found, "lines": _flat(found), "facts": facts, "before": before, "why": why, "state": STATES[row.state],
        "changed": changed and queries.causes_opened(changed, by=by, at=clock.now()),
        "peers": queries.peers(row, unit) if queries.ranks_open(row, by) else [],
        "again": again, "why_not": why_not, "may_run": by.can("assessment.run"),
        "may_object": row.state == "sent" and bool(by.unit) and by.unit == unit and by.can("assessment.object", unit),
        "may_extract": row.state in ("final", "published") and by.can("assessment.finish")})


def _again(request: HttpRequest, row: Any, unit: str) -> tuple[Any, Refusal | None]:
    """The unit's figure once more by two days of the reader's choice, for those who compute."""
    if "as_of" not in request.GET or not actor_of(request).can("assessment.run"):
        return None, None
    return _or_why(_replayed, request, row, unit)


def _replayed(request: HttpRequest, row: Any, unit: str) -> dict[str, Any]:
    as_of, known = day_of(request.GET["as_of"], "as_of"), day_or_none(request.GET.get("known_at", ""), "known_at")
    return queries.replay_unit(unit, as_of=as_of, known_at=min(clock.now(), clock.end_of(known)) if known else clock.now(), of=row.uid)


def _or_why(ask: Callable[..., Any], *args: Any) -> tuple[Any, Refusal | None]:
    """The answer, or why there is none."""
    try:
        return ask(*args), None
    except Refusal as refusal:
        return None, refusal


def _link(ref: str) -> dict[str, str]:
    kind, _, name = ref.partition(":")
    if ref.startswith("/console/"):
        return {"ref": ref.removeprefix("/console/"), "url": ref}
    return {"ref": name or ref, "url": f"{LINKS[kind]}{name}" if kind in LINKS else ""}


@require_POST
def unit_act(request: HttpRequest, uid: str, unit: str, verb: str) -> HttpResponse:
    by, at, post = actor_of(request), clock.now(), request.POST
    if verb == "object":
        services.object_to(uid, unit=unit, indicator=post.get("indicator", ""), words=post.get("words", ""), by=by, at=at)
        messages.success(request, t("意见已提出。", "Your objection is on record."))
    elif verb == "extract":
        services.extract(uid, unit, by=by, at=at)
        return redirect("assessment:run", uid)
    else:
        raise Http404
    return redirect("assessment:unit", uid, unit)


@require_safe
def card(request: HttpRequest, uid: str, unit: str, form: str) -> HttpResponse:
    row = _seen(uid, unit, actor_of(request))
    if form not in TYPES:
        raise Http404
    day = clock.today()
    return _file(queries.card(row, unit, on=day, issuer=_issuer(day)), form, f"assessment-{row.period}")


@require_POST
def act(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    acts = {"send": services.send_draft, "finish": services.finish, "publish": services.publish}
    if verb == "replay":
        by.must("assessment.run")
        same = queries.replay(uid)["same"]
        messages.success(request, t("重算结果逐字节一致。", "Computed again: the same bytes.") if same else
                         t("重算结果不一致：事实已变动。", "Computed again: not the same, a fact has changed."))
    elif verb in acts:
        acts[verb](uid, by=by, at=at)
    else:
        raise Http404
    return redirect("assessment:run", uid)


@require_safe
def extract(request: HttpRequest, uid: str) -> HttpResponse:
    actor_of(request).must("assessment.finish")
    answer = HttpResponse(queries.bundle(queries.extract_of(uid)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="assessment-extract-{uid}.json"'
    return answer


@require_safe
def grades(request: HttpRequest, area: str) -> HttpResponse:
    """Grades of an area: a decision beside what is known now, and the factors of one unit. Errors: `GRADE-AREA`."""
    by, one, on = actor_of(request), queries.grader(area), clock.today()
    by.must("assessment.see")
    by.must(one.permission)
    period, units = request.GET.get("period", str(on.year - 1))[:4], by.units_with(one.permission)
    rows = queries.gradings(area, period)
    held = next((row for row in rows if row.uid == request.GET.get("decision")), None) or queries.decided_grades(area, period)
    now = one.preview(period, known_at=clock.now(), units=units)
    mine = {line["unit"] for line in now.lines}
    beside: list[dict[str, Any]] = [{"one": each, "name": registry.name(each.unit, as_of=on, short=True)}
              for each in grading.compared([line for line in held.lines if line["unit"] in mine] if held else now.lines, now.lines)]
    told = request.GET.get("unit", "")
    order = {unit.uid: place for place, unit in enumerate(registry.units(as_of=on))}
    beside.sort(key=lambda each: order.get(each["one"].unit, len(order)))
    lines = held.lines if held and "then" in request.GET else now.lines
    line = next((line for line in lines if line["unit"] == told and told in mine), None)
    return render(request, "assessment/grades.html", {
        "area": area, "one": one, "period": period, "rows": rows, "held": held, "beside": beside, "method": now.method, "told": told,
        "told_name": registry.name(told, as_of=on) if line else "", "factors": grading.explained(now.method, line) if line else None,
        "may_propose": by.can("assessment.run"), "may_decide": by.can("assessment.finish")})


@require_POST
def grade(request: HttpRequest, area: str, verb: str) -> HttpResponse:
    """Propose the grades of a period; decide or withdraw a proposal."""
    by, at, post = actor_of(request), clock.now(), request.POST
    by.must("assessment.see")
    if verb == "propose":
        uid = services.propose_grades(area, post.get("period", "")[:4], basis=post.get("basis", ""), by=by, at=at)
    elif verb in ("decide", "withdraw"):
        uid = post.get("grading", "")
        (services.decide_grades if verb == "decide" else services.withdraw_grades)(uid, by=by, at=at)
    else:
        raise Http404
    return redirect(f"{reverse('assessment:grades', args=[area])}?period={queries.grading_of(uid).period}")
