"""How do refused rows go back? As a case at the unit that must put them right, by line and code, never by content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from ximu.ideas.casework import services as casework
from ximu.ideas.casework.rules import Given, Move
from ximu.ideas.casework.services import Opening
from ximu.ideas.intake import queries
from ximu.ideas.intake.models import Delivery
from ximu.kernel.actor import Actor
from ximu.kernel.refusal import Refusal

PROCEDURE, MOST_LINES = "rows_back", 40


def send_rows_back(uid: str, *, unit: str, message: str, lines: Collection[int] = (), by: Actor, at: datetime) -> str:
    """Refused lines of a committed delivery (all, or those named) go to `unit` with a message and a clock; the case.

    Errors: `PERM-DENIED`, `DELIV-NONE`, `DELIV-STATE` before it is committed, `ROWS-NONE` for a line that was not refused, `REASON`,
    `CASE-DUP`.
    """
    found = queries.delivery(uid)
    by.must("intake.deliver", found.source)
    if found.state != Delivery.State.COMMITTED:
        raise Refusal("DELIV-STATE", status=409, field="delivery", value=found.state, rule="committed",
                      zh="先入库合格的行，再退回不合格的行。", en="Load the good rows first; then the refused ones go back.")
    if not message.strip():
        raise Refusal("REASON", field="message", value="", rule="rows_back", zh="请写明退回的说明。", en="Say why the rows go back.")
    codes = _codes(uid)
    chosen = sorted(set(lines) or set(codes))
    if not chosen or set(chosen) - set(codes):
        strange = [line for line in chosen if line not in codes]
        raise Refusal("ROWS-NONE", field="lines", value=" ".join(map(str, strange[:5])), rule=" ".join(map(str, sorted(codes)[:20])) or "—",
                      zh="所列行没有不合格问题，不能退回。", en="These lines were not refused; there is nothing to send back.")
    counted = Counter(code for line in chosen for code in codes[line])
    told = {"批次": found.uid, "数据项": found.item, "行数": str(len(chosen)), "行号": _listed(chosen),
            "问题": "、".join(f"{code}×{n}" for code, n in sorted(counted.items()))}
    opening = Opening(about=found.uid, key=f"{found.uid}:{unit}", source=unit, values={"told": told, "item": found.item})
    return casework.open_case(PROCEDURE, opening=opening, given=Given(message), by=by, at=at, checked=True)


def _codes(uid: str) -> dict[int, set[str]]:
    """Line → codes of the faults for which it was refused."""
    found: dict[int, set[str]] = {}
    for fault in queries.faults(uid):
        if fault["severity"] == "error":
            found.setdefault(int(fault["line"]), set()).add(str(fault["code"]))
    return found


def _listed(lines: list[int]) -> str:
    return "、".join(map(str, lines[:MOST_LINES])) + (f" 等{len(lines)}行" if len(lines) > MOST_LINES else "")


class RowsBack:
    """It ends with a newer delivery of the same item that was committed."""

    def before(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        if move.verb != "redeliver":
            return
        named = str(given.values.get("receipt", "")).lstrip("#")
        new = Delivery.objects.filter(uid=named, item=case.values.get("item"), state=Delivery.State.COMMITTED).first()
        if new is None or new.committed_at is None or new.committed_at < case.opened_at:
            raise Refusal("RECEIPT-NONE", field="receipt", value=named[:16], rule="新批次", zh="没有退回之后入库的同一数据项的这个批次。",
                          en="No delivery of this item with that receipt was committed since.")

    def after(self, case: Any, move: Move, given: Given, *, by: Actor, at: datetime) -> None:
        return None


CONDUCTS = {PROCEDURE: RowsBack()}
