"""What the forms do: each calls one service and returns to the page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries, services
from ximu.ideas.registry.rules.book import Post
from ximu.ideas.registry.services import Line, NewName, NewUnit
from ximu.ideas.registry.views import forms
from ximu.kernel.refusal import absent


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    form, on = request.POST, forms.day(request.POST, "since")
    parent = queries.find(form["parent"], as_of=on) if form.get("parent", "").strip() else ""
    above = queries.unit(parent, as_of=on) if parent else None
    district = (parent if above.kind == "government" and above.level == "district" else above.district) if above else ""
    uid = services.register([NewUnit(
        kind=form.get("kind", ""), level=form.get("level", ""), full=form.get("full", ""), short=form.get("short", ""), since=on,
        code=form.get("code", ""), parent=parent, district=district, basis=form.get("basis", ""),
    )], by=actor_of(request), at=clock.now())[0]
    return redirect("registry:unit", uid)


@require_POST
def add_name(request: HttpRequest, uid: str) -> HttpResponse:
    name = NewName(uid, request.POST.get("role", ""), request.POST.get("text", "").strip(), forms.day(request.POST, "since"))
    services.add_names([name], by=actor_of(request), at=clock.now())
    return redirect("registry:unit", uid)


@require_POST
def reform(request: HttpRequest, uid: str) -> HttpResponse:
    """Rename (new names given) or any other kind; heirs by name, the principal one first, `名称|职能` on each line."""
    form, on = request.POST, forms.day(request.POST, "on")
    kind = form.get("kind", "")
    names = [NewName(uid, role, text, on) for role in ("full", "short") if (text := form.get(role, "").strip())]
    lines = [Line(uid, uid)] if kind == "rename" else _lines(uid, kind, form, on)
    services.reform(
        kind, on=on, lines=lines, names=names if kind == "rename" else (), basis=form.get("basis", ""),
        sure=form.get("sure") == "yes", by=actor_of(request), at=clock.now(),
    )
    return redirect("registry:unit", uid)


def _lines(uid: str, kind: str, form: QueryDict, on: date) -> list[Line]:
    lines = []
    for place, text in enumerate(filter(None, map(str.strip, form.get("heirs", "").splitlines()))):
        name, _, scope = text.partition("|")
        lines.append(Line(uid, queries.find(name, as_of=on), place == 0 and kind != "part", scope.strip()))
    return lines or [Line(uid, "")]


@require_POST
def open_post(request: HttpRequest, uid: str) -> HttpResponse:
    post = Post("", uid, request.POST.get("title", "").strip(), request.POST.get("role", ""), forms.day(request.POST, "since"))
    services.open_posts([post], by=actor_of(request), at=clock.now())
    return redirect("registry:unit", uid)


@require_POST
def appoint(request: HttpRequest, uid: str) -> HttpResponse:
    """By internal number; an official who is not on record yet is entered with the name given."""
    form, by, at = request.POST, actor_of(request), clock.now()
    queries.must_appoint(by, uid, on=clock.city_day(at))
    number, since = form.get("number", "").strip(), forms.day(form, "since")
    if form.get("post", "") not in {p.uid for p in queries.posts(uid)}:
        raise absent("POST-UNKNOWN", field="post", value=form.get("post", ""), zh="个岗位", en="post")
    services.appoint_person(form["post"], number=number, name=form.get("name", "").strip(), since=since, by=by, at=at)
    return redirect("registry:unit", uid)


@require_POST
def end_term(request: HttpRequest, uid: str) -> HttpResponse:
    services.end_appointment(request.POST.get("term", ""), until=forms.day(request.POST, "until"), by=actor_of(request),
                             at=clock.now())
    return redirect("registry:unit", uid)


@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    form = request.POST
    on = forms.day(form, "as_of")
    uid = services.decide_phrase(
        form.get("phrase", ""), as_of=on, named=forms.units_of(form.get("named", ""), on), units=form.getlist("units"),
        reason=form.get("reason", ""), by=actor_of(request), at=clock.now(),
    )
    return redirect("registry:reading", uid)
