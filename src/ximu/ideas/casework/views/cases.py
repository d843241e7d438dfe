"""Pages of this room: inbox, one case, a move, limits, effects, letters. Thin: they ask queries and services."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock, documents
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, int_of
from ximu.ideas.casework import queries, services
from ximu.ideas.casework.queries.cases import TABS
from ximu.ideas.casework.rules import Given, Move, called
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text

PAGE_SIZE = 50
TAB_WORDS = {
    "mine": Text("我的", "Mine"), "unit": Text("本单位", "My unit's"), "overdue": Text("超期", "Overdue"),
    "open": Text("全部在办", "All open"),
    "closed": Text("已办结", "Closed"),
}
FORMS = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}

INTERNAL = re.compile("[0-9a-z]{16}")
"""A case may be about a promise or a delivery: its identifier tells a person nothing; the words of the matter do."""


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    by.must("casework.handle")
    tab = request.GET.get("tab", "unit")
    tab = tab if tab in TABS else "unit"
    kind = request.GET.get("procedure", "")[:40]
    page = Paginator(queries.inbox(by, tab=tab, kind=kind), PAGE_SIZE).get_page(int_of(request, "page", 1))
    day, made = clock.city_day(at), queries.procedures()
    rows = [{"case": c, "procedure": made[c.procedure].name, "state": made[c.procedure].states[c.state],
             "holder": registry.name(c.holder, as_of=day, short=True) if c.holder else "—"} for c in page.object_list]
    return render(request, "casework/inbox.html", {
        "rows": rows, "page": page, "tab": tab, "tabs": TAB_WORDS.items(), "kind": kind, "kinds": made.values(),
        "may_hand_over": by.can("casework.hand_over"), "at": at,
    })


@require_safe
def case(request: HttpRequest, uid: str) -> HttpResponse:
    by, at = actor_of(request), clock.now()
    seen = queries.case(uid, actor=by, at=at)
    services.seen(uid, by=by, at=at)
    effects = queries.effects_of(seen.row.about) if seen.row.about and by.can("casework.effects_see") else []
    steps = [{"step": s, "unit": seen.names.get(s.unit, s.unit), "ground": queries.ground_words(seen.procedure, s.detail.get("ground", ""))}
             for s in seen.steps]
    left = (seen.row.due - clock.city_day(at)).days if seen.row.due else None
    linked = [{"case": c, "name": queries.procedure(c.procedure).name} for c in seen.linked]
    return render(request, "casework/case.html", {
        "seen": seen, "about": "" if INTERNAL.fullmatch(seen.row.about) else seen.row.about,
        "limits": [(c, seen.procedure.limit_name(c.code)) for c in seen.clocks],
        "steps": steps, "effects": effects, "left": left, "linked": linked, "forms": sorted(FORMS),
        "letters": [(kind, queries.LETTER_NAMES[kind]) for kind in seen.procedure.letters],
        "pages": services.pages_of(seen.row, by),
        "told": [(called(name), words) for name, words in seen.row.values.get("told", {}).items()],
        "slips": [(queries.slip_number(s), s.at, seen.names.get(s.to, s.to)) for s in seen.row.slips.order_by("pk")],
        "may_redact": by.can("casework.redact", seen.row.holder or seen.row.office or None),
        "subject": seen.names.get(seen.row.subject, ""), "source": seen.names.get(seen.row.source, ""),
    })


@require_POST
def take(request: HttpRequest, uid: str) -> HttpResponse:
    services.take(uid, by=actor_of(request), at=clock.now())
    messages.success(request, t("已由您承办。", "It is in your hands now."))
    return redirect("casework:case", uid=uid)


@require_POST
def supervise(request: HttpRequest, uid: str) -> HttpResponse:
    number = services.issue_slip(uid, reason=request.POST.get("reason", "")[:4000], by=actor_of(request), at=clock.now())
    messages.success(request, t("已签发{n}。", "{n} is issued.", n=number))
    return redirect("casework:case", uid=uid)


def uploads(request: HttpRequest, name: str = "papers") -> list[services.Upload]:
    """The papers of a form, kept in the store by their digest."""
    kept = [(*services.keep(f.chunks()), f.name or "") for f in request.FILES.getlist(name)]
    return [services.Upload(*one) for one in kept]


def given_by(request: HttpRequest, asks: tuple[tuple[str, Text], ...]) -> Given:
    post = request.POST
    values: dict[str, Any] = {name: post.get(name, "").strip()[:400] for name, _ in asks if post.get(name, "").strip()}
    return Given(post.get("reason", "")[:4000], post.get("ground", "")[:40], post.get("proof", "")[:400], (), values)


def asked(move: Move, filled: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The fields of a form for what a move asks, with what was written before a refusal."""
    return [{"name": name, "words": words, "kind": "date" if name.endswith("_on") else "text", "value": (filled or {}).get(name, ""),
             "choices": move.choices.get(name, {}).items()} for name, words in move.asks]


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """Ask what the move needs, then make it; a refusal comes back beside the form."""
    by, at = actor_of(request), clock.now()
    seen = queries.case(uid, actor=by, at=at)
    wanted = next((m for m in seen.moves if m.verb == verb), None)
    if wanted is None:
        services.move(uid, verb, by=by, at=at)
        return redirect("casework:case", uid=uid)
    refusal = None
    if request.method == "POST":
        try:
            services.move(uid, verb, given=given_by(request, wanted.asks), files=uploads(request), by=by, at=at)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, t("已办理，已记入日志。", "Done, and written to the log."))
            return redirect("casework:case", uid=uid)
    return render(request, "casework/move.html", {
        "seen": seen, "move": wanted, "refusal": refusal, "filled": request.POST,
        "target": seen.procedure.states[wanted.target], "grounds": seen.procedure.grounds.items(),
        "asks": asked(wanted, request.POST), "told": [(called(name), words) for name, words in seen.row.values.get("told", {}).items()],
    }, status=refusal.status if refusal else 200)


