"""Where does a case stand, who holds it, until when, what next? And what lies in whose inbox?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from ximu.foundation import clock
from ximu.ideas.casework.models import Case, Clock, Step, Telling
from ximu.ideas.casework.queries.declared import procedure, procedures
from ximu.ideas.casework.queries.papers import PaperView, Reader, papers_of
from ximu.ideas.casework.rules import Move, Parties, Procedure, State, offered
from ximu.ideas.casework.rules.declaration import SHOWN
from ximu.ideas.records.rules import parse
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal, absent
from ximu.kernel.words import Text

SEE_ALL = "casework.see_all"
OTHER_STEPS = {
    "open": Text("提出", "Opened"), "handover": Text("移交", "Handed over"), "overdue": Text("超期", "Overdue"),
    "supervise": Text("督办", "Supervised"), "let_go": Text("承办人离任", "Its holder left"),
    "take": Text("承接", "Taken in hand"), "files": Text("补交材料", "Files added"), "recount": Text("重新计期", "Recounted"),
    "redact": Text("提出遮盖材料", "Redaction proposed"), "redacted": Text("批准遮盖", "Redaction approved"),
    "paged": Text("交版式件", "PDF laid beside an office file"),
    "unredacted": Text("不批准遮盖", "Redaction refused"),
}


@dataclass(frozen=True, slots=True)
class StepView:
    verb: Text
    after: Text
    unit: str
    by: str
    at: datetime
    log_index: int
    detail: dict[str, Any]
    values: list[tuple[Text, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that the page of a case shows to one person."""

    row: Case
    procedure: Procedure
    state: State
    steps: list[StepView]
    files: list[PaperView]
    clock: Clock | None
    clocks: list[Clock]
    tellings: list[Telling]
    moves: tuple[Move, ...]
    names: dict[str, str] = field(default_factory=dict)
    linked: list[Case] = field(default_factory=list)

    @property
    def holder(self) -> str:
        return self.names.get(self.row.holder, self.row.holder)


def absent_case(uid: str) -> Refusal:
    return absent("CASE-NONE", field="case", value=uid[:40], zh="个办件，或者您无权查看", en="case, or you may not see it")


def row(uid: str) -> Case:
    """For this room only. Errors: `CASE-NONE`."""
    found = Case.objects.filter(uid=uid).first()
    if found is None:
        raise absent_case(uid)
    return found


def _carrier(uid: str, day: date) -> str:
    """The unit that answers for `uid` today; officials and unknown names answer for themselves."""
    known = registry.book()
    return registry.owner_of(uid, day) if uid in known.units else uid


def superior_of(uid: str, day: date) -> str:
    unit = registry.unit(_carrier(uid, day), as_of=day) if uid else None
    return unit.parent if unit else ""


def parties(case: Case, *, on: date, decided: frozenset[str] | None = None) -> Parties:
    """Who is who today, after every reform. `decided`: who made its decisions, where the caller has looked that up for many."""
    acting = case.source or case.subject
    if decided is None:
        decided = frozenset(case.steps.filter(decides=True).values_list("by", flat=True)) if case.pk else frozenset()
    return Parties(
        subject=_carrier(case.subject, on), source=_carrier(case.source, on), office=_carrier(case.office, on),
        superior=superior_of(acting, on) or _carrier(case.office, on), opener=_carrier(case.opener, on),
        holder=_carrier(case.holder, on), entered=case.entered, opened=case.opened_by, decided=decided,
    )


def units_of(actor: Actor) -> list[str]:
    return sorted({u for u in (actor.unit, *(g.unit for g in actor.grants)) if u})


def visible(actor: Actor) -> Q:
    """The cases that this person may know of: by the declaration's `shown`, or all with `casework.see_all`."""
    if actor.can(SEE_ALL) and actor.units_with(SEE_ALL) is None:
        return Q()
    return reduce(or_, _ways(actor))


