"""Rules of evaluation by third parties: interests, what a method may read, the twin, what may leave, surveys."""

from ximu.notice.mechanisms.m3_evaluators.rules.checks import REASONS, Limits, determined, protect, sensitive
from ximu.notice.mechanisms.m3_evaluators.rules.interests import KINDS, LINKS, Declaration, must_be_free
from ximu.notice.mechanisms.m3_evaluators.rules.measures import Measure, computed, load, must_be_granted
from ximu.notice.mechanisms.m3_evaluators.rules.outputs import outward
from ximu.notice.mechanisms.m3_evaluators.rules.twin import twin

__all__ = ["KINDS", "LINKS", "REASONS", "Declaration", "Limits", "Measure", "computed", "determined", "load", "must_be_free",
           "must_be_granted", "outward", "protect", "sensitive", "twin"]
