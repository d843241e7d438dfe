"""Can the days that a unit reports be true? Intervals that heap, work dated on one day, tickets told twice, terms met after the fact."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from ximu.ideas.warnings.rules import piling
from ximu.ideas.warnings.rules.multiplicity import benjamini_hochberg
from ximu.ideas.warnings.rules.quality import Finding
from ximu.kernel.words import Text
from ximu.kernel.workdays import BUNDLED, Calendar
from ximu.notice.domains.d13_hotline.rules.alarms import Alarm
from ximu.notice.domains.d13_hotline.rules.settings import WARNINGS

INTERVALS = {"close": Text("派单至办结", "dispatch to closing"), "callback": Text("办结至回访", "closing to call-back"),
             "deadline": Text("办结至期限", "closing to the due day")}
DATED = {"close": Text("办结日", "day of closing"), "callback": Text("回访日", "day of call-back")}
CONTENT = ("caller", "phone", "title_text", "content")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check found of a unit; `what` the interval or the day that it looked at."""

    unit: str
    what: str
    finding: Finding

    @property
    def words(self) -> Text:
        return (INTERVALS if self.finding.check == "heaped" else DATED)[self.what]

    def plain(self) -> dict[str, Any]:
        one = self.finding
        return {"unit": self.unit, "check": one.check, "what": self.what, "what_zh": self.words.zh, "what_en": self.words.en,
                "suspicious": one.suspicious, "n": one.n, "statistic": one.statistic, "p_value": one.p_value, **one.facts,
                "zh": one.reason.zh, "en": one.reason.en}


def examined(rows: Iterable[Mapping[str, Any]], *, calendar: Calendar = BUNDLED) -> list[Asked]:
    """Every unit and interval of `d13_intervals`. Days are working days, of pairs that begin and end on one.

    A pair that reaches into a year without a calendar is left out: no day is guessed.
    """
    days = _working(calendar)
    place = {day: at for at, day in enumerate(days)}
    lengths: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    dated: dict[tuple[str, str], Counter[date]] = defaultdict(Counter)
    for row in rows:
        key, begun, ended = (row["unit"], row["what"]), place.get(row["begun"]), place.get(row["ended"])
        if row["begun"] > row["ended"] or ended is None:
            continue
        if begun is not None:
            lengths[key][ended - begun] += row["n"]
        if row["what"] in DATED:
            dated[key][row["ended"]] += row["n"]
    found = [Asked(*key, piling.heaped(counts)) for key, counts in sorted(lengths.items())]
    return found + [Asked(*key, piling.massed(counts, days[place[min(counts)]:place[max(counts)] + 1]))
                    for key, counts in sorted(dated.items())]


def _working(calendar: Calendar) -> list[date]:
    """All working days of the years that are known."""
    return [day for year in sorted(calendar.years) for n in range(366)
            if (day := date(year, 1, 1) + timedelta(days=n)).year == year and calendar.is_working(day)]


def doubted(asked: Iterable[Asked], period: str, settings: Mapping[str, Any] = WARNINGS) -> list[Alarm]:
    """The doubts that stand when all units and checks of a kind are taken together (Benjamini–Hochberg)."""
    made = []
    for rule in ("heaped", "massed"):
        judged = [one for one in asked if one.finding.check == rule and one.finding.p_value is not None]
        q = settings[rule]["false_discovery"]
        together = benjamini_hochberg([one.finding.p_value or 0.0 for one in judged], q=q)
        made += [_alarm(one, period, tests=together.tests, q=q) for one, stands in zip(judged, together.stands.tolist(), strict=True)
                 if stands and one.finding.suspicious]
    return made


def _alarm(one: Asked, period: str, *, tests: int, q: float) -> Alarm:
    facts, said = one.finding.facts, one.finding.reason
    return Alarm(
        one.finding.check, one.unit, one.what, period, facts["count"], facts["expected"], facts["bound"], "yellow",
        Text(f"{one.words.zh}：{said.zh}；请说明登记方式。", f"{one.words.en}: {said.en}; say how this was entered."),
        p_value=one.finding.p_value, tests=tests, false_discovery=q,
    )


def marks(frame: pl.DataFrame, key: bytes, settings: Mapping[str, Any] = WARNINGS["alike"]) -> pl.DataFrame:
    """Rows of `hotline_marks`: a keyed digest of caller, title and text; none where these are too short to tell anything."""
    told = frame.select("ticket", "called_on", "unit",
                        *(pl.col(c) if c in frame.columns else pl.lit(None, pl.String).alias(c) for c in CONTENT))
    made: list[str | None] = []
    for caller, phone, title, content in told.select(CONTENT).iter_rows():
        text = "".join(((title or "") + (content or "")).split())
        if len(text) < settings["least_characters"]:
            made.append(None)
            continue
        given = "\0".join(("".join((caller or "").split()), "".join((phone or "").split()), text))
        made.append(hmac.new(key, given.encode(), hashlib.sha256).hexdigest()[:32])
    return told.select("ticket", "called_on", "unit", pl.Series("mark", made, dtype=pl.String)).filter(pl.col("mark").is_not_null())


def alike(row: Mapping[str, Any]) -> Alarm:
    return Alarm(
        "alike", row["unit"], row["sample"], row["called_on"].isoformat(), row["n"], None, 2, "yellow",
        Text(f"同一天有{row['n']}件工单的诉求人、标题和内容完全相同而编号不同，可能重复登记。",
             f"{row['n']} tickets of one day have the same caller, title and text under different numbers; perhaps entered twice."),
        sample=(row["sample"], row["other"]),
    )


CHANGED = {"on_time": Text("办结", "closing"), "contacted": Text("先行联系", "first contact"), "extended": Text("期限", "due day")}


def moved(row: Mapping[str, Any]) -> Alarm:
    """`what` was late (or not done) as first reported and in time as reported after the term."""
    what = CHANGED[row["what"]]
    before, after = (row[name].isoformat() if row[name] else None for name in ("before", "after"))
    return Alarm(
        "moved", row["unit"], row["ticket"], row["called_on"].isoformat(), 1, None, 1, "yellow",
        Text(f"{what.zh}先报“{before or '未办'}”，期限{row['due']}过后于{row['changed_on']}改报“{after}”，由逾期变为按期。",
             f"{what.en} was first reported as {before or 'not done'}; on {row['changed_on']}, after the due day {row['due']}, "
             f"it was changed to {after}: late became on time."),
        sample=(row["ticket"],),
    )
