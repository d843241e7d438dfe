"""How do proposals come in? Row by row: good ones are kept, bad ones named; the same list twice adds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ximu.foundation import clock, lists
from ximu.ideas.accounts.services.accounts import person_of
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.services import Opening
from ximu.ideas.ledger import services as ledger
from ximu.ideas.ledger.rules import Entry
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.canonical import digest
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_supervision import rules
from ximu.notice.mechanisms.m3_supervision.models import Proposal, Signer


@dataclass(slots=True)
class Imported:
    new: int = 0
    same: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def envelope(self) -> dict[str, Any]:
        return asdict(self)


def import_proposals(content: bytes = b"", *, rows: list[Mapping[str, str]] | None = None, by: Actor, at: datetime) -> Imported:
    """From a file (xlsx, CSV) or from plain rows under the names of `rules.COLUMNS`.

    Errors: `PERM-DENIED`, `FILE-*`, `PROP-COLUMNS`; per row those of `rules.read`, `ORG-UNKNOWN`, `ORG-ENDED`, `PROP-LEAD`, `PROP-CHANGED`,
    `CAL-NONE`.
    """
    by.must("proposals.import")
    done = Imported()
    for line, row in _rows(content) if rows is None else [(n, dict(r)) for n, r in enumerate(rows, 1)]:
        try:
            new = _take(rules.read(row, line=line, today=clock.city_day(at)), by=by, at=at)
        except Refusal as refusal:
            done.problems.append({"line": line, **refusal.envelope()})
            continue
        done.new += new
        done.same += not new
    return done


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    table = lists.rows_of(content)
    head = next((n for n, row in enumerate(table) if "编号" in row and "主办单位" in row), None)
    if head is None:
        raise Refusal("PROP-COLUMNS", field="file", value="", rule=" ".join(rules.COLUMNS), zh=f"表头须有：{'、'.join(rules.COLUMNS)}。",
                      en="The head of the table must have: " + ", ".join(rules.COLUMNS) + ".")
    names = [rules.COLUMNS.get(cell, "") for cell in table[head]]
    return [(head + n + 2, {name: cell for name, cell in zip(names, row, strict=False) if name}) for n, row in enumerate(table[head + 1:])]


def _unit(words: str, line: rules.Line) -> str:
    """The unit that carries the duties of the named one on the day of assignment."""
    answer = registry.resolve(words, as_of=line.assigned_on)
    if answer.status != "exact":
        near = "、".join(c.name for c in answer.candidates[:3])
        raise Refusal("ORG-UNKNOWN", field="主办单位", value=words[:60], rule="registry",
                      zh=f"没有唯一对应的单位“{words[:60]}”；相近的有：{near or '无'}。",
                      en=f"No single unit is named “{words[:60]}”; near: {near or 'none'}.")
    return registry.owner_of(answer.candidates[0].uid, on=line.assigned_on)


def _take(line: rules.Line, *, by: Actor, at: datetime) -> int:
    lead, assisting = _unit(line.lead, line), [_unit(words, line) for words in line.assisting]
    if lead in assisting:
        raise Refusal("PROP-LEAD", field="会办单位", value=line.lead[:60], rule="≠ 主办单位", zh="主办单位不能同时是会办单位。",
                      en="The lead unit cannot assist itself.")
    sealed = digest([line.session, line.number, line.kind, line.title, line.text, lead, assisting, line.assigned_on.isoformat()])
    leads, joint = person_of(line.delegate), [person_of(one) for one in line.joint]
    known = Proposal.objects.filter(session=line.session, number=line.number).first()
    if known is not None:
        if (known.digest, known.delegate, {one.delegate for one in known.signers.all()}) != (sealed, leads, set(joint)):
            raise Refusal("PROP-CHANGED", status=409, field="编号", value=line.number, rule="immutable",
                          zh=f"{line.session}第{line.number}号已登记，内容不同；改派请先退回。",
                          en=f"Number {line.number} of {line.session} is on record with another content; return it first.")
        return 0
    row = Proposal(session=line.session, number=line.number, kind=line.kind, title=line.title, text=line.text,
                   delegate=leads, lead=lead, assisting=list(dict.fromkeys(assisting)), received_on=line.received_on,
                   assigned_on=line.assigned_on, imported_at=at, digest=sealed)
    opening = Opening(about="", key=f"proposal:{line.session}:{line.number}"[:160], subject="", source=lead, values={
        "told": {"届次": line.session, "编号": line.number, "标题": line.title}})
    try:
        with transaction.atomic():
            opened = max(clock.start_of(line.assigned_on), clock.start_of(line.received_on or line.assigned_on))
            row.case = casework.open_case("proposal", opening=opening, by=by, at=min(opened, at), checked=True)
            row.save()
            Signer.objects.bulk_create([Signer(proposal=row, delegate=one) for one in joint])
            ledger.append([Entry("proposal.assigned", {"proposal": row.uid, "lead": lead, "digest": sealed, "by": by.uid})], at=at)
    except IntegrityError:
        return 0
    return 1

