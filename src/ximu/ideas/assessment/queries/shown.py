"""What of a run is shown to whom? The whole to those who run it, its own draft to a unit, the published one to everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from ximu.ideas.assessment.models import Extract, MethodVersion, Objection, Run
from ximu.ideas.assessment.queries import runs as kept
from ximu.ideas.assessment.queries.comparing import changed
from ximu.ideas.assessment.queries.grading import grading_evidence
from ximu.ideas.assessment.queries.stale import stale, stale_evidence
from ximu.ideas.assessment.rules import frozen, loading
from ximu.ideas.assessment.rules.quality import quality
from ximu.ideas.casework import queries as cases
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.view import View
from ximu.kernel.words import Text

EXTRACTED = "assessment.extract"


def methods() -> list[MethodVersion]:
    return list(MethodVersion.objects.order_by("code", "-added_at"))


def runs() -> list[Run]:
    """The yearly assessment before those of single areas; the newest first."""
    found = Run.objects.select_related("method").defer("data", "attached", "result", "facts").order_by("-period", "-pk")
    return sorted(found, key=lambda run: bool(re.search(AREA, run.method.code)))


def told(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run.result)
    return found


def ranking(run: Run) -> list[dict[str, Any]]:
    """Best first; the interval of the rank always beside the rank."""
    result = told(run)
    doubts = result.get("uncertainty", {}).get("units", {})
    day = run.as_of
    rows = [{"unit": unit, "label": result["labels"][unit], "short": _short(unit, result["labels"][unit], day),
             **seen, "interval": doubts.get(unit)}
            for unit, seen in result["published"].items()]
    return sorted(rows, key=lambda row: (row["rank"] is None, row["rank"] or 0, row["unit"]))


def _short(unit: str, label: str, day: date) -> str:
    found = registry.unit(unit, as_of=day)
    return found.short_name if found else label


def quality_of(run: Run) -> dict[str, Any]:
    """Consistency, correlations, effective weights, leave-one-out."""
    return quality(frozen.rescored(loading.load(run.method.text), run.data))


def names_of(run: Run) -> dict[str, Text]:
    """What the method calls its indicators and the parts that it makes of them."""
    method = loading.load(run.method.text)
    return {one.code: one.name for one in method.nodes} | {one.code: one.name for one in method.indicators}


def seen_by(run: Run, unit: str, by: Actor) -> bool:
    """May this person open the reasons of a unit? Who runs assessments all; a unit its own, once it was sent."""
    if by.can("assessment.run") or by.can("assessment.finish"):
        return True
    if run.state == Run.State.PUBLISHED:
        return by.can("assessment.see")
    return run.state in (Run.State.SENT, Run.State.FINAL) and by.unit == unit and by.can("assessment.object", unit)


def ranks_open(run: Run, by: Actor) -> bool:
    """May this person see the figures of units beside the own one? A draft shows a unit nobody but itself."""
    return by.can("assessment.run") or by.can("assessment.finish") or (run.state == Run.State.PUBLISHED and by.can("assessment.see"))


def own_draft(run: Run, by: Actor) -> list[str]:
    """Units of the run whose draft this person may open."""
    return [unit for unit in told(run)["published"] if seen_by(run, unit, by)]


def objections(run: Run) -> list[Objection]:
    """Those to this run and to the ones that it replaces."""
    return list(Objection.objects.filter(run__in=[run, *kept.replaced(run)]).order_by("pk"))


def open_objections(run: Run) -> list[Objection]:
    return [one for one in objections(run) if cases.case_for(one.case).closed_at is None]


def extracts(run: Run) -> list[Extract]:
    return list(run.extracts.order_by("unit", "pk"))


def extract_of(uid: str) -> Extract:
    """Errors: `EXTRACT-NONE`."""
    found = Extract.objects.filter(uid=uid).first()
    if found is None:
        raise absent("EXTRACT-NONE", field="extract", value=uid[:16], zh="份摘录", en="extract")
    return found


def bundle(of: Extract) -> bytes:
    """The file that `ximu-verify` checks without a network."""
    return ledger.bundle_bytes(ledger.bundle(of.log_index, payload=of.payload, salt=bytes(of.salt)))


def extract_body(row: Extract) -> dict[str, Any]:
    return {"commitment": row.commitment}


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say: acts on methods and runs, grades, extracts."""
    yield from kept.evidence(first, last)
    yield from stale_evidence(first, last)
    yield from grading_evidence(first, last)
    for row in Extract.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index, entry_bytes(EXTRACTED, extract_body(row), row.at), f"考核摘录 {row.uid}"


