"""A year of tenders as known at a time: lines behind the figures, single counts of law, tables beside them; scales in `register`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.urls import reverse

from ximu.foundation import clock, packs
from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.casework import queries as cases
from ximu.ideas.credit import queries as credit
from ximu.ideas.credit.rules import standing
from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.domains.d03_tendering.models import Standard
from ximu.notice.domains.d03_tendering.queries import register
from ximu.notice.domains.d03_tendering.rules import measures
from ximu.notice.domains.d03_tendering.rules.terms import NAMES, Duty, Judge, dispute_duties, section_duties

SECTIONS, DISPUTES, FINDINGS = "tender_sections", "tender_disputes", "tender_findings"
DATASETS = (SECTIONS, DISPUTES, FINDINGS)
ROW, SEE = "D3", register.SEE
MOST_PUBLIC = 200
Row = Mapping[str, Any]
KINDS, provider = register.KINDS, register.provider


def confirmed(*, known_at: datetime) -> list[Row]:
    """Findings of missing or evaded tenders that stand."""
    return [row for row in events.rows_of(FINDINGS, known_at=known_at) if row["outcome"] == "成立" and not row["withdrawn_on"]]


def judge(as_of: date) -> Judge:
    return Judge(register.law, cases.calendar(), as_of)


def _owner(on: date) -> Callable[[str], str]:
    """Who carries a unit's matters on the day, each asked once."""
    return cache(partial(registry.owner_of, on=on))


def facts(period: Period) -> measures.Facts:
    rows = {name: events.rows_of(name, known_at=period.known_at, as_of=period.as_of) for name in DATASETS}
    uses = [measures.Used(one.row.uid, one.row.about, one.row.used_on, one.state)
            for one in credit.uses(period.as_of, area=ROW, known_at=period.known_at, used_on__lte=period.as_of)]
    return measures.Facts(rows[SECTIONS], rows[DISPUTES], rows[FINDINGS], uses, _owner(period.as_of), judge(period.as_of),
                          period.first)


def lines(period: Period) -> dict[str, list[Line]]:
    known = facts(period)
    return {code: [_linked(one) for one in measures.MEASURES[spec.params["measure"]](known)]
            for code, spec in packs.load(register.HERE).indicators.items()}


def things(period: Period) -> list[Line]:
    return [_linked(one) for one in measures.things(facts(period))]


def _linked(one: Line) -> Line:
    """The page of the section, where the line is one of a section."""
    return replace(one, link=reverse("d03:section", args=[one.uid.split("/")[0]])) if one.kind in (*measures.SHOWN, "section") else one


def section(number: str, *, known_at: datetime) -> Row:
    """Errors: `D03-NONE`."""
    found = events.rows_of(SECTIONS, known_at=known_at, section=number[:40])
    if not found:
        raise _none(number)
    return found[0]


def _none(number: str) -> Refusal:
    return absent("D03-NONE", field="section", value=number[:40], zh="个标段", en="section of a tender")


def seen(number: str, by: Actor, *, at: datetime) -> tuple[Row, str]:
    """The section with the unit that carries it today; for who may not see that unit there is none. Errors: `PERM-DENIED`, `D03-NONE`."""
    by.must(SEE)
    row = section(number, known_at=at)
    unit = registry.owner_of(row["unit"], clock.city_day(at))
    if not by.can(SEE, unit):
        raise _none(number)
    return row, unit


def closed(row: Row, on: date) -> bool:
    """Awarded or ended by the day: nothing can be used in it any more."""
    return any(row[name] and row[name] <= on for name in ("award_on", "ended_on"))


def sections(*, known_at: datetime) -> list[Row]:
    """The newest notice first."""
    return sorted(events.rows_of(SECTIONS, known_at=known_at), key=lambda row: (row["notice_on"], row["section"]), reverse=True)


def owned(by: Actor, *, asked: str = "", at: datetime) -> list[tuple[Row, str]]:
    """Sections that this person may see, found by number or title, each with the unit that carries its matters today."""
    owner = _owner(clock.city_day(at))
    return [(row, owner(row["unit"])) for row in sections(known_at=at)
            if by.can(SEE, owner(row["unit"])) and (not asked or asked in row["section"] or asked in row["title"])]


def failed(row: Row, judged: Judge) -> list[Text]:
    """The counts of law of a section that were not kept."""
    return [name for name, duty in duties(row, judged) if duty.state in measures.GRAVE]


def disputes(number: str, *, known_at: datetime) -> Sequence[Row]:
    return events.rows_of(DISPUTES, known_at=known_at, section=number[:40])


def duties(row: Row, judged: Judge) -> list[tuple[Text, Duty]]:
    """The counts of law of a section or a dispute, with their names."""
    found = section_duties(row, judged) if "way" in row else dispute_duties(row, judged)
    return [(NAMES[one.code], one) for one in found]


