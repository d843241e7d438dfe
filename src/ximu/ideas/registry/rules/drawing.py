"""Where do units and reforms stand in the drawing of a succession? Time runs to the right, one line for each unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ximu.ideas.registry.rules.book import REFORMS, Book, Edge
from ximu.kernel.words import Text

LANE, COLUMN, LEFT, TOP = 34, 150, 250, 40


@dataclass(frozen=True, slots=True)
class Lane:
    uid: str
    name: str
    y: int
    x1: int
    x2: int
    ended: bool


@dataclass(frozen=True, slots=True)
class Link:
    x: int
    y1: int
    y2: int
    principal: bool
    words: Text


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    days: list[tuple[int, date]]
    lanes: list[Lane]
    links: list[Link]


def draw(book: Book, uid: str, edges: list[Edge], *, as_of: date) -> Drawing:
    days = sorted({e.on for e in edges})
    at = {day: LEFT + COLUMN * place for place, day in enumerate(days, start=1)}
    right = LEFT + COLUMN * (len(days) + 1)
    order = dict.fromkeys([u for e in edges for u in (e.predecessor, e.successor) if u] or [uid])
    y = {unit: TOP + LANE * place for place, unit in enumerate(order)}
    lanes = []
    for unit in order:
        end = book.ended.get(unit)
        begun = [e.on for e in edges if e.successor == unit and e.on == book.units[unit].since]
        lanes.append(Lane(
            unit, book.name_on(unit, min(as_of, end) if end else as_of, "short"), y[unit], at[begun[0]] if begun else LEFT,
            at.get(end, right) if end else right, end is not None,
        ))
    links = [
        Link(at[e.on], y[e.predecessor], y[e.successor], e.principal, REFORMS[e.kind])
        for e in edges if e.predecessor and e.successor and e.predecessor != e.successor
    ]
    return Drawing(right + 20, TOP + LANE * len(order), [(at[d], d) for d in days], lanes, links)
