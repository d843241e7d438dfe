"""Pages of rows M2.1 and M2.2."""

from ximu.notice.mechanisms.m2_joint_action.views.acting import call, initiate, raise_problem, record
from ximu.notice.mechanisms.m2_joint_action.views.looking import campaign, desk, find, unit

__all__ = ["call", "campaign", "desk", "find", "initiate", "raise_problem", "record", "unit"]
