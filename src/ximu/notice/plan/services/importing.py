"""How does a notice become the plan? Read, check the units, write once, log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.ideas.registry.queries import Resolution
from ximu.ideas.registry.rules import resolution
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.plan.models import Plan, PlanRow
from ximu.notice.plan.reader import sources
from ximu.notice.plan.rules import heading as headings
from ximu.notice.plan.rules import table


@dataclass(slots=True)
class Imported:
    """`same` rows were there already; `problems` name line, field, value and rule of what was not taken."""

    plan: str
    heading: headings.Heading
    rows: list[table.Row]
    problems: list[dict[str, Any]] = field(default_factory=list)
    new: int = 0
    same: int = 0

    def envelope(self) -> dict[str, Any]:
        return {
            "plan": self.plan, "title": self.heading.title, "number": self.heading.number,
            "issued": self.heading.issued.isoformat() if self.heading.issued else None,
            "counts": {"rows": len(self.rows), "items": sum(len(r.items) for r in self.rows), "new": self.new,
                       "same": self.same, "problems": len(self.problems),
                       "own_deadlines": sum(r.schedule.proposed is not None for r in self.rows),
                       "ambiguous": sum(r.schedule.needs_reading for r in self.rows)},
            "rows": [row_envelope(r) for r in self.rows], "problems": self.problems,
        }


def row_envelope(row: table.Row) -> dict[str, Any]:
    """One task as API and CLI show it: words as written beside what was read from them."""
    return {
        "row": row.row, "section": row.section, "number": row.number, "area": row.area, "task": row.task,
        "tasks": list(row.tasks), "items": [{"code": c, "text": t} for c, t in row.items],
        "unit_words": row.unit_words,
        "lead": [u.words for u in row.units if u.role == "lead"], "others": [u.words for u in row.units if u.role != "lead"],
        "units": [{"words": u.words, "role": u.role, "phrase": u.is_phrase, "open_ended": u.open_ended} for u in row.units],
        "schedule": row.schedule.words, "due": row.schedule.proposed.isoformat() if row.schedule.proposed else None,
        "standing": row.schedule.standing, "needs_reading": row.schedule.needs_reading, "note": row.schedule.note,
        "readings": candidates_of(row), "check": row.check, "line": row.line, "inherited": sorted(row.inherited),
    }


def candidates_of(row: table.Row) -> list[dict[str, str]]:
    return [{"due": c.due.isoformat(), "zh": c.reason.zh, "en": c.reason.en} for c in row.schedule.candidates]


Resolver = Callable[[str, date], Resolution]


def by_registry(words: str, on: date) -> Resolution:
    """How a unit's name is looked up where a city is loaded."""
    return registry.resolve(words, as_of=on)


def by_profile(folder: Path) -> Resolver:
    """How it is looked up without a database: in the registry of a city profile."""
    index = registry.profile_index(folder)
    return lambda words, on: resolution.resolve(index, words, "", on)


def read_plan(name: str, content: bytes, *, as_of: date, asked: date | None = None, resolve: Resolver = by_registry) -> Imported:
    """What the file says, without writing anything (the dry run).

    Names of units are checked on the day that was `asked`, else on the day of issue, else on the first day on which something is due
    (a table without its heading was issued before that), `as_of` at the latest.
    """
    raws = sources.rows_of(name, content)
    reading = table.read(raws)
    heading = headings.read(" ".join(c for c in raw.cells if c) for raw in raws if sum(map(bool, raw.cells)) == 1)
    found = Imported("", heading, reading.rows, reading.problems)
    on = asked or heading.issued or min([as_of, *(row.schedule.proposed for row in found.rows if row.schedule.proposed)])
    for row in found.rows:
        found.problems.extend(_unknown_units(row, on, resolve))
    found.problems.sort(key=lambda p: p["line"])
    return found


