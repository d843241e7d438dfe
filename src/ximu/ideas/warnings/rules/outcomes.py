"""How often was a rule right? Precision with its interval, from the alarms that were decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ximu.ideas.warnings.rules.backtest import wilson
from ximu.kernel.refusal import Refusal
from ximu.kernel.words import Text

LEVELS = {"yellow": Text("黄色", "yellow"), "orange": Text("橙色", "orange"), "red": Text("红色", "red")}
TRUE = "true"
OUTCOMES = {"true": Text("属实", "true"), "false": Text("误报", "false alarm"), "unclear": Text("无法判断", "cannot be told")}
SILENCES = {"no_data": Text("未报送", "not delivered"), "silent": Text("序列沉默", "fell silent")}
OPENS_CASE = frozenset({"orange", "red"})
ENOUGH = 10
"""From so many decided alarms without a true one a rule is proposed for retirement."""


@dataclass(frozen=True, slots=True)
class Record:
    """A rule's record: `precision` None while nothing was decided; `low`, `high` its 95 % interval."""

    rule: str
    raised: int
    decided: int
    true: int
    precision: float | None
    low: float | None
    high: float | None

    @property
    def retire(self) -> bool:
        return self.decided >= ENOUGH and self.true == 0


def records(alarms: Iterable[tuple[str, str]]) -> list[Record]:
    """From (rule, outcome); an alarm that cannot be told counts neither way."""
    rows: dict[str, list[str]] = {}
    for rule, outcome in alarms:
        rows.setdefault(rule, []).append(outcome)
    return [_record(rule, outcomes) for rule, outcomes in sorted(rows.items())]


def _record(rule: str, outcomes: list[str]) -> Record:
    true, decided = outcomes.count("true"), outcomes.count("true") + outcomes.count("false")
    if not decided:
        return Record(rule, len(outcomes), 0, 0, None, None, None)
    return Record(rule, len(outcomes), decided, true, true / decided, *wilson(true, decided))


def must_decide(outcome: str, cause: str) -> None:
    """Errors: `WARN-OUTCOME`, `REASON`."""
    if outcome not in OUTCOMES:
        raise Refusal("WARN-OUTCOME", field="outcome", value=outcome[:20], rule=" ".join(OUTCOMES), zh="核实结论应为属实、误报或无法判断。",
                      en="An alarm is true, false, or cannot be told.")
    if not cause.strip():
        raise Refusal("REASON", field="cause", value="", rule="required", zh="须写明核实的原因。", en="Say what was found.")
