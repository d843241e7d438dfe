"""Approvals and the registers of intermediaries come in as files; a declared tie is cut, an undeclared one is found and asked about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from ximu.foundation import apart, clock, signs
from ximu.foundation.lists import named_rows
from ximu.foundation.outbox import announce
from ximu.ideas.areas.hooks import Confirmed
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.disclosure.rules import holds_personal, personal_data
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel import uscc
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.signs import SIGNS, Sign
from ximu.notice.domains.d12_approval.queries import catalogue, register
from ximu.notice.domains.d12_approval.rules import catalogue as rules

DELIVER, WORK = "d12.deliver", "d12.register"
SOLE = "92"
"""GB 32100-2015 table 1: codes of sole traders begin so; behind them stands a person."""
BEYOND = {"": "XW-D12-2", "designated": "XW-D12-3"}
"""The behaviours of the library: conditions or fees beyond the law; an intermediary was prescribed."""
Faults = list[tuple[int, str, str]]
Rows = list[tuple[int, dict[str, Any]]]


def load(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """A file of any size: good rows are kept, bad ones named. Ties that a register declares begin to be cut.

    Errors: `PERM-DENIED`, `FILE-*`, `EVT-BATCH`; of single rows `APPR-RESULT`, `APPR-PLEDGE`, `MID-CODE`, `MID-SERVICE`, `LINK-OFFICIAL`.
    """
    by.must(DELIVER if dataset == register.DATASET else WORK)
    judge = {register.DATASET: _approvals, register.SERVICES: lambda rows: [],
             register.REGISTER: partial(_intermediaries, register.services(at=at))}[dataset]
    told = deliver_rows(dataset, path, batch=batch, judge=judge, by=by, at=at, right=DELIVER if dataset == register.DATASET else "")
    if dataset == register.REGISTER:
        told["ties"] = cut_ties(by=by, at=at)
    return told


def _approvals(rows: Rows) -> Faults:
    """A result has its day; what follows a pledge follows one that was granted."""
    tests = [("decided_on", "APPR-RESULT", lambda row: (row["result"] is None) != (row["decided_on"] is None)),
        ("delivered_on", "APPR-RESULT", lambda row: row["delivered_on"] is not None and row["decided_on"] is None),
        ("checked_on", "APPR-PLEDGE", lambda row: row["checked_on"] is not None and (row["mode"], row["result"]) != ("告知承诺", "准予")),
        ("check_result", "APPR-PLEDGE", lambda row: (row["checked_on"] is None) != (row["check_result"] is None)),
        ("recorded_on", "APPR-PLEDGE", lambda row: row["recorded_on"] is not None and row["check_result"] != "不实")]
    return [(line, field, code) for line, row in rows for field, code, wrong in tests if wrong(row)]


def _intermediaries(services: Mapping[str, Any], rows: Rows) -> Faults:
    """Organisations only, never a sole trader or a person; an official by the internal number of the register."""
    faults: Faults = []
    for line, row in rows:
        found = uscc.check(row["provider"])
        faults += [(line, "provider", "MID-CODE")] if not found.valid or found.code.startswith(SOLE) else []
        faults += [(line, "services", "MID-SERVICE")] if set(row["services"].split("|")) - set(services) else []
        faults += [(line, "official", "LINK-OFFICIAL")] if row["official"] and registry.official_of(row["official"]) is None else []
    return faults


LOADERS = {name: partial(load, name) for name in register.DATASETS}


def load_signs(content: bytes, *, by: Actor, at: datetime) -> dict[str, int]:
    """Rows side, owner, official, kind, value: of each value only the keyed digest is kept; the whole file or nothing.

    `owner`: an intermediary by credit code, a body by name; `official`: the internal number in the register.
    Errors: `PERM-DENIED`, `FILE-*`, `LINK-SIGN`, `LINK-SIDE`, `MID-NONE`, `ORG-*`, `LINK-OFFICIAL`.
    """
    by.must(WORK)
    known, day = register.intermediaries(at=at), clock.city_day(at)
    made = [_sign(row, known, day) for row in named_rows(content)]
    with transaction.atomic():
        new = signs.keep(register.REGISTER, made)
        ledger.append([Entry("approval.signs", {"rows": len(made), "new": new, "by": by.uid})], at=at)
    return {"rows": len(made), "new": new, "same": len(made) - new}


def _sign(row: Mapping[str, Any], known: Mapping[str, Any], day: date) -> tuple[str, Sign]:
    side, owner, kind, value, number = (str(row.get(name) or "") for name in ("side", "owner", "kind", "value", "official"))
    if side not in ("provider", "unit"):
        raise Refusal("LINK-SIDE", field="side", value=side[:10], rule="provider | unit", en="A side is provider or unit.",
                      zh="一方只能是provider（中介机构）或者unit（单位）。")
    if side == "provider" and owner not in known:
        raise Refusal("MID-NONE", status=404, field="owner", value=owner[:18], rule="登记册", zh="登记册中没有这个中介机构。",
                      en="The register has no such intermediary.")
    if number and (side != "unit" or kind != "person" or registry.official_of(number) is None):
        raise Refusal("LINK-OFFICIAL", field="official", value=number[:20], rule="名录", en="No such official, or not a person of a body.",
                      zh="名录中没有该工作人员，或者该行不是单位的人员。")
    uid = owner if side == "provider" else registry.find(owner, as_of=day)
    return side, signs.sign(register.REGISTER, uid, kind, value, number)


def _open(procedure: str, tie: Mapping[str, Any], key: str, *, by: Actor, at: datetime) -> None:
    """`tie`: provider, name, unit, kind, official, signs."""
    unit, shared = registry.owner_of(tie["unit"], clock.city_day(at)), list(tie.get("signs", ()))
    told = {"中介机构": tie["name"], "关联类型": tie["kind"], "关联人员": tie["official"] or "—"}
    told |= {"线索": "、".join(SIGNS[one].zh for one in shared)} if shared else {}
    values = {name: tie[name] for name in ("provider", "name", "kind")} | {"told": told, "official": tie["official"] or "", "signs": shared}
    opening = casework.Opening(about=tie["provider"], key=key, subject=unit, source=unit, values=values,
                               office=catalogue.office(clock.city_day(at)))
    casework.open_case(procedure, opening=opening, given=Given(), by=by, at=at, checked=True)


def cut_ties(*, at: datetime, by: Actor = SYSTEM) -> int:
    """Each tie that a register declares has one case in which it is cut, for ever. Errors: `PERM-DENIED`."""
    by.must(WORK)
    known = {case.key for case in cases.cases_of("decoupling")}
    return apart.each("ties", [row for row in register.tied(at=at) if row["key"] not in known],
                lambda row: _open("decoupling", {**row, "kind": row["tie"]}, row["key"], by=by, at=at))


def find_ties(*, at: datetime, by: Actor = SYSTEM) -> int:
    """Compares digests; each pair that nobody declared is asked to explain, once. Errors: `PERM-DENIED`."""
    by.must(WORK)
    known = register.intermediaries(at=at)
    return apart.each("ties", register.undeclared(at=at), lambda one: _open(
        "undeclared_tie", {"provider": one.one, "name": known[one.one]["name"], "unit": one.other, "kind": rules.BY_SIGN,
                           "official": one.who, "signs": one.signs}, f"{one.one}:{one.other}", by=by, at=at))


DAILY = {"approval_ties_cut": cut_ties, "approval_ties_found": find_ties}


class Conduct:
    """Words of a step name nobody by number; a tie that is confirmed must be cut; what is upheld goes the way of all leads."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        """Errors: `DISC-PII`."""
        if hits := personal_data(given.reason):
            raise holds_personal("reason", hits[0].kind, hits[0].name.zh)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.target == "confirmed":
            _open("decoupling", {**case.values, "unit": case.source}, f"{case.key}:{case.values['kind']}", by=by, at=at)
        elif move.target == "upheld":
            told, kind = case.values["told"], case.values["kind"]
            words = (f"经认定，{told['要求日期']}要求提供审批目录（{told['目录版本']}版）以外的{rules.ASKED[kind].zh}"
                     f"（{BEYOND.get(kind, BEYOND[''])}）；审批事项：{told['审批事项']}；核对结果：{told['核对结果']}")
            unit = registry.owner_of(case.subject, clock.city_day(at))
            announce(Confirmed(unit, f"目录外要求：{rules.ASKED[kind].zh}", words, case.number), at=at)


CONDUCTS = {name: Conduct() for name in ("decoupling", "undeclared_tie", "off_catalogue")}
LEADS = (Confirmed,)
