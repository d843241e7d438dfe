"""Cases with their steps, ratings and what became of them; the lines behind the figures; what the public reads."""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.urls import reverse

from ximu.foundation import clock, vault
from ximu.foundation.parameters import value_on
from ximu.foundation.resealing import Place, text_place
from ximu.ideas.areas.rules import Area, Line, Period, Section, figure
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.rules.machine import belongs
from ximu.ideas.events import queries as events
from ximu.ideas.events.rules import withheld_cells
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text
from ximu.notice.domains.d11_service import rules
from ximu.notice.domains.d11_service.models import Burst, Code, Rating

HERE = Path(__file__).parent
CASES, STEPS = "service_cases", "service_steps"
DATASETS = ("service_items", CASES, STEPS, "service_guides")
SEE, RATED, KINDS = "d11.see", "service.rated", ("service.rated",)
MOST_SHOWN, MOST_LISTED = 500, 50
Row = dict[str, Any]


@cache
def words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((HERE / "words.toml").read_text("utf-8"))


@cache
def rating_schema() -> Row:
    return dict(json.loads((HERE / "ratings.json").read_text("utf-8")))


def refuse(code: str, field: str, value: str = "", *, status: int = 422) -> Refusal:
    zh, en = words()["faults"][code]
    return Refusal(code, status=status, field=field, value=value[:64], rule=code, zh=zh, en=en)


def value(name: str, on: date) -> int:
    return int(value_on(HERE, name, on))


def mark(*said: str) -> str:
    """A digest that only this system can make: nothing in the tables leads back from it."""
    return hmac.new(vault.secret("service"), "\n".join(said).encode(), hashlib.sha256).hexdigest()


def person_mark(case: str, person: str) -> str:
    """The same person in another case has another mark."""
    return mark("person", case, "".join(person.split()).upper() or "@applicant")


def known_cases(numbers: Collection[str]) -> dict[str, Row]:
    """Those of these numbers that are on record."""
    return {row["case_no"]: row for row in events.rows_with(CASES, "case_no", numbers)}


def roster() -> dict[str, Any]:
    """Windows, terminals and platforms that may bring ratings: the points of the dataset of cases."""
    return {one.code: one for one in events.points(CASES)}


def reach(actor: Actor) -> set[str] | None:
    """The units for which one may see, with those whose duties they carry today; None for the whole city."""
    units = actor.units_with(SEE)
    return None if units is None else {unit for unit, owner in registry.owners(clock.today()).items() if units & {unit, owner}}


def service_case(number: str, *, actor: Actor) -> Row:
    """Of the units for which the actor may see. Errors: `D11-NONE`."""
    row, units = known_cases([number]).get(number), reach(actor)
    if row is None or (units is not None and row["unit"] not in units):
        raise refuse("D11-NONE", "case", number, status=404)
    return row


def with_days(rows: Sequence[Row], ended: str = "ended_on") -> list[Row]:
    """Each with the days by which it is late so far."""
    today = clock.today()
    return [{**row, "late": max(0, ((row[ended] or today) - row["due_on"]).days) if row["due_on"] else 0} for row in rows]


def steps_of(number: str) -> list[Row]:
    return with_days(events.rows_with(STEPS, "case_no", [number]))


def rating(uid: str, *, actor: Actor | None = None) -> Rating:
    """Errors: `D11-NONE`."""
    found = (Rating.objects.select_related("burst") if actor is None else ratings(actor)).filter(uid=uid[:16]).first()
    if found is None:
        raise refuse("D11-NONE", "rating", uid, status=404)
    return found


def ratings(actor: Actor, **wanted: Any) -> QuerySet[Rating]:
    """The newest first, of the units for which one may see."""
    rows, units = Rating.objects.select_related("burst").filter(**wanted).order_by("-rated_at", "-pk"), reach(actor)
    return rows if units is None else rows.filter(unit__in=units)


