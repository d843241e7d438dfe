"""Verbs of public safety: plans, inspections, the daily look for missed duties; files of event data."""

from functools import partial

from ximu.ideas.intake.services import deliver_held
from ximu.notice.domains.d10_safety import queries
from ximu.notice.domains.d10_safety.hooks import DutyMissed
from ximu.notice.domains.d10_safety.services.inspecting import NewInspection, enter, enter_many, find_missed, withdraw
from ximu.notice.domains.d10_safety.services.planning import NewPlan, decide, draft, end

__all__ = ["DAILY", "LEADS", "LOADERS", "NewInspection", "NewPlan", "decide", "draft", "end", "enter", "enter_many", "find_missed",
           "withdraw"]

LOADERS = {name: partial(deliver_held, name, right="d10.deliver") for name in queries.DATASETS}
LEADS = (DutyMissed,)
DAILY = {"safety_duties_missed": find_missed}