AREA = r"^[dms][0-9][0-9]$"
"""A method whose code is that of a pack rates one area of the notice; it is shown there and is not the city's yearly assessment."""


def _published(period: str = "", method: str = "") -> Run:
    """The newest published run of the yearly assessment (or of `method`), or that of a period. Errors: `SCORE-NONE`."""
    rows = Run.objects.select_related("method").filter(state=Run.State.PUBLISHED).order_by("-period", "-pk")
    rows = rows.filter(method__code=method) if method else rows.exclude(method__code__regex=AREA)
    found = (rows.filter(period=period) if period else rows).first()
    if found is None:
        raise Refusal("SCORE-NONE", status=404, field="period", value=period[:10], rule="published", zh="没有已公布的考核结果。",
                      en="No result has been published.")
    return found


def public_ranking(view: View, *, period: str = "", method: str = "") -> dict[str, Any]:
    """The provider `assessment`: ranks with their intervals, scores, grades, the method and what it was computed from."""
    run = _published(period, method)
    result = told(run)
    same = Run.objects.filter(state=Run.State.PUBLISHED, method__code=run.method.code)
    periods = same.order_by("-period").values_list("period", flat=True)
    return {"view": view.name, "run": run.uid, "period": run.period, "periods": list(dict.fromkeys(periods)), "pins": result["pins"],
            "digest": run.digest, "method": {"name": Text(run.method.name_zh, run.method.name_en), "version": run.method.version,
                                             "resolution": run.method.resolution, "text": run.method.text},
            "rows": ranking(run), "stale": bool(stale(run))}


def public_unit(view: View, *, unit: str, period: str = "") -> dict[str, Any]:
    """The provider `assessment-unit`: why this score? Parts, weights, steps; how many facts, not which. Errors: `INDEX-UNIT`."""
    run = _published(period)
    found = kept.explained(run.uid, unit)
    facts = {column: len(refs) for column, refs in found.pop("facts").items()}
    try:
        before = kept.same_rule(run.uid, unit)
    except Refusal:
        before = None
    return {"view": view.name, "period": run.period, "digest": run.digest, "reasons": found, "facts": facts, "before": before,
            "changed": _public_change(run, unit) if before else None}


def _public_change(run: Run, unit: str) -> dict[str, Any] | None:
    """Causes of the change since a year that is public too: how many facts came and went, not which."""
    if kept.previous(run).state != Run.State.PUBLISHED:
        return None
    try:
        told = changed(run.uid, unit)
    except Refusal:
        return None
    return {**told, "causes": [{**c, "facts_new": len(c["facts_new"]), "facts_gone": len(c["facts_gone"])} for c in told["causes"]]}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """A unit's draft to be looked at; results to be made final or published by the second person."""
    found: list[TodayItem] = []
    sent = Run.objects.select_related("method").filter(state=Run.State.SENT).defer("data", "attached", "facts")
    for run in sent if actor.unit and actor.can("assessment.object", actor.unit) else ():
        if actor.unit in told(run)["published"]:
            found.append(TodayItem(Text("考核初稿待核对", "draft assessment to look at"), Text(run.method.name_zh, run.method.name_en),
                                   reverse("assessment:unit", args=[run.uid, actor.unit])))
    if actor.can("assessment.finish"):
        for run in Run.objects.filter(state__in=[Run.State.SENT, Run.State.FINAL]).only("uid", "state", "period"):
            what = Text("考核待定稿", "result to be made final") if run.state == Run.State.SENT else Text("考核待公布",
                                                                                                     "result to be published")
            found.append(TodayItem(what, Text(run.period, run.period), reverse("assessment:run", args=[run.uid])))
    return found
