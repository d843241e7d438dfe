"""Letters of responsibility, checks, and cases of fabrication that become a record by the ordinary delivery of item TJ-WF."""

from __future__ import annotations

import io
import json
import os
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock
from ximu.foundation.uid import new_uid
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.filings import queries as filings
from ximu.ideas.filings.rules.figures import number, values
from ximu.ideas.filings.rules.lineage import approved
from ximu.ideas.intake import queries as intake
from ximu.ideas.intake import services as delivering
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.rules.entry import SALT_BYTES
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d15_statistics import queries
from ximu.notice.domains.d15_statistics.models import Check, Finding, Pledge

WORK, HANDLE, ITEM = "d15.work", "d15.handle", "TJ-WF"
OFFENCES = {
    "自行修改统计资料": Text("自行修改统计资料", "altering figures"), "编造虚假数据": Text("编造虚假数据", "inventing figures"),
    "要求或暗示他人伪造": Text("要求或暗示他人伪造", "demanding or suggesting forgery"), "打击报复": Text("打击报复", "retaliation"),
    "大面积造假失察": Text("大面积造假失察", "not noticing widespread fabrication"),
    "不配合检查": Text("不配合检查", "obstructing an inspection"), "其他": Text("其他", "other")}
"""统计违法类型 as item TJ-WF lists them."""
TAKEN = ("new", "corrected", "same", "second_source", "held", "waiting")
"""What intake makes of a row that it keeps."""
KINDS = {"government": "1", "department": "2", "street": "3", "town": "3", "township": "3", "institution": "4"}


@dataclass(frozen=True, slots=True)
class NewCheck:
    """`checked` as written; `traced`: original record and ledger were there."""

    figure: str
    checked: str
    traced: bool
    on: date
    document: str


def must_be_bureau(by: Actor, at: datetime, permission: str = WORK) -> None:
    """Errors: `PERM-DENIED`, `STAT-BUREAU`."""
    by.must(permission)
    if not queries.works(by, permission, clock.city_day(at)):
        raise Refusal("STAT-BUREAU", status=403, field="by", value=permission, rule="统计局", zh="该事项只能由统计局的人员办理。",
                      en="Only people of the statistics bureau may do this.")


def _must_be_past(day: date, field: str, at: datetime) -> None:
    if day > clock.city_day(at):
        raise Refusal("TIME-FUTURE", field=field, value=day.isoformat(), rule=f"≤ {clock.city_day(at)}", zh="该日期在今天之后。",
                      en="This day lies in the future.")


def _must_have_paper(paper: str) -> None:
    if len(paper) != 64:
        raise Refusal("EVID-DIGEST", field="file", value=paper[:16], rule="SHA-256", zh="须附文件，以其摘要为凭。", en="A paper is needed.")


def sign(post: str, *, on: date, until: date | None, paper: str, by: Actor, at: datetime) -> str:
    """The holder of a post signed a letter of responsibility. Errors: `PERM-DENIED`, `STAT-BUREAU`, `STAT-PLEDGE`, `TIME-FUTURE`,
    `DATE-ORDER`, `EVID-DIGEST`."""
    must_be_bureau(by, at)
    _must_be_past(on, "signed_on", at)
    _must_have_paper(paper)
    if until is not None and until < on:
        raise Refusal("DATE-ORDER", field="until", value=until.isoformat(), rule=f"≥ {on}", zh="有效期早于签订日期。",
                      en="It would end before it was signed.")
    known = next((one for one in queries.posts(clock.city_day(at), at) if one.uid == post), None)
    if known is None or not registry.holders(post, on):
        raise Refusal("STAT-PLEDGE", field="post", value=post[:16], rule="在岗的第一责任人、分管负责人",
                      zh="该岗位当日无人任职，或者不是须签订责任书的岗位。", en="Nobody held this post that day, or it signs no letter.")
    row = Pledge(uid=new_uid(), unit=known.unit, post=post, signed_on=on, until=until, paper=paper, entered_at=at)
    try:
        with transaction.atomic():
            [row.log_index] = ledger.append([Entry(queries.SIGNED, queries.pledge_body(row))], at=at)
            row.save()
    except IntegrityError as error:
        raise Refusal("STAT-PLEDGE", status=409, field="post", value=post[:16], rule="once", zh="该岗位同日的责任书已经登记。",
                      en="A letter of that post and day is on record.") from error
    return row.uid


