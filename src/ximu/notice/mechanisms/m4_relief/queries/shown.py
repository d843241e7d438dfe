"""What waits for this person, what would follow from a record, what does its subject say, what does the log prove?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m4_relief.models import Certificate, Statement
from ximu.notice.mechanisms.m4_relief.queries.exempting import panels_of

ENTRY, STATEMENT = "relief.certificate", "relief.statement"


NOTICE_WORDS = {"drawn": Text("待签收", "To be signed for"), "served": Text("异议期内", "You may object")}


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Notices that wait for the subject's signature or run its window; panels that wait for this person's finding."""
    own = sorted({g.unit for g in actor.grants if g.unit and "relief.object" in g.permissions})
    mine = [case for unit in own for case in cases.open_cases(("notice",), subject=unit)]
    told = [TodayItem(NOTICE_WORDS[case.state], Text(f"告知书 {case.number}", f"Notice {case.number}"),
                      reverse("casework:case", args=[case.uid]), case.due) for case in mine if case.state in NOTICE_WORDS]
    return told + _reviews(actor)


def _reviews(actor: Actor) -> list[TodayItem]:
    if not actor.can("relief.panel"):
        return []
    return [TodayItem(Text("待评议", "For review"), Text(f"免责评议 {p.number}", f"Exemption {p.number}"), reverse("m4:panel",
                                                                                                            args=[p.case]))
            for p in panels_of(actor.human)]


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure that would follow, as the application list has it."""

    code: str
    name: Any


def effects_to_come(record: records.Duties, *, on: date) -> list[Effect]:
    """Measures related to the behaviour, for this kind of subject, under the edition in force."""
    edition = catalogue.edition_in_force(on)
    if edition is None:
        return []
    unit = registry.unit(record.subject, as_of=record.event_date)
    kind = unit.kind if unit else "official"
    return [Effect(i.code, i.name) for i in catalogue.items("application", on=on)
            if {record.behaviour, "*"} & set(i.behaviours) and (record.effect_grade in i.grades or not record.grade)
            and (not i.subject_kinds or kind in i.subject_kinds)]


def stated(number: str, words: str) -> dict[str, str]:
    """What the log commits to."""
    return {"record": number, "statement": words}


def statements(numbers: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """The newest statement that stands beside each of these records: words and when."""
    rows = Statement.objects.filter(number__in=numbers).exclude(salt=None).order_by("log_index").values_list("number", "words", "at")
    return {number: (words, at) for number, words, at in rows}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about certificates."""
    for row in Certificate.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index, entry_bytes(ENTRY, {"commitment": row.commitment}, row.at), f"修复证明 {row.number}"
    for said in Statement.objects.filter(log_index__gte=first, log_index__lt=last):
        yield said.log_index, entry_bytes(STATEMENT, {"commitment": said.commitment}, said.at), f"主体说明 {said.number}"
