"""What may whom see of a report? Nobody sees one about his own unit or one above it; leads and figures know of none."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.urls import reverse

from ximu.foundation import city, clock, vault
from ximu.foundation.parameters import row_on
from ximu.ideas.accounts.services.accounts import person_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules import Term, begin
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.health import Check
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.view import View
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m3_complaints import rules
from ximu.notice.mechanisms.m3_complaints.models import Alarm, Attachment, DaySeal, Hour, Lead, Quarter, Report

HANDLE, OVERSEE, PRESS = "complaints.handle", "complaints.oversee", "complaints.press"
DAY = "complaints.day"
ALARM_DAYS = 7
ORIGINS = {"social": Text("社会监督", "social supervision"), "press": Text("新闻媒体", "press"), "opinion": Text("网络舆情",
                                                                                                         "public opinion")}


def secret() -> bytes:
    """Pepper, salt and form key of this room: beside the other keys, never in the database or a backup."""
    return vault.secret("reports")


def value(name: str, on: date) -> int:
    return int(_row(name, on)["value"])


def _row(name: str, on: date) -> dict[str, Any]:
    return row_on(Path(__file__).parent, name, on)


def due(name: str, on: date, *, left: int | None = None) -> tuple[date | None, dict[str, Any]]:
    """The last day of a limit (or of the days that were `left` of it), and how it was counted; none in a year without a calendar: a
    report is never refused for that."""
    row = _row(name, on)
    days = int(row["value"]) if left is None else left
    try:
        counted = begin(Term(name, row["since"], days, row["unit"], row["source"], not row.get("to_be_confirmed")), on,
                        cases.calendar())
    except Refusal as refusal:
        return None, {"code": refusal.code}
    return counted.due.day, counted.due.envelope()


def parent(unit: str, on: date) -> str:
    found = registry.unit(unit, as_of=on)
    return found.parent if found else ""


def days_left(name: str, on: date, last: date) -> int:
    """How many days of a limit are left after `on`, in the unit of that limit."""
    return cases.calendar().count(on, last) if _row(name, on)["unit"] == "working-day" else (last - on).days


def offices(on: date) -> list[str]:
    """Where reports go first: the office that the profile names for them, then the coordinating one, as they live that day."""
    known = registry.book()
    named = [acting(unit, on) for unit in (city.office("reports"), city.office()) if unit in known.units]
    return [unit for unit in named if known.living(unit, on)]


def acting(unit: str, on: date) -> str:
    """The unit that carries the duties of `unit` that day: reports, rights and conflicts follow a reorganisation."""
    known = registry.book()
    if unit in known.units and not known.living(unit, on) and registry.successors(unit, on=on):
        return registry.owner_of(unit, on=on)
    return unit


def route(avoided: Collection[str], on: date) -> str:
    return rules.route(offices(on), avoided, lambda unit: parent(unit, on))


def served(official: str, on: date) -> set[str]:
    """The units in which the official holds a post that day."""
    known = registry.book()
    return {known.posts[h.post].unit for h in known.holdings
            if h.official == official and h.since <= on and (h.until is None or on < h.until)}


def avoided(about: Iterable[str], officials: Iterable[str], *days: date) -> set[str]:
    """Whom a report goes past: the units complained of, those in which the persons complained of serve, and what became of them."""
    found = set(about).union(*(served(one, day) for one in officials for day in days))
    return found | {acting(unit, day) for unit in found for day in days}


def avoided_by(row: Report, on: date) -> set[str]:
    return avoided(row.about, row.officials, row.day, on)


def conflicted(row: Report, by: Actor, on: date) -> bool:
    """Is the actor's unit complained of (or beneath one that is), or the actor among the persons complained of?"""
    past = avoided_by(row, on)
    units = {one for u in (by.unit, *(g.unit for g in by.grants)) if u for one in (u, acting(u, on))}
    if any(rules.in_conflict(unit, past, lambda one: parent(one, on)) for unit in units):
        return True
    return bool(row.officials) and by.human in {_person(uid) for uid in row.officials}


def _person(official: str) -> str:
    """The pseudonym under which the official signs in; empty for one that is gone."""
    found = registry.official(official)
    return person_of(found.number) if found else ""


