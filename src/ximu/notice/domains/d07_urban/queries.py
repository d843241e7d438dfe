"""What was found where, whose it is, what is late, and what everybody may read of city management?"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from ximu.foundation import clock
from ximu.foundation.parameters import value_on
from ximu.ideas.areas.rules import Area, Line, Period, Section
from ximu.ideas.casework import queries as cases
from ximu.ideas.events import queries as events
from ximu.ideas.places import queries as places
from ximu.ideas.places.rules import KINDS as WORDS
from ximu.ideas.places.rules import Sign
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.domains.d07_urban import rules
from ximu.notice.domains.d07_urban.models import Matter

HERE = Path(__file__).parent
SEE = "d07.see"
KINDS, provider = (places.LISTED,), places.evidence
"""The duty list belongs to `ideas/places`; its proof is connected with this pack."""
ORIGINS = {
    "report": Text("公众举报", "public report"), "hotline": Text("12345热线", "12345 hotline"), "patrol": Text("巡查发现", "inspection"),
    "grid": Text("网格", "grid"), "project": Text("治理项目", "governance project"), "other": Text("其他", "other"),
}
STATES = {code: Text(*words) for code, words in tomllib.loads((HERE / "states.toml").read_text("utf-8")).items()}
GOVERNED = ("estate", "quasi")
STOOD = ("how", "unit", "dispatched_at", "site_by", "fix_by", "done_on", "removed_at")
"""What a step may take back: sent back a matter is not done, handed back it has no unit."""
TOLD = ("report", "hotline")
"""Origins with a reporter who must be told the result."""
HOTLINE = "hotline"
URBAN_TOPIC = "05"
"""Topic of hotline tickets that belongs here: 城乡建设与管理."""


@cache
def derelictions() -> dict[str, Any]:
    """The six codes of `derelictions.toml` and their source."""
    return tomllib.loads((HERE / "derelictions.toml").read_text("utf-8"))


def value(name: str, on: date) -> int:
    return int(value_on(HERE, name, on))


def case_of(one: Matter, unit: str) -> rules.Case:
    """The days of a matter as rules read them, in the city's own time."""
    site_by, arrived_at, removed_at = (at and at.astimezone(clock.CITY) for at in (one.site_by, one.arrived_at, one.removed_at))
    return rules.Case(
        one.uid, one.title, unit, one.kind, clock.city_day(one.found_at), one.how, tuple(one.units), one.fix_by, site_by,
        arrived_at, one.order_by, one.ordered_on, removed_at, one.done_on, one.closed_on, one.closed_as, one.is_new,
        one.building, one.lapsed_on, bool(one.site), one.origin == "patrol", one.tell_by, one.told_on,
        reverse("d07:matter", args=[one.uid]), one.units[0] if len(one.units) == 1 else "", one.finder)


def cases_in(period: Period) -> list[rules.Case]:
    """Matters entered by then and not closed before the period, and all projects, with the unit that carries them on its day."""
    owner = places.owners()
    found = Matter.objects.filter(Q(closed_on=None) | Q(closed_on__gte=period.first) | ~Q(site=""), entered_at__lte=period.known_at)
    return [case_of(one, owner(one.unit, period.as_of) if one.dispatched_at and one.dispatched_at <= period.known_at else "")
            for one in map(partial(as_stood, known_at=period.known_at), found.order_by("found_at", "pk"))]


def as_stood(row: Matter, known_at: datetime) -> Matter:
    """As it was known before a later step took it back."""
    before: dict[str, Any] = next((one for one in row.past if datetime.fromisoformat(one["until"]) > known_at), {})
    for name in STOOD if before else ():
        setattr(row, name, Matter._meta.get_field(name).to_python(before[name]))
    return row


def late(at: datetime) -> QuerySet[Matter]:
    """Nobody on site within the hours, or not put right within the term, and not escalated yet."""
    past = Q(arrived_at=None, site_by__lt=at) | Q(fix_by__lt=clock.city_day(at))
    return Matter.objects.filter(past, closed_on=None, escalated_at=None, done_on=None).exclude(dispatched_at=None).order_by("pk")


def grid_in(period: Period) -> list[dict[str, Any]]:
    """Grid cases due in the period or still open in it, by unit of the day, kind and verdict."""
    owner, groups = places.owners(), Counter[tuple[str, str, str]]()
    ran = events.run("d07_grid", {"as_of": period.as_of, "first": period.first}, known_at=period.known_at)
    for row in ran.frame.to_dicts():
        groups[owner(row["unit"], period.as_of) if row["unit"] else "", row["kind"], row["verdict"]] += row["n"]
    return [{"unit": unit, "kind": kind, "verdict": verdict, "n": n} for (unit, kind, verdict), n in sorted(groups.items())]


def built_in(period: Period) -> list[dict[str, Any]]:
    """The ledger of structures as known then, each with the unit that carries it on the day."""
    owner = places.owners()
    return [row | {"unit": owner(row["unit"], period.as_of) if row["unit"] else ""}
            for row in events.rows_of(rules.STRUCTURES, known_at=period.known_at, as_of=period.as_of)]


