"""What follows from a move: only a late term may be found a refusal; what is recognised becomes a draft record by the ordinary door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from ximu.foundation import clock
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.intake.rules.keys import record_frame
from ximu.ideas.intake.rules.schema import read_schema
from ximu.ideas.records import services as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor, Grant
from ximu.kernel.given import day_of
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads import rules
from ximu.notice.mechanisms.m1_leads.rules.telling import NONE_HOLDS, ORIGINS, RECORDED

ITEM = "WY-RD"
KINDS = {"government": "1", "department": "2", "street": "3", "town": "3", "township": "3", "institution": "4"}


class Lead:
    """The path of 发改财金〔2023〕1103号."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        day = clock.city_day(at)
        if move.verb == "find_refusal" and (case.due is None or day <= case.due):
            raise Refusal("LEAD-RUNNING", status=409, field="due", value=str(case.due), rule=f"> {case.due}",
                          zh=f"整改期限（{case.due}）未满，不能认定为拒不整改。",
                          en=f"The term to put it right runs until {case.due}: no refusal can be found yet.")
        if move.verb == "recognise":
            rules.must_ask(given.values)
            _row(case, given, day)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "recognise":
            edition, frame = _row(case, given, clock.city_day(at))
            writer = _writer(by)
            made = records.admit(frame, item=ITEM, edition=edition, source=case.office, batch=f"lead-{case.uid}"[:16], by=writer, at=at)
            if added := made.lines.filter(pl.col("outcome").is_in(["new", "corrected"]))["number"].to_list():
                reason = f"线索{case.number}认定时已逐项核对：{NONE_HOLDS}"
                records.examine(added, answers={"all": "no"}, reason=reason, by=writer, at=at)


def _writer(by: Actor) -> Actor:
    """Who recognises writes the record that this makes necessary."""
    return replace(by, grants=(*by.grants, Grant("m1_leads", frozenset({"records.admit", "records.check"}))))


def _row(case: Any, given: Given, today: date) -> tuple[str, pl.DataFrame]:
    """The row of item WY-RD as a delivered file would have it. Errors: `DATE-FORM`, `TIME-FUTURE`, `FIELD-NEED`, `LIST-NONE`."""
    act_on = _day(str(given.values.get("act_on", "")), today)
    for name in ("document", "contract"):
        if not str(given.values.get(name, "")).strip():
            raise Refusal("FIELD-NEED", field=name, value="", rule="required", zh=f"认定须填写“{name}”。",
                          en=f"Recognition needs “{name}”.")
    item = catalogue.gate(ITEM, use="collect", on=act_on)
    behaviour = catalogue.item(str(given.values.get("behaviour", "")), on=act_on)
    unit, office = registry.unit(case.subject, as_of=act_on), registry.unit(case.office, as_of=today)
    if unit is None or office is None:
        raise Refusal("SUBJ-NONE", field="subject", value=case.subject, rule=act_on.isoformat(), zh="当日没有该单位。",
                      en="There was no such body on that day.")
    origin = case.values["origin"]
    whole = {
        "ZTLX": KINDS.get(unit.kind, "2"), "ZTMC": unit.name, "ZTDM": unit.code, "LY": _area(behaviour.code), "XWDM": behaviour.code,
        "DJ": given.values["grade"], "SSZY": given.reason.strip()[:2000], "FSRQ": act_on, "ZZRQ": None,
        "WSWH": str(given.values["document"]).strip(), "WSJG": office.name, "WSJGDM": office.code, "WSRQ": today,
        "SJHT": str(given.values["contract"]).strip(), "SJJE": None, "XSLY": RECORDED.get(origin, ORIGINS[origin].zh),
        "ZGQX": _term_end(case, today), "BZ": f"线索办件{case.number}",
    }
    schema = read_schema(item.body["schema"])
    dates = dict.fromkeys(("FSRQ", "ZZRQ", "WSRQ", "ZGQX"), pl.Date)
    frame = pl.DataFrame([{"line": 1, **{name: whole.get(name) for name in schema.names}}],
                         schema={"line": pl.Int64, **{name: dates.get(name, pl.String) for name in schema.names}})
    made = record_frame(frame, schema)
    return item.edition, made.select(
        "line", "natural_key", "digest", "payload", pl.lit(case.subject).alias("subject"), "event_date", "end_date", "decision_date",
        pl.lit(item.family).alias("family"), "behaviour", "grade", "document_number", pl.col("authority_name").alias("authority"))


def _term_end(case: Any, today: date) -> date:
    """The last day to put it right, or today where the body refused before."""
    clock_of = case.clocks.filter(code="LEAD-FIX").order_by("-pk").first()
    return min(today, clock_of.due or today) if clock_of else today


def _area(behaviour: str) -> str:
    """`XW-D04-2` stands in area D04; others in none of the sixteen."""
    parts = behaviour.split("-")
    return parts[1] if len(parts) == 3 and parts[1].startswith("D") else "其他"


def _day(text: str, today: date) -> date:
    found = day_of(text, "act_on")
    if found > today:
        raise Refusal("TIME-FUTURE", field="act_on", value=found.isoformat(), rule=f"≤ {today}", zh="行为发生日在今天之后。",
                      en="The day of the act lies in the future.")
    return found


CONDUCTS = {"lead": Lead()}
