"""What does a year of government integrity say in the report of the government? Figures with a source each, and what is stale in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

NONE = "—"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the text: `key` finds it again, `source` says what it was counted from, `where` is the page that opens it."""

    key: str
    value: str
    words: Text
    source: Text
    where: str = ""


def rate(part: int, whole: int) -> str:
    """A share in percent with one place; nothing of nothing is no share."""
    return f"{100 * part / whole:.1f}%" if whole else NONE


def stale(then: Iterable[Mapping[str, str]], now: Iterable[Figure]) -> list[dict[str, str]]:
    """Figures of an earlier text that would be another now. Errors: `YEAR-TEXT` for what is no text of this kind."""
    known, found = {one.key: one.value for one in now}, []
    for one in then:
        if not isinstance(one, Mapping) or not {"key", "value"} <= set(one):
            raise Refusal("YEAR-TEXT", field="figures", value="", rule="key, value", zh="这不是年度报告文字的数据文件。",
                          en="This is no file of a yearly text.")
        if known.get(one["key"], NONE) != one["value"]:
            found.append({"key": one["key"], "then": str(one["value"]), "now": known.get(one["key"], NONE)})
    return found