def check(filing: str, new: NewCheck, *, paper: str, by: Actor, at: datetime) -> str:
    """What an inspection found for a figure that was approved. Errors: `PERM-DENIED`, `STAT-BUREAU`, `FILING-NONE`, `STAT-CHECK`,
    `FIGURE-BAD`, `TIME-FUTURE`, `EVID-DIGEST`."""
    must_be_bureau(by, at)
    _must_be_past(new.on, "on", at)
    _must_have_paper(paper)
    row = filings.filing(filing)
    held = approved([one for one in row.hands.order_by("number") if one.at <= clock.end_of(new.on)])
    column = next((one for one in filings.table_of(row.form).columns if one.code == new.figure), None)
    said = values(held.content).get(new.figure) if held and column else None
    if column is None or said is None or not new.document.strip():
        raise _bad_check(new.figure, "所查指标须已签批、不是缺数，并写明核查文号。",
                         "A checked figure was approved, is not missing, and names its document.")
    made = Check(uid=new_uid(), filing=filing, figure=new.figure, reported=said, checked=number(new.checked.strip() or "x", column),
                 traced=new.traced, checked_on=new.on, document=new.document.strip()[:60], paper=paper, person=by.human, entered_at=at,
                 salt=os.urandom(SALT_BYTES))
    try:
        with transaction.atomic():
            [made.log_index] = ledger.append([Entry(queries.CHECKED, queries.check_body(made))], at=at)
            made.save()
    except IntegrityError as error:
        raise _bad_check(new.document, "同一文号对该指标的核查已经登记。", "This document has checked this figure already.") from error
    return made.uid


def _bad_check(value: str, zh: str, en: str) -> Refusal:
    return Refusal("STAT-CHECK", status=409, field="figure", value=value[:40], rule="已签批的数", zh=zh, en=en)


def open_finding(check_uid: str, *, offence: str, text: str, evidence: casework.Upload | None, by: Actor, at: datetime) -> str:
    """A case of fabrication, with a check as its evidence; the uid of the finding.

    Errors: `PERM-DENIED`, `STAT-BUREAU`, `STAT-EVID` without a check, a difference or a paper, `STAT-OFFENCE`, `CASE-DUP`, `EVID-DIGEST`.
    """
    must_be_bureau(by, at)
    row = queries.check(check_uid)
    if (row.checked == row.reported and row.traced) or evidence is None or not evidence.size:
        raise Refusal("STAT-EVID", field="check", value=check_uid[:16], rule="核查、差异、证据",
                      zh="认定造假须以核查发现的差异或查无记录为据并附证据，不能仅凭统计规律。",
                      en="Fabrication needs a check that found a difference or no records, and its evidence; a regularity is not enough.")
    if offence not in OFFENCES or not text.strip():
        raise Refusal("STAT-OFFENCE", field="offence", value=offence[:20], rule="、".join(OFFENCES), zh="须选定违法类型并写明事实。",
                      en="Choose the kind of offence and say what happened.")
    filing = filings.filing(row.filing)
    told = {"报表": filings.table_of(filing.form).title, "期间": filing.period, "指标": row.figure, "填报数": str(row.reported),
            "核查数": str(row.checked), "核查文号": row.document, "违法类型": offence}
    with transaction.atomic():
        made = Finding.objects.create(check_of=row, unit=filing.unit, offence=offence, text=text.strip()[:1000], found_at=at)
        opening = casework.Opening(about=made.uid, key=row.uid, subject=filing.unit, source=filing.unit,
                                   office=queries.bureau(clock.city_day(at)), values={"told": told})
        made.case = casework.open_case("stat_fabrication", opening=opening, given=Given(made.text), files=[evidence], by=by, at=at)
        made.save(update_fields=["case"])
    return made.uid