def _ways(actor: Actor) -> list[Q]:
    """By which relation somebody may know of a case; each has its own index."""
    units = units_of(actor)
    shown = [(relation, [code for code, made in procedures().items() if relation in made.shown]) for relation in SHOWN]
    return [Q(opened_by=actor.human), Q(person=actor.human), *(Q(procedure__in=codes, **{f"{name}__in": units}) for name, codes in shown)]


def _keys(ways: Collection[Q], *, closed: bool) -> QuerySet[Any]:
    """Keys of the cases to which one of the ways leads, each found by its own index."""
    first, *others = (Case.objects.filter(way, closed_at__isnull=not closed).order_by().values("pk") for way in ways)
    return first.union(*others)


def known_of(uids: Collection[str], *, actor: Actor) -> set[str]:
    """Those of the cases that this person may know of."""
    return set(Case.objects.filter(visible(actor), uid__in=uids).values_list("uid", flat=True))


def reader_of(case: Case, actor: Actor, *, on: date) -> Reader:
    """With `casework.see_all` for the whole city somebody reads for the office in charge."""
    held = parties(case, on=on)
    office = {held.office} if actor.can(SEE_ALL) and actor.units_with(SEE_ALL) is None else set()
    return Reader(actor.human, frozenset({*units_of(actor), *office} - {""}), held, on)


def case(uid: str, *, actor: Actor, at: datetime) -> CaseView:
    """Errors: `CASE-NONE`, also when the actor may not know of it."""
    found = Case.objects.filter(visible(actor), uid=uid).first()
    if found is None:
        raise absent_case(uid)
    made, day = procedure(found.procedure), clock.city_day(at)
    clocks = list(found.clocks.order_by("pk"))
    steps = list(found.steps.order_by("log_index"))
    units = {found.holder, found.subject, found.source, found.opener, *(s.unit for s in steps)} - {""}
    return CaseView(
        found, made, made.states[found.state], [_step(made, s) for s in steps], papers_of(found, reader_of(found, actor, on=day)),
        next((c for c in reversed(clocks) if c.ended_on is None), None), clocks, list(found.tellings.order_by("pk")),
        () if found.closed_at else offered(made, found.state, actor=actor, parties=parties(found, on=day)),
        {u: registry.called(u, as_of=day) for u in units},
        sorted({*Case.objects.filter(visible(actor), parent=uid), *(Case.objects.filter(visible(actor), uid=found.parent) if found.parent
                                                                   else ())}, key=lambda one: one.pk),
    )


def _step(made: Procedure, step: Step) -> StepView:
    move = next((m for m in made.moves if m.verb == step.verb), None)
    verb = move.name if move else OTHER_STEPS.get(step.verb) or Text(step.verb, step.verb)
    return StepView(verb, made.states[step.after].name, step.unit, step.by, step.at, step.log_index, step.detail,
                    _said(move, step.detail.get("values", {})) if move and move.who != ("permitted",) else [])


def _said(move: Move, values: dict[str, Any]) -> list[tuple[Text, str]]:
    """What a step stated beside its reasons, in words; the findings of single reviewers are not shown."""
    words = dict(move.asks)
    return [(words.get(name, Text(name, name)), str(move.choices.get(name, {}).get(value, value))) for name, value in values.items()]


def case_by_number(number: str, *, actor: Actor) -> str:
    """The uid behind a number on a letter. Errors: `REC-NUMBER`, `CASE-NONE`."""
    found = Case.objects.filter(visible(actor), number=parse(number)).values_list("uid", flat=True).first()
    if found is None:
        raise absent_case(number)
    return found


TABS = ("mine", "unit", "overdue", "open", "closed")


