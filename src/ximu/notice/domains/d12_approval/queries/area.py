"""The lines behind the indicators of row D12: approvals by the version of their day, reports, ties; and the tables beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.urls import reverse

from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules.clocks import begin
from ximu.ideas.registry import queries as registry
from ximu.kernel.words import Text
from ximu.notice.domains.d12_approval.queries import catalogue, register
from ximu.notice.domains.d12_approval.rules.catalogue import ASKED, STATES, VALUES
from ximu.notice.domains.d12_approval.rules.judging import TERMS, Limits, approval_lines, report_part, tie_part

SEE = "d12.see"


def _approvals(period: Period) -> dict[str, list[Line]]:
    terms, rows = cases.terms(), register.approvals(known_at=period.known_at, as_of=period.as_of)
    owners = registry.owners(period.as_of, {row["unit"] for row in rows})

    @cache
    def limits_on(day: date) -> Limits:
        return {code: terms.on(f"APPR-{code}", day) for code in TERMS}

    return approval_lines(rows, period, item_of=catalogue.items_by_day(), limits_on=limits_on, calendar=cases.calendar(),
                                owner=lambda unit: owners.get(unit, unit))


def _case_line(case: Any, kind: str, on: date, period: Period, **more: Any) -> Line:
    title = f"{case.values.get('name') or case.values.get('item') or '—'} {case.number}"
    owner, link = registry.owner_of(case.source, period.as_of), reverse("casework:case", args=[case.uid])
    return Line(case.uid, title, owner, kind, on=on, link=link, **more)


def _ties(period: Period) -> list[Line]:
    lines, term, calendar = [], cases.terms(), cases.calendar()
    for case, state, opened, _ in cases.stood("decoupling", period.as_of, period.known_at):
        due = begin(term.on("MID-DECOUPLE", opened), opened, calendar).due.day
        lines.append(_case_line(case, "tie", opened, period, **tie_part(state, due, period.as_of)))
    return lines


def _reports(period: Period) -> tuple[list[Line], list[Line]]:
    """Of the year: those about an approval that is not listed count for D12-2; all that are upheld warn."""
    counted, things = [], []
    for case, state, opened, closed in cases.stood("off_catalogue", period.as_of, period.known_at):
        if period.first <= (closed or opened):
            line = _case_line(case, "report", opened, period, whole=Decimal(0), **report_part(state))
            (counted if case.values["kind"] == "approval" else things).append(line)
    return counted, things


def lines(period: Period) -> dict[str, list[Line]]:
    found = _approvals(period)
    return {"D12-1": found["D12-1"], "D12-2": found["D12-2"] + _reports(period)[0], "D12-3": _ties(period), "D12-4": found["D12-4"]}


def things(period: Period) -> Sequence[Line]:
    """Notices and deliveries that are late, pledges of other years, reports, ties that were found."""
    found = [_case_line(case, "sign", opened, period, state="tie-found" if state in ("", "found", "explained") else f"tie-{state}")
             for case, state, opened, _ in cases.stood("undeclared_tie", period.as_of, period.known_at)]
    return [*_approvals(period)["things"], *_reports(period)[1], *found]


def sections(period: Period, by: Any) -> list[Section]:
    """Ties and reports of the bodies that this person may see."""
    found = []
    for title, names, what in ((Text("中介机构的关联与脱钩", "Ties of intermediaries"), ("undeclared_tie", "decoupling"), "name"),
                               (Text("目录外要求", "Asked for beyond the catalogue"), ("off_catalogue",), "item")):
        rows = [[case.values[what], case.source, (ASKED | VALUES)[case.values["kind"]],
                 cases.procedure(name).states[case.state].name, case.due, str(case.number)]
                for name in names for case in cases.cases_of(name) if by.can(SEE, case.source)]
        heads = (("对象", "About"), ("单位", "Body"), ("内容", "What"), ("状态", "State"), ("期限", "Due"), ("办件", "Case"))
        found.append(Section(title, [Text(*both) for both in heads], rows, unit_column=1))
    return found


def public_sections(period: Period) -> list[Section]:
    """The list of services that an approval may ask of an intermediary."""
    payers = {"审批部门": Text("审批部门委托并付费", "the body commissions and pays"), "申请人": Text("申请人", "applicant")}
    rows = [[code, row["name"], row["unit"], row["basis"], payers[row["payer"]]]
            for code, row in register.services(at=period.known_at).items()]
    heads = (("编码", "Code"), ("中介服务", "Service"), ("审批单位", "Body"), ("设定依据", "Basis"), ("费用承担", "Who pays"))
    return [Section(Text("行政审批中介服务清单", "Services of intermediaries that an approval may need"), [Text(*both) for both in heads],
                    rows, Text("清单以外的不得要求；不得指定中介机构。", "Nothing else may be asked for; no body may name one."), 2)]


AREA = Area(
    here=catalogue.HERE, see=SEE, lines=lines, things=things, states=STATES, open_to_all=("D12-1", "D12-2", "D12-3", "D12-4"),
    sections=sections, public_sections=public_sections,
    tabs=(("d12:catalogue", Text("审批目录", "Catalogue"), SEE),),
)
