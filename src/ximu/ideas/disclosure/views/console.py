"""Console pages: archives, one record with its history and the reasons of what is shown, work in hand, publications, policy, traces."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import t
from ximu.foundation.web import actor_of
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure import queries, services
from ximu.ideas.disclosure.rules import labels
from ximu.ideas.disclosure.services.publishing import Terms
from ximu.ideas.records import queries as records
from ximu.ideas.records import services as record_services
from ximu.ideas.records.rules import STATES, Facts, Shown
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_or_none
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

MOST_UPLOAD, MOST_CHANGES = 1 << 20, 500
WORK = ("draft", "held", "checked", "notified", "disputed", "effective")
FIRST_WORK = {"records.check": "draft", "records.confirm": "held", "records.notify": "checked", "disclosure.propose": "effective"}
"""Which queue opens first: the one in which this person decides."""
RIGHTS = ("records.check", "records.confirm", "records.notify", "records.decide", "disclosure.propose", "disclosure.approve")


def _clocks(request: HttpRequest) -> tuple[date | None, datetime | None]:
    """Both clocks of a page; what was known on a day is what was known at its end."""
    known = day_or_none(request.GET.get("known_at", ""), "known_at")
    return day_or_none(request.GET.get("as_of", ""), "as_of"), clock.end_of(known) if known and known < clock.today() else None


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1


def _ask_purpose(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A question, and no refusal, to who gave none; whatever else was asked is asked again with the purpose."""
    if refusal.code != "PURPOSE" or "purposes" not in refusal.extra:
        raise refusal
    policy = queries.policy_on(clock.today())
    wanted = [(code, policy.purposes[code]) for code in refusal.extra["purposes"]]
    kept = [(name, value) for name, value in request.GET.items() if name != "purpose"]
    status = 403 if request.GET.get("purpose") else 200
    return render(request, "disclosure/purpose.html", {"purposes": wanted, "refusal": refusal, "kept": kept}, status=status)


def titles(item: str, edition: str) -> dict[str, Text]:
    """The names of a record's fields: the core and those of its list edition."""
    try:
        found = catalogue.items_of(edition).get(item)
    except Refusal:
        found = None
    fields = found.body.get("schema", {}).get("fields", []) if found else []
    return {**labels.CORE, **{f["name"]: Text(f["title"], f.get("title_en") or f["title"]) for f in fields}}


