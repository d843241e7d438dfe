"""Pages that show: the list, a unit, vacancies, phrases."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.foundation import clock
from ximu.foundation.web import actor_of
from ximu.ideas.registry import queries
from ximu.ideas.registry.rules.book import KINDS, LEVELS, REFORMS
from ximu.ideas.registry.rules.codes import findings
from ximu.ideas.registry.rules.posts import ROLES
from ximu.ideas.registry.views import forms
from ximu.kernel.refusal import absent

ON_A_PAGE = 50
MOST_FOUND = 200


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All units of a day, filtered by kind, level and district, or found by name, former name, pinyin or code."""
    actor_of(request).must("registry.see")
    on, sought = forms.as_of(request), request.GET.get("q", "").strip()[:60]
    kind, level, district = (request.GET.get(field, "") for field in ("kind", "level", "district"))
    views = queries.units(as_of=on, kind=kind or None, level=level or None, district=district or None,
                          living=request.GET.get("ended", "") == "")
    matched, near = {}, False
    if sought:
        hits = queries.search(sought, as_of=on, limit=MOST_FOUND)
        matched, near = {hit.uid: hit.matched for hit in hits}, any(hit.near for hit in hits)
        shown = {v.uid: v for v in queries.units(as_of=on, living=False)}
        views = [shown[hit.uid] for hit in hits if (not kind or shown[hit.uid].kind == kind)
                 and (not level or shown[hit.uid].level == level)]
    page = Paginator(views, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"unit": v, "kind": KINDS[v.kind], "level": LEVELS[v.level], "matched": matched.get(v.uid, "")} for v in page]
    return render(request, "registry/index.html", {
        "rows": rows, "page": page, "as_of": on, "kinds": KINDS, "levels": LEVELS, "q": sought, "near": near, "kind": kind, "level": level,
        "district": district, "districts": queries.units(as_of=on, kind="government", level="district"),
        "may_edit": actor_of(request).can("registry.edit"),
    })


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """One unit: facts, names over time, succession, posts and (for those with the right) who holds them."""
    actor_of(request).must("registry.see")
    on = forms.as_of(request)
    view, actor = forms.known_unit(uid, on), actor_of(request)
    people = actor.can("registry.people")
    posts = [
        {"post": p, "role": ROLES[p.role], "terms": queries.terms(p.uid) if people else []} for p in queries.posts(uid)
    ]
    return render(request, "registry/unit.html", {
        "unit": view, "as_of": on, "kind": KINDS[view.kind], "level": LEVELS[view.level], "people": people, "posts": posts,
        "parent": queries.unit(view.parent, as_of=on) if view.parent else None, "names": queries.names_of(uid),
        "lineage": [_told(edge) for edge in queries.lineage(uid)], "drawing": queries.drawing(uid, as_of=on),
        "heirs": [] if view.living else [(queries.name(u, as_of=on), u, h) for u, h in queries.successors(uid, on=on)],
        "findings": findings(view.code, view.kind), "children": queries.units(as_of=on, parent=uid),
        "may_edit": actor.can("registry.edit"), "may_appoint": queries.may_appoint(actor, uid, on=clock.today()), "roles": ROLES,
        "reforms": {k: v for k, v in REFORMS.items() if k not in {"found", "rename"}},
    })


def _told(edge: queries.Edge) -> dict[str, object]:
    return {
        "edge": edge, "kind": REFORMS[edge.kind], "from": queries.name(edge.predecessor, as_of=edge.on) if edge.predecessor else "",
        "to": queries.name(edge.successor, as_of=edge.on) if edge.successor else "",
    }


@require_safe
def vacancies(request: HttpRequest) -> HttpResponse:
    """Units without a first responsible person on a day. Errors: `PERM-DENIED`."""
    actor_of(request).must("registry.people")
    on = forms.as_of(request)
    return render(request, "registry/vacancies.html", {"rows": queries.vacancies(on), "as_of": on})


@require_safe
def phrases(request: HttpRequest) -> HttpResponse:
    """What a phrase means on a day, to be signed; and what was signed."""
    actor_of(request).must("registry.see")
    on, phrase, named = forms.as_of(request), request.GET.get("phrase", "").strip(), request.GET.get("named", "")
    proposal, listed = None, []
    if phrase:
        proposal = queries.reading(phrase, as_of=on, named=forms.units_of(named, on))
        listed = [queries.unit(uid, as_of=on) for uid in proposal.units]
    return render(request, "registry/phrases.html", {
        "as_of": on, "phrase": phrase, "named": named, "proposal": proposal, "listed": listed, "readings": queries.readings(),
        "may_decide": actor_of(request).can("registry.decide"),
    })


@require_safe
def reading(request: HttpRequest, uid: str) -> HttpResponse:
    """A signed reading, compared with the register of another day. Errors: `READING-NONE`."""
    actor_of(request).must("registry.see")
    signed, on = queries.signed(uid), forms.as_of(request)
    if signed is None:
        raise absent("READING-NONE", field="uid", value=uid, zh="份签认", en="signed reading")
    change = queries.compare(uid, on=on)
    return render(request, "registry/reading.html", {
        "signed": signed, "as_of": on, "units": [queries.unit(u, as_of=signed.as_of) for u in signed.units],
        "kept": len(change.kept), "added": [queries.unit(u, as_of=on) for u in change.added],
        "gone": [queries.unit(u, as_of=signed.as_of) for u in change.gone],
        "succeeded": [(queries.unit(a, as_of=signed.as_of), queries.unit(b, as_of=on)) for a, b in change.succeeded],
    })
