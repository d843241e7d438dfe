"""Which stage set judges a project, who must have decided what, and what the lines behind the figures are. Pure."""

from ximu.notice.domains.d02_ppp.rules.lines import (
    STATES,
    Spending,
    budget_things,
    duty_lines,
    paid_in_time,
    payment_lines,
    published,
    shares,
    unlawful,
)
from ximu.notice.domains.d02_ppp.rules.stages import (
    BREACH,
    FIRST,
    PROMISE,
    Stage,
    StageSet,
    due_items,
    expected,
    now_in,
    reached,
    read_sets,
    set_of,
    set_on,
)

__all__ = [
    "BREACH", "FIRST", "PROMISE", "STATES", "Spending", "Stage", "StageSet", "budget_things", "due_items", "duty_lines", "expected",
    "now_in", "paid_in_time", "payment_lines", "published", "reached", "read_sets", "set_of", "set_on", "shares", "unlawful",
]
