"""Search of published records, the page of one record, and its proof bundle."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ximu.faces.portal.pager import pages_of
from ximu.faces.portal.words import CORE_FIELDS
from ximu.foundation import clock
from ximu.foundation.templatetags.ximu import day as said_day
from ximu.foundation.web import int_of, wants_json
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure import queries as disclosure
from ximu.ideas.ledger import queries as ledger
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

SIZE = 20
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAYS = frozenset({"event_date", "end_date", "decision_date", "final_date"})


def with_states(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each published record with its present status: a dispute shows everywhere at once."""
    states = disclosure.public_states([row["record"] for row in rows], on=clock.today())
    known = {number: {"code": code, "zh": words.zh, "en": words.en} for number, (code, words) in states.items()}
    return [row | {"state": known.get(row["record"])} for row in rows]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """By words, kind and year of what is public; there is no search by a person, and none over anything hidden."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    family = request.GET.get("family", "")
    family = family if family in FAMILIES else ""
    on, year = clock.today(), int_of(request, "year", 0, most=2199)
    districts = {one["uid"]: one["name"] for one in disclosure.public_districts(on=on)}
    district = request.GET.get("district", "")
    chosen = {"family": family, "year": year if year > 1900 else 0,
              "district": district if district in districts or district == disclosure.CITY else ""}
    found = disclosure.public_search(q, on=on, **chosen, page=int_of(request, "page", 1, most=10_000), size=SIZE)
    return render(request, "portal/records.html", {
        "facets": _facets(disclosure.public_facets(q, on=on, **chosen), chosen, districts),
        "q": q, "family": family, "families": FAMILIES, "records": with_states(found["records"]),
        "total": found["total"], "more": found["more"],
        "pages": pages_of(found["page"], SIZE, found["total"]),
    })


def _facets(found: dict[str, list[tuple[Any, int]]], chosen: dict[str, Any], districts: dict[str, str]) -> list[dict[str, Any]]:
    """Each way to narrow the list: its name, its values in words with counts, the one that is chosen."""
    words: dict[str, Any] = {
        "family": lambda code: FAMILIES.get(code, Text(code, code)), "year": lambda year: Text(f"{year}年", str(year)),
        "district": lambda uid: Text("市级", "the city itself") if uid == disclosure.CITY else Text(name := districts.get(uid, uid), name),
    }
    names = {"family": Text("类别", "Kind"), "year": Text("年份", "Year"), "district": Text("区", "District")}
    return [{"code": code, "name": names[code], "chosen": chosen[code], "values": [
        {"value": value, "words": words[code](value), "count": count, "chosen": value == chosen[code]} for value, count in rows]}
        for code, rows in found.items()]


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    on = clock.today()
    try:
        shown = disclosure.public_record(number, on=on)
    except Refusal as refusal:
        if refusal.code != "REC-NONE" or wants_json(request):
            raise
        return _not_public(request, refusal)
    day = date.fromisoformat(shown["event_date"])
    edition = catalogue.edition_in_force(day)
    item = catalogue.items_of(edition.number).get(shown["item"]) if edition else None
    titles = _titles(item.body) if item else {}
    days = {f.name for f in item.schema.fields if f.type == "date"} if item and item.list == "data" else set()
    names = disclosure.public_names([str(v) for k, v in shown["fields"].items() if k in ("subject", "source")], on=day)
    return render(request, "portal/record.html", {
        "record": with_states([shown])[0], "edition": edition, "item": item, "family": FAMILIES[shown["family"]],
        "fields": [(titles.get(name) or CORE_FIELDS.get(name) or Text(name, name), name,
                    catalogue.called(value, edition.number) if name == "behaviour" and value and edition
                    else _said(name, value, names, days | DAYS)) for name, value in shown["fields"].items()],
        "history": disclosure.public_history(shown["record"], on=on), "key": ledger.key(),
        "stage": disclosure.policy_on(day).stages.get(shown["stage"]), "document": shown["fields"].get("document_number"),
        "file": f"ximu-{shown['record']}.json",
    })


def _not_public(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Why a number may open nothing: the same page for a record that is closed, that is hidden, and that never was."""
    frame = {"refusal": refusal, "policy": disclosure.policy_on(clock.today())}
    answer = render(request, "portal/not_public.html", frame, status=refusal.status)
    answer.refusal = refusal  # type: ignore[attr-defined]
    return answer


@require_safe
def bundle(request: HttpRequest, number: str) -> HttpResponse:
    """The file to take home. Its name is the record's public number."""
    made = disclosure.public_bundle(number, on=clock.today())
    response = HttpResponse(ledger.bundle_bytes(made), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="ximu-{made["entry"]["record"]}.json"'
    response["Cache-Control"] = "no-cache"
    return response


def _titles(body: Any) -> dict[str, Text]:
    return {f["name"]: Text(f["title"], f.get("title_en") or f["title"]) for f in body.get("schema", {}).get("fields", [])}


def _said(name: str, value: Any, names: dict[str, str], days: Collection[str]) -> Any:
    if value in (None, ""):
        return None
    if name in ("state", "family"):
        return {**disclosure.STATE_WORDS, **FAMILIES}.get(str(value), value)
    if name in days and ISO_DAY.fullmatch(str(value)):
        return said_day(str(value))
    return names.get(str(value), value)
