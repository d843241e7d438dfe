"""Verbs of rows M2.1 and M2.2: initiate a measure, raise a problem; the rest are moves of the case."""

from ximu.notice.mechanisms.m2_joint_action.services.calling import call_in, remind
from ximu.notice.mechanisms.m2_joint_action.services.conducts import CONDUCTS, end_due, on_moved, stop_measure
from ximu.notice.mechanisms.m2_joint_action.services.initiating import initiate
from ximu.notice.mechanisms.m2_joint_action.services.proposing import propose
from ximu.notice.mechanisms.m2_joint_action.services.raising import on_overdue, raise_or_join, raise_problem, rectify_record

__all__ = [
    "CONDUCTS", "call_in", "end_due", "initiate", "on_moved", "on_overdue", "propose", "raise_or_join", "raise_problem",
    "rectify_record", "remind", "stop_measure",
]
