"""What waits, what alarms, and what the log should say about the days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.ledger.rules import entry_bytes
from ximu.kernel.actor import Actor
from ximu.kernel.health import Check
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_complaints import rules
from ximu.notice.mechanisms.m3_complaints.models import Alarm, DaySeal, Hour, Report
from ximu.notice.mechanisms.m3_complaints.queries.keys import uncovered
from ximu.notice.mechanisms.m3_complaints.queries.reach import HANDLE, OVERSEE, visible
from ximu.notice.mechanisms.m3_complaints.queries.terms import hour_of

DAY = "complaints.day"
ALARM_DAYS = 7


def guesses(at: datetime) -> int:
    """Wrong codes in this hour, from anybody."""
    return Hour.objects.filter(what="guess", hour=hour_of(at)).values_list("count", flat=True).first() or 0


def alarms(on: date) -> list[date]:
    """Days of the last week on which codes were guessed."""
    return list(Alarm.objects.filter(day__gt=on - timedelta(days=ALARM_DAYS)).order_by("day").values_list("day", flat=True))


def doctor(at: datetime) -> list[Check]:
    """Without any content: guessed codes, and reports that only a superior of the city can handle."""
    day = clock.city_day(at)
    days, bare, alone = alarms(day), uncovered(), Report.objects.filter(handler="").exclude(state__in=rules.CLOSED).count()
    return [
        Check(Text("回执码试探", "Guessed codes"), "warn" if days else "ok", "RECEIPT-GUESS " + " ".join(d.isoformat() for d in days)
              if days else "—", Text("查看边界防护；举报内容未泄露", "look at the edge; no content was told")),
        Check(Text("无可避嫌单位的举报", "Reports without a free handler"), "warn" if alone else "ok", str(alone),
              Text("请上级机关受理", "a superior of the city must take them")),
        Check(Text("只有服务器密钥的举报", "Reports under the server's key only"), "warn" if bare else "ok", str(bare),
              Text("请承办单位设立自己的收件密钥", "the offices that handle them should set up their own keys")),
    ]


def seals(most: int = 30) -> list[DaySeal]:
    return list(DaySeal.objects.order_by("-day")[:most])


def seal_body(row: DaySeal) -> dict[str, Any]:
    return {"day": row.day.isoformat(), "root": row.root, "leaves": row.leaves}


def provider(first: int, last: int) -> Any:
    """What the log should say about the days."""
    for row in DaySeal.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index, entry_bytes(DAY, seal_body(row), row.at), f"举报日封存 {row.day}"


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """One line without any content: something waits, or codes are being guessed."""
    if not actor.can(HANDLE):
        return []
    day, found = clock.city_day(at), []
    waiting = [row for row in visible(actor, day) if row.state not in rules.CLOSED]
    if waiting:
        first = min((row.due for row in waiting if row.due), default=None)
        found.append(TodayItem(Text("有新事项", "something waits"), Text("社会监督", "social supervision"), reverse("m3_complaints:desk"),
                               due=first, count=len(waiting), state="overdue" if first and first < day else "pending"))
    if actor.can(OVERSEE) and (days := alarms(day)):
        found.append(TodayItem(Text("回执码被大量试探", "codes are being guessed"), Text(*[f"RECEIPT-GUESS {days[-1]}"] * 2),
                               reverse("m3_complaints:desk"), state="overdue"))
    return found
