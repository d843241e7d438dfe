"""One reach, one chief, the tests with their evidence, and what a year makes of each chief."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from ximu.foundation import clock
from ximu.ideas.assessment.rules import parts
from ximu.ideas.casework import queries as cases
from ximu.ideas.events import queries as events
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules import charges
from ximu.ideas.warnings import queries as alarms_kept
from ximu.ideas.warnings.rules import witnesses
from ximu.kernel import wgs84
from ximu.kernel.refusal import absent
from ximu.notice.domains.d06_rivers.models import Appraisal
from ximu.notice.domains.d06_rivers.queries import store, year
from ximu.notice.domains.d06_rivers.rules import FLAGS, LEVELS, measures, water

SHEET, WINTER = (680, 300), 3
"""Width and height of a drawing; until the end of March the water of the last year is shown."""
HEARD = """SELECT unit, count(*) AS n FROM hotline WHERE topic = '04' AND kind IN ('求助', '投诉', '举报')
AND called_on BETWEEN $first AND $last GROUP BY unit"""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the year makes of one chief, all reaches together."""

    chief: str
    unit: str
    post: str
    official: str
    reaches: tuple[str, ...]
    rated: parts.Rated
    doubted: bool


@cache
def _methods() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((store.HERE / "appraisal.toml").read_text("utf-8"))["method"]
    return found


def method(of: int) -> Any:
    return parts.method_on(_methods(), date(of, 12, 31))


def preview(of: int, *, known_at: datetime) -> list[Preview]:
    """Each chief of the year by the published method, as known at a time."""
    as_of = min(date(of, 12, 31), clock.city_day(known_at))
    known = year.facts(of, as_of, known_at=known_at)
    duties, lines = measures.kept(known), {line.uid: line for line in measures.problems(known)}
    waters = list(zip(known.sections, measures.sections(known), strict=True))
    true = {about for rule, _, about, _ in alarms_kept.confirmed(year.pack().manifest.row) if rule in year.RULES.values()}
    found = []
    for chief in dict.fromkeys(one.charge.holder for one in duties if not one.vacant):
        mine = [one for one in duties if one.charge.holder == chief and not one.vacant]
        charge, reaches = mine[-1].charge, tuple(dict.fromkeys(one.charge.thing for one in mine))
        own = [line for one in known.problems if one.chief == chief and (line := lines.get(one.uid)) and not line.why]
        seen = [(section, line) for section, line in waters if section.reach in reaches]
        judged = [line for _, line in seen if not line.why]
        facts = {"patrols": _fact(sum(one.done for one in mine), sum(one.due for one in mine)),
                 "problems": _fact(sum(line.state == "closed" for line in own), len(own)),
                 "water": _fact(sum(line.state == "met" for line in judged), len(judged), lacking=bool(seen))}
        counts = {"flagged": sum(not one.counts and one.who.holder == chief for one in known.patrols if one.who),
                  "confirmed": sum(measures.about(test, one.charge.thing, one.charge.level, of) in true
                                   for one in mine for test in year.RULES)}
        people = registry.charged(charge, as_of)
        found.append(Preview(chief, charge.unit, charge.post, people[0].uid if people else "", reaches,
                             parts.rated(method(of), facts, counts), any(one.rings and one.who.endswith(chief) for one in known.doubts)))
    return sorted(found, key=lambda one: (one.unit, one.post))


def _fact(part: int, whole: int, *, lacking: bool = False) -> parts.Fact:
    return parts.Fact(part, whole) if whole else parts.Fact(state="missing" if lacking else "none")


def held(of: int) -> list[Appraisal]:
    """What was decided last for each chief of a year."""
    rows = Appraisal.objects.filter(year=of, state="decided").order_by("decided_at", "pk")
    return list({(row.unit, row.post): row for row in rows}.values())


def waiting(of: int) -> list[Appraisal]:
    return list(Appraisal.objects.filter(year=of, state="proposed").order_by("unit", "post"))


def chiefs_of_year(on: date, *, known_at: datetime) -> list[dict[str, Any]]:
    """Chief and reach by term, those of today first; who holds the post; overlaps with what decides them."""
    held = store.known_charges(on, known_at=known_at)
    now, twice = {one.key for one in charges.in_charge(held, on)}, charges.overlapping(held)
    return [{"charge": one, "now": one.key in now, "holders": registry.charged(one, min(on, one.until - charges.DAY) if one.until else on),
             "overlaps": twice.get(one.key, [])}
            for one in sorted(held, key=lambda one: (one.key not in now, one.thing, list(LEVELS).index(one.level), one.since))]


