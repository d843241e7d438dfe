"""May this measure be taken on this record, and until when?"""

from ximu.notice.mechanisms.m2_joint_action.rules.measures import LEVELS, ORIGINS, Wanted, cap_code, may_measure

__all__ = ["LEVELS", "ORIGINS", "Wanted", "cap_code", "may_measure"]
