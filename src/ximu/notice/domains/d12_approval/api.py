"""The catalogue of approvals over the API; figures and acts are at `/api/v1/areas`, cases move through `/api/v1/casework`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Form, Router

from ximu.foundation import api, clock
from ximu.foundation.web import actor_of, source_of
from ximu.notice.domains.d12_approval.queries import SEE, catalogue
from ximu.notice.domains.d12_approval.services import reporting

router = Router(tags=["d12 行政审批"])


@router.get("/catalogue", response=dict[str, Any], summary="审批目录 The catalogue in force, or a version by its number")
def shown(request: HttpRequest, number: str = "", q: str = "") -> Any:
    """Items with the difference to the version before; null where none is in force. Errors: `CAT-NONE`."""
    actor_of(request).must(SEE)
    row = catalogue.edition(number) if number else catalogue.in_force(clock.today())
    return {"number": row and row.number, "in_force": row and row.in_force, "digest": row and row.digest,
            "items": catalogue.search(row, q) if row else [],
            "changes": [{"code": one.key, "kind": one.kind, "fields": one.fields} for one in (catalogue.difference(row) if row else ())]}


@router.post("/reports", response=dict[str, Any], summary="要求目录外材料 They asked me for something else", openapi_extra=api.ANYBODY)
def report(request: HttpRequest, kind: Form[str], unit: Form[str], words: Form[str], on: Form[date], item: Form[str] = "") -> Any:
    """Without a name, as on the page; `receipt` is told once. Errors: `ASK-FORM`, `DISC-PII`, `CAT-NONE`, `CAT-ITEM`, `RECEIPT-SLOW`."""
    verdict, number, code = reporting.report(kind=kind, item=item, unit=unit, words=words, on=on, source=source_of(request), at=clock.now())
    return {"state": verdict.state, "zh": verdict.why.zh, "en": verdict.why.en, "edition": number, "receipt": code}
