"""What should the log say about rounds and extracts?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ximu.ideas.ledger.rules import entry_bytes
from ximu.notice.mechanisms.m3_supervision.models import Extract, Round

COMMITTED, EXTRACTED = "supervision.seed", "supervision.extract"
KINDS = (COMMITTED, EXTRACTED)


def committed_body(row: Round) -> dict[str, Any]:
    return {"round": row.uid, "commitment": row.commitment, "population": len(row.population), "size": row.size}


def extracted_body(row: Extract) -> dict[str, Any]:
    return {"commitment": row.commitment}


def provider(first: int, last: int) -> Iterator[tuple[int, bytes, str]]:
    for row in Round.objects.filter(commit_index__gte=first, commit_index__lt=last):
        yield row.commit_index or 0, entry_bytes(COMMITTED, committed_body(row), row.committed_at), f"督查种子 {row.title}"
    for one in Extract.objects.filter(log_index__gte=first, log_index__lt=last):
        yield one.log_index, entry_bytes(EXTRACTED, extracted_body(one), one.at), f"督查摘录 {one.uid}"
