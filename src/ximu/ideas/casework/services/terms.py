"""How does a limit or a year's calendar change? By a new dated row with its source, in the log; running clocks are listed, not altered."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ximu.ideas.casework import queries
from ximu.ideas.casework.models import Case, Clock, Parameter, YearCalendar
from ximu.ideas.casework.queries.counting import Touched
from ximu.ideas.casework.queries.evidence import calendar_body, parameter_body
from ximu.ideas.casework.rules import Term, begin
from ximu.ideas.casework.rules.clocks import UNITS
from ximu.ideas.casework.services import clocks, steps
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.ledger.services import append
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

LEAST_DAYS_OFF, MOST_BYTES = 8, 512 << 10
"""Eleven to thirteen statutory days a year since 2008 (国务院令第644号); a file with fewer is not a year's arrangement."""


def set_term(term: Term, *, by: Actor, at: datetime) -> list[Touched]:
    """A new dated row; the open cases whose clocks began since then, with the last day they would have. Nothing else changes.

    Errors: `PERM-DENIED`, `TERM-NONE`, `TERM-VALUE`, `TERM-DUP`, `REASON` without a source.
    """
    _must_be_set(term, by=by)
    with transaction.atomic():
        row = Parameter(code=term.code, since=term.since, value=term.value, unit=term.unit, source=term.source.strip()[:300],
                        sure=term.sure, by=by.human, at=at)
        row.log_index = append([Entry("case.parameter", parameter_body(row))], at=at)[0]
        row.save(force_insert=True)
    return queries.touched(term)


def preview_term(term: Term, *, by: Actor) -> list[Touched]:
    """What `set_term` would list, and nothing is set. Errors: as there."""
    _must_be_set(term, by=by)
    return queries.touched(term)


def _must_be_set(term: Term, *, by: Actor) -> None:
    by.must("casework.terms")
    known = queries.terms().rows(term.code)
    if not 0 <= term.value <= 3660 or term.unit not in UNITS:
        raise Refusal("TERM-VALUE", field="value", value=term.value, rule=f"0–3660 {' '.join(UNITS)}", zh="参数数值或单位不正确。",
                      en="The parameter's value or unit is not valid.")
    if not term.source.strip():
        raise Refusal("REASON", field="source", value="", rule="依据", zh="参数须写明依据文件。", en="A parameter needs its source.")
    if term.since in {row.since for row in known}:
        raise Refusal("TERM-DUP", status=409, field="since", value=term.since.isoformat(), rule=term.code,
                      zh="该日已有同一参数的取值，请另定施行日。", en="The parameter has a value from that day; choose another day.")


def recount(code: str, uids: list[str], *, reason: str, by: Actor, at: datetime) -> int:
    """Count running clocks anew under the value now in force on their first day, because somebody decided so. Errors: `REASON`."""
    by.must("casework.terms")
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="recount", zh="重新计期须说明理由。", en="Counting anew needs a reason.")
    known, table, done = queries.calendar(), queries.terms(), []
    with transaction.atomic():
        running = Clock.objects.filter(case__uid__in=uids, code=code, state=Clock.State.RUNNING, started__isnull=False)
        for clock in running.select_related("case"):
            old = clock.due
            if clock.started is not None:
                clocks.keep(clock, begin(table.on(code, clock.started), clock.started, known))
            Case.objects.filter(pk=clock.case_id).update(due=clock.due)
            detail = {"code": code, "from": str(old), "to": str(clock.due), "reason": reason.strip()}
            done.append(steps.Done(clock.case, "recount", clock.case.state, clock.case.state, detail))
        steps.write(done, by=by, at=at)
    return len(done)


def _bad(line: int, value: object) -> Refusal:
    return Refusal("CAL-FILE", field=f"line {line}", value=str(value)[:60], rule="day,kind(off|work),name",
                   zh=f"年历文件第{line}行不正确。", en=f"Line {line} of the calendar file is not valid.")


def _rows(content: bytes) -> Iterator[tuple[int, str, bool, str]]:
    """(line, ISO day, is a day off, name) of a CSV `day,kind,name`, or of JSON `{"days": [{"date", "isOffDay", "name"}]}`."""
    try:
        text = content.decode("utf-8-sig")
        if text.lstrip().startswith("{"):
            for place, row in enumerate(json.loads(text)["days"], start=1):
                yield place, str(row["date"]), bool(row["isOffDay"]), str(row["name"])
            return
        for place, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
            if row.get("kind") not in ("off", "work"):
                raise _bad(place, row)
            yield place, str(row["day"]), row["kind"] == "off", row.get("name") or ""
    except (ValueError, KeyError, TypeError) as error:
        raise _bad(0, error) from error


def load_calendar(content: bytes, *, source: str, by: Actor, at: datetime) -> int:
    """Load one year from a file; the year. A second load of the same file adds nothing.

    Errors: `PERM-DENIED`, `CAL-FILE` (unreadable, too large, two years, too few days off, a make-up day that is no weekend), `REASON`.
    """
    by.must("casework.calendar")
    if not source.strip():
        raise Refusal("REASON", field="source", value="", rule="依据", zh="请写明放假安排的文号。",
                      en="Name the notice that sets these days.")
    if len(content) > MOST_BYTES:
        raise _bad(0, len(content))
    off, work = dict[str, str](), dict[str, str]()
    for line, written, is_off, name in _rows(content):
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise _bad(line, written) from None
        if written in off or written in work or (not is_off and day.weekday() < 5):
            raise _bad(line, written)
        (off if is_off else work)[written] = name or ("放假" if is_off else "调休上班")
    years = {day[:4] for day in (*off, *work)}
    if len(years) != 1 or len(off) < LEAST_DAYS_OFF:
        raise _bad(0, f"{sorted(years)} {len(off)}")
    year = YearCalendar(year=int(years.pop()), off=off, work=work, source=source.strip()[:300], digest=hashlib.sha256(content).hexdigest(),
                        by=by.human, at=at)
    with transaction.atomic():
        if not YearCalendar.objects.filter(year=year.year, digest=year.digest).exists():
            year.log_index = append([Entry("case.calendar", calendar_body(year))], at=at)[0]
            year.save(force_insert=True)
    return year.year


def envelope(found: Touched) -> dict[str, Any]:
    return {"case": found.case, "number": found.number, "procedure": found.procedure, "started": found.started.isoformat(),
            "due": str(found.due or ""), "would_be": str(found.would_be or "")}