def geometry_of(one: store.Reach, walks: Sequence[Sequence[wgs84.Fix]] = ()) -> dict[str, Any]:
    """Length, bounds, and the lines as a drawing: north up, one scale."""
    line, *others = wgs84.drawn(one.line, [[fix.point for fix in walk] for walk in walks], width=SHEET[0], height=SHEET[1])
    return {"length": round(wgs84.length(one.line)), "box": wgs84.box(one.line), "points": len(one.line), "drawn": line, "others": others}


def reach(code: str, *, on: date, known_at: datetime, sees: Callable[[str], bool]) -> dict[str, Any]:
    """A reach with chiefs and sections; tracks, patrols, reports and problems of the units that are seen. Errors: `REACH-NONE`."""
    one = store.known_reaches(on, known_at=known_at).get(code)
    if one is None:
        raise absent("REACH-NONE", field="reach", value=code[:30], zh="个河段", en="reach")
    first = date(on.year - 1, on.month, 1)
    made, rows = store.known_patrols(first, on, store.known_charges(on, known_at=known_at), known_at=known_at)
    mine = sorted((patrol for patrol in made if patrol.reach == code and sees(patrol.who.unit if patrol.who else one.unit)),
                  key=lambda patrol: (patrol.on, patrol.uid), reverse=True)
    walks = {patrol.uid: store.track(rows[patrol.uid]["track"]) for patrol in mine}
    seen = {uid: wgs84.seen(walk, one.line, corridor=one.corridor(on)) for uid, walk in walks.items()}
    of = on.year if on.month > WINTER else on.year - 1
    known = year.facts(of, min(on, date(of, 12, 31)), known_at=known_at)
    return {"reach": one, "of": of, "geometry": geometry_of(one, list(walks.values())[:10]), "walked": [
                (patrol, seen[patrol.uid], round(100 * seen[patrol.uid].covered), [FLAGS[flag] for flag in sorted(patrol.flags)])
                for patrol in mine],
            "rows": [line for line in chiefs_of_year(on, known_at=known_at) if line["charge"].thing == code],
            "waters": [(x.code, water.CLASSES[told.target], water.words(told), water.GRADES[told.degree]) if told else
                       (x.code, "—", store.STATES["unseen"], None) for x in known.sections if x.reach == code for told in [x.judged]],
            "reports": [row for row in store.reports(on, known_at=known_at)[1] if row["reach"] == code
                        and row["called_on"] >= first and sees(row["unit"])],
            "cases": [case for case in cases.cases_of("river_problem") if case.values["reach"] == code and sees(case.source)]}


def chief(code: str, *, on: date, known_at: datetime) -> dict[str, Any]:
    """A chief's credit record of performance: every decided result, with the reaches in charge. Errors: `CHIEF-NONE`."""
    lines = [line for line in chiefs_of_year(on, known_at=known_at) if line["charge"].holder == code]
    if not lines:
        raise absent("CHIEF-NONE", field="chief", value=code[:12], zh="名河长", en="chief")
    one = lines[0]["charge"]
    rows = Appraisal.objects.filter(unit=one.unit, post=one.post, state="decided").order_by("-year", "-decided_at")
    return {"charge": one, "rows": lines, "record": [{"row": row, "official": registry.official(row.official)} for row in rows]}


def doubts(on: date, *, known_at: datetime) -> dict[str, Any]:
    """Both tests of all, the numbers by reach and week, and by unit how much of what the hotline heard was located on a reach."""
    settings = store.test_settings(on)
    first, charged = on - settings.days * charges.DAY, {one.who: one for one in store.known_charges(on, known_at=known_at)}
    made, _ = store.known_patrols(first, on, list(charged.values()), known_at=known_at)
    heard, rows = store.reports(on, known_at=known_at)
    total = dict(events.ask(HEARD, {"first": first, "last": on}, dataset="hotline", known_at=known_at).iter_rows())
    own: dict[str, list[int]] = {}
    for row in rows:
        if first <= row["called_on"]:
            own.setdefault(row["unit"], []).append(bool(row["heard"]))
    return {"settings": settings, "first": first, "charged": charged, "doubts": year.facts(on.year, on, known_at=known_at).doubts,
            "weeks": [week for week in witnesses.by_week(year.visits(made), [r for r in heard if r.on >= first]) if week[2]],
            "located": [(unit, total.get(unit, 0), len(some), sum(some)) for unit, some in sorted(own.items())]}
