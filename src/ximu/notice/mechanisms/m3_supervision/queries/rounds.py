"""Inspection rounds: what was committed, what was drawn, and can it be drawn again?"""

from __future__ import annotations

from datetime import date
from typing import Any

from ximu.foundation import vault
from ximu.foundation.resealing import Place, text_place
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.notice.mechanisms.m3_supervision import rules
from ximu.notice.mechanisms.m3_supervision.models import Extract, Finding, Round, Visit


def rounds() -> list[Round]:
    return list(Round.objects.order_by("-year", "-pk"))


def round_of(uid: str) -> Round:
    """Errors: `ROUND-NONE`."""
    found = Round.objects.filter(uid=uid).first()
    if found is None:
        raise absent("ROUND-NONE", field="round", value=uid[:16], zh="轮督查", en="inspection round")
    return found


def visits(of: Round) -> list[Visit]:
    return list(of.visits.order_by("pk"))


def visit(uid: str) -> Visit:
    """Errors: `VISIT-NONE`."""
    found = Visit.objects.select_related("round").filter(uid=uid).first()
    if found is None:
        raise absent("VISIT-NONE", field="visit", value=uid[:16], zh="次现场督查", en="visit")
    return found


def speaks_for(by: Actor, unit: str, *, on: date) -> bool:
    """Is this somebody of the unit that was inspected, or of the one that carries its duties now?"""
    if not by.unit or not by.can("inspection.reply", by.unit):
        return False
    try:
        return by.unit in {unit, registry.owner_of(unit, on=on)}
    except Refusal:
        return by.unit == unit


def findings(of: Visit) -> list[Finding]:
    return list(of.findings.all())


def finding(uid: str) -> Finding:
    """Errors: `FIND-NONE`."""
    found = Finding.objects.select_related("visit__round").filter(uid=uid).first()
    if found is None:
        raise absent("FIND-NONE", field="finding", value=uid[:16], zh="个问题", en="finding")
    return found


def seed_of(of: Round) -> bytes:
    """The sealed seed: for the draw only."""
    return bytes.fromhex(vault.unseal(of.sealed, about=f"round:{of.uid}"))


def sealed_places() -> list[Place]:
    return [text_place(Round, "sealed", lambda row: f"round:{row.uid}")]


def redraw(of: Round) -> dict[str, Any]:
    """What anybody can compute anew from what was published: the commitment, the root of the log, the sample."""
    seed = bytes.fromhex(of.seed) if of.seed else b""
    root = ledger.root_at(of.root_size) if of.root_size is not None else b""
    again = rules.sample(of.population, of.size, rules.final_seed(seed, root)) if of.seed else []
    return {
        "round": of.uid, "population": of.population, "size": of.size, "commitment": of.commitment, "commit_index": of.commit_index,
        "seed": of.seed, "root": root.hex(), "root_size": of.root_size, "sample": of.sample, "redrawn": again,
        "commitment_holds": bool(of.seed) and rules.commitment_of(seed, of.population) == of.commitment,
        "root_holds": bool(of.root) and root.hex() == of.root and rules.later(of.commit_index, of.root_size),
        "sample_holds": bool(of.seed) and again == of.sample,
    }


def extracts(of: Round) -> list[Extract]:
    return list(of.extracts.order_by("unit"))


def extract_of(uid: str) -> Extract:
    """Errors: `EXTRACT-NONE`."""
    found = Extract.objects.filter(uid=uid).first()
    if found is None:
        raise absent("EXTRACT-NONE", field="extract", value=uid[:16], zh="份摘录", en="extract")
    return found


def bundle(of: Extract) -> bytes:
    """The file that `ximu-verify` checks without a network."""
    return ledger.bundle_bytes(ledger.bundle(of.log_index, payload=of.payload, salt=bytes(of.salt)))


def payload_of(of: Visit, *, on: Any) -> dict[str, Any]:
    """Findings as they go to the performance office: never without the unit's reply."""
    return {
        "extract": "政务诚信督查摘录", "round": of.round.title, "year": of.round.year, "unit": of.unit,
        "name": registry.name(of.unit, as_of=on), "sample_seed": of.round.seed, "marks": {code: m["verdict"] for code,
                                                                                          m in of.marks.items()},
        "findings": [{"item": f.item, "criterion": f.criterion, "condition": f.condition, "cause": f.cause, "effect": f.effect,
                      "evidence": f.evidence, "reply": f.reply, "reply_late": f.reply_late, "replied": f.replied_at is not None}
                     for f in findings(of)],
    }
