"""What may a reform do, and who carries a duty after it? So that no duty is ever without an owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ximu.ideas.registry.rules.book import ENDING, REFORMS, Book, Edge, Name, Unit
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit that lives on the day asked for and carries something of the unit asked about."""

    uid: str
    principal: bool
    reason: Text


def check(book: Book, edges: Sequence[Edge]) -> None:
    """May this reform (the edges of one) be entered? The units that it founds are already in the book.

    Errors: `REFORM-KIND`, `REFORM-HEIR`, `REFORM-DATE`, `REFORM-ORDER`, `ORG-UNKNOWN`, `ORG-ENDED`, `ORG-LAST`.
    """
    if not edges or edges[0].kind not in REFORMS:
        raise Refusal(
            "REFORM-KIND", field="kind", value=edges[0].kind if edges else "", rule=" ".join(REFORMS),
            zh="机构变动的种类不正确。", en="That is not one of the seven kinds of reform.",
        )
    for edge in edges:
        for uid in filter(None, (edge.predecessor, edge.successor)):
            if uid not in book.units:
                raise unknown(uid)
        _check_predecessor(book, edge)
        _check_successor(book, edge)
    if edges[0].kind in ENDING:
        _check_heirs(book, edges)


def _check_predecessor(book: Book, edge: Edge) -> None:
    uid, on = edge.predecessor, edge.on
    if not uid:
        if edge.kind != "found":
            raise _bad_heir(edge, "缺少被变动的单位", "the unit that is reformed is missing")
        return
    if uid in book.ended and book.ended[uid] <= on:
        raise ended(book, uid, on)
    if book.units[uid].since >= on:
        raise _bad_date(edge, f"“{book.name_on(uid, on)}”当日前尚未设立", "the predecessor did not exist before that day")
    if uid in book.ended:
        raise _order(book, uid, edge)
    late = [e for e in (*book.edges_to.get(uid, []), *book.edges_from.get(uid, [])) if e.on > on]
    if edge.kind in ENDING and late:
        raise _order(book, uid, edge)


def _check_successor(book: Book, edge: Edge) -> None:
    if not edge.successor:
        if edge.kind != "abolish":
            raise _bad_heir(edge, "缺少承继单位", "the successor is missing")
    elif edge.kind == "rename":
        if edge.successor != edge.predecessor:
            raise _bad_heir(edge, "更名不改变单位", "a renaming keeps the unit")
    elif edge.successor == edge.predecessor or not book.living(edge.successor, edge.on):
        raise _bad_date(edge, "承继单位当日不存续，或与原单位相同", "the successor does not live on that day, or is the same unit")


def _check_heirs(book: Book, edges: Sequence[Edge]) -> None:
    gone = {e.predecessor for e in edges}
    for uid in gone:
        principal = [e for e in edges if e.predecessor == uid and e.principal]
        if len(principal) != 1:
            raise _bad_heir(edges[0], "每个结束的单位须有且只有一个主要承继单位",
                            "each unit that ends must have exactly one principal heir")
        if not principal[0].successor and uid == book.root_on(edges[0].on - timedelta(days=1)):
            raise Refusal(
                "ORG-LAST", field="predecessor", value=uid, rule="heir",
                zh="市人民政府不能在无承继单位的情况下撤销。", en="The city's own government cannot be abolished without an heir.",
            )
    for edge in edges:
        if edge.successor in gone:
            raise _bad_heir(edge, "承继单位自身在本次变动中结束", "the heir itself ends in this reform")


def applied(book: Book, edges: Sequence[Edge], *, founds: Sequence[Unit] = (), names: Sequence[Name] = ()) -> Book:
    """The book after the reform. Errors: those of `check`."""
    with_new = replace(book, units={**book.units, **{u.uid: u for u in founds}}, names=(*book.names, *names))
    check(with_new, edges)
    return replace(with_new, edges=(*book.edges, *edges))


def step(book: Book, uid: str, on: date) -> str:
    """The next unit on the way to the one that carries `uid`'s duties that day: principal heir, principal forebear or parent."""
    unit = book.units[uid]
    if on < unit.since:
        back = [e.predecessor for e in book.edges_to.get(uid, []) if e.kind != "rename" and e.kind != "part" and e.predecessor]
        return back[0] if back else book.place_on(uid, unit.since).parent
    ending = [e for e in book.edges_from.get(uid, []) if e.kind in ENDING and e.principal]
    return (ending[0].successor if ending else "") or book.place_on(uid, book.ended[uid]).parent


def owner_of(book: Book, uid: str, on: date) -> str:
    """The one unit that lives on that day and carries the duties of `uid`: itself, its heir, or the nearest above.

    Errors: `ORG-UNKNOWN`; `ORG-EARLY` when nothing of the city is known on that day.
    """
    if uid not in book.units:
        raise unknown(uid)
    seen: set[str] = set()
    here = uid
    while not book.living(here, on):
        seen.add(here)
        here = step(book, here, on)
        if not here or here in seen or here not in book.units:
            here = book.root_on(on)
            break
    if not here:
        raise Refusal(
            "ORG-EARLY", field="on", value=on.isoformat(), rule="since",
            zh=f"{on:%Y-%m-%d}当日没有登记在册的承担单位。", en=f"On {on:%Y-%m-%d} no unit is on record that could carry this.",
        )
    return here


