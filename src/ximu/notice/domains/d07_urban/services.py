"""A matter finds its unit on the day it was found: dispatched, offered to both sides of a border, or kept for people to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import apart, clock
from ximu.foundation.outbox import announce
from ximu.ideas.areas.hooks import Confirmed
from ximu.ideas.areas.rules import period_of
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move, begin
from ximu.ideas.casework.services import Opening
from ximu.ideas.disclosure.rules import holds_personal, personal_data
from ximu.ideas.intake.services import deliver_rows
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.places import queries as places
from ximu.ideas.places import services as placing
from ximu.ideas.places.rules import KINDS, must_say
from ximu.ideas.places.services import must_be_office, must_be_unit
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import SYSTEM, Actor
from ximu.kernel.canonical import digest
from ximu.kernel.given import near_day
from ximu.kernel.refusal import Refusal
from ximu.notice.domains.d07_urban import queries, rules
from ximu.notice.domains.d07_urban.models import Matter

ENTER, OFFICE = "d07.enter", "d07.office"
MATTER = "urban_matter"


@dataclass(frozen=True, slots=True)
class NewMatter:
    """`place` is the address; `title` says what, without door number or name. `ref`: the number it has where it comes from.

    A project of governance has its `site`, its `due_on`, and perhaps a `unit` other than the one by the duty list.
    """

    kind: str
    title: str
    place: str
    found_at: datetime
    origin: str = "report"
    ref: str = ""
    is_new: bool = False
    building: bool = False
    site: str = ""
    unit: str = ""
    due_on: date | None = None


def report(new: NewMatter, *, by: Actor, at: datetime, files: Sequence[casework.Upload] = ()) -> str:
    """The matter's uid; its unit is found by the duty list of the day on which it was found.

    Errors: `PERM-DENIED`, `MATTER-KIND`, `MATTER-ORIGIN`, `MATTER-NEW`, `PLACE-NONE`, `FIELD-NEED`, `FIELD-LONG`, `DISC-PII`,
    `TIME-FUTURE`, `DATE-RANGE`, `MATTER-DUP`, `CAL-NONE`.
    """
    by.must(ENTER)
    _must_be_sound(new, at)
    day = clock.city_day(new.found_at)
    found = places.whose(new.kind, new.place, day, known_at=at)
    try:
        with transaction.atomic():
            row = _found(new, ("one", [new.unit]) if new.unit else (found.how, list(found.units)), _tell_by(new, day), by=by, at=at)
            if row.how == "one":
                dispatch(row, row.units[0], fixed=bool(new.unit), due_on=new.due_on, by=by, at=at, files=files)
            else:
                placing.offer(row.uid, row.units, told=_told(row), words=row.title, files=files, by=by, at=at)
    except IntegrityError as error:
        raise Refusal("MATTER-DUP", status=409, field="ref", value=new.ref[:64], rule="once", zh="该来源编号已经登记过。",
                      en="This number of its origin is on record.") from error
    return row.uid


def _must_be_once(row: Matter) -> None:
    """The same thing at the same place and time by the same person is a second click; asked once the log is held, so that of two at the
    same time the second sees the first. Errors: `MATTER-DUP`."""
    alike = {name: getattr(row, name) for name in ("kind", "title", "place", "origin", "ref", "site", "found_at", "building", "entered_by")}
    if same := Matter.objects.filter(**alike).exclude(pk=row.pk).first():
        raise Refusal("MATTER-DUP", status=409, field="title", value=same.uid, rule="once",
                      zh="您已经登记过这一事项：同一地点、同一时间。", en="You have entered this matter already: same place, same time.")


def _tell_by(new: NewMatter, day: date) -> date | None:
    """Whoever reported it is told within a month (上海市拆除违法建筑若干规定 art. 5)."""
    return begin(cases.terms().on("URB-FEEDBACK", day), day, cases.calendar()).due.day if new.origin in queries.TOLD else None


def _found(new: NewMatter, route: tuple[str, list[str]], tell_by: date | None, *, by: Actor, at: datetime) -> Matter:
    row = Matter.objects.create(
        kind=new.kind, title=new.title.strip(), place=new.place.strip(), origin=new.origin, ref=new.ref.strip(),
        site=new.site, found_at=new.found_at, entered_at=at, entered_by=by.human,
        finder=places.owners()(by.unit, clock.city_day(new.found_at)) if by.unit else "",
        is_new=new.is_new or new.building, building=new.building, how=route[0], units=route[1], tell_by=tell_by)
    ledger.append([Entry("urban.found", {"matter": row.uid, "sort": row.kind, "how": row.how, "units": row.units, "by": by.uid})], at=at)
    _must_be_once(row)
    return row


def _must_be_sound(new: NewMatter, at: datetime) -> None:
    if new.origin not in queries.ORIGINS:
        raise Refusal("MATTER-ORIGIN", field="origin", value=new.origin[:20], rule=" ".join(queries.ORIGINS), zh="来源不在清单之内。",
                      en="There is no such origin.")
    near_day(clock.city_day(new.found_at), "found_at")
    rules.must_be_new(new.kind, new=new.is_new or new.building, found_at=new.found_at, at=at)
    must_say("title", new.title, most=80)
    for field, most in (("place", 200), ("ref", 64)):
        if text := getattr(new, field).strip():
            must_say(field, text, most=most)
    if hits := personal_data(new.title):
        raise holds_personal("title", hits[0].kind, hits[0].name.zh)


def _told(row: Matter) -> dict[str, str]:
    return {"事项": KINDS[row.kind].zh, "地点": row.place, "来源": queries.ORIGINS[row.origin].zh,
            "正在搭建": "是" if row.building else "否"}


def dispatch(row: Matter, unit: str, *, fixed: bool, by: Actor, at: datetime, files: Sequence[casework.Upload] = (),
             due_on: date | None = None) -> None:
    """To the one unit that answers for it; the clock on site runs from now. Errors: `MATTER-TAKEN`, `CAL-NONE`."""
    day = clock.city_day(at)
    site_by = None if due_on else rules.site_by(at, building=row.building, hours=queries.value("site_hours", day),
                                                hours_building=queries.value("site_hours_building", day))
    mine = {"unit": unit, "fixed": fixed, "dispatched_at": at, "site_by": site_by}
    if not Matter.objects.filter(pk=row.pk, dispatched_at=None, closed_on=None).update(**mine):
        raise placing.taken(row.uid)
    opening = Opening(about=row.uid, key=row.uid, subject=unit, source=unit, office=places.office(day), values={"told": _told(row)})
    case = casework.open_case(MATTER, opening=opening, given=Given(row.title), files=files, by=by, at=at, checked=True)
    Matter.objects.filter(pk=row.pk).update(fix_by=due_on or cases.case_for(case).due)
    row.refresh_from_db()


def escalate_due(*, at: datetime) -> int:
    """To the superior, once for each matter, with its history. One that is refused stops no other and is tried again (`urban_stuck`)."""
    return apart.each("matters", queries.late(at), lambda row: _escalate(row, at))


def _escalate(row: Matter, at: datetime) -> bool:
    with transaction.atomic():
        if not Matter.objects.filter(pk=row.pk, escalated_at=None, done_on=None).update(escalated_at=at):
            return False
        why = "未在规定时间内到场" if row.arrived_at is None else "期满未处置完成"
        for case in cases.open_cases([MATTER], about=row.uid):
            casework.move(case.uid, "escalate", given=Given(why), by=SYSTEM, at=at)
    return True


class Desk:
    """What the duty list or people decided about a matter; both sides of a border have it until then."""

    def holds(self, about: str) -> bool:
        return bool(queries.matter(about).unit)

    def give(self, about: str, unit: str, *, by: Actor, at: datetime) -> None:
        dispatch(queries.matter(about), unit, fixed=True, by=by, at=at)

    def lapsed(self, about: str, *, at: datetime) -> None:
        Matter.objects.filter(uid=about).update(lapsed_on=clock.city_day(at))


class MatterConduct:
    """What the case decides is kept with the matter, so that any day can be judged; the reporter is told before it is closed."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        rules.must_move(queries.matter(case.about), move.verb, given.values)

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        row, day = queries.matter(case.about), clock.city_day(at)
        decide_by = day + timedelta(days=queries.value("order_days", day)) if row.kind == "illegal" else None
        changed: Any = {
            "arrive": {"arrived_at": row.arrived_at or at, "order_by": row.order_by or decide_by},
            "order": {"ordered_on": row.ordered_on or day}, "tell_reporter": {"told_on": row.told_on or day},
            "report_done": {"done_on": day, "removed_at": at if row.kind == "illegal" else None},
            "send_back": {"done_on": None, "removed_at": None},
            "close": {"closed_on": day, "closed_as": "closed"}, "unfounded": {"closed_on": day, "closed_as": "unfounded"},
            "hand_back": {"unit": "", "how": "none", "dispatched_at": None, "site_by": None, "fix_by": None},
        }.get(move.verb, {})
        if move.verb in ("send_back", "hand_back"):
            before = {name: getattr(row, name) for name in queries.STOOD}
            changed["past"] = [*row.past, {name: value.isoformat() if isinstance(value, date) else value for name, value in before.items()}
                               | {"until": at.isoformat()}]
        if changed:
            Matter.objects.filter(pk=row.pk).update(**changed)
        if move.verb == "hand_back":
            placing.offer(row.uid, (), told=_told(row), words=f"退回：{given.reason.strip()}"[:200], by=by, at=at)