@require_safe
def paper(request: HttpRequest, uid: str, paper: str) -> FileResponse:
    digest, kept, redacted = services.read_file(uid, paper, by=actor_of(request), at=clock.now())
    return FileResponse(kept, as_attachment=True, filename=f"{digest[:12]}.{'pdf' if redacted else 'bin'}",
                        content_type="application/pdf" if redacted else "application/octet-stream")


@require_safe
def effects(request: HttpRequest) -> HttpResponse:
    """Everything that a record did, or what did not confirm that it has stopped."""
    by = actor_of(request)
    by.must("casework.effects_see")
    number = request.GET.get("number", "").strip()[:20]
    rows = queries.within_reach(queries.effects_of(number) if number else queries.open_effects(), by)
    day = clock.city_day(clock.now())
    shown = [{"row": row, "unit": registry.name(row.unit, as_of=day, short=True) if row.unit else "—",
              "mine": by.can("casework.effects", row.unit or services.THE_PLATFORM)} for row in rows]
    return render(request, "casework/effects.html", {"rows": shown, "number": number})


@require_POST
def confirm_stop(request: HttpRequest, uid: str) -> HttpResponse:
    services.confirm_stop(uid, receipt=request.POST.get("receipt", ""), by=actor_of(request), at=clock.now())
    messages.success(request, t("已登记回执。", "The receipt is kept."))
    return redirect(f"{reverse('casework:effects')}")


@require_http_methods(["GET", "POST"])
def feed(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("casework.handle")
    key = services.issue_feed_key(by=actor_of(request), at=clock.now()) if request.method == "POST" else ""
    address = request.build_absolute_uri(f"/api/v1/casework/calendar/{key}.ics") if key else ""
    return render(request, "casework/feed.html", {"address": address})


@require_safe
def letter(request: HttpRequest, uid: str, kind: str, form: str) -> HttpResponse:
    """The letter as it would be sent today, in the layout of GB/T 9704-2012."""
    seen = queries.case(uid, actor=actor_of(request), at=clock.now())
    if kind not in seen.procedure.letters or form not in FORMS:
        raise absent("LETTER-NONE", field="kind", value=kind[:20], zh="种文书", en="letter")
    made = queries.letter_of(seen, kind, on=clock.city_day(clock.now()))
    content = documents.pdf(made) if form == "pdf" else documents.docx(made)
    answer = HttpResponse(content, content_type=FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{seen.row.number}.{form}"'
    return answer
