"""Verbs of tendering."""

from ximu.notice.domains.d03_tendering.services.sections import DAILY, LEADS, LOADERS, use_report
from ximu.notice.domains.d03_tendering.services.standards import decide_standard, propose_standard, score, score_table

ACTS = {"propose_standard": propose_standard, "decide_standard": decide_standard}
__all__ = ["ACTS", "DAILY", "LEADS", "LOADERS", "decide_standard", "propose_standard", "score", "score_table", "use_report"]
