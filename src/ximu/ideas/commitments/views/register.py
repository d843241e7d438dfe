"""The register of promises: the list, a new one, one with its whole history and what happens next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock, files
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of, kept_file
from ximu.ideas.commitments import queries, rules, services
from ximu.ideas.registry import queries as registry
from ximu.kernel import codes
from ximu.kernel.refusal import Refusal, absent

ON_A_PAGE = 50
MOST_BYTES = 20 << 20
SEE = "commitments.see"
COLUMNS = (*services.TERMS, *services.TARGET, "kind", "made_on", "reference", "domain", "why", "to", "to_kind", "to_code", "post",
           "official")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All promises, filtered by kind, state, unit (with what its forebears promised), area, words and due day."""
    actor = actor_of(request)
    actor.must(SEE)
    on, given = clock.today(), {name: request.GET.get(name, "").strip()[:60] for name in ("kind", "state", "domain", "q", "unit", "flag")}
    due_by = rules.day_of(request.GET.get("due_by", ""), "due_by")
    unit = _unit(given["unit"], on) if given["unit"] else ""
    rows = queries.commitments(kind=given["kind"], state=given["state"], domain=given["domain"], text=given["q"], unit=unit, due_by=due_by,
                               flag=given["flag"], on=on)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "commitments/index.html", {
        "page": page, "rows": [_line(row, on) for row in page], "given": given, "due_by": due_by, "kinds": queries.kinds(),
        "states": rules.STATES, "counts": {state: queries.counts_by_state().get(state, 0) for state in rules.STATES},
        "may_register": actor.can("commitments.register"), "may_evaluate": actor.can("commitments.evaluate"),
        "last": next(iter(queries.evaluations(1)), None),
    })


def _line(row: Any, on: Any) -> dict[str, Any]:
    return {"row": row, "kind": queries.kind(row.kind).name, "state": rules.STATES[row.state], "percent": round(row.progress * 100),
            "unit": registry.name(queries.owner(row, on), as_of=on, short=True)}


def _unit(text: str, on: Any) -> str:
    """A uid of the registry, or a name."""
    return text if registry.unit(text, as_of=on) else registry.named(text, as_of=on)


def new(request: HttpRequest) -> HttpResponse:
    """The form; a vague promise comes back with the missing part named and nothing lost. `check` only tests it."""
    actor = actor_of(request)
    actor.must("commitments.register")
    typed = request.POST or request.GET
    given = {name: typed.get(name, "").strip() for name in (*COLUMNS, "unit")}
    matters = request.POST.getlist("matters")
    shown: dict[str, Any] = {
        "given": given, "matters": matters, "kinds": queries.kinds(), "powers": queries.procedure().powers, "parts": rules.PARTS,
        "unit_name": registry.name(actor.unit, as_of=clock.today()) if actor.unit else "",
    }
    if request.method != "POST":
        return render(request, "commitments/new.html", shown)
    try:
        made_on = rules.day_of(given["made_on"], "made_on") or clock.today()
        unit = _unit(given["unit"], made_on) if given["unit"] else actor.unit or ""
        promise = services.promise_of({**given, "made_on": made_on.isoformat(), "matters": "|".join(matters)}, unit=unit)
        if request.POST.get("act") == "check":
            flags = services.check(promise, today=clock.today())
            return render(request, "commitments/new.html", {**shown, "flags": flags, "checked": True})
        uid = services.register(promise, by=actor, at=clock.now())
    except Refusal as refusal:
        if refusal.status not in (404, 409, 422):
            raise
        return render(request, "commitments/new.html", {**shown, "refusal": refusal}, status=refusal.status)
    messages.success(request, t("已登记。", "Registered."))
    return redirect("commitments:one", uid)


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    """One promise: facts, state with reasons, what happens next, all versions, evidence, disputes, the whole history."""
    actor = actor_of(request)
    actor.must(SEE)
    row, on = queries.row(uid), clock.today()
    as_of = rules.day_of(request.GET.get("as_of", ""), "as_of") or on
    status = queries.status(uid, as_of=as_of, known_at=clock.now())
    carrier = queries.owner(row, as_of)
    found = queries.facts(row)
    may = {name: actor.can(f"commitments.{name}", row.unit if name in ("prove", "change") else None)
           for name in ("prove", "accept", "change", "counterpart")}
    return render(request, "commitments/one.html", {
        "row": row, "kind": queries.kind(row.kind), "status": status, "state": rules.STATES[status.state], "as_of": as_of,
        "percent": round(status.judgement.progress * 100), "terms": status.terms, "may": may, "offers": found.offers.values(),
        "matters": [queries.procedure().powers[m] for m in status.terms.matters], "flags": _flags(row, status.terms),
        "unit": registry.name(row.unit, as_of=row.made_on), "post": _post(row, whole=actor.can("commitments.people", row.unit)),
        "carrier": registry.name(carrier, as_of=as_of) if carrier != row.unit else "",
        "versions": _versions(row), "disputes": found.disputes.values(), "history": queries.history(row), "open": row.state in rules.OPEN,
        "counterpart": queries.counterpart(row) if actor.can("commitments.people", row.unit) else None,
        "reasons": queries.procedure().reasons, "papers": [p | {"kept": files.is_kept(p["digest"])} for p in queries.papers(row)],
    })


def _post(row: Any, *, whole: bool) -> str:
    """The post in which it was promised; for those who may see people, with the number of whoever held it."""
    title = next((one.title for one in registry.posts(row.unit) if one.uid == row.post), "")
    servant = registry.official(row.official) if whole and row.official else None
    return f"{title}（{servant.number}）" if servant else title


