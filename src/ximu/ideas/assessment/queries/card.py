"""The report card of a unit: score, rank and its interval, each part with its reason, what changed, in pictures too."""

from __future__ import annotations

from datetime import date
from typing import Any

from ximu.foundation import clock
from ximu.foundation.documents import Bar, Chart, Letter, Paragraph, dated
from ximu.ideas.assessment.models import Run
from ximu.ideas.assessment.queries.comparing import changed
from ximu.ideas.assessment.queries.runs import explained
from ximu.ideas.assessment.queries.shown import ranking
from ximu.kernel.refusal import Refusal


def card(run: Run, unit: str, *, on: date, issuer: str) -> Letter:
    """In the layout of an official document. Other units are shown only once the result is public."""
    found = explained(run.uid, unit)
    interval = found["interval"]
    body: list[Paragraph | Chart] = [
        Paragraph(f"依据《{run.method.name_zh}》（{run.method.version}，{run.method.resolution}），{found['label']}{run.period}年度得分{found['score']}，"
                  f"在{found['of']}个单位中列第{found['rank']}名{_interval_words(interval)}。"),
        Paragraph("一、得分构成", 1), *_bars("各部分得分", found["parts"]), *_parts(found, 0),
    ]
    heads = iter("二三四五")
    if found["adjustments"]:
        body += [Paragraph(f"{next(heads)}、加分、扣分与否决", 1),
                 *[Paragraph(f"{one['reason_zh']}：{one['points']}分") for one in found["adjustments"]]]
    body += _change(run, unit, next(heads))
    if run.state == Run.State.PUBLISHED:
        rows = [row for row in ranking(run) if row["score"] is not None]
        bars = tuple(Bar(f"{row['rank']} {row['label']}", float(row["score"]), row["score"], row["unit"] == unit) for row in rows)
        body += [Paragraph(f"{next(heads)}、与其他单位比较", 1), Chart(f"{run.period}年度各单位得分（按名次）", bars)]
    body += [Paragraph("数据与核验", 1),
             Paragraph(dated(f"事实截至{run.as_of}，所知截至{clock.city_day(run.known_at)}，同一方法、数据与种子可以重算出同样的结果。")),
             Paragraph("结果SHA-256：", 3), Paragraph(run.digest, 3)]
    return Letter(issuer=issuer, number=f"诚评〔{run.period}〕　　号", title=f"{run.period}年度政务诚信评价报告单", to=found["label"],
                  paragraphs=tuple(body), signer=issuer, day=on)


def _bars(title: str, parts: list[dict[str, Any]]) -> list[Chart]:
    rows = tuple(Bar(p["name_zh"], float(p["contribution"]), f"{p['contribution']}分") for p in parts if p.get("contribution") is not None)
    return [Chart(title, rows)] if rows else []


def _change(run: Run, unit: str, head: str) -> list[Paragraph | Chart]:
    """What changed since the year before, by cause; nothing where there is no earlier result."""
    try:
        told = changed(run.uid, unit)
    except Refusal as refusal:
        if refusal.code in ("SCORE-EARLIER", "SCORE-GAP"):
            return [Paragraph(f"{head}、与上一年比较", 1), Paragraph("没有可比较的上一年定稿结果。")]
        raise
    words = f"{told['period_before']}年{told['before']}分，{told['period']}年{told['after']}分，变动{told['change']}分。" \
            "下列原因相加等于变动。"
    rows = tuple(Bar(c["name_zh"] if c["column"] else c["what_zh"], float(c["points"]), f"{c['points']}分") for c in told["causes"])
    return [Paragraph(f"{head}、与上一年比较", 1), Paragraph(words), *([Chart("得分变动的原因", rows)] if rows else [])]


def _interval_words(interval: dict[str, Any] | None) -> str:
    if not interval:
        return ""
    low, high = interval.get("low", interval.get("p5")), interval.get("high", interval.get("p95"))
    return f"（名次区间{low}至{high}）" if low is not None else ""


def _parts(node: dict[str, Any], depth: int) -> list[Paragraph]:
    made = []
    for part in node.get("parts", []):
        words = f"{'　' * depth}{part['name_zh']}：{part.get('contribution') or part.get('score', '—')}分"
        if "raw" in part:
            words += f"，权重{part['weight']}，{part['reason_zh']}"
        made.append(Paragraph(words))
        made += _parts(part, depth + 1)
    return made