def _unknown_units(row: table.Row, on: date, resolve: Resolver) -> list[dict[str, Any]]:
    problems = []
    for unit in row.units:
        if unit.is_phrase or (answer := resolve(unit.words, on)).status == "exact":
            continue
        near = "、".join(c.name for c in answer.candidates[:3])
        refusal = Refusal(
            "ORG-UNKNOWN", field="负责单位", value=unit.words, rule="registry", extra={"nearest": [c.name for c in answer.candidates[:3]]},
            zh=f"单位“{unit.words}”不在{on}的机构名录中" + (f"，相近的有：{near}。" if near else "。"),
            en=f"The unit “{unit.words}” is not in the register on {on}" + (f"; nearest: {near}." if near else "."),
        )
        problems.append({"line": row.line, "row": row.row, **refusal.envelope()})
    return problems


def import_plan(name: str, content: bytes, *, by: Actor, at: datetime, on: date, asked: date | None = None) -> Imported:
    """Import a notice; repeating it changes nothing, and only rows not yet known are added.

    Errors: `PLAN-COLUMNS`, `FILE-*`; per row `PLAN-SCHEDULE`, `PLAN-DUP`, `PLAN-EMPTY`, `PLAN-LONG`, `PLAN-NUMBER`,
    `PLAN-SECTION`, `PLAN-CHANGED`, `ORG-UNKNOWN`; per chapter `PLAN-GAP`.
    """
    by.must("plan.import")
    found = read_plan(name, content, as_of=on, asked=asked)
    content_digest = digest([[r.row, r.task, r.unit_words, r.schedule.words] for r in found.rows])
    same = None if found.heading.number else Plan.objects.filter(digest=content_digest).order_by("pk").first()
    key = same.key if same else found.heading.number or content_digest
    with transaction.atomic():
        plan, _ = Plan.objects.get_or_create(key=key, defaults={
            "title": found.heading.title or _file_name(name), "number": found.heading.number, "issued_on": found.heading.issued,
            "digest": content_digest, "imported_at": at, "imported_by": by.uid,
        })
        found.plan = plan.uid
        _write(plan, found)
        if found.new:
            ledger.append([Entry("plan.imported", {
                "plan": plan.uid, "number": plan.number, "rows": found.new, "digest": content_digest, "by": by.uid})], at=at)
    return found


def _file_name(name: str) -> str:
    """As a title: no longer than one, and without what the file system alone understands."""
    return name.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")[:200]


def _write(plan: Plan, found: Imported) -> None:
    known = {r.row: r for r in plan.rows.all()}
    fresh = []
    for row in found.rows:
        old = known.get(row.row)
        if old is None:
            fresh.append(_model(plan, row, len(known) + len(fresh) + 1))
        elif (old.task, old.unit_words, old.schedule_words) == (row.task, row.unit_words, row.schedule.words):
            found.same += 1
        else:
            found.problems.append({"line": row.line, "row": row.row, **_changed(row).envelope()})
    PlanRow.objects.bulk_create(fresh)
    found.new = len(fresh)


def _changed(row: table.Row) -> Refusal:
    return Refusal(
        "PLAN-CHANGED", field=row.row, value=row.task[:60], rule="immutable", status=409,
        zh=f"{row.row}与已导入的内容不同，已导入的任务不改；请另发通知。",
        en=f"{row.row} differs from what was imported; an imported task is not edited, issue a new notice.",
    )


def _model(plan: Plan, row: table.Row, position: int) -> PlanRow:
    shown = row_envelope(row)
    return PlanRow(
        plan=plan, row=row.row, section=row.section, position=position, number=row.number, area=row.area, task=row.task,
        items=shown["items"], unit_words=row.unit_words, units=shown["units"], schedule_words=row.schedule.words,
        candidates=shown["readings"], proposed_due=row.schedule.proposed, standing=row.schedule.standing,
        needs_reading=row.schedule.needs_reading, check_words=row.check, inherited=shown["inherited"],
    )
