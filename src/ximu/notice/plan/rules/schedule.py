"""What does a schedule say? Its own words, the possible readings, and whether a person must choose.

The notice writes “2018年4月前” for one task and “2018年4月底前” for another. Literally the first ends on
31 March and the second on 30 April; offices often mean the same by both. So the words stay, a reading is
proposed, and a signed decision chooses.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

_STANDING = re.compile(r"(?:并|,|，)?\s*(?:持续|长期)(?:实施|推进|开展|坚持)?$")
_MONTH = re.compile(r"^(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<end>底)?(?P<before>之?前|以前)(?:完成)?$")
_DAY = re.compile(r"^(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日(?P<before>之?前|以前)?(?:完成)?$")
_YEAR = re.compile(r"^(?P<year>\d{4})年(?:底|年底|内)(?:之?前|以前)?(?:完成)?$")
_HALF = re.compile(r"^(?P<year>\d{4})年(?P<half>上半年|下半年)(?:内)?(?:完成)?$")
_QUARTER = re.compile(r"^(?P<year>\d{4})年(?:第)?(?P<quarter>[一二三四1-4])季度(?:底前|前|内)?(?:完成)?$")
_NOTE = re.compile(r"[(（](?P<note>[^()（）]*)[)）]")
YEAR_END_MONTH = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible last day, and why one may read the words so."""

    due: date
    reason: Text


@dataclass(frozen=True, slots=True)
class Schedule:
    """`candidates` come best first; the first is the proposal. `standing` duties go on after the due day."""

    words: str
    candidates: tuple[Candidate, ...]
    standing: bool
    needs_reading: bool
    note: str = ""

    @property
    def proposed(self) -> date | None:
        return self.candidates[0].due if self.candidates else None


def read(words: str) -> Schedule:
    """The schedule in its own words, read. Errors: `PLAN-SCHEDULE` when no known form fits."""
    text = re.sub(r"\s+", "", words)
    notes = [m["note"] for m in _NOTE.finditer(text)]
    bare = _NOTE.sub("", text)
    rest = _STANDING.sub("", bare)
    standing = rest != bare
    candidates = _candidates(rest, words) if rest else ()
    if not candidates and not standing:
        raise _malformed(words)
    month = _MONTH.match(rest)
    needs = len(candidates) > 1 or bool(month and month["end"] and int(month["month"]) != YEAR_END_MONTH)
    return Schedule(words.strip(), candidates, standing, needs, "；".join(notes))


def _candidates(rest: str, words: str) -> tuple[Candidate, ...]:
    try:
        for pattern, reader in ((_MONTH, _month), (_DAY, _day), (_YEAR, _year), (_HALF, _half), (_QUARTER, _quarter)):
            if found := pattern.match(rest):
                return reader(found)
    except (ValueError, OverflowError) as error:
        raise _malformed(words) from error
    raise _malformed(words)


def _malformed(words: str) -> Refusal:
    return Refusal(
        "PLAN-SCHEDULE", field="时间进度", value=words, rule="YYYY年M月(底)前完成 / 持续实施",
        zh=f"时间进度“{words}”无法识别，应写明完成的年月或“持续实施”。",
        en=f"The schedule “{words}” cannot be read; state the year and month of completion or “持续实施” (standing).",
    )


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _month(found: re.Match[str]) -> tuple[Candidate, ...]:
    year, month = int(found["year"]), int(found["month"])
    end = Candidate(_last_day(year, month), Text(f"至{month}月最后一日", f"by the last day of month {month}"))
    if found["end"]:
        return (end,)
    before = Candidate(date(year, month, 1) - timedelta(days=1), Text(
        f"“{month}月前”按字面指{month}月1日之前", f"“before month {month}” literally means before its first day"))
    return before, Candidate(end.due, Text(f"习惯上也指{month}月底前", f"by custom also read as by the end of month {month}"))


def _day(found: re.Match[str]) -> tuple[Candidate, ...]:
    day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    if not found["before"]:
        return (Candidate(day, Text("至当日", "on that day")),)
    return (Candidate(day, Text("含当日", "that day included")),
            Candidate(day - timedelta(days=1), Text("不含当日", "that day excluded")))


def _year(found: re.Match[str]) -> tuple[Candidate, ...]:
    return (Candidate(date(int(found["year"]), 12, 31), Text("至年末", "by the end of the year")),)


def _half(found: re.Match[str]) -> tuple[Candidate, ...]:
    first = found["half"] == "上半年"
    day = date(int(found["year"]), 6 if first else 12, 30 if first else 31)
    return (Candidate(day, Text(f"{found['half']}最后一日", "the last day of the half-year")),)


def _quarter(found: re.Match[str]) -> tuple[Candidate, ...]:
    number = "一二三四".find(found["quarter"]) + 1 or int(found["quarter"])
    return (Candidate(_last_day(int(found["year"]), number * 3), Text(f"第{number}季度最后一日", f"the last day of quarter {number}")),)
