"""What did a record set in motion, and is it taken back? A line per effect: live → stopping → stopped | open (I6)."""

from __future__ import annotations

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

KINDS = {
    "publication": Text("公开", "Publication"), "share": Text("共享", "Share"), "measure": Text("奖惩措施", "Measure"),
    "score": Text("计分", "Score"), "certificate": Text("证明", "Certificate"),
}
EFFECT_STATES = {
    "live": Text("有效", "Live"), "stopping": Text("停止中", "Stopping"), "stopped": Text("已停止", "Stopped"),
    "open": Text("未确认", "Unconfirmed"),
}
CAUSES = {
    "repaired": Text("已修复", "Repaired"), "revoked": Text("撤销", "Revoked"), "expired": Text("期满", "Expired"),
    "erased": Text("已删除", "Erased"), "corrected": Text("更正", "Corrected"), "closed": Text("关闭", "Closed"),
}
EARLY = frozenset({"draft", "held", "checked", "notified", "disputed"})
LIVE_RECORD = frozenset({"effective", "flagged"})


def may_begin(kind: str, state: str) -> None:
    """Errors: `EFFECT-KIND`; `DISC-EARLY` before the record has effect (I3); `EFFECT-DEAD` after it has lost it."""
    if kind not in KINDS:
        raise Refusal("EFFECT-KIND", field="kind", value=kind, rule=" ".join(KINDS), zh=f"没有“{kind}”这类效果。",
                      en=f"There is no effect of the kind “{kind}”.")
    if state in EARLY:
        raise Refusal("DISC-EARLY", status=409, field="state", value=state, rule="告知在先，异议期满",
                      zh="记录尚未告知或在异议期内，不得产生任何公开、共享或惩戒效果。",
                      en="Before notice and within the objection window a record has no effect of any kind.")
    if state not in LIVE_RECORD:
        raise Refusal("EFFECT-DEAD", status=409, field="state", value=state, rule="effective", zh="记录已不再有效，不能产生新的效果。",
                      en="The record is no longer effective and can have no new effect.")


def after_reversal(states: dict[str, int]) -> bool:
    """True when nothing stands unnoticed: every line is stopped, stopping, or openly unconfirmed."""
    return states.get("live", 0) == 0
