"""Rules of reports: codes, states, routing, files, statistics. Plain values in, plain values out."""

from ximu.notice.mechanisms.m3_complaints.rules.course import CLOSED, MOVES, OUTCOMES, STATES, TOPICS, answer_term, must_move
from ximu.notice.mechanisms.m3_complaints.rules.figures import withheld
from ximu.notice.mechanisms.m3_complaints.rules.files import clean, must_fit, risk
from ximu.notice.mechanisms.m3_complaints.rules.keys import SHORTEST_PHRASE, fingerprint
from ximu.notice.mechanisms.m3_complaints.rules.masking import masked, telling
from ximu.notice.mechanisms.m3_complaints.rules.routing import in_conflict, route
from ximu.notice.mechanisms.m3_complaints.rules.sealing import day_root

__all__ = [
    "CLOSED", "MOVES", "OUTCOMES", "SHORTEST_PHRASE", "STATES", "TOPICS", "answer_term", "clean", "day_root", "fingerprint",
    "in_conflict", "masked", "must_fit", "must_move", "risk", "route", "telling", "withheld",
]
