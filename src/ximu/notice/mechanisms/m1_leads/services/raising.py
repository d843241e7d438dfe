"""How does a lead come in? By hand, by file, by API, from social supervision; the same reference of the same source once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ximu.foundation import clock
from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given
from ximu.ideas.casework.services import Opening
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m1_leads import queries, rules
from ximu.notice.mechanisms.m1_leads.rules import ORIGINS, Told

MOST_ROWS = 20_000


@dataclass(slots=True)
class Brought:
    """What became of a file: new leads, known ones, and the lines that were refused."""

    new: int = 0
    same: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)


def raise_lead(told: Told, *, by: Actor, at: datetime) -> str:
    """Enter a lead about a government body; the case. A reference that is known answers its case and adds nothing.

    Errors: `PERM-DENIED`, `LEAD-ORIGIN`, `LEAD-WORDS`, `LEAD-DUP`, `FIELD-LONG`, `SUBJ-NONE`, `SUBJ-AMBIG`.
    """
    by.must("leads.raise")
    return _raise(rules.must_tell(told), by=by, at=at)[0]


def _raise(told: Told, *, by: Actor, at: datetime) -> tuple[str, bool]:
    unit = queries.body(told.unit, on=clock.city_day(at))
    key = f"{told.origin}:{told.reference}" if told.reference else ""
    known = queries.lead_of(key)
    if known:
        queries.must_be_about(known, unit, told)
        return known, False
    name = registry.name(unit, as_of=clock.city_day(at))
    values = {"origin": told.origin, "title": told.title, "reference": told.reference,
              "told": {"来源": ORIGINS[told.origin].zh, "编号": told.reference or "—", "单位": name, "事项": told.title}}
    opening = Opening(about=told.reference, key=key, subject=unit, source=unit, values=values)
    return casework.open_case("lead", opening=opening, given=Given(told.words), by=by, at=at, checked=True), True


def import_leads(content: bytes = b"", *, rows: Iterable[Mapping[str, Any]] = (), by: Actor, at: datetime) -> Brought:
    """A CSV file (UTF-8 or GB 18030, columns of `COLUMNS` or `HEADS`) or rows; good lines are kept, the others named with line and code.

    Errors: `PERM-DENIED`, `FILE-CODING`, `HEAD-NONE`, `FILE-ROWS`.
    """
    by.must("leads.raise")
    done = Brought()
    for line, row in enumerate(_rows(content) if content else rows, start=2 if content else 1):
        try:
            told = rules.must_tell(Told(**{name: str(row.get(name) or "") for name in rules.COLUMNS}))
            _, new = _raise(told, by=by, at=at)
        except Refusal as refusal:
            done.problems.append({"line": line, **refusal.envelope()})
            continue
        done.new, done.same = done.new + new, done.same + (not new)
    return done


def _rows(content: bytes) -> list[dict[str, str]]:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refusal("FILE-CODING", field="file", value="", rule="UTF-8, GB 18030", zh="文件编码应为UTF-8或GB18030。",
                      en="The file should be UTF-8 or GB 18030.")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    reader.fieldnames = [rules.HEADS.get(head.strip(), head.strip()) for head in reader.fieldnames or ()]
    missing = [head for head, name in rules.HEADS.items() if name != "reference" and name not in reader.fieldnames]
    if missing:
        raise Refusal("HEAD-NONE", field="file", value=" ".join(missing), rule=" ".join(rules.HEADS),
                      zh=f"缺少列：{'、'.join(missing)}。",
                      en=f"Columns are missing: {', '.join(rules.HEADS[head] for head in missing)}.")
    found = [row for _, row in zip(range(MOST_ROWS + 1), reader, strict=False)]
    if len(found) > MOST_ROWS:
        raise Refusal("FILE-ROWS", status=413, field="file", value=len(found), rule=f"≤ {MOST_ROWS}", zh=f"一次最多{MOST_ROWS}行。",
                      en=f"At most {MOST_ROWS} lines at once.")
    return found
