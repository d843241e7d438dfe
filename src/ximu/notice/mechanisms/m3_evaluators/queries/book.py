"""Evaluators, engagements, snapshots, evaluations; and by which dated limits."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules import Term, Terms, begin
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.notice.mechanisms.m3_evaluators import rules
from ximu.notice.mechanisms.m3_evaluators.models import Declared, Engagement, Evaluation, Evaluator, Snapshot, Survey
from ximu.notice.mechanisms.m3_evaluators.rules import interests

ROLE = "evaluator"
Payments = Callable[[str], list[tuple[str, str]]]
_payments: dict[str, Payments] = {}


def register_payments(name: str, provider: Payments) -> None:
    """Called by `config/wiring.py`: `provider(USCC of the evaluator)` → (uid of a unit that paid it, where that is known from)."""
    _payments[name] = provider


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a pack that evaluators may be given: which `fields`; `rows(units, first, last, known_at=)`, each row with
    `ref`, `unit`, `body`."""

    fields: frozenset[str]
    rows: Callable[..., list[dict[str, Any]]]


_facts: dict[str, Facts] = {}


def register_facts(name: str, found: Facts) -> None:
    """Called by `config/wiring.py`: beside the list's items (CF …) an engagement may grant fields of `name`."""
    _facts[name] = found


def facts_of(name: str) -> Facts | None:
    return _facts.get(name)


@cache
def _terms() -> Terms:
    return Terms(tomllib.loads((Path(__file__).parents[1] / "parameters.toml").read_text("utf-8")))


def term(code: str, on: date) -> Term:
    return _terms().on(code, on)


def due_of(since: date) -> date:
    """The last day on which units may comment. Errors: `CAL-NONE`."""
    return begin(term("EVAL-COMMENT", since), since, cases.calendar()).due.day


def limits(on: date) -> rules.Limits:
    least, largest, share, p = (term(code, on).value for code in ("EVAL-CELL", "EVAL-NK-N", "EVAL-NK-K", "EVAL-P"))
    return rules.Limits(least, largest, Decimal(share), Decimal(p))


def evaluators() -> list[Evaluator]:
    return list(Evaluator.objects.order_by("name", "pk"))


def evaluator(uid: str) -> Evaluator:
    """Errors: `EVAL-NONE`."""
    found = Evaluator.objects.filter(uid=uid).first() or Evaluator.objects.filter(code=uid).first()
    if found is None:
        raise absent("EVAL-NONE", field="evaluator", value=uid[:18], zh="家评价机构", en="evaluator")
    return found


def declared(of: Evaluator) -> interests.Declaration:
    """What the institute says now."""
    return interests.read(of.declarations.order_by("-pk")[0].body)


def declarations(of: Evaluator) -> list[Declared]:
    return list(of.declarations.all())


def engagements() -> list[Engagement]:
    return list(Engagement.objects.select_related("evaluator").order_by("-pk"))


def engagement(uid: str) -> Engagement:
    """Errors: `EVAL-NONE`."""
    found = Engagement.objects.select_related("evaluator").filter(uid=uid).first()
    if found is None:
        raise absent("EVAL-NONE", field="engagement", value=uid[:16], zh="项评价委托", en="engagement")
    return found


def snapshot(uid: str) -> Snapshot:
    """Errors: `EVAL-NONE`."""
    found = Snapshot.objects.select_related("engagement__evaluator").filter(uid=uid).first()
    if found is None:
        raise absent("EVAL-NONE", field="snapshot", value=uid[:16], zh="份数据快照", en="snapshot")
    return found


def snapshots(of: Engagement) -> list[Snapshot]:
    return list(of.snapshots.all())


def surveys(of: Engagement) -> list[Survey]:
    return list(of.surveys.order_by("code"))


def evaluation(uid: str) -> Evaluation:
    """Errors: `EVAL-NONE`."""
    found = Evaluation.objects.select_related("snapshot__engagement__evaluator").filter(uid=uid).first()
    if found is None:
        raise absent("EVAL-NONE", field="evaluation", value=uid[:16], zh="项评价结果", en="evaluation")
    return found


def evaluations(of: Engagement | None = None, *, state: str = "") -> list[Evaluation]:
    """Newest first, of one engagement or of all."""
    rows = Evaluation.objects.select_related("snapshot__engagement__evaluator").defer("inner")
    rows = rows.filter(snapshot__engagement=of) if of else rows
    return list(rows.filter(state=state) if state else rows)


def content_of(of: Snapshot) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(of.content)
    return found


def twin_of(of: Snapshot) -> dict[str, Any]:
    """The made-up twin: anybody may have it who may know of the engagement."""
    return rules.twin(content_of(of), of.twin_seed)


def stands_for(by: Actor, of: Evaluator) -> bool:
    return by.human in of.people


def may_see(by: Actor, uid: str) -> bool:
    """Staff, the institute itself; the units assessed once it was sent; everybody who may see evaluations once it is published."""
    row = evaluation(uid)
    about = row.snapshot.engagement
    if stands_for(by, about.evaluator) or by.can("evaluators.manage") or by.can("evaluators.publish"):
        return True
    if row.state == "published":
        return by.can("evaluators.see")
    return row.state == "sent" and by.unit in about.units and by.can("evaluators.comment", by.unit)


def assessed(units: list[str], on: date) -> Mapping[str, str]:
    """uid → name of the units, of those above them and beneath them: nobody of these pays or has an interest."""
    wanted = set(units)
    everybody = {one.uid: one for one in registry.units(as_of=on)}
    near = {uid for uid, one in everybody.items() if uid in wanted or one.parent in wanted or one.district in wanted}
    above = {everybody[uid].parent for uid in wanted if uid in everybody and everybody[uid].parent in everybody}
    top = {uid for uid in above if not everybody[uid].parent}
    return {uid: everybody[uid].name for uid in (near | above - top) if uid in everybody}


def known_payers(of: Evaluator) -> list[tuple[str, str]]:
    """(unit, where known from): earlier engagements here, and what other rooms know of payments."""
    found = [(row.payer, f"评价委托 {row.contract}") for row in Engagement.objects.filter(evaluator=of)]
    return list(dict.fromkeys([*found, *(one for provider in _payments.values() for one in provider(of.code))]))
