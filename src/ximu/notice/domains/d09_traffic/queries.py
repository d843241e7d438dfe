"""A year of traffic enforcement as known at a time: decisions, what became of them, complaints; by unit and by team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import reverse

from ximu.foundation import clock, packs
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import Area, Line, Period, Section, figure, in_term
from ximu.ideas.assessment.rules import grading
from ximu.ideas.assessment.rules.loading import load
from ximu.ideas.assessment.rules.method import Method
from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import Expected
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.pack import Indicator
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.domains.d09_traffic import rules

HERE = Path(__file__).parent
SEE = "d09.see"
CASES, REVIEWS, COMPLAINTS = "traffic_cases", "traffic_reviews", "traffic_complaints"
BEHAVIOURS = ("XW-D09-1", "XW-D09-2", "XW-S-1", "XW-S-2")
"""Those of the list that enforcement may end in: two breaches, and two that are to be rewarded."""
FORMS = {"D09-1": "published", "D09-2": "reversed", "D09-3": "complaints", "D09-4": "recorded"}


def roster() -> list[Expected]:
    """The teams: points of the dataset of decisions, each opened and closed by a paper."""
    return events.expected(CASES)


def same_line(one: str, other: str, on: date) -> bool:
    return registry.owner_of(one, on) == registry.owner_of(other, on)


@cache
def method() -> Method:
    return load((HERE / "appraisal.toml").read_text("utf-8"))


def rows_of(dataset: str, period: Period) -> list[dict[str, Any]]:
    """Events up to the day as known then; units are those that carry the matter on the day."""
    rows = events.rows_of(dataset, known_at=period.known_at, as_of=period.as_of)
    owners = registry.owners(period.as_of, {row["unit"] for row in rows})
    return [{**row, "unit": owners[row["unit"]]} for row in rows]


def ref_of(number: str) -> str:
    return digest(number)[:16]


def _link(number: str) -> str:
    return reverse("d09:decision", args=[ref_of(number)])


def reviews_of(period: Period) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(REVIEWS, period):
        found[row["number"]].append(row)
    return found


def indicator(code: str) -> Indicator:
    return packs.load(HERE).indicators[code]


def publish_by(days: Iterable[date]) -> dict[date, date | None]:
    """The last day to publish a decision of each day, in working days; none where no calendar knows the year."""
    last = cases.day_counter()
    return {day: last(day, int(value_on(HERE, "publish_days", day))) for day in set(days)}


def _to_publish(rows: Sequence[Mapping[str, Any]], as_of: date) -> list[dict[str, Any]]:
    """Decisions with the last day to publish them; while no calendar knows it, none of them is late."""
    due = publish_by(row["decided_on"] for row in rows)
    return [{**row, "due": due[row["decided_on"]] or max(as_of, row["published_on"] or as_of) + timedelta(days=1),
             "out": "no-duty" if row["kind"] == "行政强制" else "withheld" if row["withheld"] else ""} for row in rows]


def lines(period: Period) -> Mapping[str, Sequence[Line]]:
    first, as_of, decided = period.first, period.as_of, rows_of(CASES, period)
    return {
        "D09-1": in_term(_to_publish(decided, as_of), first, as_of, kind="publicity", key="number", done="published_on", title="kind"),
        "D09-2": rules.reversals(decided, reviews_of(period), first, as_of, link=_link),
        "D09-3": rules.complaints(rows_of(COMPLAINTS, period), first, as_of, days=lambda day: int(value_on(HERE, "complaint_days", day))),
        "D09-4": rules.recorded(decided, first, as_of, link=_link),
    }


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its year: figures by indicator, score and grade by the area's method; not rated where something is not known."""

    code: str
    name: str
    unit: str
    decisions: int
    figures: Mapping[str, Decimal | None]
    grade: str
    score: str | None


def teams(period: Period, by: Actor) -> list[Team]:
    """The teams of the units that this person may see, the best first. A preview by the method: it binds through assessment only."""
    whole, team_of = lines(period), {("D09-3", row["complaint"]): row["team"] for row in rows_of(COMPLAINTS, period)}
    decided = {row["number"]: row["team"] for row in rows_of(CASES, period)}
    by_team: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for code, some in whole.items():
        for one in some:
            by_team[team_of.get((code, one.uid)) or decided[one.uid], code].append(one)
    owners = registry.owners(period.as_of, {one.unit for one in roster()})
    listed = [one for one in roster() if one.since <= period.as_of and by.can(SEE, owners[one.unit])]
    told = {one.code: {code: figure("share", by_team[one.code, code]).value for code in FORMS} for one in listed}
    graded = grading.graded(method(), {team: {FORMS[code]: value for code, value in cells.items()} for team, cells in told.items()})
    found = [Team(one.code, one.name, owners[one.unit], sum(1 for line in by_team[one.code, "D09-4"] if not line.why), told[one.code],
                  graded[one.code]["grade"], graded[one.code]["score"]) for one in listed]
    return sorted(found, key=lambda one: (one.score is None, -float(one.score or 0), one.code))


