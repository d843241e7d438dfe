"""Verbs of rivers: deliveries whose bad rows are named, problems that open their cases, results decided by two people."""

from ximu.notice.domains.d06_rivers.services.appraising import APPRAISE, DECIDE, decide, propose
from ximu.notice.domains.d06_rivers.services.delivering import DAILY, LOADERS, PATROL

__all__ = ["APPRAISE", "DAILY", "DECIDE", "LOADERS", "PATROL", "decide", "propose"]
