"""Verbs of tendering."""

from ximu.notice.domains.d03_tendering.services.loading import LOADERS
from ximu.notice.domains.d03_tendering.services.standards import decide_standard, propose_standard, score, score_table
from ximu.notice.domains.d03_tendering.services.using import use_report

__all__ = ["LOADERS", "decide_standard", "propose_standard", "score", "score_table", "use_report"]