def heard(first: date, last: date, *, known_at: datetime) -> list[dict[str, Any]]:
    """Hotline tickets of this area by place and day: the unit that was told beside the one that the duty list names."""
    if events.span(HOTLINE, known_at=known_at) is None:
        return []
    found = events.run("d07_heard", {"first": first, "last": last, "topic": URBAN_TOPIC}, known_at=known_at).frame.to_dicts()
    return places.compared(found, known_at=known_at)


def unplaced_rows(today: date, *, known_at: datetime) -> list[dict[str, Any]]:
    """Grid cases that nobody has: kept, by place, until they are delivered with a unit."""
    rows: list[dict[str, Any]] = events.run("d07_unplaced", {"as_of": today}, known_at=known_at).frame.to_dicts()
    return [row | {"what": WORDS[rules.KIND_OF[row["kind"]]],
                   "units": [registry.name(unit, as_of=today) for unit in row["duty"].split("|") if unit]} for row in rows]


def sees(by: Actor, units: list[str], on: date) -> bool:
    return places.works(by, SEE, on) or any(by.can(SEE, unit) for unit in units if unit)


def matter(uid: str, *, actor: Actor | None = None) -> Matter:
    """Without an actor for this room itself. Errors: `MATTER-NONE`, also for who may not know of it."""
    found, on = Matter.objects.filter(uid=uid).first(), clock.today()
    known = found is not None and (actor is None or actor.human == found.entered_by or sees(
        actor, [registry.owner_of(one, on) for one in (found.unit, *found.units) if one], on))
    if found is None or not known:
        raise absent("MATTER-NONE", field="matter", value=uid[:16], zh="个事项，或者您无权查看", en="matter, or you may not see it")
    return found


def matters(by: Actor, *, state: str = "open") -> QuerySet[Matter]:
    """Those of the units for which this person may see, also while a border has them; the office and the whole city see all."""
    found = Matter.objects.order_by("-found_at", "-pk")
    found = found.exclude(closed_on=None) if state == "closed" else found.filter(closed_on=None)
    found, mine = (found.filter(unit="") if state == "unplaced" else found), places.mine(by, SEE, clock.today())
    if mine is None:
        return found
    listed = [one.pk for one in found.filter(unit="") if mine & set(one.units)]
    return found.filter(Q(unit__in=mine) | Q(pk__in=listed) | Q(entered_by=by.human))


def sites(by: Actor | None, today: date) -> list[dict[str, Any]]:
    """Estates and quasi-residential buildings of the duty list, as far as this person may see them; `n`: projects listed there."""
    mine = None if by is None else places.mine(by, SEE, clock.today())
    found = [one for one in places.shown((one for one in places.listed(today) if one.site), today)
             if one["codes"] and set(one["codes"]) <= set(GOVERNED) and (mine is None or one["unit"] in mine)]
    counted = Counter(Matter.objects.filter(site__in=[one["uid"] for one in found]).values_list("site", flat=True))
    return [one | {"n": counted[one["uid"]], "kind": one["codes"][-1]} for one in found]


def site(uid: str, *, actor: Actor | None = None) -> dict[str, Any]:
    """Without an actor for this room itself. Errors: `SITE-NONE`."""
    found = next((one for one in sites(actor, clock.today()) if one["uid"] == uid), None)
    if found is None:
        raise absent("SITE-NONE", field="site", value=uid[:16], zh="个治理点位，或者您无权查看", en="site, or you may not see it")
    return found


def projects(site: str) -> QuerySet[Matter]:
    return Matter.objects.filter(site=site).order_by("found_at", "pk")


def told(listed: Sequence[Matter], today: date) -> list[dict[str, Any]]:
    """Matters as a table shows them: state of the day, unit by its name, kind."""
    owner = places.owners()
    names = registry.names_on((owner(one.unit, today), today) for one in listed if one.unit)
    found = []
    for one in listed:
        state, late = rules.verdict(case_of(one, one.unit), today)
        found.append({"row": one, "state": STATES[state], "code": state, "late": late, "kind": WORDS[one.kind],
                      "unit": names[owner(one.unit, today), today] if one.unit else ""})
    return found


def unplaced_tickets(today: date, *, known_at: datetime) -> list[dict[str, Any]]:
    """Hotline tickets of the last year whose place no line of the duty list covers, by place."""
    return places.unlisted(heard(today - timedelta(days=365), today, known_at=known_at))


def brought_up(by: Actor, today: date) -> list[dict[str, Any]]:
    """Cases of a dereliction that this person may know of."""
    found = [one for one in cases.cases_of("urban_dereliction") if sees(by, [registry.owner_of(one.source, today)], today)]
    states = cases.procedure("urban_dereliction").states
    codes = derelictions()["code"]
    return [{"case": one, "state": states[one.state].name,
             "what": Text(told, f"{told[:1]} {codes[told[:1]]['en']}" if told[:1] in codes else told),
             "unit": registry.name(registry.owner_of(one.source, today), as_of=today)}
            for one in found for told in [one.values.get("told", {}).get("失职情形", "")]]


