"""Verbs of procurement: a delivery of releases, who answers for which step."""

from ximu.notice.domains.d01_procurement.services.assigning import PERMISSION, assign
from ximu.notice.domains.d01_procurement.services.loading import load_releases

__all__ = ["PERMISSION", "assign", "load_releases"]