def inbox(actor: Actor, *, tab: str = "unit", kind: str = "") -> QuerySet[Case]:
    """`mine`: in my hands; `unit`: with my units and in nobody's hands or mine; the most urgent first."""
    closed, mine = tab == "closed", [Q(person=actor.human), Q(opened_by=actor.human)]
    rows = Case.objects.filter(closed_at__isnull=not closed)
    if tab == "mine":
        rows = rows.filter(visible(actor), pk__in=_keys(mine, closed=False))
    elif tab in ("unit", "overdue"):
        rows = rows.filter(visible(actor), pk__in=_keys([Q(holder__in=units_of(actor)), mine[0]], closed=False))
    elif visible(actor):
        rows = rows.filter(pk__in=_keys(_ways(actor), closed=closed))
    if tab == "overdue":
        rows = rows.filter(late=True)
    if kind:
        rows = rows.filter(procedure=kind)
    return rows.order_by("-late", "due", "pk")


def open_cases(procedures_wanted: Collection[str], *, about: str = "", subject: str = "") -> list[Case]:
    """Undecided cases of these procedures: for the packs that run them."""
    rows = Case.objects.filter(procedure__in=list(procedures_wanted), closed_at=None)
    if about:
        rows = rows.filter(about=about)
    return list((rows.filter(subject=subject) if subject else rows).order_by("pk"))


def last_closed(procedure: str, key: str, *, since: datetime, source: str = "", **values: str) -> Case | None:
    """The newest closed case of the same matter since then: what comes again is a relapse.

    With `source` and `values`: of the same unit and the same elements, whatever the key.
    """
    same = {"source": source, **{f"values__{name}": value for name, value in values.items()}} if values else {"key": key}
    return Case.objects.filter(procedure=procedure, closed_at__gte=since, **same).order_by("-closed_at").first()


def case_of_key(procedure: str, key: str) -> str:
    """The newest case of a matter, open or closed; empty where there was none."""
    return Case.objects.filter(procedure=procedure, key=key).order_by("-pk").values_list("uid", flat=True).first() or ""


def case_for(uid: str) -> Case:
    """For the room that declares the procedure. Errors: `CASE-NONE`."""
    return row(uid)


def tally(procedure: str, *, since: datetime | None = None, before: datetime | None = None) -> list[tuple[str, str, bool, int]]:
    """(unit that must act, state, late, how many) over the cases of a procedure opened in the span: for rates and campaigns."""
    span = {**({"opened_at__gte": since} if since else {}), **({"opened_at__lt": before} if before else {})}
    rows = Case.objects.filter(procedure=procedure, **span).order_by().values_list("source", "state", "late").annotate(Count("pk"))
    return [(source, state, late, count) for source, state, late, count in rows]


def open_by_holder() -> dict[str, int]:
    """How many open cases each unit has in hand."""
    return dict(Case.objects.filter(closed_at=None).order_by("holder").values_list("holder").annotate(n=Count("pk")))


def cases_of(procedure: str, *, state: str = "", about: str = "", subjects: Collection[str] = ()) -> list[Case]:
    """All cases of a procedure (about one matter, on these subjects), newest first: for the room that declares it."""
    wanted = {**({"about": about} if about else {}), **({"subject__in": list(subjects)} if subjects else {})}
    rows = Case.objects.filter(procedure=procedure, **wanted)
    return list((rows.filter(state=state) if state else rows).order_by("-pk"))


def stood(name: str, as_of: date, known_at: datetime) -> list[tuple[Case, str, date, date | None]]:
    """(case, state, opened, closed) of a procedure as it stood, oldest first: what was closed later was still open, without a state."""
    found = list[tuple[Case, str, date, date | None]]()
    for case in reversed(cases_of(name)):
        opened, ended = clock.city_day(case.opened_at), case.closed_at
        closed = clock.city_day(ended) if ended and ended <= known_at and clock.city_day(ended) <= as_of else None
        if opened <= as_of and case.opened_at <= known_at:
            found.append((case, case.state if closed or ended is None else "", opened, closed))
    return found


def cases_about(about: str, *, actor: Actor) -> list[Case]:
    """All cases about one record that this person may know of, oldest first."""
    return list(Case.objects.filter(visible(actor), about=about).order_by("pk"))
