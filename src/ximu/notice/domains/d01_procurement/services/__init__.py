"""Verbs of procurement: a delivery of releases, who answers for which step, which payment is in dispute."""

from ximu.notice.domains.d01_procurement.services.assigning import PERMISSION, assign
from ximu.notice.domains.d01_procurement.services.disputing import DISPUTE, dispute, end_dispute
from ximu.notice.domains.d01_procurement.services.loading import load_releases

__all__ = ["DISPUTE", "PERMISSION", "assign", "dispute", "end_dispute", "load_releases"]
