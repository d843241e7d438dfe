"""Who may be exempted, who may be repaired, and who may decide on it? Pure decisions with their reasons."""

from ximu.notice.mechanisms.m4_relief.rules.exemption import Checklist, Like, draw_panel, like_cases, majority, must_argue
from ximu.notice.mechanisms.m4_relief.rules.repair import Condition, RepairRules, first_unmet

__all__ = ["Checklist", "Condition", "Like", "RepairRules", "draw_panel", "first_unmet", "like_cases", "majority", "must_argue"]
