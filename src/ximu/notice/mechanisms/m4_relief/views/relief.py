"""Pages of row M4.1: the desk, one record with what can be done about it, the panel, certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import say, t
from ximu.foundation.web import actor_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Upload
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.disclosure import queries as disclosures
from ximu.ideas.disclosure import services as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import STATES
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m4_relief import queries, services
from ximu.notice.mechanisms.m4_relief.rules.exemption import OUTCOMES

PROCEDURES = ("notice", "objection", "complaint", "exemption", "repair", "erasure", "self_report", "reversal")


KIND = "ZTLX"
"""A digit; the head of the page names the subject itself."""


def _uploads(request: HttpRequest) -> list[Upload]:
    """Papers are kept only of who may object, report or decide."""
    by = actor_of(request)
    if not by.can("relief.object"):
        by.must("relief.decide")
    return [Upload(*casework.keep(f.chunks()), f.name or "") for f in request.FILES.getlist("papers")]


def _own_units(by: Actor) -> list[str]:
    return sorted({g.unit for g in by.grants if g.unit and "relief.object" in g.permissions})


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """For the office: what waits for notice, and every open case. For the subject: its own records and cases."""
    by, at = actor_of(request), clock.now()
    by.must("relief.desk")
    waiting: Any = None
    mine: Any = None
    if by.can("records.notify"):
        rows_waiting = disclosure.look_work("checked", by=by, at=at)[1].rows
        unasked = records.unexamined([row.facts.number for row in rows_waiting], on=clock.city_day(at))
        waiting = [(row, row.facts.number in unasked) for row in rows_waiting]
    if own := _own_units(by):
        mine = disclosure.look_archive(own, by=by, purpose="own", at=at)[1].timeline.rows
    rows = [{"case": c, "procedure": cases.procedure(c.procedure).name, "state": cases.procedure(c.procedure).states[c.state]}
            for c in cases.inbox(by, tab="open").filter(procedure__in=PROCEDURES)[:100]]
    return render(request, "m4_relief/desk.html", {
        "waiting": waiting, "mine": mine, "ended": records.ended_of(own) if own else None,
        "own": [(unit, registry.called(unit, as_of=clock.city_day(at))) for unit in own], "rows": rows, "states": STATES,
    })


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    """What is kept, who has read it, until when one may object, what repair still lacks: "why is the button grey" in words."""
    by, at = actor_of(request), clock.now()
    by.must("relief.desk")
    own = bool(_own_units(by))
    view, history = disclosure.look(number, by=by, purpose="own" if own and not by.can("relief.decide") else "", at=at)
    found = records.duties(history.number)
    subject = found.subject in _own_units(by)
    last = queries.window(found.number)
    return render(request, "m4_relief/record.html", {
        "history": history, "state": STATES[history.state], "fields": _told(found, history),
        "about": found, "item": catalogue.called(found.item, found.edition), "subject": subject,
        "subject_name": registry.called(found.subject, as_of=clock.city_day(at)), "window": last,
        "in_window": last is not None and clock.city_day(at) <= last, "conditions": queries.conditions(found.number, at=at),
        "effects": cases.effects_of(found.number), "cases": _cases(found.number, by), "certificates": queries.certificates(found.number),
        "grounds": queries.checklist().grounds(found.event_date).items(),
        "checklist": queries.checklist().conditions(found.event_date).items(),
        "mitigations": queries.mitigations(found.number),
        "may_reverse": by.can("relief.decide", found.source) and found.state not in ("revoked", "erased"),
        "may_claim": found.state in ("checked", "notified", "disputed"), "measures": queries.effects_to_come(found, on=found.event_date),
        "policy": view.policy.version, "statement": queries.statements([found.number]).get(found.number), "seen": _seen(found, subject, by),
    })


def _told(found: Any, history: Any) -> list[tuple[Text, Any]]:
    """The delivered fields by the titles of their list, in its order; what the head of the page says already is left out."""
    try:
        item = catalogue.items_of(found.edition).get(found.item)
    except Refusal:
        item = None
    columns = item.body.get("schema", {}).get("fields", []) if item else []
    shown = {one.name: one.value for one in (history.versions[-1][2] if history.versions else []) if one.outcome != "absent"}
    if found.behaviour:
        shown = {name: say(catalogue.called(value, found.edition)) if value == found.behaviour else value for name, value in shown.items()}
    return [(Text(one["title"], one.get("title_en") or one["title"]), shown[one["name"]]) for one in columns
            if one["name"] != KIND and shown.get(one["name"]) not in (None, "")]


def _seen(found: Any, subject: bool, by: Actor) -> list[dict[str, Any]] | None:
    """Which office read this record, as what and for what; for the subject only."""
    if not subject:
        return None
    known, day = disclosures.policy_on(clock.today()), clock.today()
    rows = disclosures.uses_of([found.subject], by=by, size=200)[0]
    roles = {code: audience.name for code, audience in known.audiences.items()}
    return [{"use": u, "unit": registry.name(u.unit, as_of=day) if u.unit else "—", "role": roles.get(u.role, Text(u.role, u.role)),
             "purpose": known.purposes.get(u.purpose)} for u in rows if u.number in ("", found.number)]


def _cases(number: str, by: Actor) -> list[dict[str, Any]]:
    return [{"case": c, "procedure": cases.procedure(c.procedure).name, "state": cases.procedure(c.procedure).states[c.state].name}
            for c in cases.cases_about(number, actor=by)]


@require_POST
def notice(request: HttpRequest, number: str) -> HttpResponse:
    return redirect("casework:case", uid=services.open_notice(number, by=actor_of(request), at=clock.now()))


@require_POST
def sign(request: HttpRequest, uid: str) -> HttpResponse:
    services.sign(uid, by=actor_of(request), at=clock.now())
    messages.success(request, t("已签收，异议期自次日起计算。", "Signed for; the window runs from tomorrow."))
    return redirect("casework:case", uid=uid)


@require_POST
def object_to(request: HttpRequest, number: str) -> HttpResponse:
    procedure, case = services.object_to(number, reason=request.POST.get("reason", "")[:4000], files=_uploads(request),
                                         by=actor_of(request),
                                         at=clock.now())
    if procedure == "complaint":
        messages.warning(request, t("异议期已过，已按投诉受理。", "The window is over; taken as a complaint."))
    else:
        messages.success(request, t("已收到异议，记录已标注“异议中”。", "Received; the record is marked as disputed."))
    return redirect("casework:case", uid=case)


@require_POST
def reversal(request: HttpRequest, number: str) -> HttpResponse:
    post = request.POST
    case = services.report_reversal(number, document=post.get("document", ""), reason=post.get("reason", "")[:4000],
                                    files=_uploads(request), by=actor_of(request), at=clock.now())
    return redirect("casework:case", uid=case)


@require_POST
def self_report(request: HttpRequest) -> HttpResponse:
    """A body (a civil servant) reports its own act before anybody knew, with the proof that it was put right."""
    post, by = request.POST, actor_of(request)
    own = _own_units(by)
    act = services.Act(post.get("subject", "")[:16] or (own[0] if own else ""), post.get("behaviour", "")[:40].strip(),
                       day_of(post.get("act_on", ""), "act_on"))
    return redirect("casework:case", uid=services.report_oneself(act, reason=post.get("reason", "")[:4000], files=_uploads(request), by=by,
                                                                 at=clock.now()))


@require_POST
def statement(request: HttpRequest, number: str) -> HttpResponse:
    services.state(number, request.POST.get("words", ""), by=actor_of(request), at=clock.now())
    messages.success(request, t("已保存，查阅记录的人都会看到。", "Kept; whoever reads the record sees it."))
    return redirect("m4:record", number=number)


@require_POST
def challenge(request: HttpRequest, uid: str) -> HttpResponse:
    given = Given(request.POST.get("reason", "")[:4000], values={"member": request.POST.get("member", "")[:3]})
    casework.move(uid, "challenge", given=given, by=actor_of(request), at=clock.now())
    messages.success(request, t("已回避，另行抽取一人。", "That reviewer stands aside; another was drawn."))
    return redirect("m4:panel", uid=uid)


@require_POST
def exemption(request: HttpRequest, number: str) -> HttpResponse:
    post = request.POST
    case = services.claim_exemption(number, ground=post.get("ground", ""), conditions=post.getlist("condition"), reason=post.get("reason",
                                                                                                                                 "")[:4000],
                                    files=_uploads(request), by=actor_of(request), at=clock.now())
    return redirect("casework:case", uid=case)


def _day(text: str) -> date:
    return day_of(text, "on")


@require_POST
def fulfil(request: HttpRequest, number: str) -> HttpResponse:
    post, kept = request.POST, _uploads(request)
    services.fulfil(number, post.get("what", ""), proof=post.get("proof", ""), on=_day(post.get("on", "")), by=actor_of(request),
                    at=clock.now(),
                    digest=kept[0].digest if kept else "")
    messages.success(request, t("已登记。", "Noted."))
    return redirect("m4:record", number=number)


@require_POST
def repair(request: HttpRequest, number: str) -> HttpResponse:
    case = services.apply_for_repair(number, reason=request.POST.get("reason", "")[:4000], files=_uploads(request), by=actor_of(request),
                                     at=clock.now())
    return redirect("casework:case", uid=case)


@require_POST
def erasure(request: HttpRequest, number: str) -> HttpResponse:
    return redirect("casework:case", uid=services.ask_to_erase(number, reason=request.POST.get("reason", "")[:4000],
                                                               by=actor_of(request), at=clock.now()))


@require_safe
def receipt(request: HttpRequest, uid: str) -> HttpResponse:
    """What was erased, without what it said: the entry of the log, to be verified offline."""
    done = queries.erasure_of(uid, by=actor_of(request), at=clock.now())
    answer = HttpResponse(ledger.bundle_bytes(ledger.bundle(done.log_index)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="erasure-{done.uid}.json"'
    return answer


@require_http_methods(["GET", "POST"])
def panel(request: HttpRequest, uid: str) -> HttpResponse:
    """The panel of an exemption: like cases without names, and the vote of one reviewer."""
    by, at = actor_of(request), clock.now()
    found = queries.panel_for(uid, by=by)
    if request.method == "POST":
        services.vote(uid, request.POST.get("outcome", ""), reason=request.POST.get("reason", ""), by=by, at=at)
        messages.success(request, t("已表决。", "Your finding is kept."))
        return redirect("m4:panel", uid=uid)
    member = by.human in {m[0] for m in found.members}
    day = clock.city_day(at)
    ground = queries.checklist().grounds(day).get(found.ground)
    like = [{"case": c, "outcome": OUTCOMES[c.outcome], "same": [queries.told_feature(f, found.features[f], on=day) for f in c.same]}
            for c in queries.precedents(found.features)]
    subject = queries.is_subject(found.number, by)
    return render(request, "m4_relief/panel.html", {
        "panel": found, "like": like, "member": member, "seats": queries.seats(found, on=day), "subject": subject,
        "may_challenge": subject and not found.away and not found.votes,
        "voted": by.human in found.votes, "outcomes": OUTCOMES.items(), "uid": uid, "ground": ground, "count": len(found.votes),
    })


@require_safe
def precedents(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("relief.desk")
    rows = [{"row": row, "outcome": OUTCOMES[row.outcome],
             "features": [queries.told_feature(k, v, on=clock.city_day(row.at)) for k, v in row.features.items()]}
            for row in queries.all_precedents()]
    return render(request, "m4_relief/precedents.html", {"rows": rows})


@require_POST
def certify(request: HttpRequest, uid: str) -> HttpResponse:
    made = services.issue_certificate(uid, by=actor_of(request), at=clock.now())
    return redirect("m4:certificate", uid=made.uid)


@require_safe
def certificate(request: HttpRequest, uid: str) -> HttpResponse:
    """The file: `ximu-verify` says offline whether it is genuine."""
    found = queries.certificate(uid, by=actor_of(request))
    answer = HttpResponse(ledger.bundle_bytes(queries.bundle(found)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="repair-{found.uid}.json"'
    return answer
