"""The registry as the public may read it: bodies, their names over time, their reforms. Never an official, never a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from ximu.ideas.disclosure.queries.opened import public_counts
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.rules.book import KINDS as BODY_KINDS
from ximu.ideas.registry.rules.book import LEVELS, REFORMS, Book
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

LONGEST_SEARCH = 100
MOST_HITS = 200
NAME_ROLES = {"full": Text("全称", "full name"), "short": Text("简称", "short name"), "alias": Text("别称", "also called")}


def public_units(
    text: str = "", *, on: date, kind: str = "", district: str = "", page: int = 1, size: int = 20,
) -> dict[str, Any]:
    """Bodies found by name, short or former name, pinyin, initials or credit code; without text, those that live that day."""
    words = text.strip()[:LONGEST_SEARCH]
    known = {u.uid: u for u in registry.units(as_of=on, living=False)}
    found = registry.search(words, as_of=on, limit=MOST_HITS) if words else []
    hits = [(f.uid, f.matched) for f in found] if words else [(u.uid, "") for u in registry.units(as_of=on)]
    chosen = [
        (known[uid], matched) for uid, matched in hits
        if (not kind or known[uid].kind == kind) and (not district or district in (known[uid].district, uid))
    ]
    start = (max(1, page) - 1) * size
    cut = chosen[start:start + size]
    book, counts = registry.book(), public_counts([u.uid for u, _ in cut], on=on)
    rows = [_line(u, on, book) | {"matched": "" if matched == u.name else matched, "public": counts.get(u.uid, 0)} for u, matched in cut]
    return {"units": rows, "total": len(chosen), "page": max(1, page), "size": size, "kinds": BODY_KINDS,
            "near": bool(found) and found[0].near, "districts": public_districts(on=on)}


def public_districts(*, on: date) -> list[dict[str, str]]:
    return [{"uid": u.uid, "name": u.short_name or u.name} for u in registry.units(as_of=on, kind="government", level="district")]


def _line(unit: registry.UnitView, on: date, book: Book) -> dict[str, Any]:
    return {
        "uid": unit.uid, "name": unit.name, "short_name": unit.short_name, "kind": BODY_KINDS[unit.kind], "level": LEVELS.get(unit.level),
        "code": unit.code, "district": book.name_on(unit.district, on) if unit.district else "", "district_uid": unit.district,
        "living": unit.ended is None or unit.ended > on, "started": unit.started, "ended": unit.ended, "sure": unit.sure,
    }


def public_names(uids: Collection[str], *, on: date) -> dict[str, str]:
    """Names of bodies on a day; those that the registry does not know are left out."""
    book = registry.book()
    return {uid: book.name_on(uid, on) for uid in uids if uid in book.units}


def public_unit(uid: str, *, on: date) -> dict[str, Any]:
    """A body with its names over time, its reforms, whose records it carries, and who carries its. Errors: `ORG-UNKNOWN`."""
    unit = registry.unit(uid, as_of=on)
    if unit is None:
        raise absent("ORG-UNKNOWN", field="unit", value=uid[:40], zh="个单位", en="body")
    living, book = unit.ended is None or unit.ended > on, registry.book()
    subjects = registry.forebears(uid, on) if living else [uid]
    return _line(unit, on, book) | {
        "parent": unit.parent, "parent_name": book.name_on(unit.parent, on) if unit.parent else "",
        "names": [{"text": n.text, "role": NAME_ROLES[n.role], "full": n.role == "full", "since": n.since, "until": until}
                  for n, until in registry.names_of(uid) if n.since <= on],
        "reforms": [_reform(e, book) for e in registry.lineage(uid)],
        "subjects": subjects, "carries": [{"uid": s, "name": book.name_on(s, on)} for s in subjects if s != uid],
        "heirs": [] if living else [{"uid": h, "name": book.name_on(h, on), "reason": heir.reason}
                                    for h, heir in registry.successors(uid, on=on)],
    }


def _reform(edge: registry.Edge, book: Book) -> dict[str, Any]:
    return {
        "on": edge.on, "kind": edge.kind, "words": REFORMS[edge.kind], "scope": edge.scope, "basis": edge.basis, "sure": edge.sure,
        "before": edge.predecessor, "before_name": book.name_on(edge.predecessor, edge.on) if edge.predecessor else "",
        "after": edge.successor, "after_name": book.name_on(edge.successor, edge.on) if edge.successor else "",
    }
