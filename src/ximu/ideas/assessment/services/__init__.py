"""Verbs of assessment."""

from ximu.ideas.assessment.services.drafts import CONDUCTS, extract, object_to, publish, send_draft
from ximu.ideas.assessment.services.grading import decide_grades, propose_grades, withdraw_grades
from ximu.ideas.assessment.services.recounting import stop_score
from ximu.ideas.assessment.services.runs import Clocks, add_method, adopt, compute_anew, finish, run

__all__ = ["CONDUCTS", "Clocks", "add_method", "adopt", "compute_anew", "decide_grades", "extract", "finish", "object_to",
           "propose_grades", "publish", "run", "send_draft", "stop_score", "withdraw_grades"]