def list_project(site: str, *, title: str, due_on: date, by: Actor, at: datetime, unit: str = "") -> str:
    """At a site of the duty list: a matter of its unit (or another) with its own due day. Errors: `PERM-DENIED`, `PLACE-OFFICE`,
    `SITE-NONE`, `FIELD-NEED`, `FIELD-LONG`, `DATE-RANGE`, `DATE-ORDER`, `ORG-*`, `MATTER-DUP`."""
    must_be_office(by, at, OFFICE)
    of, day = queries.site(site), clock.city_day(at)
    if near_day(due_on, "due_on") < day:
        raise Refusal("DATE-ORDER", field="due_on", value=due_on.isoformat(), rule=f"≥ {day}", zh="完成期限不能早于列入日期。",
                      en="It cannot be due before it was listed.")
    held = must_be_unit("unit", unit or of["unit"], day)
    ref = f"{site}:{title.strip()}"
    new = NewMatter(of["kind"], title, of["place"].zh, at, "project", ref if len(ref) <= 64 else f"{site}:{digest(title.strip())}"[:64],
                    site=site, unit=held, due_on=due_on)
    return report(new, by=by, at=at)


FROM_FACTS = ("1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Brought:
    """`about`: uid of the matter or line of the duty list for codes 1–4; `document`: for codes 5 and 6, with its file."""

    code: str
    unit: str
    about: str = ""
    document: str = ""


def bring_up(new: Brought, *, reason: str, by: Actor, at: datetime, files: Sequence[casework.Upload] = ()) -> str:
    """The case. Errors: `PERM-DENIED`, `PLACE-OFFICE`, `DERELICTION-CODE`, `CLUE-NONE`, `ORG-UNKNOWN`, `ORG-ENDED`, `FIELD-NEED`,
    `EVID-DIGEST`, `REASON`, `CASE-DUP`."""
    must_be_office(by, at, OFFICE)
    day, codes = clock.city_day(at), queries.derelictions()["code"]
    if new.code not in codes:
        raise Refusal("DERELICTION-CODE", field="code", value=new.code[:10], rule=" ".join(codes), zh="失职情形应为六类之一。",
                      en="A dereliction is one of the six codes.")
    by_fact = new.code in FROM_FACTS
    unit = registry.owner_of(new.unit, day) if by_fact else must_be_unit("unit", new.unit, day)
    if not reason.strip():
        raise Refusal("REASON", field="reason", value="", rule="bring_up", zh="须写明情况。", en="Say what happened.")
    told = {"失职情形": f"{new.code} {codes[new.code]['zh']}", "单位": registry.name(unit, as_of=day),
            "行为": codes[new.code]["behaviour"]}
    if by_fact:
        told["线索"] = _fact(new, at)
    else:
        told["文书"] = must_say("document", new.document, most=120)
        if not files:
            raise Refusal("EVID-DIGEST", field="file", value="", rule="5, 6", zh="该情形须附文书。", en="This code needs its document.")
    about = new.about if by_fact else ""
    opening = Opening(about=about, key=f"{new.code}:{about or told['文书']}:{new.unit}"[:160], subject=unit, source=unit,
                      office=places.office(day), values={"told": told})
    return casework.open_case("urban_dereliction", opening=opening, given=Given(reason), files=files, by=by, at=at, checked=True)


def _fact(new: Brought, at: datetime) -> str:
    """The sign that stands on record this year or the last. Errors: `CLUE-NONE`."""
    today = clock.city_day(at)
    for year in (today.year, today.year - 1):
        for one in queries.clues(period_of(year, today=today, known_at=at)):
            if (one.code, one.unit, one.about) == (new.code, new.unit, new.about):
                return one.words.zh
    raise Refusal("CLUE-NONE", field="about", value=new.about[:16], rule="clue", zh="没有这一线索：该情形须有在案的事实。",
                  en="There is no such sign: this code needs a fact on record.")


def load(dataset: str, path: Path, *, batch: str, by: Actor, at: datetime) -> dict[str, Any]:
    """A row that names no unit gets the one of the duty list: told for the whole city only.

    Errors: `PERM-DENIED`, every `FILE-*` code, `EVT-BATCH`; of rows `SUBJ-NONE`, `DUAL`, `FIELD-NEED`, `NUM-RANGE`, `PERM-DENIED`.
    """
    by.must(ENTER)
    routed, days, whole = places.router(known_at=at), queries.value("grid_days", clock.city_day(at)), by.units_with(ENTER) is None

    def judge(rows: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, str, str]]:
        return [(line, "unit_name", "PERM-DENIED") for line, row in rows if not (whole or row["unit"])] + rules.faults(dataset, rows)

    return deliver_rows(dataset, path, batch=batch, by=by, at=at, units=rules.UNITS, judge=judge, right=ENTER,
                        derive=lambda row: rules.derived(dataset, row, routed, days))


class DerelictionConduct:
    """What was upheld is a candidate for the register: it goes the way of all leads, once."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None: ...

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb == "uphold":
            told = case.values["told"]
            words = f"认定失职：{told['失职情形']}（{told['行为']}）。{told.get('线索') or told['文书']}"
            unit, title = registry.owner_of(case.subject, clock.city_day(at)), f"城市综合管理失职：{told['失职情形']}"
            announce(Confirmed(unit, title[:120], words[:4000], f"D7:{case.number}"), at=at)


LOADERS = {name: partial(load, name) for name in rules.SHEETS}
CONDUCTS = {**placing.conducts(Desk()), MATTER: MatterConduct(), "urban_dereliction": DerelictionConduct()}
LEADS = (Confirmed,)
DAILY = {"urban_escalated": escalate_due, "urban_stuck": lambda *, at: queries.late(at).count()}
"""Connected by `config/packed.py`, which looks into every pack."""
