"""Verbs of promises."""

from ximu.ideas.commitments.services.changing import Decision, change, decline, replace, withdraw
from ximu.ideas.commitments.services.disputing import answer, confirm, dispute
from ximu.ideas.commitments.services.evaluation import Passed, evaluate
from ximu.ideas.commitments.services.keys import acting, give_key, of_key
from ximu.ideas.commitments.services.proving import Reading, accept, measure, measure_parts, offer, reject
from ximu.ideas.commitments.services.registering import Promise, To, check, register, register_many
from ximu.ideas.commitments.services.rows import TARGET, TERMS, promise_of
from ximu.ideas.commitments.services.series import Series, measure_series, register_series, unreadable
from ximu.ideas.commitments.services.steps import named

__all__ = [
    "TARGET", "TERMS", "Decision", "Passed", "Promise", "Reading", "Series", "To", "accept", "acting", "answer", "change", "check",
    "confirm", "decline", "dispute", "evaluate", "give_key", "measure", "measure_parts", "measure_series", "named", "of_key", "offer",
    "promise_of", "register", "register_many", "register_series", "reject", "replace", "unreadable", "withdraw",
]
