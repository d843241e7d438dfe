"""Files of sections, disputes and inquiries (no column for a bidder), and reports that are used in a section while its tender runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.foundation.outbox import announce_many
from ximu.ideas.areas.hooks import Confirmed
from ximu.ideas.casework import queries as cases
from ximu.ideas.credit import queries as credit
from ximu.ideas.credit import services as lodging
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d03_tendering import queries
from ximu.notice.domains.d03_tendering.queries import register

DELIVER = "d03.deliver"
Fault = tuple[int, str, str]
Rows = list[tuple[int, dict[str, Any]]]


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """An objection is answered, and told, by the tenderer of its section; a finding is told for the coordinating office, not by its unit.

    Errors: `PERM-DENIED`, those of `deliver_rows`; of rows `PERM-DENIED` for another's unit or row, `SEQ`, `STD-NONE`, `D03-NONE` …
    """
    by.must(DELIVER, credit.keeper(clock.city_day(at)) if dataset == queries.FINDINGS else None)
    told = deliver_rows(dataset, path, batch=batch, by=by, at=at, judge=_judge(dataset, by, at), right=DELIVER)
    if dataset == queries.FINDINGS:
        tell_confirmed(at=at)
    return told


def tell_confirmed(*, at: datetime) -> int:
    """A confirmed finding that stands is a candidate for the register: it goes the way of all leads, once. With each file and every day."""
    told = [_told(row, at) for row in queries.confirmed(known_at=at)]
    new = [one for one in told if not cases.case_of_key("lead", f"area:{one.reference}")]
    announce_many(new, at=at)
    return len(new)


def _told(row: queries.Row, at: datetime) -> Confirmed:
    words = f"{row['title']}：{row['kind']}（XW-D03-1），{row['decided_on']}认定成立，{row['document']}。"
    return Confirmed(registry.owner_of(row["unit"], clock.city_day(at)), f"招标投标：{row['kind']}"[:120], words, f"D3:{row['finding']}")


def _judge(dataset: str, by: Actor, at: datetime) -> Callable[[Rows], list[Fault]]:
    def judged(rows: Rows) -> list[Fault]:
        found: list[Fault] = []
        if dataset == queries.SECTIONS:
            versions = {one.version: one.since for one in register.standards()}
            found += [(line, "standard", "STD-NONE") for line, row in rows if row["standard"] and not _held(row, versions)]
        if dataset == queries.DISPUTES:
            known = {row["section"]: row for row in queries.sections(known_at=at)}
            found += [(line, "section", "D03-NONE") for line, row in rows if row["section"] not in known]
            found += [(line, "section", "PERM-DENIED") for line, row in rows if row["kind"] == "异议" and row["section"] in known
                      and not by.can(DELIVER, registry.owner_of(known[row["section"]]["unit"], clock.city_day(at)))]
            found += [(line, "raised_on", "SEQ") for line, row in rows
                      if row["section"] in known and row["raised_on"] < known[row["section"]]["notice_on"]]
        return found

    return judged


def _held(row: dict[str, Any], versions: dict[str, Any]) -> bool:
    """A tender applies the version that was in force on the day of its notice, not one to come and not one of the past."""
    begun = [(since, version) for version, since in versions.items() if since <= row["notice_on"]]
    return bool(begun) and max(begun)[1] == row["standard"]


def use_report(report: str, section: str, *, document: str, by: Actor, at: datetime) -> Any:
    """Errors: `D03-NONE`, `PERM-DENIED`, `D03-CLOSED` after the award, of `credit.use`: `REP-EXP`, `REP-REVOKED`, `REP-LEAD`, `ISSUER` …"""
    row, today = queries.section(section, known_at=at), clock.city_day(at)
    unit = registry.owner_of(row["unit"], today)
    by.must(lodging.LODGE, unit)
    if queries.closed(row, today):
        raise Refusal("D03-CLOSED", status=409, field="section", value=section[:40], rule="before the award",
                      zh="该标段已发出中标通知或已终止，不能再使用报告。", en="The section was awarded or ended; no report can be used.")
    matter = lodging.Matter(queries.ROW, row["section"], unit)
    return lodging.use(report, matter, document=document, by=by, at=at)


LOADERS = {name: partial(deliver, name) for name in queries.DATASETS}
DAILY = {"tender_evaded": tell_confirmed}
LEADS = (Confirmed,)