class Fabrication:
    """Only the bureau decides; days of decision and finality are kept with the finding."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if "office" in move.who:
            must_be_bureau(by, at, move.permission)
        if move.verb in ("uphold", "drop") and queries.finding(case.about).check_of.person == by.human:
            raise Refusal("DUAL", status=403, field="by", value=move.verb, rule="核查 ≠ 认定",
                          zh="登记核查的人不能认定以该核查为据的案件。",
                          en="Whoever entered the check does not decide the case that rests on it.")
        if move.verb == "uphold":
            if not str(given.values.get("document", "")).strip():
                raise Refusal("FIELD-NEED", field="document", value="", rule="required", zh="认定须写明处理决定文号。",
                              en="The decision needs its document number.")
            _must_be_past(day_of(str(given.values.get("act_on", "")), "act_on"), "act_on", at)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        row, day = queries.finding(case.about), clock.city_day(at)
        if move.verb == "uphold":
            row.upheld, row.decided_on, row.act_on = True, day, day_of(str(given.values["act_on"]), "act_on")
            row.document, row.behaviour, row.grade = (str(given.values[name]).strip() for name in ("document", "behaviour", "grade"))
        elif move.verb in ("drop", "overturn"):
            row.upheld, row.decided_on = False, row.decided_on or day
        elif move.target == "final":
            row.final_on = day
        row.save()


def deliver(finding: str, *, by: Actor, at: datetime) -> str:
    """A final decision goes in as item TJ-WF by the ordinary delivery of intake; what becomes of it there is decided there. The delivery.

    Errors: `PERM-DENIED`, `STAT-BUREAU`, `STAT-NONE`, `FIN-OPEN` before it is final, `STATE-EDGE` twice, `STAT-RETURNED`
    where intake did not keep it, and those of intake.
    """
    must_be_bureau(by, at, HANDLE)
    row, day = queries.finding(finding), clock.city_day(at)
    if not row.upheld or row.final_on is None:
        raise Refusal("FIN-OPEN", status=409, field="finding", value=row.uid, rule="生效 final",
                      zh="该案件没有生效的认定（复议诉讼期未满或未认定），不能作为记录报送。",
                      en="There is no final decision (it may be appealed, or nothing was upheld); it cannot be delivered as a record.")
    if row.delivery:
        raise Refusal("STATE-EDGE", status=409, field="delivery", value=row.delivery, rule="once", zh="该案件已经报送。",
                      en="It has been delivered.")
    source = queries.bureau(day)
    content = json.dumps([_row_of(row, source, day)], ensure_ascii=False)
    receipt = delivering.receive(io.BytesIO(content.encode()), item=ITEM, source=source, by=by, at=at, channel="console")
    if intake.delivery(receipt.uid).state == "received":
        delivering.check(receipt.uid, by=by, at=at)
    got = intake.delivery(receipt.uid)
    if got.state == "checked" and got.summary["bad"]:
        _send_back(receipt.uid, by=by, at=at)
    if got.state == "checked":
        got = delivering.commit(receipt.uid, by=by, at=at)
    if got.state != "committed" or not sum(got.outcome[name] for name in TAKEN):
        raise _returned("ROWS-BAD", "归集没有收下该行，请查看该批次", "intake took no row of it; see that delivery")
    if not Finding.objects.filter(pk=row.pk, delivery="").update(delivery=receipt.uid):
        raise Refusal("STATE-EDGE", status=409, field="delivery", value=receipt.uid, rule="once", zh="该案件已经报送。",
                      en="It has been delivered.")
    return receipt.uid


def _send_back(delivery: str, *, by: Actor, at: datetime) -> None:
    """What intake refused is open again, to be delivered once it is mended. Errors: `STAT-RETURNED`."""
    fault = next((one for one in intake.faults(delivery) if one["severity"] == "error"), {"code": "ROWS-BAD", "field": ""})
    delivering.refuse(delivery, reason=f"数据归集退回：{fault['code']}", by=by, at=at)
    raise _returned(fault["code"], f"{fault['field']}：{fault['code']}", f"{fault['field']}: {fault['code']}")


def _returned(code: str, zh: str, en: str) -> Refusal:
    return Refusal("STAT-RETURNED", status=409, field="delivery", value=code, rule=ITEM, en=f"It was not delivered: {en}.",
                   zh=f"未报送成功（{zh}），案件仍可报送。")


def _row_of(row: Finding, source: str, day: date) -> dict[str, Any]:
    """As a file would have it."""
    act_on, decided_on = row.act_on or day, row.decided_on or day
    unit, office = registry.unit(row.unit, as_of=act_on), registry.unit(source, as_of=decided_on)
    if unit is None or office is None:
        raise Refusal("SUBJ-NONE", field="unit", value=row.unit, rule=act_on.isoformat(), zh="当日没有该单位。",
                      en="There was no such body on that day.")
    return {"ZTLX": KINDS.get(unit.kind, "2"), "ZTMC": unit.name, "ZTDM": unit.code, "LY": "D15", "XWDM": row.behaviour, "DJ": row.grade,
            "SSZY": row.text, "FSRQ": act_on.isoformat(), "WSWH": row.document, "WSJG": office.name, "WSJGDM": office.code,
            "WSRQ": decided_on.isoformat(), "WFLX": row.offence, "BZ": f"生效日{row.final_on}"}


CONDUCTS, ACTS = {"stat_fabrication": Fabrication()}, {"deliver": deliver}
"""Connected by `config/packed.py`."""
