"""What may this person do about this record, which cases are alike, which conditions of repair are met?"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.records import queries as records
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m4_relief.models import Bar, Certificate, Fulfilment, Panel, Precedent
from ximu.notice.mechanisms.m4_relief.rules import Checklist, Condition, Like, RepairRules, like_cases
from ximu.notice.mechanisms.m4_relief.rules import repair as repair_rules
from ximu.notice.mechanisms.m4_relief.rules.exemption import Candidate, draw_panel

ENTRY = "relief.certificate"
UNDECIDED = ("objection", "exemption")
"""While one of these is open, the record takes no effect."""


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "rules" / name).read_text("utf-8"))


@cache
def checklist() -> Checklist:
    return Checklist(_table("grounds.toml"))


@cache
def repair_table() -> RepairRules:
    return RepairRules(_table("repair.toml"))


def fact_of(record: records.Duties) -> str:
    """The fact itself, whoever delivers it: subject, authority and document number without spaces and brackets' shapes."""
    def plain(text: str) -> str:
        return "".join(c for c in text.translate(str.maketrans("（）〔〕［］【】", "()()()()")) if not c.isspace()).upper()
    document = plain(record.document_number) or record.digest
    return hashlib.sha256(f"{record.subject}\x00{plain(record.authority)}\x00{document}".encode()).hexdigest()


def barred(record: records.Duties) -> str:
    """The exemption that forbids this record, by its key, its content or the fact; empty when there is none."""
    found = Bar.objects.filter(Q(key=record.key) | Q(digest=record.digest) | Q(fact=fact_of(record))).values_list("case", flat=True).first()
    return found or ""


def must_be_subject(record: records.Duties, by: Actor) -> None:
    """Errors: `SUBJ-NOT`. Only an explicit grant for the subject counts: the office of the whole city is not the subject."""
    if not any(g.unit == record.subject and "relief.object" in g.permissions for g in by.grants):
        raise Refusal("SUBJ-NOT", status=403, field="by", value=record.number, rule="本人", zh="只有被记录主体本人可以提出。",
                      en="Only the subject of the record may do this.")


def undecided(number: str) -> list[str]:
    """Numbers of the open cases that keep the record from taking effect."""
    return [case.number for case in cases.open_cases(UNDECIDED, about=number)]


def window(number: str) -> date | None:
    """The last day of the objection window; None while notice is not proved."""
    record = records.duties(number)
    served = records.served_at(record.number, record.version)
    if served is None:
        return None
    day = clock.city_day(served)
    return cases.calendar().due(day, cases.terms().on("OBJ-WINDOW", day).value).day


def panel_for(case: str, *, by: Actor) -> Panel:
    """For its reviewers and for those who decide. Errors: `CASE-NONE`."""
    found = Panel.objects.filter(case=case).first()
    if found is None or not (by.can("relief.decide") or by.human in {m[0] for m in found.members}):
        raise absent("CASE-NONE", field="case", value=case[:16], zh="个办件，或者您无权查看", en="case, or you may not see it")
    return found


def all_precedents() -> list[Precedent]:
    """Newest first; nobody is named in them."""
    return list(Precedent.objects.order_by("-at", "-pk")[:200])


def panels_of(human: str) -> list[Panel]:
    """Where this person was drawn and has not voted yet."""
    open_cases = {case.uid for case in cases.open_cases(("exemption",))}
    rows = Panel.objects.filter(case__in=open_cases) if open_cases else Panel.objects.none()
    return [p for p in rows if human in {m[0] for m in p.members} and human not in p.votes]


def today(actor: Actor, at: datetime) -> list[TodayItem]:
    """Panels that wait for this person's finding."""
    if not actor.can("relief.panel"):
        return []
    return [TodayItem(Text("待评议", "For review"), Text(f"免责评议 {p.number}", f"Exemption {p.number}"), reverse("m4:panel",
                                                                                                            args=[p.case]))
            for p in panels_of(actor.human)]


def reviewers(*, at: datetime) -> list[Candidate]:
    """Everybody who may sit on a panel today."""
    found = []
    for user in accounts.accounts().filter(is_active=True):
        actor = accounts.actor_for(user, at=at)
        if actor.can("relief.panel"):
            found.append(Candidate(actor.human, actor.unit or ""))
    return found


def draw_again(found: Panel) -> list[str]:
    """The last draw repeated from what is kept: anybody can do it. With a challenge, only the one drawn in place is new."""
    record = records.duties(found.number)
    opened = {case.opened_by for case in cases.open_cases(("exemption",), about=found.number)}
    people = {record.entered, *opened, *found.away} - {""}
    pool = [Candidate(*one) for one in found.pool]
    return [c.human for c in draw_panel(pool, seed=found.seed, size=len(found.members), units={record.subject, record.source},
                                        people=people)]


def precedents(features: dict[str, str]) -> list[Like]:
    """Like cases without names, the most alike first."""
    earlier = Precedent.objects.order_by("-at", "-pk").values_list("features", "outcome", "departure")[:5000]
    return like_cases(features, earlier)


def conditions(number: str, *, at: datetime) -> list[Condition]:
    """Every condition of repair, met or not, with its day and in words."""
    record = records.duties(number)
    done = {f.what: f.on for f in Fulfilment.objects.filter(number=record.number)}
    counted_from = record.decision_date or record.event_date
    facts = repair_rules.Facts(record.family, record.grade, record.kind, record.state, counted_from, done)
    return repair_table().conditions(facts, on=clock.city_day(at))


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
    return [Effect(i.code, i.name) for i in catalogue.items("application", on=on)
            if {record.behaviour, "*"} & set(i.behaviours) and (record.grade in i.grades or not record.grade)]


def certificate(uid: str, *, by: Actor) -> Certificate:
    """Errors: `CERT-NONE`, also when it is not yours."""
    found = Certificate.objects.filter(uid=uid).first()
    if found is None or not (by.can("relief.decide") or _own(found.number, by)):
        raise absent("CERT-NONE", field="certificate", value=uid[:16], zh="份证明，或者您无权查看", en="certificate, or you may not see it")
    return found


def _own(number: str, by: Actor) -> bool:
    try:
        must_be_subject(records.duties(number), by)
    except Refusal:
        return False
    return True


def certificates(number: str) -> list[Certificate]:
    return list(Certificate.objects.filter(number=number).order_by("-at"))


def bundle(found: Certificate) -> dict[str, Any]:
    """The file that `ximu-verify` checks without a network."""
    return ledger.bundle(found.log_index, payload=found.payload, salt=bytes(found.salt) if found.salt else None)


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about certificates."""
    for row in Certificate.objects.filter(log_index__gte=first, log_index__lt=last):
        yield row.log_index, entry_bytes(ENTRY, {"commitment": row.commitment}, row.at), f"修复证明 {row.number}"
