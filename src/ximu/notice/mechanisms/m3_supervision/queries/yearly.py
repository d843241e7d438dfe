"""The paragraph on government integrity for the government's yearly report: generated, each figure with its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from ximu.foundation import city
from ximu.foundation.documents import NOTES, Letter, Paragraph, dated
from ximu.ideas.casework import queries as cases
from ximu.ideas.commitments import queries as commitments
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_supervision.models import Finding, Proposal, Round, Visit
from ximu.notice.mechanisms.m3_supervision.queries.proposals import due_of
from ximu.notice.mechanisms.m3_supervision.rules.yearly import NONE, Figure, rate

Source = Callable[[int, date, datetime], list[Figure]]
"""(year, as of, known at) → figures of another room."""
_sources: dict[str, Source] = {}


def register_figures(name: str, source: Source) -> None:
    """Another room gives figures to the yearly text: connected by the wiring."""
    _sources[name] = source


def year_figures(year: int, *, as_of: date, known_at: datetime) -> list[Figure]:
    """Errors: `YEAR` for one that has not begun by `as_of`."""
    if not 2010 <= year <= as_of.year:
        raise Refusal("YEAR", field="year", value=year, rule=f"2010–{as_of.year}", zh=f"年度应在2010至{as_of.year}之间。",
                      en=f"The year lies between 2010 and {as_of.year}.")
    last = min(as_of, date(year, 12, 31))
    own = [*_inspections(year, known_at), *_proposals(year, last, known_at), *_promises(year, last, known_at)]
    return own + [one for source in _sources.values() for one in source(year, last, known_at)]


def _inspections(year: int, known_at: datetime) -> list[Figure]:
    rounds = list(Round.objects.filter(year=year, drawn_at__lte=known_at))
    visits = list(Visit.objects.filter(round__in=rounds))
    found = list(Finding.objects.filter(visit__in=visits, at__lte=known_at))
    closed = [one for one in found if one.case and (at := cases.case_for(one.case).closed_at) and at <= known_at]
    replied = [one for one in found if one.replied_at and one.replied_at <= known_at]
    where, source = reverse("m3_supervision:rounds"), Text(f"{year}年度督查轮次", f"inspection rounds of {year}")
    of_findings = Text(f"{year}年度督查发现的问题", f"findings of {year}")
    return [
        Figure("rounds", str(len(rounds)), Text("督查轮次", "inspection rounds"), source, where),
        Figure("scope", str(len({unit for one in rounds for unit in one.population})), Text("督查范围单位", "units in scope"), source,
               where),
        Figure("visited", str(len({one.unit for one in visits})), Text("抽查单位", "units inspected"), source, where),
        Figure("findings", str(len(found)), Text("发现问题", "findings"), of_findings, where),
        Figure("replied", str(len(replied)), Text("单位已说明", "replied to by the unit"), of_findings, where),
        Figure("mended", str(len(closed)), Text("已整改办结", "put right and closed"),
               Text(f"{year}年度督查问题的整改办件", f"rectifications of findings of {year}"), where),
        Figure("mended:rate", rate(len(closed), len(found)), Text("整改办结率", "share put right"),
               Text("已整改办结数÷发现问题数", "put right ÷ findings"), where),
    ]


def _proposals(year: int, last: date, known_at: datetime) -> list[Figure]:
    rows = list(Proposal.objects.filter(assigned_on__year=year, imported_at__lte=known_at))
    answered = [p for p in rows if p.answered_on and p.answered_on <= last]
    timely = [p for p in answered if p.answered_on and p.answered_on <= due_of("NPC-ANS", p.assigned_on)]
    classes, rated = Counter(p.answer_class for p in answered), [p for p in answered if p.rating]
    pleased = [p for p in rated if p.rating in ("satisfied", "fairly")]
    where, source = reverse("m3_supervision:proposals"), Text(f"{year}年交办的建议提案", f"proposals assigned in {year}")
    return [
        Figure("proposals", str(len(rows)), Text("交办建议提案", "proposals assigned"), source, where),
        Figure("answered", str(len(answered)), Text("已答复", "answered"), source, where),
        Figure("timely:rate", rate(len(timely), len(answered)), Text("按期答复率", "answered in time"),
               Text(f"{source.zh}，按法定答复期限计", f"{source.en}, by the limit for answers"), where),
        *[Figure(f"class:{code}", str(classes[code]), Text(f"{code}类答复", f"answers of class {code}"), source, where) for code in "ABCD"],
        Figure("satisfied:rate", rate(len(pleased), len(rated)), Text("代表委员满意和基本满意率", "delegates satisfied"), source, where),
    ]


def _promises(year: int, last: date, known_at: datetime) -> list[Figure]:
    due = [j for j in commitments.judged(as_of=last, known_at=known_at) if j.due.year == year and j.due <= last]
    states = Counter(j.state for j in due)
    where = reverse("commitments:index")
    source = Text(dated(f"{year}年到期的承诺，截至{last}判定"), f"promises due in {year}, judged as of {last}")
    return [
        Figure("promises", str(len(due)), Text("到期承诺", "promises due"), source, where),
        Figure("promises:kept", str(states["kept"]), Text("已兑现", "kept"), source, where),
        Figure("promises:broken", str(sum(states[s] for s in ("broken", "overdue"))), Text("逾期或未兑现", "overdue or broken"), source,
               where),
        Figure("promises:rate", rate(states["kept"], len(due)), Text("承诺兑现率", "share kept"), source, where),
    ]


def year_text(year: int, *, as_of: date, known_at: datetime, on: date) -> dict[str, Any]:
    """`letter` in official layout with a number behind each figure; `figures` for machines, and for the check of a later day."""
    figures = year_figures(year, as_of=as_of, known_at=known_at)
    known, order = {one.key: one for one in figures}, list[str]()

    def n(key: str) -> str:
        if key not in known:
            return NONE
        if key not in order:
            order.append(key)
        return f"{known[key].value}［{order.index(key) + 1}］"

    body = [Paragraph(text) for text in _sentences(year, n, known)]
    size = ledger.size()
    notes = [Paragraph(f"［{place}］{known[key].words.zh}：{known[key].source.zh}", NOTES)
             for place, key in enumerate(order, 1)]
    office = registry.name(city.office(), as_of=on) if city.office() else "政务诚信建设综合协调部门"
    letter = Letter(issuer=office, number=f"诚信年报〔{year}〕1号", title=f"{year}年政务诚信建设情况",
                    to="市人民政府办公厅", paragraphs=(*body, Paragraph("数据来源", 1), *notes,
                                Paragraph(dated(f"截至{as_of}，按{known_at:%Y-%m-%d}所知，透明日志{size}条。"), NOTES)),
                    signer=office, day=on, upward=True, imprint=True)
    return {"letter": letter, "figures": figures, "cited": order, "year": year, "as_of": as_of, "known_at": known_at, "log_size": size}


def year_envelope(text: dict[str, Any]) -> dict[str, Any]:
    """The text and its figures as JSON; `ximu supervision yearly --check` reads it again on a later day."""
    return {"year": text["year"], "as_of": text["as_of"].isoformat(), "known_at": text["known_at"].isoformat(),
            "log_size": text["log_size"], "text": [one.text for one in text["letter"].paragraphs if one.level == 0],
            "figures": [{"key": one.key, "value": one.value, "words_zh": one.words.zh, "words_en": one.words.en, "source": one.source.zh,
                         "source_en": one.source.en, "where": one.where} for one in text["figures"]]}


def _sentences(year: int, n: Callable[[str], str], known: dict[str, Figure]) -> list[str]:
    found = [
        f"{year}年，开展政务诚信专项督导{n('rounds')}轮，覆盖{n('scope')}个单位，按公开种子抽查{n('visited')}个单位，发现问题{n('findings')}个，"
        f"单位已说明{n('replied')}个，整改办结{n('mended')}个，整改办结率{n('mended:rate')}。",
        f"交办人大代表建议和政协提案{n('proposals')}件，已答复{n('answered')}件，按期答复率{n('timely:rate')}；其中已经解决或采纳（A类）{n('class:A')}件，"
        f"正在解决或列入计划（B、C类）{n('class:B')}件、{n('class:C')}件，留作参考（D类）{n('class:D')}件，"
        f"代表委员满意和基本满意率{n('satisfied:rate')}。",
        f"到期政务承诺{n('promises')}项，兑现{n('promises:kept')}项，逾期或未兑现{n('promises:broken')}项，兑现率{n('promises:rate')}。",
    ]
    if "plan:rows" in known:
        found.append(f"政务诚信建设重点任务{n('plan:rows')}项，已完成或按期推进{n('plan:good')}项，逾期{n('plan:overdue')}项，证据过期{n('plan:expired')}项。")
    if "reports:received" in known:
        found.append(f"收到社会监督举报{n('reports:received')}件，办结{n('reports:closed')}件（按季公布，少于公布下限的数字不计入）。")
    return found