def heirs(book: Book, uid: str, on: date) -> list[Heir]:
    """All living units that carry something of `uid` that day, the principal one first; itself while it lives.

    A part that was transferred away while the unit lived is listed too. Before its founding: those from whom it came.
    """
    principal = owner_of(book, uid, on)
    if principal == uid:
        found = {uid: Heir(uid, True, Text("单位存续", "the unit lives"))}
    else:
        found = {principal: Heir(principal, True, _why(book, uid, principal, on))}
    back = on < book.units[uid].since
    stack, seen = [uid], {uid}
    while stack:
        here = stack.pop()
        for edge in (book.edges_to if back else book.edges_from).get(here, []):
            other = edge.predecessor if back else edge.successor
            if (edge.on > on) != back or not other or other in seen or edge.kind == "rename" or (back and edge.kind == "part"):
                continue
            seen.add(other)
            if book.living(other, on):
                found.setdefault(other, Heir(other, False, _reason(edge)))
            else:
                stack.append(other)
    return list(found.values())


def _why(book: Book, uid: str, owner: str, on: date) -> Text:
    direct = [e for e in (*book.edges_from.get(uid, []), *book.edges_to.get(uid, [])) if owner in (e.predecessor, e.successor)]
    ending = direct or [e for e in book.edges_from.get(uid, []) if e.kind in ENDING and e.principal]
    if ending:
        return _reason(ending[0])
    return Text("由上级单位承担", "carried by the unit above")


def _reason(edge: Edge) -> Text:
    kind = REFORMS[edge.kind]
    doubt_zh, doubt_en = ("", "") if edge.sure else ("，日期待核实", ", day to be confirmed")
    scope_zh, scope_en = (f"，承接：{edge.scope}", f", taking over: {edge.scope}") if edge.scope else ("", "")
    return Text(f"{edge.on:%Y-%m-%d}{kind.zh}{scope_zh}{doubt_zh}", f"{kind.en} on {edge.on:%Y-%m-%d}{scope_en}{doubt_en}")


def owners(book: Book, on: date) -> dict[str, str]:
    """Every unit founded by that day → the living unit that carries its duties. The basis of an archive with its predecessors."""
    return {uid: owner_of(book, uid, on) for uid, unit in book.units.items() if unit.since <= on}


def lineage(book: Book, uid: str) -> list[Edge]:
    """All reforms that lead to or from the unit, earliest first."""
    found: set[Edge] = set()
    for index, end in ((book.edges_to, "predecessor"), (book.edges_from, "successor")):
        stack, seen = [uid], {uid}
        while stack:
            for edge in index.get(stack.pop(), []):
                found.add(edge)
                other = getattr(edge, end)
                if other and other not in seen and edge.kind != "part":
                    seen.add(other)
                    stack.append(other)
    return sorted(found, key=lambda e: (e.on, e.reform, not e.principal, e.successor))


def unknown(uid: str) -> Refusal:
    return Refusal(
        "ORG-UNKNOWN", field="unit", value=uid, rule="registry", status=404,
        zh=f"机构名录中没有单位“{uid}”。", en=f"The registry knows no unit “{uid}”.",
    )


def ended(book: Book, uid: str, on: date) -> Refusal:
    """The refusal that names who carries on."""
    heir = owner_of(book, uid, on)
    name, heir_name = book.name_on(uid, on), book.name_on(heir, on)
    day = book.ended.get(uid, on).isoformat()
    return Refusal(
        "ORG-ENDED", field="unit", value=name, rule=day, status=409,
        zh=f"“{name}”已于{day}结束，职责由“{heir_name}”承继。",
        en=f"“{name}” ended on {day}; its duties are carried by “{heir_name}”.",
        extra={"successor": heir, "successor_name": heir_name},
    )


def _bad_heir(edge: Edge, zh: str, en: str) -> Refusal:
    return Refusal("REFORM-HEIR", field="edges", value=edge.kind, rule="heir", zh=f"机构变动不成立：{zh}。",
                   en=f"The reform does not hold: {en}.")


def _bad_date(edge: Edge, zh: str, en: str) -> Refusal:
    return Refusal("REFORM-DATE", field="on", value=edge.on.isoformat(), rule="living", zh=f"机构变动日期不成立：{zh}。",
                   en=f"The day of the reform does not hold: {en}.")


def _order(book: Book, uid: str, edge: Edge) -> Refusal:
    name = book.name_on(uid, edge.on)
    return Refusal("REFORM-ORDER", status=409, field="on", value=edge.on.isoformat(), rule="order",
                   zh=f"“{name}”在此日之后已有其他变动，请按时间先后登记。",
                   en=f"“{name}” already has a later reform; enter reforms in the order of their days.")
