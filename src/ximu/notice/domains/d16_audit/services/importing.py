"""Findings from a file, in the form of the data item SJ-WT: good rows are taken, each with its own case; bad ones are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError

from ximu.foundation import clock
from ximu.ideas.casework import services as casework
from ximu.ideas.intake.services import read_item
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d16_audit import queries, rules
from ximu.notice.domains.d16_audit.models import Audit
from ximu.notice.domains.d16_audit.services.auditing import must_be_bureau
from ximu.notice.domains.d16_audit.services.finding import NewFinding, find, money

MOST_FINDINGS, MOST_PAPERS = 2000, 100
LATER = ("DWYJ", "ZGLX", "ZGQX", "XHRQ")
"""What only the procedure decides: the unit's reply, how and by when it is put right, its closing."""
Row = dict[str, Any]


def find_many(audit: str, path: Path, *, papers: Sequence[Any], by: Actor, at: datetime) -> dict[str, Any]:
    """CSV, XLSX or JSON with the papers that its rows name (by file name or SHA-256). The same file twice adds nothing.

    A row without a paper that was sent along, topic or criterion is `FIND-CRIT`, of another audit `AUD-NONE`, of a unit that is not known
    or not audited `SUBJ-NONE` or `AUD-TARGET`, with a number that stands for something else `FIND-DUP`, with a column of `LATER` filled
    `FIND-LATER`. Errors: `PERM-DENIED`, `AUD-BUREAU`, `AUD-NONE`, `STATE-EDGE` after the report, every `FILE-*` code.
    """
    must_be_bureau(by, at)
    row, day = queries.audit(audit), clock.city_day(at)
    if row.report_on is not None:
        raise rules.reported(row.uid)
    rows, faults = read_item(path, queries.pack().items["SJ-WT"]["schema"], at=at, most=MOST_FINDINGS)
    told: dict[str, Any] = {"rows": len(rows) + len({one["line"] for one in faults}), "new": 0, "same": 0, "faults": list(faults)}
    kept = [one for given in papers[:MOST_PAPERS] if (one := casework.received(given)) is not None]
    named = {name: one for one in kept for name in (one.name, one.digest)}
    covered = [one for one in queries.universe(day) if one.uid in row.covers]
    for one in rows:
        fault = _take(row, one, covered, named, told, by=by, at=at)
        told["faults"] += [{"line": one["line"], "field": fault[0], "code": fault[1]}] if fault else []
    return {**told, "bad": len({one["line"] for one in told["faults"]})}


def _take(
    audit: Audit, one: Row, covered: Sequence[rules.Target], papers: Mapping[str, casework.Upload], told: dict[str, Any], *, by: Actor,
    at: datetime,
) -> tuple[str, str] | None:
    """Enter it, or say which field is at fault."""
    if one["TZWH"] != audit.number:
        return "TZWH", "AUD-NONE"
    if filled := [name for name in LATER if one[name] not in (None, "")]:
        return filled[0], "FIND-LATER"
    unit = _unit(one["BSDW"], one["BSDWDM"] or "", clock.city_day(at))
    target = rules.target_of(unit, covered)
    topic = next((c for c, name in queries.topics().items() if one["WTLB"] in (c, name.zh)), "")
    paper = papers.get(one["ZJZY"]) or papers.get(one["ZJZY"].lower())
    for field, code, good in (("BSDW", "SUBJ-NONE", unit), ("BSDW", "AUD-TARGET", target), ("WTLB", "FIND-CRIT", topic),
                              ("ZJZY", "FIND-CRIT", paper)):
        if not good:
            return field, code
    assert target is not None and paper is not None
    new = NewFinding(target.uid, topic, one["WTBS"], one["DXYJ"], "" if one["JE"] is None else str(one["JE"]), one["WTXH"])
    if before := audit.findings.filter(number=one["WTXH"].strip()).first():
        there = (before.target, before.topic, before.text, before.criterion, before.amount, before.evidence)
        same = there == (target.uid, topic, new.text.strip(), new.criterion.strip(), money(new.amount, "JE"), paper.digest)
        told["same"] += same
        return None if same else ("WTXH", "FIND-DUP")
    try:
        find(audit.uid, new, evidence=paper, by=by, at=at)
    except IntegrityError:
        return "WTXH", "FIND-DUP"
    except Refusal as refusal:
        if refusal.code == "STATE-EDGE":
            raise
        return {"FIND-AMOUNT": "JE", "FIND-CRIT": "DXYJ"}.get(refusal.code, "WTXH"), refusal.code
    told["new"] += 1
    return None


def _unit(name: str, code: str, day: date) -> str:
    try:
        return registry.find(name, as_of=day, code=code)
    except Refusal:
        return ""