@require_POST
def give_key(request: HttpRequest, uid: str) -> HttpResponse:
    """The code of the counterpart, shown once."""
    code = services.give_key(uid, by=actor_of(request), at=clock.now())
    place = request.build_absolute_uri(reverse("counterpart:mine"))
    return render(request, "commitments/key.html", {"code": codes.shown_code(code), "uid": uid, "place": place})


@require_safe
def paper(request: HttpRequest, uid: str, digest: str) -> HttpResponse:
    """A paper of a step, always as a download. Errors: `PAPER-NONE` for one that is not of this promise."""
    row = queries.row(uid)
    actor_of(request).must(SEE, row.unit)
    if digest not in {p["digest"] for p in queries.papers(row)} or not files.is_kept(digest):
        raise absent("PAPER-NONE", field="digest", value=digest[:16], zh="份材料", en="paper")
    return kept_file(digest)


def _flags(row: Any, terms: rules.Terms) -> list[Any]:
    unit = registry.unit(row.unit, as_of=row.made_on)
    return rules.flags_of(terms, queries.procedure(), unit_kind=unit.kind if unit else "", unit_level=unit.level if unit else "")


def _versions(row: Any) -> list[dict[str, Any]]:
    reasons = queries.procedure().reasons
    return [{"number": n, "since": since, "terms": terms, "detail": detail, "reason": reasons.get(detail.get("reason", ""))}
            for n, since, terms, detail in queries.versions(row)]


@require_POST
def act(request: HttpRequest, uid: str) -> HttpResponse:
    """Evidence, its acceptance, confirmation, dispute, answer, declaring that one will not perform."""
    given, acting = request.POST, {"by": actor_of(request), "at": clock.now()}
    what = given.get("act", "")
    reason, words = given.get("reason", ""), given.get("words", "")
    if what == "offer":
        day = rules.day_of(given.get("day", ""), "day") or clock.today()
        value = rules.number_of(given.get("value", ""), "value")
        until = rules.day_of(given.get("valid_until", ""), "valid_until")
        services.offer(uid, day=day, value=rules.terms.ONE if value is None else value, valid_until=until, note=given.get("note", ""),
                       digest=_paper(request, "commitments.prove"), **acting)
    elif what == "accept":
        services.accept(uid, evidence=given.get("evidence", ""), **acting)
    elif what == "reject":
        services.reject(uid, evidence=given.get("evidence", ""), reason=reason, **acting)
    elif what == "confirm":
        services.confirm(uid, words=words, digest=_paper(request, "commitments.counterpart"), **acting)
    elif what == "dispute":
        services.dispute(uid, words=words, digest=_paper(request, "commitments.counterpart"), **acting)
    elif what == "answer":
        services.answer(uid, dispute=given.get("dispute", ""), outcome=given.get("outcome", ""), reason=reason,
                        digest=_paper(request, "commitments.prove"), **acting)
    elif what == "decline":
        services.decline(uid, words=words, digest=_paper(request, "commitments.change"), **acting)
    else:
        raise _no_act(what, "offer accept reject confirm dispute answer decline")
    return _done(request, uid)


@require_POST
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """A change, a replacement or a withdrawal, each by a decision."""
    given, acting = request.POST, {"by": actor_of(request), "at": clock.now()}
    on = rules.day_of(given.get("on", ""), "on")
    decision = services.Decision(given.get("reason", ""), given.get("basis", ""), _paper(request, "commitments.change"),
                                 given.get("compensation", ""), given.get("words", ""))
    what = given.get("act", "")
    if what == "replace":
        services.replace(uid, follower=given.get("follower", "").strip(), decision=decision, on=on, **acting)
    elif what == "withdraw":
        services.withdraw(uid, decision=decision, on=on, **acting)
    elif what == "change":
        services.change(uid, terms=_changed(request, uid), decision=decision, on=on, **acting)
    else:
        raise _no_act(what, "change replace withdraw")
    return _done(request, uid)


def _no_act(what: str, known: str) -> Refusal:
    return Refusal("ACT-NONE", field="act", value=what[:20], rule=known, zh="没有这种操作。", en="There is no such act.")


def _changed(request: HttpRequest, uid: str) -> rules.Terms:
    """The terms in force with what the form gives anew; fields left empty stay."""
    held = rules.to_json(queries.facts(queries.row(uid)).terms)
    fresh = {name: value for name in services.TERMS if (value := request.POST.get(f"new_{name}", "").strip())}
    if held["target"] and (value := request.POST.get("new_value", "").strip()):
        held["target"]["value"] = value
    return rules.from_json({**held, **fresh})


def _paper(request: HttpRequest, permission: str) -> str:
    """The digest of the paper: of the file that was sent, which is kept, or the one typed in."""
    actor_of(request).must(permission)
    sent = request.FILES.get("file")
    if isinstance(sent, UploadedFile) and sent.size:
        digest, _ = files.keep(sent.chunks(), most_bytes=MOST_BYTES)
        return digest
    return services.named(request.POST.get("digest", "").strip(), "", by=actor_of(request))


@require_POST
def evaluate(request: HttpRequest) -> HttpResponse:
    done = services.evaluate(by=actor_of(request), at=clock.now())
    told = t("已判定：{n}项状态变动，{late}项逾期。", "Judged: {n} turned, {late} overdue.", n=done.turned, late=done.overdue)
    messages.success(request, told)
    return redirect("commitments:index")


def _done(request: HttpRequest, uid: str) -> HttpResponse:
    messages.success(request, t("已办理。", "Done."))
    return redirect(reverse("commitments:one", args=[uid]))
