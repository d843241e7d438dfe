"""Verbs of partnership projects: a delivery, a breach that is found and becomes final by a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from ximu.foundation import clock
from ximu.foundation.outbox import announce
from ximu.ideas.areas.hooks import Confirmed
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.commitments import services as promises
from ximu.ideas.intake.services import deliver_whole
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d02_ppp import rules
from ximu.notice.domains.d02_ppp.models import Breach
from ximu.notice.domains.d02_ppp.queries import register

DELIVER, FIND = "d02.deliver", "d02.find"
Row = dict[str, Any]
Rows = list[tuple[int, Row]]


def deliver(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """A file of projects, decisions, obligations, payments, disclosures or spending; the whole file or nothing.

    What is told of a project is told for its implementing body, too, a payment for who owes it: nobody adds to a stranger's project.
    Obligations enter the register of promises, payments are measured against them. Errors: `PERM-DENIED`, `PPP-NONE`, `PPP-STEP`,
    `PPP-DUTY`, `PPP-FIELD`, `DATE-ORDER`, those of `commitments.register_many` and `commitments.measure_parts`, and those of
    `intake.deliver_whole`: `ROWS-BAD`, `RESTATE-BASIS`, `FILE-*`, `EVT-BATCH`.
    """
    by.must(DELIVER)
    found = register.book(clock.city_day(at), known_at=at)

    def check(rows: Rows) -> None:
        for line, row in rows:
            _must_deliver(by, row["unit"], found.as_of)
            if dataset not in (register.PROJECTS, register.BUDGETS):
                CHECKS.get(dataset, _known)(found, line, row)
                paid = found.duties.get(register.reference(row["project"], row["duty"])) if dataset == register.PAYMENTS else None
                _must_deliver(by, (paid or found.projects[row["project"]])["unit"], found.as_of)
        if follow := FOLLOWS.get(dataset):
            follow(found, rows, by=by, at=at)

    with transaction.atomic():
        told = deliver_whole(dataset, path, batch=batch, check=check, by=by, at=at, right=DELIVER)
    return {"dataset": dataset, "batch": batch, "bad": 0, "faults": [], **asdict(told)}


def _must_deliver(by: Actor, unit: str, on: date) -> None:
    """For the unit of the row's own day, what it belongs to, or the unit that carries its duties today. Errors: `PERM-DENIED`."""
    if not registry.may(by, DELIVER, unit, on=on):
        registry.must_may(by, DELIVER, registry.owner_of(unit, on), on=on)


def _known(found: register.Book, line: int, row: Row) -> Mapping[str, Any]:
    if row["project"] not in found.projects:
        raise Refusal("PPP-NONE", field="project", value=row["project"], rule="ppp_projects", extra={"line": line},
                      zh=f"第{line}行：项目登记中没有“{row['project']}”；整份文件未入库。",
                      en=f"Line {line}: no project “{row['project']}” is on record; nothing of the file was taken.")
    since = found.projects[row["project"]]["initiated_on"]
    for field in {"acted_on", "made_on", "paid_on", "published_on"} & set(row):
        if row[field] < since:
            raise Refusal("DATE-ORDER", field=field, value=str(row[field]), rule=f"≥ {since}", extra={"line": line},
                          zh=f"第{line}行：{row[field]}早于项目发起日期{since}；整份文件未入库。",
                          en=f"Line {line}: {row[field]} is before {since}, when the project was initiated; nothing was taken.")
    return found.projects[row["project"]]


def _act(found: register.Book, line: int, row: Row) -> None:
    held = rules.set_of(register.sets(), _known(found, line, row), row["acted_on"])
    if held.of_step(row["step"]) is None:
        raise Refusal("PPP-STEP", field="step", value=row["step"], rule=held.code, extra={"line": line},
                      zh=f"第{line}行：“{row['step']}”不是该项目适用的“{held.name.zh}”（{held.since}起）的环节；整份文件未入库。",
                      en=f"Line {line}: “{row['step']}” is no step of “{held.name.en}” (since {held.since}), which judges this project.")


def _payment(found: register.Book, line: int, row: Row) -> None:
    _known(found, line, row)
    if not register.uid_of_duty(found, row["project"], row["duty"]):
        raise _no_duty(row["project"], row["duty"], {"line": line})


def _no_duty(project: str, duty: str, extra: dict[str, Any]) -> Refusal:
    return Refusal("PPP-DUTY", field="duty", value=duty[:40], rule="ppp_duties", extra=extra,
                   zh=f"项目“{project}”没有登记义务“{duty[:40]}”。", en=f"Project “{project}” has no obligation “{duty[:40]}” on record.")


