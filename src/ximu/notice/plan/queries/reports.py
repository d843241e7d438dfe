"""The report of a check on paper: an official document to the city's government, a source for each figure, a table of what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from ximu.foundation import city, clock
from ximu.foundation.documents import NOTES, Annex, Letter, Paragraph, dated
from ximu.ideas.registry import queries as registry
from ximu.notice.plan.models import Check
from ximu.notice.plan.queries.checks import Line, lines, previous, report_figures
from ximu.notice.plan.rules import checks as rules

WORST = 8
ORDER = {"mid": 1, "end": 2}
"""Which document of the year it is (发文顺序号)."""


def letter(of: Check, *, on: date) -> Letter:
    """The report in the layout of an official document; each figure carries the number of its source.

    It bears the day of the second signature; before that it says that it is a draft, and bears the day on which it is read.
    """
    found = lines(of)
    since = [line.became for line in found] if previous(of) else []
    judged = rules.finding_figures(((line.finding.verdict, line.finding.system) for line in found), since)
    known = {one.key: one for one in [*report_figures(of), *judged]}
    order: list[str] = []

    def n(key: str) -> str:
        if key not in order:
            order.append(key)
        return f"{known[key].value}［{order.index(key) + 1}］"

    name = rules.HALVES[of.half].zh
    body = [
        *([] if of.closed_at else [Paragraph("（草稿：本次检查尚未签署。）")]),
        Paragraph(dated(f"根据《{of.plan.title}》（{of.plan.number}），对{of.year}年度政务诚信建设工作任务开展{name}，以{of.as_of}为基准日，"
                        "情况如下。")),
        Paragraph("一、总体情况", 1),
        Paragraph(f"共{n('rows')}项任务，分解为{n('duties')}项职责，由{n('units')}个单位承担。已完成{n('light:done')}项，按期推进{n('light:on_time')}项，"
                  f"有风险{n('light:at_risk')}项，逾期{n('light:overdue')}项，证据过期{n('light:evidence_expired')}项，未开始{n('light:not_started')}项。"
                  f"有有效证据的职责{n('met')}项。"),
        Paragraph("二、逾期与证据过期", 1),
        Paragraph(f"涉及逾期的单位{n('units:overdue')}个，涉及证据过期的单位{n('units:evidence_expired')}个。"),
        *[Paragraph(dated(f"{line['row']} {line['area']}：{line['reason_zh']}。")) for line in of.inputs["lines"]
          if line["light"] in ("overdue", "evidence_expired")][:WORST],
        Paragraph("三、核查结论", 1),
        Paragraph(f"核查{n('findings')}项职责：" + "，".join(
            f"{words.zh}{n(f'verdict:{code}')}项" for code, words in rules.VERDICTS.items())
            + f"。核查人结论与系统判定不同的{n('differ')}项，均附理由。各单位、各任务的核查结论见附件。"),
        *([Paragraph("四、年中检查问题的整改", 1), Paragraph("与年中检查结论相比：" + "，".join(
            f"{words.zh}{n(f'became:{code}')}项" for code, words in rules.BECAME.items() if f"became:{code}" in known) + "。")]
          if previous(of) else []),
        Paragraph("数据来源", 1),
        *[Paragraph(dated(f"［{place}］{known[key].source}"), NOTES) for place, key in enumerate(order, 1)],
        Paragraph(f"以上数据取自冻结内容，记入透明日志第{of.log_index}条，其SHA-256摘要为：", NOTES),
        Paragraph(of.digest, NOTES),
    ]
    day = clock.city_day(of.closed_at) if of.closed_at else on
    office = registry.name(city.office(), as_of=day) if city.office() else "政务诚信建设综合协调部门"
    return Letter(issuer=office, number=f"诚检〔{of.year}〕{ORDER[of.half]}号", title=f"{of.year}年度政务诚信建设工作{name}报告",
                  to="市人民政府", paragraphs=tuple(body), signer=office, day=day, upward=True, imprint=bool(of.closed_at),
                  annexes=tuple(_annexes(of, found)))


def _annexes(of: Check, found: list[Line]) -> Iterable[Annex]:
    areas = {line["row"]: f"{line['row']} {line['area']}" for line in of.inputs["lines"]}
    yield _table("各单位核查结论", "单位", [(line.name, line) for line in found])
    yield _table("各任务核查结论", "任务", [(areas.get(line.row, line.row), line) for line in found])


def _table(title: str, what: str, found: list[tuple[str, Line]]) -> Annex:
    """Of each unit or task: duties, verdicts by kind (the system's where nobody examined), the mean of the marks that were given."""
    heads = (what, "职责", *(words.zh for words in rules.VERDICTS.values()), "平均评分")
    by: dict[str, list[Line]] = {}
    for name, line in found:
        by.setdefault(name, []).append(line)
    rows = []
    for name, group in by.items():
        count = Counter(line.finding.verdict or line.finding.system for line in group)
        rows.append((name, str(len(group)), *(str(count[code]) for code in rules.VERDICTS), rules.mean_mark(x.finding.mark for x in group)))
    return Annex(title, heads, tuple(rows))
