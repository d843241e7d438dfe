"""What may this person do about this record, which cases are alike, which conditions of repair are met?"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Q
from django.urls import reverse

from ximu.foundation import clock
from ximu.ideas.accounts import queries as accounts
from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import entry_bytes
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.today import TodayItem
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m4_relief.models import Bar, Certificate, Fulfilment, Panel, Precedent, Statement
from ximu.notice.mechanisms.m4_relief.rules import Checklist, Condition, Like, RepairRules, like_cases
from ximu.notice.mechanisms.m4_relief.rules import repair as repair_rules
from ximu.notice.mechanisms.m4_relief.rules.exemption import Candidate, draw_panel

ENTRY, STATEMENT = "relief.certificate", "relief.statement"
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


SHAPES = str.maketrans("（）〔〕［］【】", "()()()()")


def _plain(text: str) -> str:
    return "".join(c for c in text.translate(SHAPES) if not c.isspace()).upper()


def _fact(subject: str, authority: str, document: str, digest: str) -> str:
    """The fact itself, whoever delivers it: subject, authority and document number without spaces and brackets' shapes."""
    return hashlib.sha256(f"{subject}\x00{_plain(authority)}\x00{_plain(document) or digest}".encode()).hexdigest()


def fact_of(record: records.Duties) -> str:
    return _fact(record.subject, record.authority, record.document_number, record.digest)


def barred_rows(rows: pl.DataFrame) -> pl.Series:
    """Which rows of a delivery tell a fact that was exempted, under whatever item, key or spelling."""
    if not Bar.objects.exists():
        return pl.Series([False]).new_from_index(0, rows.height)
    told = [(str(UUID(row["key"])), row["digest"], _fact(row["subject"], row["authority"] or "", row["document_number"] or "", row["digest"]))
            for row in rows.select("key", "digest", "subject", "authority", "document_number").iter_rows(named=True)]
    wanted = {value for one in told for value in one}
    known = {value for bar in Bar.objects.values_list("key", "digest", "fact").iterator() for value in bar if value in wanted}
    return pl.Series([bool(known & set(one)) for one in told], dtype=pl.Boolean)


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
    """For its reviewers, those who decide, and the subject. Errors: `CASE-NONE`."""
    found = Panel.objects.filter(case=case).first()
    if found is None or not (by.can("relief.decide") or by.human in {m[0] for m in found.members} or is_subject(found.number, by)):
        raise absent("CASE-NONE", field="case", value=case[:16], zh="个办件，或者您无权查看", en="case, or you may not see it")
    return found


@dataclass(frozen=True, slots=True)
class Seat:
    """A place on a panel, as the subject sees it: its number and the reviewer's unit, never a name."""

    number: int
    unit: str
    code: str


def seats(found: Panel, *, on: date) -> list[Seat]:
    return [Seat(place, registry.name(unit, as_of=on) if unit else "—", code) for place, (code, unit) in enumerate(found.members, 1)]


def seat_code(found: Panel, named: str) -> str:
    """The reviewer on that seat; a code stands for itself."""
    place = int(named) if named.isascii() and named.isdigit() and len(named) < 3 else 0
    return str(found.members[place - 1][0]) if 1 <= place <= len(found.members) else named


FEATURES = {
    "ground": Text("主张的情形", "ground"), "family": Text("类别", "family"), "behaviour": Text("行为", "behaviour"),
    "grade": Text("程度", "grade"), "kind": Text("主体种类", "kind of subject"),
}
KINDS = {"official": Text("公务员", "civil servant"), "body": Text("单位", "government body")}


def told_feature(name: str, value: str, *, on: date) -> Text:
    """One feature of an exemption in words: `类别：问责处理`."""
    word: Any = Text(value or "—", value or "—")
    if name == "ground":
        word = checklist().grounds(on).get(value, word)
    elif name == "family":
        word = FAMILIES.get(value) or word
    elif name == "kind":
        word = KINDS.get(value, word)
    elif name == "behaviour" and value:
        listed = next((item for item in catalogue.items("behaviour", on=on) if item.code == value), None)
        word = listed.name if listed else word
    label = FEATURES.get(name, Text(name, name))
    return Text(f"{label.zh}：{word.zh}", f"{label.en}: {word.en}")


def all_precedents() -> list[Precedent]:
    """Newest first; nobody is named in them."""
    return list(Precedent.objects.order_by("-at", "-pk")[:200])


def panels_of(human: str) -> list[Panel]:
    """Where this person was drawn and has not voted yet."""
    open_cases = {case.uid for case in cases.open_cases(("exemption",))}
    rows = Panel.objects.filter(case__in=open_cases) if open_cases else Panel.objects.none()
    return [p for p in rows if human in {m[0] for m in p.members} and human not in p.votes]


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
    if found is None or not (by.can("relief.decide") or is_subject(found.number, by)):
        raise absent("CERT-NONE", field="certificate", value=uid[:16], zh="份证明，或者您无权查看", en="certificate, or you may not see it")
    return found


def is_subject(number: str, by: Actor) -> bool:
    """Whether the record is about this person or the unit for which they speak."""
    """Whether the record is about this person or the unit for which they speak."""
    try:
        must_be_subject(records.duties(number), by)
    except Refusal:
        return False
    return True


def erasure_of(case: str, *, by: Actor, at: datetime) -> Any:
    """The erasure that a case ended in, for those who may know of the case. Errors: `CASE-NONE`, `STATE-EDGE`."""
    seen = cases.case(case, actor=by, at=at)
    done = records.erasure_done(seen.row.about) if (seen.row.procedure, seen.row.state) == ("erasure", "erased") else None
    if done is None:
        raise Refusal("STATE-EDGE", status=409, field="state", value=seen.row.state, rule="erased", zh="尚未删除，没有回执。",
                      en="Nothing is erased yet; there is no receipt.")
    return done


def certificates(number: str) -> list[Certificate]:
    return list(Certificate.objects.filter(number=number).order_by("-at"))


def bundle(found: Certificate) -> dict[str, Any]:
    """The file that `ximu-verify` checks without a network."""
    return ledger.bundle(found.log_index, payload=found.payload, salt=bytes(found.salt) if found.salt else None)


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