def _disclosure(found: register.Book, line: int, row: Row) -> None:
    held = rules.set_of(register.sets(), _known(found, line, row), row["published_on"])
    if not any(row["field"] in stage.public for stage in held.stages):
        raise Refusal("PPP-FIELD", field="field", value=row["field"], rule=held.code, extra={"line": line},
                      zh=f"第{line}行：“{row['field']}”不是“{held.name.zh}”的公开事项；整份文件未入库。",
                      en=f"Line {line}: “{row['field']}” is nothing that “{held.name.en}” publishes; nothing was taken.")


def _promise(found: register.Book, rows: Rows, *, by: Actor, at: datetime) -> None:
    """Each obligation as a promise to the project's company or partner; a sum is measured by the payments."""
    made = []
    for _, row in rows:
        project = found.projects[row["project"]]
        amount = "" if row["amount"] is None else str(row["amount"])
        measured = {"indicator": "已付金额", "measure": "元", "value": amount, "baseline": "0", "source": register.PAYMENTS}
        made.append(promises.promise_of({
            **{name: str(row[name] or "") for name in ("title", "deliverable", "due", "basis", "budget_line", "made_on", "post", "why")},
            **(measured if row["sort"] == "付费" else {}), "amount": amount, "text": f"{row['title']}：{row['deliverable']}",
            "kind": register.KIND, "domain": register.ROW, "reference": f"{row['project']}/{row['duty']}",
            "to": project["company"] or project["partner"] or "", "matters": "guarantee" if row["sort"] == "担保" else "",
        }, unit=row["unit"]))
    try:
        promises.register_many(made, by=_writer(by), at=at)
    except Refusal as refusal:
        refusal.extra.setdefault("line", rows[refusal.extra.get("row", 1) - 1][0])
        raise


def _measure(found: register.Book, rows: Rows, *, by: Actor, at: datetime) -> None:
    """What was paid on each obligation, day by day; what is told anew takes the place of what was told of the voucher before."""
    told = {(p["project"], p["duty"], p["voucher"]): p for some in found.payments.values() for p in some}
    every = told | {(row["project"], row["duty"], row["voucher"]): row for _, row in rows}
    for pair in dict.fromkeys((row["project"], row["duty"]) for _, row in rows):
        parts: dict[date, Decimal] = {}
        for key, one in every.items():
            if key[:2] == pair:
                parts[one["paid_on"]] = parts.get(one["paid_on"], Decimal(0)) + Decimal(str(one["amount"]))
        gone = {one["paid_on"] for key, one in told.items() if key[:2] == pair}
        promises.measure_parts(register.uid_of_duty(found, *pair), parts, gone=gone, source=register.PAYMENTS, by=_writer(by), at=at)


def _writer(by: Actor) -> Actor:
    """Who may deliver writes the promises that the delivery makes necessary."""
    return replace(by, grants=(*by.grants, Grant("d02_ppp", frozenset({"commitments.register", "commitments.measure"}))))


CHECKS = {register.ACTS: _act, register.PAYMENTS: _payment, register.DISCLOSURES: _disclosure}
FOLLOWS = {register.DUTIES: _promise, register.PAYMENTS: _measure}


@dataclass(frozen=True, slots=True)
class NewBreach:
    """`kind` 1 to 8; `duty` the number of the obligation, where one was broken."""

    project: str
    kind: str
    occurred_on: date
    words: str
    duty: str = ""


def find(new: NewBreach, *, evidence: casework.Upload | None, by: Actor, at: datetime) -> str:
    """Say that the public side broke a contract; the unit that carries it today is heard. The case.

    Errors: `PERM-DENIED`, `PPP-NONE`, `PPP-TYPE`, `PPP-DUTY`, `DATE-ORDER`, `TIME-FUTURE`, `REASON`, `EVID-DIGEST`,
    `PPP-FINAL`, `CASE-DUP`.
    """
    by.must(FIND)
    day = clock.city_day(at)
    found = register.book(day, known_at=at)
    project = register.project(found, new.project)
    duty = new.duty.strip()
    unit = registry.owner_of((found.duties.get(f"{new.project}/{duty}") or project)["unit"], day)
    registry.must_may(by, FIND, unit, on=day)
    _must_fit(found, new, project, day)
    if not new.words.strip():
        raise Refusal("REASON", field="words", value="", rule="required", zh="须写明违约的事实。", en="Say what was broken.")
    if evidence is None or not evidence.size:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附证据。", en="Evidence is needed.")
    steps = register.trace(found, new.project, on=new.occurred_on, duty=duty, today=day)
    lacking = sum(bool(one.gap) for one in steps)
    told = {"合作项目": f"{new.project} {project['title']}", "违约类型": register.kinds_of_breach()[new.kind].zh, "合同义务": duty or "—",
            "违约日期": new.occurred_on.isoformat(), "责任环节": f"{len(steps)}项，其中缺项{lacking}项（RETRACE-GAP）"}
    with transaction.atomic():
        row = Breach(project=new.project, kind=new.kind, duty=duty, unit=unit, occurred_on=new.occurred_on, found_at=at)
        opening = casework.Opening(about=new.project, key=f"{new.project}:{new.kind}:{duty or new.occurred_on}", subject=unit, source=unit,
                                   values={"breach": row.uid, "occurred_on": new.occurred_on.isoformat(), "duty": duty, "told": told})
        row.case = casework.open_case("ppp_breach", opening=opening, given=Given(new.words.strip()), files=[evidence], by=by, at=at)
        row.save()
    return row.case


