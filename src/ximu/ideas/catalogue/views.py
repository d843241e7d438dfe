"""The lists desk: editions, drafts, review, conflicts, publication; the edition page with its differences; the item page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import english, say, t
from ximu.foundation.web import actor_of
from ximu.ideas.catalogue import queries, services
from ximu.ideas.catalogue.rules import BASIS_LEVELS, KIND_WORDS, LEVELS, LISTS, forms, sheets
from ximu.ideas.registry import queries as registry
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

SEE = "catalogue.desk"
DRAFT_ACTS = ("submit", "accept", "return", "withdraw", "object", "revise")
EDITION_ACTS = ("merge", "publish", "settle")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    actor.must(SEE)
    found = queries.editions(drafts=True)
    return render(request, "catalogue/index.html", {
        "editions": found[::-1], "published": [e for e in found if e.published], "may_open": actor.can("catalogue.merge"),
        "in_force": queries.edition_in_force(clock.today()),
    })


@require_POST
def open_edition(request: HttpRequest) -> HttpResponse:
    given = request.POST
    number = given.get("number", "").strip()
    services.open_edition(number, in_force=_day(given.get("in_force", "")), copy_from=given.get("copy_from", ""), **_acting(request))
    return _done(request, "catalogue:edition", number)


def bases(request: HttpRequest) -> HttpResponse:
    """The register of legal texts; posting registers one, or a new version of one."""
    actor = actor_of(request)
    actor.must(SEE)
    if request.method != "POST":
        known = queries.bases()
        return render(request, "catalogue/bases.html", {
            "bases": known.values(), "levels": BASIS_LEVELS, "may": actor.can("catalogue.merge"),
            "chosen": known.get(request.GET.get("code", "")),
            "english_title": queries.basis_titles().get(request.GET.get("code", ""), "")})
    given = request.POST
    ends = given.get("repealed_on", "").strip()
    values = {**{name: given.get(name, "").strip() for name in ("title", "title_en", "number")},
              "level": given.get("level", ""), "in_force_on": _day(given.get("in_force_on", "")),
              "repealed_on": _day(ends, "repealed_on") if ends else None, "empowers": forms.words_of(given.get("empowers", "")),
              "to_be_confirmed": bool(given.get("to_be_confirmed"))}
    services.register_basis(given.get("code", "").strip(), values=values, **_acting(request))
    messages.success(request, t("已办理。", "Done."))
    return redirect("catalogue:bases")


@require_safe
def edition(request: HttpRequest, number: str) -> HttpResponse:
    """A published edition as its three tables; one in the making as a desk."""
    actor = actor_of(request)
    actor.must(SEE)
    view = queries.edition(number, drafts=True)
    if not view.published:
        desk = queries.desk(number)
        return render(request, "catalogue/desk.html", {
            "edition": view, **desk, "lists": LISTS, "may": _rights(request, ("draft", "merge", "publish")),
            "backdated": view.in_force < clock.today(),
        })
    chosen = request.GET.get("list", "data")
    shown = chosen if chosen in LISTS else "data"
    others = [e for e in queries.editions() if e.number != number]
    rows = [i for i in queries.items_of(number).values() if i.list == shown]
    return render(request, "catalogue/edition.html", {
        "edition": view, "lists": LISTS, "shown": shown, "rows": rows, "others": others, "formats": queries.FORMATS, "levels": LEVELS})


@require_POST
def edition_act(request: HttpRequest, number: str) -> HttpResponse:
    given = request.POST
    act = _known(given.get("act", ""), EDITION_ACTS)
    if act == "merge":
        services.merge(number, **_acting(request))
    elif act == "publish":
        services.publish(number, backdated=given.get("backdated", ""), **_acting(request))
    else:
        services.settle_owner(number, keep=given.get("keep", ""), reason=given.get("reason", ""), **_acting(request))
    return _done(request, "catalogue:edition", number)


def new(request: HttpRequest, number: str) -> HttpResponse:
    """The form for a new item; posting it drafts the item for the unit of the person."""
    actor = actor_of(request)
    actor.must("catalogue.draft")
    view = queries.edition(number, drafts=True)
    if request.method != "POST":
        chosen = request.GET.get("list", "")
        parts = forms.parts_of(chosen, {}, bases=_bases()) if chosen in LISTS else []
        return render(request, "catalogue/new.html", {"edition": view, "lists": LISTS, "chosen": chosen if parts else "", "parts": parts})
    given, owner = request.POST, request.POST.get("owner") or actor.unit or ""
    unit = registry.unit(owner, as_of=view.in_force)
    if unit is None:
        raise Refusal("LIST-UNIT", field="owner", value=owner[:16], rule="registry", zh="请选择登记册中的责任单位。",
                      en="Choose an owner from the registry.")
    uid = services.draft(number, list_=given.get("list", ""), code=given.get("code", "").strip(), body=_body(given, given.get("list", "")),
                         owner=owner, owner_name=unit.short_name or unit.name, **_acting(request))
    return _done(request, "catalogue:draft", uid)


@require_safe
def draft(request: HttpRequest, uid: str) -> HttpResponse:
    actor_of(request).must(SEE)
    row = queries.draft_item(uid)
    return render(request, "catalogue/draft.html", {
        "row": row, "parts": forms.parts_of(row.list, row.body, bases=_bases()),
        "steps": queries.steps_of(uid), "text": json.dumps(row.body, ensure_ascii=False, indent=1),
        "objections": queries.objections_of(uid), "may": _rights(request, ("draft", "review", "object", "merge"), row.owner),
        "with_unit": row.state in ("draft", "returned"), "open": row.edition.state != "published",
    })


@require_POST
def draft_act(request: HttpRequest, uid: str) -> HttpResponse:
    given, acting = request.POST, _acting(request)
    act, reason = _known(given.get("act", ""), DRAFT_ACTS), given.get("reason", "")
    if act == "submit":
        services.submit(uid, **acting)
    elif act == "accept":
        services.accept(uid, **acting)
    elif act == "return":
        services.send_back(uid, reason=reason, **acting)
    elif act == "withdraw":
        services.withdraw(uid, reason=reason, **acting)
    elif act == "object":
        services.object_to(uid, unit=actor_of(request).unit or "", reason=reason, **acting)
    else:
        row = queries.draft_item(uid)
        services.revise(uid, body=_body(given, row.list, row.body), **acting)
    return _done(request, "catalogue:draft", uid)


@require_POST
def answer(request: HttpRequest, uid: str) -> HttpResponse:
    given = request.POST
    services.answer(uid, upheld=given.get("upheld") == "yes", words=given.get("words", ""), **_acting(request))
    return _done(request, "catalogue:draft", given.get("item", ""))


@require_safe
def item(request: HttpRequest, number: str, code: str) -> HttpResponse:
    actor_of(request).must(SEE)
    found = queries.must_be_listed(code, number)
    canonical = queries.canonical_edition(number)
    head, rows = sheets.table_of({**canonical, "items": [i for i in canonical["items"] if i["code"] == code]}, found.list,
                                 queries.unit_names(canonical), language="en" if english() else "zh")
    return render(request, "catalogue/item.html", {
        "item": found, "facts": [(Text(name, sheets.HEADS[name]), value) for name, value in zip(head, rows[0], strict=True)],
        "edition": queries.edition(number), "history": queries.history(code),
        "fields": found.schema.fields if found.list == "data" else (), "levels": LEVELS, "kinds": KIND_WORDS,
    })


@require_safe
def changes(request: HttpRequest, number: str, old: str) -> HttpResponse:
    actor_of(request).must(SEE)
    language = "en" if english() else "zh"
    head, rows = sheets.changes_table(queries.compare(old, number), language=language, bases=queries.basis_titles(language))
    counts = {kind: len({row[2] for row in rows if row[0] == kind}) for kind in map(say, sheets.KINDS.values())}
    return render(request, "catalogue/changes.html", {
        "new": queries.edition(number), "old": queries.edition(old), "head": head, "rows": rows, "counts": counts})


@require_safe
def file(request: HttpRequest, number: str, form: str) -> HttpResponse:
    actor_of(request).must(SEE)
    return _file(queries.edition_file(number, form, list_=request.GET.get("list", "data")))


@require_safe
def changes_file(request: HttpRequest, number: str, old: str, form: str) -> HttpResponse:
    actor_of(request).must(SEE)
    return _file(queries.diff_file(old, number, form))


def _acting(request: HttpRequest) -> dict[str, Any]:
    return {"by": actor_of(request), "at": clock.now()}


def _rights(request: HttpRequest, names: tuple[str, ...], unit: str | None = None) -> dict[str, bool]:
    actor = actor_of(request)
    return {name: actor.can(f"catalogue.{name}", unit if name in ("draft", "review") else None) for name in names}


def _done(request: HttpRequest, name: str, key: str) -> HttpResponse:
    messages.success(request, t("已办理。", "Done."))
    return redirect(name, key)


def _day(text: str, field: str = "in_force") -> date:
    return day_of(text, field)


def _known(act: str, acts: tuple[str, ...]) -> str:
    if act not in acts:
        raise Refusal("ACT-NONE", field="act", value=act[:20], rule=" ".join(acts), zh="没有这种操作。", en="There is no such act.")
    return act


def _bases() -> dict[str, Text]:
    english = queries.basis_titles()
    return {code: Text(f"{code} {b.title}", f"{code} {english[code]}") for code, b in queries.bases().items()}


def _body(given: QueryDict, list_: str, old: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The item as the form says it, or whole as JSON for those who prefer that."""
    text = given.get("body", "")
    if not text:
        _known(list_, tuple(LISTS))
        return forms.body_from(list_, given, old=old)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refusal("LIST-JSON", field="body", value="", rule="JSON", zh="条目内容不是正确的JSON。",
                      en="The item is not proper JSON.") from error
    if not isinstance(value, dict):
        raise Refusal("LIST-JSON", field="body", value="", rule="{…}", zh="条目内容应为JSON对象。", en="The item must be a JSON object.")
    return value


def _file(made: queries.File) -> HttpResponse:
    response = HttpResponse(made.content, content_type=made.kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
