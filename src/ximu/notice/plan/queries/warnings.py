"""Who was told that a task is overdue, and what of it is still open for a unit or its superior?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.plan.models import Evidence, Plan, Warned


def warned(of: Plan) -> list[Warned]:
    return list(Warned.objects.filter(row__plan=of).select_related("row").order_by("row__position", "unit"))


def open_warnings(of: Plan, unit: str, *, late: Iterable[str], known_at: datetime) -> list[Warned]:
    """What the unit, or one beneath it, was told and has not proved since; `late` are the rows whose day has passed."""
    found = list(Warned.objects.filter(Q(unit=unit) | Q(superior=unit), row__plan=of, row__row__in=list(late), at__lte=known_at)
                 .select_related("row").order_by("row__position", "unit"))
    proved = set(Evidence.objects.filter(row__in=[one.row_id for one in found], state=Evidence.State.ACCEPTED, completes=True,
                                         reviewed_at__lte=known_at).values_list("row_id", "unit"))
    return [one for one in found if (one.row_id, one.unit) not in proved]


def told_today(of: Plan, unit: str, *, late: dict[str, tuple[str, date | None]], at: datetime) -> list[TodayItem]:
    """Lines of the home page: each overdue duty of the own unit; for a superior one line a task, with how many units."""
    rows = open_warnings(of, unit, late=late, known_at=at)
    own = [TodayItem(Text("逾期提醒", "overdue duty"), Text(*[f"{one.row.row} {one.row.area}"] * 2),
                     reverse("plan:row", args=[one.row.uid]), due=one.due, state="overdue") for one in rows if one.unit == unit]
    beneath = Counter(one.row.row for one in rows if one.superior == unit and one.unit != unit)
    return own + [TodayItem(Text("下属单位逾期", "units beneath are overdue"), Text(*[row] * 2), reverse("plan:row", args=[late[row][0]]),
                            due=late[row][1], count=count, state="overdue") for row, count in beneath.items()]