def _must_fit(found: register.Book, new: NewBreach, project: Mapping[str, Any], day: date) -> None:
    if new.kind not in register.kinds_of_breach():
        raise Refusal("PPP-TYPE", field="kind", value=new.kind[:10], rule="1–8", zh="违约类型应为1至8。", en="A breach is of kind 1 to 8.")
    duty = new.duty.strip()
    if duty and not register.uid_of_duty(found, new.project, duty):
        raise _no_duty(new.project, duty, {})
    if not project["initiated_on"] <= new.occurred_on:
        raise Refusal("DATE-ORDER", field="occurred_on", value=new.occurred_on.isoformat(), rule=f"≥ {project['initiated_on']}",
                      zh="违约日期早于项目发起日期。", en="The breach is older than the project.")
    if new.occurred_on > day:
        raise Refusal("TIME-FUTURE", field="occurred_on", value=new.occurred_on.isoformat(), rule=f"≤ {day}", zh="违约日期晚于今天。",
                      en="The breach lies in the future.")
    before = Breach.objects.filter(project=new.project, kind=new.kind, duty=duty).exclude(final_on=None)
    if (before if duty else before.filter(occurred_on=new.occurred_on)).exists():
        raise Refusal("PPP-FINAL", status=409, field="kind", value=new.kind, rule="once", zh="该违约事项已有终局文书，不再重复认定。",
                      en="This breach is final already.")


class BreachConduct:
    """Final only by a document that nothing can be brought against any more; then it goes the way of all leads."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb != "finalise":
            return
        day, values = clock.city_day(at), given.values
        if not str(values.get("document", "")).strip():
            raise Refusal("FIELD-NEED", field="document", value="", rule="required", zh="须填写终局文书的文号。",
                          en="The number of the final document is needed.")
        final_on = day_of(str(values.get("final_on", "")), "final_on")
        if final_on > day or final_on < date.fromisoformat(case.values["occurred_on"]):
            raise Refusal("FIN-OPEN", field="final_on", value=final_on.isoformat(), rule=f"{case.values['occurred_on']} – {day}",
                          zh="文书尚未生效，或者早于违约日期：终局之前不形成记录。",
                          en="The document is not final yet, or older than the breach: nothing is recorded before it is final.")
        if values.get("paper") == "uncontested" and (case.state == "contested" or case.due is None or day <= case.due):
            raise Refusal("FIN-OPEN", status=409, field="paper", value="uncontested", rule=f"> {case.due}",
                          zh=f"异议期限（{case.due or '复核、诉讼中'}）未满，认定尚未终局。",
                          en=f"It can still be contested ({case.due or 'it is contested'}): the finding is not final.")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb != "finalise":
            return
        row, day = Breach.objects.get(case=case.uid), clock.city_day(at)
        row.paper, row.document = given.values["paper"], given.values["document"].strip()[:120]
        row.final_on, row.final_at = day_of(given.values["final_on"], "final_on"), at
        [row.log_index] = ledger.append([Entry(register.FINAL, register.final_body(row))], at=at)
        row.save()
        duty = row.duty
        uid = register.uid_of_duty(register.book(day, known_at=at), case.about, duty) if duty else ""
        kind = register.kinds_of_breach()[row.kind].zh
        words = (f"{case.values['told']['合作项目']}：{kind}（{register.behaviour_of(row.kind)}），{row.occurred_on}；"
                 f"终局文书{row.document}，{row.final_on}生效。")
        announce(Confirmed(registry.owner_of(case.subject, day), f"合作项目政府方违约：{kind}"[:120], words, uid or case.number,
                           "promise" if uid else "area"), at=at)


CONDUCTS = {"ppp_breach": BreachConduct()}
LEADS = (Confirmed,)
LOADERS = {name: partial(deliver, name) for name in register.DATASETS}
"""Connected by `config/packed.py`, which looks into every pack."""
