"""Which of the chosen cases stand at the same place, and which moves may this person make on all of them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ximu.ideas.casework.models import Case, Step
from ximu.ideas.casework.queries.cases import parties, visible
from ximu.ideas.casework.queries.declared import procedure
from ximu.ideas.casework.rules import Move, Procedure, State, offered
from ximu.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one procedure in one state, and the moves that are open to this person on every one of them."""

    procedure: Procedure
    state: State
    cases: tuple[Case, ...]
    moves: tuple[Move, ...]


def groups(uids: Collection[str], *, actor: Actor, on: date) -> list[Group]:
    """The open ones of these cases that the person may know of, by procedure and state; others are left out."""
    found = list(Case.objects.filter(visible(actor), uid__in=list(uids), closed_at=None).order_by("procedure", "state", "due", "pk"))
    decided: dict[int, set[str]] = defaultdict(set)
    for pk, by in Step.objects.filter(case__in=found, decides=True).values_list("case_id", "by"):
        decided[pk].add(by)
    together: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in found:
        together[case.procedure, case.state].append(case)
    made = []
    for (code, state), cases in together.items():
        declared = procedure(code)
        open_to = [{m.verb for m in offered(declared, state, actor=actor,
                                            parties=parties(c, on=on, decided=frozenset(decided[c.pk])))} for c in cases]
        common = set.intersection(*open_to)
        made.append(Group(declared, declared.states[state], tuple(cases), tuple(m for m in declared.from_state(state) if m.verb in common)))
    return made
