"""What must a finding say? Criterion, condition, cause, effect, evidence (as in public audit, INTOSAI ISSAI 3000)."""

from __future__ import annotations

from collections.abc import Mapping

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

PARTS = {"criterion": Text("标准", "criterion"), "condition": Text("情况", "condition"), "cause": Text("原因", "cause"),
         "effect": Text("影响", "effect")}
VERDICTS = {"ok": Text("符合", "meets it"), "finding": Text("有问题", "does not"), "na": Text("不适用", "not applicable")}


def must_be_whole(given: Mapping[str, str]) -> None:
    """Errors: `FIND-PART` naming what is missing."""
    missing = [code for code in PARTS if not given.get(code, "").strip()]
    if missing:
        raise Refusal("FIND-PART", field=missing[0], value="", rule=" ".join(PARTS), extra={"missing": missing},
                      zh=f"问题须写明{'、'.join(PARTS[code].zh for code in missing)}。",
                      en=f"A finding must say its {', '.join(PARTS[code].en for code in missing)}.")
