"""Verbs of procurement: a delivery of releases, who answers for which step, disputes about payments, challenges and complaints."""

from ximu.notice.domains.d01_procurement.services.assigning import PERMISSION, assign
from ximu.notice.domains.d01_procurement.services.challenging import CHALLENGE, challenge, decide
from ximu.notice.domains.d01_procurement.services.disputing import DISPUTE, dispute, end_dispute
from ximu.notice.domains.d01_procurement.services.loading import load_releases

__all__ = ["CHALLENGE", "DISPUTE", "PERMISSION", "assign", "challenge", "decide", "dispute", "end_dispute", "load_releases"]
