"""From a day back to every decision, signature and post-holder: what is not on record is a gap, nobody is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ximu.ideas.commitments import queries as promises
from ximu.ideas.registry import queries as registry
from ximu.notice.domains.d02_ppp import rules
from ximu.notice.domains.d02_ppp.queries.register import Book, Row, project, reference, sets, uid_of_duty


def trace(found: Book, code: str, *, on: date, duty: str = "", today: date) -> list[registry.Traced]:
    """All steps that must be on record by the day, who promised the obligation, and who was in office on the day itself.

    Each under the post-holder of its own day; `today` is the unit that carries the duties now. Errors: `PPP-NONE`.
    """
    row, acts = project(found, code), found.acts.get(code, [])
    taken = [one for one in acts if one["acted_on"] <= on]
    listed = [registry.Act(one["step"], one["acted_on"], one["unit"], one["post"] or "", one["document"]) for one in taken]
    steps = rules.expected(sets(), row, acts, on)
    steps += [one for one in dict.fromkeys(act["step"] for act in taken) if one not in steps]
    if duty:
        listed += _promised(found, code, duty)
        steps.append(rules.PROMISE)
    listed += _in_office(found, row, code, duty, on)
    return registry.traced(listed, steps=[*steps, rules.BREACH], today=today)


def _promised(found: Book, code: str, duty: str) -> Iterable[registry.Act]:
    uid = uid_of_duty(found, code, duty)
    if not uid:
        return []
    row = promises.row(uid)
    title = next((one.title for one in registry.posts(row.unit, as_of=row.made_on) if one.uid == row.post), "")
    return [registry.Act(rules.PROMISE, row.made_on, row.unit, title, reference(code, duty))]


def _in_office(found: Book, row: Row, code: str, duty: str, on: date) -> list[registry.Act]:
    """The leading posts of the unit that carried the obligation (else the project) on the day; none on record is a gap."""
    debtor = found.duties.get(reference(code, duty), row)
    unit = registry.owner_of(debtor["unit"], max(on, row["initiated_on"]))
    posts = [one.title for one in registry.posts(unit, as_of=on) if one.role in rules.FIRST]
    return [registry.Act(rules.BREACH, on, unit, title, "") for title in posts or [""]]


def gaps(found: Book, code: str, *, on: date, today: date) -> list[registry.Traced]:
    """Steps by which nobody can be traced; the day itself is not one of them."""
    return [one for one in trace(found, code, on=on, today=today) if one.gap and one.step != rules.BREACH]
