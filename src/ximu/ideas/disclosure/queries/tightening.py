"""Which open publications would a policy not let open any more? Asked before one is adopted, and on each change of the one in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.policy import policies
from ximu.ideas.disclosure.queries.views import FieldInfo, listed_fields
from ximu.ideas.disclosure.rules import Ask, Policy, decide
from ximu.ideas.records import queries as records
from ximu.ideas.records.queries import Sort
from ximu.ideas.records.rules import LIVE
from ximu.kernel.words import Text

CHUNK = 500
STAGE, PERIOD = "stage", "period"


@dataclass(frozen=True, slots=True)
class Closing:
    """An open publication that a policy closes: `what` is the stage, the period, or the first field that is not open any more."""

    uid: str
    number: str
    family: str
    stage: str
    what: str
    rule: str
    why: Text


def open_rows(*, unseen_by: str = "") -> Iterator[list[Publication]]:
    """Open publications in parts, without their words; with a mark, those that were not looked at under that state of the policy."""
    for other in ({"looked__lt": unseen_by}, {"looked__gt": unseen_by}) if unseen_by else ({},):
        rows, last = Publication.objects.filter(state=Publication.State.OPEN, **other), 0
        while part := list(rows.filter(pk__gt=last).defer("body", "words", "salt", "note", "basis").order_by("pk")[:CHUNK]):
            last = part[-1].pk
            yield part


def closings(policy: Policy, *, on: date) -> Iterator[Closing]:
    """All of them, for a policy that is not in force."""
    for part in open_rows():
        yield from (found for _, found, _ in judged(part, policy, on) if found)


def judged(part: Sequence[Publication], policy: Policy, on: date) -> Iterator[tuple[Publication, Closing | None, bool]]:
    """Each with what closes it, and whether a shorter period will do so on a later day."""
    sorts, known = records.sorts_of([row.number for row in part]), dict[Sort, Mapping[str, FieldInfo]]()
    for row in part:
        sort = sorts.get(row.number)
        if sort is None or (sort.version, sort.state in LIVE) != (row.version, True):
            yield row, None, False  # what was corrected or is no longer in effect is closed for that reason
            continue
        plain = replace(sort, version=0, grade="", decision_date=None)
        if plain not in known:
            known[plain] = _fields_of(sort, policy)
        found, later = _closing(row, sort, (policy, known[plain]), on), False
        if found is None and _periods(row.policy) != policy.periods:
            last = _last_day(row, sort, policy)
            if last < on:
                found = _because(row, PERIOD, PERIOD, Text(f"公开期已缩短至{last}", f"The period was shortened to {last}"))
            later = on <= last < row.closes_on
        yield row, found, later


def _closing(row: Publication, sort: Sort, under: tuple[Policy, Mapping[str, FieldInfo]], on: date) -> Closing | None:
    policy, known = under
    if row.stage not in policy.stages:
        return _because(row, STAGE, STAGE, Text("策略已无此公开阶段", "The policy knows this stage no more"))
    for name in row.fields:
        info = known.get(name, FieldInfo("closed", True, "text"))
        made = decide(Ask("public", sort.family, sort.kind, sort.state, info.level, info.personal, "", on), policy)
        if made.outcome != "shown":
            return _because(row, name, made.rule, made.why)
    return None


def _fields_of(sort: Sort, policy: Policy) -> Mapping[str, FieldInfo]:
    core = {name: FieldInfo(level, name == "subject" and sort.kind == "official", "text") for name, level in policy.core.items()}
    return {**core, **listed_fields(sort.item, sort.edition)}


def _periods(version: str) -> Mapping[str, int]:
    return next((one.periods for one in policies() if one.version == version), {})


def _last_day(row: Publication, sort: Sort, policy: Policy) -> date:
    return (sort.decision_date or row.event_date) + timedelta(days=policy.most_days(records.effect_grade(row.number, sort.grade)))


def _because(row: Publication, what: str, rule: str, why: Text) -> Closing:
    return Closing(row.uid, row.number, row.family, row.stage, what, rule, why)
