"""Which states has a record, and which ways lead between them?"""

from __future__ import annotations

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

STATES = {
    "held": Text("待生效（文书未确定）", "Held (document not final)"),
    "draft": Text("草拟", "Draft"),
    "checked": Text("已核", "Checked"),
    "notified": Text("已告知", "Notified"),
    "disputed": Text("异议中", "Disputed"),
    "effective": Text("生效", "Effective"),
    "flagged": Text("标注争议", "Flagged as disputed"),
    "repaired": Text("已修复", "Repaired"),
    "expired": Text("期满", "Expired"),
    "revoked": Text("撤销", "Revoked"),
    "erased": Text("已删除", "Erased"),
}
EDGES: dict[str, frozenset[str]] = {
    "held": frozenset({"checked", "revoked"}),
    "draft": frozenset({"checked", "revoked"}),
    "checked": frozenset({"notified", "revoked"}),
    "notified": frozenset({"disputed", "effective", "revoked"}),
    "disputed": frozenset({"notified", "effective", "revoked"}),
    "effective": frozenset({"flagged", "repaired", "expired", "revoked"}),
    "flagged": frozenset({"effective", "repaired", "expired", "revoked"}),
    "repaired": frozenset({"expired", "revoked"}),
    "expired": frozenset({"revoked", "erased"}),
    "revoked": frozenset({"erased"}),
    "erased": frozenset(),
}
"""A fact that is void (regulation art. 37) can be revoked from anywhere; only what is revoked or expired can be erased."""
EXCEPTED = ("checked", "effective")
"""The one short way, open only where a dated rule names the exception from notice."""
LIVE = frozenset({"effective", "flagged"})
"""Only these have effects."""
ENDED = frozenset({"repaired", "expired", "revoked", "erased"})


def move_refused(before: str, after: str, *, excepted: bool = False) -> Refusal | None:
    """Why the record may not go this way; None when it may."""
    if after in EDGES.get(before, ()) or (excepted and (before, after) == EXCEPTED):
        return None
    return no_way(before, after)


def no_way(before: str, after: str) -> Refusal:
    """The refusal of an illegal edge."""
    zh, en = (STATES[before].zh, STATES[before].en) if before in STATES else (before, before)
    to = STATES.get(after, Text(after or "—", after or "—"))
    return Refusal(
        "STATE-EDGE", status=409, field="state", value=before, rule=f"{before}→{after}",
        zh=f"记录处于“{zh}”，不能变为“{to.zh}”。", en=f"A record that is “{en}” cannot become “{to.en}”.",
    )
