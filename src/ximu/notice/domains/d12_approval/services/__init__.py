"""Verbs of row D12: versions of the catalogue, the registers as files, ties and their end, citizens' reports, approvals as files."""

from ximu.notice.domains.d12_approval.services.catalogue import ACTS
from ximu.notice.domains.d12_approval.services.register import CONDUCTS, DAILY, LEADS, LOADERS

__all__ = ["ACTS", "CONDUCTS", "DAILY", "LEADS", "LOADERS"]