def decision(ref: str, *, known_at: datetime) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """A decision (by outside name or number), its reviews by day, and every version of it on both clocks. Errors: `CASE-NONE`."""
    rows = events.rows_of(CASES, known_at=known_at, every=True, ref=ref) or events.rows_of(CASES, known_at=known_at, every=True, number=ref)
    versions = sorted(rows, key=lambda row: row["_known"])
    if not versions:
        raise absent("CASE-NONE", field="number", value=ref[:60], zh="件执法决定", en="decision of enforcement")
    number = versions[-1]["number"]
    reviews = sorted(events.rows_of(REVIEWS, known_at=known_at, number=number), key=lambda row: (row["filed_on"], row["review"]))
    return versions[-1], reviews, versions


def sections(period: Period, by: Actor) -> Sequence[Section]:
    """What is held because it is not final; which measures the lists allow, and which are under way."""
    reviews = reviews_of(period)
    asked = [row for row in rows_of(CASES, period) if row["number"] in reviews and by.can(SEE, row["unit"])]
    pending = [(one.unit, one.title, one.words or "", one.on)
               for one in rules.reversals(asked, reviews, period.first, period.as_of, link=_link) if one.state == "pending"]
    return [Section(Text("暂缓计入：复议、诉讼尚未生效（FIN-OPEN）", "Held: a review or appeal is not final (FIN-OPEN)"),
                    (Text("单位", "Unit"), Text("决定", "Decision"), Text("程序", "Stage"), Text("决定日期", "Decided on")), pending,
                    unit_column=0), _measures(period.today), _running(period, by)]


def _measures(on: date) -> Section:
    """The list in force that day: measures that it relates to behaviours of enforcement, and whether they reward or restrict."""
    called = {one.code: one.name for one in catalogue.items("behaviour", on=on) if one.code in BEHAVIOURS}
    rows = [(one.code, one.name, Text("惩戒", "restriction") if one.direction == "breach" else Text("激励", "reward"),
             _named([called[name] for name in one.behaviours if name in called]))
            for one in catalogue.items("application", on=on) if {"*", *BEHAVIOURS} & set(one.behaviours or ("*",))]
    return Section(Text("应用清单允许的联合奖惩措施", "Joint measures that the application list allows"),
                   (Text("代码", "Code"), Text("措施", "Measure"), Text("方向", "Direction"), Text("相关联行为", "Behaviours")), rows,
                   Text("措施由生效的记录依清单发起，在“联合奖惩”办理；清单之外的一律不得采取。",
                        "A measure begins with a record in effect, under the list; nothing outside the list may be done."))


def _named(some: Sequence[Text]) -> Text:
    return Text("、".join(one.zh for one in some), ", ".join(one.en for one in some)) if some else Text("不限", "any")


def _running(period: Period, by: Actor) -> Section:
    """Measures under way about the units of the year, as far as this person may know of them."""
    units = {row["unit"] for row in rows_of(CASES, period)}
    found = [one for one in cases.open_cases(("joint_action", "joint_proposal")) if one.subject in units]
    known = cases.known_of([one.uid for one in found], actor=by)
    rows = [(one.subject, one.number, str((told := one.values.get("told", {})).get("措施") or told.get("清单建议") or ""),
             clock.city_day(one.opened_at)) for one in found if one.uid in known]
    return Section(Text("在办的联合奖惩", "Joint measures under way"),
                   (Text("单位", "Unit"), Text("办件", "Case"), Text("措施", "Measure"), Text("发起日期", "Begun on")), rows, unit_column=0)


AREA = Area(
    here=HERE, see=SEE, lines=lines, states=rules.STATES, sections=sections, open_to_all=("D09-1", "D09-2", "D09-3", "D09-4"),
    tabs=(("d09:teams", Text("执法队伍评价", "Teams"), SEE), ("d09:decisions", Text("执法决定", "Decisions"), SEE)),
    of_people=("D09-2", "D09-3"), method="appraisal.toml")
