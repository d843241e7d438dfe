"""Who is meant? A cell of the column “负责单位” split into units and open expressions, lead first."""

from __future__ import annotations

import re
from dataclasses import dataclass

KEPT_WHOLE = ("市政府委、办、局", "区委、办、局", "各委、办、局", "各区、各部门", "各区、街镇", "委、办、局")
"""Set phrases that contain an enumeration comma and must not be cut at it."""
_OPEN = re.compile(r"^(?:其他|其它|各|有关|相关)|成员单位$|委、办、局$|有关部门$|相关部门$|有关单位$")
_ETC = re.compile(r"等(?:有关)?(?:部门|单位)?$")
_HOLD = "\ue000"


@dataclass(frozen=True, slots=True)
class Named:
    """One expression as written. `role` is `lead` for the first one named, `support` for the others.

    `is_phrase`: an open expression that stands for a set of units on a day. `open_ended`: the cell ended in 等.
    """

    words: str
    role: str
    is_phrase: bool
    open_ended: bool = False


def is_phrase(words: str) -> bool:
    return bool(_OPEN.search(words))


def split(cell: str) -> tuple[Named, ...]:
    """“市财政局、市发展改革委,其他市有关部门” → three expressions; the first named is the lead (牵头)."""
    text = re.sub(r"\s+", "", cell).rstrip("。.;；")
    for phrase in KEPT_WHOLE:
        text = text.replace(phrase, phrase.replace("、", _HOLD))
    parts = [p.replace(_HOLD, "、") for p in re.split(r"[、，,;；]", text) if p]
    open_ended = bool(parts) and bool(_ETC.search(parts[-1]))
    if open_ended:
        parts[-1] = _ETC.sub("", parts[-1])
    return tuple(
        Named(p, "lead" if i == 0 else "support", is_phrase(p), open_ended and i == len(parts) - 1)
        for i, p in enumerate(p for p in parts if p)
    )
