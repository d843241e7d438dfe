"""Which moves, by whom, until when? Pure decisions of every procedure; nothing here knows a database or a clock."""

from ximu.ideas.casework.rules.clocks import Count, Term, Terms, begin, extend, resume, suspend
from ximu.ideas.casework.rules.declaration import Limit, Move, Procedure, State, read
from ximu.ideas.casework.rules.diagram import mermaid
from ximu.ideas.casework.rules.effects import CAUSES, EFFECT_STATES, KINDS, after_reversal, may_begin
from ximu.ideas.casework.rules.machine import Given, Parties, decide, must_choose, offered
from ximu.ideas.casework.rules.told import called

__all__ = [
    "CAUSES", "EFFECT_STATES", "KINDS", "Count", "Given", "Limit", "Move", "Parties", "Procedure", "State", "Term", "Terms",
    "after_reversal", "begin", "called", "decide", "extend", "may_begin", "mermaid", "must_choose", "offered", "read", "resume", "suspend",
]
