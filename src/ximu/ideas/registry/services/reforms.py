"""Reforms: founding, rename, replace, merge, split, transfer of part, abolition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ximu.foundation.outbox import announce
from ximu.foundation.uid import new_uid
from ximu.ideas.registry import models as m
from ximu.ideas.registry.hooks import UnitsReformed
from ximu.ideas.registry.rules import reforms as rules
from ximu.ideas.registry.rules.book import Edge
from ximu.ideas.registry.services.turns import turn
from ximu.ideas.registry.services.units import NewName, NewUnit, enter, enter_names
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Line:
    """What passes from whom to whom. `principal` marks the heir that carries every duty not named elsewhere."""

    predecessor: str = ""
    successor: str = ""
    principal: bool = True
    scope: str = ""


def reform(
    kind: str, *, on: date, lines: Sequence[Line], by: Actor, at: datetime, founds: Sequence[NewUnit] = (),
    names: Sequence[NewName] = (), basis: str = "", sure: bool = True, uid: str = "",
) -> str:
    """Enter one reform with the units that it founds and the names that it gives; its uid.

    `sure=False` marks a day that is still to be confirmed (待核实).
    Errors: `PERM-DENIED`, `REFORM-KIND`, `REFORM-HEIR`, `REFORM-DATE`, `REFORM-ORDER`, `REFORM-NAME`, `ORG-UNKNOWN`,
    `ORG-ENDED`, `ORG-LAST`, and those of `register` and `add_names`.
    """
    by.must("registry.edit")
    uid = uid or new_uid()
    if kind == "rename" and not any(n.role == "full" for n in names):
        raise Refusal("REFORM-NAME", field="names", value=kind, rule="full", zh="更名须给出新的全称。",
                      en="A renaming needs the new full name.")
    with turn(f"reform.{kind}", by=by, at=at) as mine:
        enter(mine, [replace(u, since=on, sure=sure) for u in founds], by=by, at=at)
        edges = [Edge(uid, kind, on, line.predecessor, line.successor, line.principal, line.scope, sure, basis) for line in lines]
        rules.check(mine.book, edges)
        row = m.Reform.objects.create(uid=uid, kind=kind, on=on, basis=basis, sure=sure, **mine.clock)
        m.ReformEdge.objects.bulk_create([
            m.ReformEdge(reform=row, predecessor=e.predecessor, successor=e.successor, principal=e.principal, scope=e.scope)
            for e in edges
        ])
        enter_names(mine, [replace(n, since=on) for n in names], by=by, at=at)
        mine.wrote()
        announce(UnitsReformed(
            uid, kind, on.isoformat(), sorted({e.predecessor for e in edges if e.predecessor}),
            sorted({e.successor for e in edges if e.successor}),
        ), at=at)
    return uid