def tables(period: Period, by: Any) -> Sequence[Section]:
    """Beside the figures in the console: what reports are worth today, and what the trading centre has confirmed."""
    states = Counter(one.state for one in credit.uses(period.as_of, area=ROW, known_at=period.known_at, used_on__lte=period.as_of)
                     if by.can(SEE, one.row.unit))
    whole, sent = by.units_with(SEE) is None, register.tallied()
    return (
        Section(Text("使用过的信用报告", "Credit reports that were used"), (Text("今天看来", "As known today"), Text("次数", "Uses")),
                [(words, states[code]) for code, words in standing.STATES.items()],
                Text("使用时均已核验有效；此后被撤销、到期的在每次使用处标明。",
                     "Each was good when it was used; what is revoked or expires later is marked at each use.")),
        Section(Text("与公共资源交易中心共享的失信记录", "Records of breaches shared with the trading centre"),
                (Text("事项", "What"), Text("条数", "Rows")),
                [(Text("已采纳（有回执）", "taken, with receipt"), sent["put", "accepted"]),
                 (Text("已发出、待回执", "sent, no receipt yet"), sent["put", "packed"]),
                 (Text("待打包", "waiting"), sent["put", "waiting"]), (Text("召回已确认", "recall confirmed"), sent["recall", "accepted"]),
                 (Text("不得共享或被退回", "barred or refused"), sent["put", "barred"] + sent["put", "refused"])
                 ] if sent is not None else [],
                None if sent is not None else Text("尚未开通通道“trading-centre”。", "The channel “trading-centre” is not open yet.")),
    )[:2 if whole else 1]


def public_tables(period: Period) -> Sequence[Section]:
    """For everybody: the scale in force, who may issue reports, results of tenders, uses of reports. No bidder is in any of them."""
    shown = [row for row in sections(known_at=period.known_at) if row["opened_on"] and period.first <= row["opened_on"] <= period.as_of]
    uses: dict[str, list[str]] = {}
    for one in credit.uses(period.as_of, area=ROW, known_at=period.known_at, used_on__lte=period.as_of):
        uses.setdefault(one.row.about, []).append(one.state)
    owner = _owner(period.as_of)
    return (
        Section(Text("信用评价标准", "Scales of credit evaluation"),
                (Text("版本", "Version"), Text("施行日期", "In force from"), Text("发布文号", "Document"),
                 Text("全文摘要", "Digest of the text")),
                [(one.version, one.since, one.resolution, register.method_of(one).digest[:16]) for one in register.standards()],
                Text("全文见接口 /api/v1/d03/standards/版本；评分只在本地计算，不登记被评价者。",
                     "The text: /api/v1/d03/standards/VERSION; scores are computed and not kept, nobody rated is on record.")),
        Section(Text("信用报告发行机构登记册", "Register of agencies that issue reports"),
                (Text("机构", "Agency"), Text("统一社会信用代码", "Credit code"), Text("在册自", "Listed from"), Text("退出", "Left")),
                [(one.name, one.code, one.since, one.until) for one in credit.issuers() if one.state in credit.ON_REGISTER]),
        Section(Text("招投标结果", "Results of tenders"),
                (Text("标段", "Section"), Text("招标人", "Tenderer"), Text("开标", "Opened"), Text("候选人公示", "Candidates shown"),
                 Text("结果公示", "Result shown"), Text("合同公开", "Contract shown"), Text("使用报告", "Reports used"),
                 Text("其中后来失效", "of which lost since")),
                [(row["title"], owner(row["unit"]), row["opened_on"], row["candidates_on"], row["result_on"], row["contract_shown_on"],
                  len(used := uses.get(row["section"], [])), sum(state in credit.LOST for state in used))
                 for row in shown[:MOST_PUBLIC]],
                Text("中标人等信息见公共资源交易平台；本表只列政府一方的公开情况。",
                     "Winners are published by the trading platform; this table shows what the government side did."),
                unit_column=1),
    )


AREA = Area(
    here=register.HERE, see=SEE, lines=lines, states=measures.STATES, things=things, open_to_all=("D03-1", "D03-2", "D03-3", "D03-4"),
    sections=tables, public_sections=public_tables,
    tabs=(("d03:sections", Text("标段", "Sections"), SEE), ("d03:standards", Text("评价标准", "Scale"), SEE),
          ("d03:shared", Text("共享", "Sharing"), SEE),
          ("credit:reports", Text("信用报告", "Credit reports"), "credit.see")))


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Scales that wait for a second person."""
    asked = Standard.objects.filter(state=Standard.State.PROPOSED).exclude(proposer=actor.human)
    waiting = asked.count() if actor.can("d03.publish", credit.keeper(clock.city_day(at))) else 0
    words = Text("招标投标信用评价标准", "scales of credit evaluation")
    return [TodayItem(Text("待发布", "To be published"), words, reverse("d03:standards"), count=waiting)] if waiting else []
