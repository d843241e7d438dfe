"""What the public reads of promises: only what the kind's level allows, never the counterpart."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from ximu.foundation import clock
from ximu.ideas.commitments import rules
from ximu.ideas.commitments.models import Commitment, Step
from ximu.ideas.commitments.queries import book, data
from ximu.ideas.registry import queries as registry
from ximu.kernel.refusal import absent
from ximu.kernel.view import View

PAGE = 50


def public_promises(
    view: View, *, uid: str = "", kind: str = "", state: str = "", unit: str = "", domain: str = "", page: int = 1, on: date | None = None,
) -> dict[str, Any]:
    """The provider of the portal: one promise (`uid`) or a page of them. What is not public does not exist here."""
    day = on or clock.today()
    open_kinds = [code for code, k in data.kinds().items() if k.level == "public"]
    rows = book.commitments(kind=kind, state=state, unit=unit, domain=domain, on=day).filter(kind__in=open_kinds)
    if uid:
        row = rows.filter(uid=uid).first()
        if row is None:
            raise absent("PROM-NONE", field="uid", value=uid[:40], zh="项承诺", en="promise")
        return {**shown(row, day), "history": _history(row), "badge": _badge(row)}
    total, first = rows.count(), PAGE * (max(1, page) - 1)
    return {
        "view": view.name, "total": total, "page": max(1, page), "pages": -(-total // PAGE),
        "items": [shown(row, day, whole=False) for row in rows[first:first + PAGE]],
        "kinds": {code: data.kinds()[code].name for code in open_kinds}, "states": rules.STATES,
    }


def public_among(uids: Collection[str]) -> set[str]:
    """Those of the promises whose kind is open to everybody."""
    open_kinds = [code for code, k in data.kinds().items() if k.level == "public"]
    return set(Commitment.objects.filter(uid__in=uids, kind__in=open_kinds).values_list("uid", flat=True))


def shown(row: Commitment, on: date, *, whole: bool = True) -> dict[str, Any]:
    """The fields that the kind opens, under the name of the unit that carries the promise now; a line of a list has no versions."""
    kind = data.kind(row.kind)
    carrier = book.owner(row, on)
    terms = row.terms
    values: dict[str, Any] = {
        "title": row.title, "text": terms["text"], "made_on": row.made_on, "due": row.due, "state": row.state, "progress": row.progress,
        "basis": terms["basis"], "matters": [data.procedure().powers[m].name for m in terms["matters"]], "amount": row.amount,
        "target": terms["target"], "disputed": row.disputed, "unit": registry.name(row.unit, as_of=row.made_on),
        "late": max(0, (row.kept_on - row.due).days) if row.kept_on and row.state == "kept" else 0,
    }
    if whole:
        values["versions"] = _versions(row, kind)
    kept = {name: values[name] for name in kind.public if name in values}
    if "unit" in kept and carrier != row.unit:
        kept["carried_by"] = registry.name(carrier, as_of=on)
    return {"uid": row.uid, "kind": row.kind, "kind_name": kind.name, "state_name": rules.STATES[row.state], "domain": row.domain, **kept}


def _versions(row: Commitment, kind: rules.Kind) -> list[dict[str, Any]]:
    """Every wording with the reason of the change; the text itself only where the kind opens it."""
    found = []
    for number, since, terms, detail in book.versions(row):
        reason = data.procedure().reasons.get(detail.get("reason", ""))
        found.append({
            "version": number, "since": since, "title": terms.title, "due": terms.due, "reason": reason.name if reason else None,
            "basis": detail.get("basis", ""), "compensated": bool(detail.get("compensation")),
            **({"text": terms.text} if "text" in kind.public else {}),
            **({"target": rules.to_json(terms)["target"]} if "target" in kind.public else {}),
        })
    return found


def _history(row: Commitment) -> list[dict[str, Any]]:
    """What was done and when, without a word of what the papers say or who did it."""
    return [{"what": event.what, "on": event.on, "log_index": event.log_index} for event in book.history(row)]


def _badge(row: Commitment) -> dict[str, Any]:
    first = Step.objects.filter(commitment=row).order_by("log_index").values_list("log_index", flat=True).first()
    return {"state": row.state, "words": rules.STATES[row.state], "log_index": first}
