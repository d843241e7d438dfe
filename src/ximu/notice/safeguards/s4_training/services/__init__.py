"""Verbs of row S4: procedures with their checks, courses with results, the handbook with who signed, headcounts."""

from functools import partial

from ximu.notice.safeguards.s4_training.rules import PURPOSES
from ximu.notice.safeguards.s4_training.services.courses import deliver_results, deliver_staff, open_course
from ximu.notice.safeguards.s4_training.services.handbooks import publish, sign, sign_on_paper
from ximu.notice.safeguards.s4_training.services.procedures import check, end, end_due, is_grounded, name_official, open_procedure

LOADERS = {"staff": partial(deliver_staff)}
DAILY = {"procedures_ended": end_due}
GROUNDS = dict.fromkeys(set(PURPOSES.values()), is_grounded)

__all__ = ["check", "deliver_results", "deliver_staff", "end", "end_due", "is_grounded", "name_official", "open_course", "open_procedure",
           "publish", "sign", "sign_on_paper"]
