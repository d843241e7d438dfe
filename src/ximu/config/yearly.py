"""What other rooms give to the yearly text of supervision (M3.2): the plan's lights, the published counts of reports."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from ximu.foundation.documents import dated
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_complaints import queries as complaints
from ximu.notice.mechanisms.m3_supervision.rules import Figure
from ximu.notice.plan import queries as plan


def plan_in_the_year(year: int, as_of: date, known_at: datetime) -> list[Figure]:
    """Of the newest plan, as it stood on the last day."""
    if not plan.plans():
        return []
    found = plan.plan()
    lights = [one["light"] for one in plan.status(found, as_of=as_of, known_at=known_at)]
    where, name = reverse("plan:board"), found.number or found.title
    source = Text(dated(f"{name}任务进度，截至{as_of}"), f"{name}, lights as of {as_of}")
    return [
        Figure("plan:rows", str(len(lights)), Text("重点任务", "tasks of the plan"), source, where),
        Figure("plan:good", str(sum(one in ("done", "on_time") for one in lights)), Text("已完成或按期", "done or on time"), source, where),
        Figure("plan:overdue", str(lights.count("overdue")), Text("逾期任务", "overdue tasks"), source, where),
        Figure("plan:expired", str(lights.count("evidence_expired")), Text("证据过期任务", "tasks with expired evidence"), source, where),
    ]


def reports_in_the_year(year: int, as_of: date, known_at: datetime) -> list[Figure]:
    """Sums of the quarters as they were published; nothing that was withheld can be got from them."""
    received, closed = complaints.published_in(year)
    where, source = reverse("report:figures"), Text(f"{year}年各季度已公布的举报统计", f"published quarters of {year}")
    return [Figure("reports:received", received, Text("收到举报", "reports received"), source, where),
            Figure("reports:closed", closed, Text("办结举报", "reports closed"), source, where)]
