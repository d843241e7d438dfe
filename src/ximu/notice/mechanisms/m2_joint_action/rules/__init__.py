"""May this measure be taken on this record, and until when? Which theme and level has a problem?"""

from ximu.notice.mechanisms.m2_joint_action.rules.measures import LEVELS, ORIGINS, Wanted, cap_code, may_measure
from ximu.notice.mechanisms.m2_joint_action.rules.themes import OTHER, Themes, first_level, next_level

__all__ = ["LEVELS", "ORIGINS", "OTHER", "Themes", "Wanted", "cap_code", "first_level", "may_measure", "next_level"]
