"""Rules of supervision: classes of answers, the draw of a sample, what a finding must say."""

from ximu.notice.mechanisms.m3_supervision.rules.drawing import commitment_of, final_seed, later, sample
from ximu.notice.mechanisms.m3_supervision.rules.findings import PARTS, VERDICTS, must_be_whole
from ximu.notice.mechanisms.m3_supervision.rules.proposals import CLASSES, COLUMNS, KINDS, PROMISED, RATINGS, Line, read
from ximu.notice.mechanisms.m3_supervision.rules.yearly import Figure, stale

__all__ = [
    "CLASSES", "COLUMNS", "KINDS", "PARTS", "PROMISED", "RATINGS", "VERDICTS", "Figure", "Line", "commitment_of", "final_seed", "later",
    "must_be_whole", "read", "sample", "stale",
]
