"""Pure decisions about records."""

from ximu.ideas.records.rules.evidence import SEALED, evidence_value, sealed_template, step_value
from ximu.ideas.records.rules.numbers import check_character, draw, normal, parse
from ximu.ideas.records.rules.states import EDGES, ENDED, LIVE, STATES, move_refused, no_way
from ximu.ideas.records.rules.terms import Parameters, in_query, kept_until, window_end
from ximu.ideas.records.rules.views import Clause, Facts, RecordView, Shown

__all__ = [
    "EDGES", "ENDED", "LIVE", "SEALED", "STATES", "Clause", "Facts", "Parameters", "RecordView", "Shown", "check_character", "draw",
    "evidence_value", "in_query", "kept_until", "move_refused", "no_way", "normal", "parse", "sealed_template", "step_value", "window_end",
]