def lines(period: Period) -> dict[str, Sequence[Line]]:
    known, built = cases_in(period), built_in(period)
    grid = rules.grid_lines(grid_in(period), period)
    days = value("at_once_days", period.as_of)
    return {"D07-1": rules.old_structures(built, period), "D07-2": rules.new_structures(known, built, period, days), "D07-3": grid,
            "D07-4": rules.hazards(known, grid, period), "D07-5": rules.governed(known, period)}


def clues(period: Period, known: list[rules.Case] | None = None) -> list[Sign]:
    """Signs of a dereliction, by the facts known then, each with the unit that carries the duty on the day of the period."""
    owner = places.owners()
    visits = places.inspections_in(period.first, period.as_of, known_at=period.known_at)
    found = rules.clues(cases_in(period) if known is None else known, places.inspected(period.as_of, known_at=period.known_at), visits,
                        period)
    return list(dict.fromkeys(replace(one, unit=owner(one.unit, period.as_of)) for one in found))


def signs(by: Actor, period: Period) -> list[Sign]:
    """Those that this person may know of: also what came from a unit whose duties one's own carries today."""
    owner, today = places.owners(), clock.today()
    return [one for one in clues(period) if sees(by, [owner(one.unit, today)], today)]


def things(period: Period) -> list[Line]:
    """Other matters past term, reporters not told, projects at estates, and signs of a dereliction."""
    known = cases_in(period)
    others = rules.matter_lines((one for one in known if one.kind != "hazard" and not one.project), period)
    seen = [Line(f"{one.code}:{one.about}", one.title, one.unit, "clue", "clue", on=one.on, words=said(one))
            for one in clues(period, known)]
    return [*others, *rules.told_late(known, period), *rules.governed(known, period, kind="estate"), *seen]


def said(one: Sign) -> Text:
    """The code in words, and the fact behind it."""
    code = derelictions()["code"][one.code]
    return Text(f"{code['zh']}：{one.words.zh}", f"{code['en']}: {one.words.en}")


def _governance(period: Period) -> Section:
    known = cases_in(period)
    works = rules.governed(known, period) + rules.governed(known, period, kind="estate")
    counted: dict[str, Counter[str]] = {}
    for one in works:
        counted.setdefault(one.unit, Counter()).update([one.state])
    return Section(
        Text("住宅小区与类住宅综合治理项目", "Governance projects of estates and quasi-residential buildings"),
        (Text("责任单位", "Unit in charge"), Text("列入", "Listed"), Text("已核查", "Checked"), Text("待核查", "Done, not checked"),
         Text("逾期", "Past term")),
        [(unit, sum(n.values()), n["verified"], n["unchecked"], n["overdue"]) for unit, n in counted.items()], unit_column=0)


def hotline(period: Period) -> Section:
    """Per district: how many tickets went to the unit that the duty list names, to another, to a border, to nobody's place."""
    return Section(
        Text("12345热线：派单与责任清单", "12345 hotline: dispatched and by the duty list"),
        (Text("区", "District"), Text("清单单位或其所属区", "To the unit of the list or its district"),
         Text("派给其他单位", "To another unit"), Text("交界", "Border"), Text("清单无法匹配", "Not in the list")),
        places.by_district(heard(period.first, period.as_of, known_at=period.known_at)),
        note=Text("按来电当日的责任清单和机构设置判定；无法匹配的留在待定责页，不丢弃。",
                  "By the duty list and the units of the day of the call; what cannot be matched stays with the manual queue."))


def sections(period: Period, by: Actor) -> Sequence[Section]:
    return (hotline(period), _governance(period)) if places.works(by, SEE, clock.today()) else ()


def public_sections(period: Period) -> Sequence[Section]:
    return Section(**places.table(period.as_of)), _governance(period)


def pages_of(case: Any, by: Actor) -> list[tuple[Text, str]]:
    """From a case to its matter."""
    if not by.can(SEE) or not case.about:
        return []
    return [(Text("事项与地点", "The matter and its place"), reverse("d07:matter", args=[case.about]))]


AREA = Area(
    HERE, SEE, lines, STATES, things=things, open_to_all=("D07-1", "D07-2", "D07-3", "D07-4", "D07-5"),
    sections=sections, public_sections=public_sections, whole=lambda by: places.works(by, SEE, clock.today()),
    tabs=(("places:index", Text("责任清单", "Duty list"), places.SEE), ("d07:matters", Text("事项", "Matters"), SEE),
          ("d07:queue", Text("待定责", "Without a unit"), SEE), ("d07:sites", Text("小区与类住宅治理", "Governance"), SEE),
          ("d07:derelictions", Text("失职线索", "Derelictions"), SEE)))
PAGES = dict.fromkeys((places.UNPLACED, places.BORDER, "urban_matter"), pages_of)