@require_safe
def archives(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("disclosure.read")
    text = request.GET.get("q", "").strip()
    found = registry.search(text, as_of=clock.today(), limit=30) if text else []
    own = actor_of(request).unit
    mine = registry.unit(own, as_of=clock.today()) if own else None
    return render(request, "disclosure/archives.html", {"q": text, "found": found, "mine": mine})


def subjects_of(uid: str, on: date, whole_district: bool) -> tuple[str, list[str]]:
    """The name on the archive and whose records it holds: a unit with its forebears, a district with its units, an official."""
    view = registry.unit(uid, as_of=on)
    if view is None:
        person = registry.official(uid)
        return (t("公务员档案", "A civil servant’s archive"), [uid]) if person else ("", [uid])
    units = [uid]
    if whole_district:
        units += [u.uid for u in registry.units(as_of=on, district=uid)]
    elif view.living:
        units = registry.forebears(uid, on)
    return view.name, list(dict.fromkeys(units))


@require_safe
def archive(request: HttpRequest, uid: str) -> HttpResponse:
    as_of, known_at = _clocks(request)
    district = request.GET.get("scope") == "district"
    name, subjects = subjects_of(uid, as_of or clock.today(), district)
    try:
        view, found = services.look_archive(
            subjects, by=actor_of(request), purpose=request.GET.get("purpose", ""), as_of=as_of, known_at=known_at,
            family=request.GET.get("family", ""), page=_page(request), at=clock.now(),
        )
    except Refusal as refusal:
        return _ask_purpose(request, refusal)
    rows = [{"facts": row.facts, "shown": {one.name: one for one in row.shown}, "state": STATES[row.facts.state],
             "family": FAMILIES.get(row.facts.family)} for row in found.timeline.rows]
    said = queries.beside([row["facts"].number for row in rows])
    for row in rows:
        row["statement"] = said.get(row["facts"].number)
    return render(request, "disclosure/archive.html", {
        "uid": uid, "name": name or uid, "found": found, "rows": rows, "view": view, "district": district,
        "families": [(code, FAMILIES.get(code), count) for code, count in found.families.items()],
        "family": request.GET.get("family", ""), "purpose": view.policy.purposes.get(view.purpose),
    })


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    as_of, known_at = _clocks(request)
    actor = actor_of(request)
    try:
        view, found = services.look(number, by=actor, purpose=request.GET.get("purpose", ""), as_of=as_of, known_at=known_at,
                                    at=clock.now())
    except Refusal as refusal:
        return _ask_purpose(request, refusal)
    facts = records.facts_of(number, view=view, known_at=known_at or clock.now(), as_of=as_of)
    edition = str(facts.columns.get("edition", ""))
    names = titles(facts.item, edition)
    return render(request, "disclosure/record.html", {
        "found": found, "facts": facts, "view": view, "state": STATES[found.state], "family": FAMILIES.get(facts.family),
        "item": catalogue.called(facts.item, edition),
        "versions": [(v, at, [(names.get(s.name, s.name), s, _in_words(s, facts, edition)) for s in shown])
                     for v, at, shown in reversed(found.versions)],
        "seen_as": [view.policy.audiences[hat.audience].name for hat in view.hats],
        "stages": [(s, labels.STEPS[s.what], STATES[s.before], STATES[s.after]) for s in found.stages],
        "reasons": [(names.get(r["field"], r["field"]), r, labels.OUTCOMES[r["outcome"]], labels.LEVELS[r["level"]])
                    for r in queries.explain(facts, view)],
        "statement": queries.beside([found.number]).get(found.number),
        "may": {right.replace(".", "_"): actor.can(right) for right in RIGHTS}, "policy": view.policy,
        "publications": queries.proposals(numbers=[found.number], state="open") + queries.proposals(numbers=[found.number]),
        "closed": queries.proposals(numbers=[found.number], state="closed"),
        "purpose": view.policy.purposes.get(view.purpose), "open_fields": _open_fields(facts, names),
    })


def _in_words(one: Shown, facts: Facts, edition: str) -> Any:
    """What a code or an identifier stands for, where it is shown; None where the value speaks for itself."""
    if one.outcome != "shown" or one.value in (None, ""):
        return None
    match one.name:
        case "subject":
            return registry.called(one.value, as_of=facts.event_date, whole=True)
        case "source":
            return registry.name(one.value, as_of=facts.event_date)
        case "family" | "state":
            return {**FAMILIES, **STATES}.get(one.value)
        case "behaviour":
            return catalogue.called(one.value, edition)
    return None


def _open_fields(facts: Any, names: dict[str, Text]) -> list[tuple[str, Text]]:
    public = queries.view_as("public", on=clock.today())
    return [(r["field"], names.get(r["field"], Text(r["field"], r["field"]))) for r in queries.explain(facts, public)
            if r["outcome"] == "shown"]


ACTS = ("check", "send_back", "confirm_final", "notify", "make_effective", "revoke")


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One verb on the chosen records; all or none."""
    given, who = request.POST, {"by": actor_of(request), "at": clock.now()}
    numbers, verb = given.getlist("number"), given.get("act", "")
    if verb not in ACTS or not numbers:
        raise Refusal("ACT-NONE", field="act", value=verb, rule=" ".join(ACTS), zh="请选择记录和要办的事项。",
                      en="Choose records and what to do with them.")
    reason = given.get("reason", "")
    more: dict[str, dict[str, Any]] = {
        "send_back": {"reason": reason}, "revoke": {"reason": reason}, "confirm_final": {"ground": reason},
        "notify": {"served_at": _served(given.get("served_on", ""), who["at"]), "manner": given.get("manner", "")},
    }
    done = getattr(record_services, verb)(numbers, **more.get(verb, {}), **who)
    messages.success(request, t("已办理{n}件。", "{n} records done.", n=done))
    return redirect("disclosure:work") if len(numbers) > 1 else redirect("disclosure:record", numbers[0])


def _served(text: str, at: datetime) -> datetime:
    """Service on a day counts from its end; service today from the moment of the act, not one later."""
    day = day_or_none(text, "served_on") or clock.city_day(at)
    return at if day == clock.city_day(at) else clock.end_of(day)


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    actor.must(next(filter(actor.can, FIRST_WORK), "records.check"))
    state = request.GET.get("state", "")
    state = state if state in WORK else next((first for right, first in FIRST_WORK.items() if actor.can(right)), "draft")
    view, page = services.look_work(state, by=actor, batch=request.GET.get("batch", ""), page=_page(request), at=clock.now())
    names = registry.names_on((row.facts.subject, row.facts.event_date) for row in page.rows)
    rows = [{"facts": row.facts, "shown": {one.name: one for one in row.shown}, "family": FAMILIES.get(row.facts.family),
             "subject": names[row.facts.subject, row.facts.event_date]} for row in page.rows]
    return render(request, "disclosure/work.html", {
        "rows": rows, "page": page, "state": state, "states": [(s, STATES[s]) for s in WORK], "view": view,
        "batch": request.GET.get("batch", ""), "may": {right.replace(".", "_"): actor.can(right) for right in RIGHTS},
    })


@require_POST
def propose(request: HttpRequest, number: str) -> HttpResponse:
    given = request.POST
    until = day_or_none(given.get("closes_on", ""), "closes_on")
    terms = Terms(given.get("stage", ""), given.get("basis", ""), given.getlist("field"), given.get("note", ""), until)
    services.propose(number, terms=terms, by=actor_of(request), at=clock.now())
    messages.success(request, t("已提出公开，待另一人批准。", "Proposed; another person must approve it."))
    return redirect("disclosure:record", number)


@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    actor_of(request).must("disclosure.approve")
    state = request.GET.get("state", "proposed")
    state = state if state in labels.PUBLICATION else "proposed"
    found = queries.proposals(state=state, page=_page(request))
    names = registry.names_on((p.subject, p.event_date) for p in found)
    return render(request, "disclosure/publications.html", {
        "rows": [(p, FAMILIES.get(p.family), names[p.subject, p.event_date], fields) for p, fields in zip(found, _field_names(found))],
        "state": state, "states": labels.PUBLICATION.items(),
    })


def _field_names(rows: Sequence[Any]) -> list[list[Text]]:
    """What the public fields of each are called, by the list of its own day; each list is asked once."""
    editions, known = catalogue.editions(), dict[tuple[str, str], dict[str, Text]]()
    found = []
    for row in rows:
        edition = next((one.number for one in reversed(editions) if one.in_force <= row.event_date), "")
        if (row.item, edition) not in known:
            known[row.item, edition] = titles(row.item, edition)
        found.append([known[row.item, edition].get(name, Text(name, name)) for name in row.fields])
    return found


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    given, who = request.POST, {"by": actor_of(request), "at": clock.now()}
    verb = given.get("act", "")
    if verb == "approve":
        services.approve(uid, **who)
    elif verb in {"refuse", "close"}:
        {"refuse": services.refuse, "close": services.close}[verb](uid, reason=given.get("reason", ""), **who)
    else:
        raise Refusal("ACT-NONE", field="act", value=verb, rule="approve refuse close", zh="请选择要办的事项。", en="Choose what to do.")
    messages.success(request, t("已办理。", "Done."))
    return redirect("disclosure:publications")


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """The policy in force; posting another one shows what it would change, and changes nothing."""
    actor_of(request).must("disclosure.read")
    today, compared = clock.today(), None
    if request.method == "POST":
        actor_of(request).must("disclosure.propose")
        sent = request.FILES.get("policy")
        compared = queries.compare_policies(queries.proposed_policy(sent.read(MOST_UPLOAD) if sent else b""), on=today)
    held, stages = queries.policy_on(today), {**compared.old.stages, **compared.new.stages} if compared else {}
    endings, fields = compared.endings if compared else (), _every_field(today)
    return render(request, "disclosure/policy.html", {
        "endings": [(e, FAMILIES.get(e.family), stages.get(e.stage, Text(e.stage, e.stage)), fields.get(e.what, Text(e.what, e.what)))
                    for e in endings],
        "policy": held, "compared": compared,
        "rules": [(r, labels.OUTCOMES[r.outcome], labels.conditions(r, held), labels.PERSONAL.get(r.personal)) for r in held.rules],
        "may": actor_of(request).can("disclosure.propose"),
        "changes": [(c, labels.asker(c.audience, c.purpose, compared.new), fields.get(c.field, Text(c.field, c.field)),
                     labels.OUTCOMES[c.before], labels.OUTCOMES[c.after], STATES[c.state], labels.KINDS[c.kind])
                    for c in compared.changes[:MOST_CHANGES]] if compared else []})


def _every_field(on: date) -> dict[str, Text]:
    """The names of all fields that the lists of that day know, by code."""
    listed = [f for one in catalogue.items("data", on=on) for f in one.body.get("schema", {}).get("fields", [])]
    return {**{f["name"]: Text(f["title"], f.get("title_en") or f["title"]) for f in listed}, **labels.CORE, **labels.WHAT}


def _uses(actor: Actor, request: HttpRequest) -> tuple[list[queries.UseView], int]:
    """Of what is about one's own unit or person; for who delivers, of what the unit delivered."""
    if not actor.can("disclosure.uses") and actor.can("disclosure.uses_sent"):
        rows = queries.uses_of_sent(actor.unit or "", by=actor)
        return rows, len(rows)
    subjects = [g.unit for g in actor.grants if "disclosure.uses" in g.permissions and g.unit]
    wanted = [request.GET["subject"]] if request.GET.get("subject") else subjects or ([actor.unit] if actor.unit else [])
    return queries.uses_of(wanted, by=actor, page=_page(request))


@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows, total = _uses(actor, request)
    known = queries.policy_on(clock.today())
    return render(request, "disclosure/uses.html", {"total": total, "rows": [
        (u, registry.name(u.unit, as_of=clock.today()) if u.unit else "", known.purposes.get(u.purpose),
         known.audiences[u.role].name if u.role in known.audiences else None) for u in rows
    ]})