def bursts(actor: Actor) -> list[Burst]:
    """The open ones first; of windows of the units for which one may see: how many ratings each has, and some that one may see."""
    rows = Burst.objects.annotate(many=Count("ratings")).order_by(F("decided_at").desc(nulls_first=True), "-held_at", "pk")
    if (units := reach(actor)) is not None:
        rows = rows.filter(window__in=[code for code, one in roster().items() if one.unit in units])
    return list(rows.prefetch_related(Prefetch("ratings", ratings(actor)[:MOST_LISTED], to_attr="listed"))[:MOST_SHOWN])


def held(actor: Actor) -> list[Row]:
    return [{"uid": one.uid, "window": one.window, "source": one.source[:8], "state": one.state, "held_at": one.held_at,
             "ratings": one.many, "case": one.case} for one in bursts(actor)]


def handles(row: Rating, actor: Actor) -> bool:
    owner = registry.owner_of(row.unit, clock.today())
    return belongs(actor, owner) and actor.can("d11.handle", owner)


def opened(row: Rating, what: str) -> str:
    """For this room only: the words, or the contact."""
    return vault.unseal(sealed, about=f"rating:{row.uid}:{what}") if (sealed := getattr(row, what)) else ""


def words_of(row: Rating, *, actor: Actor) -> str | None:
    """What the rater wrote: to the unit in charge and to who verifies, to nobody else."""
    return opened(row, "words") if handles(row, actor) or actor.can("d11.verify", row.unit) else None


def as_rater(code: Code) -> Row:
    """What the page of a code shows: the case, and what was done about a poor rating; never who rated."""
    case, row = known_cases([code.case]).get(code.case), Rating.objects.filter(person=code.person).first()
    followed = cases.case_for(row.followed) if row and row.followed else None
    told = [step for step in followed.steps.order_by("log_index") if step.verb in ("contact", "fix")] if followed else []
    return {"case": case, "row": row, "unit": registry.name(case["unit"], as_of=clock.today()) if case else "",
            "aspects": (rules.ONLINE if case and case["online"] == "是" else rules.AT_A_DESK).items(),
            "step": cases.procedure(followed.procedure).states[followed.state].name if followed else None, "followed": followed,
            "said": [step.detail.get("reason", "") for step in told]}


def rated(period: Period) -> list[Rating]:
    """The ratings of the year as they stood when they were known: `state` counted, held or void, no day after the last one judged."""
    first, end, last = clock.start_of(period.first), clock.end_of(period.as_of), min(period.as_of, clock.city_day(period.known_at))
    found = Rating.objects.filter(rated_at__gte=first, rated_at__lte=end, received_at__lte=period.known_at).select_related("burst")
    rows, owner = list(found.order_by("rated_at", "pk").defer("words", "aspects")), registry.owners(period.as_of)
    for row in rows:
        row.unit = owner.get(row.unit, row.unit)
        held = row.burst if row.burst and row.burst.held_at <= period.known_at else None
        over = held is not None and held.decided_at is not None and held.decided_at <= period.known_at
        row.state = "counted" if held is None or (over and held.state == "released") else "void" if over else "held"
        for day in ("contacted_on", "fixed_on", "closed_on"):
            if (on := getattr(row, day)) and on > last:
                setattr(row, day, None)
        row.closed_as = row.closed_as if row.closed_on else ""
        row.title = f"{row.case} {row.item}（{rules.LEVELS[row.level].zh}）"
        row.on, row.link = clock.city_day(row.rated_at), reverse("d11:rating", args=[row.uid])
    return rows


def judged(name: str, period: Period, *, case: bool = True) -> list[Line]:
    """The lines of a definition beside this file."""
    found = events.run(name, {"first": period.first, "last": period.as_of}, known_at=period.known_at).frame
    owner = registry.owners(period.as_of)
    return [Line(row["uid"], row["title"], owner.get(row["unit"], row["unit"]), row["kind"], row["state"], Decimal(row["part"]),
                 Decimal(row["whole"]), row["why"], int(row["late_days"]), row["on_day"],
                 None if row["days"] is None else Text(f"承诺{row['days']}个工作日", f"promised {row['days']} working days"),
                 reverse("d11:case", args=[row["uid"].rpartition("#")[0] if row["kind"] == "step" else row["uid"]]) if case else "")
            for row in events.exact(found)]


