"""Which facts are barred, who sits on a panel, which earlier cases are alike?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import polars as pl
from django.db.models import Q

from ximu.ideas.accounts import queries as accounts
from ximu.ideas.casework import queries as cases
from ximu.ideas.catalogue import queries as catalogue
from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.records import queries as records
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text
from ximu.notice.mechanisms.m4_relief.models import Bar, Panel, Precedent
from ximu.notice.mechanisms.m4_relief.queries.standing import decides_on, is_subject, table
from ximu.notice.mechanisms.m4_relief.rules import Checklist, Like, like_cases
from ximu.notice.mechanisms.m4_relief.rules.exemption import Candidate, draw_panel


@cache
def checklist() -> Checklist:
    return Checklist(table("grounds.toml"))


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
    told = [(str(UUID(row["key"])), row["digest"],
             _fact(row["subject"], row["authority"] or "", row["document_number"] or "", row["digest"]))
            for row in rows.select("key", "digest", "subject", "authority", "document_number").iter_rows(named=True)]
    wanted = {value for one in told for value in one}
    known = {value for bar in Bar.objects.values_list("key", "digest", "fact").iterator() for value in bar if value in wanted}
    return pl.Series([bool(known & set(one)) for one in told], dtype=pl.Boolean)


def barred(record: records.Duties) -> str:
    """The exemption that forbids this record, by its key, its content or the fact; empty when there is none."""
    found = Bar.objects.filter(Q(key=record.key) | Q(digest=record.digest) | Q(fact=fact_of(record))).values_list("case", flat=True).first()
    return found or ""


def panel_for(case: str, *, by: Actor) -> Panel:
    """For its reviewers, those who decide for the delivering unit or in the case, and the subject. Errors: `CASE-NONE`."""
    found = Panel.objects.filter(case=case).first()
    if found is None or not (by.human in {m[0] for m in found.members} or decides_on(found.number, by, case=case)
                             or is_subject(found.number, by)):
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
