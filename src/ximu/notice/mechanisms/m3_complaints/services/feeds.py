"""Leads that come as a list: of the hotline 12345, the press, the public. Good rows are kept, bad ones named; twice adds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from ximu.foundation import clock, lists
from ximu.ideas.registry import queries as registry
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal
from ximu.notice.mechanisms.m3_complaints import queries, rules
from ximu.notice.mechanisms.m3_complaints.services.batches import report_press

COLUMNS = ("单位", "类别", "来源", "事项", "出处")


@dataclass(slots=True)
class Brought:
    new: int = 0
    same: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def envelope(self) -> dict[str, Any]:
        return asdict(self)


def bring_leads(content: bytes = b"", *, rows: list[Mapping[str, str]] | None = None, by: Actor, at: datetime) -> Brought:
    """From a file (xlsx, CSV in UTF-8 or GB 18030) or plain rows under `COLUMNS`; words in Chinese or codes.

    Errors: `PERM-DENIED`, `FILE-*`, `LEAD-COLUMNS`; per row `ORG-UNKNOWN`, `REPORT-TOPIC`, `LEAD-ORIGIN`, `LEAD-WORDS`, `LEAD-SOURCE`,
    `LEAD-PERSON` where a row holds a number that belongs to a person.
    """
    by.must(queries.PRESS)
    done = Brought()
    for line, row in _rows(content) if rows is None else [(n, dict(one)) for n, one in enumerate(rows, 1)]:
        try:
            new = _take(row, by=by, at=at)
        except Refusal as refusal:
            done.problems.append({"line": line, **refusal.envelope()})
            continue
        done.new, done.same = done.new + new, done.same + (not new)
    return done


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    table = lists.rows_of(content)
    if not table or not set(COLUMNS) <= set(table[0]):
        raise Refusal("LEAD-COLUMNS", field="file", value="", rule=" ".join(COLUMNS), zh=f"表头须有：{'、'.join(COLUMNS)}。",
                      en="The head of the table must have: " + ", ".join(COLUMNS) + ".")
    return [(line, dict(zip(table[0], row, strict=False))) for line, row in enumerate(table[1:], start=2)]


def must_be_nobodys(text: str) -> None:
    """A lead names bodies, never people by their numbers. Errors: `LEAD-PERSON`."""
    if rules.telling(text):
        raise Refusal("LEAD-PERSON", field="事项", value="", rule="no number of a person",
                      zh="线索中有证件、电话等属于个人的号码，请删去后再导入。",
                      en="The row holds a number that belongs to a person; take it out first.")


def _take(row: Mapping[str, str], *, by: Actor, at: datetime) -> bool:
    given = {name: str(row.get(name, "") or "").strip() for name in COLUMNS}
    must_be_nobodys(given["事项"] + "\n" + given["出处"])
    topics = {words.zh: code for code, words in rules.TOPICS.items()}
    origins = {words.zh: code for code, words in queries.ORIGINS.items()}
    return report_press(
        registry.named(given["单位"], as_of=clock.city_day(at)), topics.get(given["类别"], given["类别"]),
        origin=origins.get(given["来源"], given["来源"]), words=given["事项"], source=given["出处"], by=by, at=at)[1]