def handles(by: Actor, on: date) -> Callable[[str], bool]:
    """Does a report with this handler lie with the actor's unit, or with one that he oversees?"""
    held = by.units_with(OVERSEE)
    mine = {acting(unit, on) for unit in {*(held or ()), by.unit or "—"}}
    return lambda handler: held is None or acting(handler, on) in mine


def visible(by: Actor, on: date) -> list[Report]:
    """Reports that this person handles, the most urgent first; those in conflict are not there for him at all."""
    mine = handles(by, on)
    rows = Report.objects.filter(handler__in=[h for h in set(Report.objects.values_list("handler", flat=True)) if mine(h)])
    return [row for row in rows.order_by("due", "uid") if not conflicted(row, by, on)]


def report(uid: str) -> Report:
    """For this room. Errors: `REPORT-NONE`."""
    found = Report.objects.filter(uid=uid).first()
    if found is None:
        raise absent("REPORT-NONE", field="report", value=uid[:16], zh="件举报，或者您无权查看", en="report, or you may not see it")
    return found


def text_of(row: Report) -> str:
    return vault.unseal(row.sealed, about=f"report:{row.uid}")


def talk_of(row: Report) -> list[dict[str, Any]]:
    return [{"sender": m.sender, "day": m.day, "text": vault.unseal(m.sealed, about=f"message:{m.uid}")} for m in row.messages.all()]


def files_of(row: Report) -> list[Attachment]:
    return list(row.attachments.only("uid", "kind", "day"))


def attachment(row: Report, uid: str) -> tuple[str, bytes]:
    """(kind, cleaned bytes). Errors: `REPORT-NONE`."""
    found = row.attachments.filter(uid=uid).first()
    if found is None:
        raise absent("REPORT-NONE", field="file", value=uid[:16], zh="个附件", en="file")
    return found.kind, vault.unseal_bytes(bytes(found.sealed), about=f"file:{found.uid}")


def told_by_reporter(row: Report) -> str:
    return "\n".join([text_of(row), *(m["text"] for m in talk_of(row) if m["sender"] == "reporter")])


def mask_of(row: Report) -> dict[str, list[str]]:
    return json.loads(vault.unseal(row.masked, about=f"mask:{row.uid}")) if row.masked else {"passages": [], "files": []}


def content(row: Report, *, original: bool = False) -> dict[str, Any]:
    """What the handler's page shows: masked where somebody masked, the `original` after `services.original` only."""
    mask = mask_of(row)
    passages, hidden = ([], []) if original else (mask["passages"], mask["files"])
    talk = [m | {"text": rules.masked(m["text"], passages)} for m in talk_of(row)]
    return {"text": rules.masked(text_of(row), passages), "talk": talk, "files": [f for f in files_of(row) if f.uid not in hidden],
            "hidden": len(hidden), "masked": bool(passages or hidden)}


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


def guesses(at: datetime) -> int:
    """Wrong codes in this hour, from anybody."""
    return Hour.objects.filter(what="guess", hour=hour_of(at)).values_list("count", flat=True).first() or 0


def hour_of(at: datetime) -> str:
    """A mark of the hour that only the key beside the database can make again."""
    return hmac.new(secret(), f"hour:{at.astimezone(clock.CITY):%Y-%m-%d %H}".encode(), hashlib.sha256).hexdigest()[:12]


def alarms(on: date) -> list[date]:
    """Days of the last week on which codes were guessed."""
    return list(Alarm.objects.filter(day__gt=on - timedelta(days=ALARM_DAYS)).order_by("day").values_list("day", flat=True))


def doctor(at: datetime) -> list[Check]:
    """Without any content: guessed codes, and reports that only a superior of the city can handle."""
    day = clock.city_day(at)
    days, alone = alarms(day), Report.objects.filter(handler="").exclude(state__in=rules.CLOSED).count()
    return [
        Check(Text("回执码试探", "Guessed codes"), "warn" if days else "ok", "RECEIPT-GUESS " + " ".join(d.isoformat() for d in days)
              if days else "—", Text("查看边界防护；举报内容未泄露", "look at the edge; no content was told")),
        Check(Text("无可避嫌单位的举报", "Reports without a free handler"), "warn" if alone else "ok", str(alone),
              Text("请上级机关受理", "a superior of the city must take them")),
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
