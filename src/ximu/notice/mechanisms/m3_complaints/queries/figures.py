"""Leads, and a quarter of complaints with small cells withheld: neither knows of a report."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from ximu.foundation import clock
from ximu.kernel.refusal import Refusal
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_complaints import rules
from ximu.notice.mechanisms.m3_complaints.models import Lead, Quarter, Report
from ximu.notice.mechanisms.m3_complaints.queries.terms import value

ORIGINS = {"social": Text("社会监督", "social supervision"), "press": Text("新闻媒体", "press"),
           "opinion": Text("网络舆情", "public opinion"), "hotline": Text("12345热线", "12345 hotline")}


def leads(*, origin: str = "") -> list[Lead]:
    """In the order of their units and words: nothing of the order in which they came."""
    rows = Lead.objects.order_by("-month", "unit", "uid")
    return list(rows.filter(origin=origin) if origin else rows)


def quarter(year: int, number: int) -> tuple[date, date]:
    """First and last day. Errors: `QUARTER`."""
    if not (2000 <= year <= 2100 and 1 <= number <= 4):
        raise Refusal("QUARTER", field="quarter", value=f"{year}-{number}"[:12], rule="2000–2100, 1–4", zh="季度不正确。",
                      en="That is no quarter.")
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return first, date.fromordinal(after.toordinal() - 1)


def public_figures(view: View, *, on: date | None = None, year: int = 0, number: int = 0) -> dict[str, Any]:
    """The provider `complaints`: one quarter that is over, by topic and by outcome, with small cells withheld.

    Only whole quarters and two one-way tables are published, each counted once (`services.publish_figures`): a count that changed
    when a report was reopened or destroyed would tell of it. A quarter that was not counted yet shows no table.
    """
    day = on or clock.today()
    if not number:
        month = day.month - 1
        year, number = (day.year, month // 3) if month >= 3 else (day.year - 1, 4)
    _, last = quarter(year, number)
    if last >= day:
        raise Refusal("QUARTER", field="quarter", value=f"{year}-{number}", rule="over", zh="该季度尚未结束。",
                      en="This quarter is not over.")
    row = Quarter.objects.filter(year=year, number=number).first()
    tables = [{"name": Text(*t["name"]), "total": t["total"], "rows": [{"name": Text(*r["name"]), "count": r["count"]} for r in t["rows"]]}
              for t in row.tables] if row else []
    return {"view": view.name, "year": year, "quarter": number, "smallest": row.smallest if row else value("smallest_cell", day),
            "tables": tables}


def published_in(year: int) -> tuple[str, str]:
    """(received, closed) of a year: the sum of the totals that were published, “—” where one of them was withheld or none is there."""
    totals = [[table["total"] for table in row.tables] for row in Quarter.objects.filter(year=year).order_by("number")]
    columns = list(zip(*totals, strict=True)) or [(None,), (None,)]
    return tuple("—" if None in column else str(sum(column)) for column in columns)  # type: ignore[return-value]


def counted(first: date, last: date, smallest: int) -> list[dict[str, Any]]:
    """The tables of a quarter as plain data, small cells withheld."""
    by_topic = {**dict.fromkeys(rules.TOPICS, 0), **Counter(Report.objects.filter(day__range=(first, last)).values_list("topic",
                                                                                                                        flat=True))}
    closed = Report.objects.filter(closed_on__range=(first, last))
    by_outcome = {**dict.fromkeys([*rules.OUTCOMES, "declined"], 0),
                  **Counter(outcome or "declined" for outcome in closed.values_list("outcome", flat=True))}
    tables = []
    for words, cells, names in (
            (Text("收到，按类别", "received, by topic"), by_topic, rules.TOPICS),
            (Text("办结，按结论", "closed, by outcome"), by_outcome, {**rules.OUTCOMES, "declined": rules.STATES["declined"]})):
        shown, total = rules.withheld(cells, smallest)
        tables.append({"name": [words.zh, words.en], "total": total,
                       "rows": [{"name": [names[code].zh, names[code].en], "count": shown[code]} for code in cells]})
    return tables
