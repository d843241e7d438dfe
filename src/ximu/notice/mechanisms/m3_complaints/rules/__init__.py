"""Rules of reports: codes, states, routing, files, statistics. Plain values in, plain values out."""

from ximu.notice.mechanisms.m3_complaints.rules.course import CLOSED, MOVES, OUTCOMES, STATES, TOPICS, answer_term, must_move
from ximu.notice.mechanisms.m3_complaints.rules.figures import withheld
from ximu.notice.mechanisms.m3_complaints.rules.files import clean
from ximu.notice.mechanisms.m3_complaints.rules.masking import masked, telling
from ximu.notice.mechanisms.m3_complaints.rules.routing import in_conflict, route
from ximu.notice.mechanisms.m3_complaints.rules.sealing import day_root

__all__ = [
    "CLOSED", "MOVES", "OUTCOMES", "STATES", "TOPICS", "answer_term", "clean", "day_root", "in_conflict", "masked", "must_move",
    "route", "telling", "withheld",
]
