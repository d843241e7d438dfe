"""What the public reads: open publications only. No other table is looked at, so nothing hidden can change a byte."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import orjson
from django.db.models import Count

from ximu.ideas.catalogue.rules import FAMILIES
from ximu.ideas.disclosure.models import Publication
from ximu.ideas.disclosure.queries.certificates import certificate_evidence
from ximu.ideas.disclosure.queries.policy import policy_on
from ximu.ideas.disclosure.queries.remembering import remembered
from ximu.ideas.disclosure.queries.standing import open_on
from ximu.ideas.disclosure.rules import Ask, decide
from ximu.ideas.ledger import queries as ledger
from ximu.ideas.ledger.rules import commitment, entry_bytes
from ximu.ideas.records.rules import parse
from ximu.kernel.refusal import absent
from ximu.kernel.words import Text

MOST_PAGES = 1_000_000
"""Further than anybody turns, and still a number that a database can skip by."""
OPENED, CLOSED = "disclosure.opened", "disclosure.closed"


def shown(row: Publication) -> dict[str, Any]:
    return orjson.loads(row.body)


def public_record(number: str, *, on: date) -> dict[str, Any]:
    """A published record. Errors: `REC-NUMBER`, `REC-NONE` (one answer for hidden and for missing)."""
    return {**shown(found := _found(number, on)), "log_index": found.log_index}


def _found(number: str, on: date) -> Publication:
    found = open_on(on).filter(number=parse(number)).first()
    if found is None:
        raise absent("REC-NONE", field="number", value=number, zh="条公开的记录", en="published record")
    return found


def public_bundle(number: str, *, on: date) -> dict[str, Any]:
    """The proof bundle of a published record: exactly what is public of it, with its salt. Errors: as `public_record`."""
    found = _found(number, on)
    return ledger.bundle(found.log_index, payload=shown(found), salt=bytes(found.salt))


def public_unit_page(subjects: Collection[str], *, on: date) -> dict[str, Any]:
    """For each family: how many are public, or why it is not; the reasons come from the policy alone and betray no counts."""
    counted = remembered(("families", tuple(sorted(subjects))), on, lambda: dict(
        open_on(on).filter(subject__in=subjects).order_by().values_list("family").annotate(Count("pk"))))
    policy = policy_on(on)
    families = []
    for code, name in FAMILIES.items():
        made = decide(Ask("public", code, "body", "effective", "public", False, "", on), policy)
        families.append({
            "family": code, "name": name, "public": made.outcome == "shown", "count": counted.get(code, 0), "rule": made.rule,
            "law": made.law, "why": made.why,
        })
    officials = decide(Ask("public", "accountability", "official", "effective", "public", True, "", on), policy)
    return {
        "policy": policy.version, "families": families, "total": sum(counted.values()),
        "never": [{"what": Text("公务员个人的记录", "Records of individual civil servants"), "rule": officials.rule, "law": officials.law,
                   "why": officials.why}],
    }


def publication(uid: str) -> Publication:
    """For the desk. Errors: `PUB-NONE`."""
    found = Publication.objects.filter(uid=uid).first()
    if found is None:
        raise absent("PUB-NONE", field="uid", value=uid, zh="项公开", en="publication")
    return found


def proposals(*, numbers: Collection[str] | None = None, state: str = "proposed", page: int = 1, size: int = 50) -> list[Publication]:
    rows = Publication.objects.filter(state=state)
    if numbers is not None:
        rows = rows.filter(number__in=numbers)
    page = min(max(1, page), MOST_PAGES)
    return list(rows.order_by("proposed_at")[(page - 1) * size:page * size])


def opened_body(row: Publication, sealed: str) -> dict[str, Any]:
    return {"record": row.number, "version": row.version, "stage": row.stage, "policy": row.policy,
            "closes_on": row.closes_on.isoformat(), "commitment": sealed}


def closed_body(row: Publication) -> dict[str, Any]:
    return {"record": row.number, "opened": row.log_index}


def evidence(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    """What the log should say about publications and certificates."""
    for row in Publication.objects.filter(log_index__gte=first, log_index__lt=last).order_by("log_index"):
        sealed = commitment(bytes(row.salt), shown(row)) if row.salt is not None else row.commitment
        if row.decided_at is not None:
            yield row.log_index or 0, entry_bytes(OPENED, opened_body(row, sealed), row.decided_at), f"公开 {row.number}"
    for row in Publication.objects.filter(closed_index__gte=first, closed_index__lt=last).order_by("closed_index"):
        if row.closed_at is not None:
            yield row.closed_index or 0, entry_bytes(CLOSED, closed_body(row), row.closed_at), f"公开关闭 {row.number}"
    yield from certificate_evidence(first, last)