def lines(period: Period) -> dict[str, Sequence[Line]]:
    """What each indicator reads."""
    told = rated(period)
    poor, there = [row for row in told if row.level < rules.GOOD], {row.case for row in told if not rules.why(row)}
    return {
        "D11-1": rules.rating_lines(told, value("source_cap", period.as_of)),
        "D11-2": [rules.fix_line(row, period) for row in poor], "D11-3": judged("d11_online", period),
        "D11-4": judged("d11_handled", period), "D11-5": judged("d11_guides", period, case=False),
        "D11-6": [rules.contact_line(row, period) for row in poor], "D11-7": judged("d11_items", period, case=False),
        "D11-8": [replace(one, part=Decimal(1), state="rated") if one.uid in there else one for one in judged("d11_done", period)],
    }


def things(period: Period) -> list[Line]:
    """Steps beyond their promise, and bursts that wait."""
    first, end, known = clock.start_of(period.first), min(clock.end_of(period.as_of), period.known_at), roster()
    owner = registry.owners(period.as_of)
    return judged("d11_steps", period) + [
        Line(one.uid, one.window, owner[known[one.window].unit], "burst", "held", why="held", on=day,
             late_days=(period.as_of - day).days, link=f"{reverse('d11:bursts')}#{one.uid}")
        for one in Burst.objects.filter(Q(decided_at=None) | Q(decided_at__gt=period.known_at), held_at__gte=first, held_at__lte=end)
        if (day := clock.city_day(one.held_at))]


def by_unit(period: Period, units: Collection[str] | None, *, withhold: bool) -> list[Section]:
    """Raw and held counts of the city and of each unit; the counts are public, small rates are not."""
    told, cap, done = rated(period), value("source_cap", period.as_of), judged("d11_handled", period)
    known = rules.rating_lines(told, cap)
    there = registry.in_order({one.unit for one in [*told, *done] if units is None or one.unit in units})
    found = {unit: rules.counts(told, known, cap, unit) for unit in (["", *there] if units is None else there)}
    hidden = dict(zip(there, withheld_cells([found[unit][0] for unit in there]), strict=True)) if withhold else {}
    title, note, city, none = (Text(*words()["section"][name]) for name in ("title", "note", "city", "hidden"))
    rows = [[unit or city, *one[:5], *([none] * 3 if hidden.get(unit) else one[5:]), figure("share", done, unit).value]
            for unit, one in found.items()]
    return [Section(title, [Text(*said) for said in words()["heads"].values()], rows, note, unit_column=0)]


AREA = Area(HERE, SEE, lines, {name: Text(*said) for name, said in words()["states"].items()}, things, by_unit=False,
    open_to_all=tuple(f"D11-{n}" for n in range(1, 9)),
    sections=lambda period, by: by_unit(period, reach(by), withhold=False),
    public_sections=lambda period: by_unit(period, None, withhold=True),
    tabs=(("d11:ratings", Text("好差评", "Ratings"), SEE), ("d11:bursts", Text("暂扣审查", "Held ratings"), SEE),
          ("d11:deliver", Text("报送评价", "Deliver ratings"), "d11.rate")))


def rated_body(row: Rating) -> Row:
    """The mark binds person and case; neither can be read from it."""
    return {"rating": row.uid, "unit": row.unit, "mark": row.person, "level": row.level, "window": row.window}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """Rows whose entry lies in the span, each as its entry should read."""
    for row in Rating.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index or 0, entry_bytes(RATED, rated_body(row), row.received_at), f"好差评 {row.uid}"


def sealed_places() -> list[Place]:
    return [text_place(Rating, what, lambda row, what=what: f"rating:{row.uid}:{what}") for what in ("words", "contact")]


PAGES = {"poor_rating": lambda case, by: [(Text("评价与办件", "The rating and its case"), reverse("d11:rating", args=[case.about]))],
         "rating_burst": lambda case, by: [(Text("暂扣的评价", "The held ratings"), f"{reverse('d11:bursts')}#{case.about}")]}
