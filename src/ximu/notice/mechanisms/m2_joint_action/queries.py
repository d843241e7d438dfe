"""Which measures does the list propose, what runs on whom, how well do units respond, and what came back?"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import queries as cases
from ximu.ideas.casework.queries import EffectRow
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import Item
from ximu.ideas.records import queries as records
from ximu.ideas.records.rules import kept_until
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m2_joint_action.rules import LEVELS, OTHER, Themes

OFFICIAL = "official"
UNDER_WAY = ("sent", "signed", "accepted", "in_force", "lifting")


def proposals(record: records.Duties, *, on: date) -> list[Item]:
    """Measures of the application list in force that relate to this behaviour, grade and kind of subject."""
    if catalogue.edition_in_force(on) is None:
        return []
    kind = _kind(record)
    return [item for item in catalogue.items("application", on=on)
            if {record.behaviour, "*"} & set(item.behaviours) and (not item.grades or record.effect_grade in item.grades)
            and kind in item.subject_kinds]


def _kind(record: records.Duties) -> str:
    """What the subject was on the day of the event, in the words of the lists."""
    unit = registry.unit(record.subject, as_of=record.event_date)
    return unit.kind if unit else OFFICIAL


def record_until(record: records.Duties, *, on: date) -> date | None:
    """The last day on which the record may be queried; None while the act goes on."""
    return kept_until(record.end_date, int(records.parameters().on("retention_years", on)["value"]))


def running(number: str) -> list[Any]:
    """Cases of measures on this record that are under way."""
    return [case for case in cases.open_cases(("joint_action",), about=number) if case.state in UNDER_WAY]


@dataclass(frozen=True, slots=True)
class Rates:
    """How one unit responds: shares of what it was sent; None where nothing was."""

    unit: str
    sent: int
    response: float | None
    feedback: float | None
    lifting: float | None
    late: int


def quarter(written: str) -> tuple[datetime, datetime]:
    """First moment and end of a quarter written as 2018-3. Errors: `DATE-FORM`."""
    year, _, number = written.strip().partition("-")
    if not (len(year) == 4 and year.isascii() and year.isdigit() and "1900" <= year <= "2200" and number in ("1", "2", "3", "4")):
        raise Refusal("DATE-FORM", field="quarter", value=written[:20], rule="2018-3", zh="季度应写作2018-3。",
                      en="Write the quarter as 2018-3.")
    first = date(int(year), int(number) * 3 - 2, 1)
    after = date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)
    return clock.start_of(first), clock.start_of(after)


def rates(*, quarter_of: str = "") -> list[Rates]:
    """Response, feedback and lifting by implementing unit; of the measures sent in one quarter, or of all. Errors: `DATE-FORM`."""
    since, before = quarter(quarter_of) if quarter_of else (None, None)
    units: dict[str, Counter[str]] = {}
    late: Counter[str] = Counter()
    for unit, state, is_late, count in cases.tally("joint_action", since=since, before=before):
        units.setdefault(unit, Counter())[state] += count
        late[unit] += count * is_late
    return [_rates(unit, found, late[unit]) for unit, found in sorted(units.items())]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _rates(unit: str, found: Counter[str], late: int) -> Rates:
    sent = sum(found.values()) - found["cancelled"]
    acted = found["in_force"] + found["lifting"] + found["lifted"]
    ordered = found["lifting"] + found["lifted"]
    return Rates(unit, sent, _share(sent - found["sent"] - found["signed"], sent), _share(acted, acted + found["accepted"]),
                 _share(found["lifted"], ordered), late)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure on a unit or a civil servant: by whom, of which item, from when until when, and where it stands."""

    case: Any
    name: str
    state: Text
    unit: str
    effect: EffectRow | None


def measures_on(subject: str, *, on: date) -> list[Measure]:
    """Every measure on this body (under all its former forms) or civil servant, whoever takes it, newest first."""
    known = registry.unit(subject, as_of=on) is not None
    subjects = registry.forebears(subject, on) if known else [subject]
    rows = cases.cases_of("joint_action", subjects=subjects)
    lines = {e.target: e for e in cases.effects_of_many({row.about for row in rows})}
    states = cases.procedure("joint_action").states
    return [Measure(row, str(row.values.get("told", {}).get("措施", row.values.get("item", ""))), states[row.state].name,
                    registry.name(row.source, as_of=on, short=True) if row.source else "—", lines.get(row.uid)) for row in rows]


def may_see_measures(subject: str, by: Actor) -> None:
    """Errors: `PERM-DENIED` for whoever neither initiates for the city nor speaks for this very subject."""
    own = any(g.unit == subject and {"relief.object", "joint.respond"} & set(g.permissions) for g in by.grants)
    if not own:
        by.must("joint.initiate")


@cache
def themes() -> Themes:
    return Themes(tomllib.loads((Path(__file__).parent / "rules" / "themes.toml").read_text("utf-8"))["theme"])


@dataclass(frozen=True, slots=True)
class Campaign:
    """The whole chain of one theme: found, in hand, done, checked, unfounded, come back within the term, late; days until checked."""

    theme: str
    name: Text
    found: int
    in_hand: int
    done: int
    checked: int
    unfounded: int
    relapsed: int
    late: int
    days: float | None
    levels: dict[str, int]


def campaigns() -> list[Campaign]:
    """By theme, over all problems; a theme without a problem is there with zeros."""
    names = themes().on(date.max)
    by_theme: dict[str, list[Any]] = {code: [] for code in names}
    for case in _problems():
        by_theme.setdefault(_theme_of(case), []).append(case)
    return [_campaign(code, names.get(code, Text(code, code)), rows) for code, rows in by_theme.items()]


def _problems() -> list[Any]:
    return [case for case in cases.cases_of("rectification") if case.state != "merged"]


def _theme_of(case: Any) -> str:
    return str(case.values.get("theme", OTHER))


def _campaign(theme: str, name: Text, rows: list[Any]) -> Campaign:
    states = Counter(row.state for row in rows)
    relapsed = sum(bool(row.values.get("relapse_of")) for row in rows)
    took = [(row.closed_at - row.opened_at).days for row in rows if row.state == "closed" and row.closed_at]
    levels = Counter(str(row.values.get("level", "")) for row in rows if row.closed_at is None)
    return Campaign(theme, name, len(rows), states["assigned"], states["done"], states["closed"], states["unfounded"], relapsed,
                    sum(row.late for row in rows), sum(took) / len(took) if took else None, {code: levels[code] for code in LEVELS})


@dataclass(frozen=True, slots=True)
class Chain:
    """One theme opened to its units and problems."""

    campaign: Campaign
    units: list[tuple[str, Campaign]]
    problems: list[Any]


def campaign(theme: str, *, on: date) -> Chain:
    """Errors: `RECT-THEME`."""
    names = themes().on(date.max)
    if theme not in names:
        raise absent("RECT-THEME", field="theme", value=theme[:20], zh="个专项治理主题", en="theme of special governance")
    rows = [case for case in _problems() if _theme_of(case) == theme]
    units: dict[str, list[Any]] = {}
    for row in rows:
        units.setdefault(row.source, []).append(row)
    made = [(registry.name(unit, as_of=on, short=True) if unit else "—", _campaign(theme, names[theme], found))
            for unit, found in units.items()]
    return Chain(_campaign(theme, names[theme], rows), sorted(made, key=lambda one: (-one[1].found, one[0])), rows)
