"""Classes of water (GB 3838-2002) and degrees of black and odorous water, in words."""

from __future__ import annotations

from ximu.ideas.events.rules.standards import Judged
from ximu.kernel.words import Text

CLASSES = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
BEYOND = len(CLASSES) - 1
NAMES = (*(Text(one, one) for one in CLASSES[:BEYOND]), Text(CLASSES[BEYOND], "worse than Ⅴ"))
ITEMS = {
    "oxygen": Text("溶解氧", "dissolved oxygen"), "permanganate": Text("高锰酸盐指数", "permanganate index"),
    "cod": Text("化学需氧量", "COD"), "bod5": Text("五日生化需氧量", "BOD₅"), "ammonia": Text("氨氮", "ammonia nitrogen"),
    "phosphorus": Text("总磷", "total phosphorus"),
}
ODOUR = ("transparency", "oxygen", "redox", "ammonia")
MEASURED = (*ITEMS, "transparency", "redox")
GRADES = (Text("未达黑臭", "not black or odorous"), Text("轻度黑臭", "lightly black and odorous"),
          Text("重度黑臭", "heavily black and odorous"))
FALLING = frozenset({"oxygen", "transparency", "redox"})
"""Of these more is better."""


def worst(found: Judged) -> Text:
    return Text("、".join(ITEMS[one].zh for one in found.worst), ", ".join(ITEMS[one].en for one in found.worst))


def words(found: Judged) -> Text:
    """Why a section has its class."""
    named = worst(found)
    return Text(f"{CLASSES[found.place]}类，最差项目：{named.zh}；{found.samples}次监测的均值",
                f"class {NAMES[found.place].en}, worst: {named.en}; mean of {found.samples} samples")
