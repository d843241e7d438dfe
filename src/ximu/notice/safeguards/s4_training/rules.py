"""Who may be asked for, who is trained, who signed, what is missing? Plain values in; every person or unit comes out with a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ximu.ideas.areas.rules import Line
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

KINDS = {"recruit": Text("录用", "recruitment"), "promote": Text("晋升", "promotion"), "award": Text("表彰评优", "award")}
PURPOSES = {"recruit": "appointment", "promote": "appointment", "award": "award"}
"""Kind of a procedure → the purpose that it gives a read of an archive."""
COURSES = {"training": Text("公务员培训", "training of civil servants"), "leaders": Text("领导干部进修", "course for leaders")}
STATES = {
    "filed": Text("已报人数", "headcount delivered"), "silent": Text("未报人数", "no headcount"),
    "waiting": Text("报送期内", "not due yet"),
    "trained": Text("已完成", "completed"), "untrained": Text("未完成", "not completed"), "failed": Text("未及格", "below the pass mark"),
    "all": Text("已全部查询", "all checked"), "unchecked": Text("未全部查询", "not all checked"), "open": Text("进行中", "under way"),
    "ended": Text("已结束", "ended"), "untold": Text("未报录用人数", "no numbers"), "overrun": Text("到期未结束", "past its last day"),
    "signed": Text("已签收", "signed"), "unsigned": Text("逾期未签收", "not signed in time"), "running": Text("签收期内", "time runs"),
}


@dataclass(frozen=True, slots=True)
class Servant:
    """In office on the day: since when, in which unit; `number` is the internal one."""
    uid: str
    number: str
    unit: str
    since: date


@dataclass(frozen=True, slots=True)
class Result:
    """Of one person in one course; `mark` is None where there is no test."""
    official: str
    attended: bool
    score: int | None
    mark: int | None

    @property
    def passed(self) -> bool:
        return self.attended and (self.mark is None or (self.score is not None and self.score >= self.mark))


@dataclass(frozen=True, slots=True)
class Run:
    """A procedure: `ended_on` None while it is open."""
    uid: str
    title: str
    unit: str
    kind: str
    ends_on: date
    ended_on: date | None
    hires: int | None = None
    checked: int | None = None


def archives(units: Sequence[str], heads: Mapping[str, tuple[date, int]], inside: Iterable[Servant], *, as_of: date, due: date,
             names: Mapping[str, str]) -> list[Line]:
    """Archives over heads by unit. `heads`: unit → (day, headcount) as delivered last."""
    there: dict[str, int] = {}
    for one in inside:
        there[one.unit] = there.get(one.unit, 0) + 1
    found = []
    for unit in units:
        if unit not in heads:
            state = "silent" if as_of > due else "waiting"
            found.append(Line(unit, names.get(unit, unit), unit, "unit", state, why="not-delivered"))
        else:
            day, staff = heads[unit]
            found.append(Line(unit, names.get(unit, unit), unit, "unit", "filed", Decimal(min(there.get(unit, 0), staff)), Decimal(staff),
                              on=day))
    return found


def training(inside: Iterable[Servant], results: Iterable[Result], *, as_of: date, new_days: int) -> list[Line]:
    best: dict[str, str] = {}
    for one in results:
        state = "trained" if one.passed else "failed" if one.attended else "untrained"
        order = ("untrained", "failed", "trained")
        best[one.official] = max(best.get(one.official, "untrained"), state, key=order.index)
    return [Line(one.uid, one.number, one.unit, "servant", state := best.get(one.uid, "untrained"), Decimal(state == "trained"),
                 why="new" if (as_of - one.since).days < new_days else "", on=one.since) for one in inside]


def recruitment(runs: Iterable[Run], *, first: date, as_of: date) -> list[Line]:
    """Recruitments that ended in the period: checked over hired; one that ran out without its numbers is missing, not nobody hired."""
    found = []
    for one in runs:
        if one.kind != "recruit":
            continue
        ended = one.ended_on is not None and one.ended_on <= as_of
        hires, checked = Decimal(one.hires or 0), Decimal(one.checked or 0)
        gone, told = not ended or (one.ended_on and one.ended_on < first), one.hires is not None
        why = "open" if gone else "not-delivered" if not told else "" if hires else "nobody"
        state = "open" if not ended else "untold" if not told else "all" if checked >= hires else "unchecked"
        found.append(Line(one.uid, one.title, one.unit, "procedure", state if why != "open" or not ended else "ended", checked, hires, why,
                          on=one.ended_on))
    return found


def overrun(runs: Iterable[Run], today: date) -> list[Line]:
    return [Line(one.uid, one.title, one.unit, "procedure", "overrun", late_days=(today - one.ends_on).days, on=one.ends_on)
            for one in runs if one.ended_on is None and one.ends_on < today]


def handbook(inside: Iterable[Servant], signed: Mapping[str, date], *, in_force: date, days: int, as_of: date) -> list[Line]:
    """Of the version in force: who signed by the day. Time runs from the day in force, or from taking office; until it is over nobody is
    counted."""
    found = []
    for one in inside:
        over = as_of > max(in_force, one.since) + timedelta(days=days)
        on = signed.get(one.uid)
        done = on is not None and on <= as_of
        found.append(Line(one.uid, one.number, one.unit, "servant", "signed" if done else "unsigned" if over else "running", Decimal(done),
                          why="" if over else "running", on=on))
    return found


def must_be_kind(kind: str, kinds: Mapping[str, Text]) -> None:
    if kind not in kinds:
        raise Refusal("S4-KIND", field="kind", value=kind[:20], rule=" ".join(kinds), zh="种类不在可选的范围内。",
                      en="This kind is not one of those known.")


def must_fit(opened: date, ends: date, most: int) -> None:
    """A procedure ends, and not later than the parameter lets it."""
    if not opened <= ends <= opened + timedelta(days=most):
        raise Refusal("S4-SPAN", field="ends_on", value=ends.isoformat(), rule=f"≤ {most}d",
                      zh=f"结束日期应在开始日期之后{most}天以内。", en=f"A procedure ends within {most} days of its beginning.")


def must_count(hires: int, checked: int, proof: bool) -> None:
    if checked > hires:
        raise Refusal("S4-COUNT", field="checked", value=checked, rule=f"≤ {hires}", zh="查询人数不能多于录用人数。",
                      en="No more can have been checked than were hired.")
    if checked and not proof:
        raise Refusal("EVID-DIGEST", field="file", value="", rule="required", zh="须附查询证明材料。",
                      en="The proof of the checks is needed.")


def must_say(field: str, words: str, most: int) -> None:
    if not 0 < len(words.strip()) <= most:
        raise Refusal("S4-FIELD", field=field, value=words.strip()[:20], rule=f"1–{most}", zh=f"“{field}”须填写，且不超过{most}字。",
                      en=f"“{field}” is needed, in at most {most} characters.")
